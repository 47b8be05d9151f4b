package grok

import (
	"math"
	"slices"

	"github.com/sawlog/sawlog/lib/record"
)

// directState is what a worker knows of its direct way: whether it is worth trying.
type directState struct {
	d      *direct
	w      *worker
	b      *record.Builder // the one that is filled ...
	n      int             // ... by so much of a block
	limit  int             // of a line's length
	legs   []leg           // its own: switches remember
	first  *leg
	line   lineState
	begun  []int32 // where captures have begun, of legs that are split
	points []directPoint
	run    [directRuns]run // legs that had another end
	other  *directState    // the way with forks, for lines that this one is not for; nil: none, or not yet
	score  int
	rests  int
}

// lineState is what the walk knows of a line.
type lineState struct {
	start        int
	row          int
	buffer       uint64
	to           int  // where its text ends, -1: that was not asked yet
	fresh        bool // the machine has seen nothing of it
	depth, turns int  // how many choices are remembered, and how often it went back
	several      bool // a leg had another end
	runs         int  // how many such legs are noted; several: there was no room for more of them
	failed       bool // a leg has failed, or was not sure
	never        bool // no match begins where the walk has begun
	begun        bool // the first leg was not the one that has failed
	ended        int  // where the first piece has ended, if it is a capture of several legs; 0: it has not
}

// firstEnd is where the first piece has ended that begins at i, if that is the text of the first leg; else 0.
func (s *directState) firstEnd(i int) int {
	l := s.first
	if l.keeps != keepText || l.after != s.d.ends {
		return 0
	}
	return i + int(uint32(l.to.Views[s.line.row][0]))
}

// run is a leg that may have other ends, and its text.
type run struct {
	leg     *leg
	at, end int
}

// directPoint is a choice that was made.
type directPoint struct {
	leg   *leg
	at    int
	set   uint64
	begun []int32
}

const (
	directBest  = 64 // the score of a way that fits again and again
	directFirst = 8  // the score it begins with
	directRests = 64 // so many lines are left to others where the score is used up
	directForks = 16 // are remembered at a time
	directTurns = 64 // back are taken in a line
	directRuns  = 4  // legs with other ends are looked at again
	directTries = 8  // places are tried where a match may begin
)

func (d *direct) newState(w *worker) *directState {
	if d == nil {
		return nil
	}
	s := &directState{d: d, w: w, limit: math.MaxInt, score: directFirst, legs: slices.Clone(d.legs), begun: make([]int32, d.begun)}
	for k := range s.legs {
		l := &s.legs[k]
		l.then, l.went = &s.legs[max(l.next, 0)], &s.legs[max(l.other, 0)]
	}
	for k := range s.legs {
		// A switch behind a leg is done at its end.
		if l := &s.legs[k]; l.jump == nil && l.code != legFork && l.then.code == legSwitch {
			l.jump = l.then.jump
		}
	}
	s.first = &s.legs[d.start]
	if limit := w.p.o.Limit; limit > 0 {
		s.limit = limit
	}
	if d.forks {
		s.points = make([]directPoint, directForks)
		for k := range s.points {
			s.points[k].begun = make([]int32, d.begun)
		}
	}
	return s
}

// aim lets the lines of a block, which are n bytes, be written into b.
func (s *directState) aim(b *record.Builder, n int) {
	s.b, s.n = b, n
	for k := range s.legs {
		if l := &s.legs[k]; l.col >= 0 {
			l.to = &b.Cols[l.col]
		}
	}
	if s.other != nil {
		s.other.aim(b, n)
	}
}

// read reads the line at i into the row under way: where its line feed stands, -1 where another way has to be found.
func (s *directState) read(data []byte, i int) int {
	if s.rests > 0 {
		s.rests--
		if s.other != nil {
			return s.other.read(data, i)
		}
		return -1
	}
	t := &s.line
	*t = lineState{start: i, to: -1, fresh: true, row: s.b.Row, buffer: s.b.Buffer}
	stop := s.walk(data, i)
	never, f := t.never, &s.w.failed
	if *f = (failure{}); stop < 0 && t.failed {
		if *f = (failure{at: i, known: true}); never {
			stop = s.later(data, i)
		}
	}
	switch {
	case stop >= 0:
		*f = failure{}
		s.score = min(s.score+2, directBest)
		return stop
	case never: // it was of use, unless the match is elsewhere
		return -1
	case s.score > 0:
		s.score--
	default:
		s.rests = directRests
	}
	if s.other == nil && !s.d.forks {
		if s.other = s.w.p.forked().newState(s.w); s.other != nil {
			s.other.aim(s.b, s.n)
		}
	}
	if s.other != nil && s.other.rests == 0 && t.failed {
		return s.other.read(data, i)
	}
	return -1
}

// elsewhere is told that a line has a match which the way has not found, but only that it does not begin where the line does.
func (s *directState) elsewhere() {
	if s.rests > 0 && s.other != nil {
		s.other.elsewhere()
	} else if s.score -= 3; s.score < 0 {
		s.score, s.rests = 0, directRests
	}
}

// later is read for a line of which is known that no match begins where it does.
func (s *directState) later(data []byte, i int) int {
	t, f := &s.line, &s.w.failed
	f.never = true
	for range directTries {
		if t.ended == 0 && t.begun {
			t.ended = s.firstEnd(i)
		}
		f.ended = max(f.ended, t.ended)
		i = s.w.machines[0].Later(data, t.start, s.textEnd(data, i), i, t.ended, t.fresh)
		if t.fresh, f.nowhere, f.end = false, i < 0, t.to; i < 0 {
			break
		}
		f.at = i
		t.depth, t.turns, t.runs, t.ended, t.several, t.never = 0, 0, 0, 0, false, false
		if stop := s.walk(data, i); stop >= 0 || !t.never {
			return stop
		}
	}
	return -1
}
