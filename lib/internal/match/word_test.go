package match

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/pattern"
)

// Words are found in place as they are by the rules for all values.
func TestWordsInPlaceAreWhatTheyAreByTheRules(t *testing.T) {
	pieces := []string{"a", "bc", "]", "] ", "]: ", ":", ": ", " ", " ", "  ", "-", " - ", "x", "INFO", "WARN", "\r", "é"}
	for _, text := range []string{
		"{a:word}] {b}", "{a:word}]: {b:word} - {c}", "{a:word not=x}: {b:word}: {c}", "{a:word empty=null}] {b}", "{a:word null=-}] {b:word}: {c}", "{a:level} {b:word}]{ }{c}",
		"{a:level known}] {b}", "{a:word}{ }{b:word}: {c}", "{a:word has=x-} {b:word not=: has=abc}{ }{c}", "{a:level known}: {b}", "{a:level known not=F} {b}",
	} {
		tree, _, err := pattern.CompileLine([]string{text})
		require.NoError(t, err)
		p, err := Compile(tree, Options{Limit: 1 << 20})
		require.NoError(t, err)
		plain, words := *p, 0
		plain.steps = append([]step(nil), p.steps...)
		for k := range plain.steps {
			if e := &plain.steps[k]; e.op == opWord {
				e.op, words = opOdd, words+1
			}
		}
		require.Positive(t, words, text)
		r := rand.New(rand.NewPCG(11, uint64(len(text))))
		lines := randomLines(r, 20000, 8, pieces)
		rows, rejects := parse(p, p.NewWorker(), lines)
		wantRows, wantRejects := parse(&plain, plain.NewWorker(), lines)
		require.Equal(t, wantRows, rows, text)
		require.Equal(t, wantRejects, rejects, text)
		require.NotEmpty(t, rows, text)
		require.NotEmpty(t, rejects, text)
	}
}
