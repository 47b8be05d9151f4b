package envelope

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/frame"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Unwrapper takes the envelopes off a stream, from its beginning to its end. It is for one goroutine.
type Unwrapper struct {
	p        *Plan
	levels   []level
	lines    joiner // of records of several lines
	line     int64  // the stream's lines so far ...
	settled  int64  // ... and how many of them stand in chunks
	key      []byte
	stripped []byte
	text     []byte // a line with line feeds behind it
	c        *Chunk
}

const escape = 0x1b

var feeds = bytes.Repeat(feed, 1+scan.Slack)

// level is a layer at work.
type level struct {
	*Layer
	builder *record.Builder
	parser  frame.Parser
	pieces  joiner
	carry   *record.Batch // what stood around the records that the last chunk has left open
}

// NewUnwrapper makes an Unwrapper for one stream.
func (p *Plan) NewUnwrapper() *Unwrapper {
	u := &Unwrapper{p: p, levels: make([]level, len(p.Layers))}
	for i := range u.levels {
		l := &p.Layers[i]
		u.levels[i] = level{Layer: l, parser: parserOf(l.Bound), builder: record.NewBuilder(l.Bound.Schema(), p.Alloc, l.Bound.Present())}
	}
	return u
}

// Next begins another stream: nothing may be open.
func (u *Unwrapper) Next() { u.line, u.settled = 0, 0 }

// Open tells whether a record is not complete.
func (u *Unwrapper) Open() bool {
	for i := range u.levels {
		if u.levels[i].pieces.count > 0 {
			return true
		}
	}
	return u.lines.count > 0
}

// Input is whole lines of a stream: Data[:N], slack behind it.
type Input struct {
	Data   []byte
	N      int
	Own    bool  // the chunk frees Data
	Offset int64 // of Data in the stream
	Bytes  int64 // how many bytes of the stream it stands for
	// Long: Data[:N-1] is the beginning of a line of so many bytes, too long to be read.
	Long int64
	// Layout: what differs from plain lines; nil: nothing.
	Layout *frame.Layout
}

// Add unwraps lines. With final all that is open is complete.
func (u *Unwrapper) Add(in Input, final bool) *Chunk {
	c := &Chunk{plan: u.p, block: in.Data[:in.N], base: u.settled, offset: in.Offset, bytes: in.Bytes}
	u.c = c
	now := sheet{data: in.Data, n: in.N, offset: in.Offset}
	if in.Layout != nil {
		now.lay(in.Layout)
	}
	if in.Long > 0 {
		now.refused = []refused{{rec{line: u.line, offset: in.Offset, lines: 1, kept: in.N - 1, length: in.Long, fault: record.TooLong}, 0}}
		u.line++
		now.n = 0
	}
	own := in.Own
	for l := range u.levels {
		next := sheet{alloc: u.p.Alloc, ends: []int32{}, room: now.n}
		if l == len(u.levels)-1 {
			c.last = &next
		}
		u.unwrap(l, &now, &next, own, final)
		now, own = next, true
	}
	if final {
		for _, o := range u.lines.all() {
			u.complete(&u.lines, o, &now)
		}
	}
	now.end()
	c.sheet, c.last = now, nil
	for l := range u.levels {
		c.outers = append(c.outers, u.levels[l].builder.Finish())
	}
	u.carry()
	for i := range c.sheet.recs {
		c.lines += int(c.sheet.recs[i].lines)
	}
	u.settled += int64(c.lines + len(c.rejects) + c.skipped)
	return c
}

// unwrap takes layer l off the lines of in and puts what was inside to out.
func (u *Unwrapper) unwrap(l int, in, out *sheet, own, final bool) {
	v := &u.levels[l]
	b := v.builder
	b.Start(in.n/200 + 1)
	u.bring(v)
	held := b.Row
	if in.n > 0 {
		if l > 0 {
			in.end()
		}
		out.data, out.alloc = nil, u.p.Alloc
		b.Begin(in.data, in.n, own)
		b.Track(true)
		v.parser.Run(b, in.data, in.n, in.feeds, in.bad)
		u.walk(l, held, in, out)
	} else if own && in.data != nil {
		b.Own(in.data)
	}
	for i := range in.refused {
		u.refuse(l, in.refused[i].rec, out)
	}
	if final {
		for _, o := range v.pieces.all() {
			u.complete(&v.pieces, o, out)
		}
	}
}

