package mine

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// checkRecall adds lines and says how many were recalled: each of them with the skeleton that taking it apart gives.
func checkRecall(t testing.TB, m *Miner, lines ...string) (recalls int) {
	var z scanner
	for _, text := range lines {
		line := []byte(text)
		blanked, _ := blankedHash(line)
		if r := &m.recall[blanked>>(64-recallBits)]; r.fits(line, blanked) {
			z.scan(line)
			require.Equal(t, z.skeleton(), r.skeleton, "%q", text)
			recalls++
		}
		m.Add(line)
	}
	return recalls
}

func TestLinesThatDifferInDigits(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		want  int // recalled
	}{
		{"values", []string{"took 12 ms for 192.0.2.1:80", "took 99 ms for 198.5.9.7:81", "took 9 ms for 198.5.9.7:81"}, 1},
		{"a word with digits", []string{"en0 is up", "en1 is up", "en0 is up"}, 0},
		{"known words", []string{"sum is SHA256 now", "sum is SHA255 now", "sum is SHA511 now", "IPv5 IPv4"}, 0},
		{"a value with letters", []string{"core2b.17 is free", "core3b.17 is free", "core3c.17 is free"}, 1},
		{"hexadecimal letters count", []string{"id 3f9ac2d1b7", "id 3f9ac2d1b8", "id 3f9bc2d1b8"}, 1},
		{"a date without a year", []string{"at Jul 10 03:55:22 it ended", "at Jul 12 23:59:59 it ended"}, 1},
		{"a date and a year", []string{"at Jul 10 03:55:22 2005 it ended", "at Jul 10 03:55:22 1999 it ended", "at Jul 10 03:55:22 3005 it ended", "at Jul 10 03:55:22 9005 it ended"}, 2},
		{"two years", []string{"Jul 10 03:55:22 2005 to Jul 11 03:55:22 2005", "Jul 10 03:55:22 2005 to Jul 11 03:55:22 2006"}, 0},
		{"no digits", []string{"nothing to do", "nothing to do"}, 1},
		{"blanks at the end", []string{"n 1  ", "n 2  ", "n 2 "}, 1},
		{"nothing", []string{"", "", " "}, 1},
		{"beyond ASCII", []string{"gr\u00f6\u00dfe 1", "gr\u00f6\u00dfe 2", "gr\u00fc\u00dfe 2", "\xb0\xb1 1", "\xb0\xb2 1"}, 1},
		{"a long line", []string{strings.Repeat("7 ", maxBytes), strings.Repeat("8 ", maxBytes)}, 0},
	} {
		assert.Equal(t, c.want, checkRecall(t, New(Options{}), c.lines...), c.name)
	}
}

// digitsChanged is a line with other digits in some places.
func digitsChanged(r *rand.Rand, line string) string {
	out := []byte(line)
	for i, c := range out {
		if digit(c) && r.IntN(3) > 0 {
			out[i] = byte('0' + r.IntN(10))
		}
	}
	return string(out)
}

func TestRecalledLinesAreReadAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	lines := logLines(2000, 4)
	logs, _ := filepath.Glob("../../../../shared/corpus/loghub/*/raw.log") // where they lie beside the checkout
	for _, path := range logs {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for line := range bytes.Lines(text) {
			lines = append(lines, string(bytes.TrimSpace(line)))
		}
	}
	m, recalls := New(Options{}), 0
	for _, line := range lines {
		recalls += checkRecall(t, m, line, digitsChanged(r, line), digitsChanged(r, line))
	}
	assert.Greater(t, recalls, len(lines))
}

func TestBlanked(t *testing.T) {
	for c := range 256 {
		for shift := range 8 {
			w, digits := blanked(uint64(c) << (8 * shift))
			want, n := uint64(c), 0
			if digit(byte(c)) {
				want, n = '0', 1
			}
			require.Equal(t, [2]any{want << (8 * shift), n}, [2]any{w, digits}, "%c", c)
		}
	}
}
