package record

// This file takes rows out of a builder again: those that a definition's where does not want.

// Keep leaves only the rows listed, in ascending order, of those from the row from on. The lines of the others stay accounted for. When it
// is used, it is called behind every call that has added rows. So far only the first columns have been written to.
func (b *Builder) Keep(from int, rows []int32, columns int) {
	end := b.Row
	for i := range b.Cols[:columns] {
		c := &b.Cols[i]
		if c.Nested != nil {
			c.settleFrom(from, end)
		}
		if len(rows) == end-from {
			continue
		}
		switch {
		case c.Nested != nil:
			c.keepLists(from, rows)
		case c.Dict != nil:
			move(c.Index, from, rows)
		case c.Type.Text():
			move(c.Views, from, rows)
		case c.Type == Bool:
			moveBits(c.Bits, from, rows)
		default:
			move(c.Words, from, rows)
		}
		moveBits(c.Valid, from, rows)
		b.resetValid(c, from+len(rows), end)
	}
	if len(rows) < end-from {
		b.keepTurns(from, rows)
	}
	b.Row = from + len(rows)
	b.passed += end - b.Row
}

// resetValid lets rows be as they are before a parser has written to them.
func (b *Builder) resetValid(c *Col, from, end int) {
	for row := from; row < end; {
		word, bit := row>>6, row&63
		n := min(64-bit, end-row)
		mask := ^uint64(0) >> (64 - n) << bit
		if c.Valid[word] &^= mask; b.present {
			c.Valid[word] |= mask
		}
		row += n
	}
}

func move[T any](values []T, to int, rows []int32) {
	for i, row := range rows {
		values[to+i] = values[row]
	}
}

func moveBits(bits []uint64, to int, rows []int32) {
	for _, row := range rows {
		bit := bits[row>>6] >> (row & 63) & 1
		bits[to>>6] = bits[to>>6]&^(1<<(to&63)) | bit<<(to&63)
		to++
	}
}

// settleFrom lets the null rows of from..end have no elements.
func (c *Col) settleFrom(from, end int) {
	if from == 0 {
		c.Offsets[0] = 0
	}
	for r := from; r < end; r++ {
		if c.Valid[r>>6]>>(r&63)&1 == 0 {
			c.Offsets[r+1] = c.Offsets[r]
		}
	}
}

// span is elements of a list, from the first up to before the last.
type span struct{ first, last int32 }

func (c *Col) keepLists(from int, rows []int32) {
	spans := make([]span, len(rows))
	for i, row := range rows {
		spans[i] = span{c.Offsets[row], c.Offsets[row+1]}
	}
	end := c.Offsets[from]
	for i, s := range spans {
		end += s.last - s.first
		c.Offsets[from+i+1] = end
	}
	c.Nested.keep(int(c.Offsets[from]), spans)
	c.ended, c.ends = -1, end
}

func (n *Nested) keep(start int, spans []span) {
	n.Items.keep(start, spans)
	if n.Keys != nil {
		n.Keys.keep(start, spans)
	}
}

// keep leaves of the elements from start on only those of the spans.
func (t *Items) keep(start int, spans []span) {
	switch {
	case t.Len == 0:
		return
	case t.Nested != nil:
		t.keepEnds(start, spans)
	case t.Type == Bool:
		moveSpanBits(t.words, start, spans)
	case t.Type.Text():
		moveSpans(t.views, start, spans)
	default:
		moveSpans(t.words, start, spans)
	}
	t.truncate(moveSpanBits(t.bits(), start, spans))
}

// keepEnds is keep for elements that are lists themselves.
func (t *Items) keepEnds(start int, spans []span) {
	inner := make([]span, len(spans))
	for i, s := range spans {
		inner[i] = span{t.ends[s.first], t.ends[s.last]}
	}
	end := t.ends[start]
	t.Nested.keep(int(end), inner)
	to := start
	for i, s := range spans {
		before := inner[i].first // the end of the element before s.first may have been written over
		for k := s.first; k < s.last; k++ {
			own := t.ends[k+1]
			end += own - before
			before = own
			to++
			t.ends[to] = end
		}
	}
}

func moveSpans[T any](values []T, to int, spans []span) {
	for _, s := range spans {
		to += copy(values[to:], values[s.first:s.last])
	}
}

func moveSpanBits(bits []uint64, to int, spans []span) int {
	for _, s := range spans {
		for k := s.first; k < s.last; k++ {
			bit := bits[k>>6] >> (k & 63) & 1
			bits[to>>6] = bits[to>>6]&^(1<<(to&63)) | bit<<(to&63)
			to++
		}
	}
	return to
}
