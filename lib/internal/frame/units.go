package frame

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/record"
)

// unit is a line, or a frame: in[start:end] is its content. Its ending, or its header, is in[at:next] besides.
type unit struct {
	start, end int
	next       int
	fault      record.Fault // what is wrong with it: then it is no record
	length     int64        // of the content, also where not all of it was kept
	kept       []byte       // of a unit that was too long to be kept: its beginning
}

// over is a unit that is too long, while the rest of it is passed over.
type over struct {
	kept   []byte
	length int64 // so far
	left   int64 // of a frame that says its length: how much is to come
	last   byte
	head   int64 // bytes of its header
	bad    bool  // it is no unit at all
}

// unit finds the unit at c.at; false when it is not complete. final: nothing comes behind in.
func (c *Cutter) unit(final bool) (unit, bool) {
	if c.at == len(c.in) && !c.passing {
		return unit{}, false
	}
	switch c.f.framing {
	case NUL:
		return c.terminated(0, final)
	case Octets, Auto:
		return c.counted(final)
	case Seq:
		return c.separated(final)
	case Blocks:
		return c.export(final)
	}
	return c.terminated('\n', final)
}

// terminated is a unit that ends before a byte.
func (c *Cutter) terminated(end byte, final bool) (unit, bool) {
	k := bytes.IndexByte(c.in[c.seen:], end)
	if k < 0 {
		c.seen = len(c.in)
		return c.unfinished(0, final)
	}
	stop := c.seen + k
	if c.passing {
		return c.passed(stop, 1), true
	}
	return c.content(c.at, stop, stop+1), true
}

// unfinished is a unit whose end is not in sight.
func (c *Cutter) unfinished(head int, final bool) (unit, bool) {
	n := len(c.in)
	if final {
		if c.passing {
			return c.passed(n, 0), true
		}
		return c.content(c.at+head, n, n), true
	}
	if c.passing || n-c.at-head > c.f.limit+ending {
		c.pass(head, n)
	}
	return unit{}, false
}

// ending is how many bytes may stand behind a unit's text that are no part of it: CR, or CR LF in a frame.
const ending = 2

// content is the unit in[start:stop], without the line ending that may stand there.
func (c *Cutter) content(start, stop, next int) unit {
	u := unit{start: start, end: stop, next: next}
	if stop-start > c.f.limit+ending { // as passed says it
		u.length = int64(c.bare(u) - start)
		u.fault, u.end = record.TooLong, start+c.f.limit
		return u
	}
	if c.f.framing != Lines && u.end > start && c.in[u.end-1] == '\n' {
		u.end--
	}
	if n := c.bare(u) - start; n > c.f.limit {
		u.fault, u.end, u.length = record.TooLong, start+c.f.limit, int64(n)
	}
	return u
}

// bare is the end of a unit without a CR.
func (c *Cutter) bare(u unit) int {
	if u.end > u.start && c.in[u.end-1] == '\r' {
		return u.end - 1
	}
	return u.end
}

// pass drops in[c.at:upto], which is of the unit under way, but for the unit's beginning.
func (c *Cutter) pass(head, upto int) {
	if !c.passing {
		c.passing = true
		from := c.at + head
		c.over = over{kept: append(c.over.kept[:0], c.in[from:from+c.f.limit]...), head: int64(head), length: -int64(head)}
	}
	if upto > c.at {
		c.over.length += int64(upto - c.at)
		c.over.last = c.in[upto-1]
	}
	c.dropped += int64(upto - c.at)
	c.offset += int64(upto - c.at)
	c.at, c.seen = upto, upto
}

// passed is the unit that was passed over, which ends at stop; behind more bytes belong to it.
func (c *Cutter) passed(stop, behind int) unit {
	if stop > c.at {
		c.over.length += int64(stop - c.at)
		c.over.last = c.in[stop-1]
	}
	c.passing = false
	u := unit{next: stop + behind, fault: record.TooLong, length: c.over.length, kept: c.over.kept}
	if c.over.bad {
		u.fault = record.BadFrame
	}
	if c.over.last == '\r' {
		u.length--
	}
	return u
}

// largestCount is how many digits a length may have.
const largestCount = 9

