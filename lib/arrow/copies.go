package arrowgo

import (
	"errors"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sawlog/sawlog/lib/record"
)

// Columns that do not lie as they are asked for are copied here.

var errLarge = errors.New("the texts are larger than 2 GiB: LargeUTF8 has room for them")

// room is n bytes of new memory.
func (c *conversion) room(n int) *memory.Buffer {
	b := memory.NewResizableBuffer(c.alloc)
	b.Resize(n)
	return b
}

func (c *conversion) copied(from []byte) *memory.Buffer {
	b := c.room(len(from))
	copy(b.Bytes(), from)
	return b
}

// size is how many bytes the texts of col that are longer than short take; -1 when that is above limit.
func size(col *record.Column, short, limit int) int {
	sum := 0
	for i := range col.Len() {
		if n := len(col.Bytes(i)); n > short {
			if sum += n; sum > limit {
				return -1
			}
		}
	}
	return sum
}

// newOffsets copies texts one behind the other. width is the size of a T.
func newOffsets[T int32 | int64](c *conversion, col *record.Column, width, limit int) ([]*memory.Buffer, error) {
	n, rows := size(col, 0, limit), col.Len()
	if n < 0 {
		return nil, errLarge
	}
	ends, texts := c.room((rows+1)*width), c.room(n)
	offsets, to, at := arrow.GetData[T](ends.Bytes()), texts.Bytes(), 0
	offsets[0] = 0
	for i := range rows {
		at += copy(to[at:], col.Bytes(i))
		offsets[i+1] = T(at)
	}
	return []*memory.Buffer{ends, texts}, nil
}

const inline = 12 // texts up to this length stand in their view

// newViews makes views into one buffer: the dictionary's texts, or the column's own, copied.
func (c *conversion) newViews(col *record.Column) ([]*memory.Buffer, error) {
	if col.Field().Dictionary {
		return c.dictionaryViews(col), nil
	}
	n := size(col, inline, c.limit)
	if n < 0 {
		return nil, errLarge
	}
	views, texts := c.room(col.Len()*arrow.ViewHeaderSizeBytes), c.room(n)
	headers, to, at := arrow.ViewHeaderTraits.CastFromBytes(views.Bytes()), texts.Bytes(), 0
	for i := range headers {
		text := col.Bytes(i)
		setView(&headers[i], text, at)
		if len(text) > inline {
			at += copy(to[at:], text)
		}
	}
	return []*memory.Buffer{views, texts}, nil
}

func (c *conversion) dictionaryViews(col *record.Column) []*memory.Buffer {
	offsets, texts := col.Dictionary()
	views := c.room(col.Len() * arrow.ViewHeaderSizeBytes)
	headers, indices := arrow.ViewHeaderTraits.CastFromBytes(views.Bytes()), arrow.Int32Traits.CastFromBytes(col.Data())
	for i := range headers {
		at := 0
		if !col.IsNull(i) {
			at = int(offsets[indices[i]])
		}
		setView(&headers[i], col.Bytes(i), at)
	}
	return []*memory.Buffer{views, c.owner.buffer(texts)}
}

// setView writes the view of a text that stands at the byte at.
func setView(v *arrow.ViewHeader, text []byte, at int) {
	*v = arrow.ViewHeader{}
	if v.SetBytes(text); len(text) > inline {
		v.SetIndexOffset(0, int32(at))
	}
}

// times are 64-bit words in a coarser unit, rounded towards the past so that what was earlier stays so.
func (c *conversion) times(col *record.Column, unit arrow.TimeUnit) []*memory.Buffer {
	words := col.Data()[:col.Len()*8]
	if unit == arrow.Nanosecond {
		return []*memory.Buffer{c.owner.buffer(words)}
	}
	b, divisor := c.room(len(words)), int64(unit.Multiplier())
	to := arrow.Int64Traits.CastFromBytes(b.Bytes())
	for i, ns := range arrow.Int64Traits.CastFromBytes(words) {
		to[i] = ns / divisor
		if ns%divisor < 0 {
			to[i]--
		}
	}
	return []*memory.Buffer{b}
}
