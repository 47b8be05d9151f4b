package telemetry

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel/trace"
)

func output(o Options) slog.Handler {
	options := &slog.HandlerOptions{Level: o.Level}
	if o.Text {
		return contextual{slog.NewTextHandler(o.Output, options)}
	}
	return contextual{slog.NewJSONHandler(o.Output, options)}
}

// contextual adds what the context knows: the trace, and the request.
type contextual struct{ slog.Handler }

func (h contextual) Handle(ctx context.Context, r slog.Record) error {
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		r.AddAttrs(slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String()))
	}
	if id := RequestID(ctx); id != "" {
		r.AddAttrs(slog.String("request_id", id))
	}
	return h.Handler.Handle(ctx, r)
}

func (h contextual) WithAttrs(a []slog.Attr) slog.Handler { return contextual{h.Handler.WithAttrs(a)} }
func (h contextual) WithGroup(n string) slog.Handler      { return contextual{h.Handler.WithGroup(n)} }

// leveled gives a handler without a level one.
type leveled struct {
	slog.Handler
	least slog.Level
}

func (h leveled) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= h.least && h.Handler.Enabled(ctx, l)
}
func (h leveled) WithAttrs(a []slog.Attr) slog.Handler {
	return leveled{h.Handler.WithAttrs(a), h.least}
}
func (h leveled) WithGroup(n string) slog.Handler { return leveled{h.Handler.WithGroup(n), h.least} }

type requestID struct{}

// WithRequestID puts a request's id into a context.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestID{}, id)
}

// RequestID is the id of the context's request, or "".
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestID{}).(string)
	return id
}
