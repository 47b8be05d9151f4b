// Package pipeline runs workers over blocks and hands their batches out in the order of the input.
//
//	blocks (one at a time) -> N workers, Next one of them: each takes a block and its place in the order, and parses it
//	                     \-> order -> Next: what is finished, with line numbers and offsets settled
//
// A block stays with the core that has read it: what it brings into the cache is parsed from there, and nobody waits for another to wake
// up. With one worker there are no goroutines. At most N+3 blocks are under way beside the one that Next hands out.
//
// An input that may keep a reader waiting is read by a goroutine of its own, ahead of N workers, so that Next can be left:
//
//	blocks (one goroutine) -> jobs -> workers (N goroutines)
//	                     \-> order -> Next
//
// A panic, in whatever goroutine, comes out as a Panic in the place of the block where it happened.
package pipeline

import (
	"context"
	"sync"

	"github.com/sawlog/sawlog/lib/internal/source"
	"github.com/sawlog/sawlog/lib/record"
)

// Blocks is where blocks come from. Next is called by one goroutine at a time; Close by any, and it ends a Next that waits if it can.
type Blocks interface {
	Next() (source.Block, error)
	Close()
}

// interruptible is a Blocks whose Next can be left in the middle of something long, and called again.
type interruptible interface {
	NextContext(ctx context.Context) (source.Block, error)
}

// parted is a Blocks whose blocks may lack something that each worker reads for itself, so that the next one can have its turn.
type parted interface {
	NextRest(ctx context.Context) (source.Block, error)
}

// Options say how to run.
type Options struct {
	Schema    *record.Schema
	Present   bool // how a Builder's columns start out
	NewWorker func() record.Worker
	NewWhole  func() record.Worker // of a worker for records of several lines; for blocks with a Layout
	Alloc     record.Allocator
	Names     []string // of the sources
	Workers   int      // at least 1
	Live      bool     // the input may wait, so somebody else than Next must read it
}

// job is one block on its way.
type job struct {
	block source.Block
	batch *record.Batch
	err   error
	after error // comes behind the batch
	done  chan struct{}
}

// Pipeline is a run. Next is for one goroutine at a time.
type Pipeline struct {
	Stats Stats

	o      Options
	blocks Blocks
	own    *worker // of Next, where the input does not wait
	stop   chan struct{}
	once   sync.Once
	jobs   chan *job
	order  chan *job
	taking sync.Mutex     // held by who takes the next block, where several do
	taken  bool           // there are no more blocks; under taking
	wait   sync.WaitGroup // the workers

	next   sync.Mutex // held by Next; Close waits for it
	first  *job       // taken from order, not finished yet
	source int
	line   int64        // of the source under way
	turns  record.Turns // of the source under way
	ended  error
}

// ErrClosed is what Next gives after Close.
var ErrClosed = source.ErrClosed

// New starts a run. Close must be called.
func New(blocks Blocks, o Options) *Pipeline {
	p := &Pipeline{o: o, blocks: blocks, stop: make(chan struct{}), source: -1}
	workers := max(o.Workers, 1)
	if !o.Live {
		p.own = &worker{o: &p.o}
		if workers == 1 {
			return p
		}
	}
	p.order = make(chan *job, workers+2)
	if !o.Live {
		p.wait.Add(workers - 1)
		for range workers - 1 {
			go p.help()
		}
		return p
	}
	p.jobs = make(chan *job, workers)
	go p.read()
	p.wait.Add(workers)
	for range workers {
		go p.work()
	}
	return p
}

// Next is the next batch, io.EOF at the end. When ctx is done first, its error comes, and the call can be repeated.
func (p *Pipeline) Next(ctx context.Context) (*record.Batch, error) {
	p.next.Lock()
	defer p.next.Unlock()
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if p.ended != nil {
			return nil, p.ended
		}
		j, err := p.take(ctx)
		if err != nil {
			return nil, err
		}
		if j.err != nil {
			p.ended = j.err
			continue
		}
		p.settle(j)
		p.ended = j.after
		if j.batch.Lines() > 0 || j.batch.InputBytes() > 0 {
			return j.batch, nil
		}
		j.batch.Release()
	}
}

// Ready tells whether Next gives something without waiting for an input that is not there yet.
func (p *Pipeline) Ready() bool {
	p.next.Lock()
	defer p.next.Unlock()
	return p.own != nil || p.ended != nil || p.finished()
}

// take is the next job in order, finished. Its own error is ctx's.
func (p *Pipeline) take(ctx context.Context) (*job, error) {
	switch {
	case p.order == nil:
		j := &job{}
		j.block, j.err = p.pull(ctx)
		if j.err != nil && j.err == ctx.Err() {
			return nil, j.err
		}
		if j.err == nil {
			p.own.run(j)
		}
		return j, nil
	case p.own != nil:
		p.lend(ctx)
	}
	if p.first == nil {
		select {
		case p.first = <-p.order:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-p.stop:
			return &job{err: ErrClosed}, nil
		}
		if p.own != nil && p.first != nil {
			p.lend(ctx)
		}
	}
	if p.first == nil && p.stopped() {
		return &job{err: ErrClosed}, nil
	} else if p.first == nil { // a reader that leaves its goroutine takes the reading goroutine with it
		return &job{err: errLeft}, nil
	}
	select {
	case <-p.first.done:
		j := p.first
		p.first = nil
		return j, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.stop:
		return &job{err: ErrClosed}, nil
	}
}

// lend lets Next work as the others do, as long as what it waits for is not finished and there is something to do.
func (p *Pipeline) lend(ctx context.Context) {
	for !p.finished() && ctx.Err() == nil && p.taking.TryLock() {
		if len(p.order) == cap(p.order) { // who takes from there is here
			p.taking.Unlock()
			return
		}
		j := p.place(ctx)
		if j == nil {
			return
		}
		p.own.finish(j)
	}
}

// finished tells whether the first job in order is.
func (p *Pipeline) finished() bool {
	if p.first == nil {
		select {
		case p.first = <-p.order:
		default:
			return false
		}
	}
	select {
	case <-p.first.done:
		return true
	default:
		return false
	}
}

// settle gives the batch its place in the input, which only the order of the input knows.
func (p *Pipeline) settle(j *job) {
	b := j.batch
	if j.block.Source != p.source {
		p.source, p.line, p.turns = j.block.Source, 1, record.Turns{}
	}
	p.turns.Settle(b)
	name := ""
	if p.source < len(p.o.Names) {
		name = p.o.Names[p.source]
	}
	b.Settle(p.source, name, p.line, j.block.Offset)
	p.line += b.Lines()
	p.Stats.add(b)
}

// Close stops everything and waits for the workers, and for a Next in another goroutine, which then gives ErrClosed. A read that the
// system does not interrupt ends by itself later; what it brings is dropped.
func (p *Pipeline) Close() {
	p.once.Do(func() {
		close(p.stop)
		p.blocks.Close()
		p.next.Lock()
		defer p.next.Unlock()
		if p.ended == nil {
			p.ended = ErrClosed
		}
		if p.own != nil {
			p.own.close()
		}
		if p.order == nil {
			return
		}
		p.wait.Wait()
		if p.first != nil {
			p.release(p.first)
			p.first = nil
		}
		p.drain()
	})
}

// drain gives back what nobody took.
func (p *Pipeline) drain() {
	for {
		select {
		case j, ok := <-p.order:
			if !ok {
				return
			}
			p.release(j)
		default:
			return
		}
	}
}

func (p *Pipeline) release(j *job) {
	if j.batch != nil {
		j.batch.Release()
		return
	}
	free(p.o.Alloc, &j.block)
}
