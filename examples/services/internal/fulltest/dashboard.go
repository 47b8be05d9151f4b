package fulltest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
)

// dashboard is what the panels of one of the dashboards ask for, in PromQL.
func dashboard(t testing.TB, name string) (expressions []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../deploy/grafana/dashboards", name+".json"))
	require.NoError(t, err)
	var dashboard struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	require.NoError(t, json.Unmarshal(text, &dashboard))
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			expressions = append(expressions, target.Expr)
		}
	}
	return expressions
}

// Instruments are the names of all metrics that a function makes, whether they are counted or not.
func Instruments(t testing.TB, with func(metric.MeterProvider) error) (names []string) {
	t.Helper()
	p := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader()), sdkmetric.WithView(func(i sdkmetric.Instrument) (sdkmetric.Stream, bool) {
		names = append(names, strings.ReplaceAll(i.Name, ".", "_"))
		return sdkmetric.Stream{}, false
	}))
	require.NoError(t, with(p))
	require.NoError(t, p.Shutdown(t.Context()))
	require.NotEmpty(t, names)
	return names
}

var (
	labels  = regexp.MustCompile(`\b(?:by|without) \(([^)]*)\)|\{([^}]*)\}`) // what is in a query besides names of metrics
	metrics = regexp.MustCompile(`\b[a-z]+_[a-z0-9_]+\b`)
	family  = regexp.MustCompile(`(?m)^# TYPE (\S+)`)
	label   = regexp.MustCompile(`[a-z_]+`)
)

// Compare holds a dashboard against a service, called from a package beside this one: what it asks for is on the page /metrics, with the labels
// by which it sums, and each metric on that page, and each that the service makes, is on the dashboard or one of those that begin as one of
// besides.
func Compare(t testing.TB, name, page string, made []string, besides ...string) {
	t.Helper()
	var asked []string
	for _, expression := range dashboard(t, name) {
		for _, by := range labels.FindAllStringSubmatch(expression, -1) {
			for _, l := range label.FindAllString(by[1], -1) {
				if l != "le" && l != "instance" { // Prometheus has the second
					assert.Contains(t, page, l+`="`, "the label of %s", expression)
				}
			}
		}
		for _, m := range metrics.FindAllString(labels.ReplaceAllString(expression, ""), -1) {
			if m != "histogram_quantile" {
				assert.Regexp(t, `(?m)^`+m+`[ {]`, page, expression)
				asked = append(asked, m)
			}
		}
	}
	require.NotEmpty(t, asked)
	used := map[string]bool{}
	for _, f := range family.FindAllStringSubmatch(page, -1) {
		made = append(made, f[1])
	}
	for _, m := range made {
		if slices.ContainsFunc(asked, func(a string) bool { return a == m || strings.HasPrefix(a, m+"_") }) {
			continue
		}
		at := slices.IndexFunc(besides, func(b string) bool { return strings.HasPrefix(m, b) })
		if assert.GreaterOrEqual(t, at, 0, "%s is not on the dashboard of %s", m, name) {
			used[besides[at]] = true
		}
	}
	for _, b := range besides {
		assert.True(t, used[b], "%s is no metric of %s, or is on its dashboard", b, name)
	}
}
