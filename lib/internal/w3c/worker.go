package w3c

import (
	"bytes"
	"fmt"
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/explain"
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/record"
)

// grammar says what stands between values.
type grammar uint8

const (
	blanks grammar = iota // any number of blanks and tabs
	tabs                  // one tab
	commas
)

// separator is the byte between values where it is one.
var separator = [...]byte{tabs: '\t', commas: ','}

// reader takes lines apart.
type reader struct {
	*texts.Store
	grammar grammar
	cells   []cell // of the line
}

// cell is a value of a line.
type cell struct {
	at, end int
	kind    texts.Kind // Null, a text that is to be unescaped, or not known
}

func (c *cell) value() texts.Value {
	return texts.Value{At: c.at, End: c.end, Kind: c.kind, Escaped: c.kind == texts.Text}
}

// separators are the bytes between values.
var separators = func() (sets [3]scan.Set) {
	sets[blanks], _ = scan.NewSet(' ', '\t')
	sets[tabs], _ = scan.NewSet('\t')
	sets[commas], _ = scan.NewSet(',')
	return sets
}()

// split takes the line data[i:end] apart.
func (r *reader) split(data []byte, i, end int) {
	r.Data, r.cells = data, r.cells[:0]
	if scan.Vectors() {
		i = r.swiftly(i, end)
	}
	r.slowly(i, end)
}

// swiftly takes data[i:end] apart up to a value in quotes, or to the last one, which begins where it has come to.
func (r *reader) swiftly(i, end int) int {
	data, set := r.Data, &separators[r.grammar]
	defer scan.Settle()
	for base := i; base < end; base += 64 {
		for m := set.Mask(data, base); m != 0; m &= m - 1 {
			at := base + bits.TrailingZeros64(m)
			if at >= end {
				break
			}
			if at == i && r.grammar == blanks {
				i++
				continue
			}
			if data[i] == '"' {
				return i
			}
			r.add(cell{at: i, end: at})
			i = at + 1
		}
	}
	return i
}

// slowly takes data[i:end] apart, which begins with a value: that may be in quotes.
func (r *reader) slowly(i, end int) {
	data := r.Data
	if r.grammar == blanks {
		for {
			for i < end && (data[i] == ' ' || data[i] == '\t') {
				i++
			}
			if i >= end {
				return
			}
			i = r.value(i, end)
		}
	}
	for i = r.value(i, end); i < end; {
		i = r.value(i+1, end)
	}
}

// value reads the value at i and gives the position behind it.
func (r *reader) value(i, end int) int {
	c := cell{at: i}
	next := -1
	if i < end && r.Data[i] == '"' {
		next = r.quoted(&c, i, end)
	}
	if next < 0 {
		next = r.find(i, end)
		c.end = next
	}
	r.add(c)
	return next
}

// add adds a value. A dash is none.
func (r *reader) add(c cell) {
	if c.end == c.at+1 && r.Data[c.at] == '-' {
		c.kind = texts.Null
	}
	r.cells = append(r.cells, c)
}

// find is the end of the value without quotes at i.
func (r *reader) find(i, end int) int {
	for i < end {
		if r.grammar == blanks {
			i = scan.Find3(r.Data, i, ' ', '\t', '\n')
		} else {
			i = scan.Find(r.Data, i, separator[r.grammar], '\n')
		}
		if i >= end || r.Data[i] != '\n' {
			break
		}
		i++ // content of a record with several lines
	}
	return min(i, end)
}

// quoted reads the value whose opening quote is at start; -1: the quote that comes next does not close it.
func (r *reader) quoted(c *cell, start, end int) int {
	doubled := false
	for i := start + 1; i < end; i++ {
		k := bytes.IndexByte(r.Data[i:end], '"')
		if k < 0 {
			break
		}
		if i += k; i+1 < end && r.Data[i+1] == '"' {
			doubled = true
			i++
			continue
		}
		if i+1 < end && r.Data[i+1] != separator[max(r.grammar, tabs)] && (r.grammar != blanks || r.Data[i+1] != ' ') {
			break
		}
		c.at, c.end = start+1, i
		if doubled {
			c.kind = texts.Text
		}
		return i + 1
	}
	return -1
}

// unescape appends text with two quotes made one.
func unescape(dst, text []byte) []byte {
	for i := 0; i < len(text); i++ {
		dst = append(dst, text[i])
		if text[i] == '"' {
			i++
		}
	}
	return dst
}

// worker parses blocks.
type worker struct {
	reader
	texts.Lines
	bound   *Bound
	joined  []byte // a date and a time that do not stand side by side
	current int    // the shape that the last #Fields line says, -1: none
	block   int    // the block that this was in
	spilled bool   // the last record has something in the overflow column

	at     int // why the last line is no record
	want   string
	failed texts.Value
}

func (b *Bound) newWorker(whole bool) *worker {
	w := &worker{bound: b, current: -1, Lines: b.plan.lines, reader: reader{grammar: b.grammar}}
	w.Whole = whole
	w.Store = texts.NewStore(b.layout, nil, unescape)
	return w
}

// Parse implements record.Worker.
func (w *worker) Parse(b *record.Builder, data []byte, n int) {
	if w.block != b.Block || w.Whole {
		w.block, w.current = b.Block, w.bound.named(b.Before)
	}
	w.Lines.Parse(b, data, n, w)
}

