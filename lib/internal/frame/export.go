package frame

import (
	"bytes"
	"encoding/binary"

	"github.com/sawlog/sawlog/lib/record"
)

// entry is how far an entry of journald's export format has been read: lines NAME=VALUE, or NAME alone with eight bytes of length behind
// its line feed, the value, and a line feed; an empty line at the end. A value may hold empty lines.
// https://systemd.io/JOURNAL_EXPORT_FORMATS/
type entry struct {
	inLine bool  // seen is in the middle of a line ...
	equals bool  // ... which has a =
	length bool  // a length comes next
	left   int64 // of a value and its line feed
	bad    bool  // something does not fit
}

// export is an entry.
func (c *Cutter) export(final bool) (unit, bool) {
	e := &c.entry
	for c.step() {
		k := bytes.IndexByte(c.in[c.seen:], '\n')
		stop := c.seen + k
		if k < 0 {
			stop = len(c.in)
		}
		e.equals = e.equals || bytes.IndexByte(c.in[c.seen:stop], '=') >= 0
		if k < 0 {
			e.inLine = e.inLine || stop > c.seen
			c.seen = stop
			break
		}
		if !e.inLine && k == 0 {
			if c.seen > c.at || c.passing {
				return c.entryEnds(c.seen, 1), true
			}
			c.skip(1)
			c.seen = c.at
			continue
		}
		e.length = !e.equals && !e.bad
		e.inLine, e.equals = false, false
		c.seen = stop + 1
	}
	switch {
	case final && (c.passing || len(c.in) > c.at):
		e.bad = e.bad || e.length || e.left > 0
		return c.entryEnds(len(c.in), 0), true
	case c.passing || c.seen-c.at > c.f.limit+ending:
		c.pass(0, c.seen)
	}
	return unit{}, false
}

// step passes over a binary value; false when it does not end within what is there, nor anything is left.
func (c *Cutter) step() bool {
	e := &c.entry
	const most = 1 << 40
	if e.length {
		if len(c.in)-c.seen < 8 {
			return false
		}
		n := binary.LittleEndian.Uint64(c.in[c.seen:])
		if e.length = false; n > most {
			e.bad = true // go on by lines
			return true
		}
		e.left = int64(n) + 1
		c.seen += 8
	}
	if n := int64(len(c.in) - c.seen); e.left > n {
		e.left -= n
		c.seen = len(c.in)
		return false
	}
	if e.left > 0 {
		c.seen += int(e.left)
		e.left = 0
		e.bad = e.bad || c.in[c.seen-1] != '\n'
	}
	return c.seen < len(c.in)
}

func (c *Cutter) entryEnds(stop, behind int) (u unit) {
	bad := c.entry.bad
	c.entry = entry{}
	if c.passing {
		u = c.passed(stop, behind)
	} else {
		u = c.content(c.at, stop, stop+behind)
	}
	if bad {
		u.fault = record.BadFrame
		u.length = max(u.length, int64(u.end-u.start))
	}
	return u
}
