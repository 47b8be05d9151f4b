package source

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/record"
)

// blockingPipe is a pipe in blocking mode, as another program hands it over.
func blockingPipe(t testing.TB) (r, w *os.File) {
	var p [2]int
	require.NoError(t, syscall.Pipe(p[:]))
	return os.NewFile(uintptr(p[0]), "stdin"), os.NewFile(uintptr(p[1]), "pipe")
}

func namedPipe(t testing.TB) (path string, in Input) {
	path = filepath.Join(t.TempDir(), "fifo")
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	inputs, err := Paths([]string{path})
	require.NoError(t, err)
	return path, inputs[0]
}

func TestCloseWakesWhateverWaits(t *testing.T) {
	before := openDescriptors(t)
	for _, wait := range []time.Duration{0, 100 * time.Microsecond, 5 * time.Millisecond} {
		r, w := blockingPipe(t)
		a, b, err := os.Pipe()
		require.NoError(t, err)
		_, fifo := namedPipe(t) // nobody ever writes to it
		for name, in := range map[string]Input{"blocking pipe": File(r), "pipe": File(a), "named pipe": fifo} {
			s := New([]Input{in}, Options{Size: 1000, Line: 1000, Alloc: record.Heap})
			done := make(chan error, 1)
			go func() {
				_, err := s.Next()
				done <- err
			}()
			time.Sleep(wait)
			s.Close()
			select {
			case err := <-done:
				assert.ErrorIs(t, err, ErrClosed, name)
			case <-time.After(5 * time.Second):
				t.Fatalf("%s: the read still waits", name)
			}
		}
		require.NoError(t, w.Close())
		require.NoError(t, b.Close())
	}
	assert.Eventually(t, func() bool { return openDescriptors(t) <= before }, 10*time.Second, time.Millisecond) // tests before may still have been closing some
}

func openDescriptors(t testing.TB) int {
	list, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	return len(list)
}

func TestDescriptorsOfOthers(t *testing.T) {
	r, w := blockingPipe(t)
	shared, err := syscall.Dup(int(r.Fd())) // as another process has it
	require.NoError(t, err)
	defer func() { _ = syscall.Close(shared) }()
	path, fifo := namedPipe(t)
	go func() {
		_, _ = w.WriteString("one\n")
		_ = w.Close()
		_ = os.WriteFile(path, []byte("two\n"), 0)
	}()
	s := New([]Input{File(r), fifo}, Options{Size: 1000, Line: 1000, Alloc: record.Heap})
	for _, want := range []string{"one\n", "two\n"} {
		b, err := s.Next()
		require.NoError(t, err)
		assert.Equal(t, want, string(b.Data[:b.N]))
	}
	s.Close()
	flags, _, failed := syscall.Syscall(syscall.SYS_FCNTL, uintptr(shared), syscall.F_GETFL, 0)
	assert.Zero(t, failed)
	assert.Zero(t, int(flags)&syscall.O_NONBLOCK, "the mode is not ours to change")
}

func TestTheWrongEndOfAPipe(t *testing.T) {
	r, w := blockingPipe(t)
	defer func() { _ = r.Close() }()
	s := New([]Input{File(w)}, Options{Size: 1000, Line: 1000, Alloc: record.Heap})
	defer s.Close()
	_, err := s.Next()
	assert.ErrorIs(t, err, syscall.EBADF)
}

func TestDevices(t *testing.T) {
	inputs, err := Paths([]string{os.DevNull})
	require.NoError(t, err)
	_, err = New(inputs, Options{Size: 1000, Line: 1000, Alloc: record.Heap}).Next()
	assert.ErrorContains(t, err, "EOF")
}
