// Package pipeline runs workers over blocks and hands their batches out in the order of the input.
//
//	blocks (one goroutine) -> jobs -> workers (N goroutines)
//	                     \-> order (the same jobs, in order) -> Next: waits for each job, settles line numbers and offsets
//
// With one worker and an input that never waits there are no goroutines: Next does it all. Else at most N+4 blocks are under way: N+2 in
// order, one in the reader's hand, one in Next's.
//
// A panic, in whatever goroutine, comes out as a Panic in the place of the block where it happened.
package pipeline

import (
	"context"
	"errors"
	"sync"

	"github.com/sawlog/sawlog/lib/internal/source"
	"github.com/sawlog/sawlog/lib/record"
)

// Blocks is where blocks come from. Next is called by one goroutine; Close by any, and it ends a Next that waits if it can.
type Blocks interface {
	Next() (source.Block, error)
	Close()
}

// interruptible is a Blocks whose Next can be left in the middle of something long, and called again.
type interruptible interface {
	NextContext(ctx context.Context) (source.Block, error)
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
	done  chan struct{}
}

// Pipeline is a run. Next is for one goroutine at a time.
type Pipeline struct {
	Stats Stats

	o      Options
	blocks Blocks
	own    *worker // of Next, when there are no goroutines
	stop   chan struct{}
	once   sync.Once
	jobs   chan *job
	order  chan *job
	wait   sync.WaitGroup // the workers
	reader chan struct{}  // closed when the reading goroutine has ended

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
	if o.Workers <= 1 && !o.Live {
		p.own = &worker{o: &p.o}
		return p
	}
	workers := max(o.Workers, 1)
	p.jobs, p.order, p.reader = make(chan *job, workers), make(chan *job, workers+2), make(chan struct{})
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
	if p.own != nil || p.ended != nil {
		return true
	}
	if p.first == nil {
		select {
		case p.first = <-p.order:
		default:
		}
		if p.first == nil {
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

// take is the next job in order, finished. Its own error is ctx's.
func (p *Pipeline) take(ctx context.Context) (*job, error) {
	if p.own != nil {
		j := &job{}
		j.block, j.err = p.pull(ctx)
		if j.err != nil && j.err == ctx.Err() {
			return nil, j.err
		}
		if j.err == nil {
			p.own.run(j)
		}
		return j, nil
	}
	if p.first == nil {
		select {
		case p.first = <-p.order:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-p.stop:
			return &job{err: ErrClosed}, nil
		}
	}
	if p.first == nil && p.stopped() {
		return &job{err: ErrClosed}, nil
	} else if p.first == nil { // a reader that leaves its goroutine takes the reading goroutine with it
		return &job{err: errors.New("the input ended without a word")}, nil
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
			return
		}
		p.wait.Wait()
		if !p.o.Live {
			<-p.reader
		}
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
