package keyvalue

import (
	"strings"

	"github.com/sawlog/sawlog/lib/internal/explain"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/record"
)

// worker parses blocks.
type worker struct {
	reader
	texts.Lines
}

func (b *Bound) newWorker(whole bool) *worker {
	w := &worker{reader: reader{grammar: b.plan.grammar, whole: whole}, Lines: b.plan.lines}
	w.Whole = whole
	w.Store = texts.NewStore(b.layout, b.plan.options.Infer.Rename, unescape)
	return w
}

// Parse implements record.Worker.
func (w *worker) Parse(b *record.Builder, data []byte, n int) { w.Lines.Parse(b, data, n, w) }

// Read implements texts.Reader.
func (w *worker) Read(b *record.Builder, data []byte, i, end int) record.Fault {
	if fault := w.read(data, i, end); fault != record.NoFault {
		w.at -= i
		return fault
	}
	w.Resolve()
	if !w.Write(b) {
		return record.BadValue
	}
	return record.NoFault
}

// Explain implements record.Worker. The line is read as one record, whatever line feeds are in it.
func (w *worker) Explain(line []byte) record.Check {
	if check, broken := w.Check(line); broken {
		return check
	}
	whole := w.whole
	w.whole = true
	defer func() { w.whole = whole }()
	switch fault := w.Try(w.Layout.Schema, line, w); fault {
	case record.NoFault:
		return record.Check{OK: true}
	case record.BadValue:
		return w.Store.Explain(&w.Values[w.Failed])
	default:
		return record.Check{Fault: fault.String(), Offset: w.at, Expected: strings.TrimSpace(w.want), Seen: explain.Seen(line, w.at)}
	}
}
