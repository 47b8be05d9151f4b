package logfmt

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
	if !w.read(data, 0, len(line)) {
		return w.broken(line)
	}
	b := record.NewBuilder(w.layout.Schema, record.Heap, Present)
	b.Start(1)
	b.Begin(data, len(data), false)
	if w.write(b) {
		return record.Check{OK: true}
	}
	p := &w.pairs[w.failed]
	check := record.Check{Fault: record.BadValue.String(), Offset: p.at, Element: w.key(p), Column: p.node.Name(), Expected: p.node.Declared.Type.String(), Seen: excerpt(line[p.at:p.end])}
	if p.bare {
		check.Offset, check.Seen = p.key, "a key without a value, which is true"
	}
	return check
}

// broken explains a line that could not be read.
func (w *worker) broken(line []byte) record.Check {
	c := record.Check{Fault: w.fault.String(), Offset: w.at, Expected: w.want, Seen: "the end of the line"}
	if w.at < len(line) {
		c.Seen = excerpt(line[w.at:])
	}
	if n := len(w.pairs); n > 0 && w.pairs[n-1].quoted {
		p := &w.pairs[n-1] // the value under way
		c.Element = w.key(p)
		if node := w.tree.Find(w.data[p.key:p.keyEnd]); node != nil && node.Column >= 0 {
			c.Column = node.Name()
		}
	}
	return c
}

func (w *worker) key(p *pair) string {
	return strings.ToValidUTF8(string(w.data[p.key:p.keyEnd]), "\uFFFD")
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
