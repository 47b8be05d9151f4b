package regex

import "github.com/sawlog/sawlog/lib/internal/mem"

// Lines of a log are alike, and so is the way of the walk through its steps. A trace is such a way: the steps that a walk took which never
// had to go back, with what it found at each of them as a condition. A line on which all conditions hold is what the walk would have
// found, choices, registers and marks left out; on any other line the walk runs as if there were no traces.
type trace struct {
	ops   []traceOp
	slots []int32 // those that are not set
}

type traceOp struct {
	code          traceCode
	before, after int32 // slots for the places before and behind it, -1: none
	n             int32
	target        int32 // of a switch: where it went
	word, mask    uint64
	exit          *[257]bool
	jump          *[257]int32
	match         func(data []byte, from, i, to int) int
	op            *wop
}

type traceCode uint8

const (
	traceNothing traceCode = iota // only its slots
	traceLiteral                  // up to eight bytes
	traceLong                     // longer
	traceByte
	traceRune
	traceSwitch
	traceRun   // to its only end
	traceFirst // to the first of its ends
	traceAssert
	traceNear
	traceNative
	traceExit // the next byte is one that op.exit has
)

const (
	maxTraces = 4   // of a machine
	maxTrace  = 400 // steps of one
	maxTries  = 64  // how often a machine tries to find another
)

// traces are those of a machine, the last one that fitted in front.
type traces struct {
	list  []*trace
	tried int
}

// match runs the traces on t. -1: none of them fits.
func (m *traces) match(w *walker, t *text, slots []int32) (end int) {
	for k, tr := range m.list {
		if end := tr.run(w, t, slots); end >= 0 {
			if k > 0 {
				copy(m.list[1:k+1], m.list[:k])
				m.list[0] = tr
			}
			return end
		}
	}
	return -1
}

// learn adds the trace of a match that began at t.from and ended at end, if the walk never had to go back for it.
func (m *traces) learn(w *walker, t *text, end int, slots []int32) {
	if len(m.list) == maxTraces || m.tried == maxTries {
		return
	}
	m.tried++
	tr := &trace{}
	found := make([]int32, len(slots))
	for k := range found {
		found[k] = -1
	}
	if !tr.record(w, t) || tr.run(w, t, found) != end {
		return
	}
	for k, v := range slots {
		if v != found[k] {
			return
		}
		if v < 0 {
			tr.slots = append(tr.slots, int32(k))
		}
	}
	m.list = append(m.list, tr)
}

// record follows the walk from t.from on as long as nothing fails.
func (tr *trace) record(w *walker, t *text) bool {
	pc, i, before := w.w.start, t.from, int32(-1)
	for len(tr.ops) < maxTrace {
		op := &w.w.ops[pc]
		o := traceOp{op: op, exit: op.exit, jump: op.jump, before: before, after: -1}
		switch op.op {
		case wMatch:
			if before >= 0 {
				tr.ops = append(tr.ops, traceOp{code: traceNothing, before: before, after: -1})
			}
			return true
		case wFork, wEnter, wMark: // remembered for the case that something fails
			pc = op.next
			continue
		case wLiteral:
			o.code, o.n, o.word, o.mask = traceLiteral, op.arg2, op.word, masks[op.least]
			if o.n > 8 {
				o.code = traceLong
			}
		case wByte:
			o.code = traceByte
		case wRune:
			o.code = traceRune
		case wSwitch:
			o.code, o.target = traceSwitch, op.jump[t.next(i)]
		case wRun, wLazy:
			if o.code = traceFirst; op.only {
				o.code = traceRun
			}
		case wSave:
			last := len(tr.ops) - 1
			switch {
			case last >= 0 && before < 0 && tr.ops[last].after < 0:
				tr.ops[last].after = op.arg
				pc = op.next
				continue
			case before < 0:
				before, pc = op.arg, op.next
				continue
			}
			o.code, o.after = traceNothing, op.arg
		case wAssert:
			o.code = traceAssert
		case wNear:
			o.code = traceNear
		case wNative:
			o.code, o.match = traceNative, w.w.native[op.arg].Match
		case wCut:
			o.code = traceExit
		default:
			return false
		}
		if i = o.step(w, t, i); i < 0 {
			return false
		}
		tr.ops, before = append(tr.ops, o), -1
		if pc = op.next; op.op == wSwitch {
			pc = o.target
		}
	}
	return false
}

// run holds the text against the trace: the end of the match, -1 where it does not fit.
func (tr *trace) run(w *walker, t *text, slots []int32) int {
	data, i, to := t.data, t.from, t.to
	ops := tr.ops
	for k := range ops {
		o := &ops[k]
		if o.before >= 0 {
			slots[o.before] = int32(i)
		}
		switch o.code {
		case traceLiteral:
			if mem.Load64(data, i)&o.mask != o.word || i+int(o.n) > to {
				return -1
			}
			i += int(o.n)
		case traceNative:
			end := o.match(data, t.from, i, to)
			if end < 0 || !o.exit[t.next(end)] {
				return -1
			}
			i = end
		case traceSwitch:
			if o.jump[t.next(i)] != o.target {
				return -1
			}
		case traceNothing:
		default:
			if i = o.step(w, t, i); i < 0 {
				return -1
			}
		}
		if o.after >= 0 {
			slots[o.after] = int32(i)
		}
	}
	for _, k := range tr.slots {
		slots[k] = -1
	}
	return i
}

// step is one step of a trace: the place behind it, -1 where its condition does not hold.
func (o *traceOp) step(w *walker, t *text, i int) int {
	op, holds := o.op, true
	switch o.code {
	case traceLiteral, traceLong:
		n := int(o.n)
		if mem.Load64(t.data, i)&o.mask != o.word || i+n > t.to || n > 8 && !tail(t.data, i, w.w.texts[op.arg]) {
			return -1
		}
		return i + n
	case traceByte:
		if i >= t.to || !op.table[t.data[i]] {
			return -1
		}
		return i + 1
	case traceRune:
		if i >= t.to {
			return -1
		}
		c, n := t.rune(i)
		if !w.w.sets[op.arg].has(c) {
			return -1
		}
		return i + n
	case traceSwitch:
		holds = op.jump[t.next(i)] == o.target
	case traceRun, traceFirst:
		from, end := w.run(op, t, i)
		if from > end {
			return -1
		}
		if o.code == traceRun {
			return end
		}
		p := choicePoint{at: int32(from), end: int32(end), begin: int32(i), stop: int32(end)}
		return op.nextEnd(&p, t)
	case traceAssert:
		holds = t.holds(op.place, i)
	case traceNear:
		near := w.w.nears[op.arg]
		holds = op.table == nil && near.stands(t, i) || op.table != nil && op.beside(near, t, i)
	case traceNative:
		end := o.match(t.data, t.from, i, t.to)
		if end < 0 || !op.exit[t.next(end)] {
			return -1
		}
		return end
	case traceExit:
		holds = op.exit[t.next(i)]
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
