package pipeline

import (
	"context"
	"errors"
	"runtime/debug"

	"github.com/sawlog/sawlog/lib/internal/frame"
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

// pullRest is the next block, of which something may be missing.
func (p *Pipeline) pullRest(ctx context.Context) (block source.Block, err error) {
	b, ok := p.blocks.(parted)
	if !ok {
		return p.pull(ctx)
	}
	defer func() {
		if v := recover(); v != nil {
			err = &Panic{Value: v, Stack: debug.Stack()}
		}
	}()
	return b.NextRest(ctx)
}

// help is the goroutine of a worker that takes its blocks itself.
func (p *Pipeline) help() {
	defer p.wait.Done()
	w := &worker{o: &p.o}
	defer w.close()
	for {
		p.taking.Lock()
		j := p.place(context.Background())
		if j == nil {
			return
		}
		w.finish(j)
	}
}

// place takes the next block and puts it in the order. The caller holds taking, which is let go. nil: there is no block, the run is
// closed, or ctx is done.
func (p *Pipeline) place(ctx context.Context) *job {
	defer p.taking.Unlock()
	if p.taken || p.stopped() {
		return nil
	}
	j := &job{done: make(chan struct{}), err: errLeft}
	p.taken = true
	defer p.ifLeft(j)
	j.block, j.err = p.pullRest(ctx)
	if j.err != nil && j.err == ctx.Err() {
		p.taken = false
		return nil
	}
	if p.taken = j.err != nil; p.taken {
		close(j.done)
	}
	if !p.enqueue(j) || p.taken {
		return nil
	}
	return j
}

// errLeft is the error of a read that took its goroutine with it.
var errLeft = errors.New("the input ended without a word")

// ifLeft puts j into the order when whoever reads for it is leaving the goroutine.
func (p *Pipeline) ifLeft(j *job) {
	if j.err == errLeft {
		close(j.done)
		p.enqueue(j)
	}
}

// enqueue puts j into the order, unless the run is closed.
func (p *Pipeline) enqueue(j *job) bool {
	select {
	case p.order <- j:
		return true
	case <-p.stop:
		p.release(j)
		return false
	}
}

// read is the goroutine that reads ahead.
func (p *Pipeline) read() {
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
		if !p.enqueue(j) || j.err != nil {
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
	defer w.close()
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
	frames  frame.Parser
	builder *record.Builder
	density float64 // rows that a byte of the last blocks gave, of those that were large enough to learn from
	guessed bool    // there was none yet
}

// close gives back what the worker keeps.
func (w *worker) close() {
	if w.builder != nil {
		w.builder.Close()
		w.builder = nil
	}
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
		free(w.o.Alloc, &j.block)
		w.close()
		w.parser = nil // who knows what it holds now
	}()
	if w.builder == nil {
		w.parser, w.builder = w.o.NewWorker(), record.NewBuilder(w.o.Schema, w.o.Alloc, w.o.Present)
		w.builder.Spare()
		w.density, w.guessed = 1.0/150, true
		w.frames = frame.Parser{Lines: w.parser, NewWhole: w.o.NewWhole}
	}
	if rest := j.block.Rest; rest != nil {
		j.block.Rest = nil
		j.after = rest.Read(&j.block)
	}
	w.parse(&j.block)
	j.batch = w.builder.Finish()
	j.block.Data = nil
}

// free gives back the memory of a block that is not parsed.
func free(alloc record.Allocator, block *source.Block) {
	if block.Rest != nil {
		block.Rest.Drop()
		block.Rest = nil
	}
	switch {
	case block.Made != nil:
		block.Made.Release()
	case block.Data != nil:
		alloc.Free(block.Data)
	}
	block.Made, block.Data = nil, nil
}

func (w *worker) parse(block *source.Block) {
	b := w.builder
	if block.Made != nil {
		n := block.Made.Size()
		b.Start(w.expected(n))
		block.Made.Parse(w.parser, b)
		block.Made = nil
		w.learn(b.Row, n)
		return
	}
	if block.Long > 0 {
		b.Start(0)
		b.Begin(block.Data, block.N-1, true)
		b.RejectCut(record.TooLong, 0, block.N-1, block.Long)
		b.Skip(block.Gap)
		return
	}
	b.Start(w.expected(block.N))
	b.Before = block.Before
	if block.Layout != nil {
		w.frames.Parse(b, &frame.Block{Data: block.Data, N: block.N, Layout: block.Layout}, true)
	} else {
		b.Begin(block.Data, block.N, true)
		if block.Short {
			b.Skip(-1)
		}
		if block.N > 0 {
			w.parser.Parse(b, block.Data, block.N)
		}
	}
	w.learn(b.Row, block.N)
}

// learn settles how many rows are expected of a block: as many as the last one had, or a little less than those before where these
// had more. Too few cost a copy of all columns, too many cost memory that the host may keep.
func (w *worker) learn(rows, bytes int) {
	const telling, slow = 1 << 12, 4
	if bytes < telling {
		return
	}
	density := float64(rows+1) / float64(bytes)
	if density < w.density && !w.guessed {
		density = w.density - (w.density-density)/slow
	}
	w.density, w.guessed = density, false
}

// expected is how many rows n bytes may have. Lines of a few bytes come as a surprise: room for a million rows of all columns is not
// made on suspicion.
func (w *worker) expected(n int) int {
	const shortest, spare = 24, 1 + 1.0/32
	return min(int(float64(n)*w.density*spare), n/shortest) + 16
}
