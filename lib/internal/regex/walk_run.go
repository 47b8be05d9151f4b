package regex

import (
	"github.com/sawlog/sawlog/lib/internal/mem"
)

// choicePoint is where the walk goes on when what it tried fails.
type choicePoint struct {
	pc    int32
	trail int32 // how much had been noted
	kind  pointKind
	at    int32 // the place; of a run: the nearest end that is left to try
	end   int32 // of a run: the furthest
	begin int32 // of a run: where it begins ...
	stop  int32 // ... and how far it could go
}

// pointKind is what a choicePoint is.
type pointKind int32

const (
	pointFork pointKind = iota
	pointRun
	pointMark // nothing to try: from its place nothing matches
)

// undo sets a slot back.
type undo struct{ slot, value int32 }

// span is a range of places.
type span struct{ from, to int32 }

// walker runs a walk, for one goroutine.
type walker struct {
	w       *walk  // a brief one until it has looked for a match
	begins  *start // of w, once a text was searched
	search  bool   // one was
	stack   []choicePoint
	trail   []undo
	depths  []int32
	dead    []int32 // by mark: the place behind which nothing matches
	none    []span  // by run: begun at these places it leads nowhere
	dirty   bool    // dead and none know of a text
	steps   int     // that are left ...
	budget  int     // ... of these
	several bool    // the lane has passed a run with several ends
	ended   int     // where the first piece has ended in the lane, 0: it has not
	unlike  bool    // alike is of no use in this text
	cold    int     // how many texts of late lacked what is needed: where some did, that is looked for first
	places  []int   // where the needs stand last ...
	placed  int     // ... of those from this one on
	lacked  bool    // the last text did: it is the first thing to look for in the next
	last    int     // where in the text a match may begin last, math.MaxInt: that was not asked yet
	tried   int     // how many later places were found before that
	vain    int     // in how many texts that is not asked for the first of them, since it told nothing
	missing int     // which of what is needed a text lacked last
	asked   bool    // whether this one does is known
	warm    int     // how many texts without a match are left until what is needed is looked for in one
}

// coldest is how long texts that have what is needed are looked through for it behind some that had not.
const coldest = 16

func (w *walk) newWalker() *walker { return &walker{w: w, places: make([]int, len(w.needed))} }

// whole makes the walker ready to look for a match; false: the pattern cannot be walked.
func (w *walker) whole() bool {
	if w.depths != nil {
		return true
	}
	all := w.w.whole()
	if all == nil {
		return false
	}
	w.w, w.dirty = all, true
	w.stack, w.trail = make([]choicePoint, 0, 64), make([]undo, 0, 64)
	w.depths, w.dead, w.none = make([]int32, all.depths+1), make([]int32, all.marks), make([]span, all.runs)
	return true
}

// budget is how many steps the walk may take: what is linear in the text, with room for backtracking here and there.
func budget(n int) int { return 512 + 16*n }

// begin forgets the text before.
func (w *walker) begin(slots []int32) {
	for k := range slots {
		slots[k] = -1
	}
	if !w.dirty {
		return
	}
	w.dirty = false
	copy(w.dead, w.w.noDead)
	copy(w.none, w.w.noSpan)
}

