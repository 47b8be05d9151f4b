package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/source"
	"github.com/sawlog/sawlog/lib/record"
)

var texts = []string{
	"one\ntwo\r\n\nbad three\n" + strings.Repeat("x", 12) + "\r\n" + strings.Repeat("y", 13) + "\n" + strings.Repeat("z", 50) + "\r\nfour",
	"", "\n", strings.Repeat("a line\nbad\n", 40), strings.Repeat("w", 100) + "\r", "end\n",
}

func inputs(wrap func(io.Reader) io.Reader) (rs []io.Reader) {
	for _, text := range texts {
		rs = append(rs, wrap(strings.NewReader(text)))
	}
	return rs
}

func plain(r io.Reader) io.Reader { return r }

func TestAnySizeAnyWorkers(t *testing.T) {
	want := expected(texts...)
	for _, size := range []int{1, 2, 3, 7, 12, 13, 14, 15, 50, 1000, 1 << 20} {
		for _, workers := range []int{0, 1, 2, 5} {
			for _, live := range []bool{false, true} {
				for way, wrap := range map[string]func(io.Reader) io.Reader{"whole": plain, "bytes": iotest.OneByteReader, "end with data": iotest.DataErrReader} {
					alloc := &checked{}
					p := start(alloc, size, workers, live, inputs(wrap)...)
					out, err := collect(p)
					at := fmt.Sprintf("blocks of %d, %d workers, live %t, %s", size, workers, live, way)
					require.Equal(t, io.EOF, err, at)
					require.Equal(t, want, out, at)
					counts := p.Stats.Read()
					require.Equal(t, []int64{out.Bytes, out.Lines, int64(len(out.Texts)), int64(len(out.Rejects))}, []int64{counts.Bytes, counts.Lines, counts.Records, counts.Rejects})
					p.Close()
					_, err = p.Next(context.Background())
					require.Equal(t, io.EOF, err, "the end stays the end")
					alloc.empty(t)
				}
			}
		}
	}
}

func TestAnErrorComesInItsPlace(t *testing.T) {
	errDisk := errors.New("the disk is gone")
	want := expected("a\nbb\nbad\nccc")
	for _, workers := range []int{1, 3} {
		for _, size := range []int{1, 4, 100} {
			alloc := &checked{}
			p := start(alloc, size, workers, false, io.MultiReader(strings.NewReader("a\nbb\nbad\nccc"), iotest.ErrReader(errDisk)), strings.NewReader("not read\n"))
			out, err := collect(p)
			require.ErrorIs(t, err, errDisk)
			require.Equal(t, want, out)
			_, again := p.Next(context.Background())
			require.Equal(t, err, again)
			p.Close()
			alloc.empty(t)
		}
	}
}

// A panic in a worker, in its making, or for want of memory is an error in its place, and nothing hangs or stays behind.
func TestPanicsAreErrors(t *testing.T) {
	text := "a\nb\npanic\nc\n" + strings.Repeat("d\n", 100)
	before := runtime.NumGoroutine()
	for _, workers := range []int{1, 4} {
		for _, live := range []bool{false, true} {
			alloc := &checked{}
			p := start(alloc, 2, workers, live, iotest.OneByteReader(strings.NewReader(text)))
			out, err := collect(p)
			var caught *Panic
			require.ErrorAs(t, err, &caught)
			assert.ErrorIs(t, err, errBug)
			assert.Contains(t, string(caught.Stack), "Parse")
			assert.Equal(t, []string{"a", "b"}, out.Texts)
			p.Close()
			settled(t, before) // a live input's goroutine ends by itself
			alloc.empty(t)

			o := p.o
			o.NewWorker = func() record.Worker { panic(errBug) }
			p = New(source.New([]source.Input{source.Reader(strings.NewReader(text))}, source.Options{Line: limit, Alloc: alloc}), o)
			_, err = collect(p)
			assert.ErrorIs(t, err, errBug)
			p.Close()
			settled(t, before)
			alloc.empty(t)

			p = over(rude{}, alloc, workers, live)
			_, err = collect(p)
			assert.ErrorIs(t, err, errBug, "of the blocks themselves")
			p.Close()
		}
	}
}

type rude struct{}

func (rude) Next() (source.Block, error) { panic(errBug) }
func (rude) Close()                      {}

// leaver ends the goroutine that reads it, as a test that fails in a reader does.
type leaver struct{}

func (leaver) Read([]byte) (int, error) { runtime.Goexit(); return 0, nil }

func TestAReaderThatLeavesItsGoroutineIsNoEndOfInput(t *testing.T) {
	for _, live := range []bool{true, false} {
		for range 50 {
			alloc := &checked{}
			p := start(alloc, 10, 2, live, io.MultiReader(strings.NewReader("a\n"), leaver{}))
			ended := make(chan error, 1)
			go func() {
				defer close(ended)
				_, err := collect(p)
				ended <- err
			}()
			if err, ok := <-ended; ok { // else Next was the reader, and its goroutine is gone
				assert.Equal(t, errLeft, err)
			}
			p.Close()
			alloc.empty(t)
		}
	}
}

