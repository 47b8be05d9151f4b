package ndjson

import (
	"bytes"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// Maps take the members that have no field of their own. Their values are texts; what is no text stands there as JSON.

// entry tells whether a member goes to a map, or would if its column were asked for.
func (w *worker) entry(m *member) bool {
	if m.node != nil {
		return m.node.Entry
	}
	if m.parent >= 0 {
		return w.members[m.parent].node.Entries
	}
	for i := range w.layout.Maps {
		if p := &w.layout.Maps[i]; p.Node == nil && strings.HasPrefix(mem.String(w.name(m)), p.Prefix) {
			return true
		}
	}
	return false
}

// mapAt writes the map that takes the members of the object at i, and the fields that are among them. It gives the place behind it, -1: the plain
// parser has to read the record.
func (w *worker) mapAt(b *record.Builder, node *infer.Node, i int) int {
	if mem.At(w.data, i) != '{' {
		return -1
	}
	w.begin()
	w.members = append(w.members, member{node: node, parent: -1, at: i, kind: isMembers})
	end := w.object(i+1, node, 0, node.Level+1)
	if end < 0 || w.twins {
		return -1
	}
	w.members[0].end, w.members[0].next = end, int32(len(w.members))
	for k := 1; k < len(w.members); k++ {
		if m := &w.members[k]; w.entry(m) {
			k = int(m.next) - 1
		} else if w.store(b, k) != stored {
			return -1
		}
	}
	for k := range w.layout.Maps {
		if to := &w.layout.Maps[k]; to.Node == node {
			w.entries(b, to)
		}
	}
	return end
}

// entries writes a map.
func (w *worker) entries(b *record.Builder, to *infer.Map) {
	i, end := 0, len(w.members)
	if to.Node != nil {
		for i < end && (w.members[i].node != to.Node || w.members[i].dead || w.members[i].kind != isMembers) {
			i++
		}
		if i == end {
			return
		}
		i, end = i+1, int(w.members[i].next)
	}
	c := &b.Cols[to.Column]
	any := to.Node != nil
	for ; i < end; i = int(w.members[i].next) {
		m := &w.members[i]
		if m.dead || !w.entry(m) && !(m.node != nil && m.node.Both) {
			continue
		}
		key := w.name(m)
		if to.Node == nil {
			var mine bool
			if key, mine = bytes.CutPrefix(key, mem.Bytes(to.Prefix)); !mine {
				continue
			}
		}
		any = true
		c.Nested.Keys.Text(b.Text(key))
		if to.Node != nil && to.Node.Lists {
			w.list(b, c.Nested.Items, m)
		} else {
			w.item(b, c.Nested.Items, m)
		}
	}
	if any {
		b.EndList(c)
	}
}

// item appends the value of a member to the values of a map.
func (w *worker) item(b *record.Builder, to *record.Items, m *member) {
	switch {
	case m.kind == isNull:
		to.Null()
	case m.kind == isText && m.escaped:
		start := len(b.Side)
		b.Side = unescape(b.Side, w.data, m.at+1, m.end-1)
		to.Text(b.SideView(start))
	case m.kind == isText:
		to.Slot().Set(w.data, m.at+1, m.end-m.at-2, b.Buffer)
	default:
		to.Slot().Set(w.data, m.at, m.end-m.at, b.Buffer)
	}
}

// list appends the elements of a member to a list of the values of a map: those of an array, or the value alone.
func (w *worker) list(b *record.Builder, to *record.Items, m *member) {
	if m.kind != isArray {
		w.item(b, to.Nested.Items, m)
		to.End()
		return
	}
	for at, more := m.at+1, true; more; {
		var e member
		if e, at, more = w.element(at); more {
			w.item(b, to.Nested.Items, &e)
		}
	}
	to.End()
}

// octets stores an array of bytes as a text; false: it holds something else, or nothing.
func (w *worker) octets(b *record.Builder, c *record.Col, m *member) bool {
	start := len(b.Side)
	for at, more := m.at+1, true; more; {
		var e member
		if e, at, more = w.element(at); more {
			v, ok := value.Uint(w.data, e.at, e.end-e.at)
			if !ok || v > 255 {
				b.Side = b.Side[:start]
				return false
			}
			b.Side = append(b.Side, byte(v))
		}
	}
	if len(b.Side) == start {
		return false
	}
	b.SetSide(c, start)
	b.Present(c)
	return true
}

// element is the element of an array at or behind i, and where to look for the next one; false: there is none. The array is known to be
// right.
func (w *worker) element(i int) (e member, next int, ok bool) {
	for c := w.data[i]; c == ' ' || c == '\t' || c == ',' || c == '\n' || c == '\r'; c = w.data[i] {
		i++
	}
	if w.data[i] == ']' {
		return e, i, false
	}
	e.at, e.kind = i, isNumber
	depth := 0
	for ; ; i++ {
		switch c := w.data[i]; c {
		case '"':
			for i++; w.data[i] != '"'; i++ {
				if w.data[i] == '\\' {
					e.escaped = true
					i++
				}
			}
		case '[', '{':
			depth++
			continue
		case ']', '}':
			if depth--; depth < 0 {
				i--
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				i--
				depth = -1
			}
		}
		if depth < 0 || depth == 0 && w.data[e.at] == '"' {
			break
		}
	}
	e.end = i + 1
	switch w.data[e.at] {
	case '"':
		e.kind = isText
	case 'n':
		e.kind = isNull
	}
	return e, e.end, true
}

// instant stores a time that is an object of seconds and nanoseconds, as log4j writes it; false: it is none.
func (w *worker) instant(b *record.Builder, c *record.Col, m *member) bool {
	seconds, ok := w.numberIn(m, `"`+infer.InstantSecond+`"`)
	if !ok || seconds > 1<<33 {
		return false
	}
	nanos, _ := w.numberIn(m, `"`+infer.InstantNanos+`"`)
	if nanos > 999_999_999 {
		return false
	}
	c.Words[b.Row] = seconds*1e9 + nanos
	b.Present(c)
	return true
}

// numberIn is the whole number under a key, which is given with its quotes, of an object that was not taken apart.
func (w *worker) numberIn(m *member, key string) (uint64, bool) {
	text := w.data[m.at:m.end]
	at := bytes.Index(text, mem.Bytes(key))
	if at < 0 {
		return 0, false
	}
	i := m.at + at + len(key)
	for i < m.end && (w.data[i] == ' ' || w.data[i] == ':' || w.data[i] == '\t') {
		i++
	}
	v, end := scan.Digits(w.data, i)
	_, whole := value.Uint(w.data, i, end-i)
	return v, whole && end > i && end <= m.end
}
