package loggate

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/metric"

	"github.com/sawlog/sawlog/examples/services/internal/fulltest"
	"github.com/sawlog/sawlog/examples/services/internal/gate"
)

// TestTheDashboardShowsWhatThereIs: it asks for no metric that the service does not have, and leaves out only what the README says.
func TestTheDashboardShowsWhatThereIs(t *testing.T) {
	s := start(t, func(c *Config) { c.SyslogUDP = "127.0.0.1:0" })
	s.post("/v1/logs", accessLog(3))
	s.search("limit=1")
	s.problem("GET", "/none", "")
	response, err := http.Get("http://" + s.Addr().String() + "/metrics")
	require.NoError(t, err)
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	made := fulltest.Instruments(t, func(p metric.MeterProvider) error {
		_, err := gate.NewMetrics(p)
		return err
	})
	fulltest.Compare(t, "loggate", string(page), made, "go_", "process_", "target_info", "http_server_request_body_size_bytes", "http_server_response_body_size_bytes")
}