// counted is a unit behind its length and a blank, or else (Auto) a line.
func (c *Cutter) counted(final bool) (unit, bool) {
	if c.passing && c.over.left > 0 {
		return c.passCounted(final)
	}
	if c.passing {
		return c.garbage(final)
	}
	digits, i := 0, c.at
	for i < len(c.in) && c.in[i]-'0' <= 9 && digits <= largestCount {
		i, digits = i+1, digits+1
	}
	switch {
	case i == len(c.in) && digits <= largestCount && !final:
		return unit{}, false
	case digits == 0 && c.f.framing == Auto:
		return c.terminated('\n', final)
	case digits == 0 || digits > largestCount || c.in[c.at] == '0' || i == len(c.in) || c.in[i] != ' ':
		if digits == 4 && i < len(c.in) && c.in[i] == '-' && c.f.framing == Auto {
			return c.terminated('\n', final) // a date: no length looks like it
		}
		return c.garbage(final)
	}
	length := 0
	for _, d := range c.in[c.at:i] {
		length = length*10 + int(d-'0')
	}
	start := i + 1
	stop, large := start+length, length > c.f.limit+ending && len(c.in)-start > c.f.limit
	switch {
	case stop <= len(c.in):
		return c.content(start, stop, stop), true
	case final && large:
		return c.bad(start, len(c.in), len(c.in)), true
	case final:
		return c.bad(c.at, len(c.in), len(c.in)), true
	case large:
		c.pass(start-c.at, len(c.in))
		c.over.left = int64(length) - c.over.length
	}
	return unit{}, false
}

// passCounted goes on passing over a frame that says its length.
func (c *Cutter) passCounted(final bool) (unit, bool) {
	if n := int64(len(c.in) - c.at); n < c.over.left && !final {
		c.pass(0, len(c.in))
		c.over.left -= n
		return unit{}, false
	}
	stop := c.at + int(min(c.over.left, int64(len(c.in)-c.at)))
	whole := int64(stop-c.at) == c.over.left
	c.over.left = 0
	c.over.bad = !whole
	return c.passed(stop, 0), true
}

// garbage is what stands where a length should: up to the end of the line, or to where a frame of syslog begins ("25 <13>"), which is
// looked for as far as garbage is kept.
func (c *Cutter) garbage(final bool) (unit, bool) {
	if c.passing {
		return c.terminated('\n', final)
	}
	most := c.at + c.f.limit
	for i := c.seen; i < len(c.in) && i < most; i++ {
		if c.in[i] == '\n' {
			return c.bad(c.at, i, i+1), true
		}
		if k := c.header(i); k > c.at {
			return c.bad(c.at, k, k), true
		}
	}
	if len(c.in) >= most {
		if k := bytes.IndexByte(c.in[most:], '\n'); k >= 0 {
			return c.bad(c.at, most+k, most+k+1), true
		}
	}
	switch {
	case final:
		return c.bad(c.at, len(c.in), len(c.in)), true
	case len(c.in)-c.at > c.f.limit+ending:
		c.pass(0, len(c.in))
		c.over.bad = true
	default:
		c.seen = min(len(c.in), most)
	}
	return unit{}, false
}

// header is where the length stands whose message begins with the < at i; 0 for none.
func (c *Cutter) header(i int) int {
	if c.in[i] != '<' || i-2 <= c.at || c.in[i-1] != ' ' {
		return 0
	}
	k := i - 1
	for k > c.at && c.in[k-1]-'0' <= 9 && i-1-k <= largestCount {
		k--
	}
	if n := i - 1 - k; n == 0 || n > largestCount || c.in[k] == '0' {
		return 0
	}
	return k
}

// bad is in[start:stop] as something that is no record.
func (c *Cutter) bad(start, stop, next int) unit {
	u := unit{start: start, end: stop, next: next, fault: record.BadFrame}
	u.end = c.bare(u)
	u.length = int64(u.end - start)
	u.end = min(u.end, start+c.f.limit)
	return u
}

// separator stands in front of every text of RFC 7464.
const separator = 0x1e

// separated is a text behind a separator. Separators without a text between them are passed over, as the RFC asks.
func (c *Cutter) separated(final bool) (unit, bool) {
	if c.passing {
		return c.terminatedBefore(separator, 0, final)
	}
	head := 0
	for c.at+head < len(c.in) && c.in[c.at+head] == separator {
		head++
	}
	c.seen = max(c.seen, c.at+head)
	if c.at+head == len(c.in) {
		if final {
			c.skip(head)
		} else if head > 1 {
			c.skip(head - 1)
		}
		return unit{}, false
	}
	u, ok := c.terminatedBefore(separator, head, final)
	if ok && head == 0 && u.fault == record.NoFault {
		u.fault = record.BadFrame
		u.end = c.bare(u)
		u.length = int64(u.end - u.start)
	}
	return u, ok
}

// terminatedBefore is a unit that ends where the next begins.
func (c *Cutter) terminatedBefore(next byte, head int, final bool) (unit, bool) {
	k := bytes.IndexByte(c.in[c.seen:], next)
	if k < 0 {
		c.seen = len(c.in)
		return c.unfinished(head, final)
	}
	stop := c.seen + k
	if c.passing {
		return c.passed(stop, 0), true
	}
	return c.content(c.at+head, stop, stop), true
}
