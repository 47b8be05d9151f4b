package record

import "github.com/sawlog/sawlog/lib/internal/mem"

// Grow makes room for more rows.
func (b *Builder) Grow() { b.resize(b.Cap*2 + 64) }

func width(c *Col) int {
	switch {
	case c.Dict != nil, c.Nested != nil:
		return 4
	case c.Type.Text():
		return 16
	case c.Type == Bool:
		return 0
	}
	return 8
}

func (b *Builder) resize(rows int) {
	b.Moved++
	rows = (rows + 63) &^ 63
	bitmap := (rows/8 + b.pad - 1) &^ (b.pad - 1)
	old, size := b.slab, 0
	for i := range b.Cols {
		size += bitmap
		if !b.Cols[i].thin {
			size += rows * width(&b.Cols[i])
		}
		if b.Cols[i].Type == Bool {
			size += bitmap
		}
		if b.Cols[i].Nested != nil {
			size += 64 // one offset more than rows
		}
	}
	b.slab = b.alloc.Alloc(max(size, 64))
	rest := b.slab
	take := func(n int) []byte {
		part := rest[:n:n]
		rest = rest[n:]
		return part
	}
	b.firsts = b.firsts[:0]
	for i := range b.Cols {
		c := &b.Cols[i]
		valid := mem.Cast[uint64](take(bitmap))
		for w := copy(valid, c.Valid[:b.Cap/64]); w < len(valid); w++ {
			valid[w] = 0
			if b.present {
				valid[w] = ^uint64(0)
			}
		}
		c.Valid = valid
		room := func(n int) []byte {
			if c.thin {
				return b.spared(c, n)
			}
			return take(n)
		}
		switch {
		case c.Dict != nil:
			c.Index = grown(room(rows*4), c.Index, b.Cap)
		case c.Nested != nil:
			kept := 0
			if b.Cap > 0 { // else the old ones are a batch's
				kept = b.Cap + 1
			}
			c.Offsets = grown(take(rows*4+64), c.Offsets, kept)
		case c.Type.Text():
			c.Views = grown(room(rows*16), c.Views, b.Cap)
		case c.Type == Bool:
			c.Bits = grown(take(bitmap), c.Bits, b.Cap/64)
		default:
			c.Words = grown(room(rows*8), c.Words, b.Cap)
		}
		if rows > 0 {
			b.firsts = append(b.firsts, c.first())
		}
		b.Sinks[i] = c.sink()
	}
	if b.Cap > 0 {
		b.alloc.Free(old)
	}
	b.retire()
	b.Cap = rows
}

// first is where the first row of a column is: a word of its bitmap, and the words of its value, of which a view has two. A column whose
// values are no words has those of its bitmap instead.
type first struct{ valid, low, high *uint64 }

func (c *Col) first() first {
	f := first{valid: &c.Valid[0], low: &c.Valid[0], high: &c.Valid[0]}
	switch {
	case c.Dict != nil: // two rows
		f.low = &mem.Cast[uint64](mem.Raw(c.Index))[0]
		f.high = f.low
	case len(c.Views) > 0:
		f.low, f.high = &c.Views[0][0], &c.Views[0][1]
	case len(c.Words) > 0:
		f.low = &c.Words[0]
		f.high = f.low
	}
	return f
}

func (c *Col) sink() Sink {
	valid := mem.WordsOf(c.Valid)
	switch {
	case c.Dict != nil || c.Nested != nil:
		return Sink{Valid: valid}
	case c.Type.Text():
		return Sink{mem.WordsOf(c.Views), valid}
	case c.Type == Bool:
		return Sink{mem.WordsOf(c.Bits), valid}
	}
	return Sink{mem.WordsOf(c.Words), valid}
}

// grown is room as values of T, the first n taken over from old.
func grown[T any](room []byte, old []T, n int) []T {
	values := mem.Cast[T](room)
	copy(values, old[:n])
	return values
}
