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

// Most calls on small texts are calls on one line that fits. The bodies of their batches all have the same parts in the same places, which
// are worked out once for a parser. A batch that is used again (spare.c) has what does not change in its body: then only values are written.
//
//	| columns | two buffers | their sizes | zero | of each column: a value; of a dictionary 0, its offsets | texts of dictionaries | the buffers' bytes    aligned to 8

// sheet is the places of a schema's values in a body.
type sheet struct {
	schema *sawlog.Schema
	twin   *C.saw_schema // one reference; nil: there is no sheet, since columns nest
	cells  []cell
	texts  uintptr // where the texts of dictionaries begin
}

type cell struct {
	kind byte
	at   uintptr
}

const (
	wordCell = iota
	textCell
	bitCell
	dictionaryCell
)

func newSheet(schema *sawlog.Schema, twin *C.saw_schema) *sheet {
	s := &sheet{schema: schema, twin: twin, cells: make([]cell, len(schema.Fields))}
	s.texts = s.zero() + 8
	for i := range schema.Fields {
		f, size := &schema.Fields[i], uintptr(8)
		kind := byte(wordCell)
		switch {
		case f.Dictionary:
			kind, size = dictionaryCell, 16
		case f.Type.Text():
			kind, size = textCell, 16
		case f.Type == record.Bool:
			kind = bitCell
		}
		s.cells[i] = cell{kind, s.texts}
		s.texts += size
	}
	return s
}

func (s *sheet) buffers() uintptr { return uintptr(len(s.cells)) * C.sizeof_saw_column }
func (s *sheet) zero() uintptr    { return s.buffers() + 32 }

// sheetFor is the parser's sheet. hint may be a C twin of the schema that another runtime has made.
func (p *parser) sheetFor(schema *sawlog.Schema, hint *C.saw_schema) *sheet {
	if s := p.sheet.Load(); s != nil {
		return s
	}
	s := &sheet{schema: schema}
	if !nests(schema) {
		s = newSheet(schema, p.schemas.twinOf(schema, hint))
	}
	if p.sheet.CompareAndSwap(nil, s) {
		return s
	}
	C.saw_host_schema_release(s.twin)
	return p.sheet.Load()
}

func nests(schema *sawlog.Schema) bool {
	for i := range schema.Fields {
		if schema.Fields[i].Type.Nested() {
			return true
		}
	}
	return false
}

// copyRow copies b into the batch that came with the call when b is one row, and tells whether it did.
func (p *parser) copyRow(b *sawlog.Batch, c *C.sawlog_batch) bool {
	if c == nil || b.Len() != 1 || b.Rejects() != 0 || len(b.Buffers()) != 2 {
		return false
	}
	s := p.sheetFor(b.Schema(), c.schema)
	if s.twin == nil || s.schema != b.Schema() || uintptr(c.body_n) < s.texts {
		return false
	}
	if c.laid == 0 || c.schema != s.twin {
		s.lay(c)
	}
	return s.write(b, c)
}

// lay writes what is the same in every body.
func (s *sheet) lay(c *C.sawlog_batch) {
	columns := unsafe.Slice((*column)(c.body), len(s.cells))
	for i := range columns {
		at := unsafe.Add(c.body, s.cells[i].at)
		columns[i] = column{length: 1, data: place(at)}
		if s.cells[i].kind == dictionaryCell {
			columns[i].offsets = place(at) + 8
			*(*[2]uint64)(at) = [2]uint64{}
		}
	}
	*(*uint64)(unsafe.Add(c.body, s.zero())) = 0
	c.columns, c.n_buffers = (*C.saw_column)(c.body), 2
	c.buffers = (**C.uint8_t)(unsafe.Add(c.body, s.buffers()))
	c.buffer_sizes = (*C.int64_t)(unsafe.Add(c.body, s.buffers()+16))
	c.n_rejects, c.rejects = 0, nil
	become(c, retain(s.twin))
	c.laid = 1
}

// write writes the values; false: the body is too small. Which of them are null changes from line to line, so there is no branch on it.
func (s *sheet) write(b *sawlog.Batch, c *C.sawlog_batch) bool {
	body, end, size := c.body, s.texts, uintptr(c.body_n)
	zero := place(body) + s.zero()
	columns := unsafe.Slice((*column)(body), len(s.cells))
	for i := range b.Columns() {
		from, to := &b.Columns()[i], &columns[i]
		valid := uintptr(from.Validity()[0] & 1)
		to.nulls, to.valid = int64(1-valid), zero&^-valid
		value, data := (*[2]uint64)(unsafe.Add(body, s.cells[i].at)), unsafe.Pointer(unsafe.SliceData(from.Data()))
		switch s.cells[i].kind {
		case wordCell:
			value[0] = *(*uint64)(data)
		case textCell: // word by word, as it was written: the processor would wait for both otherwise
			view := (*[2]uint64)(data)
			value[0], value[1] = view[0], view[1]
		case bitCell:
			*(*byte)(unsafe.Pointer(value)) = *(*byte)(data)
		case dictionaryCell:
			text := from.Bytes(0)
			if end+pad(len(text)) > size {
				return false
			}
			copyShort(unsafe.Add(body, end), text, size-end)
			to.dictionary, to.texts = int64(valid), place(body)+end
			(*[4]int32)(unsafe.Pointer(value))[3] = int32(len(text))
			end += pad(len(text))
		}
	}
	places := (*[2]uintptr)(unsafe.Add(body, s.buffers()))
	sizes := (*[2]int64)(unsafe.Add(body, s.buffers()+16))
	for i, buffer := range b.Buffers() {
		if end+pad(len(buffer)) > size {
			return false
		}
		copy(unsafe.Slice((*byte)(unsafe.Add(body, end)), len(buffer)), buffer)
		places[i], sizes[i] = place(body)+end, int64(len(buffer))
		end += pad(len(buffer))
	}
	c.rows, c.lines, c.used = 1, C.int64_t(b.Lines()), C.int64_t(end)
	return true
}

// copyShort copies a text that is mostly short to where there is room for so many bytes. What is behind it may be anything.
func copyShort(to unsafe.Pointer, text []byte, room uintptr) {
	if n := len(text); n > 16 || n == 0 || cap(text) < 16 || room < 16 {
		copy(unsafe.Slice((*byte)(to), n), text)
		return
	}
	*(*[16]byte)(to) = *(*[16]byte)(unsafe.Pointer(unsafe.SliceData(text)))
}
