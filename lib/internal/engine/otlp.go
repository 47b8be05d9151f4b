package engine

import (
	"github.com/sawlog/sawlog/lib/internal/ndjson"
	"github.com/sawlog/sawlog/lib/record"
)

func (d *Definition) otlp() (Plan, error) {
	if err := d.noTypes(); err != nil {
		return nil, err
	}
	plan, err := ndjson.CompileOTLP(ndjson.OTLPOptions{Columns: d.Columns, Rename: d.Rename, Line: d.Line, Reject: d.UTF8 == "reject"})
	if err != nil {
		return nil, refused(err)
	}
	return otlpPlan{plan}, nil
}

type otlpPlan struct{ *ndjson.OTLP }

func (p otlpPlan) Engine() string             { return "otlp" }
func (p otlpPlan) Document() bool             { return false }
func (p otlpPlan) Sample() int                { return 0 }
func (p otlpPlan) Bind([]byte) (Bound, error) { return p, nil }
func (p otlpPlan) Present() bool              { return ndjson.Present }
func (p otlpPlan) NewRecordWorker() (record.Worker, bool) {
	return p.OTLP.NewRecordWorker(), true
}

// Recognize implements Recognizer.
func (p otlpPlan) Recognize(sample []byte) (int, bool) { return p.Requests(sample), true }
