package regex

import (
	"slices"
	"sync"
)

// How a lane is made of the steps of a walk.

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
	l.settle()
	l.forked = sync.OnceValue(func() *lane { return newLane(w, slots, true) })
	return l
}

// compile gives the step that goes on where the walk's step pc does.
func (l *lane) compile(pc int32) int32 {
	w := l.walk
	pc = l.calm(pc)
	if l.at[pc] >= 0 || l.failed {
		l.note(l.at[pc])
		return l.at[pc]
	}
	k := int32(len(l.ops))
	l.note(k)
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
		l.note(k)
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
		o.class, o.least, o.exit, o.until = op.class, op.least, op.exit, byte(op.exit1)
	case wSave: // a second one
		o.code, next = laneNothing, pc
	case wFail:
		o.code = laneFail
		l.ops[k] = o
		return k
	case wAll:
		o.code = laneAll
	case wAssert:
		o.code, o.place = laneAssert, op.place
	case wNear:
		o.code = laneNear
	case wNative:
		o.code, o.native, o.match, o.exit = laneNative, w.native[op.arg], w.native[op.arg].Match, op.exit
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

// note says that a choice was passed in front of the step k, if calm has.
func (l *lane) note(k int32) {
	if l.chose {
		l.passed, l.chose = append(l.passed, k), false
	}
}

// settle finds the steps that no choice is passed on the way to.
func (l *lane) settle() {
	for k := range l.ops {
		l.ops[k].alone, l.ops[k].sole = true, true
	}
	todo := l.passed
	for _, k := range l.loose {
		l.ops[k].sole = false
		todo = append(todo, l.ways(k)...)
	}
	for len(todo) > 0 {
		k := todo[len(todo)-1]
		if todo = todo[:len(todo)-1]; k >= 0 && l.ops[k].alone {
			l.ops[k].alone, l.ops[k].sole = false, false
			todo = append(todo, l.ways(k)...)
		}
	}
	l.passed, l.loose = nil, nil
}

// ways are the steps that may come behind the step k.
func (l *lane) ways(k int32) []int32 {
	switch o := &l.ops[k]; o.code {
	case laneMatch, laneFail:
		return nil
	case laneSwitch:
		var to []int32
		for _, pc := range o.jump {
			if k := l.at[pc]; !slices.Contains(to, k) {
				to = append(to, k)
			}
		}
		return to
	case laneFork:
		return []int32{o.next, o.other}
	default:
		return []int32{o.next}
	}
}

// behind gives the step k what stands behind it: the end of a capture and a constant.
func (l *lane) behind(k, pc int32) {
	w := l.walk
	if pc = l.calm(pc); w.ops[pc].op == wSave {
		l.ops[k].after = w.ops[pc].arg
		pc = l.calm(w.ops[pc].next)
	}
	loose := l.chose
	if l.ops[k].tight = !loose; loose {
		l.loose = append(l.loose, k)
	}
	l.chose = false
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
	case op.seek != seekAll || op.most >= 0:
		return laneFirst
	case op.op == wRun && op.exit[256] && op.word == 0:
		return laneRest
	case op.exit1 < 0 || op.exit1 >= 0x80:
		return laneFirst
	case op.op == wLazy:
		return laneUntil
	}
	return laneBack
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
			l.chose = true
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
