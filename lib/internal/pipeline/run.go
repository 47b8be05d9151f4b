package pipeline

import (
	"context"
	"errors"
	"runtime/debug"

	"github.com/sawlog/sawlog/lib/internal/source"
	"github.com/sawlog/sawlog/lib/record"
)

// Panic is a panic in a worker or in the allocator, caught: nothing that goes wrong here may end the host.
type Panic = source.Panic

// pull is the next block.
func (p *Pipeline) pull(ctx context.Context) (block source.Block, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &Panic{Value: v, Stack: debug.Stack()}
		}
	}()
	if b, ok := p.blocks.(interruptible); ok {
		return b.NextContext(ctx)
	}
	return p.blocks.Next()
}

// read is the goroutine that reads ahead.
func (p *Pipeline) read() {
	defer close(p.reader)
	defer p.drainIfStopped()
	defer close(p.order)
	defer close(p.jobs)
	for !p.stopped() {
		j := &job{done: make(chan struct{})}
		j.block, j.err = p.pull(context.Background())
		if j.err != nil {
			close(j.done)
		}
		if p.stopped() {
			p.release(j)
			return
		}
		select {
		case p.order <- j:
		case <-p.stop:
			p.release(j)
			return
		}
		if j.err != nil {
			return
		}
		select {
		case p.jobs <- j:
		case <-p.stop:
			return // j is in order: it is drained from there
		}
	}
}

func (p *Pipeline) stopped() bool {
	select {
	case <-p.stop:
		return true
	default:
		return false
	}
}

// drainIfStopped frees what was put into the order after Close had looked there.
func (p *Pipeline) drainIfStopped() {
	if p.stopped() {
		p.wait.Wait()
		p.drain()
	}
}

// work is the goroutine of a worker.
func (p *Pipeline) work() {
	defer p.wait.Done()
	w := &worker{o: &p.o}
	for {
		select {
		case <-p.stop:
			return
		case j, ok := <-p.jobs:
			if !ok {
				return
			}
			w.finish(j)
		}
	}
}

// worker is what one goroutine keeps from block to block. It is made when there is something to do.
type worker struct {
	o       *Options
	parser  record.Worker
	builder *record.Builder
	rows    int // of the last block that was large enough to learn from ...
	bytes   int // ... which had so many bytes
}

// finish runs a job that somebody waits for.
func (w *worker) finish(j *job) {
	defer close(j.done)
	w.run(j)
}

// run parses the block of a job. A panic becomes the job's error, and its memory is given back.
func (w *worker) run(j *job) {
	defer func() {
		v := recover()
		if j.batch != nil {
			return
		}
		if j.err = errors.New("a worker has left its goroutine"); v != nil {
			j.err = &Panic{Value: v, Stack: debug.Stack()}
		}
		w.o.Alloc.Free(j.block.Data)
		j.block.Data = nil
		if w.builder != nil {
			w.builder.Close()
		}
		w.builder, w.parser = nil, nil // who knows what they hold now
	}()
	if w.builder == nil {
		w.parser, w.builder = w.o.NewWorker(), record.NewBuilder(w.o.Schema, w.o.Alloc, w.o.Present)
		w.rows, w.bytes = 1, 150
	}
	w.parse(&j.block)
	j.batch = w.builder.Finish()
	j.block.Data = nil
}

func (w *worker) parse(block *source.Block) {
	b := w.builder
	if block.Long > 0 {
		b.Start(0)
		b.Begin(block.Data, block.N-1, true)
		b.RejectCut(record.TooLong, 0, block.N-1, block.Long)
		b.Skip(block.Gap)
		return
	}
	b.Start(w.expected(block.N))
	b.Begin(block.Data, block.N, true)
	if block.Short {
		b.Skip(-1)
	}
	w.parser.Parse(b, block.Data, block.N)
	const telling = 1 << 12
	if block.N >= telling {
		w.rows, w.bytes = b.Row+1, block.N
	}
}

// expected is how many rows n bytes may have, a little more than the last block had. Lines of a few bytes come as a surprise: room for
// a million rows of all columns is not made on suspicion.
func (w *worker) expected(n int) int {
	const shortest = 24
	return min(int(int64(n)*int64(w.rows)/int64(w.bytes))*9/8, n/shortest) + 16
}
