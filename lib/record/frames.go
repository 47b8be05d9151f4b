package record

import (
	"bytes"
	"sort"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// What records of several lines need, and blocks that are not simply a piece of their source.

// Shift says that what begins in a block at At, or behind it up to the next Shift, stands By bytes further on in the source than its place
// in the block says.
type Shift struct {
	At int
	By int64
}

// SetShifts says where the records of the block under way stand in the source; nil: where they stand in the block. At ascends.
func (b *Builder) SetShifts(shifts []Shift) { b.shifts = shifts }

// OffsetOf is where what stands at at in the block under way stands in the source, from the batch's first byte.
func (b *Builder) OffsetOf(at int) int64 { return b.base + int64(at) + ShiftAt(b.shifts, at) }

// ShiftAt is how much further on in the source stands what stands at at in a block.
func ShiftAt(shifts []Shift, at int) int64 {
	if k := sort.Search(len(shifts), func(k int) bool { return shifts[k].At > at }); k > 0 {
		return shifts[k-1].By
	}
	return 0
}

// Tally is how many continuation lines there are.
type Tally struct{ joined, marks int }

// Tally is taken before a worker counts lines that somebody else counts.
func (b *Builder) Tally() Tally { return Tally{b.joined, len(b.marks)} }

// Recount forgets the continuation lines since the tally.
func (b *Builder) Recount(t Tally) { b.joined, b.marks = t.joined, b.marks[:t.marks] }

// Point is how much has been written so far, for Replace.
type Point struct{ row, side, adopted int }

// Point is where the builder stands, before one row or none is written. There is one at a time.
func (b *Builder) Point() Point {
	if b.Row == b.Cap {
		b.Grow()
	}
	for i := range b.Cols { // a column that somebody else writes afterwards has what the memory had before
		if b.Cols[i].Dict != nil {
			b.Cols[i].Index[b.Row] = unwritten
		}
	}
	b.points = b.points[:0]
	for _, i := range b.nested {
		b.points = b.Cols[i].Nested.point(b.points)
	}
	return Point{b.Row, len(b.Side), len(b.adopted)}
}

// unwritten stands where no index of a dictionary has been written since the point.
const unwritten = -1

func (n *Nested) point(to []int) []int {
	to = append(to, n.Items.Len)
	if n.Items.Nested != nil {
		to = n.Items.Nested.point(to)
	}
	return to
}

// Replace puts the byte to in the place of from in all texts written since the point that do not point into a block: those that stand
// inside their view, Side, and what was adopted. (A caller that stands in for a byte in the block itself puts it back there.)
func (b *Builder) Replace(since Point, from, to byte) {
	swap(b.Side[min(since.side, len(b.Side)):], from, to)
	for _, i := range b.adopted[min(since.adopted, len(b.adopted)):] {
		swap(b.buffers[i], from, to)
	}
	for i := range b.Cols {
		c := &b.Cols[i]
		switch {
		case c.Dict != nil:
			for r := since.row; r < b.Row; r++ {
				if c.Valid[r>>6]>>(r&63)&1 != 0 && c.Index[r] != unwritten {
					c.Index[r] = c.Dict.replace(c.Index[r], from, to)
				}
			}
		case c.Type.Text() && since.row < b.Row:
			swapViews(c.Views[since.row:b.Row], from, to)
		}
	}
	points := b.points
	for _, i := range b.nested {
		points = b.Cols[i].Nested.replace(points, from, to)
	}
}

func (n *Nested) replace(points []int, from, to byte) []int {
	since := min(points[0], n.Items.Len)
	points = points[1:]
	if n.Keys != nil {
		swapViews(n.Keys.views[since:n.Keys.Len], from, to)
	}
	switch {
	case n.Items.Nested != nil:
		return n.Items.Nested.replace(points, from, to)
	case n.Items.Type.Text():
		swapViews(n.Items.views[since:n.Items.Len], from, to)
	}
	return points
}

func swapViews(views []View, from, to byte) {
	for r := range views {
		// Of a long text the view holds the first four bytes.
		text, n := mem.Raw(views[r : r+1])[4:], uint32(views[r][0]) // of a null whatever was there
		if n > 12 {
			n = 4
		}
		swap(text[:n], from, to)
	}
}

func swap(text []byte, from, to byte) {
	for i := range text {
		if text[i] == from {
			text[i] = to
		}
	}
}

// replace is the index of a text with from replaced by to. The text itself goes where it came last.
func (d *Dict) replace(index int32, from, to byte) int32 {
	text := d.text(index)
	if bytes.IndexByte(text, from) < 0 {
		return index
	}
	other := bytes.Clone(text)
	swap(other, from, to)
	if int(index) == len(d.Offsets)-2 {
		d.forget(index)
	}
	d.changed = true
	return d.find(other)
}
