package logfmt

import (
	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// role stores a value that gives columns beside its own.
func (w *worker) role(b *record.Builder, p *pair) verdict {
	switch {
	case p.bare:
		return w.parts(b, p.node, truth, 0, 4, false)
	case p.escaped:
		w.scratch = value.Unquote(w.scratch[:0], w.data[p.at:p.end])
		return w.parts(b, p.node, w.slack(), 0, len(w.scratch), true)
	}
	return w.parts(b, p.node, w.data, p.at, p.end, false)
}

// parts stores the text data[i:end] and what it gives beside. side says that data is not the block.
func (w *worker) parts(b *record.Builder, n *infer.Node, data []byte, i, end int, side bool) verdict {
	switch n.Role {
	case infer.Level:
		if at := n.Also[0]; at >= 0 {
			if severity, known := w.options.Levels.Severity(data, i, end-i); known {
				b.Cols[at].Words[b.Row] = severity
				b.Present(&b.Cols[at])
			}
		}
	case infer.Caller:
		if file, line, ok := infer.FileLine(data[i:end]); ok {
			w.part(b, n.Also[0], data, i, i+file, side)
			if at := n.Also[1]; at >= 0 {
				b.Cols[at].Words[b.Row] = uint64(line)
				b.Present(&b.Cols[at])
			}
			return stored
		}
		if n.Only {
			return spills
		}
	}
	w.part(b, n.Column, data, i, end, side)
	return stored
}

// part stores the text data[i:end] in the column at, -1: in none.
func (w *worker) part(b *record.Builder, at int, data []byte, i, end int, side bool) {
	if at < 0 {
		return
	}
	c := &b.Cols[at]
	if side {
		start := len(b.Side)
		b.Side = append(b.Side, data[i:end]...)
		b.SetSide(c, start)
	} else {
		b.SetText(c, data, i, end-i) // texts as short as truth stand inside their view
	}
	b.Present(c)
}

// walkRole is role for the walk: the value at i. It gives the position behind it, or -1.
func (w *worker) walkRole(b *record.Builder, st *step, i int) int {
	from, end := i, 0
	if mem.At(w.data, i) == '"' {
		from++
		if end = scan.StringEnd(w.data, from); mem.At(w.data, end) != '"' {
			return w.plainValue(b, st, i)
		}
	} else {
		end = unquotedEnd(w.data, i)
	}
	if w.parts(b, st.node, w.data, from, end, false) != stored {
		return -1
	}
	return end + from - i
}
