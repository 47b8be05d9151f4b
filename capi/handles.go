package main

import (
	"sync"
	"sync/atomic"
)

// table gives Go objects numbers, which is all that C may keep of them. Looking one up takes no lock. Number 0 stands for nothing.
type table[T any] struct {
	mu     sync.Mutex
	free   []uint32
	next   uint32
	chunks [1 << 14]atomic.Pointer[chunk[T]]
}

const chunkBits = 8

type chunk[T any] [1 << chunkBits]atomic.Pointer[T]

// add gives v a number.
func (t *table[T]) add(v *T) uint32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	var n uint32
	if last := len(t.free) - 1; last >= 0 {
		n, t.free = t.free[last], t.free[:last]
	} else {
		if t.next++; t.next>>chunkBits >= uint32(len(t.chunks)) {
			t.next--
			panic(errMemory)
		}
		n = t.next
	}
	c := t.chunks[n>>chunkBits].Load()
	if c == nil {
		c = new(chunk[T])
		t.chunks[n>>chunkBits].Store(c)
	}
	c[n&(1<<chunkBits-1)].Store(v)
	return n
}

// get is the object with number n. The C side only passes numbers of live handles.
func (t *table[T]) get(n uint32) *T { return t.chunks[n>>chunkBits].Load()[n&(1<<chunkBits-1)].Load() }

// remove forgets number n and gives its object.
func (t *table[T]) remove(n uint32) *T {
	v := t.chunks[n>>chunkBits].Load()[n&(1<<chunkBits-1)].Swap(nil)
	if v != nil {
		t.mu.Lock()
		t.free = append(t.free, n)
		t.mu.Unlock()
	}
	return v
}
