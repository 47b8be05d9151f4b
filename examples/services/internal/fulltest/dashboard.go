package fulltest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/require"
)

// Dashboard is what the panels of one of the dashboards ask for, in PromQL. It is called from a package beside this one.
func Dashboard(t testing.TB, name string) (expressions []string) {
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
