package loggate

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/examples/services/internal/fulltest"
)

// metric finds names of metrics in PromQL.
var metric = regexp.MustCompile(`\b(?:loggate|logstream|http|process|go)_[a-z0-9_]+\b`)

// TestTheDashboardAsksForWhatThereIs: every metric of the dashboard is one that the service shows.
func TestTheDashboardAsksForWhatThereIs(t *testing.T) {
	s := start(t, func(c *Config) { c.SyslogUDP = "127.0.0.1:0" })
	s.post("/v1/logs", accessLog(3))
	s.search("limit=1")
	s.problem("GET", "/none", "")
	response, err := http.Get("http://" + s.Addr().String() + "/metrics")
	require.NoError(t, err)
	defer response.Body.Close()
	shown, err := io.ReadAll(response.Body)
	require.NoError(t, err)

	n := 0
	for _, expression := range fulltest.Dashboard(t, "loggate") {
		for _, name := range metric.FindAllString(expression, -1) {
			if labels := []string{"http_route", "http_response_status_code", "http_request_method"}; !strings.Contains(strings.Join(labels, " "), name) {
				assert.Contains(t, string(shown), "\n"+name, expression)
				n++
			} else {
				assert.Contains(t, string(shown), name+`="`, expression)
			}
		}
	}
	assert.Greater(t, n, 10)
}
