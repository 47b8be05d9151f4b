package csv

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/explain"
	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/record"
)

// cells takes lines apart.
type cells struct {
	delimiter byte
	strict    bool
	backslash bool
	whole     bool // line feeds are content

	at   int // why the last line is no record
	want string
	room []byte // for a line of the sample
}

// cell is the text of a cell. What needs to be written anew is kept with its quotes.
type cell struct {
	at, end int
	escaped bool
}

// next reads the cell at i and gives the position behind it, where a delimiter or the end is; -1 for a broken one.
func (c *cells) next(data []byte, i, end int) (cell, int) {
	if i < end && data[i] == '"' {
		return c.quoted(data, i, end)
	}
	stop := c.find(data, i, end)
	return cell{at: i, end: stop}, stop
}

// find is the next delimiter at or behind i, end where there is none.
func (c *cells) find(data []byte, i, end int) int {
	if !c.whole {
		return min(scan.Find(data, i, c.delimiter, '\n'), end)
	}
	if k := bytes.IndexByte(data[i:end], c.delimiter); k >= 0 {
		return i + k
	}
	return end
}

// quoted reads the cell whose opening quote is at start.
func (c *cells) quoted(data []byte, start, end int) (cell, int) {
	i, plain := start+1, true
	for {
		if i = c.quote(data, i, end); i >= end {
			c.at, c.want = end, "a closing quote"
			return cell{}, -1
		}
		if data[i] == '"' && (i+1 == end || data[i+1] != '"') {
			break
		}
		plain, i = false, i+2 // a doubled quote, or what a backslash escapes
	}
	text := cell{at: start + 1, end: i}
	i++
	if i < end && data[i] != c.delimiter {
		if c.strict {
			c.at, c.want = i, "a delimiter behind the closing quote"
			return cell{}, -1
		}
		plain, i = false, c.find(data, i, end)
	}
	if !plain {
		text = cell{start, i, true}
	}
	return text, i
}

// quote is the next quote at or behind i, or the next backslash where that escapes; end where there is none.
func (c *cells) quote(data []byte, i, end int) int {
	if i >= end {
		return end
	}
	stop := bytes.IndexByte(data[i:end], '"')
	if stop < 0 {
		stop = end - i
	}
	if c.backslash {
		if k := bytes.IndexByte(data[i:i+stop], '\\'); k >= 0 {
			stop = k
		}
	}
	return i + stop
}

// unescape appends what a cell says that is kept with its quotes.
func (c *cells) unescape(dst, text []byte) []byte {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '"' && i+1 < len(text) && text[i+1] == '"':
			i++
			dst = append(dst, '"')
		case text[i] == '"':
			return append(dst, text[i+1:]...) // the closing quote
		case text[i] == '\\' && c.backslash && i+1 < len(text):
			i++
			dst = append(dst, control(text[i]))
		default:
			dst = append(dst, text[i])
		}
	}
	return dst
}

// control is what a letter behind a backslash stands for.
func control(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case '0':
		return 0
	}
	return c
}

// readable is a line with what must be readable behind it.
func (c *cells) readable(line string) []byte {
	c.room = append(append(c.room[:0], line...), '\n')
	c.room = slices.Grow(c.room, scan.Slack) // may be read
	return c.room
}

// count is how many cells a line has; false for a broken one.
func (c *cells) count(line string) (n int, ok bool) {
	data := c.readable(line)
	for i := 0; ; i++ {
		n++
		if _, i = c.next(data, i, len(line)); i < 0 || i == len(line) {
			return n, i >= 0
		}
	}
}

// all is the texts of all cells of a line; false for a broken one.
func (c *cells) all(line string) (row []string, ok bool) {
	data := c.readable(line)
	for i := 0; ; i++ {
		var v cell
		if v, i = c.next(data, i, len(line)); i < 0 {
			return nil, false
		}
		text := data[v.at:v.end]
		if v.escaped {
			text = c.unescape(nil, text)
		}
		if row = append(row, string(text)); i == len(line) {
			return row, true
		}
	}
}

// worker parses blocks.
type worker struct {
	cells
	*texts.Store
	texts.Lines
	bound  *Bound
	more   [][]byte // names of cells beyond the last column
	failed texts.Value
	count  int // cells of a line that has too few or too many
}

