package zeek

import (
	"bytes"
	"fmt"
	"math"

	"github.com/sawlog/sawlog/lib/internal/explain"
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// worker parses blocks.
type worker struct {
	texts.Lines
	bound   *Bound
	clock   *timestamp.Clock
	data    []byte
	cells   []cell
	current int // the shape that the last #fields line says, -1: none
	block   int // the block that this was in

	at     int // why the last line is no record
	want   string
	failed *field
}

type cell struct{ at, end int }

var seconds = timestamp.MustCompile("unix_s")

func (b *Bound) newWorker(whole bool) *worker {
	w := &worker{bound: b, current: -1, Lines: b.plan.lines, clock: seconds.NewClock(b.plan.options.Clock)}
	w.Whole = whole
	return w
}

// Parse implements record.Worker.
func (w *worker) Parse(b *record.Builder, data []byte, n int) {
	if w.block != b.Block || w.Whole {
		w.block, w.current = b.Block, w.bound.headed(b.Before)
	}
	w.Lines.Parse(b, data, n, w)
}

// Read implements texts.Reader.
func (w *worker) Read(b *record.Builder, data []byte, i, end int) record.Fault {
	w.at, w.want = 0, ""
	start := i
	if w.Whole {
		i = texts.SkipLines(data, i, end, '#') // a header stands in front of the record
		for line := range bytes.Lines(data[start:i]) {
			w.follow(bytes.TrimRight(line, "\r\n"))
		}
	}
	switch {
	case i == end || w.bound.separator != ' ' && len(bytes.TrimLeft(data[i:end], " ")) == 0:
		w.want = "values"
		return record.Empty
	case data[i] == '#':
		return w.directive(data[i:end])
	}
	w.split(data, i, end)
	sh, ok := w.bound.shape(len(w.cells), w.current)
	if !ok {
		w.at = end - start
		return record.NoMatch
	}
	for k := range sh.fields {
		f := &sh.fields[k]
		if !w.store(b, &b.Cols[f.column], f, w.cells[k]) {
			w.at, w.failed = w.cells[k].at-start, f
			return record.BadValue
		}
	}
	return record.NoFault
}

func (w *worker) split(data []byte, i, end int) {
	w.data, w.cells = data, w.cells[:0]
	for {
		stop := end
		if !w.Whole {
			stop = min(scan.Find(data, i, w.bound.separator, '\n'), end)
		} else if k := bytes.IndexByte(data[i:end], w.bound.separator); k >= 0 {
			stop = i + k
		}
		if w.cells = append(w.cells, cell{i, stop}); stop == end {
			return
		}
		i = stop + 1
	}
}

var headers = [...][]byte{[]byte("#fields"), []byte("#types")}

// directive tells whether a line is one that changes nothing.
func (w *worker) directive(line []byte) record.Fault {
	w.follow(line)
	for _, word := range headers {
		if bytes.HasPrefix(line, word) && !w.bound.known[mem.String(line)] {
			w.want = "a header that the stream begins with"
			return record.NoMatch
		}
	}
	return texts.Aside
}

// follow lets what comes follow the #fields line that line may be.
func (w *worker) follow(line []byte) {
	if bytes.HasPrefix(line, headers[0]) {
		w.current = w.bound.headed(line)
	}
}

// store stores one value; false: it is not of its type.
func (w *worker) store(b *record.Builder, c *record.Col, f *field, at cell) bool {
	text := w.data[at.at:at.end]
	switch {
	case mem.String(text) == w.bound.unset:
		return true
	case f.typ == record.List:
		return w.list(b, c, f, text, at.at)
	case f.typ == record.String:
		if mem.String(text) == w.bound.empty {
			at.end = at.at
			text = nil
		}
		if bytes.IndexByte(text, '\\') >= 0 {
			start := len(b.Side)
			b.Side = unescape(b.Side, text)
			b.SetSide(c, start)
		} else {
			b.SetText(c, w.data, at.at, at.end-at.at)
		}
	case len(text) == 0:
		return true // an empty text is null where it is not a text
	case f.typ == record.IP:
		if !value.IP(text) {
			return false
		}
		b.SetText(c, w.data, at.at, at.end-at.at)
	case f.typ == record.Bool:
		if len(text) != 1 || text[0] != 'T' && text[0] != 'F' {
			return false
		}
		b.SetBool(c, text[0] == 'T')
	default:
		word, ok := w.word(f.typ, at)
		if !ok {
			return false
		}
		c.Words[b.Row] = word
	}
	b.Present(c)
	return true
}

// word is the number that a text is.
func (w *worker) word(t record.Type, at cell) (uint64, bool) {
	n := at.end - at.at
	switch t {
	case record.Timestamp:
		if ns, end, ok := w.clock.Parse(w.data, at.at); ok && end == at.end {
			return uint64(ns), true
		}
		ns, ok := w.clock.Text(w.data[at.at:at.end])
		return uint64(ns), ok
	case record.Duration:
		ns, ok := value.Duration(w.data[at.at:at.end], 1e9)
		return uint64(ns), ok
	case record.Int:
		v, ok := value.Int(w.data, at.at, n)
		return uint64(v), ok
	case record.Uint:
		return value.Uint(w.data, at.at, n)
	}
	v, ok := value.Float(w.data, at.at, n)
	return math.Float64bits(v), ok
}

// list stores the elements of a set or a vector.
func (w *worker) list(b *record.Builder, c *record.Col, f *field, text []byte, at int) bool {
	items := c.Nested.Items
	if len(text) > 0 && mem.String(text) != w.bound.empty {
		for more := true; more; {
			stop := bytes.Index(text, mem.Bytes(w.bound.set))
			if more = stop >= 0; !more {
				stop = len(text)
			}
			if !w.element(b, items, f.elem, cell{at, at + stop}) {
				return false
			}
			if more {
				text, at = text[stop+len(w.bound.set):], at+stop+len(w.bound.set)
			}
		}
	}
	b.EndList(c)
	return true
}

func (w *worker) element(b *record.Builder, items *record.Items, t record.Type, at cell) bool {
	text := w.data[at.at:at.end]
	switch {
	case mem.String(text) == w.bound.unset:
		items.Null()
	case t == record.String && bytes.IndexByte(text, '\\') >= 0:
		start := len(b.Side)
		b.Side = unescape(b.Side, text)
		items.Text(b.SideView(start))
	case t == record.String && mem.String(text) == w.bound.empty:
		items.Text(record.View{})
	case t == record.String:
		items.Slot().Set(w.data, at.at, len(text), b.Buffer)
	case t == record.IP:
		items.Slot().Set(w.data, at.at, len(text), b.Buffer)
		return value.IP(text)
	default:
		word, ok := w.word(t, at)
		items.Word(word)
		return ok
	}
	return true
}

// unescape appends text with \xHH and \\ undone.
func unescape(dst, text []byte) []byte {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '\\' && i+3 < len(text) && text[i+1] == 'x' {
			if v, ok := value.Hex(text, i+2, 2); ok {
				c = byte(v)
				i += 3
			}
		} else if c == '\\' && i+1 < len(text) && text[i+1] == '\\' {
			i++
		}
		dst = append(dst, c)
	}
	return dst
}

