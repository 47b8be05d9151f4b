package ndjson

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/scan"
)

// checkUnescape compares the twins on the string text, which begins at the place at of a block.
func checkUnescape(t testing.TB, at int, text string) {
	data, n := block(strings.Repeat("\"", at) + text + "\"\n")
	var stops scan.Stops
	stops.Reset(data, 0, n)
	want, end := unescapeText([]byte("before"), data, at, scan.StringEnd(data, at))
	got, gotEnd := unescapeMarked([]byte("before"), data, stops.Marks(), at)
	require.Equal(t, end, gotEnd, "%q at %d", text, at)
	if end >= 0 {
		require.Equal(t, string(want), string(got), "%q at %d", text, at)
		require.Equal(t, string(unescape([]byte("before"), data, at, end)), string(got), "%q at %d", text, at)
	}
}

func TestUnescapeTwins(t *testing.T) {
	pieces := []string{"a", "word", "caf\u00e9", "\xff", strings.Repeat("x", 31), strings.Repeat("y", 33), strings.Repeat("z", 70), `\n`, `\"`, `\\`, `\/`, `\b`, `\f`, `\r`, `\t`, `\u0000`, `\u007F`,
		`\u0080`, `\u07fF`, `\u0800`, `\ud7ff`, `\ue000`, `\uFFFF`, `\ud83d\ude00`, `\ud800`, `\udc00`, `\ud800\u0041`, `\ud800\ud800\udc00`, `\ud83dx`, `\ud83d\n`, `\ud83d\\ude00`}
	wrong := []string{`\x`, `\`, `\u`, `\u12`, `\u123g`, `\u 123`, `\uD83D\u12`, `\ud83d\ug000`, "\x01", "\n", `\u00/0`, `\u:000`, `\u@000`, "\\\x00"}
	random := rand.New(rand.NewPCG(4, 5))
	for _, piece := range append(pieces, wrong...) {
		for at := range 66 {
			checkUnescape(t, at, piece)
			checkUnescape(t, at, strings.Repeat("q", 50)+piece+piece)
		}
	}
	for range 5000 {
		var text strings.Builder
		for range random.IntN(30) {
			text.WriteString(pieces[random.IntN(len(pieces))])
		}
		if random.IntN(4) == 0 {
			text.WriteString(wrong[random.IntN(len(wrong))] + pieces[random.IntN(len(pieces))])
		}
		checkUnescape(t, random.IntN(66), text.String())
	}
}

func FuzzUnescape(f *testing.F) {
	f.Add(uint8(7), `say \"hi\" \u00e9\ud83d\ude00 \ud800 to them, all of them, and to all the others too\n`)
	f.Fuzz(func(t *testing.T, at uint8, text string) {
		if len(text) <= 500 && strings.IndexByte(text, '\n') < 0 {
			checkUnescape(t, int(at), text)
		}
	})
}

func BenchmarkUnescape(b *testing.B) {
	data, n := block(strings.Repeat(`word\t\"another\" \\word caf`+"\u00e9"+`\u2028 at \u003cplace\u003e\n`, 5000) + "\"\n")
	var stops scan.Stops
	stops.Reset(data, 0, n)
	out := make([]byte, 0, 2*n)
	b.Run("marked", func(b *testing.B) {
		b.SetBytes(int64(n))
		for b.Loop() {
			unescapeMarked(out, data, stops.Marks(), 0)
		}
	})
	b.Run("text", func(b *testing.B) {
		b.SetBytes(int64(n))
		for b.Loop() {
			unescapeText(out, data, 0, scan.StringEnd(data, 0))
		}
	})
}
