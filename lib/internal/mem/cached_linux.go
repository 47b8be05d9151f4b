//go:build linux && (amd64 || arm64)

package mem

import (
	"runtime"
	"syscall"
	"unsafe"
)

const nowait = 8 // RWF_NOWAIT of linux/fs.h

// ReadCached reads on from where the descriptor stands what the system has in memory, and waits for nothing. Go's scheduler is not told:
// a copy of a block takes longer than it lets a system call keep its processor, and taking that away and back costs a switch of threads
// each time. ok is false when nothing is known: the data has to be waited for, the input has ended, or this cannot be asked here.
func ReadCached(fd uintptr, p []byte) (n int, ok bool) {
	const here = -1 // where it stands, and moved by what was read
	return ReadCachedAt(fd, p, here)
}

// ReadCachedAt is ReadCached from that byte on; the descriptor stays where it stands.
func ReadCachedAt(fd uintptr, p []byte, at int64) (n int, ok bool) {
	if len(p) == 0 {
		return 0, false
	}
	number := uintptr(327) // preadv2
	if runtime.GOARCH == "arm64" {
		number = 286
	}
	vec := syscall.Iovec{Base: unsafe.SliceData(p)}
	vec.SetLen(len(p))
	got, _, errno := syscall.RawSyscall6(number, fd, uintptr(unsafe.Pointer(&vec)), 1, uintptr(at), uintptr(at>>63), nowait)
	return int(got), errno == 0 && got > 0
}
