package source

import (
	"io"
	"os"
	"syscall"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// cached is a regular file. What the system has of it in memory is read without a word to Go's scheduler, which would take the processor
// away from a thread that copies a block and give it back: two switches of threads a block. For the rest there is the usual read.
type cached struct {
	*os.File
	conn syscall.RawConn
}

// fromCache is f as a cached file, or f itself when it has no descriptor.
func fromCache(f *os.File) io.ReadCloser {
	conn, err := f.SyscallConn()
	if err != nil {
		return f
	}
	return cached{f, conn}
}

func (c cached) Read(p []byte) (n int, err error) {
	found := false
	// Control keeps the descriptor from being given to another file meanwhile.
	err = c.conn.Control(func(fd uintptr) { n, found = mem.ReadCached(fd, p) })
	if err == nil && found {
		return n, nil
	}
	return c.File.Read(p)
}
