package regex

import "github.com/sawlog/sawlog/lib/internal/scan"

// A path is the lane of a program for those who walk it themselves, so that they can do something with a capture where it ends rather than look
// for it later. What they find must be what the lane finds: each step is to end where the lane's does, and where one fails the text is left to Match.

// StepCode is what a step of a path does.
type StepCode uint8

const (
	StepNothing StepCode = iota // it ends where it begins
	StepNative                  // Native, if what is behind its end is in Exit
	StepClass                   // a run over Class of Least bytes at least
	StepGreedy                  // the same where what is behind its end is in Exit and ASCII, or the end of the text; else Machine.Step tells
	StepUntil                   // Least bytes, and then on to the first Until
	StepSwitch                  // go on with the step that Jump has for the next byte, without looking at what stands around
	StepMatch                   // the match ends
	StepFork                    // go on with Next, and where that fails with Other, without looking at what stands around
	StepAll                     // it ends where it begins, and there begins a capture that ends with the text: its slot is Other
	StepByte                    // one byte of Table
	StepExit                    // it ends where it begins, if what is behind is in Exit
	StepBeside                  // it ends where it begins, if a byte of Table is behind, or in front of it (Behind); if none is (Negate)
	StepRune                    // one character: of ASCII one that Table has, else Machine.Step tells
	StepCounted                 // a run over Class of Least to Most bytes
	StepRest                    // all that is left, Least bytes at least
	StepEdge                    // it ends where it begins, if that is the text's beginning (Behind) or end
	StepWord                    // it ends where it begins, if a word begins or ends there, or else (Negate); where it is not all ASCII Machine.Step tells
	StepOther                   // Machine.Step tells
)

// Step is a step of a path. Before and After are the slots that its beginning and its end are for, 2*k for the beginning of capture k and 2*k+1
// for its end; -1: none. Behind its end stands the constant of Size bytes that is Word under Mask; then it goes on with Next.
type Step struct {
	Code          StepCode
	Size          uint8
	Until         byte
	Before, After int32
	Next, Other   int32
	Least, Most   int32
	Word, Mask    uint64
	Exit          *[257]bool // by byte; 256 is the end of the text
	Jump          *[257]int32
	Class         *scan.Class
	Native        *Native
	Over          *[257]bool // of a native: where what is behind its end is in here and not in Exit, another end may be the one
	Table         *[257]bool
	Behind        bool
	Negate        bool
	Alone         bool // where the step fails, and ...
	Sole          bool // ... where the constant behind it does not stand no match begins where the path has begun, if no step had another end
	Tight         bool // only the constant may stand behind it
	Ends          bool // the bytes of the step may be line feeds or carriage returns
}

// Path gives the steps of the lane and which is the first; of the lane with forks, if forks is set. There are none where there is no such lane.
func (p *Program) Path(forks bool) (steps []Step, start int32) {
	l := p.lane
	if l != nil && forks {
		l = l.forked()
	}
	if l == nil {
		return nil, 0
	}
	steps = make([]Step, len(l.ops))
	for k := range l.ops {
		steps[k] = l.step(&l.ops[k])
	}
	return steps, l.start
}

// FirstEnd is the slot where the first piece of the pattern ends, if that is a capture; else -1.
func (p *Program) FirstEnd() int32 {
	if p.walk == nil {
		return -1
	}
	return p.walk.ends
}

// step is a step of the path.
func (l *lane) step(o *laneOp) Step {
	none := int32(len(l.unset) - 1)
	slot := func(s int32) int32 {
		if s == none {
			return -1
		}
		return s
	}
	s := Step{Size: o.size, Until: o.until, Before: slot(o.before), After: slot(o.after), Next: o.next, Other: o.other, Least: o.least, Word: o.word, Mask: o.mask, Exit: o.exit, Class: o.class, Alone: o.alone, Sole: o.sole, Tight: o.tight}
	s.Ends = o.op != nil && o.op.table != nil && (o.op.table['\n'] || o.op.table['\r'])
	switch o.code {
	case laneNothing:
		s.Code = StepNothing
	case laneNative:
		s.Code, s.Native, s.Over = StepNative, l.walk.native[o.op.arg], o.op.table
	case laneClass:
		s.Code = StepClass
	case laneGreedy:
		s.Code = StepGreedy
	case laneUntil:
		s.Code = StepUntil
	case laneSwitch:
		s.Code, s.Jump = StepSwitch, &[257]int32{}
		for c, pc := range o.jump {
			s.Jump[c] = l.at[pc]
		}
	case laneMatch:
		s.Code = StepMatch
	case laneAll:
		s.Code, s.Other = StepAll, o.op.arg
	case laneFork:
		s.Code = StepFork
	case laneByte:
		s.Code, s.Table = StepByte, o.op.table
	case laneRune:
		s.Code, s.Table = StepRune, l.walk.sets[o.op.arg].firstBytes().table()
	case laneRun:
		if s.Code = StepOther; o.op.seek == seekClass && o.op.most >= 0 && o.op.word == 0 && !s.Ends && !o.op.table[0x80] {
			s.Code, s.Most = StepCounted, o.op.most
		}
	case laneRest:
		s.Code = StepRest
	case laneAssert:
		switch o.place {
		case TextStart:
			s.Code, s.Behind = StepEdge, true
		case TextEnd:
			s.Code = StepEdge
		case Word, WideWord:
			s.Code = StepWord
		case NotWord, NotWideWord:
			s.Code, s.Negate = StepWord, true
		default:
			s.Code = StepOther
		}
	case laneExit:
		s.Code = StepExit
	case laneNear:
		s.Code = StepOther
		if o.op.table != nil {
			near := l.walk.nears[o.op.arg]
			s.Code, s.Table, s.Behind, s.Negate = StepBeside, o.op.table, near.behind, near.negate
		}
	default:
		s.Code = StepOther
	}
	return s
}

// Step does the step k of the path, or of that with forks, at i in the text data[from:to]: where it ends, -1 where it fails. several: it may have had
// other ends. fresh is to be set for the first step of a text.
func (m *Machine) Step(forks bool, k int32, data []byte, from, i, to int, fresh bool) (end int, several bool) {
	s, w := &m.lane, m.walker
	if forks {
		if s.tried == nil {
			s.tried = s.lane.newForks()
		}
		s = s.tried
	}
	if fresh {
		w.forget()
	}
	w.several = false
	end = s.step(&s.ops[k], w, &text{data, from, to}, i)
	return end, w.several
}
