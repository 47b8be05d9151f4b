package ndjson

import (
	"slices"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// role stores a value that gives columns beside its own.
func (w *worker) role(b *record.Builder, m *member) verdict {
	switch m.kind {
	case isArray, isObject, isMembers:
		return spills
	case isText:
		if m.escaped {
			w.scratch = unescape(w.scratch[:0], w.data, m.at+1, m.end-1)
			n := len(w.scratch)
			w.scratch = slices.Grow(append(w.scratch, '"'), scan.Slack)
			return w.parts(b, m.node, w.scratch[:cap(w.scratch)], 0, n, true)
		}
		return w.parts(b, m.node, w.data, m.at+1, m.end-1, false)
	}
	return w.parts(b, m.node, w.data, m.at, m.end, false)
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
		b.SetText(c, data, i, end-i)
	}
	b.Present(c)
}

// quotedRole is role for the walk: the text from data[i] on, behind its quote. It gives the position behind the text, or -1.
func (w *worker) quotedRole(b *record.Builder, st *step, i int) int {
	end := w.stringEnd(i)
	if mem.At(w.data, end) != '"' {
		return w.plainValue(b, st, i-1)
	}
	if w.parts(b, st.node, w.data, i, end, false) != stored {
		return -1
	}
	return end + 1
}
