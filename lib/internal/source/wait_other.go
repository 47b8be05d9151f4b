//go:build !linux

package source

import (
	"io"
	"os"
)

// waking makes a read from f end when it is closed meanwhile, where the system does that.
func waking(f *os.File) (io.ReadCloser, error) { return f, nil }

func openFIFO(path string) (io.ReadCloser, error) { return os.Open(path) }
