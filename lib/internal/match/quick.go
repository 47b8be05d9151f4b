package match

import (
	"strings"

	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

// Most steps of most programs are of few simple kinds. Of these a program has a second form, which lane.go runs: a step is small, knows where
// in the batch under way its values go, and its searches are compiled into the loop. What a quick step does not know, it leaves to the step
// that it stands for, from the place where its value begins: it changes how fast a line is read, not how.

// quickOp is what a quick step does.
type quickOp uint8

const (
	quickNone    quickOp = iota // nothing: from here on the steps themselves
	quickText                   // a text up to the constant
	quickEscaped                // the same where escapes may stand
	quickInt                    // one to seven digits
	quickScaled                 // up to 15 digits, some of them behind a point: a duration in a unit that is a power of ten, or a whole number
	quickFloat                  // the same as a float
	quickTime                   // a stamp that looks as the last one
	quickRequest                // METHOD TARGET PROTOCOL
	quickLevel                  // a level that has come before, with what stands behind it
)

// quick is a step of a program as lane runs it. What has a place in the batch is there from bind on.
type quick struct {
	op       quickOp
	probe    uint8 // where in the constant the byte is that is looked for
	trims    bool  // the line ends behind the value, and its CR is none of it
	odd      bool  // as of the step
	number   bool  // null is a number that is missing: see worker.dash
	null     fixed // the null text with the constant
	after    fixed // the constant
	three    fixed // of quickInt: the constant behind three digits, as long as all numbers have had three
	scale    uint8 // of quickScaled: how many digits there may be behind the point, ...
	most     uint8 // ... and in front of it
	set      scan.Set
	clock    *timestamp.Clock
	step     *step
	recent   *recent     // of quickRequest
	levels   *keptLevels // of quickLevel
	col      int         // as of the step
	more     [3]int
	views    []record.View // of col, of the target; empty: not kept, as the others
	words    []uint64      // of col, of the severity
	index    []int32       // of col, of the method
	versions []int32
	valid    []uint64     // of the column that null makes null, of the whole request
	unknown  []uint64     // of the severity
	texts    *record.Dict // where the texts of col go instead of to views
}

// fixed is a constant of up to eight bytes as a word.
type fixed struct {
	word, mask uint64
	n          int
}

// never is a constant that nothing is.
var never = fixed{word: 1}

func (f *fixed) in(w uint64) bool { return w&f.mask == f.word }

// fix is the constant as a word. ok is false where it is too long.
func (c *constant) fix() (f fixed, ok bool) { return fixed{c.word, c.mask, c.n}, c.n <= 8 }

// stretch is a row of quick steps, and those behind them that are run as they are, up to the next stretch.
type stretch struct {
	quick  []quick
	first  int      // which step of the program the first of them is
	behind sequence // none: of the last
}

// quicken makes the stretches of the worker's program, none where it has no quick steps to speak of. Those that stand in front of all that
// are quick are run as they are.
func (w *worker) quicken() (all []stretch) {
	p := w.p
	if p.lead.n > 8 || p.next != nil || p.absent != nil {
		return nil
	}
	list := make([]quick, len(p.steps))
	for k := range p.steps {
		if e := &p.steps[k]; k+1 < len(p.steps) && p.steps[k+1].op == opRest && e.isNumber() {
			list[k] = e.quickLast()
		} else {
			list[k] = w.quickStep(e)
		}
	}
	start := 0 // of the steps that are run as they are
	for k := 0; ; {
		first := k
		for first < len(list) && list[first].op == quickNone && p.steps[first].runsAlone() {
			first++
		}
		if first == len(list) || list[first].op == quickNone {
			return all // what is left, the last stretch hands on
		}
		for k = first; k < len(list) && list[k].isQuick(); k++ {
		}
		if k-first < few && all != nil && p.steps[first].runsAlone() {
			continue // to come and go costs more
		}
		before := p.sequence
		if before.steps = p.steps[start:first]; all == nil {
			w.ahead = before
		} else {
			all[len(all)-1].behind = before
		}
		all, start = append(all, stretch{quick: list[first:k], first: first}), k
	}
}

// few quick steps behind others are run with these.
const few = 2

// isQuick tells whether the lane reads at least some of what the step does.
func (q *quick) isQuick() bool { return q.op != quickNone || q.null != never }

// runsAlone tells whether the step may be run by itself: the line goes on behind it, and it keeps nothing for others.
func (e *step) runsAlone() bool {
	return !e.endsAnywhere() && !e.element.Part && !e.retries()
}

// quickStep is the quick form of a step.
func (w *worker) quickStep(e *step) quick {
	q := quick{step: e, col: e.col, more: e.more, null: never, odd: e.odd}
	none := quick{null: never}
	var ok bool
	if q.after, ok = e.after.fix(); !ok || e.optional || e.cut || e.peek || e.repeat || e.cells || e.ends {
		return none
	}
	nulls := e.nulls
	switch e.op {
	case opText, opEscaped:
		if q.op = quickText; e.op == opEscaped {
			q.op = quickEscaped
		}
		q.trims = e.last && e.after.text == "\n"
		if !q.search(e) {
			return none
		}
	case opInt:
		// A digit would be a number, and the constant would end it.
		if q.op = quickInt; nulls && (e.element.Null[0]-'0' <= 9 || strings.IndexByte(e.element.Null, e.stop) >= 0 || e.stop == '\n') {
			return none
		}
		q.number = nulls
		if q.three = never; q.after.n <= 5 {
			q.three = fixed{q.after.word << 24, q.after.mask << 24, q.after.n + 3}
		}
	case opNumber:
		if !q.decimal(e) || nulls && e.element.Null[0]-'0' <= 9 {
			return none
		}
	case opTime:
		q.op, q.clock, nulls = quickTime, w.clocks[e.clock], false
	case opRequest:
		q.op, nulls = quickRequest, false
		if e.recent < 0 {
			return none
		}
		q.recent = &w.recent[e.recent]
		if q.set, ok = scan.NewSet(' ', '\n', '"', '\\', e.stop); !ok {
			return none
		}
	case opRest:
		// Mostly there is nothing: a null whose constant is the line's end.
		q.op, q.null = quickNone, fixed{'\n', 0xff, 1}
		return q
	case opWord:
		q.op, nulls = quickLevel, false
		if e.recent < 0 || e.levels == nil && e.more[0] < 0 || e.nulls {
			return none
		}
		q.levels = new(keptLevels)
	default:
		return none
	}
	if nulls {
		if q.null, ok = e.null.fix(); !ok {
			return none
		}
	}
	return q
}

// isNumber tells whether the step reads a whole number that ends in front of one of several texts, and nothing else is asked of it.
func (e *step) isNumber() bool {
	r := e.element.Reading
	r.NoBlank = false // a digit is none
	return e.op == opUntil && e.number && !e.until.retry && !r.Unusual() && e.element.List == pattern.NoList
}

// quickLast is the quick form of a number in front of the rest of the line. Mostly that is nothing: the line's end stands behind the number, and
// stays to be read.
func (e *step) quickLast() quick {
	q := quick{op: quickInt, step: e, col: e.col, more: e.more, null: never, after: fixed{'\n', 0xff, 0}, three: fixed{'\n' << 24, 0xff << 24, 3}}
	null := e.element.Null
	if null == "" {
		return q
	}
	end := makeConstant(null + "\n")
	c, ok := end.fix()
	if !ok || null[0]-'0' <= 9 {
		return quick{null: never}
	}
	q.null = fixed{c.word, c.mask, len(null)}
	return q
}

// decimal makes the step one that reads digits, if what it stands for does.
func (q *quick) decimal(e *step) bool {
	if e.element.Skip != 0 || e.element.List != pattern.NoList || e.more != none || e.after.n == 0 {
		return false
	}
	switch e.kind {
	case pattern.KindFloat:
		q.op = quickFloat
	case pattern.KindUint:
		q.op, q.most = quickScaled, 15
	case pattern.KindDuration:
		for q.op, q.most = quickScaled, 9; q.scale < 10 && scan.Pow10[q.scale] != uint64(e.unit); q.scale++ {
		}
	}
	return q.op != quickNone && q.scale < 10
}

// search says what is looked for to find the constant: its first byte, or, where that cannot be in a set with the others, its second one.
func (q *quick) search(e *step) bool {
	slash := byte('\n')
	if e.op == opEscaped {
		slash = '\\'
	}
	var ok bool
	for q.probe = 0; int(q.probe) < min(e.after.n, 2); q.probe++ {
		if q.set, ok = scan.NewSet(e.after.text[q.probe], slash, '\n'); ok {
			return true
		}
	}
	return false
}

// bind tells the quick steps where in the batch under way their values go.
func (w *worker) bind(b *record.Builder) {
	if !w.asked {
		w.asked, w.wider = true, scan.Wider()
		if scan.Vectors() {
			w.stretches = w.quicken()
		}
	}
	if w.bound == b && w.moved == b.Moved {
		return
	}
	w.bound, w.moved = b, b.Moved
	for n := range w.stretches {
		for k := range w.stretches[n].quick {
			w.stretches[n].quick[k].bind(b)
		}
	}
}

// bind tells the step where in the batch under way its values go.
func (q *quick) bind(b *record.Builder) {
	col := func(k int) *record.Col {
		if k < 0 {
			return &nowhere
		}
		return &b.Cols[k]
	}
	c := col(q.col)
	q.views, q.words, q.index, q.valid, q.texts = c.Views, c.Words, c.Index, c.Valid, c.Dict
	switch q.op {
	case quickRequest:
		q.views, q.versions, q.valid = col(q.more[0]).Views, col(q.more[1]).Index, col(q.more[2]).Valid
		for k := range q.recent.methods {
			q.recent.methods[k].bind(c)
			q.recent.versions[k].bind(col(q.more[1]))
		}
	case quickLevel:
		q.words, q.unknown = col(q.more[0]).Words, col(q.more[0]).Valid
		q.levels.bind(c.Dict)
	}
}

// nowhere is the column of what is not kept.
var nowhere record.Col
