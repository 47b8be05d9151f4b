package logfmt

import (
	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// worker parses blocks. Caches and learnt shapes are its own.
type worker struct {
	tape
	options *Options
	layout  *infer.Layout
	reads   []infer.Read // by node: the reader of a declared field
	seen    []uint32     // by node: the record that had it last
	last    []int32      // by node: its last pair in that record
	stamp   uint32
	twins   bool   // the record has a key twice
	failed  int    // index of the pair that does not fit its declared type
	scratch []byte // an unescaped value, with slack behind
	unknown map[string]int32
	shapes  shapes
	whole   bool // a block is one record
	plain   bool // never walk: what tests compare with
}

func (b *Bound) newWorker(whole bool) *worker {
	nodes := b.layout.Nodes
	w := &worker{options: &b.plan.options, layout: b.layout, whole: whole, reads: make([]infer.Read, len(nodes)), seen: make([]uint32, len(nodes)),
		last: make([]int32, len(nodes)), scratch: make([]byte, 0, 128)}
	w.tree, w.loose = b.layout.Root, !b.plan.options.Pairs
	for i, n := range nodes {
		if n.Declared != nil && n.Declared.Words != nil && n.Column >= 0 {
			w.reads[i] = n.Declared.Words()
		}
	}
	w.shapes.init(len(nodes))
	return w
}

// Parse implements record.Worker.
func (w *worker) Parse(b *record.Builder, data []byte, n int) {
	if w.whole {
		w.one(b, data, n)
		return
	}
	check := w.options.Reject && !scan.Valid(data[b.From:n])
	walk := !w.plain && !check
	for i := b.From; i < n; {
		if walk {
			if i = w.walk(b, data, i, n); i == n {
				break
			}
		}
		if b.Row == b.Cap {
			b.Grow()
		}
		stop := scan.LineEnd(data, i)
		if w.line(b, data, i, trim(data, i, stop), check) && walk {
			w.learn(i, stop)
		}
		i = stop + 1
	}
}

// line parses one line with the plain parser, and tells whether it is a record.
func (w *worker) line(b *record.Builder, data []byte, i, end int, check bool) bool {
	if limit := w.options.Line; limit > 0 && end-i > limit {
		b.RejectCut(record.TooLong, i, i+limit, int64(end-i))
		return false
	}
	side := len(b.Side)
	switch {
	case check && !scan.Valid(data[i:end]):
		w.fault = record.BadUTF8
	case w.read(data, i, end) && w.write(b):
		b.Next()
		return true
	}
	b.Side = b.Side[:side]
	b.Reject(w.fault, i, end)
	return false
}

// one parses data[:n] as one record. The lines behind its first count as continuations.
func (w *worker) one(b *record.Builder, data []byte, n int) {
	if n == b.From {
		return
	}
	if b.Row == b.Cap {
		b.Grow()
	}
	w.line(b, data, b.From, trim(data, b.From, n-1), w.options.Reject)
	b.Continue(scan.Newlines(data[b.From:n]) - 1)
}
