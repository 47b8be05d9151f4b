package regex

import "bytes"

// Where in a text the walk begins: at each place in turn where a match may begin and has behind it all that every match needs.

// match looks for the first match in t. sure is false when it has given up. never: it is known that none begins where t does.
func (w *walker) match(t *text, slots []int32, never bool) (start, end int, ok, sure bool) {
	w.budget, w.unlike = budget(t.to-t.from), false
	w.steps = w.budget
	i, last, bounded := t.from, t.to, w.w.open // bounded: by what is needed
	if w.cold > 0 && !w.w.open {
		if w.lacked = !w.possible(t, t.from); w.lacked {
			w.cold = coldest
			return 0, 0, false, true
		}
		w.cold--
	}
	ended := 0 // the first piece of what the lane has tried: from there on nothing matches
	if never {
		if ended = w.ended; ended == 0 {
			ended = w.opened(t, i)
		}
		i = w.alike(t, i, ended) + 1
		if i = w.candidate(t, i, last); i >= 0 && !bounded {
			last = w.lastStart(t, i) // mostly what is needed stands in a text once
		}
		if i < 0 || last < i {
			if !bounded {
				w.learn(t)
			}
			return 0, 0, false, true
		}
	}
	if bounded {
		last = w.lastStart(t, i) // candidate finds none before
		w.lacked = last < t.from
	}
	for first := true; ; first, i = false, i+1 {
		if i = w.candidate(t, i, last); i < 0 {
			if first && !bounded {
				w.learn(t)
			}
			return 0, 0, false, true
		}
		if first {
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
		i = w.alike(t, i, w.died(t, i))
		if first && !bounded && !never {
			// Most texts have one place to begin at. Where there are more, those are left out that have not all behind them.
			next := w.candidate(t, i+1, last)
			if next >= 0 {
				last = w.lastStart(t, next)
			}
			if next < 0 || last < next {
				w.learn(t)
				return 0, 0, false, true
			}
		}
	}
}

// learn finds out whether what is needed tells that t has no match, which was found out otherwise. Where it does not, it is not asked again
// for a while.
func (w *walker) learn(t *text) {
	switch {
	case w.cold > 0 && !w.w.open: // it was asked
	case w.warm > 0:
		w.warm--
	case w.possible(t, t.from):
		w.warm = coldest
	default:
		w.cold, w.lacked = coldest, true
	}
}

// refused learns from t, in which there is no match, as match would.
func (w *walker) refused(t *text) {
	switch {
	case w.w.open:
		w.lacks(t)
	case w.cold == 0:
		w.learn(t)
	case w.lacks(t):
		w.cold = coldest
	default:
		w.cold--
	}
}

// lacks tells whether t lacks what is needed, as the text before did.
func (w *walker) lacks(t *text) bool {
	w.lacked = !w.possible(t, t.from)
	return w.lacked
}

// died is where the first piece has ended of what was tried from i, -1: it is not known.
func (w *walker) died(t *text, i int) int {
	if w.w.over == nil {
		return -1
	}
	if end := int(w.dead[w.w.rest]); end > i || !w.w.within {
		return end
	}
	return w.opened(t, i)
}

// opened is where the first piece ends of a match that begins at i, where that is one piece that is read at once. -1: it is not known.
func (w *walker) opened(t *text, i int) int {
	if w.w.opens == nil && !w.w.classed {
		return -1
	}
	op := &w.w.ops[w.w.start]
	for op.op == wSave || op.op == wEnter {
		op = &w.w.ops[op.next]
	}
	switch {
	case op.op == wNative && w.w.native[op.arg] == w.w.opens:
		return w.w.opens.Match(t.data, t.from, i, t.to)
	case op.op == wRun && op.only && w.w.classed:
		if from, end := w.run(op, t, i); from <= end {
			return end
		}
	}
	return -1
}

// alike is the last place from i on where a match that begins fails as the one did that begins at i: the first piece of each ends at end,
// where nothing matches.
func (w *walker) alike(t *text, i, end int) int {
	if w.w.over == nil || w.unlike || end <= i {
		return i
	}
	if end < t.to && w.w.over[t.data[end]] && !(w.w.within && w.w.opens.last(t, i, end, w.w.over)) {
		return i
	}
	if w.w.within {
		return end - 1
	}
	for _, c := range t.data[i:end] {
		if !w.w.inside[c] {
			w.unlike = true // nor is it worth looking again
			return i
		}
	}
	return end
}

// possible tells whether all that is needed stands in t from i on.
func (w *walker) possible(t *text, i int) bool {
	for k := range w.w.needed {
		if i = w.w.needed[k].first(t.data, i, t.to); i < 0 {
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
func (w *walker) forget() { w.budget, w.steps, w.placed = 0, 0, len(w.places) }

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
		if first.has(t.data[i]) && t.boundary(i) && (w.w.begins == nil || w.w.begins.at(t.data, i, t.to)) {
			return i
		}
		switch i++; {
		case w.w.lines:
		case w.w.begins != nil:
			if i < min(last+1, t.to-2) {
				var sure bool
				if i, sure = w.w.begins.next(t, i, last); sure {
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
