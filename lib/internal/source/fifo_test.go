//go:build unix

package source

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPathsAreThoseOfTheFolderInWhichTheyWereGiven(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, "a.log", "one\n")
	require.NoError(t, syscall.Mkfifo("pipe", 0o600))
	for _, path := range []string{"a.log", "*.log", "pipe"} {
		inputs, err := Paths([]string{path})
		require.NoError(t, err)
		require.NoError(t, os.Mkdir("elsewhere", 0o700))
		t.Chdir("elsewhere")
		r, err := inputs[0].Open()
		require.NoError(t, err, path)
		require.NoError(t, r.Close())
		t.Chdir(dir)
		require.NoError(t, os.Remove("elsewhere"))
		if path != "pipe" {
			assert.Equal(t, "a.log", inputs[0].Name)
		}
	}
}

func TestCloseEndsAReadThatWaits(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	keep, err := os.OpenFile(fifo, os.O_RDWR, 0) // so that opening does not wait
	require.NoError(t, err)
	defer keep.Close()
	inputs, err := Paths([]string{fifo})
	require.NoError(t, err)
	assert.True(t, inputs[0].Live)
	in, out, err := os.Pipe()
	require.NoError(t, err)
	defer out.Close()
	for _, inputs := range [][]Input{inputs, {File(in)}, readers(false, endless{})} {
		alloc := &checked{}
		s := New(inputs, Options{Line: limit, Alloc: alloc})
		ended := make(chan error)
		go func() {
			_, err := s.Next()
			ended <- err
		}()
		time.Sleep(5 * time.Millisecond)
		s.Close()
		select {
		case err := <-ended:
			assert.Error(t, err)
		case <-time.After(5 * time.Second):
			t.Fatal("still reading")
		}
		_, err := s.Next()
		assert.Equal(t, ErrClosed, err)
		alloc.empty(t)
	}
}
