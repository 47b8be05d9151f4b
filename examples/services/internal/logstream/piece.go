package logstream

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kgo"
)

// A piece of a batch: input messages of one partition that are parsed together, and the output made of them. Its memory, and that of its
// input, is used again as soon as all of its output has been acknowledged or has failed, so that little of it is under way at any time and
// most of that is in the processor's cache.
type piece struct {
	in      []*kgo.Record
	out     []kgo.Record // which points into arena, and into in
	arena   []byte
	rejects int          // so far
	left    atomic.Int64 // output messages that the client still has, and one until all of them are sent
	batch   *batch
	home    *pieces
}

// add adds an output message.
func (p *piece) add(r kgo.Record) { p.out = append(p.out, r) }

// Write appends to the arena.
func (p *piece) Write(b []byte) (int, error) {
	p.arena = append(p.arena, b...)
	return len(b), nil
}

// acknowledged is called by the client, once for each output message: it needs it no longer.
func (p *piece) acknowledged(_ *kgo.Record, err error) {
	if err != nil {
		p.batch.fail(err)
	}
	p.done()
}

func (p *piece) done() {
	if p.left.Add(-1) > 0 {
		return
	}
	for _, r := range p.in {
		r.Recycle()
	}
	clear(p.out) // drops what they point to
	p.in, p.out, p.arena, p.rejects, p.batch = nil, p.out[:0], p.arena[:0], 0, nil
	if cap(p.out) > outKept {
		p.out = nil
	}
	p.home.put(p)
}

// pieces are a bounded number: what the brokers take more slowly than it is made waits here, not in memory.
type pieces struct {
	taken chan struct{} // has one for each that is under way
	mu    sync.Mutex
	free  []*piece // to be used again, the latest first
}

const (
	pieceBytes   = 256 << 10 // of input: it stays in the processor's cache while it is parsed
	arenaBytes   = 512 << 10 // of output, usually
	pieceMost    = 4096      // messages
	piecesMost   = 32
	largeMessage = 1 << 20       // one that is larger is parsed in parts: what is made of it may be a hundred times as large
	largestKept  = 4 << 20       // what a large message has grown beyond is not kept
	outKept      = 2 * pieceMost // nor what many dead letters have
)

func newPieces() *pieces { return &pieces{taken: make(chan struct{}, piecesMost)} }

// take waits until there is one, or ctx ends.
func (ps *pieces) take(ctx context.Context) (*piece, error) {
	select {
	case ps.taken <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	n := len(ps.free) - 1
	if n < 0 {
		return &piece{arena: make([]byte, 0, arenaBytes), home: ps}, nil
	}
	p := ps.free[n]
	ps.free[n], ps.free = nil, ps.free[:n]
	return p, nil
}

func (ps *pieces) put(p *piece) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if cap(p.arena) <= largestKept {
		ps.free = append(ps.free, p)
	}
	<-ps.taken
}

// cut is how many of the messages make a piece.
func cut(in []*kgo.Record) (n int) {
	for size := 0; n < min(len(in), pieceMost) && (n == 0 || size+len(in[n].Value) < pieceBytes); n++ {
		size += len(in[n].Value) + 1
	}
	return n
}
