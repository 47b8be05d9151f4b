package logstream

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"
	"go.opentelemetry.io/otel/trace"
)

// metrics are what the processor counts.
type metrics struct {
	messages, bytes, lines, batches metric.Int64Counter
	skipped                         metric.Int64Counter
	duration, latency               metric.Float64Histogram

	mu  sync.Mutex
	lag map[int32]int64 // by input partition: how many messages were behind the last one taken
}

func newMetrics(p metric.MeterProvider, topic string) (*metrics, error) {
	m := &metrics{lag: map[int32]int64{}}
	meter := p.Meter("github.com/sawlog/sawlog/examples/services/logstream")
	var errs [8]error
	m.messages, errs[0] = meter.Int64Counter("logstream.messages", metric.WithDescription("Messages taken and settled"), metric.WithUnit("{message}"))
	m.bytes, errs[1] = meter.Int64Counter("logstream.text", metric.WithDescription("Bytes of their values"), metric.WithUnit("By"))
	m.lines, errs[2] = meter.Int64Counter("logstream.lines", metric.WithDescription("Lines by what became of them"), metric.WithUnit("{line}"))
	m.batches, errs[3] = meter.Int64Counter("logstream.batches", metric.WithDescription("Batches by whether they were settled"), metric.WithUnit("{batch}"))
	m.skipped, errs[7] = meter.Int64Counter("logstream.skipped", metric.WithDescription("Batches of messages that could not be read, by reason"), metric.WithUnit("{batch}"))
	m.duration, errs[4] = meter.Float64Histogram("logstream.batch.duration", metric.WithDescription("From poll to settled"), metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30))
	m.latency, errs[5] = meter.Float64Histogram("logstream.latency", metric.WithDescription("From a message's timestamp to settled, of the first in each piece of a batch"), metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(.005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30, 60, 300))
	_, errs[6] = meter.Int64ObservableGauge("logstream.lag", metric.WithDescription("Messages behind the last one taken"), metric.WithUnit("{message}"),
		metric.WithInt64Callback(func(_ context.Context, o metric.Int64Observer) error {
			m.mu.Lock()
			defer m.mu.Unlock()
			for partition, n := range m.lag {
				o.Observe(n, metric.WithAttributes(semconv.MessagingDestinationName(topic), semconv.MessagingDestinationPartitionID(strconv.Itoa(int(partition)))))
			}
			return nil
		}))
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	return m, nil
}

// batch counts a batch. One that was not settled comes again, here or elsewhere.
func (m *metrics) batch(ctx context.Context, b *batch, settled bool) {
	m.batches.Add(ctx, 1, metric.WithAttributes(attribute.Bool("settled", settled)))
	now := time.Now()
	m.duration.Record(ctx, now.Sub(b.begun).Seconds())
	if !settled {
		return
	}
	m.messages.Add(ctx, b.count.messages)
	m.bytes.Add(ctx, b.count.bytes)
	m.lines.Add(ctx, b.count.records, metric.WithAttributes(attribute.String("outcome", "record")))
	m.lines.Add(ctx, b.count.rejects, metric.WithAttributes(attribute.String("outcome", "reject")))
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range b.taken {
		m.lag[t.partition] = t.lag
		m.latency.Record(ctx, now.Sub(t.oldest).Seconds())
	}
}

// skip counts batches that were not read.
func (m *metrics) skip(ctx context.Context, batches []unread) {
	for _, u := range batches {
		m.skipped.Add(ctx, 1, metric.WithAttributes(attribute.String("reason", u.reason)))
	}
}

// forget drops the lag of partitions that went to another member.
func (m *metrics) forget(partitions map[string][]int32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, list := range partitions {
		for _, p := range list {
			delete(m.lag, p)
		}
	}
}

// spanContext reads a traceparent.
func spanContext(text string) trace.SpanContext {
	ctx := propagation.TraceContext{}.Extract(context.Background(), propagation.MapCarrier{"traceparent": text})
	return trace.SpanContextFromContext(ctx)
}
