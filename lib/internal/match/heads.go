package match

import (
	"slices"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/pattern"
)

// Where one of several programs or sequences is to be read, most of them are told apart by the next byte: those that cannot begin with it are
// not tried.

// heads are the bytes that something may begin with.
type heads [4]uint64

var anyHead = heads{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}

func (h *heads) add(bytes string) {
	for i := range len(bytes) {
		h[bytes[i]>>6] |= 1 << (bytes[i] & 63)
	}
}

func (h *heads) has(c byte) bool { return h[c>>6]>>(c&63)&1 == 1 }

func (h *heads) join(other heads) {
	for i := range h {
		h[i] |= other[i]
	}
}

// without is all bytes but these.
func without(bytes string) heads {
	var h heads
	h.add(bytes)
	for i := range h {
		h[i] = ^h[i]
	}
	return h
}

// choices tell by a byte which of several things, up to 64, may begin with it, as bits. There are few different answers, so that a table of
// their numbers does, of an eighth of the size.
type choices struct {
	number  [256]uint8
	answers []uint64
}

// newChoices are those between several heads; nil of more than 64.
func newChoices(all []heads) *choices {
	if len(all) > 64 {
		return nil
	}
	t := &choices{}
	for c := range t.number {
		var answer uint64
		for k := range all {
			if all[k].has(byte(c)) {
				answer |= 1 << k
			}
		}
		n := slices.Index(t.answers, answer)
		if n < 0 {
			n = len(t.answers)
			t.answers = append(t.answers, answer)
		}
		t.number[c] = uint8(n)
	}
	return t
}

func (t *choices) of(c byte) uint64 { return t.answers[t.number[c]] }

// heads are what the program begins with.
func (p *Program) heads() heads {
	if p.lead.n > 0 {
		return oneHead(p.lead.text)
	}
	behind := anyHead
	if len(p.next) > 0 {
		behind = heads{}
		for _, next := range p.next {
			behind.join(next.heads())
		}
	}
	return p.sequence.heads(0, behind)
}

// heads are what the steps from k on begin with, where behind may stand behind them.
func (q *sequence) heads(k int, behind heads) heads {
	for ; k < len(q.steps); k++ {
		switch e := &q.steps[k]; e.op {
		case opConstant: // reads nothing
		case opLiteral:
			return oneHead(e.after.text)
		case opGroup:
			rest := q.heads(k+1, behind)
			all := heads{}
			if e.group.choice != pattern.One {
				all = rest
			}
			for i := range e.group.sequences {
				all.join(e.group.sequences[i].begins(rest))
			}
			return all
		default:
			return e.heads()
		}
	}
	return behind
}

// begins are what a sequence of a group begins with.
func (q *sequence) begins(behind heads) heads {
	if q.lead.n > 0 {
		return oneHead(q.lead.text)
	}
	return q.heads(0, behind)
}

// oneHead is the first byte of a text. The line's end may be written in two ways.
func oneHead(text string) (h heads) {
	h.add(text[:1])
	if text[0] == '\n' {
		h.add("\r")
	}
	return h
}

// heads are what the value begins with: what it can be, what stands for null or for nothing, and what is behind it.
func (e *step) heads() heads {
	x := e.element
	full := x.Full && !x.EmptyNull && x.Null == ""
	bounded := e.after.n > 0 || e.until != nil
	if e.op == opEnd {
		return oneHead("\n")
	}
	if e.optional || e.cut || e.ends || e.pairs != nil || x.Part || x.Open != "" || x.Quoted || x.Cell || x.Whole || x.Width > 0 || x.Trim ||
		x.Pad == pattern.PadLeft || x.List != pattern.NoList || x.Begins != "" || !bounded && !(full && e.layout != nil) {
		return anyHead
	}
	h := e.values()
	if e.must {
		return h
	}
	h.add("\r\n")
	for _, text := range []string{x.Null, x.Empty, e.after.text} {
		if text != "" {
			h.join(oneHead(text))
		}
	}
	if e.until != nil {
		for c, ends := range e.until.firsts {
			if ends {
				h.add(string([]byte{byte(c)}))
			}
		}
	}
	return h
}

// values are what a value that is there begins with.
func (e *step) values() (h heads) {
	x := e.element
	switch {
	case e.layout != nil:
		return stampHeads(e.layout.String())
	case e.op == opInt || e.number:
		h.add("+-0123456789")
	case !e.text || e.op == opRequest:
		return anyHead
	case e.levels != nil && e.levels.known && e.levels.ownWords():
		for _, c := range e.levels.beginnings() {
			h.add(string([]byte{c, c &^ 0x20}))
		}
	case x.Values != nil:
		for _, value := range x.Values {
			if value != "" {
				h.add(value[:1])
			}
		}
	default:
		not := x.Not
		if x.NoBlank {
			not += " "
		}
		return without(not)
	}
	return h
}

// stampHeads are what times begin with that are written by a layout.
func stampHeads(layout string) (h heads) {
	h.add(" ")
	switch {
	case layout == "rfc3339", strings.HasPrefix(layout, "%Y"), layout == "iso":
		h.add("+-0123456789")
	case strings.HasPrefix(layout, "%b"):
		h.add("JFMASONDjfmasond")
	case len(layout) > 1 && layout[0] == '%' && strings.IndexByte("ymdHIjs", layout[1]) >= 0, layout == "clf", strings.HasPrefix(layout, "unix_"):
		h.add("+-0123456789")
	default:
		return anyHead
	}
	return h
}
