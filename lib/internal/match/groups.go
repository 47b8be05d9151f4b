package match

import (
	"bytes"
	"math/bits"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/record"
)

// Groups: sequences of which a line has one, or none, or some. A sequence that does not fit leaves no trace. Each is tried at most once
// for each one that fits, so that the cost stays linear in the line.

// group is what a step chooses from.
type group struct {
	choice    pattern.Choice
	sequences []sequence
	fills     []int // the columns that any of them fills
	// absent has for each sequence the columns that only others fill.
	absent [][]int
	// first has for each byte the sequences that may begin with it, as bits; nil: there are few, so that all are tried.
	first *choices
	// rivals tells which may fit behind one that has not, where one or none is to be; nil: any.
	rivals *rivals
	needed []needed // which may not, when one has come to the line's end
	// from has for each of fills the sequences that fill it.
	from []uint64
}

// index fills in first and from.
func (g *group) index() {
	for k := range g.sequences {
		g.sequences[k].foresee()
	}
	for _, column := range g.fills {
		var from uint64
		for k := range g.sequences {
			if slices.Contains(g.sequences[k].fills, column) {
				from |= 1 << (k & 63)
			}
		}
		g.from = append(g.from, from)
	}
	rivals := make([]rival, len(g.sequences))
	for k := range g.sequences {
		rivals[k] = g.sequences[k].rival()
	}
	g.rivals, g.needed = newRivals(rivals), newNeeded(rivals)
	if len(g.sequences) < 3 && !slices.ContainsFunc(g.sequences, func(q sequence) bool { return q.lead.n == 0 }) {
		return // two comparisons are as good
	}
	all := make([]heads, len(g.sequences))
	for k := range all {
		q := &g.sequences[k]
		if all[k] = q.begins(anyHead); q.early.n > 0 {
			all[k] = oneHead(q.early.text)
		}
	}
	g.first = newChoices(all)
}

// foresee finds the constant text that the sequence begins with behind values that are not in the line: there is no need to begin where it
// does not stand.
func (q *sequence) foresee() {
	if e := q.first(); e != nil && len(q.steps) == 1 && e.op == opUntil && e.must && !e.until.retry {
		q.stamp = e
	}
	k := 0
	for k < len(q.steps) && q.steps[k].op == opConstant {
		k++
	}
	if k > 0 && k < len(q.steps) && q.steps[k].op == opLiteral {
		q.early = q.steps[k].after
	}
}

// isPlainTime tells whether a value that is a time must be like nothing else.
func (e *step) isPlainTime() bool {
	x := e.element
	return !x.NoBlank && x.Not == "" && x.Has == "" && !x.Exact && x.Values == nil && x.Escape == pattern.EscapeNone
}

// maybe are the sequences that may begin with c.
func (g *group) maybe(c byte) uint64 {
	if g.first == nil {
		return 1<<len(g.sequences) - 1
	}
	return g.first.of(c)
}

// special runs the steps that are not a value with a constant behind it.
func (w *worker) special(b *record.Builder, data []byte, e *step, i int) (int, record.Fault) {
	switch e.op {
	case opUntil:
		timed := false
		if e.layout != nil { // what ends a time may also stand in it
			ns, end, ok := w.timeAt(e, data, i)
			if ok && e.until.endsAt(data, end) {
				word(uint64(ns), b, e)
				return end, record.NoFault
			}
			if !ok && e.must {
				return i, record.BadValue
			}
			timed = ok && e.must && e.isPlainTime()
		}
		end, escaped, ok := e.until.find(e, data, i, i)
		if !ok {
			return end, record.NoMatch
		}
		if timed && end > i { // what ends there is no time: the one that stands there ends elsewhere
			return i, record.BadValue
		}
		return w.bounded(b, data, e, i, end, escaped)
	case opLiteral:
		if !e.after.at(data, i) {
			return i, record.NoMatch
		}
		return i + e.after.n, record.NoFault
	case opGroup:
		if e.group.choice == pattern.Any {
			return w.any(b, data, e.group, i)
		}
		return w.choose(b, data, e.group, i)
	case opConstant:
		if e.col >= 0 {
			if c := &b.Cols[e.col]; c.Dict != nil {
				c.Index[b.Row] = c.Dict.Lookup(e.bytes, 0, len(e.element.Literal))
			} else {
				b.SetConstant(c, e.element.Literal)
			}
		}
		return i, record.NoFault
	case opTail:
		return w.tail(b, data, e, i)
	case opPairs:
		return w.readPairs(b, data, e, i)
	}
	next, ok := newline(data, i)
	if !ok {
		return i, record.NoMatch
	}
	return next, record.NoFault
}

// choose runs the first sequence that fits. Where one must, what the last one has written is left to whoever tries something else.
func (w *worker) choose(b *record.Builder, data []byte, g *group, i int) (int, record.Fault) {
	furthest, fault := i, record.NoMatch
	rivals, asked := g.rivals, g.needed == nil
	for maybe := g.maybe(mem.At(data, i)); maybe != 0; {
		k := bits.TrailingZeros64(maybe)
		maybe &= maybe - 1
		q := &g.sequences[k]
		if q.early.n > 0 && !q.early.at(data, i) {
			continue
		}
		end, why := i, record.BadValue
		if q.stamp == nil {
			end, why = w.sequence(b, data, q, i)
		} else if ns, stop, ok := w.timeAt(q.stamp, data, i); ok && q.stamp.until.endsAt(data, stop) {
			word(uint64(ns), b, q.stamp)
			end, why = stop, record.NoFault
		} else if ok {
			end, why = w.sequence(b, data, q, i)
		}
		if why == record.NoFault {
			omit(b, g.absent[k])
			return end, record.NoFault
		}
		if k == 0 || end > furthest {
			furthest, fault = end, why
		}
		if rivals != nil && maybe != 0 {
			left, all := rivals.left(data, i, furthest)
			if maybe &= left; all {
				rivals = nil
			}
		}
		if !asked && maybe&(maybe-1) != 0 && mem.At(data, furthest) == '\n' { // none comes further
			asked, maybe = true, maybe&^lacking(g.needed, data, i, furthest, maybe)
		}
		if (maybe != 0 || g.choice != pattern.One) && (end > i || q.hasty) {
			again(b, q.touched)
		}
	}
	if g.choice == pattern.One {
		return furthest, fault
	}
	omit(b, g.fills)
	return i, record.NoFault
}

