package frame

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Cutter cuts a stream into blocks. It is for one goroutine at a time. Feed gives it a piece of the stream, Next and Flush give blocks.
//
//	out:  | record | record | ... | record under way | held units |
//	      0                       rec                             n
//
// The record under way may go on with the next unit; held units belong to it if the next one does.
type Cutter struct {
	f      *Frame
	alloc  record.Allocator
	size   int
	joiner *Joiner // nil: every unit is a record

	in      []byte // what has been fed and not been cut yet, from at on
	own     []byte // the memory of in, when that is not the feeder's
	mine    bool
	at      int
	seen    int   // how far the unit at at has been looked through
	offset  int64 // in the stream, of in[at]
	skipped int64 // bytes of the stream before the unit under way that belong to none
	dropped int64 // bytes of the unit under way that are in in no more
	passing bool  // the unit under way is too long
	cr      bool  // a line that was joined ended with CR LF: such are taken one by one
	over    over
	entry   entry
	pending bool // unit has been found, and waits for the next block
	found   unit

	out    []byte // nil: nothing is there
	n      int
	begin  int64 // offset in the stream of what out[:n] was made of
	layout Layout
	shift  int64 // that is in force at n
	rec    int
	units  int   // of the record under way, and those that are held ...
	bytes  int64 // ... and how many bytes of the stream they are
	held   []held
	inside []Feed // memory for join
}

// held is a unit that may belong to the record before it.
type held struct {
	at    int   // in out
	shift int64 // that it has as a record of its own
}

// NewCutter makes a cutter whose blocks have about size bytes.
func (f *Frame) NewCutter(alloc record.Allocator, size int) *Cutter {
	c := &Cutter{f: f, alloc: alloc, size: size}
	if f.rules != nil {
		c.joiner = f.rules.NewJoiner()
	}
	return c
}

// Start begins a stream, the first bytes of which have this offset.
func (c *Cutter) Start(offset int64) {
	c.drop()
	c.in, c.mine, c.at, c.seen, c.offset, c.skipped, c.dropped = nil, false, 0, 0, offset, 0, 0
	c.passing, c.cr, c.entry, c.pending = false, false, entry{}, false
	if c.joiner != nil {
		c.joiner.Reset()
	}
}

// Offset is how far the stream has been cut.
func (c *Cutter) Offset() int64 { return c.offset }

// Close gives memory back.
func (c *Cutter) Close() {
	c.drop()
	c.in, c.own = nil, nil
}

func (c *Cutter) drop() {
	if c.out != nil {
		c.alloc.Free(c.out)
	}
	c.out, c.n, c.layout, c.shift, c.rec, c.units, c.bytes, c.held = nil, 0, Layout{}, 0, 0, 0, 0, c.held[:0]
}

// Feed adds a piece of the stream, which must stay as it is until Next says that it has no more.
func (c *Cutter) Feed(data []byte) {
	if len(c.in) == c.at {
		c.in, c.mine, c.at, c.seen = data, false, 0, 0
		return
	}
	c.own = append(c.in, data...)
	c.in = c.own
}

// FeedTooLong adds a whole unit of which only the beginning is kept: length is how long it is without its ending, size with it. What was
// fed before must be used up.
func (c *Cutter) FeedTooLong(kept []byte, length, size int64) (Block, bool) {
	c.in, c.mine, c.at, c.seen = nil, false, 0, 0
	c.found, c.pending = unit{fault: record.TooLong, length: length, kept: kept}, true
	c.dropped = size
	c.offset += size
	return c.cut(false)
}

// Next is a block that is full; false when all that was fed is used up.
func (c *Cutter) Next() (Block, bool) { return c.cut(false) }

// Flush is a block of what is complete, or (final) of all that is left: the stream ends here. False when there is nothing. Next must have
// said that it has no more.
func (c *Cutter) Flush(final bool) (Block, bool) {
	if final {
		if block, ok := c.cut(true); ok {
			return block, true // more may come
		}
		c.settle()
		c.rest()
	} else if c.joiner == nil || !c.joiner.Open() {
		c.settle()
	}
	if c.rec == 0 && (!final || c.layout.Bytes == 0) {
		return Block{}, false
	}
	return c.split(), true
}

// rest gives the bytes that belong to no unit to the last block.
func (c *Cutter) rest() {
	if c.joiner != nil {
		c.joiner.Reset()
	}
	if c.skipped > 0 {
		if c.out == nil {
			c.make(0)
		}
		c.layout.Bytes += c.skipped
		c.skipped = 0
	}
}

// cut takes units until a block is full.
func (c *Cutter) cut(final bool) (Block, bool) {
	for {
		if !c.pending {
			c.lines()
			if c.found, c.pending = c.unit(final); !c.pending {
				c.keep()
				return Block{}, false
			}
		}
		u := &c.found
		need := c.n + max(u.end-u.start, len(u.kept)) + 1 + scan.Slack
		if c.out != nil && need > len(c.out) && c.rec > 0 {
			return c.split(), true
		}
		c.room(need)
		c.take(u)
		c.pending = false
	}
}

