// Package keyvalue reads lines of pairs with delimiters of any spelling into typed columns:
//
//	a=1 b="some text" c         key_value_delimiter "=", field_delimiter " "
//	zork: zoog, nonk: 'nink'    key_value_delimiter ":", field_delimiter ","
//
// and LTSV (http://ltsv.org), which is label:value between tabs and has neither quotes nor escapes.
//
//   - A key goes up to the first key_value_delimiter, a value up to the next field_delimiter. Blanks around both are not theirs, nor are
//     field delimiters in a row.
//   - Key and value may stand in quotes, double or single, if what follows is the delimiter or the end; else the quote is text. Inside
//     them a backslash stands before quotes, itself and n, and two quotes are one. What stood in quotes is text. Two quotes alone are no
//     key.
//   - With whitespace lenient, blanks may stand on both sides of key_value_delimiter: where blanks separate fields too, "a= b=1" gives a
//     the value b=1. With strict they may not, and a is empty.
//   - A key without a value is true; where there are no standalone keys, a key goes over field delimiters up to its key_value_delimiter,
//     and a line that ends before one is no match.
//   - A key that a record has twice: where its type is declared, the last one counts, else the values are a list. A key without a value
//     adds nothing to the same key elsewhere in the record.
//
// Types are inferred as package texts says.
package keyvalue

import (
	"fmt"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/record"
)

// Options refine how pairs are read. The zero value is good.
type Options struct {
	Infer             infer.Options // Depth and Texts are set by this package
	KeyValueDelimiter string        // empty: =
	FieldDelimiter    string        // empty: a blank; Auto
	Whitespace        string        // "lenient" or "strict"; empty: lenient
	StandaloneKey     *bool         // a key may stand without a value; nil: yes
	LTSV              bool          // label:value between tabs; the options above are not looked at
	Line              int           // bytes a line may have, its ending not counted; 0: no limit
	Reject            bool          // a line that is not valid UTF-8 is a reject; else the batch repairs it
	Bytes             bool          // texts are kept as bytes
}

// Plan is what is known before the first byte. It is immutable.
type Plan struct {
	options Options
	lines   texts.Lines
	grammar grammar
	choices [len(delimiters)]*Plan // with Auto
}

