package texts

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/explain"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Aside is what Record.Read gives for a line that is no record but part of the format: a header, a directive.
const Aside = record.Fault(255)

// Reader is the part of a worker that reads one line.
type Reader interface {
	// Read writes the line data[i:end] to the row under way; the fault that it gives otherwise may be Aside. A newline and slack stand
	// at or behind end.
	Read(b *record.Builder, data []byte, i, end int) record.Fault
}

// Lines is the way through the lines of a block.
type Lines struct {
	Limit  int  // bytes a line may have, its ending not counted; 0: no limit
	Reject bool // a line that is not valid UTF-8 is a reject
	Whole  bool // a block is one record, whatever line feeds are in it
}

// Parse reads data[:n].
func (l *Lines) Parse(b *record.Builder, data []byte, n int, r Reader) {
	check := l.Reject && !scan.Valid(data[b.From:n])
	for i := b.From; i < n; {
		stop := n - 1
		if !l.Whole {
			stop = scan.LineEnd(data, i)
		}
		l.Line(b, data, i, stop, check, r)
		i = stop + 1
	}
	if l.Whole && n > b.From {
		b.Continue(scan.Newlines(data[b.From:n]) - 1)
	}
}

// Line reads the line data[i:stop], and tells whether it is a record. check: it may be invalid UTF-8 where that matters.
func (l *Lines) Line(b *record.Builder, data []byte, i, stop int, check bool, r Reader) bool {
	if b.Row == b.Cap {
		b.Grow()
	}
	end := Trim(data, i, stop)
	fault := record.NoFault
	side := len(b.Side)
	switch {
	case l.Limit > 0 && end-i > l.Limit:
		b.RejectCut(record.TooLong, i, i+l.Limit, int64(end-i))
		return false
	case check && !scan.Valid(data[i:end]):
		fault = record.BadUTF8
	default:
		fault = r.Read(b, data, i, end)
	}
	switch {
	case fault == record.NoFault:
		b.Next()
		return true
	case fault == Aside && !l.Whole:
		b.Undo()
		b.Continue(1)
		return false
	case fault == Aside:
		fault = record.NoMatch // one row or one reject
	}
	b.Side = b.Side[:side]
	b.Reject(fault, i, end)
	return false
}

// Fits tells whether a line of a sample is short enough and, where that matters, valid UTF-8.
func (l *Lines) Fits(line []byte) bool {
	return (l.Limit == 0 || len(line) <= l.Limit) && !(l.Reject && !scan.Valid(line))
}

// Check explains a line that does not fit for a reason that all engines share; false: none of them.
func (l *Lines) Check(line []byte) (record.Check, bool) {
	check, ok := explain.Line(line, l.Limit, l.Reject)
	return check, !ok
}

// Try reads one line as a record of its own and gives its fault.
func (l *Lines) Try(schema *record.Schema, line []byte, r Reader) record.Fault {
	b, data := Alone(schema, Present, line)
	return r.Read(b, data, 0, len(line))
}

// Alone is a builder for one line, and a block that holds it, with line feeds and slack behind.
func Alone(schema *record.Schema, present bool, line []byte) (*record.Builder, []byte) {
	data := make([]byte, len(line)+1+scan.Slack)
	n := copy(data, line)
	data[n] = '\n'
	scan.FillSlack(data[n+1:])
	b := record.NewBuilder(schema, record.Heap, present)
	b.Start(1)
	b.Begin(data, n+1, false)
	return b, data
}

// Trial reads one line after the other as records of their own, all in the same memory: to see which of a sample are records.
type Trial struct {
	b    *record.Builder
	data []byte
}

// NewTrial makes a trial for records of that schema.
func NewTrial(schema *record.Schema) *Trial {
	return &Trial{b: record.NewBuilder(schema, record.Heap, Present)}
}

// Try reads one line and gives its fault.
func (t *Trial) Try(line []byte, r Reader) record.Fault {
	t.b.Restart()
	t.data = append(append(append(t.data[:0], line...), '\n'), scan.LineFeeds...)
	t.b.Begin(t.data, len(line)+1, false)
	fault := r.Read(t.b, t.data, 0, len(line))
	t.b.Undo()
	return fault
}

// Present is what NewBuilder needs to know: columns start out absent.
const Present = false

// SkipLines goes over the lines in front of data[i:end] that begin with mark, but not over the last one.
func SkipLines(data []byte, i, end int, mark byte) int {
	for i < end && data[i] == mark {
		k := bytes.IndexByte(data[i:end], '\n')
		if k < 0 {
			break
		}
		i += k + 1
	}
	return i
}

// Blank tells whether a line is blanks and tabs only.
func Blank(line []byte) bool {
	for _, c := range line {
		if c != ' ' && c != '\t' {
			return false
		}
	}
	return true
}