// walk goes through the lines that layer l has parsed.
func (u *Unwrapper) walk(l, held int, in, out *sheet) {
	v := &u.levels[l]
	b, row, bad, broken := v.builder, held, 0, 0
	lines := b.Lines() - held
	out.recs, out.ends = make([]rec, 0, lines), make([]int32, 0, lines)
	marks := b.Marks()
	for i, start := 0, 0; start < in.n; i++ {
		var end int
		if in.ends != nil {
			end = int(in.ends[i])
		} else {
			end = start + bytes.IndexByte(in.data[start:in.n], '\n')
		}
		for len(in.refused) > 0 && in.refused[0].after <= i {
			u.refuse(l, in.refused[0].rec, out)
			in.refused = in.refused[1:]
		}
		line := in.data[start:end]
		r := u.origin(in, i, start, end)
		start = end + 1
		if len(marks) > 0 && marks[0].Line+marks[0].N <= held+i {
			marks = marks[1:]
		}
		if len(marks) > 0 && marks[0].Line <= held+i {
			u.c.skipped += int(r.lines) // a header
			continue
		}
		if bad < b.Refusals() && b.Refused(bad).Line == held+i {
			refusal := b.Refused(bad)
			bad++
			if broken < len(in.bad) && in.bad[broken].End == end {
				broken++
				r.length, r.fault = refusal.Length, refusal.Fault
				u.refuse(l, r, out)
				continue
			}
			if l == 0 {
				r.fault = refusal.Fault
			}
			if l == 0 && r.fault == record.TooLong { // it may as well have come as one of which only the beginning is there
				u.refuse(l, r, out)
				continue
			}
			u.pass(l, r, line, out)
			continue
		}
		text := b.RowText(&b.Cols[v.Content], row)
		if text == nil {
			r.fault = record.NoMatch
			u.pass(l, r, line, out)
		} else {
			r.rows[l] = int32(row)
			u.piece(l, r, text, out)
		}
		row++
	}
}

// refuse hands on a line that no layer is to see, so that rejects keep their order. It is a reject behind the last layer.
func (u *Unwrapper) refuse(l int, r rec, out *sheet) {
	if l+1 < len(u.levels) {
		out.refused = append(out.refused, refused{r, len(out.recs)})
		return
	}
	u.c.reject(r, r.fault)
}

// origin says where line i of a sheet comes from.
func (u *Unwrapper) origin(in *sheet, i, start, end int) rec {
	if in.recs != nil {
		return in.recs[i]
	}
	if end > start && in.data[end-1] == '\r' {
		end--
	}
	r := rec{rows: [MaxLayers]int32{none, none, none, none}, line: u.line, offset: in.offset + int64(start) + record.ShiftAt(in.shifts, start), lines: 1, at: start, kept: min(end-start, u.p.Limit), length: int64(end - start)}
	u.line++
	return r
}

// pass hands on a line that does not have layer l. Where pieces wait for others, something of them may be lost: they do not go on behind it.
func (u *Unwrapper) pass(l int, r rec, line []byte, out *sheet) {
	if v := &u.levels[l]; len(line) > 0 {
		for _, o := range v.pieces.all() {
			u.complete(&v.pieces, o, out)
		}
	}
	if l+1 < len(u.levels) {
		out.add(r, line)
		return
	}
	if r.rows == [MaxLayers]int32{none, none, none, none} && !u.p.Bare {
		u.c.reject(r, r.fault)
		return
	}
	u.whole(r, line, out)
}

