package record

import (
	"math/bits"
	"unicode/utf8"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// Finish turns what was collected into a batch. The builder may be started again at once: memory moves to the batch.
func (b *Builder) Finish() *Batch {
	batch := &Batch{buffers: make([][]byte, 0, len(b.buffers))}
	b.fill(batch)
	for i := range batch.columns {
		c := &batch.columns[i]
		if c.field.Dictionary {
			c.offsets, c.texts = append([]int32(nil), c.offsets...), append([]byte(nil), c.texts...)
		}
	}
	batch.keepRejects(b)
	batch.turns = b.batchTurns()
	batch.slab, batch.owned = b.slab, append(batch.owned, b.owned...)
	if len(b.Side) > 0 {
		// Texts move to memory of the batch's own kind; Side itself is used again.
		side := b.alloc.Alloc(len(b.Side))
		batch.buffers[0] = side[:copy(side, b.Side)]
		batch.owned = append(batch.owned, side)
	}
	b.slab, b.Cap, b.owned = nil, 0, nil
	return batch
}

// keepRejects copies the rejects to memory that is used again when the batch is released: where no line fits there are thousands.
func (b *Batch) keepRejects(from *Builder) {
	if len(from.rejects) == 0 {
		return
	}
	kept := from.alloc.Alloc(len(mem.Raw(from.rejects)))
	b.rejects = mem.Cast[RejectRow](kept)[:len(from.rejects)]
	copy(b.rejects, from.rejects)
	b.owned = append(b.owned, kept)
}

// FinishInto is Finish without giving memory away: batch is valid until the builder's next Restart, and must not be released. Nothing
// is allocated when batch was used before.
func (b *Builder) FinishInto(batch *Batch) {
	if batch.slab == nil && batch.lent == &b.slab[0] && batch.rows == b.Row && b.Row < 64 && len(b.nested) == 0 {
		b.refill(batch)
	} else {
		b.lend = true
		b.fill(batch)
		b.lend = false
		batch.lent = &b.slab[0]
		if b.Row == 1 {
			for i := range batch.columns {
				batch.columns[i].nulls = seen
			}
		}
	}
	b.last = batch
	batch.buffers[0] = b.Side
	batch.rejects = b.rejects
}

// refill is fill for a batch that the last call described in the same memory: with one record after the other, only nulls and
// dictionaries are new, and describing all of it again would cost more than parsing.
func (b *Builder) refill(batch *Batch) {
	b.finishing()
	b.repair()
	batch.lines, batch.joined, batch.filtered, batch.bytes = int64(b.Lines()), int64(b.joined), int64(b.passed), b.bytes
	batch.Source, batch.FirstLine, batch.Offset = 0, 1, 0
	batch.buffers = b.buffers
	columns := batch.columns
	if b.Row == 1 {
		b.refillOne()
	} else {
		b.refillRows(columns)
	}
	for i := range b.special {
		switch at := &b.special[i]; {
		case at.dict == nil:
			c := &b.Cols[at.stored]
			settleBits(c.Bits, c.Valid, b.Row)
		case at.shown >= 0 && (at.dict.changed || b.last != batch || b.Schema.placed): // Settle may have put a name there
			columns[at.shown].offsets, columns[at.shown].texts = at.dict.Offsets, at.dict.Bytes
			at.dict.changed = false
		}
	}
}

// refillOne is what refill does to the columns of one row. Which are null changes from line to line, so there is no branch on it.
func (b *Builder) refillOne() {
	firsts := b.firsts
	for i := range firsts {
		f := &firsts[i]
		valid := *f.valid & 1
		*f.valid = valid
		*f.low &= -valid
		*f.high &= -valid
	}
}

func (b *Builder) refillRows(columns []Column) {
	all := uint64(1)<<b.Row - 1
	for i := range columns {
		k, out := b.Schema.storedAt(i), &columns[i]
		valid := *b.firsts[k].valid & all
		*b.firsts[k].valid, out.nulls = valid, 0
		if valid != all {
			out.nulls = b.Row - bits.OnesCount64(valid)
			b.Cols[k].settle(b.Row, out.nulls)
		}
	}
}

// settle zeroes the values of null rows, which nobody wrote but readers may look at.
func (c *Col) settle(rows, nulls int) {
	switch {
	case c.Dict != nil:
		settle(c.Index, c.Valid, rows, nulls)
	case c.Type.Text():
		settle(c.Views, c.Valid, rows, nulls)
	case c.Type == Bool:
		settleBits(c.Bits, c.Valid, rows)
	case c.Words != nil:
		settle(c.Words, c.Valid, rows, nulls)
	}
}

// fill describes what was collected.
func (b *Builder) fill(batch *Batch) {
	b.finishing()
	b.repair()
	columns := batch.columns
	if len(columns) != len(b.Schema.Fields) {
		columns = make([]Column, len(b.Schema.Fields))
	}
	*batch = Batch{schema: b.Schema, rows: b.Row, lines: int64(b.Lines()), joined: int64(b.joined), filtered: int64(b.passed), bytes: b.bytes, FirstLine: 1,
		alloc: b.alloc, columns: columns, buffers: append(batch.buffers[:0], b.buffers...)}
	for i := range columns {
		c := &b.Cols[b.Schema.storedAt(i)]
		out := &columns[i]
		if rest := b.Row & 63; rest > 0 {
			c.Valid[b.Row>>6] &= 1<<rest - 1
		}
		out.field, out.batch, out.valid = &b.Schema.Fields[i], batch, mem.Raw(c.Valid)[:(b.Row+7)/8]
		out.rows, out.nulls = b.Row, nulls(c.Valid, b.Row)
		switch {
		case c.Dict != nil:
			out.data = b.settled(c, out.nulls)
			out.offsets, out.texts = c.Dict.Offsets, c.Dict.Bytes
		case c.Nested != nil:
			settleOffsets(c.Offsets, c.Valid, b.Row)
			out.offsets = c.Offsets[:b.Row+1]
			out.data = mem.Raw(out.offsets)
			out.children = b.nestedColumns(c.Nested, out.field, batch)
		case c.Type == Bool:
			c.settle(b.Row, out.nulls)
			out.data = mem.Raw(c.Bits)[:(b.Row+7)/8]
		default:
			out.data = b.settled(c, out.nulls)
		}
	}
}

func nulls(valid []uint64, rows int) int {
	present := 0
	for _, w := range valid[:rows/64] {
		present += bits.OnesCount64(w)
	}
	if rest := rows & 63; rest > 0 {
		present += bits.OnesCount64(valid[rows/64] << (64 - rest))
	}
	return rows - present
}

// settle zeroes the values of null rows.
func settle[T any](values []T, valid []uint64, rows, nulls int) {
	if nulls == 0 {
		return
	}
	if nulls == rows {
		clear(values[:rows])
		return
	}
	var zero T
	for w := 0; w*64 < rows; w++ {
		for m := ^valid[w]; m != 0; m &= m - 1 {
			r := w*64 + bits.TrailingZeros64(m)
			if r >= rows {
				break
			}
			values[r] = zero
		}
	}
}

// settleBits zeroes the bits of null rows and those behind the last row.
func settleBits(bits, valid []uint64, rows int) {
	for w := range (rows + 63) / 64 {
		bits[w] &= valid[w]
	}
	if rest := rows & 63; rest > 0 {
		bits[rows/64] &= 1<<rest - 1
	}
}

// repair replaces invalid UTF-8 in texts (not in Bytes columns) by U+FFFD. Only buffers that are not valid as a whole are looked into:
// a valid text cut at ASCII bytes is valid in its parts.
func (b *Builder) repair() {
	from, dirty := min(b.sound, len(b.Side)), b.broken || b.unsound()
	b.broken = false
	if dirty {
		from = 0
	}
	if b.bad[0] = misplaced(b.Side, from); !dirty && len(b.bad[0]) == 0 {
		return
	}
	for i := range b.Cols {
		c := &b.Cols[i]
		switch {
		case c.Dict != nil:
			c.Dict.repair()
		case c.Nested != nil:
			b.repairNested(c.Nested)
		case c.Type == String || c.Type == IP:
			b.repairViews(c.Views[:b.Row], c.Valid)
		}
	}
}

// unsound tells whether a block is not UTF-8.
func (b *Builder) unsound() bool {
	for _, bad := range b.bad[1:] {
		if len(bad) > 0 {
			return true
		}
	}
	return false
}

func (b *Builder) repairNested(n *Nested) {
	if n.Keys != nil {
		b.repairViews(n.Keys.views[:n.Keys.Len], n.Keys.bits())
	}
	switch t := n.Items; {
	case t.Nested != nil:
		b.repairNested(t.Nested)
	case t.Type == String || t.Type == IP:
		b.repairViews(t.views[:t.Len], t.bits())
	}
}

// repairViews looks at texts in the order of their rows, which is that of the block, so that the list of what is wrong in the block is
// gone through once.
func (b *Builder) repairViews(views []View, valid []uint64) {
	var short [12]byte
	next, in := 0, 0 // the first place of bad[in] that is not behind the texts so far
	for r := range views {
		if valid[r>>6]>>(r&63)&1 == 0 {
			continue // nobody wrote there
		}
		v := views[r]
		n, buffer := int(uint32(v[0])), int(uint32(v[1]))
		var text []byte
		if n <= 12 {
			if (v[0]>>32|v[1])&0x8080808080808080 == 0 {
				continue
			}
			putShort(&short, v)
			text = short[:n]
		} else {
			at := int(v[1] >> 32)
			if buffer != in {
				next, in = 0, buffer
			}
			bad := b.bad[buffer]
			if next > 0 && int(bad[next-1]) >= at {
				next = 0 // texts of lists, joined ones and those of streams that were mixed may go back
			}
			for next < len(bad) && int(bad[next]) < at {
				next++
			}
			if next == len(bad) || int(bad[next]) >= at+n {
				continue
			}
			text = b.Side
			if buffer > 0 {
				text = b.buffers[buffer]
			}
			text = text[at : at+n]
		}
		if !utf8.Valid(text) {
			start := len(b.Side)
			b.Side = appendValid(b.Side, text)
			views[r] = b.SideView(start)
		}
	}
}

// misplaced lists where b is not UTF-8 from i on: nothing when it is all through.
func misplaced(b []byte, i int) (bad []int32) {
	if scan.Valid(b[i:]) {
		return nil
	}
	for {
		if i = scan.HighByte(b, i); i == len(b) {
			return bad
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			bad = append(bad, int32(i))
		}
		i += n
	}
}

func putShort(to *[12]byte, v View) {
	for i := range 4 {
		to[i] = byte(v[0] >> (32 + 8*i))
	}
	for i := range 8 {
		to[4+i] = byte(v[1] >> (8 * i))
	}
}

// appendValid appends text with each invalid byte replaced by U+FFFD.
func appendValid(to, text []byte) []byte {
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		to = utf8.AppendRune(to, r)
		text = text[n:]
	}
	return to
}

func (d *Dict) repair() {
	if utf8.Valid(d.Bytes) {
		return
	}
	bytes, start := []byte(nil), int32(0)
	for i := 1; i < len(d.Offsets); i++ {
		bytes = appendValid(bytes, d.Bytes[start:d.Offsets[i]])
		start = d.Offsets[i]
		d.Offsets[i] = int32(len(bytes))
	}
	d.Bytes, d.edited, d.changed = bytes, true, true
}
