package arrowgo

import (
	"fmt"
	"math"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	sawlog "github.com/sawlog/sawlog/lib"
	"github.com/sawlog/sawlog/lib/record"
)

// NewRecordBatch is batch as a record batch of arrow-go. It takes the batch over: do not release it, release the record batch. After an
// error the batch is still the caller's.
func NewRecordBatch(batch *sawlog.Batch, o Options) (arrow.RecordBatch, error) {
	schema, err := Schema(batch.Schema(), o)
	if err != nil {
		return nil, err
	}
	return newRecordBatch(batch, schema, o)
}

// newRecordBatch is NewRecordBatch for a schema that is known already.
func newRecordBatch(batch *sawlog.Batch, schema *arrow.Schema, o Options) (arrow.RecordBatch, error) {
	c := conversion{batch: batch, alloc: o.allocator(), limit: math.MaxInt32}
	return c.takeOver(schema)
}

// takeOver makes the record batch that releases the batch. After an error nothing is released.
func (c *conversion) takeOver(schema *arrow.Schema) (arrow.RecordBatch, error) {
	c.owner = &owner{batch: c.batch}
	c.owner.refs.Add(1) // until the arrays hold their own
	rec, err := c.convert(schema)
	if err != nil {
		c.owner.batch = nil
	}
	c.owner.Free(nil)
	return rec, err
}

// owner counts the buffers that stand in a batch's memory, which it releases with the last of them. To arrow-go it is the allocator that
// the buffers came from.
type owner struct {
	batch *sawlog.Batch // nil: the memory stays the caller's
	refs  atomic.Int64
}

func (o *owner) buffer(data []byte) *memory.Buffer {
	o.refs.Add(1)
	return memory.NewBufferWithAllocator(data, o)
}

// Free is called once for each buffer.
func (o *owner) Free([]byte) {
	if o.refs.Add(-1) == 0 && o.batch != nil {
		o.batch.Release()
	}
}

// Allocate and Reallocate serve those who resize a buffer all the same.
func (o *owner) Allocate(size int) []byte { return make([]byte, size) }

func (o *owner) Reallocate(size int, b []byte) []byte {
	to := make([]byte, size)
	copy(to, b)
	return to
}

// conversion makes the arrays of one batch.
type conversion struct {
	batch  *sawlog.Batch
	owner  *owner
	alloc  memory.Allocator
	limit  int              // of the texts of one column, in bytes, where offsets have 32 bits
	blocks []*memory.Buffer // what the batch's views point into, shared by all columns
	// pack makes arrays that are about to be written: texts are gathered, where views in place would have each column bring all blocks
	// along, and dictionaries, which a writer remembers, are copied.
	pack bool
}

func (c *conversion) convert(schema *arrow.Schema) (arrow.RecordBatch, error) {
	defer func() {
		for _, b := range c.blocks {
			b.Release()
		}
	}()
	columns := c.batch.Columns()
	arrays := make([]arrow.Array, 0, len(columns))
	defer func() {
		for _, a := range arrays {
			a.Release() // the record batch holds them
		}
	}()
	for i := range columns {
		data, err := c.column(&columns[i], schema.Field(i).Type)
		if err != nil {
			return nil, fmt.Errorf("arrowgo: column %q: %w", columns[i].Field().Name, err)
		}
		arrays = append(arrays, array.MakeFromData(data))
		data.Release()
	}
	return array.NewRecordBatch(schema, arrays, int64(c.batch.Len())), nil
}

// made is an array's data, which takes buffers and children over.
func made(t arrow.DataType, rows, nulls int, buffers []*memory.Buffer, children ...arrow.ArrayData) *array.Data {
	data := array.NewData(t, rows, buffers, children, nulls, 0)
	for _, b := range buffers {
		if b != nil {
			b.Release()
		}
	}
	for _, child := range children {
		child.Release()
	}
	return data
}

