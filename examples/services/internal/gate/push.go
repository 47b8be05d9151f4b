package gate

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/goccy/go-json"
	logs "go.opentelemetry.io/proto/otlp/logs/v1"

	"github.com/sawlog/sawlog/examples/services/internal/auth"
	"github.com/sawlog/sawlog/examples/services/internal/budget"
	"github.com/sawlog/sawlog/examples/services/internal/ingest"
	"github.com/sawlog/sawlog/examples/services/internal/loki"
	"github.com/sawlog/sawlog/examples/services/internal/otlp"
)

// The protocols of other collectors send a document that is only whole at its end, so that it has to be held: it is smaller than a body of
// POST /v1/logs may be. The memory budget pays for it, for its copy when it grows, for what it becomes when it is parsed, and for the records made
// of it, which are bounded too.
const (
	maxDocument    = 16 << 20
	documentFactor = 2
	maxRecords     = 64 << 20
)

// document reads a body whole.
func (g *Gate) document(w http.ResponseWriter, r *http.Request, lease *budget.Lease) ([]byte, error) {
	wire := http.MaxBytesReader(w, r.Body, g.options.MaxWire)
	body, err := ingest.Decode(r.Context(), wire, encodingOf(r), maxDocument, lease)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	text := make([]byte, 0, 16<<10)
	if err := lease.Grow(r.Context(), int64(cap(text))*documentFactor); err != nil {
		return nil, err
	}
	for {
		if len(text) == cap(text) {
			if err := lease.Grow(r.Context(), int64(cap(text))*documentFactor); err != nil {
				return nil, err
			}
			text = append(make([]byte, 0, 2*cap(text)), text...)
		}
		n, err := body.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		if err == io.EOF {
			return text, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// encodingOf is the content encoding; snappy belongs to the format of the one client that sends it.
func encodingOf(r *http.Request) string {
	if e := r.Header.Get("Content-Encoding"); e != "snappy" {
		return e
	}
	return ""
}

func isJSON(r *http.Request) (asJSON bool, err error) {
	kind, _, err := mime.ParseMediaType(first(r.Header.Get("Content-Type"), "application/json"))
	if err != nil {
		return false, fmt.Errorf("%w: Content-Type: %w", ingest.ErrMalformed, err)
	}
	switch kind {
	case "application/json":
		return true, nil
	case "application/x-protobuf":
		return false, nil
	}
	return false, fmt.Errorf("%w: Content-Type %s, want application/json or application/x-protobuf", ingest.ErrMalformed, kind)
}

// parser reads a document, and gives what puts its records into lines. It pays for the memory that it is about to take.
type parser func(text []byte, asJSON bool, pay func(bytes int64) error) (collect func(*ingest.Lines) error, err error)

// push takes a document of a protocol, and stores what it holds, all or nothing.
func (g *Gate) push(w http.ResponseWriter, r *http.Request, protocol string, parse parser) (asJSON bool, err error) {
	if asJSON, err = isJSON(r); err != nil {
		return asJSON, err
	}
	lease := g.Memory.Lease(auth.From(r.Context()).Who())
	defer lease.Release()
	text, err := g.document(w, r, lease)
	if err != nil {
		return asJSON, err
	}
	var unpaid error
	collect, err := parse(text, asJSON, func(bytes int64) error {
		unpaid = lease.Grow(r.Context(), bytes)
		return unpaid
	})
	if unpaid != nil {
		return asJSON, unpaid
	}
	if err != nil {
		return asJSON, fmt.Errorf("%w: %w", ingest.ErrMalformed, err)
	}
	lines := g.Ingester.Lines(r.Context(), auth.From(r.Context()).Name)
	lines.Bound(lease, maxRecords)
	if err := collect(lines); err != nil {
		return asJSON, err
	}
	result, err := lines.Commit()
	g.Metrics.ingested(context.WithoutCancel(r.Context()), protocol, result)
	return asJSON, err
}

// pushLoki is POST /loki/api/v1/push.
func (g *Gate) pushLoki(w http.ResponseWriter, r *http.Request) error {
	if _, err := g.push(w, r, "loki", parseLoki); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func parseLoki(text []byte, asJSON bool, pay func(bytes int64) error) (collect func(*ingest.Lines) error, err error) {
	var push loki.Push
	if asJSON {
		push, err = loki.ParseJSON(text, pay)
	} else {
		push, err = loki.ParseProtobuf(text, maxDocument, pay)
	}
	return func(lines *ingest.Lines) error {
		for i := range push.Streams {
			if err := takeStream(lines, &push.Streams[i]); err != nil {
				return err
			}
		}
		return nil
	}, err
}

func takeStream(lines *ingest.Lines, s *loki.Stream) error {
	labels, err := json.Marshal(s.Labels)
	if err != nil {
		return err
	}
	if err := lines.Begin(shortened(s.Source()), s.Labels["format"], func(yield func(string) bool) {
		for _, e := range s.Entries {
			if !yield(e.Line) {
				return
			}
		}
	}); err != nil {
		return err
	}
	for _, e := range s.Entries {
		members := fmt.Appendf(nil, `"labels":%s,`, labels)
		if len(e.Metadata) > 0 {
			text, err := json.Marshal(e.Metadata)
			if err != nil {
				return err
			}
			members = fmt.Appendf(members, `"metadata":%s,`, text)
		}
		if err := lines.Line(e.Line, ingest.Envelope{Time: e.Time, Members: members}); err != nil {
			return err
		}
	}
	return nil
}

// pushOTLP is POST /otlp/v1/logs: the endpoint for exporters is this service's address and /otlp.
func (g *Gate) pushOTLP(w http.ResponseWriter, r *http.Request) error {
	asJSON, err := g.push(w, r, "otlp", parseOTLP)
	if err != nil {
		return err
	}
	kind := "application/x-protobuf"
	if asJSON {
		kind = "application/json"
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(otlp.Answer(asJSON))
	return nil
}

func parseOTLP(text []byte, asJSON bool, pay func(bytes int64) error) (collect func(*ingest.Lines) error, err error) {
	if err := pay(otlp.Weight(text, asJSON)); err != nil {
		return nil, err
	}
	request, err := otlp.Parse(text, asJSON)
	return func(lines *ingest.Lines) error {
		for _, resource := range request.GetResourceLogs() {
			if err := takeResource(lines, resource); err != nil {
				return err
			}
		}
		return nil
	}, err
}

func takeResource(lines *ingest.Lines, resource *logs.ResourceLogs) error {
	format := otlp.BodyFormat(resource)
	if err := lines.Begin(shortened(otlp.Source(resource)), first(format, "generic"), nil); err != nil {
		return err
	}
	for _, scope := range resource.GetScopeLogs() {
		about, err := otlp.NewAbout(resource, scope.GetScope().GetName())
		if err != nil {
			return err
		}
		for _, l := range scope.GetLogRecords() {
			if err := takeRecord(lines, l, about, format); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeRecord parses the body of a record where it has a format, and keeps it as it is otherwise.
func takeRecord(lines *ingest.Lines, l *logs.LogRecord, about otlp.About, format string) error {
	if body := l.GetBody().GetStringValue(); format != "" && body != "" {
		members, err := about.Members(l)
		if err != nil {
			return err
		}
		return lines.Line(body, ingest.Envelope{Time: otlp.Time(l), Members: members})
	}
	fields, err := about.Fields(l)
	if err != nil {
		return err
	}
	return lines.Record(otlp.Record(l), fields)
}
