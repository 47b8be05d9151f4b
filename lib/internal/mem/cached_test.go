package mem

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadCachedReadsOn(t *testing.T) {
	content := bytes.Repeat([]byte("a line of a file\n"), 5000)
	path := filepath.Join(t.TempDir(), "f")
	require.NoError(t, os.WriteFile(path, content, 0o600))
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	p := make([]byte, 10_000)
	n, ok := ReadCached(f.Fd(), p)
	if !ok {
		t.Skip("this system has no such read, or does not keep this file in memory")
	}
	assert.Equal(t, content[:n], p[:n])
	at, err := f.Seek(0, io.SeekCurrent)
	require.NoError(t, err)
	assert.Equal(t, int64(n), at, "where the file stands")
	rest, err := io.ReadAll(f)
	require.NoError(t, err)
	assert.Equal(t, content[n:], rest, "the usual read goes on from there")
}

func TestReadCachedAtStaysWhereItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	require.NoError(t, os.WriteFile(path, []byte("0123456789"), 0o600))
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	p := make([]byte, 4)
	n, ok := ReadCachedAt(f.Fd(), p, 7)
	if !ok {
		t.Skip("this system has no such read, or does not keep this file in memory")
	}
	assert.Equal(t, "789", string(p[:n]))
	at, err := f.Seek(0, io.SeekCurrent)
	require.NoError(t, err)
	assert.Zero(t, at)
	_, ok = ReadCachedAt(f.Fd(), p, 10)
	assert.False(t, ok, "the end")
}

func TestReadCachedKnowsNothingOf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "empty")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	defer w.Close()
	for name, fd := range map[string]uintptr{"the end": f.Fd(), "a silent pipe": r.Fd(), "no descriptor": ^uintptr(0)} {
		_, ok := ReadCached(fd, make([]byte, 10))
		assert.False(t, ok, name)
	}
	_, ok := ReadCached(f.Fd(), nil)
	assert.False(t, ok, "no room")
}
