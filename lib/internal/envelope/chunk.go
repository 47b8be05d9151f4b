package envelope

import (
	"github.com/sawlog/sawlog/lib/internal/frame"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Chunk is a piece of a stream without its envelopes. It is parsed once.
type Chunk struct {
	plan    *Plan
	sheet   sheet  // the inner records, a line each
	last    *sheet // the same while it is made
	block   []byte
	copies  []byte // raw text of what has several lines
	outers  []*record.Batch
	rejects []refused
	lines   int   // of the inner records
	skipped int   // header lines of an envelope's format
	base    int64 // lines of the stream that stand in chunks before
	offset  int64
	bytes   int64
}

// refused is a line that is none of the inner records: it stood behind so many of them.
type refused struct {
	rec
	after int
}

func (c *Chunk) reject(r rec, fault record.Fault) {
	r.fault = fault
	after := 0
	if c.last != nil {
		after = len(c.last.recs)
	}
	c.rejects = append(c.rejects, refused{r, after})
}

func (c *Chunk) raw(r *rec) []byte {
	if r.copied {
		return c.copies[r.at : r.at+r.kept]
	}
	return c.block[r.at : r.at+r.kept]
}

// Lines is how many lines of the stream the chunk accounts for, Base how many the chunks before.
func (c *Chunk) Lines() int64 { return int64(c.lines + len(c.rejects) + c.skipped) }
func (c *Chunk) Base() int64  { return c.base }

// Offset is where the chunk stands in its stream.
func (c *Chunk) Offset() int64 { return c.offset }

// Text is the inner records, each with a line feed behind it.
func (c *Chunk) Text() []byte { return c.sheet.data[:c.sheet.n] }

// Release gives back the memory of a chunk that is not parsed.
func (c *Chunk) Release() {
	for _, outer := range c.outers {
		outer.Release()
	}
	c.outers = nil
	if c.sheet.data != nil {
		c.plan.Alloc.Free(c.sheet.data)
		c.sheet.data = nil
	}
}

// Worker parses chunks for one goroutine.
type Worker struct {
	p      *Plan
	inner  frame.Parser
	places [][]record.Place // by layer, for each row
	rows   []int32          // for each row: its place in the chunk
	bad    []record.Refused
}

// parserOf is what shows lines to workers of bound.
func parserOf(bound Bound) frame.Parser {
	return frame.Parser{Lines: bound.NewWorker(), NewWhole: func() record.Worker {
		worker, own := bound.NewRecordWorker()
		if own {
			return worker
		}
		return frame.Whole(worker)
	}}
}

// NewChunkWorker makes a worker of a plan that is bound.
func (p *Plan) NewChunkWorker() *Worker {
	return &Worker{p: p, inner: parserOf(p.inner), places: make([][]record.Place, len(p.Layers))}
}

// Parse implements record.Worker: data[:n] is a stream of its own.
func (w *Worker) Parse(b *record.Builder, data []byte, n int) {
	u := w.p.NewUnwrapper()
	c := u.Add(Input{Data: data[b.From:], N: n - b.From}, true)
	c.ParseAt(w, b, -int64(b.Lines()), -b.OffsetOf(b.From))
}

// Explain implements record.Worker.
func (w *Worker) Explain(line []byte) record.Check {
	data := append(append(make([]byte, 0, len(line)+1+scan.Slack), line...), '\n')
	n := len(data)
	c := w.p.NewUnwrapper().Add(Input{Data: append(data, make([]byte, scan.Slack)...), N: n}, true)
	defer c.Release()
	if len(c.sheet.recs) > 0 {
		return w.inner.Explain(c.Text()[:c.sheet.ends[0]])
	}
	check := w.p.Layers[0].Bound.NewWorker().Explain(line)
	if check.OK { // it has the envelope, but nothing in it
		f := &w.p.Layers[0].Bound.Schema().Fields[w.p.Layers[0].Content]
		check = record.Check{Fault: record.NoMatch.String(), Element: f.Name, Column: f.Name, Expected: "a text", Seen: "none"}
	}
	return check
}

// ParseChunk adds the records and rejects of a chunk to b, whose batch began at a line and an offset of the stream.
func (w *Worker) ParseChunk(b *record.Builder, c *Chunk, line, offset int64) {
	s := &c.sheet
	from, lines, rejects := b.Row, b.Lines(), b.Refusals()
	if s.n > 0 {
		b.Begin(s.data, s.n, true)
		b.Skip(c.bytes - int64(s.n))
		b.Track(true)
		w.inner.Run(b, s.data, s.n, s.feeds, nil)
	} else {
		b.Skip(c.bytes)
		if s.data != nil {
			b.Own(s.data)
		}
		b.Track(true)
	}
	s.data = nil
	w.sort(b, c, lines, rejects)
	w.outer(b, c, from)
	w.stand(b, c, from, line, offset)
	w.refuse(b, c, rejects, line, offset)
	b.Track(false)
	b.Continue(c.lines - len(s.recs) + c.skipped)
}

// sort finds out which of the inner records became rows.
func (w *Worker) sort(b *record.Builder, c *Chunk, lines, rejects int) {
	for l := range w.places {
		w.places[l] = w.places[l][:0]
	}
	w.bad, w.rows = w.bad[:0], w.rows[:0]
	marks := b.Marks()
	for i := range c.sheet.recs {
		r := &c.sheet.recs[i]
		for len(marks) > 0 && marks[0].Line+marks[0].N <= lines+i {
			marks = marks[1:]
		}
		if len(marks) > 0 && marks[0].Line <= lines+i {
			continue
		}
		if k := rejects + len(w.bad); k < b.Refusals() && b.Refused(k).Line == lines+i {
			bad := b.Refused(k)
			bad.Line = i
			w.bad = append(w.bad, bad)
			continue
		}
		w.rows = append(w.rows, int32(i))
		for l := range w.places {
			w.places[l] = append(w.places[l], record.Place{Source: min(0, r.rows[l]), Row: r.rows[l]})
		}
	}
}

// outer writes the columns of the envelopes.
func (w *Worker) outer(b *record.Builder, c *Chunk, from int) {
	numbers := make([][]uint32, len(c.outers))
	for l, outer := range c.outers {
		numbers[l] = b.Adopt(outer)
	}
	first := len(w.p.schema.Fields) - len(w.p.outer) - len(w.p.Meta)
	for i, o := range w.p.outer {
		places := w.places[o.layer]
		places = places[:min(len(places), b.Row-from)]
		b.Gather(first+i, from, places, []record.Origin{{Column: &c.outers[o.layer].Columns()[o.column], Buffers: numbers[o.layer]}})
	}
	for _, outer := range c.outers {
		outer.Release()
	}
}

// stand writes where the records stand, in a batch that began at a line and an offset of the stream.
func (w *Worker) stand(b *record.Builder, c *Chunk, from int, line, offset int64) {
	if len(w.p.Meta) == 0 {
		return
	}
	block := uint64(0)
	if w.p.meta.Raw() {
		block = b.AttachTexts(c.block)
	}
	for i, at := range w.rows {
		r := &c.sheet.recs[at]
		w.p.meta.Put(b, from+i, r.line-line, r.offset-offset)
		switch {
		case !w.p.meta.Raw():
		case r.copied:
			w.p.meta.PutView(b, from+i, b.Text(c.raw(r)))
		default:
			w.p.meta.PutView(b, from+i, record.MakeView(c.block, r.at, r.kept, block))
		}
	}
}

// refuse makes the rejects of the inner format, and of lines without envelope, rejects of the stream's lines.
func (w *Worker) refuse(b *record.Builder, c *Chunk, from int, line, offset int64) {
	b.Forget(from)
	bad, rejects := w.bad, c.rejects
	if len(bad)+len(rejects) == 0 {
		return
	}
	block := b.Attach(c.block)
	for len(bad)+len(rejects) > 0 {
		var r *rec
		if len(rejects) > 0 && (len(bad) == 0 || rejects[0].after <= bad[0].Line) {
			r = &rejects[0].rec
			rejects = rejects[1:]
		} else {
			r = &c.sheet.recs[bad[0].Line]
			r.fault = bad[0].Fault
			bad = bad[1:]
		}
		to := record.Refused{Line: int(r.line - line), Offset: r.offset - offset, Length: r.length, Fault: r.fault, Buffer: block, At: r.at, Kept: r.kept}
		if r.copied {
			to.Buffer, to.At = 0, len(b.Side)
			b.Side = append(b.Side, c.raw(r)...)
		}
		b.SetRefused(b.Refusals(), to)
	}
}
