package source

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// files are inputs of files with these contents.
func files(t *testing.T, contents ...string) (inputs []Input, paths []string) {
	t.Helper()
	dir := t.TempDir()
	for i, content := range contents {
		path := filepath.Join(dir, fmt.Sprint(i))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		paths = append(paths, path)
	}
	inputs, err := Paths(paths)
	require.NoError(t, err)
	return inputs, paths
}

// claimed takes all blocks, and only then reads what is missing in them, the last one first. parts is how many had something missing.
func claimed(t *testing.T, s *Blocks) (blocks []Block, parts int) {
	t.Helper()
	for {
		b, err := s.NextRest(context.Background())
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		blocks = append(blocks, b)
	}
	for i := len(blocks) - 1; i >= 0; i-- {
		if b := &blocks[i]; b.Rest != nil {
			require.NoError(t, b.Rest.Read(b))
			b.Rest = nil
			parts++
		}
	}
	return blocks, parts
}

// described are blocks as a test compares them.
func described(t *testing.T, s *Blocks, blocks []Block) (list []string) {
	t.Helper()
	for i := range blocks {
		b := &blocks[i]
		list = append(list, fmt.Sprintf("%d at %d, short %t, long %d, gap %d: %q", b.Source, b.Offset, b.Short, b.Long, b.Gap, b.Data[:b.N]))
		linesOf(t, s, *b)
		s.o.Alloc.Free(b.Data)
	}
	return list
}

// openFiles is how many descriptors of the process are of that file; -1 where that cannot be known.
func openFiles(path string) (n int) {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return -1
	}
	for _, entry := range list {
		if to, err := os.Readlink("/proc/self/fd/" + entry.Name()); err == nil && strings.TrimSuffix(to, " (deleted)") == path {
			n++
		}
	}
	return n
}

func TestBlocksThatAreReadLaterAreTheSame(t *testing.T) {
	many := ""
	for i := range 3000 {
		many += fmt.Sprintf("line %d%s\n", i, strings.Repeat("x", i%90))
	}
	contents := []string{many, "\xef\xbb\xbf" + many + "no end", "", "\n", strings.Repeat("a line\r\n", 400), "short", strings.Repeat("z", 5000) + "\n" + many[:20_000], "\x28\xb5\x2f begins like zstd\n" + many, "\xff\xfea\x00\n\x00" + "b\x00\n\x00"}
	parts := 0
	for _, size := range []int{1, 2, 30, 64, 100, 1000, 4096, 1 << 16} {
		var want []string
		for _, later := range []bool{false, true} {
			alloc := &checked{}
			inputs, paths := files(t, contents...)
			s := New(inputs, Options{Size: size, Line: 300, Alloc: alloc})
			if !later {
				var blocks []Block
				for {
					b, err := s.Next()
					if err == io.EOF {
						break
					}
					require.NoError(t, err)
					require.Nil(t, b.Rest, "who did not ask for it gets whole blocks")
					blocks = append(blocks, b)
				}
				want = described(t, s, blocks)
			} else {
				blocks, n := claimed(t, s)
				parts += n
				require.Equal(t, want, described(t, s, blocks), "blocks of %d", size)
				for _, path := range paths {
					require.LessOrEqual(t, openFiles(path), 0, "all have been read, so it is closed")
				}
			}
			total := int64(0)
			for _, content := range contents {
				total += int64(len(content))
			}
			require.Equal(t, total, s.In.Load())
			s.Close()
			alloc.empty(t)
		}
	}
	if parts == 0 {
		t.Skip("this system does not tell what it has in memory")
	}
}

func TestAFileThatGetsShorterBeforeTheRestIsRead(t *testing.T) {
	content := strings.Repeat("0123456\n", 100)
	for _, left := range []int{1, 8, 13, 200} { // the first byte has been read to see what the file is
		alloc := &checked{}
		inputs, paths := files(t, content)
		s := New(inputs, Options{Size: 400, Line: 100, Alloc: alloc})
		first, err := s.NextRest(context.Background())
		require.NoError(t, err)
		if first.Rest == nil {
			t.Skip("this system does not tell what it has in memory")
		}
		require.NoError(t, os.Truncate(paths[0], int64(left)))
		require.NoError(t, first.Rest.Read(&first))
		want := content[:left]
		if left%8 != 0 {
			want += "\n"
		}
		assert.Equal(t, want, string(first.Data[:first.N]))
		assert.Equal(t, left%8 != 0, first.Short)
		alloc.Free(first.Data)
		_, err = s.NextRest(context.Background())
		assert.Equal(t, io.EOF, err)
		s.Close()
		alloc.empty(t)
	}
}

func TestFilesAreClosedWithTheLastWhoReads(t *testing.T) {
	alloc := &checked{}
	inputs, paths := files(t, strings.Repeat("0123456\n", 100))
	s := New(inputs, Options{Size: 100, Line: 100, Alloc: alloc})
	var blocks []Block
	for range 3 {
		b, err := s.NextRest(context.Background())
		require.NoError(t, err)
		if b.Rest == nil {
			t.Skip("this system does not tell what it has in memory")
		}
		blocks = append(blocks, b)
	}
	s.Close()
	_, err := s.NextRest(context.Background())
	assert.Equal(t, ErrClosed, err)
	assert.Equal(t, 1, openFiles(paths[0]))
	require.NoError(t, blocks[1].Rest.Read(&blocks[1]))
	assert.Equal(t, strings.Repeat("0123456\n", 12), string(blocks[1].Data[:blocks[1].N]))
	blocks[0].Rest.Drop()
	assert.Equal(t, 1, openFiles(paths[0]))
	blocks[2].Rest.Drop()
	assert.Zero(t, openFiles(paths[0]))
	for _, b := range blocks {
		alloc.Free(b.Data)
	}
	alloc.empty(t)
}

func TestAnErrorOfTheRestSaysWhere(t *testing.T) {
	alloc := &checked{}
	inputs, paths := files(t, strings.Repeat("0123456\n", 100))
	s := New(inputs, Options{Size: 100, Line: 100, Alloc: alloc})
	defer s.Close()
	_, err := s.NextRest(context.Background())
	require.NoError(t, err)
	b, err := s.NextRest(context.Background())
	require.NoError(t, err)
	if b.Rest == nil {
		t.Skip("this system does not tell what it has in memory")
	}
	require.NoError(t, b.Rest.(*rest).file.cached.Close())
	var failed *Error
	require.ErrorAs(t, b.Rest.Read(&b), &failed)
	assert.Equal(t, Error{Kind: IO, Path: paths[0], Offset: 96, Err: failed.Err}, *failed)
	assert.ErrorIs(t, failed, os.ErrClosed)
	assert.Zero(t, b.N)
}
