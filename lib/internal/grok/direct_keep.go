package grok

import (
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

// What the direct way writes, where legs do not write it themselves.

// remember keeps the minute of the date at i, if the clock can tell when it begins.
func (d *dateSeen) remember(c *timestamp.Clock, data []byte, i int) bool {
	ns, end, ok := c.Parse(data, i)
	n, even := c.Even()
	tens, ones := data[i+18]-'0', data[i+19]-'0'
	if !ok || !even || end != i+dateLen || n != 18 || tens > 5 || ones > 9 {
		return false
	}
	d.one, d.two, d.begin = mem.Load64(data, i), mem.Load64(data, i+8), ns-int64(tens*10+ones)*1e9
	d.rest = mem.Load64(data, i+18)&^0xffff | uint64(mem.Load32(data, i+16))&0xffff
	return true
}

// keep writes what the leg from i to end is for where that is no text of its own. It adds the columns that get a value to set. False: the
// machines have to look.
func (s *directState) keep(data []byte, l *leg, i, end int, set uint64) (uint64, bool) {
	if l.code == legAll {
		end = s.textEnd(data, i)
	}
	if !l.split {
		return s.w.put(s.b, &l.filling, data, i, end, set)
	}
	set, ok := s.note(data, l.before, i, set)
	if !ok {
		return set, false
	}
	return s.note(data, l.after, end, set)
}

// note notes that a capture begins at i, or writes what it is for if it ends there.
func (s *directState) note(data []byte, slot int32, i int, set uint64) (uint64, bool) {
	switch {
	case slot < 0:
	case slot&1 == 0:
		s.begun[s.d.captures[slot/2].begun] = int32(i)
	default:
		if slot == s.d.ends {
			s.line.ended = i
		}
		if c := &s.d.captures[slot/2]; c.col >= 0 {
			return s.w.put(s.b, c, data, int(s.begun[c.begun]), i, set)
		}
	}
	return set, true
}

// put writes the value data[i:end] into its column, which becomes one of set unless it is null. False: it has one already, or the text is none of its type.
func (w *worker) put(b *record.Builder, f *filling, data []byte, i, end int, set uint64) (uint64, bool) {
	c := &b.Cols[f.col]
	switch {
	case set&f.bit != 0:
		return set, false
	case f.how == wayText:
		c.Views[b.Row].Set(data, i, end-i, b.Buffer)
		return set | f.bit, true
	case i == end && !text(w.p.columns[f.col].kind.t):
		return set, true
	case f.how == wayInt:
		if v, n := scan.Short(mem.Load64(data, i)); n == end-i && uint(n-1) < 7 {
			c.Words[b.Row] = v
			return set | f.bit, true
		}
	case f.how == wayTime:
		if ns, stop, ok := w.clocks[f.col].Parse(data, i); ok && stop == end {
			c.Words[b.Row] = uint64(ns)
			return set | f.bit, true
		}
	}
	return set | f.bit, w.store(b, &w.p.columns[f.col], data, i, end)
}

// end ends the row of the line, whose match ends at i: where its line feed stands, -1 where it is too long. missing are the columns without a value.
func (s *directState) end(data []byte, i int, missing uint64) int {
	if mem.At(data, i) != '\n' {
		i = scan.LineEnd(data, i)
	}
	if i-s.line.start > s.limit {
		return -1
	}
	for ; missing != 0; missing &= missing - 1 {
		s.b.Null(&s.b.Cols[bits.TrailingZeros64(missing)])
	}
	return i
}
