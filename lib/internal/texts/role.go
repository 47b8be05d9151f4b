package texts

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// role stores a value that gives columns beside its own.
func (s *Store) role(b *record.Builder, v *Value) Verdict {
	switch {
	case v.Bare:
		return PutParts(b, s.Levels, v.Node, truth, 0, 4, false) // so short that it stands inside its view
	case v.Escaped:
		s.scratch = s.Unescape(s.scratch[:0], s.Data[v.At:v.End])
		return PutParts(b, s.Levels, v.Node, s.slack(), 0, len(s.scratch), true)
	}
	return PutParts(b, s.Levels, v.Node, s.Data, v.At, v.End, false)
}

// PutParts stores the text data[i:end] of a node with a role, and what it gives beside. side says that data is not the block; slack stands
// behind it.
func PutParts(b *record.Builder, levels *value.Levels, n *infer.Node, data []byte, i, end int, side bool) Verdict {
	if d := n.Declared; d != nil && d.Dash && end == i+1 && data[i] == '-' {
		return Stored
	}
	switch n.Role {
	case infer.Level:
		if severity, known := levels.Severity(data, i, end-i); known {
			putNumber(b, n.Also[0], severity)
		}
	case infer.Caller:
		if file, line, ok := infer.FileLine(data, i, end); ok {
			putPart(b, n.Also[0], data, i, file, side)
			putNumber(b, n.Also[1], uint64(line))
			return Stored
		}
		if n.Only {
			return Spills
		}
	case infer.Request:
		if m, p, ok := value.Request(data[i:end]); ok {
			for k, part := range [...][2]int{{i, i + m}, {i + m + 1, i + p}, {i + p + 1, end}} {
				putPart(b, n.Also[k], data, part[0], part[1], side)
			}
			if !n.Whole {
				return Stored
			}
		}
	case infer.HostPort:
		from, to, port, hasPort := value.HostPort(data, i, end)
		if from == i && bytes.IndexByte(data[i:to], ':') >= 0 { // an IPv6 address: its port would stand behind brackets
			to, hasPort = end, false
		}
		if hasPort {
			putNumber(b, n.Also[0], port)
		}
		i, end = from, to
	}
	putPart(b, n.Column, data, i, end, side)
	return Stored
}

// putNumber stores a number in the column at, -1: in none.
func putNumber(b *record.Builder, at int, v uint64) {
	if at >= 0 {
		sink := &b.Sinks[at]
		sink.Values.Put(b.Row, v)
		sink.Valid.Set(b.Row)
	}
}

// putPart stores the text data[i:end] in the column at, -1: in none.
func putPart(b *record.Builder, at int, data []byte, i, end int, side bool) {
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
