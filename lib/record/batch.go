package record

import (
	"math"
	"time"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// Batch is columns of equal length and the lines that fitted none. It is immutable; all methods but Release may be called from
// several goroutines at once. The slices of its columns and the text of its rejects are borrowed: they are valid until Release.
type Batch struct {
	// Where the batch stands in its source, settled in the order of the input.
	Source    int   // which of the reader's inputs, from 0
	FirstLine int64 // number of its first line, from 1
	Offset    int64 // byte offset of its first line, after decompression

	schema   *Schema
	rows     int
	lines    int64
	joined   int64
	filtered int64
	bytes    int64
	columns  []Column
	buffers  [][]byte
	rejects  []RejectRow
	turns    []turning // until it is settled

	alloc Allocator
	slab  []byte
	owned [][]byte
	lent  *byte // the builder's slab, where FinishInto described it
}

// Settle says where the batch stands in its source, which has a name. It is called once, before anybody else looks at the batch.
func (b *Batch) Settle(source int, name string, line, offset int64) {
	b.Source, b.FirstLine, b.Offset = source, line, offset
	if !b.schema.placed {
		return
	}
	for i := range b.columns {
		c := &b.columns[i]
		add := int64(0)
		switch c.field.Meta {
		case MetaLine:
			add = line
		case MetaOffset:
			add = offset
		case MetaSource:
			if b.rows > 0 && name != "" {
				c.offsets, c.texts, c.nulls = []int32{0, int32(len(name))}, []byte(name), 0
				for k := range c.valid {
					c.valid[k] = 0xff >> max(0, 8*(k+1)-b.rows)
				}
			}
		}
		if c.field.Meta == MetaLine || c.field.Meta == MetaOffset {
			ints := c.Ints()
			for row := range ints {
				if !c.IsNull(row) {
					ints[row] += add
				}
			}
		}
	}
}

// Schema is the batch's schema.
func (b *Batch) Schema() *Schema { return b.schema }

// Len is the number of rows.
func (b *Batch) Len() int { return b.rows }

// Lines is how many lines of input the batch accounts for: rows + continuation lines + rejects + lines whose rows were filtered out.
func (b *Batch) Lines() int64 { return b.lines }

// Continuations is how many lines belong to the record before them.
func (b *Batch) Continuations() int64 { return b.joined }

// Filtered is how many records were left out because the definition's where does not want them.
func (b *Batch) Filtered() int64 { return b.filtered }

// InputBytes is how many bytes of input, line endings included, the batch accounts for.
func (b *Batch) InputBytes() int64 { return b.bytes }

// Columns lists the columns in the order of the schema.
func (b *Batch) Columns() []Column { return b.columns }

// Column is the column named name, or nil.
func (b *Batch) Column(name string) *Column {
	if i := b.schema.Find(name); i >= 0 {
		return &b.columns[i]
	}
	return nil
}

// Buffers lists the memory that string views point into, by number.
func (b *Batch) Buffers() [][]byte { return b.buffers }

// Rejects is the number of rejects.
func (b *Batch) Rejects() int { return len(b.rejects) }

// Fault is the fault of the i-th reject.
func (b *Batch) Fault(i int) Fault { return b.rejects[i].Fault }

// Reject is the i-th reject.
func (b *Batch) Reject(i int) Reject {
	r := &b.rejects[i]
	return Reject{Source: b.Source, Line: b.FirstLine + r.Before, Offset: b.Offset + r.Offset, Length: r.Length, Fault: r.Fault,
		Raw: b.buffers[r.Buffer][r.Start : r.Start+r.Kept]}
}

// RejectRows are the rejects as the batch holds them.
func (b *Batch) RejectRows() []RejectRow { return b.rejects }

// Release gives the batch's memory back for the next ones. Nothing of the batch may be used afterwards. It is a hint, never a duty:
// with the default allocator a batch that is not released is collected.
func (b *Batch) Release() {
	if b.slab == nil {
		return
	}
	b.alloc.Free(b.slab)
	for _, buffer := range b.owned {
		b.alloc.Free(buffer)
	}
	b.slab, b.owned, b.buffers, b.columns, b.rejects, b.rows = nil, nil, nil, nil, nil, 0
}

// Detach hands the allocations of the batch to the caller, who frees them with the allocator; the batch stays readable until then.
func (b *Batch) Detach() (allocations [][]byte) {
	allocations = append(b.owned, b.slab)
	b.slab, b.owned = nil, nil
	return allocations
}

// Column is one field over the rows of a batch.
type Column struct {
	field   *Field
	rows    int
	nulls   int
	valid   []byte
	data    []byte
	offsets []int32 // of a dictionary's texts; of a list's or map's elements
	texts   []byte
	// children are the elements of a list; the keys and the values of a map.
	children []Column
	batch    *Batch
}

// Field describes the column.
func (c *Column) Field() *Field { return c.field }

// Len is the number of rows.
func (c *Column) Len() int { return c.rows }

// Nulls is how many of them are null.
func (c *Column) Nulls() int {
	if c.nulls == seen {
		return int(^c.valid[0] & 1)
	}
	return c.nulls
}

// seen stands for the number of nulls in a column of one row, whose bitmap shows it: FinishInto does not write it anew for each record.
const seen = -1

// IsNull tells whether row i is null.
func (c *Column) IsNull(i int) bool { return c.valid[i>>3]>>(i&7)&1 == 0 }

// Validity is the bitmap of rows, least significant bit first: 1 is a value, 0 is null.
func (c *Column) Validity() []byte { return c.valid }

// Data is the memory of the values: 64-bit words, views of 16 bytes, a bitmap for Bool, int32 indices for a dictionary. Nulls are zero.
func (c *Column) Data() []byte { return c.data }

// Dictionary is the texts that the indices of a dictionary column mean, as Arrow's utf8: text i is bytes[offsets[i]:offsets[i+1]].
func (c *Column) Dictionary() (offsets []int32, bytes []byte) { return c.offsets, c.texts }

// Indices are the values of a dictionary column. Nulls are 0.
func (c *Column) Indices() []int32 { return mem.Cast[int32](c.data) }

// Offsets says where the elements of each row of a List or Map stand: those of row i are Children[offsets[i]:offsets[i+1]].
func (c *Column) Offsets() []int32 { return c.offsets }

// Children are the elements of all rows, one behind the other: one column for a List, keys and values for a Map.
func (c *Column) Children() []Column { return c.children }

// Ints are the values of an Int, Timestamp or Duration column. Nulls are 0.
func (c *Column) Ints() []int64 { return mem.Cast[int64](c.data) }

// Uints are the values of a Uint column. Nulls are 0.
func (c *Column) Uints() []uint64 { return mem.Cast[uint64](c.data) }

// Floats are the values of a Float column. Nulls are 0.
func (c *Column) Floats() []float64 { return mem.Cast[float64](c.data) }

// Bool is the value in row i of a Bool column, false for null.
func (c *Column) Bool(i int) bool { return c.data[i>>3]>>(i&7)&1 == 1 }

// Bytes is the text in row i of a column of texts, borrowed from the batch; nil for null.
func (c *Column) Bytes(i int) []byte {
	if c.IsNull(i) {
		return nil
	}
	if c.field.Dictionary {
		at := c.Indices()[i]
		return c.texts[c.offsets[at]:c.offsets[at+1]]
	}
	v := mem.Cast[View](c.data)[i]
	if n := int(uint32(v[0])); n <= 12 {
		return c.data[i*16+4 : i*16+4+n : i*16+4+n]
	} else if at := int(v[1] >> 32); true {
		return c.batch.buffers[uint32(v[1])][at : at+n : at+n]
	}
	return nil
}

// Text is a copy of the text in row i of a column of texts, "" for null.
func (c *Column) Text(i int) string { return string(c.Bytes(i)) }

// Time is the value in row i of a Timestamp column, the zero time for null.
func (c *Column) Time(i int) time.Time {
	if c.IsNull(i) {
		return time.Time{}
	}
	return time.Unix(0, c.Ints()[i]).UTC()
}

// Value is the value in row i as Go's type for it: nil, bool, int64, uint64, float64, time.Time, time.Duration,
// string, []byte, []any or map[string]any.
func (c *Column) Value(i int) any {
	if c.IsNull(i) {
		return nil
	}
	word := func() uint64 { return mem.Cast[uint64](c.data)[i] }
	switch c.field.Type {
	case Bool:
		return c.Bool(i)
	case Int:
		return int64(word())
	case Uint:
		return word()
	case Float:
		return math.Float64frombits(word())
	case Timestamp:
		return c.Time(i)
	case Duration:
		return time.Duration(word())
	case Bytes:
		return append([]byte(nil), c.Bytes(i)...)
	case List:
		return c.list(i)
	case Map:
		return c.pairs(i)
	}
	return c.Text(i)
}

func (c *Column) list(i int) []any {
	list := make([]any, 0, c.offsets[i+1]-c.offsets[i])
	for k := c.offsets[i]; k < c.offsets[i+1]; k++ {
		list = append(list, c.children[0].Value(int(k)))
	}
	return list
}

func (c *Column) pairs(i int) map[string]any {
	pairs := make(map[string]any, c.offsets[i+1]-c.offsets[i])
	for k := c.offsets[i]; k < c.offsets[i+1]; k++ {
		pairs[c.children[0].Text(int(k))] = c.children[1].Value(int(k))
	}
	return pairs
}
