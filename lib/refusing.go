package sawlog

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/engine"
	"github.com/sawlog/sawlog/lib/record"
)

// A definition may ask for something that the format found in a log has not: a column, a field in a condition. Which format that is depends on
// the log, so that this is no mistake of the program that parses it: where no error can be given, no line is a record.

// refusing is p for such a log.
func (p *Parser) refusing() *Parser {
	no := refuser{limit: p.lineLimit()}
	return &Parser{options: p.options, plan: no, bound: no, frame: p.frame, alloc: p.alloc, workers: newWorkerPool(no, p.alloc)}
}

// refuser is a plan, what it binds to, and its worker.
type refuser struct {
	limit int
	whole bool // what it is given is one record
}

var noFields = record.MustSchema()

func (r refuser) Engine() string                          { return "" }
func (r refuser) Document() bool                          { return false }
func (r refuser) Sample() int                             { return 0 }
func (r refuser) Bind([]byte) (engine.Bound, error)       { return r, nil }
func (r refuser) Schema() *record.Schema                  { return noFields }
func (r refuser) Present() bool                           { return false }
func (r refuser) NewWorker() record.Worker                { return r }
func (r refuser) NewRecordWorker() (record.Worker, bool)  { return refuser{r.limit, true}, true }
func (r refuser) Explain(line []byte) (none record.Check) { return none }

// Parse implements record.Worker.
func (r refuser) Parse(b *record.Builder, data []byte, n int) {
	for i := b.From; i < n; {
		end := n - 1
		if !r.whole {
			end = i + bytes.IndexByte(data[i:n], '\n')
		}
		next := end + 1
		if end > i && data[end-1] == '\r' {
			end--
		}
		switch {
		case end == i:
			b.Refuse(record.Empty, i, end)
		case end-i > r.limit:
			b.RejectCut(record.TooLong, i, i+r.limit, int64(end-i))
		default:
			b.Refuse(record.NoMatch, i, end)
		}
		i = next
	}
}
