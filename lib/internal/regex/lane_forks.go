package regex

import "github.com/sawlog/sawlog/lib/internal/mem"

// Where the first choice is mostly not the right one (alternatives that begin alike, groups that may be missing), lines are read by a lane
// that has forks: it remembers the choices that it has made, and goes back to the last one when a step fails. What it remembers is
// only what has two ways: where it has passed a run with several ends it forgets the forks before, since the run's other ends would come
// first, and gives up when nothing is left that it remembers. It tries what the walk tries, in the same order, so that what it finds
// is what the walk would have found.

const (
	mostForks = 16 // are remembered at a time
	mostTurns = 64 // back are taken in a text
)

// forkPoint is a choice that was made: where the lane goes on else.
type forkPoint struct {
	op    *laneOp
	at    int
	slots []int32 // as they were
}

// newForks makes the state of the lane with forks, nil where there is no such lane.
func (l *lane) newForks() *laneState {
	forked := l.forked()
	if forked == nil {
		return nil
	}
	s := forked.newState()
	s.points = make([]forkPoint, mostForks)
	for k := range s.points {
		s.points[k].slots = make([]int32, len(s.slots))
	}
	return &s
}

// runForks is run for a lane that has forks.
func (s *laneState) runForks(w *walker, t *text) int {
	data, i, to := t.data, t.from, t.to
	slots := s.slots[:copy(s.slots, s.lane.unset)]
	depth, turns, end := 0, 0, 0
	several, alone := false, false
	w.several, w.ended, s.never = false, 0, false
	for o := &s.ops[s.lane.start]; ; {
		slots[o.before] = int32(i)
		switch o.code {
		case laneFork:
			if depth == mostForks {
				return -1
			}
			p := &s.points[depth]
			p.op, p.at = o.went, i
			copy(p.slots, slots)
			depth++
			o = o.then
			continue
		case laneSwitch:
			at := s.lane.at[o.jump[t.next(i)]]
			if at < 0 {
				return -1
			}
			o = &s.ops[at]
			continue
		case laneMatch:
			return i
		case laneNothing:
			end = i
		case laneAll:
			slots[o.op.arg], slots[o.op.arg+1] = int32(i), int32(to)
			end = i
		case laneNative:
			if end = o.match(data, t.from, i, to); end < 0 || !o.exit[t.next(end)] {
				if o.lacks(t, i, end) {
					alone = o.alone
					goto back
				}
				return -1 // what the shortcut does not know
			}
		case laneClass:
			if end = o.class.End(data, i, to); end-i < int(o.least) {
				alone = o.alone
				goto back
			}
		case laneGreedy:
			end = o.class.End(data, i, to)
			if end < to && data[end] < 0x80 && o.exit[data[end]] && end-i >= int(o.least) {
				if end-i > int(o.least) { // its other ends come before the choices in front of it
					several, depth = true, 0
				}
				break
			}
			fallthrough
		default:
			if end = s.step(o, w, t, i); end < 0 {
				alone = o.alone
				goto back
			}
			if w.several { // as above
				several, w.several, depth = true, false, 0
			}
		}
		slots[o.after] = int32(end)
		if mem.Load64(data, end)&o.mask == o.word {
			if i = end + int(o.size); i <= to {
				o = o.then
				continue
			}
		}
		alone = o.sole
	back:
		if depth == 0 {
			w.several = several
			return s.fails(w, alone)
		}
		if turns == mostTurns {
			return -1
		}
		s.ends(w)
		turns++
		depth--
		p := &s.points[depth]
		o, i = p.op, p.at
		copy(slots, p.slots)
	}
}
