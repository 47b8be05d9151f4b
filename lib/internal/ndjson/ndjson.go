// Package ndjson reads JSON objects, one a line (or one document), into typed columns.
//
//	Compile (once) -> Plan -> Bind (a stream's first bytes) -> Bound, which has the schema -> NewWorker (one for each goroutine)
//
// Two parsers do the same work. The plain one (tape) reads any record into a list of members, checks everything and writes it to the
// columns. The walk (walk.go) has learnt from such lists what the text between two values looks like, compares it with a few wide loads
// and reads the values in place; where a record differs from all it knows, the plain one takes over. Results are the same: only the
// plain one ever refuses a line or writes the overflow column.
//
// The files: worker.go goes from one to the other. The plain one is tape.go, with skip.go for what is not taken apart; the walk is walk.go,
// which quick.go and places.go make fast and shapes.go teaches. store.go, lists.go, maps.go and role.go write values to columns, overflow.go those
// that have none; signature.go tells formats apart for detection; otlp.go and otlpvalue.go are an engine of their own, with skip.go too.
package ndjson

import (
	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// DefaultDepth is how deep arrays and objects may stand inside each other.
const DefaultDepth = 256

// Options refine how JSON is read. The zero value is good.
type Options struct {
	Infer    infer.Options
	Document bool          // the whole input is one record; a document that is no object is the column "value"
	Depth    int           // arrays and objects that may stand inside each other; 0: 256
	Line     int           // bytes a line may have, its ending not counted; 0: no limit
	Levels   *value.Levels // what the words of a level mean, nil: the usual
	Reject   bool          // a line that is not valid UTF-8 is a reject; else the batch repairs it
}

// Plan is what is known before the first byte. It is immutable.
type Plan struct{ options Options }

// Compile checks the options.
func Compile(options Options) (*Plan, error) {
	if options.Depth <= 0 {
		options.Depth = DefaultDepth
	}
	p := &Plan{options: options}
	_, err := p.Bind(nil) // what is wrong with the fields shows here
	return p, err
}

// SampleBytes is how many of a stream's first bytes Bind should be given. Of a document it should be given all.
func (p *Plan) SampleBytes() int {
	keys := infer.New(p.options.Infer)
	return keys.Options().Bytes
}

// Bind decides the schema from the first bytes of a stream: whole lines, but for the last line of a stream that ends without a line
// feed. Lines that are no records are passed over.
func (p *Plan) Bind(sample []byte) (*Bound, error) {
	keys := infer.New(p.options.Infer)
	t := &tape{tree: keys.Root, collect: keys, input: input{depth: p.options.Depth, white: white(p.options.Document)}}
	if p.options.Document {
		data := append(append(make([]byte, 0, len(sample)+1+scan.Slack), sample...), '\n')
		p.collect(t, data, 0, texts.Trim(data, 0, len(sample)))
	} else {
		texts.EachLine(sample, func(data []byte, i, end int) bool {
			p.collect(t, data, i, end)
			return !keys.Full()
		})
	}
	layout, err := keys.Decide()
	if err != nil {
		return nil, err
	}
	return &Bound{plan: p, layout: layout}, nil
}

// collect shows the tree the record data[i:end], if it is one.
func (p *Plan) collect(t *tape, data []byte, i, end int) {
	if p.fits(data[i:end]) && t.readAs(data, i, end, p.options.Document) {
		t.count()
		t.collect.Record()
	}
}

// fits tells whether a line is short enough and, where that matters, valid UTF-8.
func (p *Plan) fits(line []byte) bool {
	return (p.options.Line == 0 || len(line) <= p.options.Line) && !(p.options.Reject && !scan.Valid(line))
}

// readAs reads a line or a document.
func (t *tape) readAs(data []byte, i, end int, document bool) bool {
	if !document {
		return t.read(data, i, end)
	}
	return t.read(data, i, end) || t.fault == record.NotObject && t.scalar(t.space(i))
}

// count shows the record that was read to the tree.
func (t *tape) count() {
	for i := 0; i < len(t.members); i++ {
		m := &t.members[i]
		if m.dead || m.node == nil {
			i = int(m.next) - 1
			continue
		}
		switch m.kind {
		case isNull:
			m.node.Add(infer.Null)
		case isTrue, isFalse:
			m.node.Add(infer.Bool)
		case isNumber:
			m.node.AddNumber(t.data[m.at:m.end])
		case isText:
			if m.node.Watched() {
				m.node.AddText(t.text(m))
			} else {
				m.node.Add(infer.String)
			}
		case isArray, isObject:
			m.node.Add(infer.JSON)
		case isMembers:
			m.node.Add(infer.Object)
		}
	}
}

// Bound is a plan with the schema of one stream. It is immutable.
type Bound struct {
	plan   *Plan
	layout *infer.Layout
}

// Schema is the schema of the stream.
func (b *Bound) Schema() *record.Schema { return b.layout.Schema }

// Present is what NewBuilder needs to know: columns start out absent.
const Present = false

// NewWorker makes a parser for one goroutine.
func (b *Bound) NewWorker() record.Worker { return b.newWorker(b.plan.options.Document) }

// NewRecordWorker makes a parser that takes all it is given as exactly one record, line feeds inside it and all.
func (b *Bound) NewRecordWorker() record.Worker { return b.newWorker(true) }

// Objects counts the lines of a sample that are JSON objects, and all its lines that are not blank: for detection.
func Objects(sample []byte) (objects, lines int) {
	t := input{depth: DefaultDepth, white: whiteLine}
	texts.EachLine(sample, func(data []byte, i, end int) bool {
		t.data, t.end = data, end
		if i = t.space(i); i < end {
			lines++
			if k, behind, _ := t.value(i, 0); k == isObject && behind >= 0 && t.space(behind) >= end {
				objects++
			}
		}
		return true
	})
	return objects, lines
}
