package match

import (
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// A line that does not fit is tried with one program after the other, most of which fail at what they begin with: a constant, a time,
// a word. Behind the first that has failed that is looked at before they are run, which costs a tenth. The answer is what the run would have
// given, the place included; what it does not know it leaves to the run.

// gate is what a program begins with, behind its constant.
type gate struct {
	kind  gateKind
	step  *step
	level bool  // of a word: it must be a level, which begins with one of heads
	heads heads // ...
}

type gateKind uint8

const (
	gateNone  gateKind = iota // not known
	gateStamp                 // a time that must be there
	gateWord                  // a word
)

// blankAt is where the first blank or the line's end stands from a place on: several words that are looked at begin there.
type blankAt struct{ from, at int }

func (v *blankAt) find(data []byte, i int) int {
	if v.from != i {
		v.from, v.at = i, scan.Find(data, i, ' ', '\n')
	}
	return v.at
}

// gated is what the sequence begins with.
func (q *sequence) gated() (g gate) {
	if len(q.steps) == 0 {
		return g
	}
	switch e := &q.steps[0]; {
	case e.isFirmTime():
		g = gate{kind: gateStamp, step: e}
	case e.isPlainWord():
		h, ok := e.levelHeads()
		if ok = ok && e.not == nil && e.has == nil; ok || e.after.text != " " { // a blank stands behind most words
			g = gate{kind: gateWord, step: e, level: ok, heads: h}
		}
	}
	return g
}

// isFirmTime tells whether the step fits only where its time stands with its constant or one of its ends behind it.
func (e *step) isFirmTime() bool {
	x := e.element
	if !e.must || e.optional || e.cut || e.last || e.peek || e.ends || e.cells || x.Open != "" || x.Quoted || x.Cell || x.Pad != pattern.NoPad || x.Trim {
		return false
	}
	return e.op == opTime || e.op == opOdd && e.stamped || e.op == opUntil
}

// bars tells that the program p does not fit at i: with the fault, and where it stops to fit. NoFault: it may fit.
func (w *worker) bars(p *Program, data []byte, i int, blank *blankAt) (int, record.Fault) {
	if p.lead.n > 0 {
		if !p.lead.at(data, i) {
			return i, record.NoMatch
		}
		i += p.lead.n
	}
	switch g := &p.gate; g.kind {
	case gateStamp:
		return w.barsTime(g.step, data, i)
	case gateWord:
		return g.barsWord(data, i, blank)
	}
	return i, record.NoFault
}

// barsTime is bars for a time. It is read once for all, where what was read is kept.
func (w *worker) barsTime(e *step, data []byte, i int) (int, record.Fault) {
	if w.stamps == nil {
		return i, record.NoFault
	}
	_, end, ok := w.timeAt(e, data, i)
	switch {
	case !ok:
		return i, record.BadValue
	case e.op != opUntil && !e.after.at(data, end):
		return end, record.NoMatch
	}
	return i, record.NoFault
}

// barsWord is bars for a word. Where its constant may stand behind the next blank, or the word may be none, it does not know.
func (g *gate) barsWord(data []byte, i int, blank *blankAt) (int, record.Fault) {
	e := g.step
	var end int
	if e.stop == ' ' {
		end = blank.find(data, i)
	} else {
		end = scan.Find3(data, i, e.stop, ' ', '\n')
	}
	switch c := mem.At(data, end); {
	case end == i:
	case e.after.at(data, end):
		if g.level && !g.heads.has(mem.At(data, i)) {
			return i, record.BadValue
		}
	case c == ' ' || c == '\n':
		return end, record.NoMatch
	}
	return i, record.NoFault
}