// Read implements texts.Reader.
func (w *worker) Read(b *record.Builder, data []byte, i, end int) record.Fault {
	w.at, w.want, w.spilled = 0, "values", false
	start := i
	if w.Whole {
		i = texts.SkipLines(data, i, end, '#') // directives stand in front of the record
		if last := lastFields(data[start:i]); last != nil {
			w.current = w.bound.named(last)
		}
	}
	switch {
	case texts.Blank(data[i:end]):
		return record.Empty
	case data[i] == '#':
		return w.directive(data[i:end])
	}
	w.split(data, i, end)
	sh, ok := w.bound.shape(len(w.cells), w.current)
	if !ok {
		w.at, w.want = end-start, ""
		return record.NoMatch
	}
	if sh.date >= 0 && w.bound.stamp.Column >= 0 && !w.stamp(b, &w.cells[sh.date], &w.cells[sh.time]) {
		return record.BadValue
	}
	kept := w.Values[:0]
	for k := range w.cells {
		c, n := &w.cells[k], sh.nodes[k]
		if k == sh.date || k == sh.time || c.kind == texts.Null || n != nil && (n.Skipped || c.kind == texts.Unknown && w.Quick(b, n, c.at, c.end)) {
			continue
		}
		v, verdict := c.value(), texts.Spills
		if n != nil {
			if v.Node = n; n.Column >= 0 {
				verdict = w.Put(b, &v)
			}
		}
		switch verdict {
		case texts.Misfit:
			w.failed = v
			return record.BadValue
		case texts.Spills:
			v.Key = mem.Bytes(sh.names[k])
			kept = append(kept, v)
		}
	}
	if w.Values = kept; len(kept) > 0 {
		w.spilled = true
		w.Spill(b)
	}
	return record.NoFault
}

// lastFields is the last #Fields line of lines, nil for none.
func lastFields(lines []byte) (last []byte) {
	for line := range bytes.Lines(lines) {
		if bytes.HasPrefix(line, fieldsDirective) {
			last = bytes.TrimRight(line, "\r\n")
		}
	}
	return last
}

var fieldsDirective = []byte("#Fields:")

// directive tells whether a line is one that changes nothing.
func (w *worker) directive(line []byte) record.Fault {
	if !bytes.HasPrefix(line, fieldsDirective) {
		return texts.Aside
	}
	// One that the sample does not have says nothing of what follows, nor does the one before it any more: so it is too where a block begins.
	if w.current = w.bound.named(line); w.current >= 0 {
		return texts.Aside
	}
	w.want = "one of the #Fields lines that the stream begins with"
	return record.NoMatch
}

// sameNames tells whether a #Fields line has these names.
func sameNames(text []byte, names []string) bool {
	for _, name := range names {
		text = bytes.TrimLeft(text, " \t,")
		if !bytes.HasPrefix(text, mem.Bytes(name)) {
			return false
		}
		text = text[len(name):]
		if len(text) > 0 && text[0] != ' ' && text[0] != '\t' && text[0] != ',' {
			return false
		}
	}
	return len(bytes.TrimLeft(text, " \t,")) == 0
}

// stamp stores the time that date and clock make; false: they make none.
func (w *worker) stamp(b *record.Builder, date, clock *cell) bool {
	n := w.bound.stamp
	if n.Skipped || date.kind == texts.Null || clock.kind == texts.Null {
		return true
	}
	v := texts.Value{Node: n, At: date.at, End: clock.end}
	data := w.Data
	if clock.at != date.end+1 || data[date.end] != ' ' {
		w.joined = append(append(append(w.joined[:0], data[date.at:date.end]...), ' '), data[clock.at:clock.end]...)
		v.At, v.End = 0, len(w.joined)
		if n.Declared.Type.Text() {
			start := len(b.Side)
			b.Side = append(b.Side, w.joined...)
			c := &b.Cols[n.Column]
			b.SetSide(c, start)
			b.Present(c)
			return true
		}
		w.joined = append(w.joined, '\n')
		w.joined = append(w.joined, padding[:]...)
		w.Data = w.joined
	}
	verdict := w.Put(b, &v)
	if w.Data = data; verdict == texts.Misfit {
		w.failed = texts.Value{Node: n, At: date.at, End: date.end}
		return false
	}
	return true
}

var padding [scan.Slack]byte

// Explain implements record.Worker.
func (w *worker) Explain(line []byte) record.Check {
	w.current = -1 // a line alone does not say what came before it
	w.block = -1
	if check, broken := w.Check(line); broken {
		return check
	}
	switch fault := w.Try(w.bound.layout.Schema, line, w); fault {
	case record.NoFault, texts.Aside:
		return record.Check{OK: true}
	case record.BadValue:
		return w.Store.Explain(&w.failed)
	default:
		check := record.Check{Fault: fault.String(), Offset: w.at, Expected: w.want, Seen: explain.Seen(line, w.at)}
		if w.want == "" {
			check.Expected, check.Seen = w.counts(), fmt.Sprintf("%d values", len(w.cells))
		}
		return check
	}
}

// counts says how many values a line may have.
func (w *worker) counts() string {
	text := ""
	for i := range w.bound.shapes {
		s := &w.bound.shapes[i]
		if text != "" {
			text += " or "
		}
		text += fmt.Sprint(len(s.names))
		if s.ambiguous {
			text += " (of which #Fields, cannot be told)"
		}
	}
	return text + " values, as #Fields has names"
}
