package match

import (
	"cmp"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// Values that a line holds in parts: %{+time} of dissect, date and time of GoAccess. Each part is found like any field and its place
// kept; the last one in the line puts them together. Where the parts stand in their order with their glue between them, the whole is
// the text of the line from the first to the last and nothing is copied.

// span is a piece of the line.
type span struct{ start, end int }

// join says how the parts of one value are put together.
type join struct {
	column string
	parts  []joined // by their order
	whole  bool     // what stands from the first to the last is the value
	steps  []int    // in the line's order
}

type joined struct {
	slot  int
	order int
	glue  string
}

// part keeps the place of a part, and puts all together at the last one.
func (w *worker) part(b *record.Builder, data []byte, e *step, at *extent) (int, record.Fault) {
	w.parts[e.slot] = span{at.start, at.end}
	j := e.join
	if j == nil {
		return at.next, record.NoFault
	}
	if j.whole {
		at.start = w.parts[j.parts[0].slot].start
		at.timed = at.timed && len(j.parts) == 1
		return w.assign(b, data, e, at)
	}
	start := len(b.Side)
	for n, part := range j.parts {
		if n > 0 {
			b.Side = append(b.Side, part.glue...)
		}
		at := w.parts[part.slot]
		b.Side = append(b.Side, data[at.start:at.end]...)
	}
	return w.assembled(b, e, start, at)
}

// assembled makes of the text at the end of Side the value of the field, which at found the last part of.
func (w *worker) assembled(b *record.Builder, e *step, start int, at *extent) (int, record.Fault) {
	if e.text || e.address {
		if e.address && !value.IP(b.Side[start:]) {
			b.Side = b.Side[:start]
			return at.start, record.BadValue
		}
		if e.col >= 0 {
			b.SetSide(&b.Cols[e.col], start)
		}
		return at.next, record.NoFault
	}
	n := len(b.Side)
	b.Side = append(b.Side, '\n')
	b.Side = slices.Grow(b.Side, scan.Slack)
	next, fault := w.assign(b, b.Side[:cap(b.Side)], e, &extent{start: start, end: n, next: at.next})
	b.Side = b.Side[:start]
	if fault != record.NoFault {
		return at.start, fault
	}
	return next, fault
}

// addPart makes the step at index k, which is not yet among the program's, a part of the value that it names.
func (c *compiler) addPart(s *step, k int) error {
	name := s.element.Field
	j := c.joins[name]
	if j == nil {
		j = &join{column: name}
		c.joins[name] = j
	} else {
		before := &c.p.steps[j.steps[len(j.steps)-1]]
		s.op, s.col, s.more, s.convert, s.layout, s.zone, s.clock, s.text, s.address, s.unit = opOdd, before.col, before.more, before.convert, before.layout, before.zone, before.clock, before.text, before.address, before.unit
		before.col, before.more, before.join, before.layout = -1, none, nil, nil
	}
	s.slot, s.join = c.p.slots, j
	c.p.slots++
	j.steps = append(j.steps, k)
	j.parts = append(j.parts, joined{s.slot, s.element.Order, s.element.Glue})
	return nil
}

// finishJoins brings the parts into their order.
func (c *compiler) finishJoins() {
	for _, j := range c.joins {
		slices.SortStableFunc(j.parts, func(x, y joined) int { return cmp.Compare(x.order, y.order) })
		j.whole = true
		for n, k := range j.steps {
			j.whole = j.whole && j.parts[n].slot == c.p.steps[k].slot
			if n > 0 {
				before := &c.p.steps[k-1]
				j.whole = j.whole && j.steps[n-1] == k-1 && !before.repeat && before.element.Pad == pattern.NoPad && before.after.text == j.parts[n].glue
			}
		}
		if len(j.steps) > 1 && c.p.steps[j.steps[len(j.steps)-1]].element.Pad == pattern.PadLeft {
			j.whole = false
		}
	}
}
