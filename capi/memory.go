package main

/*
#include "internal.h"
#include <stdlib.h>
#include <string.h>
#cgo noescape saw_host_memory
#cgo nocallback saw_host_memory
#cgo noescape saw_host_memory_free
#cgo nocallback saw_host_memory_free
#cgo noescape saw_malloc
#cgo nocallback saw_malloc
#cgo noescape saw_host_batch_new
#cgo nocallback saw_host_batch_new
#cgo noescape saw_host_schema_parse
#cgo nocallback saw_host_schema_parse
*/
import "C"

import (
	"errors"
	"unsafe"

	"github.com/goccy/go-json"

	sawlog "github.com/sawlog/sawlog/lib"
)

var errMemory = errors.New("out of memory")

// memory is C memory as a record.Allocator. It is the one way that blocks and columns get theirs, so that batches outlive this runtime.
type memory struct{}

var _ sawlog.Allocator = memory{}

// Alloc panics when there is no memory: the call ends with SAWLOG_E_MEMORY.
func (memory) Alloc(n int) []byte {
	fault("alloc")
	var capacity C.size_t
	p := C.saw_host_memory(C.size_t(n), &capacity)
	if p == nil {
		panic(errMemory)
	}
	return unsafe.Slice((*byte)(p), int(capacity))
}

func (memory) Free(b []byte) { C.saw_host_memory_free(unsafe.Pointer(unsafe.SliceData(b))) }

// memoryAt is C memory seen as bytes; nil for NULL.
func memoryAt(p unsafe.Pointer, n int) []byte {
	if p == nil || n <= 0 {
		return nil
	}
	return unsafe.Slice((*byte)(p), n)
}

// borrow is a caller's text for the time of the call.
func borrow(p *C.char, n C.size_t) []byte { return memoryAt(unsafe.Pointer(p), int(n)) }

// text is a copy of a caller's text.
func text(p *C.char, n C.size_t) string { return string(borrow(p, n)) }

// give writes text into memory that the caller frees.
func give(out *C.sawlog_bytes, text []byte) error {
	p := C.saw_malloc(C.size_t(len(text)) + 1)
	if p == nil {
		return errMemory
	}
	to := unsafe.Slice((*byte)(p), len(text)+1)
	to[copy(to, text)] = 0
	out.data, out.len, out.owner = (*C.char)(p), C.size_t(len(text)), p
	return nil
}

// answer writes v as JSON into memory that the caller frees.
func answer(out *C.sawlog_bytes, v any, err *C.sawlog_error) C.int32_t {
	text, wrong := json.MarshalWithOption(v, json.DisableHTMLEscape())
	if wrong == nil {
		wrong = give(out, text)
	}
	return fail(err, wrong)
}

func quote(s string) []byte {
	text, err := json.MarshalWithOption(s, json.DisableHTMLEscape())
	if err != nil {
		return []byte(`""`)
	}
	return text
}
