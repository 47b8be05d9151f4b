//go:build !linux || !(amd64 || arm64)

package mem

// ReadCached is for Linux.
func ReadCached(uintptr, []byte) (n int, ok bool) { return 0, false }

// ReadCachedAt is for Linux.
func ReadCachedAt(uintptr, []byte, int64) (n int, ok bool) { return 0, false }
