package telemetry

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
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

// TestWhereTelemetryGoes: to the endpoint that is set, wherever it was set, but for a signal that has its own.
func TestWhereTelemetryGoes(t *testing.T) {
	got := make(chan string, 100)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.URL.Path }))
	defer collector.Close()
	for name, c := range map[string]struct {
		endpoint, own string
		want          []string
	}{
		"the endpoint":             {collector.URL, "", []string{"/v1/logs", "/v1/metrics", "/v1/traces"}},
		"the endpoint with a path": {collector.URL + "/in/", "", []string{"/in/v1/logs", "/in/v1/metrics", "/in/v1/traces"}},
		"a signal of its own":      {collector.URL, collector.URL + "/spans", []string{"/spans", "/v1/logs", "/v1/metrics"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "") // a flag alone must do
			t.Setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", c.own)
			tel, err := Start(t.Context(), Options{Service: "x", Output: io.Discard, OTLP: c.endpoint})
			require.NoError(t, err)
			ctx, span := tel.Tracer.Tracer("x").Start(t.Context(), "work")
			tel.Log.InfoContext(ctx, "working")
			span.End()
			counter, err := tel.Meter.Meter("x").Int64Counter("x.things")
			require.NoError(t, err)
			counter.Add(ctx, 1)
			require.NoError(t, tel.Shutdown(t.Context()))
			paths := map[string]bool{}
			for len(got) > 0 {
				paths[<-got] = true
			}
			assert.Equal(t, c.want, slices.Sorted(maps.Keys(paths)))
		})
	}
	for _, wrong := range []string{"127.0.0.1:4318", "collector", "grpc://127.0.0.1:4317", "http://"} {
		_, err := Start(t.Context(), Options{Service: "x", Output: io.Discard, OTLP: wrong})
		assert.ErrorContains(t, err, "want one like", wrong)
	}
}

// TestACollectorThatIsAway costs the service nothing but its telemetry: not one that is not there, nor one that takes what comes and never answers.
func TestACollectorThatIsAway(t *testing.T) {
	end := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-end
	}))
	defer silent.Close()
	defer close(end)
	for name, url := range map[string]string{"not there": "http://127.0.0.1:1", "silent": silent.URL} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			tel, err := Start(t.Context(), Options{Service: "x", Output: &out, OTLP: url})
			require.NoError(t, err)
			begin := time.Now()
			for range 10_000 {
				ctx, span := tel.Tracer.Tracer("x").Start(t.Context(), "work")
				tel.Log.InfoContext(ctx, "working")
				span.End()
			}
			// Who waited for the collector would wait ten seconds for each of some twenty batches. The work itself is a fraction of a second, but the race
			// detector and others on the machine may make it much more.
			assert.Less(t, time.Since(begin), time.Minute)
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			assert.Error(t, tel.Shutdown(ctx), "it says so at the end")
		})
	}
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
