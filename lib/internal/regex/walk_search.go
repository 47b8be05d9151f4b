package regex

import (
	"bytes"
	"math"
)

// Where in a text the walk begins: at each place in turn where a match may begin and has behind it all that every match needs.

// match looks for the first match in t that begins at at or behind it: before that none does. ended is where the first piece has ended of what was
// tried there, 0: it is not known. sure is false when it has given up.
func (w *walker) match(t *text, slots []int32, at, ended int) (start, end int, ok, sure bool) {
	if !w.whole() {
		return 0, 0, false, false
	}
	w.budget = budget(t.to - t.from)
	w.steps = w.budget
	if w.w.open {
		w.last = w.lastStart(t, at) // candidate finds none before
		w.lacked = w.last < at && at == t.from
	} else if w.cold > 0 && at == t.from && !w.asked {
		if w.lacks(t) {
			w.cold = coldest
			return 0, 0, false, true
		}
		w.cold--
	}
	tries := 0
	for i := w.candidate(t, at, min(w.last, t.to)); i >= 0; i = w.later(t, i, w.died()) {
		if tries++; tries == 1 {
			if w.begin(slots); ended > 0 {
				w.dead[w.w.rest], w.dirty = int32(ended), true
			}
		}
		end := w.from(t, i, slots)
		switch {
		case end >= 0:
			return i, end, true, true
		case w.steps < 0:
			return 0, 0, false, false
		}
	}
	if tries <= 1 && !w.w.open {
		w.learn(t)
	}
	return 0, 0, false, true
}

// Which of the later places of a text is tried only ...
const (
	askedSoon  = 3 // ... if all that is needed stands behind it, where the texts of late had that behind the first of them, ...
	askedAgain = 5 // ... and if it is before the last that has
)

// later is the first place behind i where a match may begin, if none begins at i; the first piece of what was tried there has ended at ended, which
// is not behind i if that is not known. -1: there is none. Most texts have one place to begin at. Where there are more, those are left out that have
// not all behind them.
func (w *walker) later(t *text, i, ended int) int {
	i = w.candidate(t, w.alike(t, i, ended)+1, min(w.last, t.to))
	if i < 0 || w.last < math.MaxInt {
		return i
	}
	switch w.tried++; {
	case w.tried == 1 && w.vain > 0:
		if w.vain--; w.missing > 0 && w.w.needed[w.missing].first(t.data, i, t.to) < 0 {
			w.vain = 0
			return -1
		}
	case w.tried == 1 || w.tried == askedSoon:
		if !w.possible(t, i) {
			return -1
		}
		w.vain = coldest
	case w.tried == askedAgain:
		if w.last = w.lastStart(t, i); w.last < i {
			return -1
		}
	}
	return i
}

// learn finds out whether what is needed tells that t has no match, which was found out otherwise: then it is the first thing to look for in the
// next text. Where it does not, it is not asked again for a while.
func (w *walker) learn(t *text) {
	switch {
	case w.asked:
	case w.warm > 0:
		w.warm--
	case w.lacks(t):
		w.cold = coldest
	default:
		w.warm = 4 * coldest
	}
}

// lacks tells whether t lacks what is needed.
func (w *walker) lacks(t *text) bool {
	w.asked, w.lacked = true, !w.possible(t, t.from)
	return w.lacked
}

// died is where the first piece has ended of what was tried from i, -1: it is not known.
func (w *walker) died() int {
	if w.w.over == nil {
		return -1
	}
	return int(w.dead[w.w.rest])
}

// opened is where the first piece ends of a match that begins at i, where that is one piece that is read at once. -1: it is not known.
func (w *walker) opened(t *text, i int) int {
	if w.w.opens == nil && !w.w.classed {
		return -1
	}
	switch op, _ := w.firstOp(t, i); {
	case op.op == wNative && w.w.native[op.arg] == w.w.opens:
		return w.w.opens.Match(t.data, t.from, i, t.to)
	case op.op == wRun && op.only && w.w.classed:
		if from, end := w.run(op, t, i); from <= end {
			return end
		}
	}
	return -1
}

