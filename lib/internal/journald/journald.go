// Package journald reads entries of the journal's export format into typed columns: lines NAME=VALUE, or for values of any bytes NAME, a
// line feed, eight bytes of length (the lowest first), the value and a line feed. An empty line ends an entry.
// https://systemd.io/JOURNAL_EXPORT_FORMATS/
//
// Where entries end package frame knows; an entry is one record here. A name that an entry has twice makes a list, unless its type is
// declared: then the last one counts. Types are inferred as package texts says.
package journald

import (
	"bytes"
	"encoding/binary"

	"github.com/sawlog/sawlog/lib/internal/frame"
	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/record"
)

// Options refine how entries are read. The zero value is good.
type Options struct {
	Infer  infer.Options // Depth and Texts are set by this package
	Line   int           // bytes an entry may have; 0: no limit
	Reject bool          // an entry that is not valid UTF-8 is a reject; else the batch repairs it
	Bytes  bool          // texts are kept as bytes
}

// Plan is what is known before the first byte. It is immutable.
type Plan struct {
	options Options
	lines   texts.Lines
}

// Compile checks the options.
func Compile(options Options) (*Plan, error) {
	options.Infer = texts.Settle(options.Infer)
	p := &Plan{options: options, lines: texts.Lines{Limit: options.Line, Reject: options.Reject, Whole: true}}
	_, err := p.Bind(nil) // what is wrong with the fields shows here
	return p, err
}

// SampleBytes is how many of a stream's first bytes Bind should be given.
func (p *Plan) SampleBytes() int { return infer.New(p.options.Infer).Options().Bytes }

// Bound is a plan with the schema of one stream. It is immutable.
type Bound struct {
	plan   *Plan
	layout *infer.Layout
}

// Bind decides the schema from the first bytes of a stream. What is no entry is passed over.
func (p *Plan) Bind(sample []byte) (*Bound, error) {
	s := texts.NewSample(p.options.Infer)
	r := reader{Store: &texts.Store{}}
	each(sample, true, func(data []byte, i, end int) {
		if s.Full() || !p.fits(&r, data, i, end) {
			return
		}
		for k := range r.Values {
			v := &r.Values[k]
			s.Add(v.Key, v.Kind, data[v.At:v.End])
		}
		s.Record()
	})
	layout, err := s.Decide(p.options.Bytes)
	if err != nil {
		return nil, err
	}
	return &Bound{p, layout}, nil
}

// fits tells whether an entry counts, and reads it.
func (p *Plan) fits(r *reader, data []byte, i, end int) bool {
	return p.lines.Fits(data[i:end]) && r.read(data, i, end) == record.NoFault
}

// Taken is how many whole entries of a sample Bind would look at.
func (p *Plan) Taken(sample []byte) (entries int) {
	r := reader{Store: &texts.Store{}}
	each(sample, false, func(data []byte, i, end int) {
		if p.fits(&r, data, i, end) {
			entries++
		}
	})
	return entries
}

// each calls do for every entry of a sample; final: the last one is whole.
func each(sample []byte, final bool, do func(data []byte, i, end int)) {
	f, err := frame.Compile(frame.Options{Export: true, Limit: len(sample) + 1})
	if err != nil {
		return // it has nothing that could be wrong
	}
	cutter := f.NewCutter(record.Heap, len(sample))
	defer cutter.Close()
	shower := shower(do)
	p := frame.Parser{Lines: shower, NewWhole: func() record.Worker { return shower }}
	b := record.NewBuilder(nothing, record.Heap, Present)
	b.Start(0)
	defer b.Close()
	cutter.Start(0)
	cutter.Feed(sample)
	take := func(block frame.Block, ok bool) bool {
		if ok {
			p.Parse(b, &block, false)
			record.Heap.Free(block.Data)
		}
		return ok
	}
	for take(cutter.Next()) {
	}
	for take(cutter.Flush(final)) {
	}
}

var nothing = record.MustSchema()

// shower is a worker that shows entries instead of parsing them.
type shower func(data []byte, i, end int)

// Parse implements record.Worker.
func (s shower) Parse(b *record.Builder, data []byte, n int) {
	if b.From < n {
		s(data, b.From, n-1)
		b.Continue(1)
	}
}

// Explain implements record.Worker.
func (s shower) Explain([]byte) record.Check { return record.Check{} }

// Schema is the schema of the stream.
func (b *Bound) Schema() *record.Schema { return b.layout.Schema }

// Present is what NewBuilder needs to know: columns start out absent.
const Present = texts.Present

// NewWorker makes a parser for one goroutine: each line is an entry.
func (b *Bound) NewWorker() record.Worker { return b.newWorker(false) }

// NewRecordWorker makes a parser that takes all it is given as exactly one entry.
func (b *Bound) NewRecordWorker() record.Worker { return b.newWorker(true) }

// Records counts the lines of a sample that are NAME=VALUE with a name of the journal's kind, and all its lines, for detection. Nothing
// counts without the fields that the journal writes in front of every entry.
func (p *Plan) Records(sample []byte) (records, lines int) {
	sure := false
	texts.EachLine(sample, func(data []byte, i, end int) bool {
		if end == i {
			return true
		}
		lines++
		if eq := bytes.IndexByte(data[i:end], '='); eq > 0 && name(data[i:i+eq]) {
			records++
			key := string(data[i : i+eq])
			sure = sure || key == "__CURSOR" || key == "__REALTIME_TIMESTAMP"
		}
		return true
	})
	if !sure {
		records = 0
	}
	return records, lines
}

// name tells whether a text can be the name of a field: capital letters, digits and underscores.
func name(text []byte) bool {
	const longest = 64
	for _, c := range text {
		if c-'A' > 'Z'-'A' && c-'0' > 9 && c != '_' {
			return false
		}
	}
	return len(text) > 0 && len(text) <= longest && text[0]-'0' > 9
}

// reader takes entries apart, one at a time.
type reader struct {
	*texts.Store
	at   int // why the last one is no record
	want string
}

// read takes the entry data[i:end] apart.
func (r *reader) read(data []byte, i, end int) record.Fault {
	r.Data, r.Values = data, r.Values[:0]
	if r.at, r.want = i, "NAME=VALUE"; i == end {
		return record.Empty
	}
	for i < end {
		stop := end
		if k := bytes.IndexByte(data[i:end], '\n'); k >= 0 {
			stop = i + k
		}
		v := texts.Value{Key: data[i:stop], At: stop, End: stop}
		next := stop + 1
		if eq := bytes.IndexByte(v.Key, '='); eq >= 0 {
			v.Key, v.At = v.Key[:eq], i+eq+1
		} else if !r.binary(&v, stop, end) {
			r.at = i
			return record.NoMatch
		} else {
			next = v.End + 1
		}
		if !name(v.Key) {
			r.at, r.want = i, "a name of capital letters, digits and underscores"
			return record.NoMatch
		}
		r.Values = append(r.Values, v)
		i = next
	}
	return record.NoFault
}

// binary reads the length behind the line feed at stop, and finds the value.
func (r *reader) binary(v *texts.Value, stop, end int) bool {
	const size = 8
	at := stop + 1 + size
	if r.want = "NAME=VALUE, or a length and a value"; at > end {
		return false
	}
	n := binary.LittleEndian.Uint64(r.Data[stop+1:])
	if n > uint64(end-at) {
		return false
	}
	v.At, v.End, v.Kind = at, at+int(n), texts.Text
	return v.End == end || r.Data[v.End] == '\n'
}
