package engine

import (
	"fmt"

	"github.com/sawlog/sawlog/lib/internal/syslog"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

func (d *Definition) syslog(clock timestamp.Options) (Plan, error) {
	if d.RFC != 0 && d.RFC != 5424 {
		return nil, &Error{Key: "syslog.rfc", Pos: -1, Message: fmt.Sprintf("syslog.rfc cannot be %d", d.RFC), Hint: "5424, or leave it out for all that is sent as syslog"}
	}
	if err := d.noTypes(); err != nil {
		return nil, err
	}
	plan, err := syslog.Compile(syslog.Options{Strict: d.RFC == 5424, Partial: d.Partial, Columns: d.Columns, Rename: d.Rename, Line: d.Line,
		Reject: d.UTF8 == "reject", Bytes: d.UTF8 == "bytes", Clock: clock})
	if err != nil {
		return nil, refused(err)
	}
	return syslogPlan{plan}, nil
}

type syslogPlan struct{ *syslog.Plan }

func (p syslogPlan) Engine() string             { return "syslog" }
func (p syslogPlan) Document() bool             { return false }
func (p syslogPlan) Sample() int                { return 0 }
func (p syslogPlan) Bind([]byte) (Bound, error) { return p, nil }
func (p syslogPlan) Present() bool              { return syslog.Present }
func (p syslogPlan) NewRecordWorker() (record.Worker, bool) {
	return p.Plan.NewRecordWorker(), true
}

// Recognize counts lines that hardly anything else writes.
func (p syslogPlan) Recognize(sample []byte) (matched int, ok bool) {
	return p.Surely(sample), true
}
