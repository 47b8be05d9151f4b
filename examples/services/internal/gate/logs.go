package gate

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-json"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/sawlog/sawlog/examples/services/internal/auth"
	"github.com/sawlog/sawlog/examples/services/internal/ingest"
	"github.com/sawlog/sawlog/examples/services/internal/problem"
)

// postLogs takes log text: ?format=NAME or header X-Log-Format names its format, ?source=NAME or X-Log-Source its sender.
// Protobuf is never text: it is an exporter of OpenTelemetry's that was given the bare address.
func (g *Gate) postLogs(w http.ResponseWriter, r *http.Request) error {
	if r.Header.Get("Content-Type") == "application/x-protobuf" {
		return g.pushOTLP(w, r)
	}
	query, err := parameters(r)
	if err != nil {
		return err
	}
	for key := range query {
		if key != "format" && key != "source" {
			return unknownParameter(key, []string{"format", "source"})
		}
	}
	source, err := name(first(query.Get("source"), r.Header.Get("X-Log-Source"), "default"))
	if err != nil {
		return err
	}
	client := auth.From(r.Context()).Name
	result, err := g.Ingester.Read(r.Context(), ingest.Body{
		Reader: http.MaxBytesReader(w, r.Body, g.options.MaxWire), Encoding: r.Header.Get("Content-Encoding"),
		Format: first(query.Get("format"), r.Header.Get("X-Log-Format")), Source: source, Client: client,
	})
	trace.SpanFromContext(r.Context()).SetAttributes(attribute.String("loggate.format", result.Format), attribute.Int64("loggate.records", result.Records), attribute.Int64("loggate.rejects", result.Rejects))
	g.Metrics.ingested(r.Context(), "http", result)
	if err != nil {
		return partly(err, result)
	}
	return answer(w, http.StatusOK, result)
}

const maxName = 128

// name keeps sources short and printable: they are shown, grouped by and stored with every record.
func name(text string) (string, error) {
	if text != shortened(text) || strings.ContainsRune(text, utf8.RuneError) {
		return "", &problem.Problem{Status: 400, Slug: "source", Title: "Not a name of a source", Detail: "up to 128 bytes without control characters"}
	}
	return text, nil
}

// shortened makes such a name of any text: what collectors send has many senders in it, and all of it would be lost for the name of one. (A path
// below /var/log/pods is longer than a name may be.) Of what is too long the end says more.
func shortened(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return utf8.RuneError
		}
		return r
	}, text)
	if len(text) <= maxName {
		return text
	}
	return strings.ToValidUTF8(text[len(text)-maxName:], "")
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func answer(w http.ResponseWriter, status int, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return answerJSON(w, status, append(text, '\n'))
}

// answerJSON sends. A client that is gone cannot be told, so that its error is nobody's.
func answerJSON(w http.ResponseWriter, status int, text []byte) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text)
	return nil
}
