package ndjson

import (
	"math"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// walk parses records from data[i] on for as long as they have learnt shapes, and gives the start of the first that has not, or n.
// Nothing of that record is left in the builder.
func (w *worker) walk(b *record.Builder, data []byte, i, n int) int {
	w.data, w.end = data, n-1
	s := &w.shapes
	limit := w.options.Line
	if limit == 0 {
		limit = math.MaxInt
	}
	t := &w.quick
	t.data, t.marks, t.buffer = data, w.marks, b.Buffer
	for i < n {
		if b.Row == b.Cap {
			b.Grow()
		}
		start, side := i, len(b.Side)
		row, cols := b.Row, b.Cols
		word, bit := row>>6, uint64(1)<<(row&63)
		p, now := &s.places[0], s.begin()
		t.sinks, t.row, t.now = b.Sinks, row, now
		for {
			st := p.next
			if w.marks != nil && (st.quick || p.table != nil) {
				i, p, st = t.read(p, i)
			} else if st.differs(data, i) != 0 {
				st = nil
			}
			if st == nil || st.rest != "" && !st.matchRest(data, i+16) {
				if st = p.find(data, i, now); st == nil {
					goto other
				}
			}
			i += int(st.n)
			if st.read == readEnd {
				break
			}
			if p = st.place; p.stamp == now || st.deep && st.again(now) {
				goto other
			}
			p.stamp = now
			switch st.read {
			case readText:
				from := i
				if i = w.stringEnd(i); mem.At(data, i) != '"' {
					if i = w.escaped(b, &cols[st.column], from, i); i < 0 {
						goto other
					}
					continue
				}
				c := &cols[st.column]
				if size := i - from; c.Dict != nil {
					c.Index[row] = c.Dict.Lookup(data, from, size)
				} else {
					c.Views[row].Set(data, from, size, b.Buffer)
				}
				c.Valid[word] |= bit
				i++
			case readStamp:
				v, j := st.clock.fast(data, i)
				if j < 0 {
					v, j = st.clock.slow(data, i)
				}
				if j < 0 || mem.At(data, j) != '"' {
					goto other
				}
				c := &cols[st.column]
				c.Words[row] = uint64(v)
				c.Valid[word] |= bit
				i = j + 1
			case readInt:
				j := i
				if mem.At(data, i) == '-' {
					j++
				}
				v, n := scan.Integer(data, j)
				if n == 0 || !behind(data, j+n) || mem.At(data, j) == '0' && n > 1 {
					if i = w.number(b, st, i); i < 0 {
						goto other
					}
					continue
				}
				if j > i {
					v = -v
				}
				c := &cols[st.column]
				c.Words[row] = v
				c.Valid[word] |= bit
				i = j + n
			case readFloat:
				v, k, ok := fastFloat(data, i)
				if !ok {
					if i = w.number(b, st, i); i < 0 {
						goto other
					}
					continue
				}
				c := &cols[st.column]
				c.Words[row] = math.Float64bits(v)
				c.Valid[word] |= bit
				i = k
			case readRole:
				if i = w.quotedRole(b, st, i); i < 0 {
					goto other
				}
			case readNull:
			case skipText:
				if i = w.stringEnd(i); mem.At(data, i) != '"' {
					if i, _ = w.closing(i); i < 0 {
						goto other
					}
				}
				i++
			default:
				if i = w.other(b, st, i); i < 0 {
					goto other
				}
			}
		}
		if i-start <= limit {
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

// forget takes back what the walk has written for the record under way: the columns of this worker, not those of others.
func (w *worker) forget(b *record.Builder) {
	word, bit := b.Row>>6, uint64(1)<<(b.Row&63)
	for i := range w.layout.Maps {
		b.Again(&b.Cols[w.layout.Maps[i].Column])
	}
	for _, n := range w.layout.Nodes {
		if n.Column >= 0 {
			if c := &b.Cols[n.Column]; c.Nested == nil {
				c.Valid[word] &^= bit
			} else {
				b.Again(c)
			}
		}
		for _, column := range n.Also {
			if column >= 0 {
				b.Cols[column].Valid[word] &^= bit
			}
		}
	}
}

// other reads the values that are not read in place.
func (w *worker) other(b *record.Builder, st *step, i int) int {
	switch st.read {
	case readDash:
		return w.quotedDash(b, st, i)
	case readUint:
		return w.number(b, st, i)
	case readBool:
		k, end := literal(w.data, i)
		if end >= 0 && k != isNull {
			c := &b.Cols[st.column]
			b.SetBool(c, k == isTrue)
			b.Present(c)
		}
		return end
	case skipValue:
		_, end, _ := w.value(i, st.node.Level)
		return end
	case readMap:
		return w.mapAt(b, st.node, i)
	}
	if mem.At(w.data, i) == '"' && st.node.Holds == infer.Given && simple(st.node.Declared) {
		return -1 // readText does it better: learn that
	}
	return w.plainValue(b, st, i)
}

// plainValue reads and stores a value as the plain parser does.
func (w *worker) plainValue(b *record.Builder, st *step, i int) int {
	w.members = append(w.members[:0], member{node: st.node, parent: -1, next: 1, at: i})
	m := &w.members[0]
	m.kind, m.end, m.escaped = w.value(i, st.node.Level)
	if m.end < 0 || w.store(b, 0) != stored {
		return -1
	}
	return m.end
}

// number reads a number that is not as simple as most, or null.
func (w *worker) number(b *record.Builder, st *step, i int) int {
	if st.node.Holds == infer.Given {
		return w.plainValue(b, st, i)
	}
	if mem.Load32(w.data, i) == wordNull {
		return i + 4
	}
	end := w.input.number(i)
	if end < 0 {
		return -1
	}
	v, ok := w.word(i, end, st.node.Holds)
	if !ok {
		return -1
	}
	c := &b.Cols[st.column]
	c.Words[b.Row] = v
	b.Present(c)
	return end
}

// escaped stores a text from data[from] on that has an escape at data[i], or ends there wrongly.
func (w *worker) escaped(b *record.Builder, c *record.Col, from, i int) int {
	start := len(b.Side)
	end := 0
	if w.marks != nil {
		b.Side, end = unescapeMarked(b.Side, w.data, w.marks, from)
	} else {
		b.Side, end = unescapeText(b.Side, w.data, from, i)
	}
	if end < 0 {
		return -1
	}
	b.SetSide(c, start)
	b.Present(c)
	return end + 1
}

// fastFloat reads a number of up to 15 digits without exponent.
func fastFloat(b []byte, i int) (v float64, end int, ok bool) {
	j := i
	if mem.At(b, i) == '-' {
		j++
	}
	v, end = value.ShortFloat(b, j)
	if j > i {
		v = -v
	}
	return v, end, end > j && behind(b, end) && (mem.At(b, j) != '0' || mem.At(b, j+1)-'0' > 9)
}

// behind tells whether a value may end at i.
func behind(b []byte, i int) bool {
	c := mem.At(b, i)
	return c < '.' || c == '}' // a digit or what else a number may have is neither
}
