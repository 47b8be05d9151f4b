package grok

import (
	"math"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/regex"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// worker parses blocks. Its machines and clocks are its own.
type worker struct {
	p        *Plan
	machines []*regex.Machine
	clocks   []*timestamp.Clock // by column
	direct   *directState       // nil: there is no such way
	failed   failure            // what it knows of the line under way
	whole    bool               // a block is one record
}

// failure is what the direct way has found out of a line which it has not read.
type failure struct {
	known   bool // a step has failed: the lane of the machine would say the same
	never   bool // no match begins where the line does ...
	nowhere bool // ... nor elsewhere, ...
	end     int  // ... up to where its text ends
	at      int  // before this none does
	ended   int  // nothing that a match needs behind its first piece stands here, 0: it does not know
}

// NewWorker makes a parser for one goroutine.
func (p *Plan) NewWorker() record.Worker { return p.newWorker(false) }

// NewRecordWorker makes a parser that takes all it is given as exactly one record. Line feeds inside it are content, and ^ and $ are the
// ends of its lines.
func (p *Plan) NewRecordWorker() record.Worker { return p.newWorker(true) }

func (p *Plan) newWorker(whole bool) *worker {
	w := &worker{p: p, whole: whole, clocks: make([]*timestamp.Clock, len(p.columns))}
	for _, c := range p.patterns {
		w.machines = append(w.machines, c.program.NewMachine())
	}
	for i := range p.columns {
		if layout := p.columns[i].kind.clock; layout != nil {
			w.clocks[i] = layout.NewClock(p.o.Clock)
		}
	}
	if !whole {
		w.direct = p.direct.newState(w)
	}
	return w
}

// Parse implements record.Worker.
func (w *worker) Parse(b *record.Builder, data []byte, n int) {
	check := w.p.o.Reject && !scan.Valid(data[b.From:n])
	if w.whole {
		if n > b.From {
			w.line(b, data, b.From, n-1, check)
			b.Continue(scan.Newlines(data[b.From:n]) - 1)
		}
		return
	}
	direct := w.direct
	if check {
		direct = nil
	} else if direct != nil {
		direct.aim(b, n)
	}
	for i := b.From; i < n; {
		if direct != nil && data[i] > '\r' {
			if !w.lacks(data, i) {
				if b.Row == b.Cap {
					b.Grow()
				}
				side := len(b.Side)
				if stop := direct.read(data, i); stop >= 0 {
					b.Next()
					i = stop + 1
					continue
				}
				b.Side = b.Side[:side]
			}
			if f := &w.failed; f.nowhere && len(w.machines) == 1 && f.end-i <= direct.limit {
				w.machines[0].Refused(data, i, f.end)
				b.Refuse(record.NoMatch, i, f.end)
				if i = f.end + 1; data[f.end] == '\r' {
					i++
				}
				*f = failure{}
				continue
			}
		}
		stop, row := scan.LineEnd(data, i), b.Row
		w.line(b, data, i, stop, check)
		if w.failed.never && b.Row > row {
			direct.elsewhere()
		}
		w.failed = failure{}
		i = stop + 1
	}
}

// lacks tells whether the line at i lacks what the first pattern needs, if the line before did.
func (w *worker) lacks(data []byte, i int) bool {
	m := w.machines[0]
	if !m.Lacking() {
		return false
	}
	end := scan.LineEnd(data, i)
	if end > i && data[end-1] == '\r' {
		end--
	}
	if !m.Lacks(data, i, end) {
		return false
	}
	w.failed = failure{known: true, nowhere: true, end: end}
	return true
}

// line parses data[i:stop], behind which the line feed stands.
func (w *worker) line(b *record.Builder, data []byte, i, stop int, check bool) {
	if b.Row == b.Cap {
		b.Grow()
	}
	end := stop
	if end > i && data[end-1] == '\r' {
		end--
	}
	limit := w.p.o.Limit
	switch {
	case limit > 0 && end-i > limit:
		b.RejectCut(record.TooLong, i, i+limit, int64(end-i))
		return
	case end == i && !w.whole:
		b.Reject(record.Empty, i, end)
		return
	case check && !scan.Valid(data[i:end]):
		b.Reject(record.BadUTF8, i, end)
		return
	}
	side := len(b.Side)
	switch fault, _ := w.record(b, data, i, end); fault {
	case record.NoFault:
		b.Next()
	case record.NoMatch: // only what matches is written with its nulls
		b.Refuse(fault, i, end)
	default:
		b.Side = b.Side[:side]
		b.Reject(fault, i, end)
	}
}

// record matches data[i:end] and writes the row under way. bad is the column whose text does not fit its type.
func (w *worker) record(b *record.Builder, data []byte, i, end int) (fault record.Fault, bad int) {
	for k, m := range w.machines {
		captures, ok := w.match(k, m, data, i, end)
		if !ok {
			continue
		}
		if bad := w.fill(b, w.p.patterns[k], data, captures); bad >= 0 {
			return record.BadValue, bad
		}
		return record.NoFault, -1
	}
	if i == end {
		return record.Empty, -1
	}
	return record.NoMatch, -1
}

// match gives the captures of the pattern k.
func (w *worker) match(k int, m *regex.Machine, data []byte, i, end int) (captures []int32, ok bool) {
	switch f := &w.failed; {
	case k > 0 || !f.known:
		_, _, captures, ok = m.Match(data, i, end)
	case f.nowhere:
		m.Refused(data, i, end)
	default:
		_, _, captures, ok = m.MatchFrom(data, i, end, f.at, f.ended)
	}
	return captures, ok
}

// fill writes the columns of the row under way. What a column's way does not know is left to column. It returns the column whose text does
// not fit its type, -1 for none.
func (w *worker) fill(b *record.Builder, p *compiled, data []byte, captures []int32) int {
	row, buffer, cols := b.Row, b.Buffer, b.Cols[:len(p.ways)]
	for c := range p.ways {
		way, to := &p.ways[c], &cols[c]
		if way.how == wayOther {
			if !w.column(b, c, p.fill[c], data, captures) {
				return c
			}
			continue
		}
		i, end := int(captures[way.slot]), int(captures[way.slot+1])
		switch {
		case end < 0:
			b.Null(to)
			continue
		case way.how == wayText:
			to.Views[row].Set(data, i, end-i, buffer)
			continue
		case way.how == wayInt:
			if v, n := scan.Short(mem.Load64(data, i)); n == end-i && uint(n-1) < 7 {
				to.Words[row] = v
				continue
			}
		case way.how == wayTime && end > i:
			if ns, stop, ok := w.clocks[c].Parse(data, i); ok && stop == end {
				to.Words[row] = uint64(ns)
				continue
			}
		}
		if !w.column(b, c, p.fill[c], data, captures) {
			return c
		}
	}
	return -1
}

// column writes the column c from the captures that fill it.
func (w *worker) column(b *record.Builder, c int, fill []int32, data []byte, captures []int32) bool {
	col := &w.p.columns[c]
	if col.list {
		return w.list(b, col, fill, data, captures)
	}
	from, to := -1, -1
	for _, k := range fill {
		s, e := int(captures[2*k]), int(captures[2*k+1])
		if e < 0 {
			continue
		}
		// Of several the first with text counts, or the last where the type is declared.
		if from < 0 || e > s && (col.last || to == from) {
			from, to = s, e
		}
	}
	if from < 0 || from == to && !text(col.kind.t) {
		b.Null(&b.Cols[c])
		return true
	}
	return w.store(b, col, data, from, to)
}

func text(t record.Type) bool { return t == record.String || t == record.Bytes }

// store writes the value data[i:end].
func (w *worker) store(b *record.Builder, col *column, data []byte, i, end int) bool {
	c := &b.Cols[col.index]
	switch col.kind.t {
	case record.Bool:
		v, ok := boolean(data, i, end)
		b.SetBool(c, v)
		return ok
	case record.String, record.Bytes:
		if col.unquote && end-i >= 2 && (data[i] == '"' || data[i] == '\'') && data[end-1] == data[i] {
			side := len(b.Side)
			b.Side = value.Literal(b.Side, data[i+1:end-1])
			b.SetSide(c, side)
			return true
		}
		b.SetText(c, data, i, end-i)
		return true
	case record.IP:
		b.SetText(c, data, i, end-i)
		return value.IP(data[i:end])
	}
	word, ok := w.word(col, data, i, end)
	c.Words[b.Row] = word
	return ok
}

// word converts a value that is kept in a word.
func (w *worker) word(col *column, data []byte, i, end int) (uint64, bool) {
	n := end - i
	switch col.kind.t {
	case record.Int:
		if col.size {
			v, ok := value.Size(data[i:end])
			return uint64(v), ok
		}
		if col.hex || n > 2 && data[i] == '0' && data[i+1]|0x20 == 'x' {
			return value.Hex(data, i, n)
		}
		v, ok := value.Int(data, i, n)
		if !ok && !col.last {
			v, ok = value.Int(data, i, leadingNumber(data[i:end], false))
		}
		return uint64(v), ok
	case record.Uint:
		return value.Uint(data, i, n)
	case record.Float:
		v, ok := value.Float(data, i, n)
		if !ok && !col.last {
			v, ok = value.Float(data, i, leadingNumber(data[i:end], true))
		}
		return math.Float64bits(v), ok
	case record.Duration:
		v, ok := value.Duration(data[i:end], value.Unit(col.kind.layout))
		return uint64(v), ok
	case record.Timestamp:
		v, ok := w.clocks[col.index].Text(data[i:end])
		return uint64(v), ok
	}
	return 0, false
}

// leadingNumber is the length of the number that text begins with: what a type in a pattern takes of a text, as Logstash does. A number
// with a fraction is no beginning of a whole one.
func leadingNumber(text []byte, fraction bool) int {
	n := 0
	digits := func() bool {
		start := n
		for n < len(text) && text[n]-'0' <= 9 {
			n++
		}
		return n > start
	}
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		n = 1
	}
	if !digits() {
		return 0
	}
	end := n
	if n < len(text) && text[n] == '.' {
		if n++; digits() {
			if !fraction {
				return 0
			}
			end = n
		}
	}
	return end
}

func boolean(data []byte, i, end int) (v, ok bool) { return value.Bool(data, i, end-i) }

// list writes all that was captured, in order, empty texts left out.
func (w *worker) list(b *record.Builder, col *column, fill []int32, data []byte, captures []int32) bool {
	c := &b.Cols[col.index]
	items := c.Nested.Items
	before := items.Len
	for _, k := range fill {
		i, end := int(captures[2*k]), int(captures[2*k+1])
		if end <= i {
			continue
		}
		switch {
		case col.kind.t == record.Bool:
			v, ok := boolean(data, i, end)
			if !ok {
				return false
			}
			items.Bool(v)
		case col.kind.t.Text():
			if col.kind.t == record.IP && !value.IP(data[i:end]) {
				return false
			}
			items.Slot().Set(data, i, end-i, b.Buffer)
		default:
			word, ok := w.word(col, data, i, end)
			if !ok {
				return false
			}
			items.Word(word)
		}
	}
	if items.Len == before {
		b.Null(c)
		return true
	}
	b.EndList(c)
	return true
}
