package ndjson

import (
	"strings"

	"github.com/sawlog/sawlog/lib/internal/explain"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Explain implements record.Worker. The line is read as one record, whatever line feeds are in it.
func (w *worker) Explain(line []byte) record.Check {
	data := append(append(make([]byte, 0, len(line)+1+scan.Slack), line...), '\n')
	if check, ok := explain.Line(line, w.options.Line, w.options.Reject); !ok {
		return check
	}
	w.white = whiteWhole
	defer func() { w.white = white(w.whole) }()
	if !w.readAs(data, 0, len(line), w.options.Document) {
		return w.broken(data, len(line))
	}
	b := record.NewBuilder(w.layout.Schema, record.Heap, Present)
	b.Start(1)
	b.Begin(data, len(data), false)
	if w.write(b) {
		return record.Check{OK: true}
	}
	m := &w.members[w.failed]
	return record.Check{Fault: record.BadValue.String(), Offset: m.at, Element: w.path(w.failed), Column: m.node.Name(),
		Expected: m.node.Declared.TypeName(), Seen: explain.Excerpt(data[m.at:m.end])}
}

// broken explains a line that could not be read.
func (w *worker) broken(data []byte, end int) record.Check {
	at := min(w.at, end)
	c := record.Check{Fault: w.fault.String(), Offset: at, Expected: w.want, Seen: explain.Seen(data[:end], at)}
	if w.fault == record.NotObject || w.fault == record.Empty || len(w.members) == 0 {
		return c
	}
	// The member under way is the last one, or the object that holds it when that one was complete.
	last := len(w.members) - 1
	for last >= 0 && w.members[last].next > 0 {
		last = int(w.members[last].parent)
	}
	if last >= 0 {
		c.Element = w.path(last)
		if n := w.members[last].node; n != nil && n.Column >= 0 {
			c.Column = n.Name()
		}
	}
	return c
}

// path is the dotted path of a member.
func (w *worker) path(i int) string {
	var keys []string
	for ; i >= 0; i = int(w.members[i].parent) {
		keys = append([]string{string(w.name(&w.members[i]))}, keys...)
	}
	return strings.ToValidUTF8(strings.Join(keys, "."), "\uFFFD")
}
