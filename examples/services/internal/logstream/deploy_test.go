package logstream

import (
	"bytes"
	"net/http/httptest"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sawlog/sawlog/examples/services/internal/fulltest"
	"github.com/sawlog/sawlog/examples/services/internal/telemetry"
)

// TestTheDashboardAsksForWhatThereIs: every metric of the dashboard is one that the service shows.
func TestTheDashboardAsksForWhatThereIs(t *testing.T) {
	tel, err := telemetry.Start(t.Context(), telemetry.Options{Service: "logstream", Output: t.Output()})
	require.NoError(t, err)
	m, err := newMetrics(tel.Meter, "logs")
	require.NoError(t, err)
	part := kgo.FetchTopicPartition{Topic: "logs", FetchPartition: kgo.FetchPartition{Partition: 3, HighWatermark: 110, Records: messages("a", "b")}}
	m.batch(t.Context(), &batch{begun: time.Now(), taken: []taken{takenOf(part)}, count: counts{messages: 2, records: 1, rejects: 1}}, true)
	m.batch(t.Context(), &batch{begun: time.Now()}, false)
	w := httptest.NewRecorder()
	tel.Metrics.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	require.NoError(t, tel.Shutdown(t.Context()))
	assert.Regexp(t, `logstream_lag\{.*partition_id="3".*\} 8\n`, w.Body.String())

	n := 0
	for _, expression := range fulltest.Dashboard(t, "logstream") {
		for _, name := range regexp.MustCompile(`\b(?:logstream|process|go)_[a-z0-9_]+\b`).FindAllString(expression, -1) {
			assert.True(t, bytes.Contains(w.Body.Bytes(), []byte("\n"+name)), "%s of %s", name, expression)
			n++
		}
	}
	assert.Greater(t, n, 5)
}
