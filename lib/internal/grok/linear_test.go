package grok

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Shortcuts do not make a line cost more than its length, where a match of one could begin at each place of a long run and leads nowhere.
func TestNativesTakeLinearTime(t *testing.T) {
	for _, c := range []struct{ name, unit string }{{"URIHOST", "1."}, {"IPORHOST", "ab1"}, {"IPORHOST", "a-"}, {"HTTPDUSER", "_"}, {"IP", "00:"}, {"USER", "a."}} {
		p, err := Compile(Options{Patterns: []string{"%{" + c.name + ":x}~~end"}})
		require.NoError(t, err)
		w := p.NewWorker()
		line := strings.Repeat(c.unit, 160_000/len(c.unit)) + " ~~end"
		start := time.Now()
		assert.Zero(t, rig.Parse(p, w, line+"\n").Len())
		assert.Less(t, time.Since(start), 10*time.Second, "%s: %q", c.name, c.unit)
	}
}