// firstOp is the first step of a match that begins at i; jump leads there, if the byte at i tells which it is.
func (w *walker) firstOp(t *text, i int) (op *wop, jump *[257]int32) {
	op = &w.w.ops[w.w.start]
	for {
		switch op.op {
		case wSave, wEnter:
			op = &w.w.ops[op.next]
		case wSwitch:
			if jump != nil {
				return op, nil
			}
			jump = op.jump
			op = &w.w.ops[jump[t.next(i)]]
		default:
			return op, jump
		}
	}
}

// alike is the last place from i on where a match that begins fails as the one did that begins at i: the first piece of each ends at end,
// where nothing matches. What is not behind i is no end: it is not known.
func (w *walker) alike(t *text, i, end int) int {
	switch {
	case w.w.over == nil:
		return w.within(t, i)
	case w.unlike || end <= i || end < t.to && w.w.over[t.data[end]]:
		return i
	}
	if w.w.inside.End(t.data, i, end) < end {
		w.unlike = true // nor is it worth looking again
		return i
	}
	return end
}

// within is alike where a match begins with a piece that ends at one place, wherever in it the match begins.
func (w *walker) within(t *text, i int) int {
	op, jump := w.firstOp(t, i)
	if op.op != wNative || !w.w.native[op.arg].Within {
		return i
	}
	native := w.w.native[op.arg]
	end := native.Match(t.data, t.from, i, t.to)
	if end <= i {
		return i
	}
	w.steps -= (end - i) >> 4 // else as many places as the piece is long would each cost its length
	if !native.last(t, i, end, op.table) {
		return i
	}
	if jump != nil {
		for _, c := range t.data[i+1 : end] {
			if to := jump[c]; to != jump[t.data[i]] && w.w.ops[to].op != wFail {
				return i // it would begin with another piece
			}
		}
	}
	return end - 1
}

// possible tells whether all that is needed stands in t from i on. What was missing last is looked for first.
func (w *walker) possible(t *text, i int) bool {
	needed := w.w.needed
	if k := w.missing; k > 0 && needed[k].first(t.data, i, t.to) < 0 {
		return false
	}
	for k := range needed {
		if i = needed[k].first(t.data, i, t.to); i < 0 {
			w.missing = k
			return false
		}
	}
	return true
}

// lastStart is the last place, not before from, where a match may begin: in front of all the texts that it needs. -1: there is none.
func (w *walker) lastStart(t *text, from int) int {
	end := t.to
	for k := len(w.w.needed) - 1; k >= 0; k-- {
		if end = w.w.needed[k].last(t.data, from, end, t.to); end < from {
			return -1
		}
	}
	return end
}

// forget forgets what is known of a text: another one comes.
func (w *walker) forget() {
	w.budget, w.steps, w.placed, w.last, w.tried, w.unlike, w.asked = 0, 0, len(w.places), math.MaxInt, 0, false, false
}

// place is the last place where the needs from k on begin, before from: they are not there. It is found once for each text.
func (w *walker) place(t *text, k int) int {
	for w.placed > k {
		end := t.to
		if w.placed < len(w.places) {
			end = w.places[w.placed]
		}
		w.placed--
		w.places[w.placed] = -1
		if end >= t.from {
			w.places[w.placed] = w.w.needed[w.placed].last(t.data, t.from, end, t.to)
		}
	}
	return w.places[k]
}

// candidate is the first place from i up to last where a match may begin, -1: there is none.
func (w *walker) candidate(t *text, i, last int) int {
	if !w.search {
		w.begins, w.search = w.w.begins(), true
	}
	first := &w.w.first
	for i <= last {
		if w.w.lines && i > t.from && t.data[i-1] != '\n' {
			k := bytes.IndexByte(t.data[i:t.to], '\n')
			if k < 0 {
				return -1
			}
			i += k + 1
			continue
		}
		if i == t.to {
			if first.end {
				return i
			}
			return -1
		}
		if first.has(t.data[i]) && t.boundary(i) && (w.begins == nil || !w.begins.inside(t, i) && w.begins.at(t.data, i, t.to)) {
			return i
		}
		switch i++; {
		case w.w.lines:
		case w.begins != nil:
			if i < min(last+1, t.to-2) {
				var sure bool
				if i, sure = w.begins.next(t, i, last); sure {
					return i
				}
			}
		case w.w.alone >= 0:
			k := bytes.IndexByte(t.data[i:t.to], byte(w.w.alone))
			if k < 0 {
				return -1
			}
			i += k
		}
	}
	return -1
}
