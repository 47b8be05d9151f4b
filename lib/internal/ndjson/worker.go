package ndjson

import (
	"slices"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/record"
)

// worker parses blocks. Caches and learnt shapes are its own.
type worker struct {
	tape
	options *Options
	layout  *infer.Layout
	reads   []infer.Read // by node: the reader of a declared field
	scratch []byte       // an unescaped value, with slack behind
	failed  int          // index of the member that does not fit its declared type, -1
	shapes  shapes
	indexed bool       // the stops of a block are looked for before it is walked
	stops   scan.Stops // of the block
	quick   quick
	whole   bool // a block is one record
	sound   bool // no text is made of anything but the block's characters
	plain   bool // never walk: what tests compare with

	asked  int                // names that the overflow column has looked for in the record under way ...
	byName map[string]*member // ... and its members by name, where these were many
}

func (b *Bound) newWorker(whole bool) *worker {
	nodes := b.layout.Nodes
	w := &worker{options: &b.plan.options, layout: b.layout, whole: whole, indexed: scan.Indexed(), reads: make([]infer.Read, len(nodes)), scratch: make([]byte, 0, 128)}
	w.tape = tape{tree: b.layout.Root, input: input{depth: b.plan.options.Depth, white: white(whole)},
		seen: make([]uint32, len(nodes)), last: make([]int32, len(nodes))}
	for i, n := range nodes {
		if n.Declared != nil && n.Declared.Words != nil && n.Column >= 0 {
			w.reads[i] = n.Declared.Words()
		} else if n.Column >= 0 && n.Declared != nil && n.Declared.Elem != nil && n.Declared.Elem.Words != nil {
			w.reads[i] = n.Declared.Elem.Words()
		}
	}
	w.shapes.init(nodes, w.indexed)
	w.sound = !slices.ContainsFunc(nodes, func(n *infer.Node) bool {
		return n.Declared != nil && (n.Declared.Octets || n.Declared.Rewrite != nil || n.Declared.Elem != nil && n.Declared.Elem.Rewrite != nil)
	})
	return w
}

// Parse implements record.Worker.
func (w *worker) Parse(b *record.Builder, data []byte, n int) {
	side := len(b.Side)
	defer func() {
		w.data, w.marks = nil, nil // the block is not ours to keep
		if w.sound {
			b.Sound(side)
		}
	}()
	if w.whole {
		w.document(b, data, n)
		return
	}
	check := w.options.Reject && !scan.Valid(data[b.From:n])
	walk := !w.plain && !check
	if walk && w.indexed {
		w.stops.Reset(data, b.From, n)
		w.marks = w.stops.Marks()
	}
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
		end := texts.Trim(data, i, stop)
		if w.line(b, data, i, end, check) && walk {
			w.learn(b, i, stop)
		}
		i = stop + 1
	}
}

// line parses one line with the plain parser, and tells whether it is a record.
func (w *worker) line(b *record.Builder, data []byte, i, end int, check bool) bool {
	side := len(b.Side)
	if limit := w.options.Line; limit > 0 && end-i > limit {
		b.RejectCut(record.TooLong, i, i+limit, int64(end-i))
		return false
	}
	switch {
	case check && !scan.Valid(data[i:end]):
		w.fault = record.BadUTF8
	case w.readAs(data, i, end, w.options.Document) && w.write(b):
		b.Next()
		return true
	}
	b.Side = b.Side[:side]
	b.Reject(w.fault, i, end)
	return false
}

// document parses data[:n] as one record. The lines behind its first count as continuations.
func (w *worker) document(b *record.Builder, data []byte, n int) {
	if n == b.From {
		return
	}
	if b.Row == b.Cap {
		b.Grow()
	}
	w.line(b, data, b.From, texts.Trim(data, b.From, n-1), w.options.Reject)
	b.Continue(scan.Newlines(data[b.From:n]) - 1)
}
