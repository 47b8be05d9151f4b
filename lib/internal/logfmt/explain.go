package logfmt

import (
	"strings"

	"github.com/sawlog/sawlog/lib/internal/explain"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/record"
)

// Explain implements record.Worker. The line is read as one record, whatever line feeds are in it.
func (w *worker) Explain(line []byte) record.Check {
	if check, broken := w.Check(line); broken {
		return check
	}
	switch w.Try(w.Layout.Schema, line, w) {
	case record.NoFault:
		return record.Check{OK: true}
	case record.BadValue:
		v := &w.Values[w.Failed]
		check := w.Store.Explain(v)
		if check.Element = element(v); v.Bare {
			check.Offset -= len(v.Key)
		}
		return check
	}
	return w.broken(line)
}

// broken explains a line that could not be read.
func (w *worker) broken(line []byte) record.Check {
	c := record.Check{Fault: w.fault.String(), Offset: w.at, Expected: w.want, Seen: explain.Seen(line, w.at)}
	if n := len(w.Values); n > 0 && w.quotes(&w.Values[n-1]) {
		v := &w.Values[n-1] // the value under way
		c.Element = element(v)
		if v.Node != nil && v.Node.Column >= 0 {
			c.Column = v.Node.Name()
		}
	}
	return c
}

// element is what the line calls the value.
func element(v *texts.Value) string { return strings.ToValidUTF8(string(v.Key), "\uFFFD") }