// from looks for a match that begins at start, and returns its end. -1: there is none, or the steps are used up.
func (w *walker) from(t *text, start int, slots []int32) int {
	w.stack, w.trail = w.stack[:0], w.trail[:0]
	ops, data, to := w.w.ops, t.data, t.to
	pc, i, steps := w.w.start, start, w.steps
	for {
		op := &ops[pc]
		steps--
		switch op.op {
		case wLiteral:
			if n := int(op.arg2); mem.Load64(data, i)&masks[op.least] == op.word && i+n <= to && (n <= 8 || tail(data, i, w.w.texts[op.arg])) {
				i += n
				pc = op.next
				continue
			}
		case wByte:
			if i < to && op.table[data[i]] {
				i++
				pc = op.next
				continue
			}
		case wRune:
			if i < to {
				if c, n := t.rune(i); w.w.sets[op.arg].has(c) {
					i += n
					pc = op.next
					continue
				}
			}
		case wSwitch:
			c := 256
			if i < to {
				c = int(data[i])
			}
			pc = op.jump[c]
			continue
		case wFork:
			w.stack = append(w.stack, choicePoint{pc: op.other, at: int32(i), trail: int32(len(w.trail))})
			pc = op.next
			continue
		case wRun, wLazy:
			from, end := w.run(op, t, i)
			steps -= (end - i) >> 4
			if from > end {
				break
			}
			if op.only {
				i = end
				pc = op.next
				continue
			}
			if op.arg >= 0 {
				if s := &w.none[op.arg]; int32(i) >= s.from && int32(i) <= s.to {
					break
				}
			}
			w.stack = append(w.stack, choicePoint{pc: pc, kind: pointRun, at: int32(from), end: int32(end), begin: int32(i), stop: int32(end), trail: int32(len(w.trail))})
		case wSave:
			w.trail = append(w.trail, undo{op.arg, slots[op.arg]})
			slots[op.arg] = int32(i)
			pc = op.next
			continue
		case wAll:
			w.trail = append(w.trail, undo{op.arg, slots[op.arg]}, undo{op.arg + 1, slots[op.arg+1]})
			slots[op.arg], slots[op.arg+1] = int32(i), int32(to)
			pc = op.next
			continue
		case wAssert:
			if t.holds(op.place, i) {
				pc = op.next
				continue
			}
		case wNear:
			if near := w.w.nears[op.arg]; op.table == nil && near.stands(t, i) || op.table != nil && op.beside(near, t, i) {
				pc = op.next
				continue
			}
		case wNative:
			native := w.w.native[op.arg]
			end := native.Match(data, t.from, i, to)
			if end >= 0 {
				steps -= (end - i) >> 4
				if op.exit[t.next(end)] {
					i = end
					pc = op.next
					continue
				}
				if native.last(t, i, end, op.table) {
					break // the piece can go no further, and its nearer ends are not in front of what follows
				}
			}
			if end != -2 {
				pc = op.other
				continue
			}
		case wEnter:
			w.depths[op.arg] = int32(len(w.stack))
			pc = op.next
			continue
		case wCut:
			c := 256
			if i < to {
				c = int(data[i])
			}
			if !op.exit[c] {
				break // another end may be the one
			}
			if d := int(w.depths[op.arg]); len(w.stack) > d {
				w.stack = w.stack[:d]
			}
			if op.arg2 >= 0 && !w.mark(op.arg2, i) {
				break
			}
			pc = op.next
			continue
		case wMark:
			if w.mark(op.arg2, i) {
				pc = op.next
				continue
			}
		case wMatch:
			w.steps = steps
			return i
		}
		// What was tried has failed.
		if steps < 0 {
			w.steps = steps
			return -1
		}
		if pc, i = w.back(t, slots); pc < 0 {
			w.steps = steps
			return -1
		}
	}
}

// mark lets it be remembered when nothing matches from i on; false: that is known already.
func (w *walker) mark(mark int32, i int) bool {
	if w.dead[mark] == int32(i) {
		return false
	}
	w.stack = append(w.stack, choicePoint{pc: mark, kind: pointMark, at: int32(i), trail: int32(len(w.trail))})
	return true
}

// beside tells whether a look-around at one byte holds at i.
func (op *wop) beside(n *near, t *text, i int) bool {
	if n.behind {
		return (i > t.from && op.table[t.data[i-1]]) != n.negate
	}
	return (i < t.to && op.table[t.data[i]]) != n.negate
}

// tail compares what is behind the first eight bytes.
func tail(data []byte, i int, text string) bool {
	return mem.String(data[i+8:i+len(text)]) == text[8:]
}

// back goes to the last choice that is left. pc is -1 when there is none.
func (w *walker) back(t *text, slots []int32) (pc int32, i int) {
	for len(w.stack) > 0 {
		last := len(w.stack) - 1
		p := &w.stack[last]
		w.undo(int(p.trail), slots)
		switch p.kind {
		case pointFork:
			w.stack = w.stack[:last]
			return p.pc, int(p.at)
		case pointMark:
			w.dead[p.pc], w.dirty = p.at, true
		case pointRun:
			op := &w.w.ops[p.pc]
			if at := op.nextEnd(p, t); at >= 0 {
				return op.next, at
			}
			if op.arg >= 0 {
				w.dirty = true
				w.none[op.arg] = w.none[op.arg].with(p.begin, p.stop)
			}
		}
		w.stack = w.stack[:last]
	}
	w.undo(0, slots)
	return -1, 0
}

// undo sets back what was noted since.
func (w *walker) undo(since int, slots []int32) {
	for k := len(w.trail) - 1; k >= since; k-- {
		slots[w.trail[k].slot] = w.trail[k].value
	}
	w.trail = w.trail[:since]
}

// with is s and the places from begin to stop, where both touch; else these alone.
func (s span) with(begin, stop int32) span {
	if begin <= s.to+1 && s.from <= stop+1 {
		return span{min(s.from, begin), max(s.to, stop)}
	}
	return span{begin, stop}
}
