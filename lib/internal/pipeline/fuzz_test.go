package pipeline

import (
	"io"
	"math/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzRun reads any two texts in any pieces, blocks and numbers of workers: the outcome is that of plain lines.
func FuzzRun(f *testing.F) {
	for i, text := range texts {
		f.Add(text, texts[0], uint8(i*5), uint8(i), int64(i))
	}
	f.Fuzz(func(t *testing.T, one, two string, size, workers uint8, seed int64) {
		for _, text := range []string{one, two} {
			if strings.HasPrefix(text, "\xef\xbb\xbf") || strings.HasPrefix(text, "\x1f\x8b") || strings.Contains(text, "\xb5\x2f\xfd") || strings.Contains(text, "\x2a\x4d\x18") {
				t.Skip("a mark or a codec")
			}
			if strings.Contains(text, "panic") || strings.ToValidUTF8(text, "") != text {
				t.Skip("what this worker and this comparison do not take")
			}
		}
		rnd := rand.New(rand.NewSource(seed))
		alloc := &checked{}
		p := start(alloc, int(size)+1, int(workers%5), seed&1 == 0, &pieces{one, rnd}, &pieces{two, rnd})
		out, err := collect(p)
		require.Equal(t, io.EOF, err)
		require.Equal(t, expected(one, two), out)
		p.Close()
		alloc.empty(t)
	})
}

// pieces brings a text in pieces of random length.
type pieces struct {
	rest string
	rnd  *rand.Rand
}

func (r *pieces) Read(p []byte) (int, error) {
	n := copy(p[:min(len(p), 1+r.rnd.Intn(len(r.rest)+1))], r.rest)
	if r.rest = r.rest[n:]; r.rest == "" {
		return n, io.EOF
	}
	return n, nil
}
