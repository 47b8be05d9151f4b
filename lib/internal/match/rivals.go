package match

import (
	"bytes"
	"math/bits"
	"slices"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// Where the first of several programs or sequences has not fitted, others are left out that cannot fit either, as what stands at the place
// shows: a time of another shape, a word that is no level, a word with something else behind it; and where one has come to the line's end,
// those that need a text that is not in the line. Only those are left out that would not come further than the one that failed, so that the
// reason why a line does not fit is the same.

// rivals are the programs or sequences that are tried at one place, as bits in tables. A table that says nothing is nil.
type rivals struct {
	digits *choices // those that may fit where a number of one or two digits stands, by the byte behind them ...
	longer *choices // ... and of more
	heads  *choices // those that may fit by the first byte of the word that stands there
	behind *choices // those that may fit by the byte behind the blank behind that word; at '\n' also where the line ends behind the word
}

// needed is a text without which some of them do not fit.
type needed struct {
	text []byte
	by   uint64
}

// lacking are those of maybe that need not be tried at i, where one has come to the line's end: what they need is not in between.
func lacking(all []needed, data []byte, i, stop int, maybe uint64) (without uint64) {
	for k := range all {
		if n := &all[k]; n.by&maybe != 0 && !bytes.Contains(data[i:stop], n.text) {
			without |= n.by
		}
	}
	return without
}

// rival is what is known of a program or sequence.
type rival struct {
	first *step    // nil: it begins with a constant, or is not known
	needs []string // constants that stand in each line that it fits
	leads bool     // it begins with a constant: where that does not stand it fails at once
}

func (p *Program) rival() rival {
	r := p.sequence.rival()
	if len(p.next) == 0 {
		return r
	}
	for _, text := range p.next[0].rival().needs {
		if !slices.ContainsFunc(p.next[1:], func(next *Program) bool {
			other := next.rival()
			return !other.wants(text)
		}) {
			r.needs = append(r.needs, text)
		}
	}
	return r
}

// wants tells whether no line fits without the text.
func (r *rival) wants(text string) bool {
	return slices.ContainsFunc(r.needs, func(t string) bool { return strings.Contains(t, text) })
}

func (q *sequence) rival() rival {
	r := rival{first: q.first(), leads: q.lead.n > 0}
	if text := strings.TrimSuffix(q.lead.text, "\n"); len(text) > 1 {
		r.needs = append(r.needs, text)
	}
	for k := range q.steps {
		e := &q.steps[k]
		if e.endsAnywhere() {
			break
		}
		if text := strings.TrimSuffix(e.after.text, "\n"); len(text) > 1 && e.needsConstant() {
			r.needs = append(r.needs, text)
		}
	}
	return r
}

// needsConstant tells whether the step fits only where its constant stands as a whole.
func (e *step) needsConstant() bool {
	x := e.element
	switch e.op {
	case opText, opEscaped, opWord, opInt, opNumber, opTime, opLiteral, opOdd:
		return x.Open == "" && !x.Quoted && !x.Part && !x.Cell && x.List == pattern.NoList
	}
	return false
}

// left are those that are worth trying at i, when one has come as far as stop. all: there is no more to say when another has come further.
func (r *rivals) left(data []byte, i, stop int) (left uint64, all bool) {
	left = ^uint64(0)
	if r.digits != nil && mem.At(data, i)-'0' <= 9 {
		n := scan.DigitRun(mem.Load64(data, i))
		if left = r.digits.of(mem.At(data, i+n)); n > 2 {
			left = r.longer.of(mem.At(data, i+n))
		}
	}
	if r.heads == nil {
		return left, true
	}
	blank := scan.Find(data, i, ' ', '\n')
	if blank == i || stop < blank {
		return left, blank == i // an empty value, or one that may come further
	}
	behind := byte('\n')
	if mem.At(data, blank) == ' ' {
		behind = mem.At(data, blank+1)
	}
	return left & r.heads.of(mem.At(data, i)) & r.behind.of(behind), true
}

// newRivals is nil where there is nothing to tell the steps apart by that they begin with; nil stands for one that is not known.
func newRivals(all []rival) *rivals {
	if len(all) < 2 || len(all) > 64 {
		return nil
	}
	r := &rivals{}
	firsts := make([]*step, len(all))
	for k := range all {
		firsts[k] = all[k].first
	}
	digits, longer, first, behind := make([]heads, len(firsts)), make([]heads, len(firsts)), make([]heads, len(firsts)), make([]heads, len(firsts))
	var timed, worded bool
	for k, e := range firsts {
		digits[k], longer[k], first[k], behind[k] = anyHead, anyHead, anyHead, anyHead
		if e == nil {
			continue
		}
		if h, two, ok := e.behindDigits(); ok {
			if digits[k], longer[k], timed = h, h, true; two {
				longer[k] = heads{}
			}
		}
		if h, ok := e.levelHeads(); ok {
			first[k], worded = h, true
		}
		if e.isPlainWord() && e.stop == ' ' && e.after.n > 1 {
			behind[k], worded = heads{}, true
			behind[k].add(e.after.text[1:2])
		}
	}
	if timed {
		r.digits, r.longer = newChoices(digits), newChoices(longer)
	}
	if worded {
		r.heads, r.behind = newChoices(first), newChoices(behind)
	}
	if !timed && !worded {
		return nil
	}
	return r
}

// newNeeded finds texts that they need, one for each of them that is worth it, but for the first, which has been tried before that matters.
func newNeeded(all []rival) (list []needed) {
	if len(all) < 2 || len(all) > 64 {
		return nil
	}
	for left := uint64(1)<<len(all) - 2; left != 0; {
		n := mostNeeded(all, left)
		if n.by == 0 {
			break
		}
		if list, left = append(list, n), left&^n.by; len(list) == 1 {
			for k := range all {
				if all[k].leads { // to run it costs no more than to look for a text
					left &^= 1 << k
				}
			}
		}
	}
	return list
}

// mostNeeded is the text that most of those left need; by is zero where there is none. Of several texts the last is the one that is most
// likely missing where the line ended too early.
func mostNeeded(all []rival, left uint64) (best needed) {
	for k := range all {
		for _, text := range all[k].needs {
			var by uint64
			for j := range all {
				if left>>j&1 == 1 && all[j].wants(text) {
					by |= 1 << j
				}
			}
			if bits.OnesCount64(by) >= max(1, bits.OnesCount64(best.by)) {
				best = needed{[]byte(text), by}
			}
		}
	}
	return best
}

// first is the step that a sequence begins with; nil: a constant, or none.
func (q *sequence) first() *step {
	if q.lead.n > 0 || len(q.steps) == 0 {
		return nil
	}
	return &q.steps[0]
}

// behindDigits are the bytes one of which must stand behind the digits that a time begins with, where it begins with a digit: else the step
// fails where it begins. two: there may be no more than two of them. ok is false for what is no such time.
func (e *step) behindDigits() (h heads, two, ok bool) {
	x := e.element
	if e.layout == nil || !e.must || x.Open != "" || x.Quoted || x.Cell || x.Whole || e.cells {
		return h, false, false
	}
	layout := e.layout.String()
	if len(layout) < 3 || layout[0] != '%' || strings.IndexByte("YymdeHkIl", layout[1]) < 0 || strings.Contains(layout, "|") {
		return h, false, false
	}
	switch c := layout[2]; c {
	case '-', '/', ':', '.':
		h.add(string([]byte{c}))
	case ' ':
		h = without("-/:.")
	default:
		return h, false, false
	}
	return h, layout[1] != 'Y', true
}

// isPlainWord tells whether the step reads a word, which it finds where it begins or not at all.
func (e *step) isPlainWord() bool {
	return e.op == opWord && e.element.Pad == pattern.NoPad && e.element.Values == nil
}

// levelHeads are the bytes that a level begins with that must be one. ok is false where a word that is none may be read past its blank.
func (e *step) levelHeads() (h heads, ok bool) {
	if !e.isPlainWord() || e.levels == nil || e.levels.any || e.element.Null != "" || e.stop != ' ' && e.after.n > 1 {
		return h, false
	}
	h.add(e.after.text[:1] + "\r\n")
	if !e.levels.known || !e.levels.ownWords() {
		h.add("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
	}
	for _, c := range e.levels.beginnings() {
		h.add(string([]byte{c, c &^ 0x20}))
	}
	return h, true
}