// Compile checks the options.
func Compile(options Options) (*Plan, error) {
	if options.FieldDelimiter != Auto {
		return compile(options)
	}
	options.FieldDelimiter = ""
	p, err := compile(options)
	if err != nil {
		return nil, err
	}
	p.options.FieldDelimiter = Auto
	for k, delimiter := range delimiters {
		options.FieldDelimiter = delimiter
		if p.choices[k], err = compile(options); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func compile(options Options) (*Plan, error) {
	options.Infer = texts.Settle(options.Infer)
	p := &Plan{options: options, lines: texts.Lines{Limit: options.Line, Reject: options.Reject}}
	p.grammar = grammar{kv: "=", field: " ", standalone: options.StandaloneKey == nil || *options.StandaloneKey, lenient: options.Whitespace != "strict"}
	switch {
	case options.LTSV:
		p.grammar = grammar{kv: ":", field: "\t", plain: true}
	case options.Whitespace != "" && options.Whitespace != "lenient" && options.Whitespace != "strict":
		return nil, &texts.Error{Key: "whitespace", Message: fmt.Sprintf("whitespace cannot be %q", options.Whitespace), Names: []string{"lenient", "strict"}}
	default:
		if options.KeyValueDelimiter != "" {
			p.grammar.kv = options.KeyValueDelimiter
		}
		if options.FieldDelimiter != "" {
			p.grammar.field = options.FieldDelimiter
		}
	}
	g := &p.grammar
	for _, o := range [...]struct{ key, text string }{{"key_value_delimiter", g.kv}, {"field_delimiter", g.field}} {
		if strings.ContainsAny(o.text, "\"'\\") {
			return nil, &texts.Error{Key: o.key, Message: fmt.Sprintf("%s cannot have quotes or backslashes, as %q has", o.key, o.text)}
		}
	}
	// Blanks around the delimiters are nobody's, so they need not be found.
	if field := strings.Trim(g.field, " \t"); field != "" && !g.plain {
		g.field = field
	}
	if kv := strings.Trim(g.kv, " \t"); kv != "" && g.lenient {
		g.kv = kv
	}
	if g.kv == g.field {
		return nil, &texts.Error{Key: "field_delimiter", Message: "field_delimiter and key_value_delimiter must differ"}
	}
	g.blanks = strings.Trim(g.field, " \t") == ""
	g.bytes = len(g.kv) == 1 && len(g.field) == 1
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

// Bind decides the schema from the first bytes of a stream: whole lines, but for the last line of a stream that ends without a line
// feed. Lines that are no records are passed over.
func (p *Plan) Bind(sample []byte) (*Bound, error) {
	p = p.chosen(sample)
	s := texts.NewSample(p.options.Infer)
	r := p.newReader(false)
	show := func(data []byte, i, end int) bool {
		if p.lines.Fits(data[i:end]) && r.read(data, i, end) == record.NoFault {
			for k := range r.Values {
				v := &r.Values[k]
				s.Add(v.Key, v.Kind, data[v.At:v.End])
			}
			s.Record()
		}
		return !s.Full()
	}
	texts.EachLine(sample, show)
	layout, err := s.Decide(p.options.Bytes)
	if err != nil {
		return nil, err
	}
	return &Bound{p, layout}, nil
}

func (p *Plan) newReader(whole bool) *reader {
	return &reader{grammar: p.grammar, whole: whole, Store: &texts.Store{}}
}

// Schema is the schema of the stream.
func (b *Bound) Schema() *record.Schema { return b.layout.Schema }

// Present is what NewBuilder needs to know: columns start out absent.
const Present = texts.Present

// NewWorker makes a parser for one goroutine.
func (b *Bound) NewWorker() record.Worker { return b.newWorker(false) }

// NewRecordWorker makes a parser that takes all it is given as exactly one record: line feeds in it are content, or delimiters.
func (b *Bound) NewRecordWorker() record.Worker { return b.newWorker(true) }

// Records counts the lines of a sample that are pairs beyond doubt, and all its lines that are not blank: for detection. A line counts
// when its keys look like names and at most one in four is bare, since nearly any prose can be read. One label:value is no LTSV: so
// begin lines of other formats.
func (p *Plan) Records(sample []byte) (records, lines int) {
	p = p.chosen(sample)
	r := p.newReader(false)
	texts.EachLine(sample, func(data []byte, i, end int) bool {
		fault := r.read(data, i, end)
		if fault == record.Empty {
			return true
		}
		lines++
		if fault == record.NoFault && p.lines.Fits(data[i:end]) && r.plausible() {
			records++
		}
		return true
	})
	return records, lines
}

// plausible tells whether the keys look like names and few are bare.
func (r *reader) plausible() bool {
	bare := 0
	for i := range r.Values {
		v := &r.Values[i]
		if v.Bare {
			bare++
		}
		for _, c := range v.Key {
			if c|0x20-'a' > 25 && c-'0' > 9 && c != '_' && c != '.' && c != '-' && c != '@' && c != '/' && c < 0x80 {
				return false
			}
		}
	}
	return bare*4 <= len(r.Values) && (!r.plain || len(r.Values) > 1) && !r.holdsPairs()
}

// holdsPairs tells whether there are as many pairs within values as outside of them, so that another delimiter stands between them.
func (r *reader) holdsPairs() bool {
	if r.plain || !r.blanks {
		return false
	}
	inner := 0
	for i := range r.Values {
		v := &r.Values[i]
		if c := r.Data[max(v.At-1, 0)]; !v.Bare && c != '"' && c != '\'' {
			inner += texts.InnerPairs(r.Data[v.At:v.End])
		}
	}
	return inner > 0 && inner >= len(r.Values)
}
