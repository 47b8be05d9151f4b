package logfmt

import (
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// worker parses blocks. Caches and learnt shapes are its own.
type worker struct {
	tape
	texts.Lines
	shapes shapes
	quick  quick
	plain  bool // never walk: what tests compare with
}

func (b *Bound) newWorker(whole bool) *worker {
	o := &b.plan.options
	w := &worker{Lines: b.plan.lines}
	w.Whole = whole
	w.Store = texts.NewStore(b.layout, o.Infer.Rename, value.Unquote)
	w.Levels, w.tree, w.loose = o.Levels, b.layout.Root, !o.Pairs
	w.shapes.init(len(b.layout.Nodes))
	w.quick.on = scan.Indexed()
	return w
}

// Parse implements record.Worker.
func (w *worker) Parse(b *record.Builder, data []byte, n int) {
	if w.plain || w.Whole || w.Reject && !scan.Valid(data[b.From:n]) {
		w.Lines.Parse(b, data, n, w)
		return
	}
	for i := b.From; i < n; {
		if i = w.walk(b, data, i, n); i == n {
			break
		}
		stop := scan.LineEnd(data, i)
		if w.Line(b, data, i, stop, false, w) {
			w.learn(b, i, stop)
		}
		i = stop + 1
	}
}

// Read implements texts.Reader: it parses one line with the plain parser.
func (w *worker) Read(b *record.Builder, data []byte, i, end int) record.Fault {
	switch {
	case !w.read(data, i, end):
		return w.fault
	case !w.Write(b):
		return record.BadValue
	}
	return record.NoFault
}
