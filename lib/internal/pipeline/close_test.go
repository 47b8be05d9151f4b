package pipeline

import (
	"context"
	"io"
	"math/rand"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/source"
	"github.com/sawlog/sawlog/lib/record"
)

// settled waits until no goroutine is left that was not there before.
func settled(t testing.TB, before int) {
	t.Helper()
	for range 500 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
	buf := make([]byte, 1<<16)
	t.Fatalf("goroutines were left behind:\n%s", buf[:runtime.Stack(buf, true)])
}

// Whenever a run is closed, by its own goroutine or another's, all memory comes back, all goroutines end, and Next says so.
func TestCloseAtAnyTime(t *testing.T) {
	runs := 400
	if testing.Short() {
		runs = 100
	}
	text := strings.Repeat("a line\nbad\n"+strings.Repeat("x", 40)+"\n", 2000)
	rnd := rand.New(rand.NewSource(time.Now().UnixNano()))
	before := runtime.NumGoroutine()
	for range runs {
		alloc := &checked{}
		size, workers, live := 1+rnd.Intn(2000), 1+rnd.Intn(4), rnd.Intn(3) == 0
		p := start(alloc, size, workers, live, iotest.HalfReader(strings.NewReader(text)), strings.NewReader(text))
		var closing sync.WaitGroup
		if rnd.Intn(2) == 0 {
			wait := time.Duration(rnd.Intn(300)) * time.Microsecond
			closing.Go(func() { time.Sleep(wait); p.Close() })
		}
		for range rnd.Intn(100) {
			b, err := p.Next(context.Background())
			if err != nil {
				require.Contains(t, []error{ErrClosed, io.EOF}, err)
				break
			}
			b.Release()
		}
		p.Close()
		closing.Wait()
		_, err := p.Next(context.Background())
		require.Error(t, err)
		if live {
			settled(t, before) // a live input's goroutine ends by itself
		}
		alloc.empty(t)
		require.False(t, t.Failed())
	}
	settled(t, before)
}

func TestCloseWhileAPipeIsSilent(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 50 {
		in, out, err := os.Pipe()
		require.NoError(t, err)
		_, err = out.WriteString("a\nhalf")
		require.NoError(t, err)
		alloc := &checked{}
		p := over(source.New([]source.Input{source.File(in)}, source.Options{Line: limit, Alloc: alloc}), alloc, 2, true)
		b, err := p.Next(context.Background())
		require.NoError(t, err)
		b.Release()
		ended := make(chan error)
		go func() {
			_, err := p.Next(context.Background())
			ended <- err
		}()
		p.Close()
		assert.Equal(t, ErrClosed, <-ended)
		require.NoError(t, out.Close())
		settled(t, before)
		alloc.empty(t)
	}
}

// stubborn waits in Read, whatever is closed, until it is let go; then it brings a line.
type stubborn struct {
	reads chan struct{}
	text  string
}

func (s *stubborn) Read(p []byte) (int, error) {
	<-s.reads
	return copy(p, s.text), nil
}

func TestAReadThatCannotBeInterruptedEndsByItself(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 50 {
		alloc := &checked{}
		in := &stubborn{make(chan struct{}, 100), "a\nb\n"}
		p := start(alloc, 100, 2, true, in)
		in.reads <- struct{}{} // the codec
		in.reads <- struct{}{}
		p.Close()
		close(in.reads)
		settled(t, before)
		alloc.empty(t)
	}
}

func TestNothingIsReadAfterClose(t *testing.T) {
	before := runtime.NumGoroutine()
	in := &counting{}
	p := start(&checked{}, 100, 3, true, in)
	_, err := p.Next(context.Background())
	require.NoError(t, err)
	p.Close()
	settled(t, before)
	reads := in.n.Load()
	time.Sleep(5 * time.Millisecond)
	assert.Equal(t, reads, in.n.Load())
}

type counting struct{ n atomic.Int64 }

func (c *counting) Read(p []byte) (int, error) {
	c.n.Add(1)
	return copy(p, "a line\n"), nil
}

// A line without end in the caller's own goroutine: contexts and Close are heard.
func TestALineWithoutEndCanBeLeft(t *testing.T) {
	for _, workers := range []int{1, 2} {
		alloc := &checked{}
		p := start(alloc, 100, workers, false, zeros{})
		for range 3 {
			ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
			_, err := p.Next(ctx)
			cancel()
			require.ErrorIs(t, err, context.DeadlineExceeded)
		}
		time.AfterFunc(time.Millisecond, p.Close)
		_, err := p.Next(context.Background())
		assert.Equal(t, ErrClosed, err)
		p.Close()
		alloc.empty(t)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestStatsAreOfOneMoment(t *testing.T) {
	p := start(record.Heap, 30, 3, false, strings.NewReader(strings.Repeat("a line\nbad\n\n", 5000)))
	defer p.Close()
	stop := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for last := (Counts{}); ; {
			c := p.Stats.Read()
			faults := int64(0)
			for _, n := range c.Faults {
				faults += n
			}
			if !assert.Equal(t, c.Lines, c.Records+c.Continuations+c.Rejects) || !assert.Equal(t, c.Rejects, faults) || !assert.GreaterOrEqual(t, c.Bytes, last.Bytes) {
				return
			}
			last = c
			select {
			case <-stop:
				return
			default:
			}
		}
	})
	_, err := collect(p)
	assert.Equal(t, io.EOF, err)
	close(stop)
	watching.Wait()
}

// The price of a block on its way: 64 KiB blocks of lines that a worker only counts.
func BenchmarkOverhead(b *testing.B) {
	text := strings.Repeat(strings.Repeat("x", 150)+"\n", 100000)
	for name, workers := range map[string]int{"one": 1, "two": 2} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				blocks := source.New([]source.Input{{Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}}, source.Options{Size: 1 << 16, Line: 1 << 20, Alloc: record.Heap})
				p := New(blocks, Options{Schema: schema, Present: true, NewWorker: func() record.Worker { return idle{} }, Alloc: record.Heap, Workers: workers})
				for batch, err := p.Next(context.Background()); err == nil; batch, err = p.Next(context.Background()) {
					batch.Release()
				}
				p.Close()
			}
		})
	}
}

// idle rejects a block at once.
type idle struct{ liner }

func (idle) Parse(b *record.Builder, _ []byte, n int) { b.Reject(record.NoMatch, 0, n-1) }
