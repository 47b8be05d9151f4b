package record

import (
	"sync"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// Allocator gives the memory of batches and blocks. Alloc returns at least n bytes with capacity to spare, aligned to 64 and not
// cleared; Free takes back a slice that Alloc returned, from any goroutine.
type Allocator interface {
	Alloc(n int) []byte
	Free(b []byte)
}

// Heap is Go's own heap: what is not freed is collected. Freed buffers of common sizes are used again.
var Heap Allocator = &heap{}

const (
	smallest = 16 // the smallest size class is 64 KiB ...
	classes  = 10 // ... the largest 32 MiB
)

type heap struct{ free [classes]sync.Pool }

// class is the size class that holds n bytes, and its size; -1 for what is too large or too small to be worth keeping.
func class(n int) (int, int) {
	if n < 1<<(smallest-1) {
		return -1, n
	}
	for c := range classes {
		if size := 1 << (smallest + c); n <= size {
			return c, size
		}
	}
	return -1, n
}

func (h *heap) Alloc(n int) []byte {
	c, size := class(n)
	if c >= 0 {
		if b, ok := h.free[c].Get().(*[]byte); ok {
			return *b
		}
	}
	return aligned(size)
}

// aligned is a new slice of n bytes that starts at a multiple of 64.
func aligned(n int) []byte {
	b := make([]byte, n+63)
	skip := int(-mem.Address(b) & 63)
	return b[skip : skip+n : skip+n]
}

func (h *heap) Free(b []byte) {
	if c, size := class(cap(b)); c >= 0 && size == cap(b) {
		b = b[:size]
		h.free[c].Put(&b)
	}
}
