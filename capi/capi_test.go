package main

import (
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	sawlog "github.com/sawlog/sawlog/lib"
)

func TestPutCutsAtACharacter(t *testing.T) {
	for size := 1; size < 20; size++ {
		room := make([]byte, size)
		put(room, "a\u00e4\u20ac\U0001f600 b\x00c\xff")
		end := strings.IndexByte(string(room), 0)
		require.GreaterOrEqual(t, end, 0)
		require.True(t, utf8.Valid(room[:end]), "%q", room)
	}
	room := make([]byte, 40)
	put(room, "a\x00b\xff")
	require.Equal(t, "a\ufffdb\ufffd", strings.TrimRight(string(room), "\x00"))
}

func TestTable(t *testing.T) {
	var numbers table[int]
	values := make([]int, 1000)
	for i := range values {
		require.Equal(t, uint32(i+1), numbers.add(&values[i]))
	}
	require.Same(t, &values[499], numbers.get(500))
	require.Same(t, &values[499], numbers.remove(500))
	require.Nil(t, numbers.remove(500), "twice")
	require.Nil(t, numbers.get(500))
	require.Equal(t, uint32(500), numbers.add(&values[0]), "numbers are used again")
}

func TestSettings(t *testing.T) {
	s, err := parseSettings([]byte(`{"gc_percent": -1, "after_fork": "reload"}`))
	require.NoError(t, err)
	require.Equal(t, int64(-1), *s.gcPercent)
	require.Equal(t, int64(1), *s.afterFork)
	require.Nil(t, s.maxThreads)
	_, err = parseSettings([]byte("{\n  \"\u00e4\": 1}"))
	var format *sawlog.FormatError
	require.ErrorAs(t, err, &format)
	require.Equal(t, []int{4, 2, 3}, []int{format.Offset, format.Line, format.Column})
}

// A thread of the host finds a processor of Go's free while all workers are at work.
func TestProcessors(t *testing.T) {
	before := int(workers.Load())
	t.Cleanup(func() { use(before) })
	for n, processors := range map[int]int{1: 2, 2: 3, 5: 6} {
		use(n)
		require.Equal(t, processors, runtime.GOMAXPROCS(0))
		require.Equal(t, int64(n), workers.Load())
	}
}

func TestWithin(t *testing.T) {
	outer := make([]byte, 100, 120)
	require.True(t, within(outer[:10], outer))
	require.True(t, within(outer[90:100], outer))
	require.False(t, within(outer[:10], outer[20:]))
	require.False(t, within(outer, outer[:10:10]))
	require.True(t, within(outer[100:120], outer), "up to the capacity")
}

func TestPaths(t *testing.T) {
	require.Equal(t, []string{"a.log"}, pathsOf("a.log"))
	require.Equal(t, []string{"a", "b"}, pathsOf(`["a", "b"]`))
	require.Equal(t, []string{"[ab].log"}, pathsOf("[ab].log"), "a glob")
	require.Equal(t, []string{""}, pathsOf(""))
}
