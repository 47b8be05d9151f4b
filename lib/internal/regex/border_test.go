package regex

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBorders(t *testing.T) {
	for _, c := range []struct {
		pattern string
		want    []Border
	}{
		{`(?<a>.*)(?<b>.*)`, []Border{{0, 1, false, 8}}},
		{`(?<a>.*?)(?<b>.*)`, []Border{{0, 1, true, 9}}},
		{`(?<a>\w+)(?<b>\S+) (?<c>\d+)(?<d>\d+)`, []Border{{0, 1, false, 9}, {2, 3, false, 28}}},
		{`(?<a>\w+)(?:(?<b>\w+)|x)`, nil}, // not in every match
		{`(?:x(?<a>\w+))(?:(?<b>\w+)y)`, []Border{{0, 1, false, 17}}},
		{`(?<a>\d+)(?<b>[a-z]+)`, nil},
		{`(?<a>\d+)(?<b>\w+)`, []Border{{0, 1, false, 9}}},
		{`(?<a>\d\d)(?<b>\w+)`, nil}, // two characters and no more
		{`(?<a>\w*)(?<b>\d\d)`, nil}, // the last two
		{`(?<a>\d+)(?<b>(?:\d\d)*)`, []Border{{0, 1, false, 9}}},
		{`(?<a>x*)(?<b>xy)`, nil}, // the last x alone has a y behind it
		{`(?<a>x|xx)(?<b>x|xx)`, []Border{{0, 1, false, 10}}},
		{`(?<a>x|yy)(?<b>x|yy)`, nil},
		{`(?<a>\w+\b)(?<b>\S+)`, nil}, // the boundary tells
		{`(?<a>(?>\w+))(?<b>\S+)`, nil},
		{`(?<a>\w+)(?<b>(?<!\d)\d+)`, nil},
		{`(?<a>\w+) (?<b>\w+)`, nil},
		{`(?<a>\w+)(?<b>\w{1,900000})`, nil}, // too large to look at
	} {
		tree, err := Parse(c.pattern, Options{Syntax: Oniguruma, Capture: counting()})
		if err != nil && c.want == nil {
			continue
		}
		require.NoError(t, err, c.pattern)
		assert.Equal(t, c.want, Borders(tree), c.pattern)
	}
}

// counting numbers the groups that have a name.
func counting() func(name string, pos int) (int, error) {
	n := -1
	return func(name string, _ int) (int, error) {
		if name == "" {
			return -1, nil
		}
		n++
		return n, nil
	}
}