// lines takes all whole lines that the block has room for at once, where there is nothing unusual about them: they are told apart in the
// block.
func (c *Cutter) lines() {
	if c.f.framing != Lines || c.f.strip || c.joiner == nil || c.out == nil || c.cr || c.passing || c.skipped+c.dropped > 0 {
		return
	}
	room := min(len(c.in)-c.at, len(c.out)-c.n-scan.Slack)
	if room <= 0 {
		return
	}
	whole := bytes.LastIndexByte(c.in[c.at:c.at+room], '\n') + 1
	copy(c.out[c.n:], c.in[c.at:c.at+whole])
	shift := c.offset - c.begin - int64(c.n)
	line, from, stop := unit{}, c.n, c.n+whole
	for from < stop && !c.cr {
		end := from + bytes.IndexByte(c.out[from:stop], '\n')
		if end-from > c.f.limit {
			break
		}
		size := end + 1 - from
		c.place(&line, from, end, shift, int64(size))
		c.at += size
		c.offset += int64(size)
		from = end + 1
		c.cr = c.n < from // what stands behind it in the block has to move
	}
	c.seen = max(c.seen, c.at)
}

// keep moves what is not cut yet out of the feeder's memory.
func (c *Cutter) keep() {
	rest := c.in[c.at:]
	switch {
	case len(rest) == 0:
		c.in, c.mine = nil, false
	case !c.mine:
		c.own = append(c.own[:0], rest...)
		c.in, c.mine = c.own, true
	case c.at >= len(rest):
		c.in = c.in[:copy(c.in, rest)]
	default:
		return
	}
	c.seen -= c.at
	c.at = 0
}

// skip passes over bytes that belong to no unit.
func (c *Cutter) skip(n int) {
	c.at += n
	c.seen = max(c.seen, c.at)
	c.offset += int64(n)
	c.skipped += int64(n)
}

// room makes out at least need bytes long.
func (c *Cutter) room(need int) {
	if c.out == nil {
		c.make(need)
	} else if need > len(c.out) {
		c.move(max(need, 2*len(c.out)))
	}
}

// make begins a block with the unit under way.
func (c *Cutter) make(need int) {
	c.out = c.alloc.Alloc(max(need, c.size+scan.Slack))
	c.begin = c.offset - c.dropped - c.skipped
	c.n, c.rec, c.shift = 0, 0, 0
}

// move gives the block more memory.
func (c *Cutter) move(size int) {
	out := c.alloc.Alloc(size)
	copy(out, c.out[:c.n])
	c.alloc.Free(c.out)
	c.out = out
}

// take appends a unit to the block.
func (c *Cutter) take(u *unit) {
	content, offset := u.kept, c.offset-c.dropped+c.over.head
	if content == nil {
		content, offset = c.in[u.start:u.end], c.offset+int64(u.start-c.at)
	}
	from, end := c.n, c.n
	if c.f.strip && u.fault == record.NoFault {
		end += Strip(c.out[from:], content)
	} else {
		end += copy(c.out[from:], content)
	}
	c.out[end] = '\n'
	rest := int64(u.next - c.at)
	size := c.skipped + c.dropped + rest
	c.offset += rest
	c.at, c.seen, c.skipped, c.dropped = u.next, u.next, 0, 0
	c.place(u, from, end, offset-c.begin-int64(from), size)
}

// place decides where the unit out[from:end] belongs. size is how many bytes of the stream it is.
func (c *Cutter) place(u *unit, from, end int, shift, size int64) {
	if u.fault != record.NoFault {
		c.settle()
		if c.joiner != nil {
			c.joiner.Reset()
		}
		c.begins(from, shift)
		c.layout.Bad = append(c.layout.Bad, Bad{from, end, u.length, u.fault})
		c.count(end, size)
		c.close()
		return
	}
	switch c.verdict(from, end) {
	case Alone:
		c.settle()
		c.begins(from, shift)
	case Held:
		c.held = append(c.held, held{from, shift})
	case Joined:
		cut := c.join(from, end)
		from, end = from-cut, end-cut
	}
	if c.f.framing != Lines {
		c.feeds(from, end)
	}
	c.count(end, size)
	if c.joiner == nil {
		c.close()
	}
}

// verdict asks whether the unit belongs to the record under way. It does not when the record would be too long with it.
func (c *Cutter) verdict(from, end int) Verdict {
	if c.joiner == nil {
		return Alone
	}
	text := end
	if text > from && c.out[text-1] == '\r' {
		text--
	}
	v := c.joiner.Next(c.out, from, text)
	if c.units == 0 || text-c.rec > c.f.limit {
		return Alone
	}
	return v
}

// count adds the unit that ends at end.
func (c *Cutter) count(end int, size int64) {
	c.n = end + 1
	c.layout.Units++
	c.units++
	c.layout.Bytes += size
	c.bytes += size
}

// begins notes that a record begins at at.
func (c *Cutter) begins(at int, shift int64) {
	if shift != c.shift {
		c.layout.Shifts = append(c.layout.Shifts, record.Shift{At: at, By: shift})
		c.shift = shift
	}
}
