package source

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func write(t testing.TB, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}

func TestPathsAndPatterns(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.log", "a.log", "c.txt", "[1].log"} {
		write(t, filepath.Join(dir, name), name+"\n")
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "z.log"), 0o700))
	for pattern, want := range map[string][]string{
		"a.log": {"a.log"}, "*.log": {"[1].log", "a.log", "b.log"}, "?.*": {"a.log", "b.log", "c.txt"}, "[1].log": {"[1].log"}, "[ab].log": {"a.log", "b.log"},
		"*.gz": nil, "none": nil, "z.log": nil, "[a.log": nil,
	} {
		inputs, err := Paths([]string{filepath.Join(dir, pattern)})
		var names []string
		total := int64(0)
		for _, in := range inputs {
			names = append(names, filepath.Base(in.Name))
			total += in.Size
			assert.False(t, in.Live)
		}
		assert.Equal(t, want, names, pattern)
		assert.Equal(t, want == nil, err != nil, pattern)
		assert.Equal(t, total, New(inputs, Options{}).Total())
		if err != nil {
			var failed *Error
			require.ErrorAs(t, err, &failed)
			assert.Contains(t, failed.Path, pattern)
		}
	}
}

func TestAFileThatIsGoneInTheMiddleOfAList(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for _, name := range []string{"a", "b", "c"} {
		paths = append(paths, filepath.Join(dir, name))
		write(t, paths[len(paths)-1], name+"\n")
	}
	inputs, err := Paths(paths)
	require.NoError(t, err)
	require.NoError(t, os.Remove(paths[1]))
	alloc := &checked{}
	s := New(inputs, Options{Line: limit, Alloc: alloc})
	lines, err := collect(t, s)
	assert.Equal(t, []line{{0, 0, 1, "a"}}, lines, "what came before it is there; what comes behind it is not read")
	assert.ErrorIs(t, err, os.ErrNotExist)
	assert.EqualError(t, err, paths[1]+": after 0 bytes: no such file or directory", "the path is there once")
	assert.Equal(t, int64(1), s.Done.Load())
	alloc.empty(t)
}

func TestAFileThatGrowsOrShrinksWhileItIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	for name, change := range map[string]func() error{
		"grows": func() error {
			f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			require.NoError(t, err)
			_, err = f.WriteString("dddd\n")
			require.NoError(t, err)
			return f.Close()
		},
		"shrinks":              func() error { return os.Truncate(path, 7) },
		"is emptied":           func() error { return os.Truncate(path, 0) },
		"is gone":              func() error { return os.Remove(path) },
		"is replaced by fewer": func() error { return os.WriteFile(path, []byte("x\n"), 0o600) },
	} {
		write(t, path, "aaaa\nbbbb\ncccc\n")
		inputs, err := Paths([]string{path})
		require.NoError(t, err)
		alloc := &checked{}
		s := New(inputs, Options{Size: 5, Line: limit, Alloc: alloc})
		b, err := s.Next()
		require.NoError(t, err)
		assert.Equal(t, "aaaa\n", string(b.Data[:b.N]))
		alloc.Free(b.Data)
		require.NoError(t, change())
		lines, err := collect(t, s)
		assert.Equal(t, io.EOF, err, name)
		want := map[string]int{"grows": 3, "shrinks": 1, "is gone": 2}
		assert.Len(t, lines, want[name], name)
		alloc.empty(t)
	}
}

func TestAPipeIsNotKeptWaiting(t *testing.T) {
	for _, codec := range []string{"none", "gzip", "zstd"} {
		in, out, err := os.Pipe()
		require.NoError(t, err)
		alloc := &checked{}
		s := New([]Input{File(in)}, Options{Line: limit, Alloc: alloc})
		// The last one ends what is too long and brings a whole line with it.
		for i, text := range []string{"\n", "P*M\n", "a\nb", "b\nc\nddd", strings.Repeat("x", 50), "x\ne\n"} {
			_, err = io.WriteString(out, pack(t, codec, text))
			require.NoError(t, err)
			want := [][]string{{""}, {"P*M"}, {"a"}, {"bb", "c"}, nil, {"dddxxxxxxxxx", "e"}}[i]
			for len(want) > 0 {
				b, err := s.Next()
				require.NoError(t, err)
				for _, l := range linesOf(t, s, b) {
					require.Equal(t, want[0], l.Text, codec)
					want = want[1:]
				}
				assert.Less(t, len(b.Data), 1<<17, "a few lines do not hold the memory of a block")
				alloc.Free(b.Data)
			}
		}
		require.NoError(t, out.Close())
		_, err = s.Next()
		require.Equal(t, io.EOF, err)
		alloc.empty(t)
	}
}

type closes struct {
	io.Reader
	n int
}

func (c *closes) Close() error {
	c.n++
	return nil
}

func TestEveryInputIsClosedOnce(t *testing.T) {
	for reads := range 6 {
		for _, fails := range []bool{false, true} {
			first, second := &closes{Reader: strings.NewReader("a\nb\n")}, &closes{Reader: strings.NewReader("c\n")}
			if fails {
				first.Reader = upTo("a\nb\n", errDisk)
			}
			alloc := &checked{}
			s := New(readers(false, first, second), Options{Size: 2, Line: limit, Alloc: alloc})
			for range reads {
				if b, err := s.Next(); err == nil {
					alloc.Free(b.Data)
				}
			}
			s.Close()
			s.Close()
			assert.Equal(t, []int{1, 1}, []int{first.n, second.n}, "after %d reads", reads)
			alloc.empty(t)
		}
	}
	f, err := os.Open(os.DevNull)
	require.NoError(t, err)
	New([]Input{File(f)}, Options{}).Close()
	assert.ErrorIs(t, f.Close(), os.ErrClosed, "a file that was never read is closed too")
}

func TestASampleIsGivenBackByClose(t *testing.T) {
	alloc := &checked{}
	s := New(readers(false, strings.NewReader("a\nb\nc\n")), Options{Size: 2, Line: limit, Alloc: alloc})
	_, err := s.Sample(background, func(sample []byte) bool { return len(sample) > 3 })
	require.NoError(t, err)
	s.Close()
	alloc.empty(t)
	_, err = s.Next()
	assert.Equal(t, ErrClosed, err)
}
