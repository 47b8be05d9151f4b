package w3c

import (
	"bytes"
	"fmt"

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
}

// split takes the line data[i:end] apart.
func (r *reader) split(data []byte, i, end int) {
	r.Data, r.Values = data, r.Values[:0]
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
	v := texts.Value{At: i}
	next := -1
	if i < end && r.Data[i] == '"' {
		next = r.quoted(&v, i, end)
	}
	if next < 0 {
		next = r.find(i, end)
		v.End = next
	}
	if v.End == v.At+1 && r.Data[v.At] == '-' {
		v.Kind = texts.Null
	}
	r.Values = append(r.Values, v)
	return next
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
func (r *reader) quoted(v *texts.Value, start, end int) int {
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
		v.At, v.End = start+1, i
		if doubled {
			v.Escaped, v.Kind = true, texts.Text
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
	sh, ok := w.bound.shape(len(w.Values), w.current)
	if !ok {
		w.at, w.want = end-start, ""
		return record.NoMatch
	}
	if sh.date >= 0 && w.bound.stamp.Column >= 0 && !w.stamp(b, &w.Values[sh.date], &w.Values[sh.time]) {
		return record.BadValue
	}
	kept := w.Values[:0]
	for k := range w.Values {
		v := w.Values[k]
		if k == sh.date || k == sh.time {
			continue
		}
		verdict := texts.Spills
		if n := sh.nodes[k]; n != nil {
			if v.Node = n; n.Skipped {
				continue
			}
			if n.Column >= 0 {
				verdict = w.Put(b, &v)
			}
		}
		switch {
		case verdict == texts.Misfit:
			w.failed = v
			return record.BadValue
		case verdict == texts.Spills && v.Kind != texts.Null:
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
func (w *worker) stamp(b *record.Builder, date, clock *texts.Value) bool {
	n := w.bound.stamp
	if n.Skipped || date.Kind == texts.Null || clock.Kind == texts.Null {
		return true
	}
	v := texts.Value{Node: n, At: date.At, End: clock.End}
	data := w.Data
	if clock.At != date.End+1 || data[date.End] != ' ' {
		w.joined = append(append(append(w.joined[:0], data[date.At:date.End]...), ' '), data[clock.At:clock.End]...)
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
		w.failed = texts.Value{Node: n, At: date.At, End: date.End}
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
			check.Expected, check.Seen = w.counts(), fmt.Sprintf("%d values", len(w.Values))
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
