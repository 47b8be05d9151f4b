// Package transform is what a definition wants done to records once they are parsed: rows that its where does not want are dropped,
// addresses are taken apart, constant columns added, texts redacted.
//
//	Compile(options, schema of the parser) -> Plan -> Wrap(a worker of the parser) -> a worker that does both
//
// A builder for a Plan's schema has the parser's columns first, so that the parser need not know; what was only parsed to be looked at is
// not shown. The work is done column by column behind every block.
package transform

import (
	"slices"
	"time"

	"github.com/sawlog/sawlog/lib/record"
)

// Options say what is to be done. The zero value is nothing.
type Options struct {
	Where     map[string][]string // conditions by column: see where.go
	Constants []Constant
	URL       []string // columns of addresses
	Redact    []Rule
	Columns   []string // that are shown, as they are called; nil: all
	Zone      *time.Location
	// Called is what a new column is called, and Find which column of the schema a user means.
	Called func(name string) string
	Find   func(name string) int
	// Open: the columns and their types come from the log. What it does not have is null, and a constant stands for a column that it
	// has too.
	Open bool
}

// Constant is a column with the same value in every row: a string, int64, float64 or bool.
type Constant struct {
	Name  string
	Value any
}

// Error is a mistake in the options.
type Error struct {
	Key     string
	Message string
	Name    string // what was taken for one of Names
	Names   []string
}

func (e *Error) Error() string { return e.Message }

// Plan is immutable.
type Plan struct {
	schema *record.Schema
	parsed int // columns that the parser writes
	where  []test
	urls   []address
	fixed  []constant
}

// Compile makes a plan for what a parser gives. Errors are *Error.
func Compile(o Options, schema *record.Schema) (*Plan, error) {
	p := &Plan{parsed: len(schema.Stored().Fields)}
	fields := slices.Clone(schema.Stored().Fields)
	shown := make([]bool, len(fields))
	for i := range schema.Fields {
		shown[slices.IndexFunc(fields, func(f record.Field) bool { return f.Name == schema.Fields[i].Name })] = true
	}
	var err error
	if p.where, err = compileWhere(&o, schema.Stored()); err != nil {
		return nil, err
	}
	if fields, err = p.addURLs(&o, fields); err != nil {
		return nil, err
	}
	if fields, err = p.addConstants(&o, fields, shown); err != nil {
		return nil, err
	}
	for len(shown) < len(fields) {
		shown = append(shown, true)
	}
	all, err := record.NewSchema(hideTwins(fields, shown))
	if err != nil {
		return nil, &Error{Message: err.Error()}
	}
	var keep []int
	for i := range fields {
		if shown[i] && (o.Columns == nil || slices.Contains(o.Columns, fields[i].Name)) {
			keep = append(keep, i)
		}
	}
	p.schema = all
	if len(keep) < len(fields) {
		if p.schema, err = all.Select(keep); err != nil {
			return nil, &Error{Message: err.Error()}
		}
	}
	redaction, err := compileRedaction(&o, all, keep)
	if err != nil {
		return nil, err
	}
	if redaction != nil {
		p.schema = p.schema.WithFinish(redaction.newRedactor)
	}
	return p, nil
}

// hideTwins marks the columns that are not shown, whose names others may have.
func hideTwins(fields []record.Field, shown []bool) []record.Field {
	fields = slices.Clone(fields)
	for i := range fields {
		if !shown[i] {
			fields[i] = fields[i].Hidden()
		}
	}
	return fields
}

// Check finds what is wrong with options whatever the log has.
func Check(o Options) error {
	if err := check(o.Where); err != nil {
		return err
	}
	if err := checkRules(o.Redact); err != nil {
		return err
	}
	_, err := new(Plan).addConstants(&o, nil, nil)
	return err
}

// Schema is that of the records as they are shown.
func (p *Plan) Schema() *record.Schema { return p.schema }

// Wrap makes a worker that parses with another and then does what the plan wants.
func (p *Plan) Wrap(inner record.Worker) record.Worker {
	return &worker{Worker: inner, p: p}
}

// worker implements record.Wrapper.
type worker struct {
	record.Worker
	p       *Plan
	rows    []int32
	scratch scratch
}

// Parse implements record.Worker.
func (w *worker) Parse(b *record.Builder, data []byte, n int) {
	w.Wrap(b, func(inner record.Worker) { inner.Parse(b, data, n) })
}

// Wrap implements record.Wrapper.
func (w *worker) Wrap(b *record.Builder, parse func(inner record.Worker)) {
	from := b.Row
	parse(w.Worker)
	if len(w.p.where) > 0 && b.Row > from {
		w.filter(b, from)
	}
	for i := range w.p.urls {
		w.p.urls[i].split(b, from)
	}
	for i := range w.p.fixed {
		w.p.fixed[i].fill(b, from)
	}
}

// filter drops the rows that where does not want.
func (w *worker) filter(b *record.Builder, from int) {
	w.rows = w.rows[:0]
	for row := from; row < b.Row; row++ {
		w.rows = append(w.rows, int32(row))
	}
	rows := w.rows
	for i := range w.p.where {
		rows = w.p.where[i].keep(b, rows, &w.scratch)
	}
	b.Keep(from, rows, w.p.parsed)
}
