package ndjson

import (
	"slices"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/texts"
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
	if texts.PutParts(b, w.options.Levels, n, data, i, end, side) != texts.Stored {
		return spills
	}
	return stored
}

// quotedDash stores the text from data[i] on, behind its quote, unless it is a dash. It gives the position behind the text, or -1.
func (w *worker) quotedDash(b *record.Builder, st *step, i int) int {
	end := w.stringEnd(i)
	switch {
	case mem.At(w.data, end) != '"':
		return w.plainValue(b, st, i-1)
	case end != i+1 || w.data[i] != '-':
		w.raw(b, &b.Cols[st.column], i, end)
	}
	return end + 1
}

// quotedRole is role for the walk: the text from data[i] on, behind its quote. It gives the position behind the text, or -1.
func (w *worker) quotedRole(b *record.Builder, st *step, i int) int {
	end := w.stringEnd(i)
	if mem.At(w.data, end) != '"' {
		return w.plainValue(b, st, i-1)
	}
	if st.parts.Put(b, w.data, i, end) != texts.Stored {
		return -1
	}
	return end + 1
}
