package ndjson

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/explain"
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/record"
)

// Logs in OTLP/JSON: a line is a request, {"resourceLogs": [{"resource": .., "scopeLogs": [{"scope": .., "logRecords": [..]}]}]}, and holds any
// number of records. Each gets a row; what resource and scope say stands in all of theirs. A line without records counts as a continuation.

// OTLPOptions refine how it is read.
type OTLPOptions struct {
	Columns []string          // only these, after Rename; nil: all
	Rename  map[string]string // of columns
	Line    int               // bytes a line may have; 0: no limit
	Reject  bool              // a line that is not UTF-8 is a reject
}

// The columns, in order.
const (
	otlpTime = iota
	otlpLevel
	otlpSeverity
	otlpNumber
	otlpObserved
	otlpMessage
	otlpTrace
	otlpSpan
	otlpFlags
	otlpScope
	otlpApp
	otlpHost
	otlpAttributes
	otlpResource
	otlpColumns
)

func otlpFields() []record.Field {
	text := func(name string) record.Field { return record.Field{Name: name, Type: record.String} }
	few := func(name string) record.Field {
		return record.Field{Name: name, Type: record.String, Dictionary: true}
	}
	return []record.Field{otlpTime: {Name: "time", Type: record.Timestamp}, otlpLevel: few("level"), otlpSeverity: {Name: "severity", Type: record.Uint},
		otlpNumber: {Name: "severity_number", Type: record.Int}, otlpObserved: {Name: "observed_time", Type: record.Timestamp}, otlpMessage: text("message"), otlpTrace: text("trace_id"),
		otlpSpan: text("span_id"), otlpFlags: {Name: "flags", Type: record.Int}, otlpScope: few("scope"), otlpApp: few("app"), otlpHost: few("host"),
		otlpAttributes: mapColumn("attributes"), otlpResource: mapColumn("resource")}
}

func mapColumn(name string) record.Field {
	return record.Field{Name: name, Type: record.Map, Elem: &record.Field{Name: "value", Type: record.String}}
}

// OTLP is what parses: immutable, shared by workers.
type OTLP struct {
	o      OTLPOptions
	schema *record.Schema
	index  [otlpColumns]int // of each column in the schema, -1: left out
}

// CompileOTLP makes a plan. The error is a *texts.Error.
func CompileOTLP(o OTLPOptions) (*OTLP, error) {
	p := &OTLP{o: o}
	var err error
	if p.schema, err = texts.Choose(otlpFields(), o.Columns, o.Rename, p.index[:]); err != nil {
		return nil, err
	}
	return p, nil
}

// Schema is the schema of the plan's batches.
func (p *OTLP) Schema() *record.Schema { return p.schema }

// NewWorker makes a worker for one goroutine.
func (p *OTLP) NewWorker() record.Worker { return &otlpWorker{p: p} }

// NewRecordWorker makes a worker that takes all it is given as one line.
func (p *OTLP) NewRecordWorker() record.Worker { return &otlpWorker{p: p, whole: true} }

// Requests counts the lines of a sample that hold log records: for detection.
func (p *OTLP) Requests(sample []byte) (n int) {
	w := &otlpWorker{p: p}
	data := append(append(make([]byte, 0, len(sample)+1+scan.Slack), sample...), '\n')
	for i := 0; i < len(data); {
		stop := i + bytes.IndexByte(data[i:], '\n')
		if at := w.request(data, i, texts.Trim(data, i, stop)); at >= 0 {
			n++
		}
		i = stop + 1
	}
	return n
}

type otlpWorker struct {
	input
	p     *OTLP
	whole bool
	b     *record.Builder
	rows  int // of the line under way

	// Where the resource and the scope of the records under way say what their rows have, 0: nowhere.
	app, host, scope int
	resource         []otlpPair // nil: the resource says nothing
	pairs            []otlpPair // room for it
}

// otlpPair is an attribute of a resource, which stands in every row.
type otlpPair struct {
	key, value record.View
	null       bool
}

// mostResource is how many attributes of a resource its rows have: since each has them all, without a bound a line could make rows of many
// times its length.
const mostResource = 128

// Parse implements record.Worker.
func (w *otlpWorker) Parse(b *record.Builder, data []byte, n int) {
	defer func() { w.b, w.data = nil, nil }()
	w.b = b
	for i := b.From; i < n; {
		stop := n - 1
		if !w.whole {
			stop = i + bytes.IndexByte(data[i:n], '\n')
		}
		w.line(b, data, i, texts.Trim(data, i, stop))
		i = stop + 1
	}
	if w.whole {
		b.Continue(max(0, scan.Newlines(data[b.From:n])-1))
	}
}

func (w *otlpWorker) line(b *record.Builder, data []byte, i, end int) {
	if limit := w.p.o.Line; limit > 0 && end-i > limit {
		b.RejectCut(record.TooLong, i, i+limit, int64(end-i))
		return
	}
	if w.p.o.Reject && !scan.Valid(data[i:end]) {
		b.Reject(record.BadUTF8, i, end)
		return
	}
	at := w.request(data, i, end)
	if at < 0 {
		b.Reject(w.fault, i, end)
		return
	}
	w.rows = 0
	for at = w.first(at); at >= 0; at = w.next(at) {
		w.resourceLogs(at)
	}
	if w.rows == 0 {
		b.Continue(1)
	}
}

