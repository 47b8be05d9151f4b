package cef

import (
	"bytes"
	"math"
	"math/bits"
	"strconv"

	"github.com/sawlog/sawlog/lib/internal/explain"
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/record"
)

// worker parses lines for one goroutine.
type worker struct {
	texts.Lines
	p        *Plan
	times    *times
	b        *record.Builder
	data     []byte
	pairs    []pair
	keys     keys
	straight bool                    // the pairs may go straight to the map
	plain    bool                    // nothing is taken for usual: what tests compare with
	second   bool                    // LEEF 2.0
	labels   [len(families) * 10]int // by slot: the pair that is its label, counted from 1

	labelTexts [len(families) * 10]record.View // by slot: the text of its label, where a value has it

	// Where the line under way stopped to fit, and what should have stood there.
	at       int
	element  string
	expected string
}

// NewWorker makes a worker for one goroutine.
func (p *Plan) NewWorker() record.Worker { return p.newWorker(false) }

// NewRecordWorker makes a worker that takes all it is given as exactly one record: line feeds may stand in its values.
func (p *Plan) NewRecordWorker() record.Worker { return p.newWorker(true) }

func (p *Plan) newWorker(whole bool) *worker {
	w := &worker{p: p, Lines: p.lines, times: newTimes(p.o.Clock), straight: !p.o.LEEF && !p.o.CustomLabels && p.index[colExtensions] >= 0}
	w.Whole = whole
	return w
}

// Parse implements record.Worker.
func (w *worker) Parse(b *record.Builder, data []byte, n int) { w.Lines.Parse(b, data, n, w) }

func (w *worker) misfit(at int, element, expected string) record.Fault {
	w.at, w.element, w.expected = at, element, expected
	return record.NoMatch
}

// header are the columns between the pipes, behind the version.
var header = [...]int{colVendor, colProduct, colProductVersion, colEvent, colName, colLevel}

// Read implements texts.Reader.
func (w *worker) Read(b *record.Builder, data []byte, i, end int) record.Fault {
	w.b, w.data, w.pairs = b, data, w.pairs[:0]
	if texts.Blank(data[i:end]) {
		w.misfit(i, "", "a line that is not blank")
		return record.Empty
	}
	at, j := w.find(i, end)
	if at < 0 {
		return w.misfit(i, "format_version", w.p.tag+" and a version")
	}
	stop := w.version(j, end)
	w.text(colVersion, j, stop, false)
	w.second = data[j] == '2'
	w.prefix(i, at)
	j = stop + 1
	columns := header[:]
	if w.p.o.LEEF {
		columns = header[:4]
	}
	base := j
	pipes, escapes := scan.Masks2(data, base, '|', '\\')
	for k, column := range columns {
		stop, escaped := base+bits.TrailingZeros64(pipes), false
		if pipes &= pipes - 1; escapes != 0 || stop >= min(end, base+64) || w.plain {
			stop, escaped = w.field(j, end)
		}
		if last := k == len(columns)-1; stop == end && (!last || stop == j || w.p.o.Strict) {
			return w.misfit(end, names[column], "| behind the field")
		}
		w.text(column, j, stop, escaped)
		if column == colLevel {
			w.severity(data[j:stop])
		}
		j = min(stop+1, end)
	}
	if w.straight && w.keys.habit.Worth() && w.inPlace(j, end) {
		return record.NoFault
	}
	fault := w.rest(j, end)
	if fault == record.NoFault {
		w.own()
		w.store(b)
	}
	return fault
}

// names are those of the columns, for explanations.
var names = func() (names [columns]string) {
	for i, f := range fields(record.String) {
		names[i] = f.Name
	}
	return names
}()

// rest reads what stands behind the header.
func (w *worker) rest(i, end int) record.Fault {
	if !w.p.o.LEEF {
		return w.extension(i, end)
	}
	delimiter, next := byte('\t'), -1
	if w.second {
		delimiter, next = w.delimiter(i, end)
	}
	if next < 0 && !w.p.o.Strict && bytes.IndexByte(w.data[i:end], '\t') < 0 {
		return w.extension(i, end)
	}
	return w.attributes(max(i, next), end, delimiter)
}

