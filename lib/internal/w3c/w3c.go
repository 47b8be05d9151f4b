// Package w3c reads the extended log format of the W3C (https://www.w3.org/TR/WD-logfile.html) as IIS and others write it: lines of
// values whose names are those of a directive, #Fields.
//
//   - Values stand between blanks and tabs, between single tabs where the data has as many as names ask for, or between commas where the
//     names do. A value in double quotes, two of which are one inside, may have any of these. - is null, quoted or not.
//   - date and time are one column, time. A time without a date is of the day that the directive #Date says, and the order of the lines
//     steps to the next day; without that it is the column time_of_day, of texts.
//   - Names that many writers use have the columns and types of all access logs (see known); others keep their name, and their type is
//     inferred. What does not fit its type goes to the overflow column, but a line without a proper time is no record.
//   - time-taken is in milliseconds if IIS wrote it, else in seconds.
//   - A line has as many values as #Fields has names, else it is no match.
//
// Directives are passed over wherever they stand. What they say is settled by Bind from the first bytes of a stream: workers see blocks in
// any order, and no line may depend on where the input was cut. A sample may have several #Fields: their columns are united, and the
// number of values tells which of them a line follows. Where it does not, because two of them have as many names, it follows the last one
// before it: who reads the stream in order hands it to each block (record.Builder.Before). A #Fields line that the sample does not have is
// no match, nor is one behind the first 256. A sample without any is read with the names of IIS's own configuration, or with all that IIS
// can write where lines have as many values.
package w3c

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

// Options refine how lines are read. The zero value is good.
type Options struct {
	Infer  infer.Options // Depth and Texts are set by this package; Rename takes names of columns and names of #Fields
	Header string        // what #Fields says, for files without it: "date time c-ip"
	Line   int           // bytes a line may have, its ending not counted; 0: no limit
	Reject bool          // a line that is not valid UTF-8 is a reject; else the batch repairs it
	Bytes  bool          // texts are kept as bytes
	Clock  timestamp.Options
}

// Plan is what is known before the first byte. It is immutable.
type Plan struct {
	options Options
	lines   texts.Lines
}

// Compile checks the options.
func Compile(options Options) (*Plan, error) {
	options.Infer = texts.Settle(options.Infer)
	p := &Plan{options, texts.Lines{Limit: options.Line, Reject: options.Reject}}
	_, err := p.Bind(nil) // what is wrong with the fields shows here
	return p, err
}

// SampleBytes is how many of a stream's first bytes Bind should be given.
func (p *Plan) SampleBytes() int { return infer.New(p.options.Infer).Options().Bytes }

// shape is what one #Fields line says.
type shape struct {
	raw       []string      // as the line has them
	names     []string      // the same, made to differ
	nodes     []*infer.Node // of the names; nil: no column
	date      int           // the values that make the time, -1: none
	time      int
	ambiguous bool // another shape has as many names
}

// Bound is a plan with what the sample settled. It is immutable.
type Bound struct {
	plan    *Plan
	layout  *infer.Layout
	grammar grammar
	shapes  []shape // their numbers of names differ, but for ambiguous ones
	headers bool    // they come from the input or the options
	stamp   *infer.Node
	day     time.Time // of times without a date; the zero time: nobody says it
}

// standard are the names of IIS's own configuration, since 8.5 and before.
var standard = [...]string{
	"date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken",
	"date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken",
}

// everything is all that IIS can write, in its order.
const everything = "date time s-sitename s-computername s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs-version cs(User-Agent) cs(Cookie) " +
	"cs(Referer) cs-host sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken"

// ofIIS takes the shapes of IIS for a sample without #Fields: its own configuration, and everything where a line has as many values.
func (b *Bound) ofIIS(sample []byte) {
	for _, names := range standard {
		b.add(names)
	}
	most := len(strings.Fields(everything))
	b.plan.each(sample, func(data []byte, i, end int) {
		if len(bytes.Fields(data[i:end])) == most {
			b.add(everything)
		}
	})
}

