package logfmt

import (
	"math"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// verdict says what became of a value.
type verdict uint8

const (
	stored verdict = iota // in its column, or null
	spills                // it does not fit an inferred column, or has none
	misfit                // it does not fit a declared type
)

// write writes the record on the tape to the builder; false: a value does not fit its declared type (see failed).
func (w *worker) write(b *record.Builder) bool {
	w.link()
	spilled := false
	for i := range w.pairs {
		p := &w.pairs[i]
		n := p.node
		v := spills
		switch {
		case p.idle:
			continue
		case n == nil:
		case n.Skipped:
			continue
		case n.Declared != nil && p.next >= 0:
			continue // the last one counts
		case n.Kept() && (n.Declared != nil || p.next < 0 && !p.again):
			v = w.store(b, p)
		}
		if v == misfit {
			w.fault, w.failed = record.BadValue, i
			return false
		}
		p.spills = v == spills
		spilled = spilled || p.spills
	}
	if spilled && w.layout.Overflow >= 0 {
		w.overflow(b)
	}
	return true
}

// link chains the pairs with the same key, as far as a column knows it.
func (w *worker) link() {
	if w.stamp++; w.stamp == 0 {
		clear(w.seen)
		w.stamp = 1
	}
	w.twins = false
	for i := range w.pairs {
		n := w.pairs[i].node
		if n == nil {
			continue
		}
		last := int32(i)
		if w.seen[n.ID] == w.stamp {
			last = w.chain(w.last[n.ID], last)
			w.twins = true
		}
		w.seen[n.ID], w.last[n.ID] = w.stamp, last
	}
}

// chain lets the pair to follow from, which has the same key, and gives the last of the chain. A bare key says only that the key is there:
// beside another it adds nothing.
func (w *worker) chain(from, to int32) int32 {
	a, b := &w.pairs[from], &w.pairs[to]
	switch {
	case b.bare:
		b.idle, b.spills = true, false
		return from
	case a.bare:
		a.idle, a.spills = true, false
		return to
	}
	a.next, b.again = to, true
	return to
}

// store writes the value of p to its column.
func (w *worker) store(b *record.Builder, p *pair) verdict {
	n := p.node
	if n.Role != infer.Plain {
		return w.role(b, p)
	}
	c := &b.Cols[n.Column]
	switch n.Holds {
	case infer.Given:
		v := w.given(b, c, p)
		if v == misfit && n.Declared.Soft {
			v = spills
		}
		return v
	case infer.Bools:
		if p.kind == isTrue || p.kind == isFalse {
			b.SetBool(c, p.kind == isTrue)
			b.Present(c)
			return stored
		}
	case infer.Ints, infer.Uints, infer.Floats:
		if p.kind == isNumber {
			return w.number(b, c, n.Holds, p)
		}
	default:
		w.text(b, c, p)
		return stored
	}
	if p.kind == isEmpty {
		return stored // an empty text is null where it is not a text
	}
	return spills
}

// number stores a number in an inferred column, if that keeps every digit.
func (w *worker) number(b *record.Builder, c *record.Col, holds infer.Holds, p *pair) verdict {
	var word uint64
	var ok bool
	switch holds {
	case infer.Ints:
		var v int64
		v, ok = value.Int(w.data, p.at, p.end-p.at)
		word = uint64(v)
	case infer.Uints:
		word, ok = value.Uint(w.data, p.at, p.end-p.at)
	default:
		v, whole, fits := infer.Float(w.data[p.at:p.end])
		word, ok = math.Float64bits(v), whole && fits
	}
	if !ok {
		return spills
	}
	c.Words[b.Row] = word
	b.Present(c)
	return stored
}

// truth is what a bare key holds, as a text.
var truth = append([]byte("true\n"), make([]byte, scan.Slack)...)

// text stores the value as a text.
func (w *worker) text(b *record.Builder, c *record.Col, p *pair) {
	switch {
	case p.bare:
		b.SetText(c, truth, 0, 4) // so short that the view holds it
	case p.escaped:
		start := len(b.Side)
		b.Side = value.Unquote(b.Side, w.data[p.at:p.end])
		b.SetSide(c, start)
	default:
		b.SetText(c, w.data, p.at, p.end-p.at)
	}
	b.Present(c)
}

// simple tells whether a declared column takes texts as they are.
func simple(d *infer.Declared) bool {
	return (d.Type == record.String || d.Type == record.Bytes) && d.Check == nil && d.Rewrite == nil
}

// given stores a value in a column whose type the user declared.
func (w *worker) given(b *record.Builder, c *record.Col, p *pair) verdict {
	d := p.node.Declared
	if simple(d) {
		w.text(b, c, p)
		return stored
	}
	if p.kind == isEmpty && (!d.Type.Text() || d.Type == record.IP) {
		return stored
	}
	data, i, end := w.data, p.at, p.end
	switch {
	case p.bare:
		data, i, end = truth, 0, 4
	case p.escaped:
		w.scratch = value.Unquote(w.scratch[:0], data[i:end])
		data, i, end = w.slack(), 0, len(w.scratch)
	}
	if d.Type.Text() {
		return w.givenText(b, c, p, data[i:end])
	}
	if d.Type == record.Bool {
		v, ok := value.Bool(data, i, end-i)
		if !ok {
			return misfit
		}
		b.SetBool(c, v)
	} else {
		word, ok := w.declared(p.node, data, i, end)
		if !ok {
			return misfit
		}
		c.Words[b.Row] = word
	}
	b.Present(c)
	return stored
}

// slack is scratch with a newline and the slack that readers need behind it.
func (w *worker) slack() []byte {
	n := len(w.scratch)
	w.scratch = slices.Grow(append(w.scratch, '\n'), scan.Slack)
	data := w.scratch[:cap(w.scratch)]
	w.scratch = w.scratch[:n]
	return data
}

// declared is the word of a value of the declared type of n.
func (w *worker) declared(n *infer.Node, data []byte, i, end int) (uint64, bool) {
	if read := w.reads[n.ID]; read != nil {
		if v, stop, ok := read(data, i); ok && stop == end {
			return uint64(v), true
		}
		// A reader may have gone on into the next pair: it gets the value alone.
		w.scratch = append(w.scratch[:0], data[i:end]...)
		v, stop, ok := read(w.slack(), 0)
		return uint64(v), ok && stop == end-i
	}
	switch n.Declared.Type {
	case record.Int:
		v, ok := value.Int(data, i, end-i)
		return uint64(v), ok
	case record.Uint:
		return value.Uint(data, i, end-i)
	}
	v, ok := value.Float(data, i, end-i)
	return math.Float64bits(v), ok
}

// givenText stores a text in a declared column of texts that checks or rewrites it.
func (w *worker) givenText(b *record.Builder, c *record.Col, p *pair, text []byte) verdict {
	d := p.node.Declared
	if d.Check != nil && !d.Check(text) {
		return misfit
	}
	if d.Rewrite == nil {
		w.text(b, c, p)
		return stored
	}
	start := len(b.Side)
	side, ok := d.Rewrite(b.Side, text)
	if b.Side = side; !ok {
		b.Side = b.Side[:start]
		return misfit
	}
	b.SetSide(c, start)
	b.Present(c)
	return stored
}
