package record

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// counted is Heap that counts the bytes asked of it.
type counted struct{ bytes int }

func (c *counted) Alloc(n int) []byte { c.bytes += n; return Heap.Alloc(n) }
func (c *counted) Free(b []byte)      { Heap.Free(b) }

var thinSchema = MustSchema(Field{Name: "n", Type: Int}, Field{Name: "s", Type: String}, Field{Name: "d", Type: String, Dictionary: true}, Field{Name: "t", Type: Timestamp})

// thinBatch has a value in the first column of every row, and in the others where has says so.
func thinBatch(b *Builder, rows, room int, has func(row int) bool) *Batch {
	data := slacked(alphabet)
	b.Start(room)
	b.Begin(data, len(data), false)
	for r := range rows {
		if b.Row == b.Cap {
			b.Grow()
		}
		b.Cols[0].Words[b.Row] = uint64(r)
		b.Present(&b.Cols[0])
		for i := 1; i < len(b.Cols); i++ {
			c := &b.Cols[i]
			b.Null(c)
			if !has(r) {
				continue
			}
			b.Present(c)
			if c.Words != nil {
				c.Words[b.Row] = uint64(r) * 1e9
			} else {
				b.SetText(c, data, r%5, 3+r%20)
			}
		}
		b.Next()
	}
	return b.Finish()
}

// Whatever the batch before was like, a batch has its own values: those of batches in which columns may be thin are compared with those of
// a builder that has made no other.
func TestColumnsWithoutValuesCostNothing(t *testing.T) {
	none := func(int) bool { return false }
	all := func(int) bool { return true }
	last := func(r int) bool { return r == 190 }
	some := func(r int) bool { return r%7 == 3 }
	for _, present := range []bool{false, true} {
		memory := &counted{}
		b := NewBuilder(thinSchema, memory, present)
		b.Spare()
		var kept []*Batch
		var want []string
		for i, has := range []func(int) bool{none, none, last, none, some, all, none, none, none, all} {
			for _, room := range []int{200, 64} {
				got := thinBatch(b, 200, room, has)
				alone := thinBatch(NewBuilder(thinSchema, Heap, present), 200, room, has)
				require.Equal(t, rowsText(alone), rowsText(got), "batch %d, room for %d rows", i, room)
				for c := range got.Columns() {
					require.Equal(t, alone.Columns()[c].Data(), got.Columns()[c].Data(), "null rows are zero in batch %d, %s", i, got.Columns()[c].Field().Name)
				}
				kept, want = append(kept, got), append(want, rowsText(got))
			}
		}
		for i, batch := range kept { // later ones wrote to memory of their own
			assert.Equal(t, want[i], rowsText(batch), "batch %d", i/2)
			batch.Release()
		}

		memory.bytes = 0
		thinBatch(b, 200, 200, all)
		thick := memory.bytes
		thinBatch(b, 200, 200, none)
		memory.bytes = 0
		empty := thinBatch(b, 200, 200, none)
		assert.Less(t, memory.bytes, thick-200*(16+4+8))
		again := thinBatch(b, 200, 200, none)
		for i := 1; i < len(thinSchema.Fields); i++ {
			assert.Equal(t, mem.Address(empty.Columns()[i].Data()), mem.Address(again.Columns()[i].Data()), "zeros are shared")
		}
	}
	assert.Equal(t, make([]byte, 4096), zeros[:4096])
}

// A batch with more rows than there are zeros has its own.
func TestTooManyRowsToShareZeros(t *testing.T) {
	rows := len(zeros)/16 + 1
	b := NewBuilder(thinSchema, Heap, false)
	b.Spare()
	for range 2 {
		batch := thinBatch(b, rows, rows, func(int) bool { return false })
		assert.Equal(t, rows, batch.Column("s").Nulls())
		assert.Len(t, batch.Column("s").Data(), 16*rows)
		batch.Release()
	}
}

func rowsText(b *Batch) (text string) {
	for r := range b.Len() {
		for i := range b.Columns() {
			text += fmt.Sprintf("%v|", b.Columns()[i].Value(r))
		}
	}
	return text
}
