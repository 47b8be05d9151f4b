package match

import (
	"slices"

	"github.com/sawlog/sawlog/lib/internal/pattern"
)

// Forms of a line that are tried one after the other read the same time again and again: what a layout gave at a place is remembered, for all
// forms of a line together.

// stampAt is what the last time of a layout was read as.
type stampAt struct {
	at, end int // -1: nothing
	ns      int64
	ok      bool
}

// timeAt reads the time of a step at i, in the block under way.
func (w *worker) timeAt(e *step, data []byte, i int) (ns int64, end int, ok bool) {
	if w.stamps == nil {
		return w.clocks[e.clock].Parse(data, i)
	}
	s := &w.stamps[e.clock]
	if s.at != i {
		s.at = i
		s.ns, s.end, s.ok = w.clocks[e.clock].Parse(data, i)
	}
	return s.ns, s.end, s.ok
}

// mustBeTime tells whether the value is a time wherever the step fits, and not null or nothing: where no time stands, there is no need to
// look for its end.
func (e *step) mustBeTime() bool {
	x := e.element
	return x.Full && x.Null == "" && !x.EmptyNull && !x.Part && (e.until == nil || !x.Trim && x.Pad == pattern.NoPad)
}

// newBlock forgets what was read in another block.
func (w *worker) newBlock() {
	w.dash = -1
	for k := range w.stamps {
		w.stamps[k].at = -1
	}
}

// shareTimes gives forms one list of times, in which each layout is once.
func shareTimes(forms []*Program) (shared []timed) {
	for _, form := range forms {
		numbers := make([]int, len(form.times))
		for k, t := range form.times {
			at := slices.IndexFunc(shared, func(other timed) bool {
				return other.layout.String() == t.layout.String() && (other.zone == t.zone || other.zone != nil && t.zone != nil && other.zone.String() == t.zone.String())
			})
			if at < 0 {
				at = len(shared)
				shared = append(shared, t)
			}
			numbers[k] = at
		}
		form.renumber(numbers)
	}
	for _, form := range forms {
		form.times = shared
	}
	return shared
}

// renumber gives the times of the steps other numbers.
func (q *sequence) renumber(numbers []int) {
	for k := range q.steps {
		e := &q.steps[k]
		if e.layout != nil {
			e.clock = numbers[e.clock]
		}
		if e.group != nil {
			for i := range e.group.sequences {
				e.group.sequences[i].renumber(numbers)
			}
		}
		if e.pairs != nil {
			(&sequence{steps: e.pairs.keys}).renumber(numbers)
		}
	}
}
