//go:build !windows

package main

import (
	"os"
	"strconv"
	"syscall"
)

func duplicate(fd int) (*os.File, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	own, err := syscall.Dup(fd)
	if err != nil {
		return nil, err
	}
	syscall.CloseOnExec(own)
	return os.NewFile(uintptr(own), "fd "+strconv.Itoa(fd)), nil
}

func closeDescriptor(fd int) { _ = syscall.Close(fd) }