// column is col as an array of type t. It is the caller's to release.
func (c *conversion) column(col *record.Column, t arrow.DataType) (arrow.ArrayData, error) {
	switch t := t.(type) {
	case *arrow.DictionaryType:
		return c.dictionary(col, t), nil
	case *arrow.ListType:
		return c.list(col, t)
	case *arrow.MapType:
		return c.pairs(col, t)
	}
	buffers, err := c.values(col, t)
	if err != nil {
		return nil, err
	}
	return made(t, col.Len(), col.Nulls(), append([]*memory.Buffer{c.validity(col)}, buffers...)), nil
}

// values are the buffers of a column without children but the validity.
func (c *conversion) values(col *record.Column, t arrow.DataType) ([]*memory.Buffer, error) {
	rows := col.Len()
	switch t := t.(type) {
	case arrow.BinaryViewDataType:
		if c.pack || col.Field().Dictionary {
			return c.newViews(col)
		}
		return append([]*memory.Buffer{c.owner.buffer(col.Data()[:rows*16])}, c.shared()...), nil
	case arrow.BinaryDataType:
		if width := t.Layout().Buffers[1].ByteWidth; width == arrow.Int64SizeBytes {
			return newOffsets[int64](c, col, width, math.MaxInt)
		}
		return newOffsets[int32](c, col, arrow.Int32SizeBytes, c.limit)
	case *arrow.TimestampType:
		return c.times(col, t.Unit), nil
	case *arrow.DurationType:
		return c.times(col, t.Unit), nil
	case *arrow.BooleanType:
		return []*memory.Buffer{c.owner.buffer(col.Data()[:(rows+7)/8])}, nil
	}
	return []*memory.Buffer{c.owner.buffer(col.Data()[:rows*8])}, nil
}

// validity is the bitmap of the values, none where all are there.
func (c *conversion) validity(col *record.Column) *memory.Buffer {
	if col.Nulls() == 0 {
		return nil
	}
	return c.owner.buffer(col.Validity()[:(col.Len()+7)/8])
}

// shared is the buffers of the batch, for one more column.
func (c *conversion) shared() []*memory.Buffer {
	if c.blocks == nil {
		for _, block := range c.batch.Buffers() {
			c.blocks = append(c.blocks, c.owner.buffer(block))
		}
	}
	for _, b := range c.blocks {
		b.Retain()
	}
	return c.blocks
}

func (c *conversion) dictionary(col *record.Column, t *arrow.DictionaryType) arrow.ArrayData {
	offsets, texts := col.Dictionary()
	hold := c.owner.buffer
	if c.pack {
		hold = c.copied
	}
	words := made(t.ValueType, len(offsets)-1, 0, []*memory.Buffer{nil, hold(arrow.Int32Traits.CastToBytes(offsets)), hold(texts)})
	defer words.Release()
	buffers := []*memory.Buffer{c.validity(col), c.owner.buffer(col.Data()[:col.Len()*4])}
	data := array.NewDataWithDictionary(t, col.Len(), buffers, col.Nulls(), 0, words)
	for _, b := range buffers {
		if b != nil {
			b.Release()
		}
	}
	return data
}

func (c *conversion) offsets(col *record.Column) *memory.Buffer {
	return c.owner.buffer(arrow.Int32Traits.CastToBytes(col.Offsets()[:col.Len()+1]))
}

func (c *conversion) list(col *record.Column, t *arrow.ListType) (arrow.ArrayData, error) {
	items, err := c.column(&col.Children()[0], t.Elem())
	if err != nil {
		return nil, err
	}
	return made(t, col.Len(), col.Nulls(), []*memory.Buffer{c.validity(col), c.offsets(col)}, items), nil
}

func (c *conversion) pairs(col *record.Column, t *arrow.MapType) (arrow.ArrayData, error) {
	children := col.Children()
	keys, err := c.column(&children[0], t.KeyType())
	if err != nil {
		return nil, err
	}
	values, err := c.column(&children[1], t.ItemType())
	if err != nil {
		keys.Release()
		return nil, err
	}
	pairs := made(t.Elem(), children[0].Len(), 0, []*memory.Buffer{nil}, keys, values)
	return made(t, col.Len(), col.Nulls(), []*memory.Buffer{c.validity(col), c.offsets(col)}, pairs), nil
}
