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
	depth, turns, several := 0, 0, false
	w.several, s.never = false, false
	for o := &s.ops[s.lane.start]; ; {
		slots[o.before] = int32(i)
		fits := true
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
		case laneNative:
			end := o.match(data, t.from, i, to)
			if fits = end >= 0 && o.exit[t.next(end)]; fits {
				i = end
			} else if !o.lacks(t, end) {
				return -1 // what the shortcut does not know
			}
		case laneClass:
			end := o.class.End(data, i, to)
			if fits = end-i >= int(o.least); fits {
				i = end
			}
		case laneGreedy:
			end := o.class.End(data, i, to)
			if end == to || data[end] >= 0x80 || !o.exit[data[end]] || end-i < int(o.least) {
				end = o.step(w, t, i)
			} else if end-i > int(o.least) {
				w.several = true
			}
			if fits = end >= 0; fits {
				i = end
			}
			if w.several { // its other ends come before the choices in front of it
				several, w.several, depth = true, false, 0
			}
		default:
			end := o.step(w, t, i)
			if fits = end >= 0; fits {
				i = end
			}
			if w.several {
				several, w.several, depth = true, false, 0
			}
		}
		read := fits
		if fits {
			slots[o.after] = int32(i)
			if fits = mem.Load64(data, i)&o.mask == o.word && i+int(o.size) <= to; fits {
				i += int(o.size)
				o = o.then
				continue
			}
		}
		if depth == 0 {
			w.several = several
			return s.fails(w, o.alone && (o.sole || !read))
		}
		if turns == mostTurns {
			return -1
		}
		turns++
		depth--
		p := &s.points[depth]
		o, i = p.op, p.at
		copy(slots, p.slots)
	}
}
