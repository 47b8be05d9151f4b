package grok

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/linetest"
)

// Shortcuts do not make a line cost more than its length, where a match of one could begin at each place of a long run and leads nowhere.
func TestNativesTakeLinearTime(t *testing.T) {
	for _, c := range []struct{ name, unit string }{{"URIHOST", "1."}, {"IPORHOST", "ab1"}, {"IPORHOST", "a-"}, {"HTTPDUSER", "_"}, {"IP", "00:"}, {"USER", "a."}} {
		p, err := Compile(Options{Patterns: []string{"%{" + c.name + ":x}~~end"}})
		require.NoError(t, err)
		w := p.NewWorker()
		linetest.Linear(t, 10_000/len(c.unit), func(n int) {
			assert.Zero(t, rig.Parse(p, w, strings.Repeat(c.unit, n)+" ~~end\n").Len(), "%s: %q", c.name, c.unit)
		})
	}
}
