// Package pipeline runs workers over blocks and hands their batches out in the order of the input.
//
//	blocks (one goroutine) -> jobs -> workers (N goroutines)
//	                     \-> order (the same jobs, in order) -> Next: waits for each job, settles line numbers and offsets
//
// With one worker and an input that never waits there are no goroutines: Next does it all. At most N+2 blocks are under way.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/sawlog/sawlog/lib/internal/source"
	"github.com/sawlog/sawlog/lib/record"
)

// Blocks is where blocks come from.
type Blocks interface {
	Next() (source.Block, error)
	Close()
}

// Options say how to run.
type Options struct {
	Schema    *record.Schema
	Present   bool // how a Builder's columns start out
	NewWorker func() record.Worker
	Alloc     record.Allocator
	Workers   int  // at least 1
	Live      bool // the input may wait, so somebody else than Next must read it
}

// Stats are what has been handed out so far. They may be read at any time.
type Stats struct {
	Bytes, Lines, Records, Continuations, Rejects atomic.Int64
	Faults                                        [record.Faults]atomic.Int64
}

// Panic is a panic in a goroutine of the pipeline: a bug, caught.
type Panic struct {
	Value any
	Stack []byte
}

func (p *Panic) Error() string { return fmt.Sprintf("internal error: %v\n%s", p.Value, p.Stack) }

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
	own    *state // of Next, when there are no goroutines
	stop   chan struct{}
	once   sync.Once
	jobs   chan *job
	order  chan *job
	wait   sync.WaitGroup // the workers
	reader chan struct{}  // closed when the reading goroutine has ended
	first  *job           // taken from order, not finished yet

	source int
	line   int64 // of the source under way
	ended  error
}

// state is what one worker keeps from block to block.
type state struct {
	worker  record.Worker
	builder *record.Builder
	rows    int // of the last block ...
	bytes   int // ... which had so many bytes
}

// New starts a run. Close must be called.
func New(blocks Blocks, o Options) *Pipeline {
	p := &Pipeline{o: o, blocks: blocks, stop: make(chan struct{}), source: -1}
	if o.Workers <= 1 && !o.Live {
		p.own = p.newState()
		return p
	}
	p.jobs, p.order, p.reader = make(chan *job, o.Workers), make(chan *job, o.Workers+2), make(chan struct{})
	go p.read()
	p.wait.Add(o.Workers)
	for range o.Workers {
		go p.work()
	}
	return p
}

func (p *Pipeline) newState() *state {
	return &state{worker: p.o.NewWorker(), builder: record.NewBuilder(p.o.Schema, p.o.Alloc, p.o.Present), rows: 1, bytes: 150}
}

// Next is the next batch, io.EOF at the end. When ctx is done first, its error comes, and the call can be repeated.
func (p *Pipeline) Next(ctx context.Context) (*record.Batch, error) {
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
		if j.batch.Lines() > 0 {
			return j.batch, nil
		}
		j.batch.Release()
	}
}

// take is the next job in order, finished.
func (p *Pipeline) take(ctx context.Context) (*job, error) {
	if p.own != nil {
		block, err := p.blocks.Next()
		j := &job{block: block, err: err}
		if err == nil {
			p.run(p.own, j)
		}
		return j, nil
	}
	if p.first == nil {
		select {
		case j, ok := <-p.order:
			if !ok {
				return &job{err: io.EOF}, nil
			}
			p.first = j
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	select {
	case <-p.first.done:
		j := p.first
		p.first = nil
		return j, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// settle gives the batch its place in the input, which only the order of the input knows.
func (p *Pipeline) settle(j *job) {
	b := j.batch
	if j.block.Source != p.source {
		p.source, p.line = j.block.Source, 1
	}
	b.Source, b.FirstLine, b.Offset = p.source, p.line, j.block.Offset
	p.line += b.Lines()
	s := &p.Stats
	s.Bytes.Add(b.InputBytes())
	s.Lines.Add(b.Lines())
	s.Records.Add(int64(b.Len()))
	s.Continuations.Add(b.Continuations())
	s.Rejects.Add(int64(b.Rejects()))
	for i := range b.Rejects() {
		s.Faults[b.Fault(i)].Add(1)
	}
}

// Close stops everything and waits for the workers. A read that the system does not interrupt ends by itself later; what it brings is
// dropped.
func (p *Pipeline) Close() {
	p.once.Do(func() {
		close(p.stop)
		p.blocks.Close()
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
	if p.ended == nil {
		p.ended = errors.New("the reader is closed")
	}
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
	switch {
	case j.batch != nil:
		j.batch.Release()
	case j.block.Data != nil:
		p.o.Alloc.Free(j.block.Data)
	}
}

// read is the goroutine that reads ahead.
func (p *Pipeline) read() {
	defer close(p.reader)
	defer p.drainIfStopped()
	defer close(p.order)
	defer close(p.jobs)
	for {
		j := &job{done: make(chan struct{})}
		p.guard(j, func() { j.block, j.err = p.blocks.Next() })
		if j.err != nil {
			close(j.done)
		}
		select {
		case p.order <- j:
		case <-p.stop:
			if j.block.Data != nil {
				p.o.Alloc.Free(j.block.Data)
			}
			return
		}
		if j.err != nil {
			return
		}
		select {
		case p.jobs <- j:
		case <-p.stop:
			return
		}
	}
}

// drainIfStopped frees what was put into the order after Close had looked there.
func (p *Pipeline) drainIfStopped() {
	select {
	case <-p.stop:
		p.wait.Wait()
		p.drain()
	default:
	}
}

// work is the goroutine of a worker.
func (p *Pipeline) work() {
	defer p.wait.Done()
	s := p.newState()
	for {
		select {
		case <-p.stop:
			return
		case j, ok := <-p.jobs:
			if !ok {
				return
			}
			p.guard(j, func() { p.run(s, j) })
			close(j.done)
		}
	}
}

// guard turns a panic into an error: nothing that goes wrong here may end the host.
func (p *Pipeline) guard(j *job, f func()) {
	defer func() {
		if v := recover(); v != nil {
			j.err = &Panic{v, debug.Stack()}
		}
	}()
	f()
}

// run parses the block of a job.
func (p *Pipeline) run(s *state, j *job) {
	b, block := s.builder, &j.block
	b.Start(int(int64(block.N)*int64(s.rows)/int64(s.bytes))*9/8 + 16)
	if block.Long > 0 {
		b.Begin(block.Data, block.N-1, true)
		b.RejectCut(record.TooLong, 0, block.N-1, block.Long)
		b.Skip(block.Gap)
	} else {
		b.Begin(block.Data, block.N, true)
		if block.Short {
			b.Skip(-1)
		}
		s.worker.Parse(b, block.Data, block.N)
		s.rows, s.bytes = b.Row+1, block.N+1
	}
	j.batch = b.Finish()
	block.Data = nil
}
