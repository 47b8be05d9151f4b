package gate

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/sawlog/sawlog/examples/services/internal/cache"
	"github.com/sawlog/sawlog/examples/services/internal/commit"
	"github.com/sawlog/sawlog/examples/services/internal/ingest"
	"github.com/sawlog/sawlog/examples/services/internal/problem"
)

// Metrics are what the gateway counts, beside net/http's own (otelhttp counts requests).
type Metrics struct {
	records  metric.Int64Counter
	bytes    metric.Int64Counter
	problems metric.Int64Counter
	lookups  metric.Int64Counter
	commits  metric.Float64Histogram
	group    metric.Int64Histogram
	meter    metric.Meter
}

// NewMetrics makes the instruments.
func NewMetrics(p metric.MeterProvider) (*Metrics, error) {
	m := &Metrics{meter: p.Meter("github.com/sawlog/sawlog/examples/services/loggate")}
	var errs [6]error
	m.records, errs[0] = m.meter.Int64Counter("loggate.lines", metric.WithDescription("Lines by what became of them"), metric.WithUnit("{line}"))
	m.bytes, errs[1] = m.meter.Int64Counter("loggate.text", metric.WithDescription("Log text taken, after decompression"), metric.WithUnit("By"))
	m.problems, errs[2] = m.meter.Int64Counter("loggate.problems", metric.WithDescription("Requests answered with a problem"), metric.WithUnit("{request}"))
	m.lookups, errs[3] = m.meter.Int64Counter("loggate.cache.lookups", metric.WithDescription("Look-ups in the cache by outcome"), metric.WithUnit("{lookup}"))
	m.commits, errs[4] = m.meter.Float64Histogram("loggate.commit.duration", metric.WithDescription("Time of one transaction"), metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10))
	m.group, errs[5] = m.meter.Int64Histogram("loggate.commit.records", metric.WithDescription("Records in one transaction"), metric.WithUnit("{record}"),
		metric.WithExplicitBucketBoundaries(1, 10, 100, 1000, 10_000, 100_000))
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	return m, nil
}

// Gauge shows a number that somebody else keeps.
func (m *Metrics) Gauge(name, description, unit string, value func() int64) error {
	_, err := m.meter.Int64ObservableGauge(name, metric.WithDescription(description), metric.WithUnit(unit),
		metric.WithInt64Callback(func(_ context.Context, o metric.Int64Observer) error { o.Observe(value()); return nil }))
	return err
}

// Counter shows a number that somebody else counts up, from the beginning: an alarm wants it before it is first needed.
func (m *Metrics) Counter(name, description, unit string, value func() int64) error {
	_, err := m.meter.Int64ObservableCounter(name, metric.WithDescription(description), metric.WithUnit(unit),
		metric.WithInt64Callback(func(_ context.Context, o metric.Int64Observer) error { o.Observe(value()); return nil }))
	return err
}

// ingested counts what came by a protocol. Formats are few: their names come from the operator and the library.
func (m *Metrics) ingested(ctx context.Context, protocol string, r ingest.Result) {
	via, format := attribute.String("protocol", protocol), attribute.String("format", r.Format)
	for outcome, n := range map[string]int64{"record": r.Records, "continuation": r.Continuations, "reject": r.Rejects, "filtered": r.Filtered} {
		if n > 0 {
			m.records.Add(ctx, n, metric.WithAttributes(via, format, attribute.String("outcome", outcome)))
		}
	}
	if r.Bytes > 0 { // of what was refused nobody knows the format
		m.bytes.Add(ctx, r.Bytes, metric.WithAttributes(via, format))
	}
}

// Syslog counts what came by syslog: it is for syslogd.Options.Seen.
func (m *Metrics) Syslog(ctx context.Context, protocol string, r ingest.Result, dropped int64) {
	m.ingested(ctx, protocol, r)
	if dropped > 0 {
		m.records.Add(ctx, dropped, metric.WithAttributes(attribute.String("protocol", protocol), attribute.String("outcome", "dropped")))
	}
}

func (m *Metrics) refused(p *problem.Problem) {
	m.problems.Add(context.Background(), 1, metric.WithAttributes(attribute.String("type", p.Slug), attribute.Int("http.response.status_code", p.Status)))
}

// Committed counts a transaction: it is for commit.Options.Done.
func (m *Metrics) Committed(ctx context.Context, g commit.Group) {
	m.commits.Record(ctx, g.Took.Seconds())
	m.group.Record(ctx, int64(g.Records))
}

// Looked counts a look-up: it is for cache.New.
func (m *Metrics) Looked(o cache.Outcome) {
	m.lookups.Add(context.Background(), 1, metric.WithAttributes(attribute.String("outcome", string(o))))
}
