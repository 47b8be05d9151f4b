package record

import (
	"slices"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// Nested is the inside of a list or a map under way: its elements, those of all rows one behind the other. A parser appends to Items (and
// Keys, for a map) and then calls EndList; how many elements a batch has is not known beforehand, so they lie in memory of their own and
// move to the batch's with Finish.
type Nested struct {
	Keys  *Items // of a map: as many as Items
	Items *Items
}

// Items are elements of one type.
type Items struct {
	Type  Type
	Len   int
	valid []uint64
	words []uint64
	views []View
	// A list of lists, a map of maps: where the inner ones end, and what is in them.
	ends   []int32
	Nested *Nested
}

func newNested(f *Field) *Nested {
	n := &Nested{Items: newItems(f.Elem)}
	if f.Type == Map {
		n.Keys = &Items{Type: String}
	}
	return n
}

func newItems(f *Field) *Items {
	items := &Items{Type: f.Type}
	if f.Type.Nested() {
		items.Nested = newNested(f)
	}
	return items
}

// grow counts the element that was just written.
func (t *Items) grow(present bool) {
	n := t.Len
	if n&63 == 0 {
		if n>>6 >= len(t.valid) {
			t.valid = room(t.valid, n>>6, 1)
		}
		t.valid[n>>6] = 0
	}
	if present {
		t.valid[n>>6] |= 1 << (n & 63)
	}
	t.Len = n + 1
}

// room is s, whose first n values are in use, with room for more and for as many as are asked for: all of its capacity is its length, so
// that the next one is an assignment and not an append.
func room[T any](s []T, n, more int) []T {
	s = slices.Grow(s[:n], max(n/2+64, more))
	return s[:cap(s)]
}

// Word appends an int, uint, float (its bits), timestamp or duration.
func (t *Items) Word(w uint64) {
	if t.Len >= len(t.words) {
		t.words = room(t.words, t.Len, 1)
	}
	t.words[t.Len] = w
	t.grow(true)
}

// Bool appends a bool: one bit, as in a column of them.
func (t *Items) Bool(v bool) {
	t.bit(v)
	t.grow(true)
}

// bit writes the next bit into words.
func (t *Items) bit(v bool) {
	if t.Len>>6 >= len(t.words) {
		t.words = room(t.words, t.Len>>6, 1)
	}
	word, mask := t.Len>>6, uint64(1)<<(t.Len&63)
	t.words[word] &^= mask // what was taken back may have left it
	if v {
		t.words[word] |= mask
	}
}

// Text appends a text.
func (t *Items) Text(v View) { *t.Slot() = v }

// Slot appends a text whose view the caller writes there at once: handed over in words, it is not put together and taken apart again.
func (t *Items) Slot() *View {
	n := t.Len
	if n >= len(t.views) {
		t.views = room(t.views, n, 1)
	}
	t.grow(true)
	return &t.views[n]
}

// Extend appends n texts whose views the caller writes there at once.
func (t *Items) Extend(n int) []View {
	from, to := t.Len, t.Len+n
	if to > len(t.views) {
		t.views = room(t.views, from, n)
	}
	if words := (to + 63) / 64; words > len(t.valid) {
		t.valid = room(t.valid, (from+63)/64, words)
	}
	for at := from; at < to; at = (at | 63) + 1 {
		if at&63 == 0 {
			t.valid[at>>6] = 0
		}
		t.valid[at>>6] |= (^uint64(0) >> (63 - uint(min(to-1, at|63)-at))) << (at & 63)
	}
	t.Len = to
	return t.views[from:to]
}

// Null appends a null.
func (t *Items) Null() {
	switch {
	case t.Nested != nil:
		t.End()
	case t.Type == Bool:
		t.Bool(false)
	case t.Type.Text():
		t.Text(View{})
	default:
		t.Word(0)
	}
	n := t.Len - 1
	t.valid[n>>6] &^= 1 << (n & 63)
}

// End appends the inner list or map whose elements were appended to Nested since the last one.
func (t *Items) End() {
	if t.Len >= len(t.ends) {
		t.ends = room(t.ends, t.Len, 1)
	}
	t.ends[t.Len] = int32(t.Nested.Items.Len)
	t.grow(true)
}

// truncate forgets the elements from n on, and what was appended for an inner list that has not been ended.
func (t *Items) truncate(n int) {
	n = min(n, t.Len)
	if t.Nested != nil {
		inner := 0
		if n > 0 {
			inner = int(t.ends[n-1])
		}
		t.Nested.truncate(inner)
	}
	if n == t.Len {
		return
	}
	if rest := n & 63; rest > 0 {
		t.valid[n>>6] &= 1<<rest - 1
	}
	t.Len = n
}

func (n *Nested) truncate(length int) {
	n.Items.truncate(length)
	if n.Keys != nil {
		n.Keys.truncate(length)
	}
}

// EndList completes the list or map of the row under way: the elements appended since the last row's.
func (b *Builder) EndList(c *Col) {
	if c.ended != b.Row {
		c.ended, c.before = b.Row, c.ends
	}
	c.ends = int32(c.Nested.Items.Len)
	c.Offsets[b.Row+1] = c.ends
	b.Present(c)
}

// undo forgets the elements of the row under way.
func (c *Col) undo(row int) {
	if c.ended == row {
		c.ended, c.ends = -1, c.before
	}
	c.Nested.truncate(int(c.ends))
}

// settleOffsets lets null rows have no elements: only rows with a list have written where theirs end.
func settleOffsets(offsets []int32, valid []uint64, rows int) {
	offsets[0] = 0
	for r := range rows {
		if valid[r>>6]>>(r&63)&1 == 0 {
			offsets[r+1] = offsets[r]
		}
	}
}

// nestedColumns describes the elements as columns in memory of the batch's own: one for a list, keys and values for a map.
func (b *Builder) nestedColumns(n *Nested, f *Field, batch *Batch) []Column {
	items := b.itemsColumn(n.Items, f.Elem, batch)
	if n.Keys == nil {
		return []Column{items}
	}
	return []Column{b.itemsColumn(n.Keys, &keyField, batch), items}
}

var keyField = Field{Name: "key", Type: String}

func (b *Builder) itemsColumn(t *Items, f *Field, batch *Batch) Column {
	c := Column{field: f, rows: t.Len, nulls: nulls(t.valid[:cap(t.valid)], t.Len), batch: batch}
	c.valid = b.move(mem.Raw(t.valid[:(t.Len+63)/64]), batch)
	switch {
	case t.Nested != nil:
		ends := append(append(make([]int32, 0, t.Len+1), 0), t.ends[:t.Len]...)
		c.offsets = mem.Cast[int32](b.move(mem.Raw(ends), batch))
		c.children = b.nestedColumns(t.Nested, f, batch)
	case t.Type == Bool:
		c.data = b.move(mem.Raw(t.words[:(t.Len+63)/64]), batch)
	case t.Type.Text():
		c.data = b.move(mem.Raw(t.views[:t.Len]), batch)
	default:
		c.data = b.move(mem.Raw(t.words[:t.Len]), batch)
	}
	return c
}

// move copies memory of the builder's into the batch's.
func (b *Builder) move(from []byte, batch *Batch) []byte {
	if b.lend {
		return from
	}
	to := b.alloc.Alloc(max(len(from), 64))
	batch.owned = append(batch.owned, to)
	return to[:copy(to, from):len(from)]
}
