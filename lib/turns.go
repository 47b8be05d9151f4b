package sawlog

import (
	"slices"

	"github.com/sawlog/sawlog/lib/internal/engine"
	"github.com/sawlog/sawlog/lib/record"
)

// turning is bound with workers that note where a year, or a day, begins, if its stamps do not say it.
func turning(bound engine.Bound) engine.Bound {
	leaves := func(f record.Field) bool { return f.Turn != nil }
	if !slices.ContainsFunc(bound.Schema().Stored().Fields, leaves) {
		return bound
	}
	return turningBound{bound}
}

// lacksYear tells whether some stamps of the schema have no year.
func lacksYear(s *record.Schema) bool {
	return slices.ContainsFunc(s.Stored().Fields, func(f record.Field) bool { return f.Turn != nil && f.Turn.Kind == record.NoYear })
}

type turningBound struct{ engine.Bound }

func (b turningBound) NewWorker() record.Worker { return turningWorker{b.Bound.NewWorker()} }
func (b turningBound) NewRecordWorker() (record.Worker, bool) {
	w, own := b.Bound.NewRecordWorker()
	return turningWorker{w}, own
}

// turningWorker implements record.Wrapper.
type turningWorker struct{ record.Worker }

// Parse implements record.Worker.
func (w turningWorker) Parse(b *record.Builder, data []byte, n int) {
	from := b.Row
	w.Worker.Parse(b, data, n)
	b.NoteTurns(from)
}

// Wrap implements record.Wrapper.
func (w turningWorker) Wrap(b *record.Builder, parse func(inner record.Worker)) {
	from := b.Row
	parse(w.Worker)
	b.NoteTurns(from)
}
