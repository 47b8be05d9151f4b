package regex

import (
	"bytes"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// Lines of a log mostly fit at once: of every choice the first way is the right one. The lane is the walk for such lines: the same steps,
// without remembering anything to go back to. Where a step fails the lane gives up, and the walk runs as if there were no lane; what the
// lane finds is what the walk would have found, since the walk too takes the first way and goes back only when something fails.
//
// A step that only one way leads to, over pieces with one end each, fails for good: then no match begins where the lane did, and the walk is
// asked only for those that begin later.
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
	passed []int32 // steps that a choice is made in front of, without a fork for it ...
	loose  []int32 // ... and such that one is made behind, in front of the constant
	chose  bool    // calm has passed a choice
	failed bool
}

type laneOp struct {
	code   laneCode
	place  Place
	size   uint8 // of the constant behind the step; 0: there is none
	until  byte  // what a run over anything ends in front of
	before int32 // slots for the places before and behind the step
	after  int32
	next   int32
	least  int32
	seen   int32 // of a switch: where it went last, in the walk and in the lane
	went   *laneOp
	then   *laneOp // next
	alone  bool    // no choice is made on the way to it that the lane does not know of ...
	sole   bool    // ... nor between it and the constant behind it
	tight  bool    // no choice is made between it and the constant behind it
	other  int32   // of a fork: where to go on when what it tried first fails, which went is then
	word   uint64  // the constant, up to eight bytes
	mask   uint64
	exit   *[257]bool
	jump   *[257]int32
	class  *scan.Class
	match  func(data []byte, from, i, to int) int
	native *Native // whose Match that is
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
	laneUntil                   // a run over anything to the first op.until
	laneBack                    // a run over anything to the last op.until that has behind it what must follow
	laneRest                    // a run over all that is left
	laneSwitch
	laneExit // the next byte is one that op.exit has
	laneByte
	laneRune
	laneLong // a literal of more than eight bytes
	laneAssert
	laneAll // a capture of all that is left
	laneNear
	laneMatch
	laneFail
	laneFork // next, or else other
)