// Bind settles names and types from the first bytes of a stream: whole lines, but for the last line of a stream that ends without a line
// feed.
func (p *Plan) Bind(sample []byte) (*Bound, error) {
	b := &Bound{plan: p}
	software := b.directives(sample)
	if len(b.shapes) == 0 {
		b.ofIIS(sample)
		software = "IIS"
	}
	options := b.options(b.unit(software))
	s := texts.NewSample(options)
	for i := range b.shapes {
		for k, name := range b.shapes[i].names {
			s.Child(s.Root, b.shapes[i].key(k, name))
		}
	}
	b.show(sample, s)
	var err error
	if b.layout, err = s.Decide(p.options.Bytes); err != nil {
		return nil, err
	}
	for i := range b.shapes {
		sh := &b.shapes[i]
		for k, name := range sh.names {
			sh.nodes = append(sh.nodes, b.layout.Root.Find(sh.key(k, name)))
		}
	}
	b.stamp = b.layout.Root.Find([]byte(stampKey))
	return b, nil
}

// stampKey is what date and time together go by before they are renamed.
const stampKey = "date time"

// key is what the k-th value goes by before it is renamed.
func (s *shape) key(k int, name string) []byte {
	switch {
	case k == s.time && s.date >= 0 || k == s.date:
		return []byte(stampKey)
	case name == "time":
		return []byte("time_of_day")
	}
	return []byte(name)
}

// directives takes the shapes and the first software of the sample.
func (b *Bound) directives(sample []byte) (software string) {
	if header := b.plan.options.Header; header != "" {
		b.headers = true
		b.add(strings.TrimPrefix(header, "#Fields:"))
	}
	first := true
	b.plan.each(sample, func(data []byte, i, end int) {
		line := string(data[i:end])
		if names, ok := strings.CutPrefix(line, "#Fields:"); ok {
			b.headers = true
			b.add(names)
		} else if text, ok := strings.CutPrefix(line, "#Software:"); ok && software == "" {
			software = strings.TrimSpace(text)
		} else if text, ok := strings.CutPrefix(line, "#Date:"); ok && b.day.IsZero() {
			b.day = b.plan.dayOf(strings.TrimSpace(text))
		} else if data[i] != '#' && first && len(b.shapes) > 0 {
			first = false
			if names := b.shapes[len(b.shapes)-1].names; b.grammar != commas && len(names) > 1 && strings.Count(line, "\t") == len(names)-1 {
				b.grammar = tabs
			}
		}
	})
	if slices.ContainsFunc(b.shapes, func(s shape) bool { return s.date >= 0 || slices.Contains(s.names, "date-time") }) {
		b.day = time.Time{} // the column time is that of date and time
	}
	return software
}

// dayOf is the last second of the day that #Date says, in the spellings of IIS and of the draft; the zero time for another text.
func (p *Plan) dayOf(text string) time.Time {
	zone := p.options.Clock.Zone
	if zone == nil {
		zone = time.UTC
	}
	for _, layout := range []string{time.DateTime, time.DateOnly, "02-Jan-2006 15:04:05", "02-Jan-2006 15:04", "02-Jan-2006"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return time.Date(t.Year(), t.Month(), t.Day(), 23, 59, 59, 0, zone)
		}
	}
	return time.Time{}
}

// each calls do for the lines of a sample that are not blank and not too long, up to as many records as are looked at.
func (p *Plan) each(sample []byte, do func(data []byte, i, end int)) {
	room := infer.New(p.options.Infer).Options().Records
	texts.EachLine(sample, func(data []byte, i, end int) bool {
		if texts.Blank(data[i:end]) || !p.lines.Fits(data[i:end]) {
			return true
		}
		if data[i] != '#' {
			room--
		}
		do(data, i, end)
		return room > 0
	})
}

// split is the names of a #Fields line.
func split(text string) (names []string, comma bool) {
	text = strings.TrimSpace(text)
	if strings.Contains(text, ",") && !strings.ContainsAny(text, " \t") {
		return strings.Split(text, ","), true
	}
	return strings.Fields(text), false
}

// mostShapes is how many different #Fields lines are read by: each line is compared with all of them.
const mostShapes = 256

