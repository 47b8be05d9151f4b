package main

/*
#include "internal.h"
#include <stdlib.h>
*/
import "C"

import (
	"sync/atomic"
	"unsafe"
)

//export sawgo_batch_json
func sawgo_batch_json(c *C.sawlog_batch, row, rows C.int64_t, flags C.uint32_t, out *C.sawlog_bytes, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	b, wrong := imported(c)
	if wrong != nil {
		return fail(err, wrong)
	}
	lines, drop := flags&C.SAWLOG_JSON_LINES != 0, flags&C.SAWLOG_JSON_DROP_NULLS != 0
	text := newCText(int(min(int64(rows)*perRow.Load(), mostGuessed)))
	defer text.free()
	if !lines {
		text.b = append(text.b, '[')
	}
	for i := int(row); i < int(row+rows); i++ {
		if !lines && i > int(row) {
			text.b = append(text.b, ',')
		}
		text.b = b.AppendJSON(text.b, i, drop)
		if lines {
			text.b = append(text.b, '\n')
		}
		text.settle()
	}
	if !lines {
		text.b = append(text.b, ']')
	}
	text.b = append(text.b, 0)
	text.settle()
	if rows > 0 {
		perRow.Store(int64(len(text.b))/int64(rows)*9/8 + 1)
	}
	out.data, out.len, out.owner = (*C.char)(text.p), C.size_t(len(text.b)-1), text.p
	text.p = nil // the caller's now
	return C.SAWLOG_OK
}

// perRow is how many bytes a row of JSON had lately, and some more: a guess for the next batch.
var perRow atomic.Int64

// mostGuessed bounds the guess: the last batch may have had one row of megabytes, and this one a million of a few bytes.
const mostGuessed = 4 << 20

// cText is a text that is written where the caller gets it, in memory of C's malloc: one that is written in Go's memory has to be copied.
type cText struct {
	p unsafe.Pointer
	b []byte // begins at p, after settle
}

func newCText(size int) *cText {
	t := &cText{}
	t.grow(max(size, 1<<12))
	return t
}

// settle brings the text back to C's memory when append had to leave it.
func (t *cText) settle() {
	if unsafe.Pointer(unsafe.SliceData(t.b)) != t.p {
		t.grow(2 * len(t.b))
	}
}

func (t *cText) grow(size int) {
	p := C.saw_malloc(C.size_t(size))
	if p == nil {
		panic(errMemory)
	}
	b := unsafe.Slice((*byte)(p), size)
	t.b = b[:copy(b, t.b)]
	t.free()
	t.p = p
}

func (t *cText) free() { C.free(t.p) }
