package main

/*
#include "internal.h"
*/
import "C"

import (
	"bytes"
	"unsafe"

	sawlog "github.com/sawlog/sawlog/lib"
	"github.com/sawlog/sawlog/lib/record"
)

// A batch goes to C in one of two ways. A large one keeps its memory, which is C memory already: only the small arrays that describe it
// are written into a body. A small one is copied whole (small.go).

// body hands out the parts of a C block. The first pass, without memory, only adds up.
type body struct {
	start unsafe.Pointer
	size  uintptr
}

func (b *body) take(n int) unsafe.Pointer {
	at := b.size
	b.size += (uintptr(n) + 7) &^ 7
	if b.start == nil {
		return nil
	}
	return unsafe.Add(b.start, at)
}

// put8 copies data into the body.
func put8[T any](b *body, data []T) uintptr {
	var t T
	n := len(data) * int(unsafe.Sizeof(t))
	p := b.take(n)
	if p != nil && n > 0 {
		copy(unsafe.Slice((*T)(p), len(data)), data)
	}
	return place(p)
}

// outgoing is a batch on its way to C.
type outgoing struct {
	batch       *sawlog.Batch
	columns     []sawlog.Column // and those inside lists and maps behind them, as schema.c counts
	buffers     [][]byte
	allocations [][]byte // what the batch keeps
	borrowed    []byte   // the caller's input
	buffersAt   unsafe.Pointer
}

// export moves b to C.
func export(b *sawlog.Batch, k *schemas, borrowed []byte, out **C.sawlog_batch) {
	schema := k.twinOf(b.Schema(), nil)
	o := outgoing{batch: b, columns: flat(b.Columns()), buffers: b.Buffers(), borrowed: borrowed, allocations: b.Detach()}
	var measure body
	o.write(&measure, nil)
	c := C.saw_host_batch_new(C.size_t(measure.size))
	if c == nil {
		C.saw_host_schema_release(schema)
		for _, a := range o.allocations {
			memory{}.Free(a)
		}
		panic(errMemory)
	}
	c.schema, c.rows, c.lines = schema, C.int64_t(b.Len()), C.int64_t(b.Lines())
	o.write(&body{start: c.body}, c)
	*out = c
}

// flat are the columns, then those inside the first list or map, those inside the next one, and so on.
func flat(columns []sawlog.Column) []sawlog.Column {
	columns = columns[:len(columns):len(columns)]
	for i := 0; i < len(columns); i++ {
		columns = append(columns, columns[i].Children()...)
	}
	return columns
}

// hand moves b to C. A small one is copied, so that it does not keep blocks that are mostly empty.
func hand(b *sawlog.Batch, k *schemas, small bool, borrowed []byte, out **C.sawlog_batch) {
	if !small {
		export(b, k, borrowed, out)
		return
	}
	copyOut(b, k, out)
	b.Release()
}

// write lays out the body; with c nil it only measures.
func (o *outgoing) write(to *body, c *C.sawlog_batch) {
	columns := to.take(len(o.columns) * C.sizeof_saw_column)
	for i := range o.columns {
		at := &column{}
		if c != nil {
			at = (*column)(unsafe.Add(columns, i*C.sizeof_saw_column))
		}
		o.column(to, &o.columns[i], at)
	}
	o.writeBuffers(to, c)
	o.writeRejects(to, c)
	owned := to.take(len(o.allocations) * 8)
	if c == nil {
		return
	}
	c.columns, c.owned = (*C.saw_column)(columns), (*unsafe.Pointer)(owned)
	for _, a := range o.allocations {
		if start(a) != 0 {
			unsafe.Slice((*uintptr)(owned), len(o.allocations))[c.n_owned] = start(a)
			c.n_owned++
		}
	}
}

func (o *outgoing) column(to *body, from *sawlog.Column, c *column) {
	*c = column{length: int64(from.Len()), nulls: int64(from.Nulls())}
	if from.Nulls() > 0 {
		c.valid = start(from.Validity())
	}
	if from.Field().Type.Nested() {
		c.offsets = start(offsetBytes(from))
		return
	}
	c.data = start(from.Data())
	if offsets, texts := from.Dictionary(); offsets != nil {
		c.dictionary = int64(len(offsets) - 1)
		c.offsets, c.texts = put8(to, offsets), put8(to, texts)
	}
}