// laneState is what a machine knows of its lane: whether it is worth trying.
type laneState struct {
	lane   *lane
	ops    []laneOp // its own: switches remember
	slots  []int32
	points []forkPoint // of a lane with forks
	tried  *laneState  // the lane that has forks, for lines that this one is not for; nil: none, or not yet
	score  int         // of late: up where a line fits, down where it does not, by half as much: the lane takes less than half of the walk's time
	rests  int         // lines until it is tried again
	never  bool        // no match begins where the text does that the lane has failed on
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

// match runs the lane: the end of a match that begins where t begins, and its slots; -1 where the walk has to look. never: not there, since no
// match begins where t does.
func (s *laneState) match(w *walker, t *text) (end int, slots []int32, never bool) {
	if s.rests > 0 {
		s.rests--
		if s.tried != nil {
			return s.tried.match(w, t)
		}
		return -1, nil, false
	}
	if s.lane.forks {
		end = s.runForks(w, t)
	} else {
		end = s.run(w, t)
	}
	switch {
	case end >= 0:
		s.score = min(s.score+2, laneBest)
	case s.never:
		s.score = min(s.score+2, laneBest)
	case s.score > 0:
		s.score--
	default:
		if s.rests = laneRests; s.tried == nil && !s.lane.forks {
			s.tried = s.lane.newForks()
		}
	}
	return end, s.slots, end < 0 && s.never
}

// elsewhere is told that the match which the lane knew not to begin where the text does begins later: it was of no use.
func (s *laneState) elsewhere() {
	if s.rests > 0 && s.tried != nil {
		s.tried.elsewhere()
	} else if s.score -= 3; s.score < 0 {
		s.score, s.rests = 0, laneRests
	}
}

// run walks the lane on t, and sets its slots.
func (s *laneState) run(w *walker, t *text) int {
	data, i, to := t.data, t.from, t.to
	slots := s.slots[:copy(s.slots, s.lane.unset)]
	end, alone := 0, false
	w.several, w.ended, s.never = false, 0, false
	o := &s.ops[s.lane.start]
	for {
		slots[o.before] = int32(i)
		switch o.code {
		case laneNative:
			if end = o.match(data, t.from, i, to); end < 0 || !o.exit[t.next(end)] {
				alone = o.alone && o.lacks(t, i, end)
				goto failed
			}
			i = end
		case laneClass:
			if end = o.class.End(data, i, to); end-i < int(o.least) {
				alone = o.alone
				goto failed
			}
			i = end
		case laneGreedy:
			end = o.class.End(data, i, to)
			if end < to && data[end] < 0x80 && o.exit[data[end]] && end-i >= int(o.least) {
				if end-i > int(o.least) {
					w.several = true
				}
				i = end
			} else if i = s.step(o, w, t, i); i < 0 {
				alone = o.alone
				goto failed
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
		case laneAll:
			slots[o.op.arg], slots[o.op.arg+1] = int32(i), int32(to)
		default:
			if i = s.step(o, w, t, i); i < 0 {
				alone = o.alone
				goto failed
			}
		}
		slots[o.after] = int32(i)
		if mem.Load64(data, i)&o.mask != o.word {
			break
		}
		if i += int(o.size); i > to {
			break
		}
		o = o.then
	}
	alone = o.sole
failed:
	return s.fails(w, alone)
}

// fails notes whether no match begins where the lane did: at the step that has failed it knew all choices on the way, and no run had several
// ends.
func (s *laneState) fails(w *walker, alone bool) int {
	s.never = alone && !w.several
	s.ends(w)
	return -1
}

// ends notes where the first piece has ended of what the lane has tried.
func (s *laneState) ends(w *walker) {
	if slot := w.w.ends; slot >= 0 && s.slots[slot] > 0 {
		w.ended = int(s.slots[slot])
	}
}

// lacks tells of a native that has begun at i and ended at end, or has not, that there is no other match of its piece that what follows can go on from.
func (o *laneOp) lacks(t *text, i, end int) bool {
	return end == -2 || end >= 0 && o.native.last(t, i, end, o.op.table)
}

// step is one of the rarer steps: the place behind it, -1 where it fails.
func (s *laneState) step(o *laneOp, w *walker, t *text, i int) int {
	op, holds, walk := o.op, true, s.lane.walk
	switch o.code {
	case laneLong:
		n := int(op.arg2)
		if mem.Load64(t.data, i) != op.word || i+n > t.to || !tail(t.data, i, walk.texts[op.arg]) {
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
		if !walk.sets[op.arg].has(c) {
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
		if i = op.nextEnd(&p, t); i < 0 {
			return -1
		}
		w.several = w.several || from < end
	case laneUntil:
		return o.first(w, t, i+int(o.least))
	case laneBack:
		return o.last(w, t, i+int(o.least))
	case laneRest:
		if i += int(o.least); i > t.to {
			return -1
		}
		w.several = w.several || i < t.to
		return t.to
	case laneExit:
		holds = o.exit[t.next(i)]
	case laneFail:
		return -1
	case laneAssert:
		holds = t.holds(o.place, i)
	case laneNear:
		near := walk.nears[op.arg]
		holds = op.table == nil && near.stands(t, i) || op.table != nil && op.beside(near, t, i)
	}
	if !holds {
		return -1
	}
	return i
}

// first is the first place from on where a run over anything ends and the constant behind it stands, -1: there is none. What it ends in front of is a byte of ASCII, which no
// character has inside.
func (o *laneOp) first(w *walker, t *text, from int) int {
	if from > t.to {
		return -1
	}
	for {
		k := bytes.IndexByte(t.data[from:t.to], o.until)
		if k < 0 {
			return -1
		}
		if from += k; !o.tight || mem.Load64(t.data, from)&o.mask == o.word {
			w.several = true
			return from
		}
		from++ // the next end is the one
	}
}

// last is the last place from on where a run over anything ends, -1: there is none.
func (o *laneOp) last(w *walker, t *text, from int) int {
	end := t.to
	if o.op.word > 0 {
		end = min(end, w.place(t, int(o.op.word)-1)+1)
	}
	if from >= end {
		return -1
	}
	k := bytes.LastIndexByte(t.data[from:end], o.until)
	if k < 0 {
		return -1
	}
	w.several = true
	return from + k
}

// next is the byte at i, 256 at the end of the text.
func (t *text) next(i int) int {
	if i < t.to {
		return int(t.data[i])
	}
	return 256
}
