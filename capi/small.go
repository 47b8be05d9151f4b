package main

/*
#include "internal.h"
*/
import "C"

import (
	"unsafe"

	sawlog "github.com/sawlog/sawlog/lib"
	"github.com/sawlog/sawlog/lib/record"
)

// A small batch is copied whole into one block of C memory, and its own memory is used again: so a call on one line costs one allocation.
// The block comes with the call (out, from the shim) or, where it is too small for the batch, from the host.
//
//	| columns | buffers | their sizes | rejects | of each column: validity, values, offsets, texts | the buffers' bytes ...    aligned to 8

// copyOut copies b, which stays the caller's.
func copyOut(b *sawlog.Batch, k *schemas, out **C.sawlog_batch) {
	s := small{batch: b, columns: flat(b.Columns()), buffers: b.Buffers()}
	need, c := s.size(), *out
	var known *C.saw_schema
	if c != nil {
		known = c.schema
	}
	schema := k.twinOf(b.Schema(), known)
	if c == nil || uintptr(c.body_n) < need {
		if c = C.saw_host_batch_new(C.size_t(need)); c == nil {
			C.saw_host_schema_release(schema)
			panic(errMemory)
		}
	}
	become(c, schema)
	c.rows, c.lines, c.used, c.laid = C.int64_t(b.Len()), C.int64_t(b.Lines()), C.int64_t(need), 0
	s.at = c.body
	s.write(c)
	*out = c
}

// What C sees as pointers Go writes as numbers: a pointer that is stored is reported to the garbage collector together with what stood
// there before, and in memory fresh from malloc that is anything.

// column is saw_column.
type column struct {
	length, nulls  int64
	valid, data    uintptr
	dictionary     int64
	offsets, texts uintptr
}

var ( // the same size as in C, or this does not compile
	_ [C.sizeof_saw_column]byte = [unsafe.Sizeof(column{})]byte{}
	_ [C.sizeof_saw_line]byte   = [unsafe.Sizeof(record.RejectRow{})]byte{}
)

func place(p unsafe.Pointer) uintptr { return uintptr(p) }

type small struct {
	batch   *sawlog.Batch
	columns []sawlog.Column
	buffers [][]byte
	at      unsafe.Pointer // where the next part goes
}

func pad(n int) uintptr { return (uintptr(n) + 7) &^ 7 }

// size is how much the block takes, or a little more.
func (s *small) size() uintptr {
	n := uintptr(len(s.columns))*C.sizeof_saw_column + uintptr(len(s.buffers))*16 + uintptr(s.batch.Rejects())*C.sizeof_saw_line
	for i := range s.columns {
		c := &s.columns[i]
		if c.Nulls() > 0 {
			n += pad((c.Len() + 7) / 8)
		}
		switch f := c.Field(); {
		case f.Type.Nested():
			n += pad(4 * (c.Len() + 1))
			continue
		case f.Dictionary:
			for row := range c.Len() {
				n += uintptr(len(c.Bytes(row)))
			}
			n += pad(4*(c.Len()+1)) + 8
		}
		n += pad(len(c.Data()))
	}
	for _, b := range s.buffers {
		n += pad(len(b))
	}
	return n
}

// take is room for n bytes.
func (s *small) take(n uintptr) unsafe.Pointer {
	p := s.at
	s.at = unsafe.Add(p, n)
	return p
}

func (s *small) write(c *C.sawlog_batch) {
	columns := s.take(uintptr(len(s.columns)) * C.sizeof_saw_column)
	list, sizes := s.take(uintptr(len(s.buffers))*8), s.take(uintptr(len(s.buffers))*8)
	rejects := s.take(uintptr(s.batch.Rejects()) * C.sizeof_saw_line)
	c.columns, c.n_buffers = (*C.saw_column)(columns), C.int32_t(len(s.buffers))
	c.buffers, c.buffer_sizes = (**C.uint8_t)(list), (*C.int64_t)(sizes)
	for i := range s.columns {
		s.column(&s.columns[i], (*column)(unsafe.Add(columns, i*C.sizeof_saw_column)))
	}
	at := unsafe.Slice((*uintptr)(list), len(s.buffers))
	for i, b := range s.buffers {
		at[i] = s.bytes(b)
		unsafe.Slice((*int64)(sizes), len(s.buffers))[i] = int64(len(b))
	}
	copy(unsafe.Slice((*record.RejectRow)(rejects), s.batch.Rejects()), s.batch.RejectRows())
	setRejects(c, s.batch, place(rejects))
}

func (s *small) column(from *sawlog.Column, to *column) {
	*to = column{length: int64(from.Len()), nulls: int64(from.Nulls())}
	if from.Nulls() > 0 {
		to.valid = s.bytes(from.Validity()[:(from.Len()+7)/8])
	}
	switch f := from.Field(); {
	case f.Type.Nested():
		to.offsets = s.bytes(offsetBytes(from))
	case f.Dictionary:
		s.dictionary(from, to)
	default:
		to.data = s.bytes(from.Data())
	}
}

// offsetBytes are the offsets of a list or map as bytes.
func offsetBytes(c *sawlog.Column) []byte { return raw(c.Offsets()) }

// raw is the memory of s.
func raw[T any](s []T) []byte {
	var t T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(t)))
}

// bytes copies b and tells where it is.
func (s *small) bytes(b []byte) uintptr {
	p := s.take(pad(len(b)))
	switch len(b) { // one value, or a bit for each of up to eight: mostly there is one row
	case 1:
		*(*byte)(p) = b[0]
	case 8:
		*(*[8]byte)(p) = [8]byte(b)
	case 16:
		*(*[16]byte)(p) = [16]byte(b)
	default:
		copy(unsafe.Slice((*byte)(p), len(b)), b)
	}
	return place(p)
}

// dictionary writes the texts that rows have, in the order in which they come first: the column's own list has those of earlier batches
// too.
func (s *small) dictionary(from *sawlog.Column, to *column) {
	rows := from.Len()
	data, ends := s.take(pad(4*rows)), s.take(pad(4*(rows+1)))
	to.data, to.offsets, to.texts = place(data), place(ends), place(s.at)
	indices, offsets := unsafe.Slice((*int32)(data), rows), unsafe.Slice((*int32)(ends), rows+1)
	offsets[0] = 0
	codes := from.Indices()
	var known map[int32]int32
	if rows > 1 {
		known = make(map[int32]int32, 8)
	}
	n, end := int32(0), int32(0)
	for row := range rows {
		indices[row] = 0
		if from.Nulls() > 0 && from.IsNull(row) {
			continue
		}
		index, ok := known[codes[row]]
		if !ok {
			text := from.Bytes(row)
			copy(unsafe.Slice((*byte)(unsafe.Add(s.at, end)), len(text)), text)
			index, n, end = n, n+1, end+int32(len(text))
			offsets[n] = end
			if known != nil {
				known[codes[row]] = index
			}
		}
		indices[row] = index
	}
	to.dictionary = int64(n)
	s.take(pad(int(end)))
}

// setRejects says where the list of rejects is, and where the batch that they count from begins.
func setRejects(c *C.sawlog_batch, b *sawlog.Batch, list uintptr) {
	c.n_rejects, c.first_line, c.offset, c.source = C.int64_t(b.Rejects()), C.int64_t(b.FirstLine), C.int64_t(b.Offset), C.int32_t(b.Source)
	*(*uintptr)(unsafe.Pointer(&c.rejects)) = list
}

// start is where b begins.
func start(b []byte) uintptr { return place(unsafe.Pointer(unsafe.SliceData(b))) }