func (b *Bound) newWorker(whole bool) *worker {
	o := &b.plan.options
	w := &worker{bound: b, Lines: b.plan.lines, cells: cells{delimiter: b.delimiter, strict: o.Strict, backslash: o.Backslash, whole: whole}}
	w.Whole = whole
	w.Store = texts.NewStore(b.layout, o.Infer.Rename, w.unescape)
	return w
}

// Parse implements record.Worker.
func (w *worker) Parse(b *record.Builder, data []byte, n int) { w.Lines.Parse(b, data, n, w) }

// Read implements texts.Reader.
func (w *worker) Read(b *record.Builder, data []byte, i, end int) record.Fault {
	switch {
	case w.empty(data[i:end]):
		w.at, w.want = 0, "cells"
		return record.Empty
	case w.aside(data[i:end]):
		return texts.Aside
	}
	w.Data, w.Values = data, w.Values[:0]
	start, nodes := i, w.bound.nodes
	k := 0
	for ; ; k++ {
		text, behind := cell{at: i}, i
		if data[i] != '"' { // as next has it, without the call
			behind = w.find(data, i, end)
			text.end = behind
		} else if text, behind = w.next(data, i, end); behind < 0 {
			w.at -= start
			return record.NoMatch
		}
		var n *infer.Node
		if k < len(nodes) {
			n = nodes[k]
		}
		if n == nil || text.escaped || !w.Quick(b, n, text.at, text.end) {
			v := texts.Value{Node: n, At: text.at, End: text.end, Escaped: text.escaped}
			if v.Escaped {
				v.Kind = texts.Text
			}
			if w.put(b, &v, k) == texts.Misfit {
				w.failed = v
				return record.BadValue
			}
		}
		if i = behind; i == end {
			break
		}
		i++
	}
	if w.strict && k+1 != len(nodes) {
		w.at, w.want, w.count = end-start, "", k+1
		return record.NoMatch
	}
	if len(w.Values) > 0 {
		w.Spill(b)
	}
	return record.NoFault
}

// put stores the k-th cell, or keeps it for the overflow column.
func (w *worker) put(b *record.Builder, v *texts.Value, k int) texts.Verdict {
	verdict := texts.Spills
	if n := v.Node; n != nil {
		if n.Skipped {
			return texts.Stored
		}
		if n.Column >= 0 {
			verdict = w.Put(b, v)
		}
	}
	if verdict == texts.Spills {
		v.Key = w.key(k)
		w.Values = append(w.Values, *v)
	}
	return verdict
}

// key is what the k-th cell goes by in the overflow column.
func (w *worker) key(k int) []byte {
	if k < len(w.bound.names) {
		return w.bound.names[k]
	}
	for k -= len(w.bound.names); len(w.more) <= k && k < 4096; {
		w.more = append(w.more, ColumnName(len(w.bound.names)+len(w.more)))
	}
	if k < len(w.more) {
		return w.more[k]
	}
	return ColumnName(len(w.bound.names) + k)
}

// empty tells whether a line is blank; where blanks are delimiters, only nothing is.
func (w *worker) empty(line []byte) bool {
	return len(line) == 0 || (line[0] == ' ' || line[0] == '\t') && bytes.IndexByte(line, w.delimiter) < 0 && texts.Blank(line)
}

// aside tells whether a line is the header or the line sep=.
func (w *worker) aside(line []byte) bool {
	b := w.bound
	return b.header != "" && mem.String(line) == b.header || b.sep != "" && mem.String(line) == b.sep
}

// Explain implements record.Worker.
func (w *worker) Explain(line []byte) record.Check {
	if check, broken := w.Check(line); broken {
		return check
	}
	whole := w.whole
	w.whole = true // the line is one record, whatever line feeds are in it
	fault := w.Try(w.bound.layout.Schema, line, w)
	w.whole = whole
	switch fault {
	case record.NoFault, texts.Aside:
		return record.Check{OK: true}
	case record.BadValue:
		return w.Store.Explain(&w.failed)
	default:
		if w.want == "" {
			w.want = fmt.Sprintf("%d cells, not %d", len(w.bound.nodes), w.count)
		}
		return record.Check{Fault: fault.String(), Offset: w.at, Expected: w.want, Seen: explain.Seen(line, w.at)}
	}
}
