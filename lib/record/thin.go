package record

import "github.com/sawlog/sawlog/lib/internal/mem"

// In most logs some columns are null from the first row to the last. Such a column costs its batch no memory: it shows zeros that all of
// them share. Whether a column will be one is known at the end of a batch, so the next batch writes it to memory that stays with the
// builder, and only if there was something after all it is copied to memory of the batch's own.

// zeros are the values of columns without one. Nobody writes to them, so that they take no memory either.
var zeros [1 << 20]byte

// Spare lets columns be thin: the builder keeps memory for them until Close, which must be called.
func (b *Builder) Spare() { b.sparing = true }

// spared is room for n bytes of a thin column. What it had before, if that was too little, is freed once it has been copied.
func (b *Builder) spared(c *Col, n int) []byte {
	if len(c.spare) < n {
		if c.spare != nil {
			b.retired = append(b.retired, c.spare)
		}
		c.spare = b.alloc.Alloc(n)
	}
	return c.spare[:n]
}

// retire frees the memory of columns that have other now.
func (b *Builder) retire() {
	for _, room := range b.retired {
		b.alloc.Free(room)
	}
	b.retired = b.retired[:0]
}

// unspare gives the memory of thin columns back.
func (b *Builder) unspare() {
	for i := range b.Cols {
		if c := &b.Cols[i]; c.spare != nil {
			b.alloc.Free(c.spare)
			c.spare, c.thin = nil, false
		}
	}
}

// settled is the values of a column as its batch has them: zeros where it is null.
func (b *Builder) settled(c *Col, nulls int) []byte {
	values, thin := c.values(b.Row), c.thin
	if !b.lend {
		if c.thin = b.sparing && nulls == b.Row && b.Row >= 64 && len(values) <= len(zeros); c.thin {
			return zeros[:len(values):len(values)]
		}
	}
	c.settle(b.Row, nulls)
	if !thin || b.lend {
		return values
	}
	own := b.alloc.Alloc(max(len(values), 64))
	b.owned = append(b.owned, own)
	return own[:copy(own, values)]
}

// values are the bytes of the rows so far.
func (c *Col) values(rows int) []byte {
	switch {
	case c.Dict != nil:
		return mem.Raw(c.Index[:rows])
	case c.Type.Text():
		return mem.Raw(c.Views[:rows])
	}
	return mem.Raw(c.Words[:rows])
}
