package record

// This file rewrites the texts of a batch once it is complete, and lets go of the input.

// Edit appends what stands for a text to dst; false: nothing does, the value becomes null. text may lie in front of dst's end.
type Edit func(dst, text []byte) (out []byte, keep bool)

// WithFinish is the schema for batches that something is done to when they are complete: each builder calls what make gives, once for each
// batch, before the batch is made. It edits every column and the rejects, and ends with Forsake.
func (s *Schema) WithFinish(make func() func(b *Builder)) *Schema {
	other := *s
	other.finish = make
	return &other
}

// finishing does what is to be done to a complete batch.
func (b *Builder) finishing() {
	if b.finish == nil || b.finished {
		return
	}
	b.finished, b.editing = true, true
	b.before, b.Side, b.sound = b.Side, b.before[:0], 0
	b.finish(b)
	b.editing = false
}

// side is the texts that views into buffer 0 mean: while they are edited, those from before.
func (b *Builder) side() []byte {
	if b.editing {
		return b.before
	}
	return b.Side
}

// Edit rewrites all texts of a column: its values, those of its dictionary, the elements of its lists.
func (b *Builder) Edit(col int, edit Edit) { b.EditKeyed(col, edit, nil) }

// EditKeyed is Edit that asks of the values in maps how one with such a key is edited.
func (b *Builder) EditKeyed(col int, edit Edit, of func(key []byte) Edit) {
	c := &b.Cols[col]
	switch {
	case c.Dict != nil:
		b.editDict(c, edit)
	case c.Nested != nil:
		b.editNested(c.Nested, edit, of)
	case c.Type.Text():
		for r := range b.Row {
			if c.Valid[r>>6]>>(r&63)&1 == 0 {
				continue
			}
			if v, keep := b.editView(c.Views[r], b.RowText(c, r), edit); keep {
				c.Views[r] = v
			} else {
				c.Valid[r>>6] &^= 1 << (r & 63)
			}
		}
	}
}

// editView is the view of what stands for a text, which points into no block.
func (b *Builder) editView(v View, text []byte, edit Edit) (View, bool) {
	start := len(b.Side)
	var keep bool
	if b.Side, keep = edit(b.Side, text); !keep {
		b.Side = b.Side[:start]
		return v, false
	}
	v = b.SideView(start)
	if uint32(v[0]) <= 12 {
		b.Side = b.Side[:start]
	}
	return v, true
}

func (b *Builder) editDict(c *Col, edit Edit) {
	d := c.Dict
	out, offsets := make([]byte, 0, len(d.Bytes)), make([]int32, 1, len(d.Offsets))
	gone := []bool(nil)
	for i := range len(d.Offsets) - 1 {
		start := len(out)
		var keep bool
		if out, keep = edit(out, d.Bytes[d.Offsets[i]:d.Offsets[i+1]]); !keep {
			out = out[:start]
			if gone == nil {
				gone = make([]bool, len(d.Offsets))
			}
			gone[i] = true
		}
		offsets = append(offsets, int32(len(out)))
	}
	d.Bytes, d.Offsets, d.edited, d.changed = out, offsets, true, true
	for r := range b.Row {
		if gone != nil && c.Valid[r>>6]>>(r&63)&1 != 0 && gone[c.Index[r]] {
			c.Valid[r>>6] &^= 1 << (r & 63)
		}
	}
}

func (b *Builder) editNested(n *Nested, edit Edit, of func(key []byte) Edit) {
	if n.Items.Nested != nil {
		b.editNested(n.Items.Nested, edit, of)
	} else if n.Items.Type.Text() {
		keys := n.Keys
		if of == nil {
			keys = nil
		}
		b.editItems(n.Items, keys, edit, of)
	}
	if n.Keys != nil { // behind the values, which ask for them
		b.editItems(n.Keys, nil, Copy, nil)
	}
}

func (b *Builder) editItems(t, keys *Items, edit Edit, of func(key []byte) Edit) {
	valid, usual := t.bits(), edit
	for k := range t.Len {
		if valid[k>>6]>>(k&63)&1 == 0 {
			continue
		}
		if keys != nil {
			if edit = of(b.viewText(keys.views, k)); edit == nil {
				edit = usual
			}
		}
		if v, keep := b.editView(t.views[k], b.viewText(t.views, k), edit); keep {
			t.views[k] = v
		} else {
			valid[k>>6] &^= 1 << (k & 63)
		}
	}
}

// Copy is the Edit that changes nothing: the text stands in the batch's own memory then.
func Copy(dst, text []byte) ([]byte, bool) { return append(dst, text...), true }

// EditRejects rewrites the raw text of all rejects.
func (b *Builder) EditRejects(edit Edit) {
	for i := range b.rejects {
		r := &b.rejects[i]
		text := b.side()
		if r.Buffer > 0 {
			text = b.buffers[r.Buffer]
		}
		text = text[r.Start : r.Start+r.Kept]
		start := len(b.Side)
		b.Side, _ = edit(b.Side, text)
		r.Buffer, r.Start, r.Kept = 0, uint32(start), uint32(len(b.Side)-start)
	}
}

// Forsake lets go of the blocks, when every column and every reject has been edited: nothing of the batch points into them any more.
func (b *Builder) Forsake() {
	b.broken = b.repairs && (b.unsound() || len(misplaced(b.before, 0)) > 0) // short texts stand in their views, where nobody would look
	b.FreeOwned()
	b.buffers, b.bad = b.buffers[:1], b.bad[:1]
	b.adopted = b.adopted[:0]
}
