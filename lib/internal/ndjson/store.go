package ndjson

import (
	"math"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// verdict says what became of a value.
type verdict uint8

const (
	stored verdict = iota // in its column, or null
	spills                // it does not fit an inferred column, or has none
	misfit                // it does not fit a declared type
)

// write writes the record on the tape to the builder; false: a value does not fit its declared type (see failed).
func (w *worker) write(b *record.Builder) bool {
	spilled := false
	w.asked, w.byName = 0, nil
	for i := 0; i < len(w.members); i++ {
		m := &w.members[i]
		if m.dead || len(w.layout.Maps) > 0 && w.entry(m) {
			i = int(m.next) - 1
			continue
		}
		switch w.store(b, i) {
		case spills:
			spilled = true
			w.spill(i)
		case misfit:
			w.fault, w.failed = record.BadValue, i
			return false
		}
	}
	for i := range w.layout.Maps {
		w.entries(b, &w.layout.Maps[i])
	}
	if spilled && w.layout.Overflow >= 0 {
		w.overflow(b)
	}
	return true
}

// store writes the value of the member at to its column.
func (w *worker) store(b *record.Builder, at int) verdict {
	m := &w.members[at]
	n := m.node
	switch {
	case m.kind == isNull || n != nil && n.Skipped:
		return stored
	case m.kind == isMembers && (int(m.next) > at+1 || n.Entries):
		return stored // its members speak for it
	case n != nil && n.Role != infer.Plain:
		return w.role(b, m)
	case n == nil || n.Column < 0:
		return spills
	}
	c := &b.Cols[n.Column]
	v := spills
	switch n.Holds {
	case infer.Given:
		if v = w.given(b, c, m); v == misfit && n.Declared.Soft {
			v = spills
		}
	case infer.Texts:
		if m.kind == isText {
			v = w.content(b, c, m)
		}
	case infer.Arrays:
		if m.kind == isArray {
			v = w.raw(b, c, m.at, m.end)
		}
	case infer.JSONTexts:
		if m.kind == isArray || m.kind == isObject {
			v = w.raw(b, c, m.at, m.end)
		}
	case infer.Bools:
		if m.kind == isTrue || m.kind == isFalse {
			b.SetBool(c, m.kind == isTrue)
			v = w.present(b, c)
		}
	default:
		if m.kind == isNumber {
			v = w.inferred(b, c, n.Holds, m)
		}
	}
	return v
}

func (w *worker) present(b *record.Builder, c *record.Col) verdict {
	b.Present(c)
	return stored
}

// raw stores data[i:end] as it stands.
func (w *worker) raw(b *record.Builder, c *record.Col, i, end int) verdict {
	b.SetText(c, w.data, i, end-i)
	return w.present(b, c)
}

// content stores the content of a text.
func (w *worker) content(b *record.Builder, c *record.Col, m *member) verdict {
	if !m.escaped {
		return w.raw(b, c, m.at+1, m.end-1)
	}
	start := len(b.Side)
	if w.marks != nil {
		b.Side, _ = unescapeMarked(b.Side, w.data, w.marks, m.at+1)
	} else {
		b.Side = unescape(b.Side, w.data, m.at+1, m.end-1)
	}
	b.SetSide(c, start)
	return w.present(b, c)
}

// inferred stores a number in an inferred column.
func (w *worker) inferred(b *record.Builder, c *record.Col, holds infer.Holds, m *member) verdict {
	if holds == infer.Numbers {
		return w.raw(b, c, m.at, m.end)
	}
	word, ok := w.word(m.at, m.end, holds)
	if !ok {
		return spills
	}
	c.Words[b.Row] = word
	return w.present(b, c)
}

// word is the word of a number in a column that holds such numbers, if it keeps every digit.
func (w *worker) word(i, end int, holds infer.Holds) (uint64, bool) {
	switch holds {
	case infer.Ints:
		v, ok := infer.Int(w.data[i:end])
		return uint64(v), ok
	case infer.Uints:
		return infer.Uint(w.data[i:end])
	}
	v, whole, ok := infer.FloatAt(w.data, i, end)
	return math.Float64bits(v), ok && whole
}

// simple tells whether a declared column takes texts as they are.
func simple(d *infer.Declared) bool {
	return (d.Type == record.String || d.Type == record.Bytes) && d.Check == nil && d.Rewrite == nil
}

// copied tells whether it takes all of them so, a dash too.
func copied(d *infer.Declared) bool { return simple(d) && !d.Dash }

// given stores a value in a column whose type the user declared.
func (w *worker) given(b *record.Builder, c *record.Col, m *member) verdict {
	d := m.node.Declared
	if d.Type == record.List {
		return w.givenList(b, c, m)
	}
	data, i, end := w.data, m.at, m.end
	if m.kind == isObject && d.Type == record.Timestamp && w.instant(b, c, m) {
		return stored
	}
	if d.Octets && m.kind == isArray && w.octets(b, c, m) {
		return stored
	}
	if d.First && m.kind == isArray {
		e, _, ok := w.element(m.at + 1)
		if !ok || e.kind == isNull {
			return stored
		}
		if e.node = m.node; e.kind == isText || e.kind == isNumber {
			return w.given(b, c, &e)
		}
	}
	if d.Soft && (m.kind == isArray || m.kind == isObject || m.kind == isMembers) {
		return spills
	}
	if m.kind == isText {
		i, end = i+1, end-1
		if d.Dash && end == i+1 && data[i] == '-' {
			return stored
		}
		if simple(d) {
			return w.content(b, c, m)
		}
		if i == end && (!d.Type.Text() || d.Type == record.IP) {
			return stored // an empty text is null
		}
		if m.escaped {
			data, i, end = w.unescaped(m)
		}
	}
	switch {
	case d.Type.Text():
		return w.givenText(b, c, d, data, i, end, m.kind == isText && m.escaped)
	case d.Type == record.Bool:
		k, stop := literal(data, i)
		if stop != end || k == isNull {
			return misfit
		}
		b.SetBool(c, k == isTrue)
		return w.present(b, c)
	case m.kind != isText && m.kind != isNumber:
		return misfit
	}
	word, ok := w.declared(m.node, d.Type, data, i, end)
	if !ok {
		return misfit
	}
	c.Words[b.Row] = word
	return w.present(b, c)
}

// unescaped is the content of a text with escapes, and slack behind it.
func (w *worker) unescaped(m *member) (data []byte, i, end int) {
	w.scratch = unescape(w.scratch[:0], w.data, m.at+1, m.end-1)
	end = len(w.scratch)
	w.scratch = slices.Grow(append(w.scratch, '"'), scan.Slack)
	return w.scratch[:cap(w.scratch)], 0, end
}

// declared is the word of a value of the type that n, or its elements, are given.
func (w *worker) declared(n *infer.Node, t record.Type, data []byte, i, end int) (uint64, bool) {
	if read := w.reads[n.ID]; read != nil {
		v, stop, ok := read(data, i)
		return uint64(v), ok && stop == end
	}
	switch t {
	case record.Int:
		v, ok := infer.Int(data[i:end])
		return uint64(v), ok
	case record.Uint:
		return infer.Uint(data[i:end])
	}
	v, _, ok := infer.Float(data[i:end])
	return math.Float64bits(v), ok
}

// givenText stores data[i:end] in a declared column of texts. side says that data is not the block.
func (w *worker) givenText(b *record.Builder, c *record.Col, d *infer.Declared, data []byte, i, end int, side bool) verdict {
	start, ok := shown(b, d, data[i:end], side)
	switch {
	case !ok:
		return misfit
	case start < 0:
		return w.raw(b, c, i, end)
	}
	b.SetSide(c, start)
	return w.present(b, c)
}

// shown is where in Side the text begins that a declared type makes of a text, -1 where it is what stands in the block; false: it does not
// fit the type. side says that text is not in the block.
func shown(b *record.Builder, d *infer.Declared, text []byte, side bool) (start int, ok bool) {
	if d.Check != nil && !d.Check(text) {
		return 0, false
	}
	if d.Rewrite == nil && !side {
		return -1, true
	}
	start, ok = len(b.Side), true
	if d.Rewrite == nil {
		b.Side = append(b.Side, text...)
	} else if b.Side, ok = d.Rewrite(b.Side, text); !ok {
		b.Side = b.Side[:start]
	}
	return start, ok
}
