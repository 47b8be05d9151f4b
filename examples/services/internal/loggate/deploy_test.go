package loggate

import (
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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

	text, err := os.ReadFile("../../deploy/grafana/dashboards/loggate.json")
	require.NoError(t, err)
	var dashboard struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	require.NoError(t, json.Unmarshal(text, &dashboard))
	n := 0
	for _, p := range dashboard.Panels {
		for _, target := range p.Targets {
			for _, name := range metric.FindAllString(target.Expr, -1) {
				if labels := []string{"http_route", "http_response_status_code", "http_request_method"}; !strings.Contains(strings.Join(labels, " "), name) {
					assert.Contains(t, string(shown), "\n"+name, target.Expr)
					n++
				} else {
					assert.Contains(t, string(shown), name+`="`, target.Expr)
				}
			}
		}
	}
	assert.Greater(t, n, 10)
}
