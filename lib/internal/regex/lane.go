package regex

import (
	"slices"
	"sync"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// Lines of a log mostly fit at once: of every choice the first way is the right one. The lane is the walk for such lines: the same steps,
// without remembering anything to go back to. Where a step fails the lane gives up, and the walk runs as if there were no lane; what the
// lane finds is what the walk would have found, since the walk too takes the first way and goes back only when something fails.
//
// One step of the lane is a step of the walk with what stands around it: a capture that begins or ends there, and the constant behind it.
type lane struct {
	walk   *walk
	forks  bool // it has steps for choices: lane_forks.go
	forked func() *lane
	ops    []laneOp
	at     []int32 // by step of the walk: the step of the lane that goes on there, -1: none
	unset  []int32 // slots before a match: -1 each, and one more for what nobody wants
	start  int32
	failed bool
}

type laneOp struct {
	code   laneCode
	place  Place
	size   uint8 // of the constant behind the step; 0: there is none
	before int32 // slots for the places before and behind the step
	after  int32
	next   int32
	least  int32
	seen   int32 // of a switch: where it went last, in the walk and in the lane
	went   *laneOp
	then   *laneOp // next
	other  int32   // of a fork: where to go on when what it tried first fails, which went is then
	word   uint64  // the constant, up to eight bytes
	mask   uint64
	exit   *[257]bool
	jump   *[257]int32
	class  *scan.Class
	match  func(data []byte, from, i, to int) int
	op     *wop
}

type laneCode uint8

const (
	laneNothing laneCode = iota // only what stands around it
	laneNative                  // a piece by its shortcut
	laneClass                   // a run with one end
	laneGreedy                  // a run that ends where it can go no further, or else at the first of its other ends
	laneRun                     // a run with one end, counted
	laneFirst                   // a run to the first of its ends
	laneSwitch
	laneExit // the next byte is one that op.exit has
	laneByte
	laneRune
	laneLong // a literal of more than eight bytes
	laneAssert
	laneNear
	laneMatch
	laneFail
	laneFork // next, or else other
)

// mostLane bounds the steps of a lane.
const mostLane = 2000

// newLane makes the lane of a walk, nil where it would be too large. slots is how many slots a match has.
func newLane(w *walk, slots int, forks bool) *lane {
	l := &lane{walk: w, forks: forks, at: make([]int32, len(w.ops)), unset: make([]int32, slots+1)}
	for k := range l.at {
		l.at[k] = -1
	}
	for k := range l.unset {
		l.unset[k] = -1
	}
	if l.start = l.compile(w.start); l.failed {
		return nil
	}
	l.forked = sync.OnceValue(func() *lane { return newLane(w, slots, true) })
	return l
}

// compile gives the step that goes on where the walk's step pc does.
func (l *lane) compile(pc int32) int32 {
	w := l.walk
	pc = l.calm(pc)
	if l.at[pc] >= 0 || l.failed {
		return l.at[pc]
	}
	k := int32(len(l.ops))
	if l.failed = k >= mostLane; l.failed {
		return -1
	}
	none := int32(len(l.unset) - 1)
	l.at[pc] = k
	l.ops = append(l.ops, laneOp{})
	o := laneOp{before: none, after: none}
	if w.ops[pc].op == wSave {
		o.before = w.ops[pc].arg
		pc = l.calm(w.ops[pc].next)
	}
	op := &w.ops[pc]
	o.op = op
	next := op.next
	switch op.op {
	case wLiteral:
		if o.code = laneNothing; op.arg2 > 8 {
			o.code = laneLong
		} else {
			next = pc // it is the constant behind nothing
		}
	case wByte:
		o.code = laneByte
	case wRune:
		o.code = laneRune
	case wSwitch:
		o.code, o.jump, o.seen = laneSwitch, op.jump, -1
		l.ops[k] = o
		for _, to := range op.jump {
			l.at[to] = l.compile(to)
		}
		return k
	case wRun, wLazy:
		o.code = l.runCode(op)
		o.class, o.least, o.exit = op.class, op.least, op.exit
	case wSave: // a second one
		o.code, next = laneNothing, pc
	case wFail:
		o.code = laneFail
		l.ops[k] = o
		return k
	case wAssert:
		o.code, o.place = laneAssert, op.place
	case wNear:
		o.code = laneNear
	case wNative:
		o.code, o.match, o.exit = laneNative, w.native[op.arg].Match, op.exit
	case wCut:
		o.code, o.exit = laneExit, op.exit
	case wMatch:
		o.code = laneMatch
		l.ops[k] = o
		return k
	case wFork:
		o.code = laneFork
		l.ops[k] = o
		next, other := l.compile(op.next), l.compile(op.other)
		l.ops[k].next, l.ops[k].other = next, other
		return k
	default:
		l.failed = true
		return -1
	}
	l.ops[k] = o
	l.behind(k, next)
	return k
}

// behind gives the step k what stands behind it: the end of a capture and a constant.
func (l *lane) behind(k, pc int32) {
	w := l.walk
	if pc = l.calm(pc); w.ops[pc].op == wSave {
		l.ops[k].after = w.ops[pc].arg
		pc = l.calm(w.ops[pc].next)
	}
	if op := &w.ops[pc]; op.op == wLiteral && op.arg2 <= 8 {
		l.ops[k].size, l.ops[k].word, l.ops[k].mask = uint8(op.arg2), op.word, masks[op.least]
		pc = op.next
	}
	next := l.compile(pc)
	l.ops[k].next = next
}

// runCode tells how a run is read.
func (l *lane) runCode(op *wop) laneCode {
	simple := op.seek == seekClass && op.most < 0
	switch {
	case op.only && simple:
		return laneClass
	case op.only:
		return laneRun
	case op.op == wRun && simple:
		return laneGreedy
	}
	return laneFirst
}

// calm is the step that pc stands for where nothing is remembered, but for choices by a lane that has forks.
func (l *lane) calm(pc int32) int32 {
	w := l.walk
	for {
		switch op := &w.ops[pc]; op.op {
		case wFork:
			if l.forks {
				return pc
			}
			pc = op.next
		case wEnter, wMark, wJump:
			pc = op.next
		case wCut:
			// What a constant behind it begins with is what it asks for.
			if next := &w.ops[op.next]; next.op != wLiteral || !op.exit[w.texts[next.arg][0]] {
				return pc
			}
			pc = op.next
		default:
			return pc
		}
	}
}

// laneState is what a machine knows of its lane: whether it is worth trying.
type laneState struct {
	lane   *lane
	ops    []laneOp // its own: switches remember
	slots  []int32
	points []forkPoint // of a lane with forks
	tried  *laneState  // the lane that has forks, for lines that this one is not for; nil: none, or not yet
	score  int         // of late: up where a line fits, down where it does not, by half as much: the lane takes less than half of the walk's time
	rests  int         // lines until it is tried again
}

const (
	laneBest  = 64 // the score of a lane that fits again and again
	laneRests = 64 // so many lines are left to the walk where the score is used up
)

func (l *lane) newState() laneState {
	s := laneState{lane: l, ops: slices.Clone(l.ops), slots: make([]int32, len(l.unset))}
	for k := range s.ops {
		s.ops[k].then = &s.ops[max(s.ops[k].next, 0)]
		if s.ops[k].code == laneFork {
			s.ops[k].went = &s.ops[max(s.ops[k].other, 0)]
		}
	}
	return s
}

// match runs the lane: the end of a match that begins where t begins, and its slots; -1 where the walk has to look.
func (s *laneState) match(w *walker, t *text) (end int, slots []int32) {
	if s.rests > 0 {
		s.rests--
		if s.tried != nil {
			return s.tried.match(w, t)
		}
		return -1, nil
	}
	if s.lane.forks {
		end = s.runForks(w, t)
	} else {
		end = s.run(w, t)
	}
	switch {
	case end >= 0:
		s.score = min(s.score+2, laneBest)
	case s.score > 0:
		s.score--
	default:
		if s.rests = laneRests; s.tried == nil && !s.lane.forks {
			s.tried = s.lane.newForks()
		}
	}
	return end, s.slots
}

// run walks the lane on t, and sets its slots.
func (s *laneState) run(w *walker, t *text) int {
	data, i, to := t.data, t.from, t.to
	slots := s.slots[:copy(s.slots, s.lane.unset)]
	for o := &s.ops[s.lane.start]; ; {
		slots[o.before] = int32(i)
		switch o.code {
		case laneNative:
			end := o.match(data, t.from, i, to)
			if end < 0 || !o.exit[t.next(end)] {
				return -1
			}
			i = end
		case laneClass:
			end := o.class.End(data, i, to)
			if end-i < int(o.least) {
				return -1
			}
			i = end
		case laneGreedy:
			end := o.class.End(data, i, to)
			if end < to && data[end] < 0x80 && o.exit[data[end]] && end-i >= int(o.least) {
				i = end
			} else if i = o.step(w, t, i); i < 0 {
				return -1
			}
		case laneNothing:
		case laneSwitch:
			// Mostly it goes where it went before, which is known before the byte is.
			if to := o.jump[t.next(i)]; to != o.seen {
				at := s.lane.at[to]
				if at < 0 {
					return -1
				}
				o.seen, o.went = to, &s.ops[at]
			}
			o = o.went
			continue
		case laneMatch:
			return i
		default:
			if i = o.step(w, t, i); i < 0 {
				return -1
			}
		}
		slots[o.after] = int32(i)
		if mem.Load64(data, i)&o.mask != o.word {
			return -1
		}
		if i += int(o.size); i > to {
			return -1
		}
		o = o.then
	}
}

// step is one of the rarer steps: the place behind it, -1 where it fails.
func (o *laneOp) step(w *walker, t *text, i int) int {
	op, holds := o.op, true
	switch o.code {
	case laneLong:
		n := int(op.arg2)
		if mem.Load64(t.data, i) != op.word || i+n > t.to || !tail(t.data, i, w.w.texts[op.arg]) {
			return -1
		}
		return i + n
	case laneByte:
		if i >= t.to || !op.table[t.data[i]] {
			return -1
		}
		return i + 1
	case laneRune:
		if i >= t.to {
			return -1
		}
		c, n := t.rune(i)
		if !w.w.sets[op.arg].has(c) {
			return -1
		}
		return i + n
	case laneRun, laneGreedy, laneFirst:
		from, end := w.run(op, t, i)
		if from > end {
			return -1
		}
		if o.code == laneRun {
			return end
		}
		p := choicePoint{at: int32(from), end: int32(end), begin: int32(i), stop: int32(end)}
		return op.nextEnd(&p, t)
	case laneExit:
		holds = o.exit[t.next(i)]
	case laneFail:
		return -1
	case laneAssert:
		holds = t.holds(o.place, i)
	case laneNear:
		near := w.w.nears[op.arg]
		holds = op.table == nil && near.stands(t, i) || op.table != nil && op.beside(near, t, i)
	}
	if !holds {
		return -1
	}
	return i
}

// next is the byte at i, 256 at the end of the text.
func (t *text) next(i int) int {
	if i < t.to {
		return int(t.data[i])
	}
	return 256
}
