package pattern

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every conversion has a text that it writes, and the long ones are made of short ones.
func TestConversions(t *testing.T) {
	for letter, c := range conversions {
		layout, err := strftime("%" + string(letter))
		require.Nil(t, err)
		assert.Equal(t, c.layout, layout)
		if c.sample != "" {
			assert.Equal(t, c.sample, sampleTime(layout))
		}
		for _, part := range layoutConversions(layout) {
			assert.NotEmpty(t, conversions[part[0]].sample, "%s in %s", part, layout)
		}
		assert.Contains(t, timeLetters, "%"+string(letter))
	}
}

func TestTimeWidth(t *testing.T) {
	for layout, width := range map[string]int{"clf": 26, "rfc3339": 25, "unix_s": 0, "%Y-%m-%d": 10, "%s": 0, "%A": 0, "%H:%M:%S.%3f%%": 13, "%e": 2, "%6f": 6} {
		assert.Equal(t, width, timeWidth(layout), layout)
	}
}

func TestOverlap(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"%F", "%T", false}, {"%H:%M", "%S.%3f", false}, {"%Y", "%Y", true}, {"%3f", "%6f", true}, {"%s", "%3f", false}, {"%3f", "%s", false}, {"%s", "%H", true},
		{"%H", "%s", true}, {"100%%", "%%", false},
	} {
		assert.Equal(t, c.want, overlap(c.a, c.b), "%s %s", c.a, c.b)
	}
}