// request checks the JSON of a line and finds the list of its resources; -1: see fault.
func (w *otlpWorker) request(data []byte, i, end int) int {
	w.data, w.end, w.depth, w.white = data, end, DefaultDepth, white(w.whole)
	if i = w.space(i); i >= end {
		w.fault, w.at, w.want = record.Empty, i, "a JSON object"
		return -1
	}
	_, stop, _ := w.value(i, 0)
	if stop < 0 {
		return -1
	}
	if stop = w.space(stop); stop < end {
		return w.fail(stop, "the end of the line")
	}
	if mem.At(data, i) != '{' {
		w.fault, w.at, w.want = record.NotObject, i, "a JSON object"
		return -1
	}
	if at := w.find(i, "resourceLogs", "resource_logs"); at > 0 && mem.At(data, at) == '[' {
		return at
	}
	w.fault, w.at, w.want = record.NoMatch, i, "a member resourceLogs"
	return -1
}

// From here on the JSON is known to be right. Positions are those of values; 0 stands for none.

// first is the first element of the array, or the first key of the object, at i; -1: it is empty, or neither.
func (w *otlpWorker) first(i int) int {
	c := mem.At(w.data, i)
	if c != '[' && c != '{' {
		return -1
	}
	if i = w.space(i + 1); mem.At(w.data, i) == c+2 {
		return -1
	}
	return i
}

// next is what comes behind the value at i in its array or object; -1: nothing does.
func (w *otlpWorker) next(i int) int {
	_, end, _ := w.value(i, 0)
	if i = w.space(end); mem.At(w.data, i) != ',' {
		return -1
	}
	return w.space(i + 1)
}

// key is the key at i, as it stands, and the position of its value.
func (w *otlpWorker) key(i int) (key []byte, at int) {
	end, _ := w.closing(i + 1)
	return w.data[i+1 : end], w.space(w.space(end+1) + 1)
}

// find is the value of the first of these keys in the object at i, 0: it has none of them, or null.
func (w *otlpWorker) find(i int, keys ...string) int {
	if mem.At(w.data, i) != '{' {
		return 0
	}
	for i = w.first(i); i >= 0; {
		key, at := w.key(i)
		for _, want := range keys {
			if string(key) == want && mem.Load32(w.data, at) != wordNull {
				return at
			}
		}
		i = w.next(at)
	}
	return 0
}

func (w *otlpWorker) resourceLogs(i int) {
	if mem.At(w.data, i) != '{' {
		return
	}
	w.app, w.host, w.resource = 0, 0, nil
	if resource := w.find(i, "resource"); resource > 0 {
		if list := w.find(resource, "attributes"); list > 0 && mem.At(w.data, list) == '[' {
			w.app, w.host = w.attribute(list, "service.name"), w.attribute(list, "host.name")
			w.keep(list)
		}
	}
	scopes := w.find(i, "scopeLogs", "scope_logs", "instrumentationLibraryLogs")
	if scopes == 0 {
		return
	}
	for at := w.first(scopes); at >= 0; at = w.next(at) {
		w.scope = 0
		if scope := w.find(at, "scope", "instrumentationLibrary"); scope > 0 {
			w.scope = w.find(scope, "name")
		}
		if records := w.find(at, "logRecords", "log_records", "logs"); records > 0 {
			for r := w.first(records); r >= 0; r = w.next(r) {
				if mem.At(w.data, r) == '{' {
					w.record(r)
				}
			}
		}
	}
}

// attribute is the value of a key in a list of attributes.
func (w *otlpWorker) attribute(list int, name string) int {
	for at := w.first(list); at >= 0; at = w.next(at) {
		if key := w.find(at, "key"); key > 0 {
			if k, end, _ := w.value(key, 0); k == isText && string(w.data[key+1:end-1]) == name {
				return w.find(at, "value")
			}
		}
	}
	return 0
}

// record writes the row of one log record.
func (w *otlpWorker) record(i int) {
	b := w.b
	if b.Row == b.Cap {
		b.Grow()
	}
	number := uint64(0)
	for at := w.first(i); at >= 0; {
		key, v := w.key(at)
		switch string(key) {
		case "timeUnixNano", "time_unix_nano":
			w.whole64(otlpTime, v)
		case "observedTimeUnixNano", "observed_time_unix_nano":
			w.whole64(otlpObserved, v)
		case "severityNumber", "severity_number":
			number, _ = w.digits(v)
			w.whole64(otlpNumber, v)
		case "severityText", "severity_text":
			w.textValue(otlpLevel, v)
		case "traceId", "trace_id":
			w.textValue(otlpTrace, v)
		case "spanId", "span_id":
			w.textValue(otlpSpan, v)
		case "flags":
			w.whole64(otlpFlags, v)
		case "body":
			w.any(otlpMessage, v)
		case "attributes":
			w.mapOf(otlpAttributes, v)
		}
		at = w.next(v)
	}
	w.severity(number, i)
	w.textValue(otlpScope, w.scope)
	w.any(otlpApp, w.app)
	w.any(otlpHost, w.host)
	if at := w.p.index[otlpResource]; at >= 0 && w.resource != nil {
		c := &b.Cols[at]
		for k := range w.resource {
			p := &w.resource[k]
			c.Nested.Keys.Text(p.key)
			if p.null {
				c.Nested.Items.Null()
			} else {
				c.Nested.Items.Text(p.value)
			}
		}
		b.EndList(c)
	}
	if w.rows > 0 {
		b.Continue(-1) // it stands on the line of the row before
	}
	b.Next()
	w.rows++
}

// Explain implements record.Worker.
func (w *otlpWorker) Explain(line []byte) record.Check {
	data := append(append(make([]byte, 0, len(line)+1+scan.Slack), line...), '\n')
	if w.request(data, 0, len(line)) >= 0 {
		return record.Check{OK: true}
	}
	c := record.Check{Fault: w.fault.String(), Offset: min(w.at, len(line)), Expected: w.want, Seen: "the end of the line"}
	if c.Offset < len(line) {
		c.Seen = explain.Excerpt(line[c.Offset:])
	}
	return c
}
