// Package mixed reads a stream in which lines of several formats stand side by side. Formats have an order: a line belongs to the first
// that takes it. So it does not matter which line came before, nor where the stream was cut.
//
//	lines -> the first format -> its records
//	           refused lines -> the second format -> its records ...
//	all records, in the order of their lines, in the columns of all formats
package mixed

import (
	"fmt"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Bound is what parses: package engine has it.
type Bound interface {
	Schema() *record.Schema
	Present() bool
	NewWorker() record.Worker
}

// Member is one of the formats.
type Member struct {
	Name  string
	Bound Bound
}

// FormatName is the column that says which format a row had.
const FormatName = "_format"

// Plan is formats in their order: immutable.
type Plan struct {
	members []Member
	schema  *record.Schema
	from    [][]int // by column: the column of each member, -1: it has none
}

// New makes a plan. Columns of the same name are one: where their types differ, numbers become wider, everything else a text.
func New(members []Member) (*Plan, error) {
	p := &Plan{members: members}
	var fields []record.Field
	at := map[string]int{}
	for m := range members {
		schema := members[m].Bound.Schema()
		for i := range schema.Fields {
			f := schema.Fields[i]
			k, there := at[f.Name]
			if !there {
				k = len(fields)
				at[f.Name] = k
				fields = append(fields, f)
				none := make([]int, len(members))
				for j := range none {
					none[j] = -1
				}
				p.from = append(p.from, none)
			} else {
				fields[k] = widen(fields[k], f)
			}
			p.from[k][m] = i
		}
	}
	if _, taken := at[FormatName]; taken {
		return nil, fmt.Errorf("the name %q is taken", FormatName)
	}
	fields = append(fields, record.Field{Name: FormatName, Type: record.String, Dictionary: true})
	var err error
	p.schema, err = record.NewSchema(fields)
	return p, err
}

// widen is a field that holds the values of both.
func widen(a, b record.Field) record.Field {
	a.Dictionary = a.Dictionary && b.Dictionary
	if a.Turn == nil {
		a.Turn = b.Turn
	}
	if len(a.Path) != len(b.Path) {
		a.Path = nil
	}
	if a.TypeName() == b.TypeName() {
		return a
	}
	number := func(t record.Type) bool { return t == record.Int || t == record.Uint || t == record.Float }
	x, y := a.Type, b.Type
	a.Elem, a.Dictionary = nil, false
	switch {
	case number(x) && number(y) && (x == record.Float || y == record.Float):
		a.Type = record.Float
	case number(x) && number(y):
		a.Type = record.Int
	case x == record.Bytes || y == record.Bytes:
		a.Type = record.Bytes
	default:
		a.Type = record.String
	}
	return a
}

// Schema is that of all formats together.
func (p *Plan) Schema() *record.Schema { return p.schema }

// Present is what NewBuilder needs to know.
func (p *Plan) Present() bool { return false }

// NewWorker makes a worker for one goroutine.
func (p *Plan) NewWorker() record.Worker {
	w := &worker{p: p, workers: make([]record.Worker, len(p.members)), builders: make([]*record.Builder, len(p.members))}
	for i := range w.workers {
		w.workers[i] = p.members[i].Bound.NewWorker()
	}
	return w
}

// NewRecordWorker makes a worker that is given one record at a time, and whether it can read line feeds inside.
func (p *Plan) NewRecordWorker() (record.Worker, bool) { return p.NewWorker(), false }

// worker parses blocks.
type worker struct {
	p        *Plan
	workers  []record.Worker
	builders []*record.Builder
	taken    []int16 // by line: the member that took it, or one of these:
	faults   []record.Fault
	left     []int32 // lines that nobody has taken so far
	next     []int32
	rejects  []record.Reject // those of the first member ...
	at       []int32         // ... by line
	places   []record.Place
}

const (
	refused   int16 = -1
	continued int16 = -2
)

// Parse implements record.Worker.
func (w *worker) Parse(b *record.Builder, data []byte, n int) {
	lines, alloc, from := b.Lines(), b.Allocator(), b.From
	batches := make([]*record.Batch, 0, len(w.p.members))
	w.taken, w.faults, w.left, w.rejects = w.taken[:0], w.faults[:0], w.left[:0], w.rejects[:0]
	text, size, owned := data, n, false
	for m := range w.p.members {
		if m > 0 {
			if len(w.left) == 0 {
				break
			}
			text, size = w.rest(alloc, data)
			owned = true
		}
		batches = append(batches, w.member(m, alloc, text, from, size, owned))
		from = 0
	}
	w.join(b, batches)
	waiting := 0
	for i, taken := range w.taken {
		if taken == continued {
			waiting++
		} else if taken == refused {
			r := w.refusal(i)
			b.SetRefused(b.Refusals(), record.Refused{Line: lines + i, Offset: b.OffsetOf(int(r.Offset)), Length: r.Length, Fault: w.faults[i], Buffer: b.Buffer, At: int(r.Offset), Kept: len(r.Raw)})
		}
	}
	b.Continue(waiting)
	for _, batch := range batches {
		batch.Release()
	}
}

// refusal is what the first member said about a line.
func (w *worker) refusal(line int) *record.Reject { return &w.rejects[w.at[line]] }

// member lets one format parse what is left.
func (w *worker) member(m int, alloc record.Allocator, text []byte, from, n int, owned bool) *record.Batch {
	sub := w.builders[m]
	if sub == nil {
		bound := w.p.members[m].Bound
		sub = record.NewBuilder(bound.Schema(), alloc, bound.Present())
		w.builders[m] = sub
	}
	sub.Start((n-from)/200 + 1)
	sub.Begin(text, n, owned)
	sub.From = from
	sub.Track(true)
	w.workers[m].Parse(sub, text, n)
	marks, lines := sub.Marks(), sub.Lines()
	batch := sub.Finish()
	if m == 0 {
		w.taken = append(w.taken, make([]int16, lines)...)
		w.faults = append(w.faults, make([]record.Fault, lines)...)
		w.at = append(w.at[:0], make([]int32, lines)...)
	}
	line := func(k int) int32 {
		if m == 0 {
			return int32(k)
		}
		return w.left[k]
	}
	for k := range lines {
		w.taken[line(k)] = int16(m)
	}
	for _, mark := range marks {
		for k := mark.Line; k < mark.Line+mark.N; k++ {
			w.taken[line(k)] = continued
		}
	}
	w.next = w.next[:0]
	for i := range batch.Rejects() {
		r := batch.Reject(i)
		k := line(int(r.Line - 1))
		w.taken[k] = refused
		switch {
		case m == 0:
			w.faults[k] = r.Fault
			w.at[k] = int32(len(w.rejects))
			w.rejects = append(w.rejects, r)
		case w.faults[k] != r.Fault:
			w.faults[k] = record.NoMatch
		}
		w.next = append(w.next, k)
	}
	w.left, w.next = w.next, w.left
	return batch
}

// rest is a block of the lines that are left.
func (w *worker) rest(alloc record.Allocator, data []byte) (text []byte, n int) {
	size := 0
	for _, k := range w.left {
		size += int(w.refusal(int(k)).Length) + 2
	}
	text = alloc.Alloc(size + scan.Slack)
	for _, k := range w.left {
		r := w.refusal(int(k))
		end := int(r.Offset) + int(r.Length)
		n += copy(text[n:], data[r.Offset:end])
		if data[end] == '\r' { // as the line was
			text[n] = '\r'
			n++
		}
		text[n] = '\n'
		n++
	}
	scan.FillSlack(text[n : n+scan.Slack])
	return text, n
}

// join puts the rows of all members into the order of their lines.
func (w *worker) join(b *record.Builder, batches []*record.Batch) {
	w.places = w.places[:0]
	next := make([]int32, len(batches))
	for _, m := range w.taken {
		if m >= 0 {
			w.places = append(w.places, record.Place{Source: int32(m), Row: next[m]})
			next[m]++
		}
	}
	b.Reserve(len(w.places) + 1)
	numbers := make([][]uint32, len(batches))
	for m := range batches {
		numbers[m] = b.Adopt(batches[m])
	}
	origins := make([]record.Origin, len(batches))
	for column, from := range w.p.from {
		for m := range batches {
			origins[m] = record.Origin{}
			if from[m] >= 0 {
				origins[m] = record.Origin{Column: &batches[m].Columns()[from[m]], Buffers: numbers[m]}
			}
		}
		b.Gather(column, b.Row, w.places, origins)
	}
	w.name(b)
	b.Row += len(w.places)
}

// name writes the column that says which format a row had.
func (w *worker) name(b *record.Builder) {
	c := &b.Cols[len(w.p.from)]
	indices := make([]int32, len(w.p.members))
	for i, place := range w.places {
		row := b.Row + i
		if indices[place.Source] == 0 {
			name := w.p.members[place.Source].Name
			indices[place.Source] = 1 + c.Dict.Lookup(append([]byte(name), make([]byte, 8)...), 0, len(name))
		}
		c.Index[row] = indices[place.Source] - 1
		c.Valid[row>>6] |= 1 << (row & 63)
	}
}

// Explain implements record.Worker: a line that nobody takes is explained by the format that it went furthest with.
func (w *worker) Explain(line []byte) record.Check {
	var best record.Check
	for m, inner := range w.workers {
		check := inner.Explain(line)
		if check.OK {
			return check
		}
		if m == 0 || check.Offset > best.Offset {
			best = check
		}
	}
	return best
}
