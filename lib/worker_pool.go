package sawlog

import (
	"context"
	"sync"

	"github.com/sawlog/sawlog/lib/internal/engine"
	"github.com/sawlog/sawlog/lib/internal/frame"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// lineState is what one goroutine needs to parse: a worker with its caches and a builder.
type lineState struct {
	alloc    Allocator
	builder  *record.Builder
	worker   record.Worker
	newWhole func() record.Worker
	parser   frame.Parser
}

// workerPool lends such states, so that a call on one line makes nothing anew.
type workerPool struct {
	bound engine.Bound
	alloc Allocator
	pool  sync.Pool
}

func newWorkerPool(bound engine.Bound, alloc Allocator) *workerPool {
	w := &workerPool{bound: bound, alloc: alloc}
	w.pool.New = func() any { return w.make() }
	return w
}

func (w *workerPool) make() *lineState {
	bound := w.bound
	return &lineState{alloc: w.alloc, worker: bound.NewWorker(), newWhole: func() record.Worker { return newWhole(bound) }, builder: record.NewBuilder(bound.Schema(), w.alloc, bound.Present())}
}

// newWhole makes a worker that takes all it is given as one record.
func newWhole(bound engine.Bound) record.Worker {
	whole, _ := recordWorkers(bound)
	return whole
}

// recordWorkers makes a worker that takes all it is given as one record, and what parses a record without line feeds, which has less to look at.
func recordWorkers(bound engine.Bound) (whole, plain record.Worker) {
	worker, own := bound.NewRecordWorker()
	if own {
		return worker, worker
	}
	return frame.Whole(worker), worker
}

// take lends what it takes to parse as bound, which p is itself or has made for one text; done takes it back. What was made for one text
// goes with it: its pool would never be asked again, but the runtime knows each pool that was asked once and keeps it, and all that it
// leads to, beyond the next collection of garbage. So all that such texts leave behind would count as in use, and the heap would grow
// with each collection.
func (p *Parser) take(bound *Parser) *lineState {
	if bound == p {
		return bound.workers.pool.Get().(*lineState)
	}
	return bound.workers.make()
}

func (p *Parser) done(bound *Parser, s *lineState) {
	if bound == p {
		bound.workers.pool.Put(s)
		return
	}
	s.builder.Close()
}

// ParseRecord parses exactly one record: inner line feeds are content, one line ending at the end is dropped. The batch has one row or
// one reject and owns its memory. As with Parse, it is a reject where NewRecordParser would give an error.
func (p *Parser) ParseRecord(line []byte) *Batch {
	r, err := p.NewRecordParser(line)
	if err != nil {
		return p.refusing().ParseRecord(line)
	}
	defer r.builder.Close()
	r.Parse(line)
	// The parser's memory moves to the batch.
	r.builder.Own(r.block)
	r.block = nil
	return r.builder.Finish() // it is settled already
}

// RecordParser parses records one at a time, or few at a time, in memory that it uses again. It is for one goroutine at a time; Close
// gives the memory back.
type RecordParser struct {
	lineState
	block []byte
	batch record.Batch
	bound *Parser
	plain record.Worker // of records without line feeds
	many  record.Worker // of ParseText
	asIs  bool          // a record is its line, but for the ending
}

// NewRecordParser makes a RecordParser. Where the schema depends on the input, line decides it. Errors are *FormatError: a line that decides it
// may lack what the definition asks for.
func (p *Parser) NewRecordParser(line []byte) (*RecordParser, error) {
	bound, err := p.bind(p.record(line))
	if err != nil {
		return nil, err
	}
	whole, plain := recordWorkers(bound.bound)
	return &RecordParser{bound: bound, plain: plain, asIs: bound.recordAsIs(), lineState: lineState{alloc: p.alloc, worker: whole, builder: record.NewBuilder(bound.bound.Schema(), p.alloc, bound.bound.Present())}}, nil
}

// Parse parses one record. The batch is valid until the next call and must not be released.
func (r *RecordParser) Parse(line []byte) *Batch {
	if r.asIs {
		line = trimEnding(line)
	} else {
		line = r.bound.record(line)
	}
	n := len(line)
	block, plain := r.copy(line)
	r.builder.Restart()
	r.builder.Before = nil
	if plain {
		r.builder.BeginASCII(block, n+1)
		r.plain.Parse(r.builder, block, n+1)
	} else {
		r.builder.Begin(block, n+1, false)
		r.worker.Parse(r.builder, block, n+1)
	}
	r.builder.FinishInto(&r.batch)
	r.batch.Settle(0, "", 1, 0)
	return &r.batch
}

// copy is text with a line feed behind it, in memory that is used again. plain tells whether it is ASCII and has no line feed itself.
func (r *RecordParser) copy(text []byte) (block []byte, plain bool) {
	n := len(text)
	if n+1+scan.Slack > len(r.block) {
		if r.block != nil {
			r.alloc.Free(r.block)
		}
		r.block = r.alloc.Alloc(2*n + 256)
	}
	return r.block, scan.CopyLine(r.block, text)
}

// ParseText parses any number of records, as Parser.Parse does. The batch is valid until the next call and must not be released. It is
// meant for small texts: memory for the largest one is kept.
func (r *RecordParser) ParseText(data []byte) *Batch {
	text, other := r.bound.decoded(data)
	n, mark := len(text), int64(0)
	if !other {
		mark = int64(len(data) - len(text))
	}
	r.builder.Restart()
	r.builder.Before = nil
	if f := r.bound.frame; f != nil && r.bound.unwrap != nil {
		_ = r.unwrapped(context.Background(), f, r.bound.unwrap.NewUnwrapper(), text)
	} else if f != nil {
		if r.many == nil {
			r.many = r.bound.bound.NewWorker()
			r.parser = frame.Parser{Lines: r.many, NewWhole: func() record.Worker { return r.worker }}
		}
		_ = r.framed(context.Background(), f, text, r.bound.directive()) // which is never done
	} else if len(data) > 0 && (n > 0 || r.bound.plan.Document()) {
		if r.many == nil {
			r.many = r.bound.bound.NewWorker()
		}
		block, _ := r.copy(text)
		if missing := n == 0 || text[n-1] != '\n'; missing {
			n++
			r.builder.Begin(block, n, false)
			r.builder.Skip(-1)
		} else {
			r.builder.Begin(block, n, false)
		}
		r.many.Parse(r.builder, block, n)
	}
	r.builder.FinishInto(&r.batch)
	r.builder.SettleTurns(&r.batch)
	r.batch.Settle(0, "", 1, mark)
	return &r.batch
}

// Close gives the memory back.
func (r *RecordParser) Close() {
	r.builder.FreeOwned()
	r.builder.Close()
	if r.block != nil {
		r.alloc.Free(r.block)
		r.block = nil
	}
}
