package record

import (
	"fmt"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// Part is the memory of one column of a batch that lives outside of Go, for NewBatchFromParts.
type Part struct {
	Rows     int
	Nulls    int
	Validity []byte  // a bit for each row
	Data     []byte  // DataSize bytes; nothing for a list or map
	Offsets  []int32 // of a dictionary's texts; of a list's or map's elements
	Texts    []byte
	Children []Part // the elements of a list; the keys and the values of a map
}

// DataSize is how many bytes the values of a column take.
func DataSize(f *Field, rows int) int {
	switch {
	case f.Dictionary:
		return rows * 4
	case f.Type.Nested():
		return 0
	case f.Type.Text():
		return rows * 16
	case f.Type == Bool:
		return (rows + 7) / 8
	}
	return rows * 8
}

// NewBatchFromParts makes a batch of memory that somebody else owns and keeps for as long as the batch is used. It has rows and no
// rejects.
func NewBatchFromParts(schema *Schema, rows int, parts []Part, buffers [][]byte) *Batch {
	b := &Batch{FirstLine: 1, schema: schema, rows: rows, lines: int64(rows), buffers: buffers, columns: make([]Column, len(parts))}
	for i := range parts {
		b.columns[i] = b.columnOf(&schema.Fields[i], &parts[i])
	}
	return b
}

func (b *Batch) columnOf(f *Field, p *Part) Column {
	c := Column{field: f, rows: p.Rows, nulls: p.Nulls, valid: p.Validity, data: p.Data, offsets: p.Offsets, texts: p.Texts, batch: b}
	if !f.Type.Nested() {
		return c
	}
	c.data = mem.Raw(c.offsets)
	fields := f.Children()
	c.children = make([]Column, len(fields))
	for i := range fields {
		c.children[i] = b.columnOf(fields[i], &p.Children[i])
	}
	return c
}

// Children are the fields of a List's or Map's Children columns: the elements, or the keys and the values. Nil for other fields.
func (f *Field) Children() []*Field {
	switch f.Type {
	case List:
		return []*Field{f.Elem}
	case Map:
		return []*Field{&keyField, f.Elem}
	}
	return nil
}

const maxTypeDepth = 64 // of types that are read; no format nests three deep

// ParseTypeName is the field without a name that a TypeName describes: "list<int>".
func ParseTypeName(name string) (Field, error) {
	outer := Field{}
	at, rest := &outer, name
	for range maxTypeDepth {
		if inner, ok := strings.CutPrefix(rest, "list<"); ok {
			at.Type, at.Elem, rest = List, &Field{Name: "item"}, inner
		} else if inner, ok := strings.CutPrefix(rest, "map<string,"); ok {
			at.Type, at.Elem, rest = Map, &Field{Name: "value"}, inner
		} else if at.Type = ParseType(rest); at.Type == Invalid || at.Type >= List {
			break
		} else {
			return outer, nil
		}
		var closed bool
		if rest, closed = strings.CutSuffix(rest, ">"); !closed {
			break
		}
		at = at.Elem
	}
	return Field{}, fmt.Errorf("no type is named %q", name)
}
