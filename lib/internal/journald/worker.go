package journald

import (
	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/record"
)

// worker parses blocks.
type worker struct {
	reader
	texts.Lines
	guess []*infer.Node // the key that the last entry had in this place, tried before all others are looked up
}

func (b *Bound) newWorker(whole bool) *worker {
	w := &worker{Lines: b.plan.lines}
	w.Whole = whole
	w.Store = texts.NewStore(b.layout, b.plan.options.Infer.Rename, nil, nil) // nothing is escaped
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
	for k := range w.Values {
		v := &w.Values[k]
		if k < len(w.guess) && w.guess[k] != nil && w.guess[k].Key == string(v.Key) {
			v.Node = w.guess[k]
			continue
		}
		v.Node = w.Layout.Root.Find(v.Key)
		if k >= len(w.guess) {
			w.guess = append(w.guess, v.Node)
		} else {
			w.guess[k] = v.Node
		}
	}
	if !w.Write(b) {
		return record.BadValue
	}
	return record.NoFault
}

// Explain implements record.Worker.
func (w *worker) Explain(line []byte) record.Check {
	if check, broken := w.Check(line); broken {
		return check
	}
	switch fault := w.Try(w.Layout.Schema, line, w); fault {
	case record.NoFault:
		return record.Check{OK: true}
	case record.BadValue:
		return w.Store.Explain(&w.Values[w.Failed])
	default:
		return record.Check{Fault: fault.String(), Offset: w.at, Expected: w.want, Seen: texts.Seen(line, w.at)}
	}
}