// scarce has no memory at one call.
type scarce struct {
	checked
	at int
}

func (s *scarce) Alloc(n int) []byte {
	s.mu.Lock()
	s.at--
	now := s.at == 0
	s.mu.Unlock()
	if now {
		panic(errBug)
	}
	return s.checked.Alloc(n)
}

func TestNoMemoryIsAnErrorAndNoLeak(t *testing.T) {
	text := strings.Repeat("some line\nbad\n", 700) // more rows than expected: columns grow
	for at := 1; at < 40; at++ {
		for _, workers := range []int{1, 2} {
			alloc := &scarce{at: at}
			p := start(alloc, 3000, workers, false, strings.NewReader(text))
			out, err := collect(p)
			if err == io.EOF {
				assert.Equal(t, expected(text), out)
			} else {
				assert.ErrorIs(t, err, errBug)
			}
			p.Close()
			alloc.empty(t)
		}
	}
}

func TestAContextEndsAWaitButNotTheRun(t *testing.T) {
	in, out, err := os.Pipe()
	require.NoError(t, err)
	alloc := &checked{}
	p := over(source.New([]source.Input{source.File(in)}, source.Options{Line: limit, Alloc: alloc}), alloc, 2, true)
	for i := range 30 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond/2)
		_, err = p.Next(ctx)
		cancel()
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = fmt.Fprintf(out, "line %d\n", i)
		require.NoError(t, err)
		b, err := p.Next(context.Background())
		require.NoError(t, err)
		assert.Equal(t, fmt.Sprintf("line %d", i), b.Columns()[0].Text(0))
		assert.Equal(t, int64(i+1), b.FirstLine)
		b.Release()
	}
	done, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = p.Next(done)
	require.Equal(t, context.Canceled, err)
	require.NoError(t, out.Close())
	_, err = p.Next(context.Background())
	require.Equal(t, io.EOF, err)
	p.Close()
	alloc.empty(t)
}

// Contexts that end at any time lose no batch and double none.
func TestContextsThatEndAtAnyTime(t *testing.T) {
	text := strings.Repeat("a line\nbad\n", 3000)
	rnd := rand.New(rand.NewSource(1))
	for _, workers := range []int{1, 3} {
		alloc := &checked{}
		p := start(alloc, 500, workers, false, iotest.HalfReader(strings.NewReader(text)))
		var out outcome
		for {
			ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rnd.Intn(20))*time.Microsecond)
			b, err := p.Next(ctx)
			cancel()
			if err == io.EOF {
				break
			} else if err == nil {
				out.add(b)
			} else {
				require.ErrorIs(t, err, context.DeadlineExceeded)
			}
		}
		assert.Equal(t, expected(text), out)
		p.Close()
		alloc.empty(t)
	}
}

// The run reads no further ahead than it says, and no less: what is compressed is unpacked while workers parse.
func TestReadingAheadIsBounded(t *testing.T) {
	var packed strings.Builder
	w := gzip.NewWriter(&packed)
	_, err := io.WriteString(w, strings.Repeat("a line\n", 1<<17))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	for _, workers := range []int{2, 4} {
		alloc := &checked{}
		p := start(alloc, 7000, workers, false, strings.NewReader(packed.String()))
		b, err := p.Next(context.Background())
		require.NoError(t, err)
		time.Sleep(20 * time.Millisecond)
		ahead := alloc.left() / 2 // a block and its columns
		assert.GreaterOrEqual(t, ahead, workers+2)
		assert.LessOrEqual(t, ahead, workers+4)
		b.Release()
		p.Close()
		alloc.empty(t)
	}
}

func TestRoomForRowsIsNotMadeOnSuspicion(t *testing.T) {
	w := &worker{density: 1.0 / 150}
	assert.InDelta(t, 7000, w.expected(1<<20), 500)
	w.learn(5000, 5000)
	assert.Less(t, w.expected(1<<20), 50000, "lines of one byte do not last")
	w.density = 1.0 / 5000
	assert.Equal(t, 16, w.expected(100))
}

func TestRoomForRowsFollowsWhatCame(t *testing.T) {
	w := &worker{density: 1.0 / 150, guessed: true}
	w.learn(200, 1<<20)
	assert.Less(t, w.expected(1<<20), 300, "what was a guess is forgotten at once")
	w.learn(10000, 1<<20)
	assert.InDelta(t, 10300, w.expected(1<<20), 50, "more at once: too few would cost a copy")
	w.learn(5000, 1<<20)
	assert.InDelta(t, 9000, w.expected(1<<20), 150, "less by and by: the next may be as the one before")
	for range 20 {
		w.learn(5000, 1<<20)
	}
	assert.InDelta(t, 5160, w.expected(1<<20), 50, "and not more than is needed for long")
}
