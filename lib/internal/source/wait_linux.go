package source

import (
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// waking makes a read from f end when it is closed meanwhile. Where Go's poller watches f it does so anyway. A descriptor in blocking
// mode (standard input, a pipe from another program) it does not watch, and switching the mode would change it for every process that
// shares it: an epoll of our own waits for f, and for a pipe that Close writes to.
func waking(f *os.File) (io.ReadCloser, error) {
	if f.SetReadDeadline(time.Time{}) == nil {
		return f, nil
	}
	w, err := watch(f)
	if errors.Is(err, syscall.EPERM) {
		return fromCache(f), nil // a regular file, or a device that is always ready
	}
	if err != nil {
		return nil, err
	}
	return w, nil
}

// openFIFO opens a named pipe without waiting for a writer, which nobody could end: the first read waits.
func openFIFO(path string) (io.ReadCloser, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, withoutPath(err)
	}
	w, err := watch(f)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return w, nil
}

// watched is such a file. Read is for one goroutine, Close for any.
type watched struct {
	f      *os.File
	conn   syscall.RawConn
	poll   int
	bell   [2]int // the pipe
	closed atomic.Bool
	busy   sync.Mutex // held by Read
	mu     sync.Mutex // guards the descriptors against an end while the bell rings
	gone   bool
}

func watch(f *os.File) (*watched, error) {
	conn, err := f.SyscallConn()
	if err != nil {
		return nil, err
	}
	w := &watched{f: f, conn: conn}
	if w.poll, err = syscall.EpollCreate1(syscall.EPOLL_CLOEXEC); err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	if err := syscall.Pipe2(w.bell[:], syscall.O_CLOEXEC|syscall.O_NONBLOCK); err != nil {
		_ = syscall.Close(w.poll)
		return nil, os.NewSyscallError("pipe2", err)
	}
	add := func(fd int) error {
		if mode, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_GETFL, 0); errno == 0 && mode&syscall.O_ACCMODE == syscall.O_WRONLY {
			return syscall.EBADF // the wrong end of a pipe: there would never be anything to read, and no end
		}
		event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(fd)}
		return os.NewSyscallError("epoll_ctl", syscall.EpollCtl(w.poll, syscall.EPOLL_CTL_ADD, fd, &event))
	}
	var failed error
	err = conn.Control(func(fd uintptr) { failed = add(int(fd)) })
	if err = errors.Join(err, failed, add(w.bell[0])); err != nil {
		w.closeOwn()
		return nil, err
	}
	return w, nil
}

// Read waits until there is something or Close is called.
func (w *watched) Read(p []byte) (n int, err error) {
	w.busy.Lock()
	defer w.release()
	defer w.busy.Unlock()
	if w.closed.Load() {
		return 0, os.ErrClosed
	}
	if len(p) == 0 {
		return 0, nil
	}
	// Control keeps the descriptor from being given to another file meanwhile.
	if failed := w.conn.Control(func(fd uintptr) { n, err = w.read(int(fd), p) }); failed != nil {
		return 0, failed
	}
	return n, err
}

func (w *watched) read(fd int, p []byte) (int, error) {
	var events [2]syscall.EpollEvent
	for {
		_, err := syscall.EpollWait(w.poll, events[:], -1)
		switch {
		case w.closed.Load():
			return 0, os.ErrClosed
		case err == syscall.EINTR:
			continue
		case err != nil:
			return 0, os.NewSyscallError("epoll_wait", err)
		}
		n, err := syscall.Read(fd, p)
		switch {
		case err == syscall.EINTR || err == syscall.EAGAIN:
			continue
		case err != nil:
			return 0, &os.PathError{Op: "read", Path: w.f.Name(), Err: err}
		case n == 0:
			return 0, io.EOF
		}
		return n, nil
	}
}

// Close ends a read that waits. The file is closed when that has returned.
func (w *watched) Close() error {
	w.closed.Store(true)
	w.mu.Lock()
	if !w.gone {
		_, _ = syscall.Write(w.bell[1], []byte{0})
	}
	w.mu.Unlock()
	w.release()
	return nil
}

// release closes everything once Close was called and no Read is under way.
func (w *watched) release() {
	if !w.closed.Load() || !w.busy.TryLock() {
		return
	}
	defer w.busy.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.gone {
		w.gone = true
		_ = w.f.Close()
		w.closeOwn()
	}
}

func (w *watched) closeOwn() {
	for _, fd := range []int{w.poll, w.bell[0], w.bell[1]} {
		_ = syscall.Close(fd)
	}
}