func (o *outgoing) writeBuffers(to *body, c *C.sawlog_batch) {
	n := len(o.buffers)
	list, sizes := to.take(n*8), to.take(n*8)
	if c != nil {
		c.n_buffers, c.buffers, c.buffer_sizes = C.int32_t(n), (**C.uint8_t)(list), (*C.int64_t)(sizes)
	}
	for i, b := range o.buffers {
		p := start(b)
		if !o.stays(b) {
			p = put8(to, b)
		}
		if c != nil {
			unsafe.Slice((*uintptr)(list), n)[i] = p
			unsafe.Slice((*int64)(sizes), n)[i] = int64(len(b))
		}
	}
}

// stays tells whether a buffer is memory that lives as long as the C batch.
func (o *outgoing) stays(b []byte) bool {
	if len(b) == 0 || within(b, o.borrowed) {
		return true
	}
	for _, a := range o.allocations {
		if within(b, a) {
			return true
		}
	}
	return false
}

func within(b, outer []byte) bool {
	return start(b) >= start(outer) && start(b)-start(outer)+uintptr(len(b)) <= uintptr(cap(outer))
}

// writeRejects shows C the list that the batch keeps.
func (o *outgoing) writeRejects(to *body, c *C.sawlog_batch) {
	rows := o.batch.RejectRows()
	list := start(raw(rows))
	if !o.stays(raw(rows)) {
		list = put8(to, rows)
	}
	if c != nil {
		setRejects(c, o.batch, list)
	}
}

// imported is a C batch seen as a Go one, for the time of a call.
func imported(c *C.sawlog_batch) (*record.Batch, error) {
	schema, err := schemaFrom(c.schema)
	if err != nil {
		return nil, err
	}
	rows := int(c.rows)
	from := source{columns: unsafe.Slice(c.columns, int(c.schema.all)), fields: unsafe.Slice(c.schema.fields, int(c.schema.all))}
	longest := 0
	for _, column := range from.columns {
		longest = max(longest, int(column.length))
	}
	from.present = bytes.Repeat([]byte{0xff}, (longest+7)/8)
	columns := make([]record.Part, len(schema.Fields))
	for i := range columns {
		columns[i] = from.part(i, &schema.Fields[i])
	}
	buffers := make([][]byte, c.n_buffers)
	at, sizes := unsafe.Slice(c.buffers, len(buffers)), unsafe.Slice(c.buffer_sizes, len(buffers))
	for i := range buffers {
		buffers[i] = memoryAt(unsafe.Pointer(at[i]), int(sizes[i]))
	}
	return record.NewBatchFromParts(schema, rows, columns, buffers), nil
}

// source is the columns of a C batch, with those inside them.
type source struct {
	columns []C.saw_column
	fields  []C.saw_field
	present []byte // the validity of a column without nulls
}

func (s *source) part(i int, f *record.Field) record.Part {
	from, rows := &s.columns[i], int(s.columns[i].length)
	p := record.Part{Rows: rows, Nulls: int(from.nulls), Validity: s.present, Data: memoryAt(from.data, record.DataSize(f, rows))}
	if from.valid != nil {
		p.Validity = memoryAt(unsafe.Pointer(from.valid), (rows+7)/8)
	}
	switch children := f.Children(); {
	case f.Dictionary:
		p.Offsets = unsafe.Slice((*int32)(unsafe.Pointer(from.offsets)), int(from.dictionary_n)+1)
		p.Texts = memoryAt(unsafe.Pointer(from.texts), int(p.Offsets[len(p.Offsets)-1]))
	case len(children) > 0:
		p.Offsets = unsafe.Slice((*int32)(unsafe.Pointer(from.offsets)), rows+1)
		for k, child := range children {
			p.Children = append(p.Children, s.part(int(s.fields[i].child)+k, child))
		}
	}
	return p
}
