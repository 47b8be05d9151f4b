package frame

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// feeds notes the line feeds inside a unit.
func (c *Cutter) feeds(from, end int) {
	for {
		k := bytes.IndexByte(c.out[from:end], '\n')
		if k < 0 {
			return
		}
		c.layout.Inner = append(c.layout.Inner, FeedAt(from+k, false))
		from += k + 1
	}
}

// settle makes everything a record that ends here.
func (c *Cutter) settle() {
	for _, h := range c.held {
		c.begins(h.at, h.shift)
	}
	c.held = c.held[:0]
	c.close()
}

// close ends the record under way.
func (c *Cutter) close() { c.rec, c.units, c.bytes = c.n, 0, 0 }

// join makes the held units, and the one at out[from:end], part of the record under way. The lines of a record have line feeds between
// them, whatever line endings they had; cut is how many bytes that makes less. All is moved in one pass, since many units may be held.
func (c *Cutter) join(from, end int) (cut int) {
	c.held = append(c.held, held{at: from})
	l := &c.layout
	k := len(l.Inner)
	for k > 0 && l.Inner[k-1].At() >= c.held[0].at {
		k--
	}
	inside := append(c.inside[:0], l.Inner[k:]...) // line feeds inside of held units
	l.Inner, c.inside = l.Inner[:k], inside
	for i, h := range c.held {
		stop := end + 1
		if i+1 < len(c.held) {
			stop = c.held[i+1].at - 1 // the line feed there comes with the next
		}
		if h.at-2 >= c.rec && c.out[h.at-2] == '\r' {
			cut++
		}
		if cut > 0 {
			copy(c.out[h.at-1-cut:], c.out[h.at-1:stop])
		}
		l.Inner = append(l.Inner, FeedAt(h.at-1-cut, true))
		for len(inside) > 0 && inside[0].At() < stop {
			l.Inner = append(l.Inner, inside[0]-Feed(cut)<<1)
			inside = inside[1:]
		}
	}
	c.held = c.held[:0]
	return cut
}

// split hands out the block up to the record under way, which begins the next one.
func (c *Cutter) split() Block {
	l, rest := &c.layout, Layout{Units: c.units, Bytes: c.bytes}
	n := c.rec
	b := Block{Data: c.out, N: n, Offset: c.begin}
	l.Units -= c.units
	l.Bytes -= c.bytes
	begin := c.begin + l.Bytes
	k := len(l.Inner)
	for k > 0 && l.Inner[k-1].At() >= n {
		k--
	}
	for _, f := range l.Inner[k:] {
		rest.Inner = append(rest.Inner, f-Feed(n)<<1)
	}
	l.Inner = l.Inner[:k:k]
	by := c.begin + int64(n) - begin // what a shift is more, seen from the next block
	k = len(l.Shifts)
	for k > 0 && l.Shifts[k-1].At >= n {
		k--
	}
	first := int64(0) // the shift that is in force where the record under way begins
	if k > 0 {
		first = l.Shifts[k-1].By
	}
	if n < c.n && first+by != 0 && !(k < len(l.Shifts) && l.Shifts[k].At == n) {
		rest.Shifts = append(rest.Shifts, record.Shift{By: first + by})
	}
	for _, s := range l.Shifts[k:] {
		rest.Shifts = append(rest.Shifts, record.Shift{At: s.At - n, By: s.By + by})
	}
	l.Shifts = l.Shifts[:k:k]
	done := *l
	b.Layout = &done
	tail := c.out[n:c.n]
	c.out, c.layout, c.begin, c.shift = nil, rest, begin, c.shift+by
	if len(tail) > 0 {
		out := c.alloc.Alloc(max(len(tail)+scan.Slack, c.size+scan.Slack))
		copy(out, tail)
		c.out = out
		for i := range c.held {
			c.held[i].at -= n
			c.held[i].shift += by
		}
	}
	c.n, c.rec = len(tail), 0
	scan.FillSlack(b.Data[n : n+scan.Slack])
	return b
}
