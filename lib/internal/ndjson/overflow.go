package ndjson

import (
	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/record"
)

// spill marks the member at and the objects it is shown in.
func (w *worker) spill(at int) {
	for m := &w.members[at]; !m.spills; m = &w.members[m.parent] {
		m.spills = true
		if w.shown(m); m.moved || m.parent < 0 {
			return
		}
	}
}

// shown decides what the overflow column calls a member: as rows call values of its node, so that they find it where they look for
// the column. A key that no node has goes by Rename. Where the record has that name already, the member keeps its key.
func (w *worker) shown(m *member) {
	name, moved := w.newName(m)
	if name == "" {
		return
	}
	if other := w.member(name); other == nil || other == m {
		m.renamed, m.moved = true, moved
	}
}

// fewNames are looked for one by one among the members of a record. For more of them an index is made: a record may have as many of both as a
// line has room for.
const fewNames = 8

// member is the member of the record itself that has a name, or nil.
func (w *worker) member(name string) *member {
	if w.asked++; w.asked > fewNames {
		if w.asked == fewNames+1 {
			w.index()
		}
		return w.byName[name]
	}
	for i := 0; i < len(w.members); i = int(w.members[i].next) {
		if m := &w.members[i]; !m.dead && string(w.name(m)) == name {
			return m
		}
	}
	return nil
}

func (w *worker) index() {
	w.byName = make(map[string]*member, len(w.members))
	for i := 0; i < len(w.members); i = int(w.members[i].next) {
		if m := &w.members[i]; !m.dead {
			w.byName[string(w.name(m))] = m
		}
	}
}

// newName is what a member goes by that is not called by its key in its place, else "".
func (w *worker) newName(m *member) (name string, moved bool) {
	if n := m.node; n != nil {
		if !n.Moved() && n.Shown() == n.Key {
			return "", false
		}
		return n.Shown(), n.Moved()
	}
	var parent *infer.Node
	from := string(w.name(m))
	if m.parent >= 0 {
		parent = w.members[m.parent].node
		from = parent.From() + "." + from
	}
	if to, ok := w.options.Infer.Rename[from]; ok && w.layout.Schema.Find(to) < 0 {
		return to, parent != nil
	}
	if parent != nil && parent.Hides() {
		return parent.Name() + "." + string(w.name(m)), true
	}
	return "", false
}

// overflow writes what was marked as one JSON object to the overflow column.
func (w *worker) overflow(b *record.Builder) {
	start := len(b.Side)
	to := w.nest(append(b.Side, '{'), 0, len(w.members))
	for i := range w.members {
		if w.members[i].moved {
			to = w.appendMember(to, i)
		}
	}
	b.Side = append(to, '}')
	c := &b.Cols[w.layout.Overflow]
	b.SetSide(c, start)
	b.Present(c)
}

// nest appends the marked members from i to end that were not moved.
func (w *worker) nest(to []byte, i, end int) []byte {
	for ; i < end; i = int(w.members[i].next) {
		if m := &w.members[i]; m.spills && !m.dead && !m.moved {
			to = w.appendMember(to, i)
		}
	}
	return to
}

// appendMember appends the member at, or what is marked inside it, behind a comma or the brace of its object.
func (w *worker) appendMember(to []byte, at int) []byte {
	m := &w.members[at]
	if to[len(to)-1] != '{' {
		to = append(to, ',')
	}
	to = append(to, '"')
	switch {
	case m.renamed:
		name, _ := w.newName(m)
		to = appendEscaped(to, name)
	case m.key < 0:
		to = append(to, valueName...)
	default:
		to = append(to, w.data[m.key:m.keyEnd]...)
	}
	to = append(to, '"', ':')
	if m.kind == isMembers && int(m.next) > at+1 {
		return append(w.nest(append(to, '{'), at+1, int(m.next)), '}')
	}
	return append(to, w.data[m.at:m.end]...)
}

// appendEscaped appends the content of a JSON string.
func appendEscaped(to []byte, text string) []byte {
	const hex = "0123456789abcdef"
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			to = append(to, '\\', c)
		case c < 0x20:
			to = append(to, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			to = append(to, c)
		}
	}
	return to
}
