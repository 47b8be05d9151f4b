package regex

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/scan"
)

// What is needed is found where it stands, by each of the ways, and wherever one begins to look and the text ends.
func TestNeedsAreFoundWhereTheyStand(t *testing.T) {
	digits := &[257]bool{256: true}
	for c := '0'; c <= '9'; c++ {
		digits[c] = true
	}
	needs := []need{{text: "\""}, {text: " - "}, {text: "a", after: digits}, {text: ": order no "}, {bytes: []byte("\"'`")}, {bytes: []byte("- ")}}
	pieces := []string{"a", "a7", "\"", "'", "`", " ", "-", " - ", ": order no ", ": order n", "\u00e9", "\x80", "x", "words that have none", "\x01"}
	r := rand.New(rand.NewPCG(5, 6))
	for k := range needs {
		n := &needs[k]
		n.seal()
		for range 400 {
			text := ""
			for range 1 + r.IntN(12) {
				text += pieces[r.IntN(len(pieces))]
			}
			data := []byte(text + scan.LineFeeds + scan.LineFeeds)
			from, to := r.IntN(len(text)), r.IntN(len(text)+1)
			first, last := n.plainly(data, from, to)
			require.Equal(t, first, n.first(data, from, to), "%v in %q", n, text[:to])
			require.Equal(t, first, n.firstNear(data, from, to), "%v in %q", n, text[:to])
			if n.text == "" {
				require.Equal(t, first, firstByte(data, from, to, n.bytes), "%v in %q", n, text[:to])
			}
			require.Equal(t, last, max(n.last(data, from, to, to), from-1), "%v in %q", n, text[:to])
		}
	}
}

// plainly is first and last, place by place.
func (n *need) plainly(data []byte, from, to int) (first, last int) {
	first, last = -1, from-1
	for i := from; i < to; i++ {
		if n.text != "" && n.fits(data, i, to) || n.text == "" && slices.Contains(n.bytes, data[i]) {
			if last = i; first < 0 {
				first = i + max(len(n.text), 1)
			}
		}
	}
	return first, last
}