// find is the place of the tag that a version and a pipe follow, and the place of the version; -1: there is none.
func (w *worker) find(i, end int) (tag, version int) {
	for start := i; ; {
		at := i
		if !bytes.HasPrefix(w.data[i:end], mem.Bytes(w.p.tag)) {
			k := bytes.Index(w.data[i:end], mem.Bytes(w.p.tag))
			if k < 0 {
				return -1, -1
			}
			at += k
		}
		i = at + len(w.p.tag)
		version = i
		if !w.p.o.Strict && mem.At(w.data, version) == ' ' {
			version++
		}
		if (at == start || !letter(w.data[at-1])) && w.version(version, end) > version {
			return at, version
		}
	}
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' }

// version is the pipe behind the digits and points at i; i where there is none.
func (w *worker) version(i, end int) int {
	k := i
	for k < end && k-i < 8 && (w.data[k]-'0' <= 9 || w.data[k] == '.') {
		k++
	}
	if k == end || w.data[k] != '|' {
		return i
	}
	return k
}

// field is the pipe that ends the field at i, end where there is none, and whether there are escapes in it.
func (w *worker) field(i, end int) (stop int, escaped bool) {
	for i < end {
		i = scan.Find3(w.data, i, '|', '\\', '\n')
		switch {
		case i >= end:
		case w.data[i] == '|':
			return i, escaped
		case w.data[i] == '\\':
			escaped = true
			i += 2
		default:
			i++ // a line feed in a record with several lines
		}
	}
	return end, escaped
}

// text stores the text data[i:end] of the header.
func (w *worker) text(column, i, end int, escaped bool) {
	k := w.p.index[column]
	if k < 0 {
		return
	}
	if !escaped {
		w.b.PutText(k, w.data, i, end-i)
		return
	}
	start, c := len(w.b.Side), &w.b.Cols[k]
	w.b.Side = unescape(w.b.Side, w.data[i:end], false)
	w.b.SetSide(c, start)
	w.b.Present(c)
}

// word stores a number.
func (w *worker) word(column int, v uint64) {
	if k := w.p.index[column]; k >= 0 {
		w.b.Cols[k].Words[w.b.Row] = v
		w.b.Present(&w.b.Cols[k])
	}
}

func (w *worker) severity(level []byte) {
	if v, ok := severity(level); ok {
		w.word(colSeverity, v)
	}
}

// prefix reads the time and the host of the syslog header data[i:end], as far as they are there.
func (w *worker) prefix(i, end int) {
	if i == end {
		return
	}
	if w.data[i] == '<' {
		if k := bytes.IndexByte(w.data[i:min(end, i+5)], '>'); k > 0 {
			i += k + 1
		}
	}
	if v, n := scan.Short(mem.Load64(w.data, i)); n > 0 && n < 3 && v < 100 && i+n < end && w.data[i+n] == ' ' {
		i += n + 1 // the version of RFC 5424
	}
	ns, i, ok := w.times.header(w.data, i, end)
	if !ok {
		return
	}
	w.word(colTime, uint64(ns))
	if k := bytes.IndexByte(w.data[i:end], ' '); k > 0 && w.data[i+k-1] != ':' && (k > 1 || w.data[i] != '-') {
		w.text(colHost, i, i+k, false)
	}
}

// delimiter reads the field of LEEF 2.0 that says what stands between attributes, and gives the position behind it; without one the
// position is -1.
func (w *worker) delimiter(i, end int) (c byte, next int) {
	stop := bytes.IndexByte(w.data[i:min(end, i+8)], '|')
	if stop < 0 {
		return '\t', -1
	}
	switch text := w.data[i : i+stop]; {
	case stop == 0 || string(text) == `\t`:
		return '\t', i + stop + 1
	case stop == 1:
		return text[0], i + stop + 1
	default:
		if text[0] == '0' {
			text = text[1:]
		}
		if text[0]|0x20 != 'x' {
			return '\t', -1
		}
		v, err := strconv.ParseUint(mem.String(text[1:]), 16, 32)
		if err != nil || v > math.MaxInt8 {
			return '\t', -1
		}
		return byte(v), i + stop + 1
	}
}

// own looks for what columns of their own are made from: the event's time, and LEEF's severity.
func (w *worker) own() {
	stamp, format, level := -1, -1, -1
	for i := range w.pairs {
		switch name := w.data[w.pairs[i].key:w.pairs[i].keyEnd]; {
		case !w.p.o.LEEF:
			if string(name) == "rt" {
				stamp = i
			}
		case string(name) == "devTime":
			stamp = i
		case string(name) == "devTimeFormat":
			format = i
		case string(name) == "sev":
			level = i
		}
	}
	if stamp >= 0 && w.p.index[colTime] >= 0 {
		text := w.value(stamp)
		ns, ok := int64(0), false
		if format >= 0 {
			ns, ok = w.times.format(text, w.value(format))
		}
		if !ok {
			ns, ok = w.times.value(text)
		}
		if ok {
			w.word(colTime, uint64(ns))
		}
	}
	if level >= 0 {
		p := &w.pairs[level]
		w.text(colLevel, p.at, p.end, false)
		w.severity(w.data[p.at:p.end])
	}
}

// value is the text of a pair.
func (w *worker) value(i int) []byte { return w.data[w.pairs[i].at:w.pairs[i].end] }

// Explain implements record.Worker.
func (w *worker) Explain(line []byte) record.Check {
	if check, broken := w.Check(line); broken {
		return check
	}
	fault := w.Try(w.p.schema, line, w)
	if fault == record.NoFault {
		return record.Check{OK: true}
	}
	column := ""
	if w.element != "" && w.p.index[columnOf(w.element)] >= 0 {
		column = w.p.schema.Fields[w.p.index[columnOf(w.element)]].Name
	}
	return record.Check{Fault: fault.String(), Offset: w.at, Element: w.element, Column: column, Expected: w.expected, Seen: explain.Seen(line, w.at)}
}

// columnOf is the column that is called name before renaming.
func columnOf(name string) int {
	for i, n := range names {
		if n == name {
			return i
		}
	}
	return 0
}
