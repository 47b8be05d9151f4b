package record

import "github.com/sawlog/sawlog/lib/internal/mem"

// Nested is the inside of a list or a map under way: its elements, those of all rows one behind the other. A parser appends to Items (and
// Keys, for a map) and then calls EndList; how many elements a batch has is not known beforehand, so they lie in memory of their own, of
// the size that the last batch needed. It becomes the batch's with Finish.
type Nested struct {
	Keys  *Items // of a map: as many as Items
	Items *Items
}

// Items are elements of one type.
type Items struct {
	Type  Type
	Len   int
	words []uint64
	views []View
	// A list of lists, a map of maps: where the inner ones end, behind a zero, and what is in them.
	ends   []int32
	Nested *Nested
	valid  []uint64 // see bits
	holed  bool     // there are nulls
	alloc  Allocator
	last   int // how many the last batch had
}

func newNested(f *Field, alloc Allocator) *Nested {
	n := &Nested{Items: newItems(f.Elem, alloc)}
	if f.Type == Map {
		n.Keys = &Items{Type: String, alloc: alloc}
	}
	return n
}

func newItems(f *Field, alloc Allocator) *Items {
	items := &Items{Type: f.Type, alloc: alloc}
	if f.Type.Nested() {
		items.Nested = newNested(f, alloc)
	}
	return items
}

// grow counts the element that was just written.
func (t *Items) grow() {
	if t.holed {
		t.mark(t.Len)
	}
	t.Len++
}

// mark sets the bit of element n, the last one, where there is a bitmap.
func (t *Items) mark(n int) {
	if n>>6 >= len(t.valid) {
		t.valid = room(t.alloc, t.valid, n>>6, n>>5+8)
	}
	if n&63 == 0 {
		t.valid[n>>6] = 0
	}
	t.valid[n>>6] |= 1 << (n & 63)
}

// bits is the bitmap of the elements: 1 is a value, 0 is null. It is written when the first null comes, or at the end: mostly there is none.
func (t *Items) bits() []uint64 {
	words := (t.Len + 63) / 64
	if t.holed {
		return t.valid[:words]
	}
	t.holed = true
	if words > len(t.valid) {
		t.valid = room(t.alloc, t.valid, 0, words)
	}
	for k := range t.valid[:words] {
		t.valid[k] = ^uint64(0)
	}
	if rest := t.Len & 63; rest > 0 {
		t.valid[words-1] = 1<<rest - 1
	}
	return t.valid[:words]
}

// large is how many bytes an array has at least that comes from the allocator and is handed over to the batch. What is smaller stays
// here and is copied.
const large = 32 << 10

// room is s, whose first n values are in use, with room for as many as are wanted: all of its capacity is its length, so that the next one
// is an assignment and not an append.
func room[T any](alloc Allocator, s []T, n, want int) []T {
	size := want * mem.Size[T]()
	if size < large {
		to := make([]T, want)
		copy(to, s[:n])
		return to
	}
	to := mem.Cast[T](alloc.Alloc(size))
	copy(to, s[:n])
	release(alloc, &s)
	return to
}

// release frees what came from the allocator.
func release[T any](alloc Allocator, s *[]T) {
	if raw := mem.Raw(*s); len(raw) >= large {
		alloc.Free(raw)
		*s = nil
	}
}

func (n *Nested) release() {
	n.Items.release()
	if n.Keys != nil {
		n.Keys.release()
	}
}

func (t *Items) release() {
	release(t.alloc, &t.words)
	release(t.alloc, &t.views)
	release(t.alloc, &t.ends)
	release(t.alloc, &t.valid)
	if t.Nested != nil {
		t.Nested.release()
	}
}

// want is how many elements there should be room for when n more come: for half as many again, and for a little more than the last batch had.
func (t *Items) want(n int) int { return max(t.Len+t.Len/2+64, t.Len+n, t.last+t.last/16) }

// Word appends an int, uint, float (its bits), timestamp or duration.
func (t *Items) Word(w uint64) {
	if t.Len >= len(t.words) {
		t.words = room(t.alloc, t.words, t.Len, t.want(1))
	}
	t.words[t.Len] = w
	t.grow()
}

// Bool appends a bool: one bit, as in a column of them.
func (t *Items) Bool(v bool) {
	t.bit(v)
	t.grow()
}

// bit writes the next bit into words.
func (t *Items) bit(v bool) {
	if t.Len>>6 >= len(t.words) {
		t.words = room(t.alloc, t.words, t.Len>>6, t.want(1)/64+1)
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
		t.views = room(t.alloc, t.views, n, t.want(1))
	}
	t.grow()
	return &t.views[n]
}

// Extend appends n texts whose views the caller writes there at once.
func (t *Items) Extend(n int) []View {
	views := t.Room(n)
	t.Took(n)
	return views
}

// Room is where the views of the next n texts will stand. Took says how many of them have been written.
func (t *Items) Room(n int) []View {
	to := t.Len + n
	if to > len(t.views) {
		t.views = room(t.alloc, t.views, t.Len, t.want(n))
	}
	return t.views[t.Len:to]
}

// Took appends the first n texts of Room, or of what is left of it.
func (t *Items) Took(n int) {
	if t.holed {
		for k := range n {
			t.mark(t.Len + k)
		}
	}
	t.Len += n
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
	t.bits()[n>>6] &^= 1 << (n & 63)
}

// End appends the inner list or map whose elements were appended to Nested since the last one.
func (t *Items) End() {
	if t.Len+1 >= len(t.ends) {
		t.ends = room(t.alloc, t.ends, min(t.Len+1, len(t.ends)), t.want(1)+1)
		t.ends[0] = 0
	}
	t.ends[t.Len+1] = int32(t.Nested.Items.Len)
	t.grow()
}

// truncate forgets the elements from n on, and what was appended for an inner list that has not been ended.
func (t *Items) truncate(n int) {
	n = min(n, t.Len)
	if t.Nested != nil {
		inner := 0
		if n > 0 {
			inner = int(t.ends[n])
		}
		t.Nested.truncate(inner)
	}
	if t.holed = t.holed && n > 0; n == t.Len {
		return
	}
	if rest := n & 63; rest > 0 && t.holed {
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
	valid := t.bits()
	c := Column{field: f, rows: t.Len, nulls: nulls(valid, t.Len), batch: batch}
	c.valid = hand(b, &t.valid, len(valid), batch)
	switch {
	case t.Nested != nil:
		if len(t.ends) == 0 {
			t.ends = make([]int32, 1)
		}
		c.offsets = mem.Cast[int32](hand(b, &t.ends, t.Len+1, batch))
		c.children = b.nestedColumns(t.Nested, f, batch)
	case t.Type == Bool:
		c.data = hand(b, &t.words, (t.Len+63)/64, batch)
	case t.Type.Text():
		c.data = hand(b, &t.views, t.Len, batch)
	default:
		c.data = hand(b, &t.words, t.Len, batch)
	}
	t.last = t.Len
	return c
}

// hand is the first n values of s, as memory of the batch's own.
func hand[T any](b *Builder, s *[]T, n int, batch *Batch) []byte {
	all := mem.Raw(*s)
	used := all[: n*mem.Size[T]() : n*mem.Size[T]()]
	switch {
	case b.lend:
		return used
	case len(all) >= large:
		batch.owned = append(batch.owned, all)
		*s = nil
		return used
	}
	to := b.alloc.Alloc(max(len(used), 64))
	batch.owned = append(batch.owned, to)
	return to[:copy(to, used):len(used)]
}
