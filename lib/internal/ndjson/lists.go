package ndjson

import (
	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/record"
)

// givenList stores an array in a column that is declared to be a list; any other value is a list of one.
func (w *worker) givenList(b *record.Builder, c *record.Col, m *member) verdict {
	fits := true
	if m.kind != isArray {
		fits = w.givenItem(b, c.Nested.Items, m, m.node)
	}
	for at, more := m.at+1, m.kind == isArray; more && fits; {
		var e member
		if e, at, more = w.element(at); more {
			fits = w.givenItem(b, c.Nested.Items, &e, m.node)
		}
	}
	if !fits {
		b.Again(c)
		return misfit
	}
	b.EndList(c)
	return stored
}

// givenItem appends a value to a list of the type that n's elements are given; false: it does not fit. As in columns of their own, an empty
// text is null where it is none, and what is no text is one as JSON.
func (w *worker) givenItem(b *record.Builder, to *record.Items, m *member, n *infer.Node) bool {
	d := n.Declared.Elem
	data, i, end := w.data, m.at, m.end
	if m.kind == isText {
		if i, end = i+1, end-1; m.escaped {
			data, i, end = w.unescaped(m)
		}
	}
	switch {
	case m.kind == isNull, m.kind == isText && i == end && (!d.Type.Text() || d.Type == record.IP):
		to.Null()
		return true
	case d.Type.Text():
		start, ok := shown(b, d, data[i:end], m.kind == isText && m.escaped)
		if ok && start < 0 {
			to.Slot().Set(data, i, end-i, b.Buffer)
		} else if ok {
			to.Text(b.SideView(start))
		}
		return ok
	case d.Type == record.Bool:
		k, stop := literal(data, i)
		if stop != end || k == isNull {
			return false
		}
		to.Bool(k == isTrue)
		return true
	}
	word, ok := w.declared(n, d.Type, data, i, end)
	if ok {
		to.Word(word)
	}
	return ok
}
