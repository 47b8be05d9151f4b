package source

import (
	"context"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/record"
)

func TestALineOfAHundredMegabytesCostsNoMemory(t *testing.T) {
	const length = 100 << 20
	for _, size := range []int{1000, 1 << 20} {
		text := io.MultiReader(strings.NewReader("before\n"), io.LimitReader(endless{}, length), strings.NewReader("\r\nbehind\n"))
		alloc := &checked{}
		s := New(readers(false, text), Options{Size: size, Line: 1 << 20, Alloc: alloc})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var lines []line
		for {
			b, err := s.Next()
			if err == io.EOF {
				break
			}
			require.NoError(t, err)
			for _, l := range linesOf(t, s, b) {
				l.Text = l.Text[:6]
				lines = append(lines, l)
			}
			alloc.Free(b.Data)
		}
		runtime.ReadMemStats(&after)
		assert.Equal(t, []line{{0, 0, 6, "before"}, {0, 7, length, "xxxxxx"}, {0, 7 + length + 2, 6, "behind"}}, lines)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16<<20))
		assert.Less(t, alloc.most, 4<<20)
		alloc.empty(t)
	}
}

// Blocks of an input with lines of every length never hold more than the longest line allowed, twice, or what was read behind one.
func TestMemoryIsBounded(t *testing.T) {
	var text strings.Builder
	for n := range 300 {
		text.WriteString(strings.Repeat("x", n*n) + "\n")
	}
	for _, size := range []int{1, 100, 10000} {
		alloc := &checked{}
		s := New(readers(false, strings.NewReader(text.String())), Options{Size: size, Line: 20000, Alloc: alloc})
		lines, err := collect(t, s)
		require.Equal(t, io.EOF, err)
		require.Equal(t, split(20000, text.String()), lines)
		assert.Less(t, alloc.most, 1<<16+2*20100)
		assert.LessOrEqual(t, cap(s.tail), 1<<17)
		alloc.empty(t)
	}
}

// A line without end can be left by the context, and gone on with.
func TestALineWithoutEndCanBeLeft(t *testing.T) {
	alloc := &checked{}
	s := New(readers(false, io.MultiReader(strings.NewReader("a\nlong "), io.LimitReader(endless{}, 300<<20), strings.NewReader("\r\nb\n"))), Options{Size: 2, Line: limit, Alloc: alloc})
	b, err := s.Next()
	require.NoError(t, err)
	alloc.Free(b.Data)
	times := 0
	for {
		ctx, cancel := context.WithTimeout(background, 2*time.Millisecond)
		b, err = s.NextContext(ctx)
		cancel()
		if err == nil {
			break
		}
		require.ErrorIs(t, err, context.DeadlineExceeded)
		alloc.empty(t)
		times++
	}
	assert.Positive(t, times)
	assert.Equal(t, []line{{0, 2, 5 + 300<<20, "long xxxxxxx"}}, linesOf(t, s, b))
	alloc.Free(b.Data)
	lines, err := collect(t, s)
	assert.Equal(t, io.EOF, err)
	assert.Equal(t, []line{{0, 2 + 5 + 300<<20 + 2, 1, "b"}}, lines)
	alloc.empty(t)

	s = New(readers(false, endless{}), Options{Line: limit, Alloc: alloc})
	ctx, cancel := context.WithTimeout(background, time.Millisecond)
	defer cancel()
	_, err = s.Sample(ctx, func([]byte) bool { return false })
	require.ErrorIs(t, err, context.DeadlineExceeded)
	alloc.empty(t)
}

func BenchmarkBlocks(b *testing.B) {
	text := strings.Repeat(strings.Repeat("x", 150)+"\n", 100000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		s := New(readers(false, strings.NewReader(text)), Options{Line: 1 << 20, Alloc: record.Heap})
		for {
			block, err := s.Next()
			if err != nil {
				break
			}
			record.Heap.Free(block.Data)
		}
	}
}