// any runs the sequences that fit, in the line's order.
func (w *worker) any(b *record.Builder, data []byte, g *group, i int) (int, record.Fault) {
	var done uint64
	for maybe, last := g.maybe(mem.At(data, i)), 0; maybe&^done != 0; {
		// Those behind the last one first: that is the order in which lines have them.
		k := bits.TrailingZeros64(maybe &^ done >> last << last)
		if k == 64 {
			k = bits.TrailingZeros64(maybe &^ done)
		}
		q := &g.sequences[k]
		end, fault := w.sequence(b, data, q, i)
		if fault == record.NoFault {
			done |= 1 << k
			i, last, maybe = end, k, g.maybe(mem.At(data, end))
			continue
		}
		if maybe &^= 1 << k; end > i || q.hasty {
			again(b, q.touched)
		}
	}
	for k, c := range g.fills {
		if g.from[k]&done == 0 {
			b.Null(&b.Cols[c])
		}
	}
	return i, record.NoFault
}

func omit(b *record.Builder, columns []int) {
	if len(columns) > 0 {
		b.NullAll(columns)
	}
}

func again(b *record.Builder, columns []int) {
	if len(columns) > 0 {
		b.AgainAll(columns)
	}
}

// tail is rest without the line's end.
func (w *worker) tail(b *record.Builder, data []byte, e *step, i int) (int, record.Fault) {
	next, fault := w.rest(b, data, e, i)
	if fault == record.NoFault {
		if next--; next > i && data[next-1] == '\r' {
			next--
		}
	}
	return next, fault
}

// most is how many ends of a value are tried where what follows is not there for sure.
const most = 8

// retry reads a value behind which several things may follow, and all that follows: where that does not fit, the value goes on to the
// next place where it could end, up to the line's end.
func (w *worker) retry(b *record.Builder, data []byte, q *sequence, k, i int) (int, record.Fault) {
	e := &q.steps[k]
	if e.must {
		return w.retryTime(b, data, q, k, i)
	}
	w.trying = true
	furthest, fault := i, record.NoMatch
	from := i
	for n := 0; n <= most; n++ {
		if n == most {
			from = lineEndAt(data, from)
		}
		end, escaped, ok := e.until.find(e, data, i, from)
		if !ok {
			if n == 0 {
				furthest = end
			}
			break
		}
		stop, why := w.bounded(b, data, e, i, end, escaped)
		if why == record.NoFault {
			stop, why = w.run(b, data, q, k+1, end)
		} else if e.until.single && mem.At(data, stop) == ' ' { // the blank stands in longer values too
			if stop > furthest {
				furthest, fault = stop, why
			}
			break
		}
		if why == record.NoFault {
			w.trying = false
			return stop, why
		}
		if again(b, e.until.touched); stop > furthest {
			furthest, fault = stop, why
		}
		if c := mem.At(data, end); c == '\n' || c == '\r' && mem.At(data, end+1) == '\n' {
			break
		}
		from = end + 1
	}
	w.trying = false
	return furthest, fault
}

// retryTime is retry for a time, which has one end.
func (w *worker) retryTime(b *record.Builder, data []byte, q *sequence, k, i int) (int, record.Fault) {
	e := &q.steps[k]
	ns, end, ok := w.timeAt(e, data, i)
	switch {
	case !ok:
		return i, record.BadValue
	case !e.until.endsAt(data, end):
		return end, record.NoMatch
	}
	word(uint64(ns), b, e)
	w.trying = true
	stop, why := w.run(b, data, q, k+1, end)
	if w.trying = false; why != record.NoFault {
		again(b, e.until.touched)
	}
	return stop, why
}

// bounded makes of data[i:end] the value of a step and stays there.
func (w *worker) bounded(b *record.Builder, data []byte, e *step, i, end int, escaped bool) (int, record.Fault) {
	if e.until.simple {
		return e.simple(b, data, i, end)
	}
	at := extent{start: i, end: end, next: end, escaped: escaped}
	if e.element.Pad == pattern.PadLeft || e.element.Trim {
		for at.start < end && data[at.start] == ' ' {
			at.start++
		}
	}
	if !e.bare(&at, data) {
		return at.end, record.NoMatch
	}
	return w.assign(b, data, e, &at)
}

// simple is bounded for a value without wishes.
func (e *step) simple(b *record.Builder, data []byte, i, end int) (int, record.Fault) {
	switch {
	case i == end && (e.element.EmptyNull || !e.text), e.nulls && string(data[i:end]) == e.element.Null:
		e.nothing(b)
		return end, record.NoFault
	case i == end && !e.empty:
		return i, record.NoMatch
	}
	if e.element.NoBlank {
		if blank := bytes.IndexByte(data[i:end], ' '); blank >= 0 {
			return i + blank, record.NoMatch
		}
	}
	if e.not != nil && e.not.holds(data, i, end) || e.element.Values != nil && !slices.Contains(e.element.Values, mem.String(data[i:end])) {
		return i, record.NoMatch
	}
	if !e.convert(b, e, data, i, end, false) {
		return i, record.BadValue
	}
	return end, record.NoFault
}
