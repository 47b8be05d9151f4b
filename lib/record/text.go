package record

import (
	"math/bits"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// MakeView is the view of the text data[i:i+n] in the numbered buffer that starts at data[0]. 12 bytes at i must be readable. It has no
// branch that depends on the length but one that compiles to a conditional move: in logs short and long texts follow each other as they
// please.
func MakeView(data []byte, i, n int, buffer uint64) View {
	var v View
	v.Set(data, i, n, buffer)
	return v
}

// Set is MakeView written where it is to stand, word by word: a view that is handed over is put together and taken apart again.
func (v *View) Set(data []byte, i, n int, buffer uint64) {
	own := &inside[(n|(12-n)>>(bits.UintSize-1))&15] // the last four bits are set for all that are longer
	tail := mem.Load64(data, i+4) & own.tail
	if n > 12 {
		tail = uint64(i)<<32 | buffer
	}
	v[0], v[1] = uint64(n)|mem.Load64(data, i)<<32&own.head, tail
}

// inside are the masks of what a view has of its text: the first four bytes, above its length, and of a text of up to 12 bytes those behind.
var inside = func() (t [16]struct{ head, tail uint64 }) {
	for n := range uint(13) {
		t[n].head, t[n].tail = (1<<(8*min(n, 4))-1)<<32, 1<<(8*(max(n, 4)-4))-1
	}
	t[15].head = (1<<32 - 1) << 32
	return t
}()

// lows are the first bytes of a word, up to eight.
var lows = [16]uint64{0, 1<<8 - 1, 1<<16 - 1, 1<<24 - 1, 1<<32 - 1, 1<<40 - 1, 1<<48 - 1, 1<<56 - 1, 1<<64 - 1}

// SideView is the view of what was appended to Side since it was start bytes long.
func (b *Builder) SideView(start int) View {
	n := len(b.Side) - start
	b.Side = slices.Grow(b.Side, 16) // MakeView reads 16 bytes
	return MakeView(b.Side[:cap(b.Side)], start, n, 0)
}

// Text appends text to Side and gives its view.
func (b *Builder) Text(text []byte) View {
	start := len(b.Side)
	b.Side = append(b.Side, text...)
	return b.SideView(start)
}

// SetText writes the text data[i:i+n] in the row under way of a string or dictionary column. 16 bytes at i must be readable.
func (b *Builder) SetText(c *Col, data []byte, i, n int) {
	if c.Dict != nil {
		c.Index[b.Row] = c.Dict.Lookup(data, i, n)
		return
	}
	c.Views[b.Row].Set(data, i, n, b.Buffer)
}

// SetConstant writes a text that stands in no block in the row under way of a string or dictionary column.
func (b *Builder) SetConstant(c *Col, text string) {
	start := len(b.Side)
	b.Side = append(b.Side, text...)
	b.SetSide(c, start)
	if c.Dict == nil && len(text) <= 12 {
		b.Side = b.Side[:start]
	}
}

// PutText writes the text data[i:i+n] in the row under way of the column k, -1: of none, and marks it as present. 16 bytes at i must be
// readable.
func (b *Builder) PutText(k int, data []byte, i, n int) {
	if k < 0 {
		return
	}
	c, row := &b.Cols[k], b.Row
	c.Valid[row>>6] |= 1 << (row & 63)
	if c.Dict == nil {
		c.Views[row].Set(data, i, n, b.Buffer)
	} else {
		c.Index[row] = c.Dict.Lookup(data, i, n)
	}
}

// PutLong is PutText for a column that is no dictionary.
func (b *Builder) PutLong(k int, data []byte, i, n int) {
	if k >= 0 {
		c, row := &b.Cols[k], b.Row
		c.Valid[row>>6] |= 1 << (row & 63)
		c.Views[row].Set(data, i, n, b.Buffer)
	}
}

// SetSide writes what was appended to Side since it was start bytes long in the row under way of a string or dictionary column.
func (b *Builder) SetSide(c *Col, start int) {
	if c.Dict == nil {
		c.Views[b.Row] = b.SideView(start)
		return
	}
	n := len(b.Side) - start
	b.Side = slices.Grow(b.Side, 16)
	c.Index[b.Row] = c.Dict.Lookup(b.Side[:cap(b.Side)], start, n)
	b.Side = b.Side[:start]
}
