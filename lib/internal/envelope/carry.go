package envelope

import "github.com/sawlog/sawlog/lib/record"

// carry keeps what stood around the records that are open, since the batches go away with the chunk.
func (u *Unwrapper) carry() {
	var all []*open
	for l := range u.levels {
		all = append(all, u.levels[l].pieces.all()...)
	}
	for _, o := range u.lines.all() {
		all = append(append(all, o), o.waiting...)
	}
	for l := range u.levels {
		v := &u.levels[l]
		var places []record.Place
		for _, o := range all {
			if row := o.rec.rows[l]; row != none {
				o.rec.rows[l] = int32(len(places))
				places = append(places, record.Place{Row: row})
			}
		}
		if v.carry = nil; len(places) > 0 {
			v.carry = v.copyRows(u.c.outers[l], places)
		}
	}
	for _, o := range all {
		o.held = true
	}
}

// copyRows makes a small batch of rows of the chunk's.
func (v *level) copyRows(from *record.Batch, places []record.Place) *record.Batch {
	b := record.NewBuilder(v.Bound.Schema(), record.Heap, v.Bound.Present())
	b.Start(len(places))
	gather(b, from, places)
	return b.Finish()
}

// bring puts the rows that the last chunk has left open in front of those of this one.
func (u *Unwrapper) bring(v *level) {
	if v.carry == nil {
		return
	}
	places := make([]record.Place, v.carry.Len())
	for i := range places {
		places[i].Row = int32(i)
	}
	gather(v.builder, v.carry, places)
	v.carry = nil
}

// gather appends copies of rows.
func gather(b *record.Builder, from *record.Batch, places []record.Place) {
	b.Reserve(len(places))
	for i := range from.Columns() {
		b.Gather(i, b.Row, places, []record.Origin{{Column: &from.Columns()[i]}})
	}
	b.Row += len(places)
}
