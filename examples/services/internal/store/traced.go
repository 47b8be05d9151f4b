package store

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"
	"go.opentelemetry.io/otel/trace"
)

// Traced is a store whose calls are spans. system is its name by semantic conventions.
func Traced(s Store, t trace.Tracer, system string) Store {
	return &traced{s, t, semconv.DBSystemNameKey.String(system)}
}

type traced struct {
	Store
	tracer trace.Tracer
	system attribute.KeyValue
}

// call runs one call in a span.
func (t *traced) call(ctx context.Context, name string, f func(context.Context) error) error {
	ctx, span := t.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(t.system, semconv.DBOperationName(name)))
	defer span.End()
	err := f(ctx)
	if err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, name)
	}
	return err
}

func (t *traced) Append(ctx context.Context, b []*Batch) error {
	return t.call(ctx, "append", func(ctx context.Context) error { return t.Store.Append(ctx, b) })
}

func (t *traced) Search(ctx context.Context, q Query) (p Page, err error) {
	err = t.call(ctx, "search", func(ctx context.Context) error { p, err = t.Store.Search(ctx, q); return err })
	return p, err
}

func (t *traced) Stats(ctx context.Context, r Range) (s Stats, err error) {
	err = t.call(ctx, "stats", func(ctx context.Context) error { s, err = t.Store.Stats(ctx, r); return err })
	return s, err
}

func (t *traced) Expire(ctx context.Context, before time.Time) (n int64, err error) {
	err = t.call(ctx, "expire", func(ctx context.Context) error { n, err = t.Store.Expire(ctx, before); return err })
	return n, err
}
