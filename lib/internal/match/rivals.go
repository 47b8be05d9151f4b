package match

import (
	"strings"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// Where the first of several programs or sequences has not fitted, others are left out that cannot fit either, as what stands at the place
// shows: a time of another shape, a word that is no level, a word with something else behind it. Only those are left out that would not come
// further than the one that failed, so that the reason why a line does not fit is the same.

// rivals are the programs or sequences that are tried at one place, as bits in tables. A table that says nothing is nil.
type rivals struct {
	digits *[256]uint64 // those that may fit where a number of one or two digits stands, by the byte behind them ...
	longer *[256]uint64 // ... and of more
	heads  *[256]uint64 // those that may fit by the first byte of the word that stands there
	behind *[256]uint64 // those that may fit by the byte behind the blank behind that word; at '\n' also where the line ends behind the word
}

// left are those that are worth trying at i, when one has come as far as stop. all: there is no more to say when another has come further.
func (r *rivals) left(data []byte, i, stop int) (left uint64, all bool) {
	left = ^uint64(0)
	c := mem.At(data, i)
	if r.digits != nil && c-'0' <= 9 {
		n := scan.DigitRun(mem.Load64(data, i))
		if left = r.digits[mem.At(data, i+n)]; n > 2 {
			left = r.longer[mem.At(data, i+n)]
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
	return left & r.heads[c] & r.behind[behind], true
}

// newRivals is nil where there is nothing to tell the steps apart by that they begin with; nil stands for one that is not known.
func newRivals(firsts []*step) *rivals {
	if len(firsts) < 2 || len(firsts) > 64 {
		return nil
	}
	r := &rivals{}
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
		r.digits, r.longer = choices(digits), choices(longer)
	}
	if worded {
		r.heads, r.behind = choices(first), choices(behind)
	}
	if !timed && !worded {
		return nil
	}
	return r
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
	if !e.levels.known || len(e.levels.own) == 0 {
		h.add("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
	}
	for k := range e.levels.own {
		c := byte(e.levels.own[k].word)
		h.add(string([]byte{c, c &^ 0x20}))
	}
	return h, true
}
