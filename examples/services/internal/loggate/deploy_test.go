package loggate

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/metric"

	"github.com/sawlog/sawlog/examples/services/internal/fulltest"
	"github.com/sawlog/sawlog/examples/services/internal/gate"
	"github.com/sawlog/sawlog/examples/services/internal/store"
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

func TestItsSupervisors(t *testing.T) {
	fulltest.Supervised(t, "loggate", "loggate.service", Default().Drain+AfterDrain)
}

// stuck is a store whose server does not answer.
type stuck struct {
	store.Store
	answers chan struct{}
}

func (s stuck) Close() error {
	<-s.answers
	return nil
}

// TestTheEndIsBounded also when the store does not answer any more.
func TestTheEndIsBounded(t *testing.T) {
	s := stuck{answers: make(chan struct{})}
	defer close(s.answers)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	begin := time.Now()
	require.ErrorContains(t, (&Service{store: s}).Stop(ctx), "does not answer")
	assert.Less(t, time.Since(begin), lastConnections+time.Second)
}

// TestLoadBalancersNotice: for a while /ready says no, and who comes all the same is served.
func TestLoadBalancersNotice(t *testing.T) {
	s := start(t, func(c *Config) { c.DrainDelay = time.Second })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- s.Stop(ctx) }()
	s.client.Transport.(*http.Transport).DisableKeepAlives = true
	require.Eventually(t, func() bool { return s.do("GET", "/ready", nil, nil).StatusCode == 503 }, 900*time.Millisecond, 10*time.Millisecond)
	s.post("/v1/logs", accessLog(1))
	require.NoError(t, <-ended)
	_, err := s.client.Get("http://" + s.Addr().String() + "/ready")
	require.Error(t, err)
}
