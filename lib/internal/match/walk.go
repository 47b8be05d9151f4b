package match

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

// worker runs a program. What it remembers of lines before never changes a result.
type worker struct {
	p      *Program
	clocks []*timestamp.Clock // by step.clock
	stamps []stampAt          // by step.clock: what they have read, nil: that is not kept
	parts  []span             // by slot: where the parts of the record under way stand
	others []*worker          // of p.spares, nil: none has been needed
	next   []*worker          // of p.next
	words  []byte             // room for pairs
	trying bool               // a value's end is being tried: what follows takes the first that it finds
	recent []recent           // by step.recent of a request
	levels []recentLevels     // by step.recent of a level
	dash   int                // where in the block under way a number was missing last, or passed

	stretches []stretch       // of steps as lane runs them, nil: it does not ...
	ahead     sequence        // ... and the steps in front of them
	asked     bool            // whether there are any
	wider     bool            // scan.Wider
	data      []byte          // the block under way
	bound     *record.Builder // where quick writes to ...
	moved     uint32          // ... and its Moved then
}

// NewWorker makes a worker for one goroutine.
func (p *Program) NewWorker() record.Worker { return p.newWorker() }

func (p *Program) newWorker() *worker {
	clocks := make([]*timestamp.Clock, len(p.times))
	for i, t := range p.times {
		options := p.clocks
		if t.zone != nil {
			options.Zone = t.zone
		}
		clocks[i] = t.layout.NewClock(options)
	}
	var stamps []stampAt
	if len(p.next) > 0 {
		stamps = make([]stampAt, len(clocks)) // Parse empties them
	}
	return p.workerWith(clocks, stamps)
}

// workerWith is a worker with clocks, and with what they have read, that it shares.
func (p *Program) workerWith(clocks []*timestamp.Clock, stamps []stampAt) *worker {
	w := &worker{p: p, clocks: clocks, stamps: stamps, recent: make([]recent, p.requests), levels: make([]recentLevels, p.levels), parts: make([]span, p.slots)}
	for i := range w.recent {
		w.recent[i].forget()
	}
	for _, next := range p.next {
		w.next = append(w.next, next.workerWith(clocks, stamps))
	}
	return w
}

// Parse implements record.Worker.
func (w *worker) Parse(b *record.Builder, data []byte, n int) {
	check := w.p.utf8 && !scan.Valid(data[b.From:n])
	limit := w.p.limit
	w.newBlock()
	w.data = data
	w.bind(b)
	for i := b.From; i < n; {
		if b.Row == b.Cap {
			b.Grow()
			w.bind(b)
		}
		if data[i] == '\n' {
			b.Reject(record.Empty, i, i)
			i++
			continue
		}
		var end int
		var fault record.Fault
		if w.stretches != nil {
			end, fault = w.lane(b, data, i)
		} else {
			end, fault = w.walk(b, data, i)
		}
		if fault == record.NoFault && end-i <= limit && end-i > 2 && !check { // what is shorter may be blank
			b.Next()
			i = end
			continue
		}
		i = w.misfit(b, data, i, end, fault)
	}
}

// misfit handles what is not simply a record: a line that does not fit, is too long or, where that matters, is not UTF-8. The walk
// stopped at stop with fault. It returns where the next line begins.
func (w *worker) misfit(b *record.Builder, data []byte, start, stop int, fault record.Fault) int {
	aside := w.p.aside
	if fault != record.NoFault {
		stop, fault, aside = w.tryOthers(b, data, start, stop, fault)
	}
	next := stop
	if fault != record.NoFault {
		if next = stop + 1; mem.At(data, stop) != '\n' { // many come to the line's end
			next = stop + bytes.IndexByte(data[stop:], '\n') + 1
		}
	}
	end := next - 1
	if end > start && data[end-1] == '\r' {
		end--
	}
	switch {
	case end-start > w.p.limit:
		b.RejectCut(record.TooLong, start, start+w.p.limit, int64(end-start))
	case end == start: // with a CR
		b.Reject(record.Empty, start, end)
	case w.p.utf8 && !scan.Valid(data[start:end]):
		b.Reject(record.BadUTF8, start, end)
	case fault != record.NoFault:
		b.Reject(fault, start, end)
	case aside:
		b.Undo()
		b.Continue(1)
	default:
		b.Next()
	}
	return next
}