// add adds a shape, unless it is there or one too many.
func (b *Bound) add(text string) {
	names, comma := split(text)
	if len(names) == 0 {
		return
	}
	if comma {
		b.grammar = commas
	}
	s := shape{raw: names, names: differing(names)}
	s.date, s.time = slices.Index(names, "date"), slices.Index(names, "time")
	if s.date < 0 || s.time < 0 {
		s.date, s.time = slices.Index(names, "date-local"), slices.Index(names, "time-local")
	}
	if s.date < 0 || s.time < 0 {
		s.date, s.time = -1, -1
	}
	for i := range b.shapes {
		other := &b.shapes[i]
		if slices.Equal(other.raw, names) {
			return
		}
		if len(other.names) == len(names) {
			other.ambiguous, s.ambiguous = true, true
		}
	}
	if len(b.shapes) < mostShapes {
		b.shapes = append(b.shapes, s)
	}
}

// differing are names, those that are there before with a number behind.
func differing(names []string) []string {
	var given texts.Names
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = given.Give(name)
	}
	return out
}

// show shows the values of the sample's lines to package infer.
func (b *Bound) show(sample []byte, s *texts.Sample) {
	r := &reader{grammar: b.grammar, Store: &texts.Store{}}
	current := -1
	b.plan.each(sample, func(data []byte, i, end int) {
		if data[i] == '#' {
			if at := b.named(data[i:end]); at >= 0 {
				current = at
			}
			return
		}
		r.split(data, i, end)
		sh, ok := b.shape(len(r.cells), current)
		if !ok {
			return
		}
		for k := range r.cells {
			if c := &r.cells[k]; k != sh.date && k != sh.time {
				s.Add(sh.key(k, sh.names[k]), c.kind, data[c.at:c.end])
			}
		}
	})
}

// named is the shape that a #Fields line says, -1 for none and for other lines.
func (b *Bound) named(line []byte) int {
	if text, ok := bytes.CutPrefix(line, fieldsDirective); ok {
		for i := range b.shapes {
			if sameNames(text, b.shapes[i].raw) {
				return i
			}
		}
	}
	return -1
}

// shape is the one that lines of n values follow: the one under way, or the only one of that size; false: none, or nobody knows which.
func (b *Bound) shape(n, current int) (*shape, bool) {
	if current >= 0 && len(b.shapes[current].names) == n {
		return &b.shapes[current], true
	}
	for i := range b.shapes {
		if s := &b.shapes[i]; len(s.names) == n {
			return s, !s.ambiguous
		}
	}
	return nil, false
}

// Schema is the schema of the stream.
func (b *Bound) Schema() *record.Schema { return b.layout.Schema }

// Present is what NewBuilder needs to know: columns start out absent.
const Present = texts.Present

// NewWorker makes a parser for one goroutine.
func (b *Bound) NewWorker() record.Worker { return b.newWorker(false) }

// NewRecordWorker makes a parser that takes all it is given as exactly one record.
func (b *Bound) NewRecordWorker() record.Worker { return b.newWorker(true) }

var fieldsMark = []byte("#Fields:")

// beginsWithDate tells whether the line does, as all do where nobody has said what is in them.
func beginsWithDate(line []byte) bool {
	const form = "0000-00-00"
	return len(line) > len(form) && timestamp.Formed(line, form)
}

// Records counts the lines of a sample that are of this format beyond doubt, and all its lines that are neither blank nor directives: for
// detection. Without #Fields, every value must be of its type.
func (p *Plan) Records(sample []byte) (records, lines int) {
	b, err := p.Bind(sample)
	if err != nil {
		return 0, 0
	}
	w, trial := b.newWorker(false), texts.NewTrial(b.layout.Schema)
	texts.EachLine(sample, func(data []byte, i, end int) bool {
		fault := trial.Try(data[i:end], w)
		if fault == record.Empty || fault == texts.Aside && b.headers && !bytes.HasPrefix(data[i:end], fieldsMark) {
			return true
		}
		lines++
		if fault == texts.Aside && b.headers { // a file that names its fields is of this format, whatever the lines behind
			records++
		}
		if fault == record.NoFault && (b.headers || !w.spilled && beginsWithDate(data[i:end])) && p.lines.Fits(data[i:end]) {
			records++
		}
		return true
	})
	return records, lines
}
