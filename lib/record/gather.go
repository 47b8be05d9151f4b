package record

import (
	"math"
	"slices"
	"strconv"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// This file puts rows of batches into a builder: of several formats side by side into the order of their lines, of an envelope beside
// what was in it.

// Place is where a row comes from: row Row of the source numbered Source. Source is -1 for a row that comes from nowhere.
type Place struct{ Source, Row int32 }

// Origin is a column that rows come from; a nil Column has only nulls.
type Origin struct {
	Column *Column
	// Buffers are the numbers that the buffers of the column's batch have in the builder: what Adopt gave. Nil: texts are copied.
	Buffers []uint32
	// What the texts of a dictionary are in the builder, by their index plus one and by their view.
	indices []int32
	views   []View
}

// Adopt makes the memory of a batch's texts part of the batch under way, and gives the numbers that its buffers have there. The batch
// may be released once its rows have been gathered.
func (b *Builder) Adopt(from *Batch) []uint32 {
	numbers := make([]uint32, len(from.buffers))
	for i, buffer := range from.buffers {
		if len(buffer) == 0 {
			continue
		}
		numbers[i] = b.number(buffer)
	}
	b.owned = append(b.owned, from.owned...)
	from.owned = nil
	return numbers
}

// number is that of a buffer, which is added when it is not there. Its texts were repaired in the batch that they come from.
func (b *Builder) number(buffer []byte) uint32 {
	for i, there := range b.buffers {
		if len(there) == len(buffer) && mem.Address(there) == mem.Address(buffer) {
			return uint32(i)
		}
	}
	b.buffers = append(b.buffers, buffer)
	b.bad = append(b.bad, nil)
	b.adopted = append(b.adopted, len(b.buffers)-1)
	return uint32(len(b.buffers) - 1)
}

// Attach is the number of a buffer of which rejects are made; somebody else owns it, or the batch does already.
func (b *Builder) Attach(buffer []byte) uint64 {
	if len(buffer) == 0 {
		return 0
	}
	return uint64(b.number(buffer))
}

// AttachTexts is Attach for a buffer that columns have texts of as they came.
func (b *Builder) AttachTexts(buffer []byte) uint64 {
	number := b.Attach(buffer)
	if number > 0 && b.repairs && b.bad[number] == nil {
		b.bad[number] = misplaced(buffer, 0)
	}
	return number
}

// Gather writes column col of the rows from, from+1 ... : row from+i is the one at places[i] of its source. Types need not be alike: a
// number becomes a float or a text, any other value a text, when the column is one.
func (b *Builder) Gather(col, from int, places []Place, sources []Origin) {
	c := &b.Cols[col]
	for i := range sources {
		sources[i].indices, sources[i].views = nil, nil
	}
	for i, p := range places {
		row := from + i
		var s *Origin
		if p.Source >= 0 && sources[p.Source].Column != nil && !sources[p.Source].Column.IsNull(int(p.Row)) {
			s = &sources[p.Source]
		}
		if s == nil {
			c.Valid[row>>6] &^= 1 << (row & 63)
			continue
		}
		c.Valid[row>>6] |= 1 << (row & 63)
		b.take(c, row, s, int(p.Row))
	}
	if c.Nested != nil {
		c.ended, c.ends = -1, int32(c.Nested.Items.Len)
	}
}

func (b *Builder) take(c *Col, row int, s *Origin, at int) {
	from := s.Column
	switch {
	case c.Dict != nil:
		c.Index[row] = b.dictIndex(c, s, at)
	case c.Nested != nil:
		b.takeItems(c.Nested, from, at, s.Buffers)
		c.Offsets[row+1] = int32(c.Nested.Items.Len)
	case c.Type.Text():
		c.Views[row] = b.takeText(s, at)
	case c.Type == Bool:
		c.Bits[row>>6] &^= 1 << (row & 63)
		if from.Bool(at) {
			c.Bits[row>>6] |= 1 << (row & 63)
		}
	default:
		c.Words[row] = from.word(at, c.Type)
	}
}

// word is the value in row i as the word of a column of type t.
func (c *Column) word(i int, t Type) uint64 {
	w := mem.Cast[uint64](c.data)[i]
	if t == Float && c.field.Type != Float {
		if c.field.Type == Uint {
			return math.Float64bits(float64(w))
		}
		return math.Float64bits(float64(int64(w)))
	}
	return w
}

func (b *Builder) dictIndex(c *Col, s *Origin, at int) int32 {
	if !s.Column.field.Type.Text() {
		b.scratch = s.Column.appendText(b.scratch[:0], at)
		return c.Dict.find(b.scratch)
	}
	if !s.Column.field.Dictionary {
		return c.Dict.find(s.Column.Bytes(at))
	}
	if s.indices == nil {
		s.indices = make([]int32, len(s.Column.offsets))
	}
	index := mem.Cast[int32](s.Column.data)[at]
	if s.indices[index] == 0 {
		s.indices[index] = c.Dict.find(s.Column.Bytes(at)) + 1
	}
	return s.indices[index] - 1
}

// takeText is the view of a text, or of any other value as text.
func (b *Builder) takeText(s *Origin, at int) View {
	from := s.Column
	if from.field.Dictionary {
		if s.views == nil {
			s.views = make([]View, len(from.offsets))
		}
		index := mem.Cast[int32](from.data)[at]
		if s.views[index] == (View{}) {
			s.views[index] = b.Text(from.Bytes(at))
		}
		return s.views[index]
	}
	if from.field.Type.Text() {
		return b.takeView(mem.Cast[View](from.data)[at], from.batch, s.Buffers)
	}
	start := len(b.Side)
	b.Side = from.appendText(b.Side, at)
	return b.SideView(start)
}

// appendText appends a value as text: what JSON shows, without quotes.
func (c *Column) appendText(to []byte, i int) []byte {
	switch c.field.Type {
	case Timestamp:
		return appendTime(to, c.Ints()[i])
	case Float:
		return strconv.AppendFloat(to, c.Floats()[i], 'g', -1, 64)
	}
	return c.appendJSON(to, i)
}

func (b *Builder) takeView(v View, of *Batch, buffers []uint32) View {
	n := int(uint32(v[0]))
	if n <= 12 {
		return v
	}
	if buffers == nil {
		at := int(v[1] >> 32)
		return b.Text(of.buffers[uint32(v[1])][at : at+n])
	}
	return View{v[0], v[1]&^0xffffffff | uint64(buffers[uint32(v[1])])}
}

// takeItems appends the elements of a list's or map's row.
func (b *Builder) takeItems(to *Nested, from *Column, at int, buffers []uint32) {
	items := &from.children[len(from.children)-1]
	for k := int(from.offsets[at]); k < int(from.offsets[at+1]); k++ {
		if to.Keys != nil {
			b.takeItem(to.Keys, &from.children[0], k, buffers)
		}
		b.takeItem(to.Items, items, k, buffers)
	}
}

func (b *Builder) takeItem(to *Items, from *Column, at int, buffers []uint32) {
	switch {
	case from.IsNull(at):
		to.Null()
	case to.Nested != nil:
		b.takeItems(to.Nested, from, at, buffers)
		to.End()
	case to.Type == Bool:
		to.Bool(from.Bool(at))
	case to.Type.Text():
		to.Text(b.takeView(mem.Cast[View](from.data)[at], from.batch, buffers))
	default:
		to.Word(mem.Cast[uint64](from.data)[at])
	}
}

// RowText is the text in a row of a column of texts, before the batch is finished: as it stands in the input, invalid bytes and all. It
// is nil for null.
func (b *Builder) RowText(c *Col, row int) []byte {
	if c.Valid[row>>6]>>(row&63)&1 == 0 {
		return nil
	}
	if c.Dict != nil {
		at := c.Index[row]
		return c.Dict.Bytes[c.Dict.Offsets[at]:c.Dict.Offsets[at+1]:c.Dict.Offsets[at+1]]
	}
	return b.viewText(c.Views, row)
}

// viewText is the text of a view, where it stands.
func (b *Builder) viewText(views []View, at int) []byte {
	v := views[at]
	n := int(uint32(v[0]))
	if n <= 12 {
		return mem.Raw(views[at : at+1])[4 : 4+n : 4+n]
	}
	start, number := int(v[1]>>32), uint32(v[1])
	if number == 0 {
		return b.side()[start : start+n : start+n]
	}
	return b.buffers[number][start : start+n : start+n]
}

// Reserve makes room for n more rows.
func (b *Builder) Reserve(n int) {
	if b.Row+n > b.Cap {
		b.resize(b.Row + n)
	}
}

// Refused is a reject as a builder holds it.
type Refused struct {
	Line   int   // lines of the batch before it
	Offset int64 // from the batch's first byte
	Length int64 // of the line, its ending not counted
	Fault  Fault
	Buffer uint64 // where its text stands
	At     int
	Kept   int
}

// Refusals is the number of rejects so far.
func (b *Builder) Refusals() int { return len(b.rejects) }

// Refused is the i-th reject.
func (b *Builder) Refused(i int) Refused {
	r := &b.rejects[i]
	return Refused{Line: int(r.Before), Offset: r.Offset, Length: r.Length, Fault: r.Fault, Buffer: uint64(r.Buffer), At: int(r.Start), Kept: int(r.Kept)}
}

// SetRefused puts something else in the place of the i-th reject, or behind the last one. Unlike Reject it takes nothing back.
func (b *Builder) SetRefused(i int, r Refused) {
	to := RejectRow{Before: int64(r.Line), Offset: r.Offset, Length: r.Length, Buffer: uint32(r.Buffer), Start: uint32(r.At), Kept: uint32(r.Kept), Fault: r.Fault}
	if i < len(b.rejects) {
		b.rejects[i] = to
		return
	}
	b.rejects = append(b.rejects, to)
}

// Forget drops the rejects from the i-th on.
func (b *Builder) Forget(i int) { b.rejects = b.rejects[:i] }

// Mark is a place where Continue was called: n lines, with Line lines of the batch before them.
type Mark struct{ Line, N int }

// Marks are the calls of Continue since Start, if Track asked for them.
func (b *Builder) Marks() []Mark { return b.marks }

// Track keeps marks of where continuation lines stand.
func (b *Builder) Track(on bool) { b.track, b.marks = on, slices.Clip(b.marks[:0]) }
