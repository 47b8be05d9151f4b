package engine

import (
	"fmt"

	"github.com/sawlog/sawlog/lib/internal/meta"
	"github.com/sawlog/sawlog/lib/record"
)

// Place makes a plan say where its records stand: names of package meta. binary: texts are kept as bytes. Errors are *Error.
func Place(plan Plan, names []string, binary bool) (Plan, error) {
	if len(names) == 0 {
		return plan, nil
	}
	if err := CheckMeta(names); err != nil {
		return nil, err
	}
	placed := placedPlan{plan, names, binary}
	if counter, ok := plan.(Counter); ok {
		return countingPlacedPlan{placed, counter}, nil
	}
	return placed, nil
}

// CheckMeta finds mistakes in Definition.Meta. Errors are *Error.
func CheckMeta(names []string) error {
	if err := meta.Check(names); err != nil {
		return &Error{Key: "meta", Pos: -1, Message: fmt.Sprint(err), Names: meta.Names}
	}
	return nil
}

type placedPlan struct {
	Plan
	names  []string
	binary bool
}

type countingPlacedPlan struct {
	placedPlan
	Counter
}

// Within implements Wrapping.
func (p placedPlan) Within() Plan { return p.Plan }

func (p placedPlan) Bind(sample []byte) (Bound, error) {
	bound, err := p.Plan.Bind(sample)
	if err != nil {
		return nil, err
	}
	schema, columns, err := meta.Add(bound.Schema(), p.names, p.binary)
	if err != nil {
		return nil, &Error{Key: "meta", Pos: -1, Message: fmt.Sprint(err)}
	}
	return placedBound{bound, schema, columns, p.Document()}, nil
}

type placedBound struct {
	Bound
	schema   *record.Schema
	columns  meta.Columns
	document bool
}

func (b placedBound) Schema() *record.Schema { return b.schema }
func (b placedBound) NewWorker() record.Worker {
	return b.columns.Worker(b.Bound.NewWorker(), b.document)
}
func (b placedBound) NewRecordWorker() (record.Worker, bool) {
	w, own := b.Bound.NewRecordWorker()
	return b.columns.Worker(w, true), own
}
