package engine

import (
	"fmt"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/frame"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// A record of several lines often ends with the trace of an error. With Definition.Stack it has a column of its own: the format reads what
// stands before it, as if there were no more.

// trace makes the plan of d one that has a column for traces.
func (d *Definition) trace(compile func(*Definition) (Plan, error)) (Plan, error) {
	name := d.Stack
	if to, ok := d.Rename[name]; ok {
		name = to
	}
	inner, wanted := *d, true
	if d.Columns != nil {
		at := slices.Index(d.Columns, name)
		if wanted = at >= 0; wanted {
			inner.Columns = slices.Delete(slices.Clone(d.Columns), at, at+1)
		}
	}
	plan, err := compile(&inner)
	if err != nil {
		return nil, err
	}
	t := record.String
	if d.UTF8 == "bytes" {
		t = record.Bytes
	}
	traced := tracedPlan{plan, record.Field{Name: name, Type: t}, wanted}
	if counter, ok := plan.(Counter); ok {
		return countingTracedPlan{traced, counter}, nil
	}
	return traced, nil
}

type tracedPlan struct {
	Plan
	field  record.Field
	wanted bool // else it is taken off all the same: what is a record, and its other fields, do not depend on that
}

type countingTracedPlan struct {
	tracedPlan
	Counter
}

// Within implements Wrapping.
func (p tracedPlan) Within() Plan { return p.Plan }

func (p tracedPlan) Bind(sample []byte) (Bound, error) {
	bound, err := p.Plan.Bind(sample)
	if err != nil {
		return nil, err
	}
	var schema *record.Schema
	if p.wanted {
		schema, err = bound.Schema().Extend([]record.Field{p.field})
	} else {
		schema, err = bound.Schema().Hide(p.field)
	}
	if err != nil {
		return nil, &Error{Key: "stack", Pos: -1, Message: fmt.Sprintf("stack: there is a field %q already", p.field.Name)}
	}
	return tracedBound{bound, schema, len(bound.Schema().Stored().Fields)}, nil
}

type tracedBound struct {
	Bound
	schema *record.Schema
	column int
}

func (b tracedBound) Schema() *record.Schema { return b.schema }
func (b tracedBound) NewWorker() record.Worker {
	return &lineTracer{b.Bound.NewWorker(), b.column}
}
func (b tracedBound) NewRecordWorker() (record.Worker, bool) {
	w, own := b.Bound.NewRecordWorker()
	if !own {
		w = frame.Whole(w)
	}
	return &tracer{w, b.column}, true
}

// lineTracer is for records of one line, which have no trace.
type lineTracer struct {
	record.Worker
	column int
}

// Parse implements record.Worker.
func (w *lineTracer) Parse(b *record.Builder, data []byte, n int) {
	row := b.Row
	w.Worker.Parse(b, data, n)
	clearRows(b.Cols[w.column].Valid, row, b.Row)
}

// clearRows makes rows null.
func clearRows(valid []uint64, from, to int) {
	for row := from; row < to; {
		if row&63 == 0 && to-row >= 64 {
			valid[row>>6] = 0
			row += 64
			continue
		}
		valid[row>>6] &^= 1 << (row & 63)
		row++
	}
}

// tracer is for one record.
type tracer struct {
	record.Worker
	column int
}

// Parse implements record.Worker.
func (w *tracer) Parse(b *record.Builder, data []byte, n int) {
	row := b.Row
	if at := value.Trace(data[b.From : n-1]); at >= 0 {
		at += b.From
		refused := b.Refusals()
		w.Worker.Parse(b, data, blankLines(data, b.From, at))
		if b.Row > row {
			end := blankLines(data, at, n) - 1
			if data[end-1] == '\r' {
				end--
			}
			b.Row = row
			c := &b.Cols[w.column]
			b.SetText(c, data, at, end-at)
			b.Present(c)
			b.Row = row + 1
			return
		}
		b.Forget(refused) // it is no record, and that with all its lines
	}
	w.Worker.Parse(b, data, n)
	clearRows(b.Cols[w.column].Valid, row, b.Row)
}

// blankLines is where those begin that stand before i, which is behind a line feed; i: there are none. They are part of neither the message nor
// the trace.
func blankLines(data []byte, from, i int) int {
	for {
		k := i - 1
		if k > from && data[k-1] == '\r' {
			k--
		}
		if k-1 <= from || data[k-1] != '\n' {
			return i
		}
		i = k
	}
}

// Explain implements record.Worker.
func (w *tracer) Explain(text []byte) record.Check {
	if at := value.Trace(text); at > 0 {
		if check := w.Worker.Explain(text[:blankLines(text, 0, at)-1]); check.OK {
			return check
		}
	}
	return w.Worker.Explain(text)
}
