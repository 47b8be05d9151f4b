package timestamp

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSecondsWithAnExponent(t *testing.T) {
	for _, c := range []struct {
		text string
		ns   int64
		end  int
	}{
		{"1.77269455025e+09 x", 1772694550250000000, 17}, {"1.77269455025E9 x", 1772694550250000000, 15}, {"-1.5e+00 x", -1500000000, 8}, {"177269455025e-02 x", 1772694550250000000, 16},
		{"1.7726945502500001234567e+09 x", 1772694550250000123, 28}, {"1e-10 x", 0, 5}, {"1.5e+10 x", 1500000000, 3}, {"1e+99 x", 1000000000, 1}, // beyond the range: the exponent is left over
		{"15e x", 15000000000, 2}, {"15e+ x", 15000000000, 2}, {"15 x", 15000000000, 2},
	} {
		room := append([]byte(c.text), make([]byte, 80)...)
		ns, end, ok := MustCompile("unix_s").NewClock(Options{}).Parse(room, 0)
		assert.True(t, ok, c.text)
		assert.Equal(t, c.ns, ns, c.text)
		assert.Equal(t, c.end, end, c.text)
	}
}
