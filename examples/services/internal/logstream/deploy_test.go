package logstream

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel/metric"

	"github.com/sawlog/sawlog/examples/services/internal/fulltest"
	"github.com/sawlog/sawlog/examples/services/internal/telemetry"
)

// TestTheDashboardShowsWhatThereIs: it asks for no metric that the service does not have, and leaves out only what the README says.
func TestTheDashboardShowsWhatThereIs(t *testing.T) {
	tel, err := telemetry.Start(t.Context(), telemetry.Options{Service: "logstream", Output: t.Output()})
	require.NoError(t, err)
	m, err := newMetrics(tel.Meter, "logs")
	require.NoError(t, err)
	part := kgo.FetchTopicPartition{Topic: "logs", FetchPartition: kgo.FetchPartition{Partition: 3, HighWatermark: 110, Records: messages("a", "b")}}
	m.batch(t.Context(), &batch{begun: time.Now(), taken: []taken{takenOf(part)}, count: counts{messages: 2, records: 1, rejects: 1}}, true)
	m.batch(t.Context(), &batch{begun: time.Now()}, false)
	m.skip(t.Context(), []unread{{reason: damaged}})
	w := httptest.NewRecorder()
	tel.Metrics.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	require.NoError(t, tel.Shutdown(t.Context()))
	assert.Regexp(t, `logstream_lag\{.*partition_id="3".*\} 8\n`, w.Body.String())
	made := fulltest.Instruments(t, func(p metric.MeterProvider) error {
		_, err := newMetrics(p, "logs")
		return err
	})
	fulltest.Compare(t, "logstream", w.Body.String(), made, "go_", "process_", "target_info")
}

func TestItsSupervisors(t *testing.T) {
	fulltest.Supervised(t, "logstream", "logstream@.service", Default().Settle+lastWords)
}
