// Package zeek reads the tab-separated logs of Zeek (https://docs.zeek.org/en/master/log-formats.html), whose columns, names and types
// stand in their header: #separator, #fields, #types.
//
//   - What is unset (-) is null; what is empty ((empty)) is the empty text or the list without elements. \xHH and \\ are undone.
//   - time is a timestamp, interval a duration, addr an ip, port and int are int, count is uint, double is float, bool is bool; set, vector
//     and table are lists; all else is text. A value that is not of its type rejects the line.
//   - The names that all network logs share have our words: see known. Others stay as they are: id.orig_l2_addr.
//
// The header is settled by Bind from the first bytes of a stream: workers see blocks in any order, and no line may depend on where the
// input was cut. Files of several logs have several headers: their columns are united (one that has several types is text), and the
// number of values tells which of them a line follows. Where it does not, because two of them have as many fields, it follows the last
// #fields before it: who reads the stream in order hands it to each block (record.Builder.Before). A #fields or #types line that the
// sample does not have is no match, nor is one behind the first 256; and so is every line of a stream without header.
package zeek

import (
	"bytes"
	"slices"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

// Options refine how lines are read. The zero value is good.
type Options struct {
	Columns []string // only these, of those that there are
	Rename  map[string]string
	Line    int  // bytes a line may have, its ending not counted; 0: no limit
	Reject  bool // a line that is not valid UTF-8 is a reject; else the batch repairs it
	Bytes   bool // texts are kept as bytes
	Clock   timestamp.Options
}

// Plan is what is known before the first byte. It is immutable.
type Plan struct {
	options Options
	lines   texts.Lines
}

// Compile makes a plan.
func Compile(options Options) (*Plan, error) {
	return &Plan{options, texts.Lines{Limit: options.Line, Reject: options.Reject}}, nil
}

// SampleBytes is how many of a stream's first bytes Bind should be given.
func (p *Plan) SampleBytes() int { return infer.DefaultBytes }

// known are the names that all network logs share.
var known = map[string]string{"ts": "time", "id.orig_h": "src_ip", "id.orig_p": "src_port", "id.resp_h": "dst_ip", "id.resp_p": "dst_port", "proto": "transport"}

// kind is how a value is written.
type kind struct {
	name       string // that of the type, for explanations
	typ        record.Type
	elem       record.Type // of a list
	dictionary bool
}

// kindOf is what #types says.
func kindOf(text string) kind {
	if open := strings.IndexByte(text, '['); open > 0 && strings.HasSuffix(text, "]") {
		elem := kindOf(text[open+1 : len(text)-1])
		if elem.typ == record.Bool || elem.typ == record.List {
			elem.typ = record.String
		}
		return kind{text, record.List, elem.typ, false}
	}
	types := map[string]record.Type{"time": record.Timestamp, "interval": record.Duration, "addr": record.IP, "port": record.Int, "int": record.Int,
		"count": record.Uint, "counter": record.Uint, "double": record.Float, "bool": record.Bool}
	t, ok := types[text]
	if !ok {
		t = record.String
	}
	return kind{text, t, record.Invalid, text == "enum"}
}

// field is a place in a line.
type field struct {
	kind
	name   string
	column int
}

// shape is what one header says.
type shape struct {
	raw       []string // the names as the header has them
	fields    []field
	ambiguous bool // another shape has as many fields
}

// Bound is a plan with what the sample settled. It is immutable.
type Bound struct {
	plan      *Plan
	schema    *record.Schema
	shapes    []shape
	known     map[string]bool // the lines #fields and #types
	separator byte
	set       string // between the elements of lists
	empty     string
	unset     string
}

// Bind settles the columns from the first bytes of a stream: whole lines, but for the last line of a stream that ends without a line
// feed.
func (p *Plan) Bind(sample []byte) (*Bound, error) {
	b := &Bound{plan: p, separator: '\t', set: ",", empty: "(empty)", unset: "-", known: map[string]bool{}}
	room := infer.DefaultRecords
	var names []string
	texts.EachLine(sample, func(data []byte, i, end int) bool {
		switch {
		case texts.Blank(data[i:end]) || !p.lines.Fits(data[i:end]):
		case data[i] == '#':
			names = b.directive(string(data[i:end]), names)
		default:
			room--
		}
		return room > 0
	})
	return b, b.columns()
}

// directive takes in a line of the header; names are those of the last #fields.
func (b *Bound) directive(line string, names []string) []string {
	if text, ok := strings.CutPrefix(line, "#separator "); ok {
		if c := unescape(nil, []byte(strings.TrimSpace(text))); len(c) == 1 && c[0] != '\n' {
			b.separator = c[0]
		}
		return names
	}
	cells := strings.Split(line, string([]byte{b.separator}))
	word, rest := cells[0], cells[1:]
	switch {
	case len(rest) == 0:
	case word == "#set_separator" && rest[0] != "":
		b.set = rest[0]
	case word == "#empty_field":
		b.empty = rest[0]
	case word == "#unset_field":
		b.unset = rest[0]
	case word == "#fields":
		b.known[line] = b.known[line] || len(b.shapes) < mostShapes
		return rest
	case word == "#types" && len(rest) == len(names):
		b.known[line] = b.add(names, rest) || b.known[line]
	}
	return names
}

// mostShapes is how many different headers are read by: each is compared with all of them.
const mostShapes = 256

// add adds a shape, unless it is there; false: it is one too many.
func (b *Bound) add(names, types []string) bool {
	s := shape{raw: names}
	var given texts.Names
	for i, name := range names {
		s.fields = append(s.fields, field{kindOf(types[i]), given.Give(name), -1})
	}
	for i := range b.shapes {
		other := &b.shapes[i]
		if slices.Equal(other.fields, s.fields) {
			return true
		}
		if len(other.fields) == len(s.fields) {
			other.ambiguous, s.ambiguous = true, true
		}
	}
	if len(b.shapes) == mostShapes {
		return false
	}
	b.shapes = append(b.shapes, s)
	return true
}

// columns makes the schema. Two names may become one: only the first is renamed then.
func (b *Bound) columns() error {
	final := b.names()
	index := map[string]int{}
	var fields []record.Field
	for i := range b.shapes {
		for k := range b.shapes[i].fields {
			f := &b.shapes[i].fields[k]
			name := final[f.name]
			at, ok := index[name]
			if !ok {
				at = len(fields)
				index[name] = at
				fields = append(fields, b.field(name, f.kind))
			} else if want := b.field(name, f.kind); want.TypeName() != fields[at].TypeName() {
				fields[at] = b.field(name, kind{typ: record.String})
			}
			f.column = at
		}
	}
	for i := range b.shapes {
		for k := range b.shapes[i].fields {
			f := &b.shapes[i].fields[k]
			if own := b.field("", f.kind); own.TypeName() != fields[f.column].TypeName() {
				f.kind = kind{name: f.kind.name, typ: record.String}
			}
		}
	}
	for _, name := range b.plan.options.Columns {
		if _, ok := index[name]; !ok {
			index[name] = len(fields)
			fields = append(fields, b.field(name, kind{typ: record.String})) // it may be in other files
		}
	}
	all, err := record.NewSchema(fields)
	if b.schema = all; err != nil || b.plan.options.Columns == nil {
		return err
	}
	// The others are read too: what is a record does not depend on the columns that are wanted.
	var keep []int
	for i := range fields {
		if slices.Contains(b.plan.options.Columns, fields[i].Name) {
			keep = append(keep, i)
		}
	}
	b.schema, err = all.Select(keep)
	return err
}

// names are the columns' names by those of the header.
func (b *Bound) names() map[string]string {
	final := map[string]string{}
	var given texts.Names
	for i := range b.shapes {
		for k := range b.shapes[i].fields {
			from := b.shapes[i].fields[k].name
			if _, ok := final[from]; ok {
				continue
			}
			name := from
			if to, ok := known[from]; ok && !given.Taken(to) {
				name = to
			}
			if to, ok := b.plan.options.Rename[name]; ok {
				name = to
			} else if to, ok := b.plan.options.Rename[from]; ok {
				name = to
			}
			final[from] = given.Give(name)
		}
	}
	return final
}

func (b *Bound) field(name string, k kind) record.Field {
	text := record.String
	if b.plan.options.Bytes {
		text = record.Bytes
	}
	f := record.Field{Name: name, Type: k.typ, Dictionary: k.dictionary && !b.plan.options.Bytes}
	switch k.typ {
	case record.String:
		f.Type = text
	case record.List:
		elem := record.Field{Name: "item", Type: k.elem}
		if k.elem == record.String {
			elem.Type = text
		}
		f.Elem = &elem
	}
	return f
}

// headed is the only shape that a #fields line says, -1 for none and for other lines.
func (b *Bound) headed(line []byte) int {
	rest, ok := bytes.CutPrefix(line, headers[0])
	found := -1
	for i := range b.shapes {
		if ok && b.shapes[i].is(rest, b.separator) {
			if found >= 0 {
				return -1 // their types differ
			}
			found = i
		}
	}
	return found
}

// is tells whether the shape has these names, each with the separator in front.
func (s *shape) is(names []byte, separator byte) bool {
	for i := range s.raw {
		rest, ok := bytes.CutPrefix(names, []byte{separator})
		if ok {
			rest, ok = bytes.CutPrefix(rest, []byte(s.raw[i]))
		}
		if !ok || len(rest) > 0 && rest[0] != separator {
			return false
		}
		names = rest
	}
	return len(names) == 0
}

// shape is the one that lines of n values follow: the one under way, or the only one of that size; false: none, or nobody knows which.
func (b *Bound) shape(n, current int) (*shape, bool) {
	if current >= 0 && len(b.shapes[current].fields) == n {
		return &b.shapes[current], true
	}
	for i := range b.shapes {
		if s := &b.shapes[i]; len(s.fields) == n {
			return s, !s.ambiguous
		}
	}
	return nil, false
}

// Schema is the schema of the stream.
func (b *Bound) Schema() *record.Schema { return b.schema }

// Present is what NewBuilder needs to know: columns start out absent.
const Present = texts.Present

// NewWorker makes a parser for one goroutine.
func (b *Bound) NewWorker() record.Worker { return b.newWorker(false) }

// NewRecordWorker makes a parser that takes all it is given as exactly one record.
func (b *Bound) NewRecordWorker() record.Worker { return b.newWorker(true) }

// Records counts the lines of a sample that follow its header, and all its lines that are neither blank nor part of it: for detection.
func (p *Plan) Records(sample []byte) (records, lines int) {
	b, err := p.Bind(sample)
	if err != nil {
		return 0, 0
	}
	w, trial := b.newWorker(false), texts.NewTrial(b.schema)
	texts.EachLine(sample, func(data []byte, i, end int) bool {
		fault := trial.Try(data[i:end], w)
		if fault == record.Empty || fault == texts.Aside {
			return true
		}
		lines++
		if fault == record.NoFault && p.lines.Fits(data[i:end]) {
			records++
		}
		return true
	})
	return records, lines
}