// piece hands on what stood in layer l, once it is complete.
func (u *Unwrapper) piece(l int, r rec, text []byte, out *sheet) {
	v := &u.levels[l]
	more := false
	switch v.Pieces {
	case Whole:
		u.put(l, r, text, out)
		return
	case NoFeed:
		n := len(text)
		if more = n == 0 || text[n-1] != '\n'; !more {
			text = text[:n-1]
		}
	case Tagged:
		tag := v.builder.RowText(&v.builder.Cols[v.Tag], int(r.rows[l]))
		more = len(tag) > 0 && tag[0] == 'P'
	}
	u.key = v.appendKey(u.key[:0], r.rows[l])
	o := v.pieces.of(u.key)
	switch {
	case o.wanted:
		o.add("", text, u.c.raw(&r), &r, u.p.Limit)
		if !more {
			u.complete(&v.pieces, o, out)
		}
	case more:
		v.pieces.begin(o, r, text, u.c.raw(&r), u.p.Limit)
		u.bound(&v.pieces, out)
	default:
		u.put(l, r, text, out)
	}
}

// appendKey appends what tells the stream of a row apart.
func (v *level) appendKey(key []byte, row int32) []byte {
	for _, column := range v.Streams {
		key = append(append(key, v.builder.RowText(&v.builder.Cols[column], int(row))...), 0)
	}
	return key
}

// put hands on a line that is complete in layer l.
func (u *Unwrapper) put(l int, r rec, text []byte, out *sheet) {
	if l+1 < len(u.levels) {
		out.add(r, text)
		return
	}
	u.whole(r, text, out)
}

// whole hands on a line without any envelope: to the record that it belongs to.
func (u *Unwrapper) whole(r rec, text []byte, out *sheet) {
	if u.p.Strip && bytes.IndexByte(text, escape) >= 0 {
		u.stripped = append(u.stripped[:0], text...)
		text = u.stripped[:frame.Strip(u.stripped, text)]
	}
	if u.p.Rules == nil {
		out.add(r, text)
		return
	}
	if n := len(text); n > 0 && text[n-1] == '\r' {
		text = text[:n-1]
	}
	u.key = u.key[:0]
	for l := range u.levels {
		if r.rows[l] != none {
			u.key = u.levels[l].appendKey(append(u.key, byte(l)), r.rows[l])
		}
	}
	o := u.lines.of(u.key)
	if o.rule == nil {
		o.rule = u.p.Rules.NewJoiner()
	}
	u.text = append(append(u.text[:0], text...), feeds...)
	verdict := o.rule.Next(u.text, 0, len(text))
	o.size += 1 + len(text)
	switch {
	case verdict == frame.Alone || !o.wanted || o.size > u.p.Limit:
		if o.wanted {
			u.complete(&u.lines, o, out)
		}
		u.lines.begin(o, r, text, u.c.raw(&r), u.p.Limit)
	case verdict == frame.Held:
		o.wait(text, u.c.raw(&r), r, u.p.Limit)
	default:
		o.join(text, u.c.raw(&r), &r, u.p.Limit)
	}
	if !o.rule.Open() {
		u.complete(&u.lines, o, out)
	}
	u.bound(&u.lines, out)
}

// bound lets no more streams be open than there may be.
func (u *Unwrapper) bound(j *joiner, out *sheet) {
	if j.count > maxOpen {
		u.complete(j, j.all()[0], out)
	}
	j.tidy()
}

// complete hands on what was open, and behind it the lines that waited for more of it.
func (u *Unwrapper) complete(j *joiner, o *open, out *sheet) {
	j.done(o)
	r := u.copied(o)
	text := o.text
	if cap(o.text) > 1<<16 {
		o.text, o.raw = nil, nil
	}
	if j == &u.lines {
		out.add(r, text)
		for _, w := range o.waiting {
			out.add(u.copied(w), w.text)
		}
		o.waiting = nil
		return
	}
	for l := range u.levels {
		if j == &u.levels[l].pieces {
			u.put(l, r, text, out)
		}
	}
}

// copied is where a record that was open comes from, with its raw text where that does not stand in the block.
func (u *Unwrapper) copied(o *open) rec {
	r := o.rec
	if r.lines > 1 || r.copied || o.held {
		r.copied, r.at, r.kept = true, len(u.c.copies), len(o.raw)
		u.c.copies = append(u.c.copies, o.raw...)
	}
	return r
}
