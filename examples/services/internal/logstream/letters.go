package logstream

import (
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"

	sawlog "github.com/sawlog/sawlog/lib"
)

// A message may hold a million lines that are no records, and be little on the wire: an explanation and a message for each would take longer than
// a batch may, and it would come again for ever. So, in a piece, only so many are explained, and after so many the rest of each message is one.
const (
	mostExplained = 100
	mostLetters   = 1000
)

// deadLetters gives a message for each reject: the line as it was, and why it is none in headers.
func (t *transformer) deadLetters(in []*kgo.Record, b *sawlog.Batch, to *piece) (n int64) {
	at, before := 0, int64(0) // the message, and how many lines are before it
	rest := gathered{t: t, to: to}
	for i := range b.Rejects() {
		if b.Fault(i).String() == "empty" { // nothing to keep
			continue
		}
		n++
		to.rejects++
		reject := b.Reject(i)
		for t.ends[at] < reject.Line {
			rest.end()
			before = t.ends[at]
			at++
		}
		line := reject.Line - before
		if to.rejects > mostLetters {
			rest.add(in[at], reject, line)
			continue
		}
		var why sawlog.Check
		if to.rejects <= mostExplained {
			why = t.parser.Explain(reject.Raw)
		}
		raw := len(to.arena)
		to.arena = append(to.arena, reject.Raw...)
		to.add(t.letterOf(in[at], to.arena[raw:], reject.Length, reject.Fault.String(), lineHeader(line),
			kgo.RecordHeader{Key: "sawlog.element", Value: []byte(why.Element)},
			kgo.RecordHeader{Key: "sawlog.column", Value: []byte(why.Column)},
			kgo.RecordHeader{Key: "sawlog.expected", Value: []byte(why.Expected)}))
	}
	rest.end()
	return n
}

func lineHeader(n int64) kgo.RecordHeader {
	return kgo.RecordHeader{Key: "sawlog.line", Value: strconv.AppendInt(nil, n, 10)}
}

// gathered are rejects of one message that are one dead letter: it has their lines as they were, the number and the reason of the first, and
// how many they are.
type gathered struct {
	t      *transformer
	to     *piece
	from   *kgo.Record // nil: none yet
	start  int         // of the lines, in the arena
	line   int64
	reason string
	lines  int64
	length int64
}

func (g *gathered) add(m *kgo.Record, reject sawlog.Reject, line int64) {
	if g.from != nil && len(g.to.arena)-g.start+len(reject.Raw) > g.t.most {
		g.end()
	}
	if g.from == nil {
		*g = gathered{t: g.t, to: g.to, from: m, start: len(g.to.arena), line: line, reason: reject.Fault.String()}
	}
	g.lines++
	g.length += reject.Length + 1
	g.to.arena = append(append(g.to.arena, reject.Raw...), '\n')
}

func (g *gathered) end() {
	if g.from == nil {
		return
	}
	value := g.to.arena[g.start : len(g.to.arena)-1]
	more := []kgo.RecordHeader{lineHeader(g.line)}
	if g.lines > 1 {
		more = append(more, kgo.RecordHeader{Key: "sawlog.lines", Value: strconv.AppendInt(nil, g.lines, 10)})
	}
	g.to.add(g.t.letterOf(g.from, value, g.length-1, g.reason, more...))
	g.from = nil
}
