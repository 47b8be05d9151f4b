// Package logfmt reads lines of key=value pairs into typed columns.
//
//	Compile (once) -> Plan -> Bind (a stream's first bytes) -> Bound, which has the schema -> NewWorker (one for each goroutine)
//
// The language:
//   - pairs stand between blanks and tabs. A key is any other bytes up to a =, and its value follows: unquoted, up to the next blank, or
//     between quotes, where a backslash escapes (value.Unquote). Behind the closing quote there is a blank or the end of the line; a
//     quote that is never closed rejects the line;
//   - a key without = is bare: its value is true. What begins with a = is the value of a key without a name;
//   - k= and k="" are the empty text. In a column that is not of texts it is null;
//   - blanks only are an empty line. A line of bare keys alone is a record, unless Options.Pairs is set: then it is no match. The schema is
//     not inferred from such lines: they may well be prose.
//
// What an unquoted value is: true and false are bools; JSON's numbers, without zeros in front of other digits, are numbers; all else is
// text. What is quoted is text. Types are inferred by package infer: a column is of numbers or bools where all of the sample was and
// every digit survives, else of texts, which take any value as it is written. What comes later and does not fit, and keys that the sample
// has not, go to the overflow column; a number of which a float64 would lose digits is a text there.
//
// A key that a record has twice: where its type is declared, the last one counts. Else the column is null and the overflow column has
// all the values, in order, as a list: {"tags":["a","b"]}. A bare key says only that the key is there: beside the same key it adds nothing.
//
// Two parsers do the same work. The plain one (tape) takes any line apart and writes it to the columns. The walk (walk.go) has learnt
// from such lines in which order the keys come, compares them with a few wide loads and reads the values in place; where a line differs
// from all it knows, the plain one takes over. Results are the same: only the plain one ever refuses a line or writes the overflow
// column.
package logfmt

import (
	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// Options refine how logfmt is read. The zero value is good.
type Options struct {
	Infer  infer.Options // Depth and Texts are set by package texts: keys with dots are plain keys
	Line   int           // bytes a line may have, its ending not counted; 0: no limit
	Levels *value.Levels // what the words of a level mean, nil: the usual
	Pairs  bool          // a line without any = is no match
	Reject bool          // a line that is not valid UTF-8 is a reject; else the batch repairs it
}

// Plan is what is known before the first byte. It is immutable.
type Plan struct {
	options Options
	lines   texts.Lines
}

// Compile checks the options.
func Compile(options Options) (*Plan, error) {
	options.Infer = texts.Settle(options.Infer)
	p := &Plan{options: options, lines: texts.Lines{Limit: options.Line, Reject: options.Reject}}
	_, err := p.Bind(nil) // what is wrong with the fields shows here
	return p, err
}

// SampleBytes is how many of a stream's first bytes Bind should be given.
func (p *Plan) SampleBytes() int { return infer.New(p.options.Infer).Options().Bytes }

// Bind decides the schema from the first bytes of a stream: whole lines, but for the last line of a stream that ends without a line
// feed. Lines that are no records are passed over.
func (p *Plan) Bind(sample []byte) (*Bound, error) {
	s := texts.NewSample(p.options.Infer)
	t := newTape(s.Root)
	texts.EachLine(sample, func(data []byte, i, end int) bool {
		if p.lines.Fits(data[i:end]) && t.read(data, i, end) {
			for k := range t.Values {
				v := &t.Values[k]
				s.Add(v.Key, v.Kind, t.text(v))
			}
			s.Record()
		}
		return !s.Full()
	})
	layout, err := s.Decide(false)
	if err != nil {
		return nil, err
	}
	return &Bound{plan: p, layout: layout}, nil
}

// Bound is a plan with the schema of one stream. It is immutable.
type Bound struct {
	plan   *Plan
	layout *infer.Layout
}

// Schema is the schema of the stream.
func (b *Bound) Schema() *record.Schema { return b.layout.Schema }

// Present is what NewBuilder needs to know.
const Present = texts.Present

// NewWorker makes a parser for one goroutine.
func (b *Bound) NewWorker() record.Worker { return b.newWorker(false) }

// NewRecordWorker makes a parser that takes all it is given as exactly one record. Line feeds inside it are blanks, or content where
// they are quoted.
func (b *Bound) NewRecordWorker() record.Worker { return b.newWorker(true) }

// Records counts the lines of a sample that are logfmt beyond doubt, and all its lines that are not blank: for detection. A line counts
// when its keys look like names and at most one in four is bare, since nearly any prose with a = in it can be read.
func Records(sample []byte) (records, lines int) {
	t := newTape(&infer.Node{})
	texts.EachLine(sample, func(data []byte, i, end int) bool {
		read := t.read(data, i, end)
		if !read && t.fault == record.Empty {
			return true
		}
		lines++
		if read && t.plausible() {
			records++
		}
		return true
	})
	return records, lines
}

// plausible tells whether the keys look like names, few are bare, and there are more pairs than within values.
func (t *tape) plausible() bool {
	bare, inner := 0, 0
	for i := range t.Values {
		v := &t.Values[i]
		if v.Bare {
			bare++
		} else if !t.quotes(v) {
			inner += texts.InnerPairs(t.Data[v.At:v.End])
		}
		for _, c := range v.Key {
			if c|0x20-'a' > 25 && c-'0' > 9 && c != '_' && c != '.' && c != '-' && c != '@' && c != '/' && c < 0x80 {
				return false
			}
		}
	}
	return bare*4 <= len(t.Values) && (inner == 0 || inner < len(t.Values))
}
