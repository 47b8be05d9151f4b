package logstream

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel/attribute"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// TestABatchNamesTheTracesOfItsMessages: the span of a batch is linked with the traces that its messages bring in their headers, and output
// messages carry the header on, so that a trace goes through the topics.
func TestABatchNamesTheTracesOfItsMessages(t *testing.T) {
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	spans := tracetest.NewSpanRecorder()
	m, err := newMetrics(metricnoop.NewMeterProvider(), "logs")
	require.NoError(t, err)
	tr := transform0(t, "json", 1<<20)
	s := &scripted{pieces: [][]string{{`{"n":1}`, `{"n":2}`}}, header: kgo.RecordHeader{Key: "traceparent", Value: []byte(parent)}}
	p := &processor{input: "logs", group: "g", session: s, transform: tr, pieces: newPieces(), metrics: m, settle: time.Minute, most: 100, log: slog.New(slog.DiscardHandler),
		tracer: sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)).Tracer("")}
	require.NoError(t, p.run(t.Context()))
	require.Len(t, spans.Ended(), 1)
	span := spans.Ended()[0]
	assert.Equal(t, "process logs", span.Name())
	for key, want := range map[attribute.Key]string{"messaging.system": "kafka", "messaging.operation.type": "process", "messaging.operation.name": "process",
		"messaging.destination.name": "logs", "messaging.consumer.group.name": "g", "messaging.batch.message_count": "2", "logstream.records": "2"} {
		set := attribute.NewSet(span.Attributes()...)
		value, _ := set.Value(key)
		assert.Equal(t, want, value.String(), key)
	}
	require.Len(t, span.Links(), 2, "one for each message")
	assert.Equal(t, "0af7651916cd43dd8448eb211c80319c", span.Links()[0].SpanContext.TraceID().String())
	assert.Equal(t, []string{parent, parent}, s.parents)
}