// walk runs the program on the line at i. It returns where the next line begins; or, with a fault, where the line stopped to fit,
// which is never behind its newline.
func (w *worker) walk(b *record.Builder, data []byte, i int) (int, record.Fault) {
	return w.sequence(b, data, &w.p.sequence, i)
}

// sequence runs a sequence on what stands at i. It returns where it ends.
func (w *worker) sequence(b *record.Builder, data []byte, q *sequence, i int) (int, record.Fault) {
	if q.lead.n > 0 {
		if !q.lead.at(data, i) {
			return i, record.NoMatch
		}
		i += q.lead.n
	}
	return w.run(b, data, q, 0, i)
}

// run runs the steps of the sequence from k on.
func (w *worker) run(b *record.Builder, data []byte, q *sequence, k, i int) (int, record.Fault) {
	r, cols, steps, fault := b.Row, b.Cols, q.steps, record.NoFault
	for ; k < len(steps); k++ {
		e := &steps[k]
		switch e.op {
		case opText:
			if e.nulls && e.null.at(data, i) {
				if e.col >= 0 {
					b.Null(&cols[e.col])
				}
				i += e.null.n
				continue
			}
			s := i
			for {
				if e.paired {
					i = scan.FindPair(data, i, e.stop, e.second, '\n')
				} else {
					i = scan.Find(data, i, e.stop, '\n')
				}
				if e.after.at(data, i) || mem.At(data, i) == '\n' {
					break
				}
				i++
			}
			end := i
			if mem.At(data, i) == '\n' {
				if e.unclosed(data, s, i) {
					return i, record.NoMatch
				}
				// Only a line ending is expected here by the last field of a line.
				if !e.last || e.after.n > 1 {
					end = s
				} else if i > s && mem.At(data, i-1) == '\r' {
					if end--; e.nulls {
						end = s // the null text, perhaps: the slow way looks
					}
				}
			}
			if end == s {
				if i, fault = w.text(b, data, e, s); fault != record.NoFault {
					return i, fault
				}
				if e.optional && mem.At(data, i-1) == '\n' {
					return w.endEarly(b, q, k+1, i)
				}
				continue
			}
			if e.col >= 0 {
				if c := &cols[e.col]; c.Dict == nil {
					c.Views[r].Set(data, s, end-s, b.Buffer)
				} else {
					c.Index[r] = c.Dict.Lookup(data, s, end-s)
				}
			}
		case opEscaped:
			if e.nulls && e.null.at(data, i) {
				if e.col >= 0 {
					b.Null(&cols[e.col])
				}
				i += e.null.n
				continue
			}
			s := i
			i = scan.Find3Far(data, i, e.stop, '\\', '\n')
			if mem.At(data, i) == '\n' && e.unclosed(data, s, i) {
				return i, record.NoMatch
			}
			if !e.after.at(data, i) || (i == s && !e.empty) || (e.odd && data[s] == '"') || (e.stop == '\n' && i > s && data[i-1] == '\r') {
				if i, fault = w.text(b, data, e, s); fault != record.NoFault {
					return i, fault
				}
				if e.optional && mem.At(data, i-1) == '\n' {
					return w.endEarly(b, q, k+1, i)
				}
				continue
			}
			if e.col >= 0 {
				// These are seldom short: agents, referers.
				if c, n := &cols[e.col], i-s; n > 12 && c.Dict == nil {
					v := &c.Views[r]
					v[0], v[1] = uint64(n)|uint64(mem.Load32(data, s))<<32, uint64(s)<<32|b.Buffer
				} else {
					b.SetText(c, data, s, n)
				}
			}
		case opSlow:
			if e.soon && e.null.at(data, i) {
				if e.col >= 0 {
					b.Null(&cols[e.col])
				}
				i += e.null.n
				continue
			}
			if i, fault = w.text(b, data, e, i); fault != record.NoFault {
				return i, fault
			}
			if e.optional && mem.At(data, i-1) == '\n' {
				return w.endEarly(b, q, k+1, i)
			}
			continue
		case opInt:
			v, d := scan.Short(mem.Load64(data, i))
			if d == 0 || d == 8 || !e.after.at(data, i+d) {
				if i, fault = w.integer(b, data, e, i); fault != record.NoFault {
					return i, fault
				}
				if e.optional && mem.At(data, i-1) == '\n' {
					return w.endEarly(b, q, k+1, i)
				}
				continue
			}
			if e.col >= 0 {
				cols[e.col].Words[r] = v
			}
			i += d
		case opTime:
			ns, end, ok := w.timeAt(e, data, i)
			if !ok || !e.after.at(data, end) {
				if i, fault = w.time(b, data, e, i, ns, end, ok); fault != record.NoFault {
					return i, fault
				}
				if e.optional && mem.At(data, i-1) == '\n' {
					return w.endEarly(b, q, k+1, i)
				}
				continue
			}
			if e.col >= 0 {
				cols[e.col].Words[r] = uint64(ns)
			}
			i = end
		case opRequest:
			if i, fault = w.request(b, data, e, i); fault != record.NoFault {
				return i, fault
			}
			if e.optional && mem.At(data, i-1) == '\n' {
				return w.endEarly(b, q, k+1, i)
			}
			continue
		case opNumber:
			if i, fault = w.number(b, data, e, i); fault != record.NoFault {
				return i, fault
			}
			if e.optional && mem.At(data, i-1) == '\n' {
				return w.endEarly(b, q, k+1, i)
			}
			continue
		case opWord:
			next, ok, why := w.word(b, data, e, i)
			if !ok {
				if why != record.NoFault {
					return next, why
				}
				if next, fault = w.odd(b, data, e, i); fault != record.NoFault {
					return next, fault
				}
			}
			i = next
			continue
		case opOdd:
			if e.stamped {
				i, fault = w.stamped(b, data, e, i)
			} else {
				i, fault = w.odd(b, data, e, i)
			}
			if fault != record.NoFault {
				return i, fault
			}
			if e.ends && mem.At(data, i-1) == '\n' {
				return w.endEarly(b, q, k+1, i)
			}
			continue
		case opRest:
			if mem.At(data, i) != '\n' {
				if i, fault = w.rest(b, data, e, i); fault == record.NoFault {
					w.done(b, q)
				}
				return i, fault
			}
			if e.col >= 0 {
				b.Null(&cols[e.col])
			}
			w.done(b, q)
			return i + 1, record.NoFault
		default:
			if e.op == opUntil && e.until.retry && !w.trying {
				return w.retry(b, data, q, k, i)
			}
			if i, fault = w.special(b, data, e, i); fault != record.NoFault {
				return i, fault
			}
			continue
		}
		i += e.after.n
	}
	if w.next != nil && q == &w.p.sequence {
		return w.branch(b, data, i)
	}
	w.done(b, q)
	return i, record.NoFault
}

// unclosed tells whether the constant that must follow a value that begins at s is missing, where the line ends at i: no other end fits then.
func (e *step) unclosed(data []byte, s, i int) bool {
	return e.closed && (!e.last || i == s || mem.At(data, i-1) != '\r')
}

// done marks what the program does not fill, when the sequence that has come to its end is the program's own.
func (w *worker) done(b *record.Builder, q *sequence) {
	if q == &w.p.sequence && w.p.absent != nil {
		w.p.blank(b)
	}
}

// endEarly marks the fields of the steps from k on as null: the line ended before them, which is where next begins.
func (w *worker) endEarly(b *record.Builder, q *sequence, k, next int) (int, record.Fault) {
	null := func(c int) {
		if c >= 0 {
			b.Null(&b.Cols[c])
		}
	}
	for ; k < len(q.steps); k++ {
		e := &q.steps[k]
		if e.group != nil {
			for _, c := range e.group.fills {
				null(c)
			}
		}
		if e.pairs != nil {
			e.pairs.omit(b)
		}
		null(e.col)
		for _, c := range e.more {
			null(c)
		}
	}
	w.done(b, q)
	return next, record.NoFault
}
