package telemetry

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

func TestLogsKnowTheirRequest(t *testing.T) {
	var out bytes.Buffer
	tel, err := Start(t.Context(), Options{Service: "x", Output: &out, Level: slog.LevelInfo})
	require.NoError(t, err)
	span := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}})
	ctx := trace.ContextWithSpanContext(WithRequestID(t.Context(), "r1"), span)
	tel.Log.With("a", 1).InfoContext(ctx, "hello")
	tel.Log.DebugContext(ctx, "not this")
	var line map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	assert.Equal(t, []any{"hello", "r1", span.TraceID().String(), float64(1)}, []any{line["msg"], line["request_id"], line["trace_id"], line["a"]})

	counter, err := tel.Meter.Meter("x").Int64Counter("x.things")
	require.NoError(t, err)
	counter.Add(ctx, 3)
	w := httptest.NewRecorder()
	tel.Metrics.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	assert.Contains(t, w.Body.String(), "x_things_total{")
	require.NoError(t, tel.Shutdown(t.Context()))
}

// TestACollectorThatIsAway costs the service nothing but its telemetry.
func TestACollectorThatIsAway(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
	var out bytes.Buffer
	tel, err := Start(t.Context(), Options{Service: "x", Output: &out, OTLP: true})
	require.NoError(t, err)
	begin := time.Now()
	for range 10_000 {
		ctx, span := tel.Tracer.Tracer("x").Start(t.Context(), "work")
		tel.Log.InfoContext(ctx, "working")
		span.End()
	}
	assert.Less(t, time.Since(begin), 5*time.Second)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	assert.Error(t, tel.Shutdown(ctx), "it says so at the end")
}

// TestErrorsOfExportingAreLogged as everything else is.
func TestErrorsOfExportingAreLogged(t *testing.T) {
	before := otel.GetErrorHandler()
	defer otel.SetErrorHandler(before)
	var out bytes.Buffer
	LogErrors(Options{Output: &out})
	otel.Handle(errors.New("no collector"))
	var line map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &line), out.String())
	assert.Equal(t, []any{"WARN", "telemetry", "no collector"}, []any{line["level"], line["msg"], line["error"]})
}