// Explain implements record.Worker.
func (w *worker) Explain(line []byte) record.Check {
	w.current = -1 // a line alone does not say what came before it
	w.block = -1
	if check, broken := w.Check(line); broken {
		return check
	}
	whole := w.Whole
	w.Whole = true // the line is one record, whatever line feeds are in it
	fault := w.Try(w.bound.schema, line, w)
	w.Whole = whole
	check := record.Check{Fault: fault.String(), Offset: w.at, Expected: w.want, Seen: explain.Seen(line, w.at)}
	switch {
	case fault == record.NoFault || fault == texts.Aside:
		return record.Check{OK: true}
	case fault == record.BadValue:
		check.Element, check.Expected = w.failed.name, w.failed.kind.name
		check.Column = w.bound.schema.Stored().Fields[w.failed.column].Name
		for _, c := range w.cells {
			if c.at == w.at {
				check.Seen = explain.Excerpt(line[c.at:c.end])
				break
			}
		}
	case w.want == "":
		check.Expected, check.Seen = w.counts(), fmt.Sprintf("%d values", len(w.cells))
	}
	return check
}

// counts says how many values a line may have.
func (w *worker) counts() string {
	if len(w.bound.shapes) == 0 {
		return "a header, #fields and #types, at the beginning of the stream"
	}
	text := ""
	for i := range w.bound.shapes {
		s := &w.bound.shapes[i]
		if text != "" {
			text += " or "
		}
		text += fmt.Sprint(len(s.fields))
		if s.ambiguous {
			text += " (of which header, cannot be told)"
		}
	}
	return text + " values, as #fields has names"
}
