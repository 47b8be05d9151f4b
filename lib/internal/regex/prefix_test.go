package regex

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/scan"
)

func TestPrefix(t *testing.T) {
	for _, c := range []struct {
		pattern string
		sets    int // -1: no prefix
		whole   bool
	}{
		{`^\d{4}-\d\d-\d\d`, 10, true},
		{`^\d{4}-\d\d.*`, 7, true},
		{`^\d+ x`, 1, false},
		{`^\d+`, 1, true},
		{`^(?:\[|<)\d`, -1, false},
		{`^[[<]\d`, 2, true},
		{`^(\d\d) ERROR`, 8, true},
		{`^\d\d$`, 2, false},
		{`\d\d`, -1, false},
		{`^`, -1, false},
		{`^.`, 1, false},
		{`^a.b`, 2, false},
		{`^\S+ \[`, 1, false},
		{`(?i)^error`, 5, true},
		{`^ERR|^WARN`, -1, false},
		{`^a*?b`, -1, false},
		{`^x(?:ab)*`, 1, true},
		{`^x(?:ab)+`, 1, false},
	} {
		tree, err := Parse(c.pattern, Options{})
		require.NoError(t, err)
		p := NewPrefix(tree)
		if c.sets < 0 {
			assert.Nil(t, p, c.pattern)
			continue
		}
		require.NotNil(t, p, c.pattern)
		assert.Equal(t, c.sets, len(p.sets), c.pattern)
		assert.Equal(t, c.whole, p.Whole, c.pattern)
	}
}

func TestPrefixesOfAlternatives(t *testing.T) {
	for _, c := range []struct {
		pattern string
		whole   []bool // of each; none: not known
	}{
		{`^a`, []bool{true}},
		{`^a|^\d+x|^[b-d]{2}`, []bool{true, false, true}},
		{`^a|b`, nil},
		{`(^a|^b)`, nil},
		{`^(a|b)`, nil},
		{`^a|^(b|c)`, nil},
		{`^a|`, nil},
	} {
		tree, err := Parse(c.pattern, Options{})
		require.NoError(t, err)
		var whole []bool
		for _, p := range NewPrefixes(tree) {
			whole = append(whole, p.Whole)
		}
		assert.Equal(t, c.whole, whole, c.pattern)
	}
}

func FuzzPrefixAgreesWithTheMachine(f *testing.F) {
	f.Add(`^\d{4}-\d\d`, "2026-05-06 x")
	f.Add(`^(?:[a-c]x){2}y`, "axbxy")
	f.Add(`^é.`, "éa")
	f.Add(`^\[\d{4}-|^[\da-f:.]+ - |^x`, "2001:db8::7 - ann")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 100 || len(text) > 200 {
			return
		}
		tree, err := Parse(pattern, Options{})
		if err != nil {
			return
		}
		program, err := Compile(tree, 0)
		all := NewPrefixes(tree)
		if err != nil || all == nil {
			return
		}
		data := append([]byte(text), '\n')
		data = append(data, make([]byte, scan.Slack)...)
		_, _, _, ok := program.NewMachine().Match(data, 0, len(text))
		begins := false
		for _, p := range all {
			if p.Match([]byte(text)) {
				begins = true
				require.True(t, ok || !p.Whole, "%q on %q", pattern, text)
			}
		}
		require.True(t, begins || !ok, "%q on %q", pattern, text)
	})
}
