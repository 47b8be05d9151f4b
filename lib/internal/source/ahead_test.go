package source

import (
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whenever somebody stops reading, what reads ahead ends too, and the memory comes back.
func TestAheadEndsWithItsReader(t *testing.T) {
	text := strings.Repeat("some line\n", 300_000)
	packed := pack(t, "gzip", text)
	before := runtime.NumGoroutine()
	for k := range 60 {
		alloc := &checked{}
		s := New(readers(false, strings.NewReader(packed), strings.NewReader(packed)), Options{Size: 1 << 17, Line: limit, Alloc: alloc})
		s.SetAhead(true)
		closing := make(chan struct{})
		if k%2 == 0 {
			go func() {
				time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)
				s.Close()
				close(closing)
			}()
		}
		for range rand.IntN(80) {
			b, err := s.Next()
			if err != nil {
				require.Contains(t, []error{io.EOF, ErrClosed}, err)
				break
			}
			alloc.Free(b.Data)
		}
		if k%2 == 0 {
			<-closing
		}
		s.Close()
		alloc.empty(t)
	}
	for range 1000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("goroutines were left behind")
}

// crash panics behind some of its text.
type crash struct{ io.Reader }

func (c crash) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if err == io.EOF {
		panic("a bug in the codec")
	}
	return n, err
}

func (crash) Close() error { return nil }

func TestAPanicAheadIsAnErrorInItsPlace(t *testing.T) {
	text := strings.Repeat("0123456789", pieceSize/4)
	a := newAhead(crash{strings.NewReader(text)})
	got, err := io.ReadAll(a)
	var bug *Panic
	require.ErrorAs(t, err, &bug)
	assert.Equal(t, "a bug in the codec", bug.Value)
	assert.Equal(t, text, string(got))
	require.NoError(t, a.Close())
	_, err = a.Read(make([]byte, 1))
	assert.Error(t, err)
}
