package main

import (
	"errors"
	"os"
)

// There a descriptor is a number of one C library, of which a process has several.
func duplicate(int) (*os.File, error) {
	return nil, errors.New("file descriptors cannot be read on Windows: give a path, or feed a stream")
}

func closeDescriptor(int) {}
