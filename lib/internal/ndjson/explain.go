package ndjson

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Explain implements record.Worker. The line is read as one record, whatever line feeds are in it.
func (w *worker) Explain(line []byte) record.Check {
	data := append(append(make([]byte, 0, len(line)+1+scan.Slack), line...), '\n')
	if limit := w.options.Line; limit > 0 && len(line) > limit {
		return record.Check{Fault: record.TooLong.String(), Offset: limit, Expected: fmt.Sprintf("at most %d bytes", limit), Seen: fmt.Sprintf("%d bytes", len(line))}
	}
	if w.options.Reject && !scan.Valid(line) {
		at := invalid(line)
		return record.Check{Fault: record.BadUTF8.String(), Offset: at, Expected: "valid UTF-8", Seen: fmt.Sprintf("byte %02x", line[at])}
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
		Expected: m.node.Declared.TypeName(), Seen: excerpt(data[m.at:m.end])}
}

// invalid is the position of the first invalid byte.
func invalid(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(text)
}

// broken explains a line that could not be read.
func (w *worker) broken(data []byte, end int) record.Check {
	at := min(w.at, end)
	c := record.Check{Fault: w.fault.String(), Offset: at, Expected: w.want, Seen: "the end of the line"}
	if at < end {
		c.Seen = excerpt(data[at:end])
	}
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

// excerpt is the beginning of text, short enough to show.
func excerpt(text []byte) string {
	const longest = 40
	s := strings.ToValidUTF8(string(text[:min(len(text), longest+utf8.UTFMax)]), "\uFFFD")
	if len(s) <= longest {
		return s
	}
	cut := longest
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "..."
}
