package logfmt

import (
	"math"
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// walk parses records from data[i] on for as long as they have learnt shapes, and gives the start of the first that has not, or n.
// Nothing of that record is left in the builder.
func (w *worker) walk(b *record.Builder, data []byte, i, n int) int {
	w.Data = data
	s := &w.shapes
	limit := w.Limit
	if limit == 0 {
		limit = math.MaxInt
	}
	t := &w.quick
	t.data, t.buffer = data, b.Buffer
	for i < n {
		if b.Row == b.Cap {
			b.Grow()
		}
		start, side := i, len(b.Side)
		row, cols := b.Row, b.Cols
		word, bit := row>>6, uint64(1)<<(row&63)
		p, now := &s.places[0], s.begin()
		some, full := false, false // there is a key; there is one with a value
		t.sinks, t.row, t.now = b.Sinks, row, now
		for {
			st := p.next
			if t.on {
				from := i
				i, p, st = t.read(p, i)
				full = full || i > from
			} else if st.differs(data, i) != 0 {
				st = nil
			}
			if st == nil || st == &none || st.rest != "" && !st.matchRest(data, i+16) {
				if st = p.find(data, i); st == nil {
					goto other
				}
			}
			i += int(st.skip)
			if st.read == readEnd {
				break
			}
			if p = st.place; p.stamp == now {
				goto other // a key that was there before
			}
			p.stamp = now
			some, full = true, full || st.read != readBare
			switch st.read {
			case readText:
				from := i
				if mem.At(data, i) == '"' {
					from++
					if i = scan.StringEnd(data, from); mem.At(data, i) != '"' {
						if i = w.plainValue(b, st, from-1); i < 0 {
							goto other
						}
						continue
					}
				} else {
					i = unquotedEnd(data, i)
				}
				c := &cols[st.column]
				if size := i - from; c.Dict != nil {
					c.Index[row] = c.Dict.Lookup(data, from, size)
				} else {
					c.Views[row].Set(data, from, size, b.Buffer)
				}
				c.Valid[word] |= bit
				if mem.At(data, i) == '"' {
					i++
				}
			case readInt:
				v, k, ok := fastInt(data, i)
				if !ok {
					if i = w.plainValue(b, st, i); i < 0 {
						goto other
					}
					continue
				}
				c := &cols[st.column]
				c.Words[row] = uint64(v)
				c.Valid[word] |= bit
				i = k
			case readFloat:
				v, k, ok := fastFloat(data, i)
				if !ok {
					if i = w.plainValue(b, st, i); i < 0 {
						goto other
					}
					continue
				}
				c := &cols[st.column]
				c.Words[row] = math.Float64bits(v)
				c.Valid[word] |= bit
				i = k
			case readWords:
				if i = w.words(b, st, i); i < 0 {
					goto other
				}
			default:
				if i = w.other(b, st, i); i < 0 {
					goto other
				}
			}
		}
		if (full || w.loose && some) && i-start <= limit {
			b.Row++
			continue
		}
	other:
		w.forget(b)
		b.Side = b.Side[:side]
		return start
	}
	return n
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// unquotedEnd is the end of the unquoted value at i. Most are short: the first blank or control byte is among eight.
func unquotedEnd(data []byte, i int) int {
	from := i
	w := mem.Load64(data, i)
	if m := (w - ones*0x21) &^ w & highs; m != 0 {
		i += bits.TrailingZeros64(m) >> 3
	} else {
		i = scan.Find3(data, i+8, ' ', '\t', '\n')
	}
	for {
		switch mem.At(data, i) {
		case ' ', '\t':
			return i
		case '\n':
			if i > from && mem.At(data, i-1) == '\r' {
				return i - 1
			}
			return i
		}
		i = scan.Find3(data, i, ' ', '\t', '\n') // a control byte is content
	}
}

// behind tells whether a value may end at i.
func behind(data []byte, i int) bool {
	c := mem.At(data, i)
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' && mem.At(data, i+1) == '\n'
}

// written is where the value at i is, without its quotes. Not ok: it is not all there as it is meant.
func (w *worker) written(i int) (from, end int, ok bool) {
	if mem.At(w.Data, i) != '"' {
		return i, unquotedEnd(w.Data, i), true
	}
	end = scan.StringEnd(w.Data, i+1)
	return i + 1, end, mem.At(w.Data, end) == '"'
}

// words reads a value of a declared type that has a reader of its own.
func (w *worker) words(b *record.Builder, st *step, i int) int {
	if st.stamp && mem.At(w.Data, i+10)|0x20 == 't' {
		// No blank is in a stamp with a T, so where one ends the value ends.
		if v, stop, ok := st.words(w.Data, i); ok && behind(w.Data, stop) {
			c := &b.Cols[st.column]
			c.Words[b.Row] = uint64(v)
			b.Present(c)
			return stop
		}
	}
	from, end, ok := w.written(i)
	if !ok {
		return w.plainValue(b, st, i)
	}
	v, stop, ok := st.words(w.Data, from)
	if !ok || stop != end {
		return w.plainValue(b, st, i)
	}
	c := &b.Cols[st.column]
	c.Words[b.Row] = uint64(v)
	b.Present(c)
	return end + from - i
}

// forget takes back what the walk has written for the record under way: the columns of this worker, not those of others.
func (w *worker) forget(b *record.Builder) {
	word, bit := b.Row>>6, uint64(1)<<(b.Row&63)
	for _, n := range w.Layout.Nodes {
		if n.Column >= 0 {
			b.Cols[n.Column].Valid[word] &^= bit
		}
		for _, column := range n.Also {
			if column >= 0 {
				b.Cols[column].Valid[word] &^= bit
			}
		}
	}
}

// role reads a value that gives columns beside its own.
func (w *worker) role(b *record.Builder, st *step, i int) int {
	from, end, ok := w.written(i)
	if !ok {
		return w.plainValue(b, st, i)
	}
	if st.parts.Put(b, w.Data, from, end) != texts.Stored {
		return -1
	}
	return end + from - i
}

// other reads the values that are not read in place.
func (w *worker) other(b *record.Builder, st *step, i int) int {
	switch {
	case st.read == readRole:
		return w.role(b, st, i)
	case st.read != readBare && st.read != readSkip:
		return w.plainValue(b, st, i)
	case st.read == readBare:
		if !st.node.Skipped && w.Put(b, &texts.Value{Node: st.node, Bare: true, Kind: texts.True}) != texts.Stored {
			return -1
		}
	case mem.At(w.Data, i) == '"':
		var v texts.Value
		return w.quoted(&v, i+1, w.lineEnd(i))
	default:
		return unquotedEnd(w.Data, i)
	}
	return i
}

// lineEnd is the end of the line that goes on at i, without its ending.
func (w *worker) lineEnd(i int) int { return texts.Trim(w.Data, i, scan.Find(w.Data, i, '\n', '\n')) }

// plainValue reads and stores a value as the plain parser does: the position behind it, -1 where the plain parser is to read it all.
func (w *worker) plainValue(b *record.Builder, st *step, i int) int {
	v := texts.Value{Node: st.node}
	end := w.value(&v, i, w.lineEnd(i))
	if end < 0 || w.Put(b, &v) != texts.Stored {
		return -1
	}
	return end
}

// fastInt reads an integer of up to 16 digits, written as any integer is written back.
func fastInt(b []byte, i int) (v int64, end int, ok bool) {
	j := i
	if mem.At(b, i) == '-' {
		j++
	}
	u, n := scan.Integer(b, j)
	v = int64(u)
	if j > i {
		v = -v
	}
	zero := mem.At(b, j) == '0' && (n > 1 || j > i)
	return v, j + n, n > 0 && !zero && behind(b, j+n)
}

// fastFloat reads a number of up to 15 digits without exponent, written as any number is written back.
func fastFloat(b []byte, i int) (v float64, end int, ok bool) {
	j := i
	if mem.At(b, i) == '-' {
		j++
	}
	v, end = value.ShortFloat(b, j)
	if j > i {
		v = -v
	}
	zero := mem.At(b, j) == '0' && mem.At(b, j+1) != '.' && (end > j+1 || j > i)
	return v, end, end > j && !zero && behind(b, end)
}
