package grok

import (
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

// walk is read without asking whether that is worth while. A line of a block ends at its line feed, so that most legs need not know where that is.
func (s *directState) walk(w *worker, b *record.Builder, data []byte, start, n int) int {
	row, cols, buffer := b.Row, b.Cols, b.Buffer
	i, end, to, set := start, start, -1, uint64(0)
	depth, turns, fresh := 0, 0, true
	l := &s.legs[s.d.start]
	for {
		switch l.code {
		case legNothing:
			end = i
		case legDigits:
			v, k := scan.Short(mem.Load64(data, i))
			end = i + k
			if c := mem.At(data, end); uint(k-1) < 7 && l.exit[c] && !l.digits.behind[c] && i > start && !l.digits.before[mem.At(data, i-1)] &&
				(l.digits.zero || mem.At(data, i) != '0') && mem.Load64(data, end)&l.mask == l.word && set&l.bit == 0 {
				set |= l.bit
				cols[l.col].Words[row] = v
				i = end + int(l.size)
				l = l.then
				continue
			}
			goto native
		case legDate:
			d, rest := &l.date, mem.Load64(data, i+18)
			if tens, ones := byte(rest)-'0', byte(rest>>8)-'0'; tens <= 5 && ones <= 9 && mem.Load64(data, i) == d.one && mem.Load64(data, i+8) == d.two &&
				rest&^0xffff|uint64(mem.Load32(data, i+16))&0xffff == d.rest && mem.Load64(data, i+26)&l.mask == l.word && set&l.bit == 0 {
				set |= l.bit
				cols[l.col].Words[row] = uint64(d.begin + int64(tens*10+ones)*1e9)
				i += 26 + int(l.size)
				l = l.then
				continue
			}
			if end = l.match(data, start, i, n); end == i+26 && w.put(b, l, data, i, end, &set) {
				l.date.remember(w.clocks[l.col], data, i, cols[l.col].Words[row])
				set &^= l.bit
			}
			goto native
		case legWord:
			if i > start && wordOrHigh[mem.At(data, i-1)] {
				goto native
			}
			if end = l.class.End(data, i, n); end == i || mem.At(data, end) >= 0x80 {
				goto native
			}
			if !l.sure && !l.exit[next(data, end)] {
				goto native
			}
		case legName:
			if end = l.class.End(data, i, n); end == i || !l.sure && !l.exit[next(data, end)] {
				goto native
			}
		case legNative:
			goto native
		case legQuoted:
			if mem.At(data, i) != '"' || i > start && mem.At(data, i-1) == '\\' {
				return -1
			}
			if end = scan.Find3Far(data, i+1, '"', '\\', '\n'); mem.At(data, end) == '\\' {
				end = quoteEnd(data, end)
			}
			if mem.At(data, end) != '"' {
				return -1
			}
			if end++; !l.sure && !l.exit[next(data, end)] {
				goto back
			}
		case legClass, legGreedy:
			if !l.ends {
				end = l.class.End(data, i, n)
			} else {
				if to < 0 {
					to = textEnd(data, start, i)
				}
				end = l.class.End(data, i, to)
			}
			if l.code == legGreedy {
				c := next(data, end)
				if !l.exit[c] || c&^0x17f == 0x80 || end-i < int(l.least) {
					goto other
				}
				if end-i > int(l.least) {
					depth = 0 // its other ends come before the choices in front of it
				}
			} else if end-i < int(l.least) {
				goto back
			}
		case legUntil:
			if l.least > 0 && mem.At(data, i) == '\n' {
				goto back
			}
			if end = scan.Find(data, i+int(l.least), l.until, '\n'); mem.At(data, end) == '\n' {
				goto back
			}
			depth = 0
		case legSwitch:
			if to := l.jump[next(data, i)]; to != l.seen {
				if to < 0 {
					return -1
				}
				l.seen, l.went = to, &s.legs[to]
			}
			l = l.went
			continue
		case legFork:
			if depth == directForks {
				return -1
			}
			p := &s.points[depth]
			p.leg, p.at, p.set = l.went, i, set
			copy(p.begun, s.begun)
			depth++
			l = l.then
			continue
		case legMatch:
			return w.directEnd(b, data, start, i, s.d.all&^set)
		default:
			goto other
		}
	ended:
		if mem.Load64(data, end)&l.mask != l.word {
			if l.over != nil {
				if c := next(data, end); l.over[c] && !l.exit[c] {
					return -1
				}
			}
			goto back
		}
		if l.split {
			var ok bool
			if set, ok = s.note(w, b, data, l, i, end, set); !ok {
				return -1
			}
		} else if l.col >= 0 {
			if set&l.bit != 0 {
				return -1
			}
			if l.how != wayText {
				if !w.put(b, l, data, i, end, &set) {
					return -1
				}
			} else {
				set |= l.bit
				cols[l.col].Views[row].Set(data, i, end-i, buffer)
			}
		}
		i = end + int(l.size)
		l = l.then
		continue
	native:
		if end = l.match(data, start, i, n); end < 0 {
			if end == -1 {
				return -1 // what it does not know
			}
			goto back
		}
		if c := next(data, end); !l.exit[c] {
			if l.over[c] {
				return -1
			}
			goto back
		}
		goto ended
	other:
		if to < 0 {
			to = textEnd(data, start, i)
		}
		{
			several := false
			end, several = w.machines[0].Step(s.d.forks, l.step, data, start, i, to, fresh)
			if fresh = false; end >= 0 {
				if several {
					depth = 0
				}
				goto ended
			}
		}
	back:
		if depth == 0 || turns == directTurns {
			return -1
		}
		depth--
		turns++
		p := &s.points[depth]
		l, i, set = p.leg, p.at, p.set
		copy(s.begun, p.begun)
	}
}

// remember keeps the minute of the date at i, which the clock has read last.
func (d *dateSeen) remember(c *timestamp.Clock, data []byte, i int, ns uint64) {
	tens, ones := data[i+18]-'0', data[i+19]-'0'
	begin, n, ok := c.Minute()
	if !ok || n != 18 || begin+int64(tens*10+ones)*1e9 != int64(ns) {
		return
	}
	d.one, d.two, d.begin = mem.Load64(data, i), mem.Load64(data, i+8), begin
	d.rest = mem.Load64(data, i+18)&^0xffff | uint64(mem.Load32(data, i+16))&0xffff
}

// note writes what captures that begin or end at a leg make: those that are not just the leg.
func (s *directState) note(w *worker, b *record.Builder, data []byte, l *leg, i, end int, set uint64) (uint64, bool) {
	for _, slot := range [...]struct {
		of int32
		at int
	}{{l.before, i}, {l.after, end}} {
		switch {
		case slot.of < 0:
		case slot.of&1 == 0:
			s.begun[slot.of/2] = int32(slot.at)
		default:
			c := &s.d.captures[slot.of/2]
			if c.col < 0 {
				break
			}
			if set&c.bit != 0 || !w.put(b, c, data, int(s.begun[slot.of/2]), slot.at, &set) {
				return set, false
			}
		}
	}
	return set, true
}

// put writes the value data[i:end] into its column, which becomes one of set unless it is null.
func (w *worker) put(b *record.Builder, l *leg, data []byte, i, end int, set *uint64) bool {
	c := &b.Cols[l.col]
	switch {
	case l.how == wayText:
		c.Views[b.Row].Set(data, i, end-i, b.Buffer)
	case i == end && !text(w.p.columns[l.col].kind.t):
		return true
	case l.how == wayInt:
		v, n := scan.Short(mem.Load64(data, i))
		if n != end-i || uint(n-1) >= 7 {
			return w.stored(b, l, data, i, end, set)
		}
		c.Words[b.Row] = v
	case l.how == wayTime:
		ns, stop, ok := w.clocks[l.col].Parse(data, i)
		if !ok || stop != end {
			return w.stored(b, l, data, i, end, set)
		}
		c.Words[b.Row] = uint64(ns)
	default:
		return w.stored(b, l, data, i, end, set)
	}
	*set |= l.bit
	return true
}

// stored is put for what is not the usual text of its column.
func (w *worker) stored(b *record.Builder, l *leg, data []byte, i, end int, set *uint64) bool {
	*set |= l.bit
	return w.store(b, &w.p.columns[l.col], data, i, end)
}

// directEnd ends the row of the line at start, whose match ends at i: where its line feed stands, -1 where it is too long. missing are the columns
// without a value.
func (w *worker) directEnd(b *record.Builder, data []byte, start, i int, missing uint64) int {
	stop := i
	if mem.At(data, i) != '\n' {
		stop = scan.LineEnd(data, i)
	}
	if limit := w.p.o.Limit; limit > 0 && stop-start > limit {
		return -1
	}
	for ; missing != 0; missing &= missing - 1 {
		b.Null(&b.Cols[bits.TrailingZeros64(missing)])
	}
	return stop
}

// next is the byte at i, 256 at the end of the line.
func next(data []byte, i int) int {
	c := int(mem.At(data, i))
	if c == '\n' || c == '\r' && mem.At(data, i+1) == '\n' {
		return 256
	}
	return c
}

// textEnd is where the text of the line at start ends, seen from i.
func textEnd(data []byte, start, i int) int {
	to := scan.LineEnd(data, i)
	if to > start && data[to-1] == '\r' {
		to--
	}
	return to
}

// quoteEnd is the place of the quote behind the escape at i, or of the line feed.
func quoteEnd(data []byte, i int) int {
	for mem.At(data, i) == '\\' {
		if mem.At(data, i+1) == '\n' {
			return i + 1
		}
		i = scan.Find3(data, i+2, '"', '\\', '\n')
	}
	return i
}
