package envelope

import (
	"context"
	"sync"

	"github.com/sawlog/sawlog/lib/internal/source"
	"github.com/sawlog/sawlog/lib/record"
)

// Blocks unwraps the blocks of a source, one after the other.
type Blocks struct {
	from interface {
		NextContext(ctx context.Context) (source.Block, error)
		Close()
	}
	u      *Unwrapper
	source int
	offset int64 // behind the last block
	failed error // comes behind what is still open

	mu     sync.Mutex // of what follows: Close may come while NextContext waits
	next   *source.Block
	closed bool
}

// NewBlocks unwraps what from gives.
func (p *Plan) NewBlocks(from *source.Blocks) *Blocks {
	return &Blocks{from: from, u: p.NewUnwrapper(), source: -1}
}

// Next is NextContext without an end.
func (s *Blocks) Next() (source.Block, error) { return s.NextContext(context.Background()) }

// NextContext gives the next block, with a Chunk in it.
func (s *Blocks) NextContext(ctx context.Context) (source.Block, error) {
	if s.failed != nil {
		return source.Block{}, s.failed
	}
	block := s.take()
	if block == nil {
		b, err := s.from.NextContext(ctx)
		if err != nil && err == ctx.Err() {
			return source.Block{}, err
		}
		if err != nil {
			s.failed = err
			if s.u.Open() && err != source.ErrClosed {
				return s.end(), nil
			}
			return source.Block{}, err
		}
		block = &b
	}
	if block.Source != s.source {
		if s.u.Open() {
			if !s.keep(block) {
				return source.Block{}, source.ErrClosed
			}
			return s.end(), nil
		}
		s.source, s.offset = block.Source, block.Offset
		s.u.Next()
	}
	return s.unwrap(block), nil
}

// take is the block that was kept, nil for none.
func (s *Blocks) take() *source.Block {
	s.mu.Lock()
	defer s.mu.Unlock()
	block := s.next
	s.next = nil
	return block
}

// keep holds a block back for the next call; false: nobody will ask for it.
func (s *Blocks) keep(block *source.Block) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		s.u.p.Alloc.Free(block.Data)
		return false
	}
	s.next = block
	return true
}

// end is a block of what the source under way has left open.
func (s *Blocks) end() source.Block {
	return source.Block{Source: s.source, Offset: s.offset, Made: s.u.Add(Input{Offset: s.offset}, true)}
}

func (s *Blocks) unwrap(block *source.Block) source.Block {
	in := Input{Data: block.Data, N: block.N, Own: true, Offset: block.Offset, Bytes: int64(block.N), Long: block.Long}
	if block.Long > 0 {
		in.Bytes = int64(block.N-1) + block.Gap
	}
	if block.Short {
		in.Bytes--
	}
	if block.Layout != nil {
		in.Bytes, in.Long, in.Layout = block.Layout.Bytes, 0, block.Layout
	}
	s.offset = block.Offset + in.Bytes
	return source.Block{Source: block.Source, Offset: block.Offset, Made: s.u.Add(in, false)}
}

// Close closes the source.
func (s *Blocks) Close() {
	s.from.Close()
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	if kept := s.take(); kept != nil {
		s.u.p.Alloc.Free(kept.Data)
	}
}

// Size implements source.Made.
func (c *Chunk) Size() int { return c.sheet.n }

// Parse implements source.Made.
func (c *Chunk) Parse(w record.Worker, b *record.Builder) { c.ParseAt(w, b, c.base, c.offset) }

// ParseAt is Parse for a batch that began at a line and an offset of the stream.
func (c *Chunk) ParseAt(w record.Worker, b *record.Builder, line, offset int64) {
	if outside, ok := w.(record.Wrapper); ok {
		outside.Wrap(b, func(inside record.Worker) { c.ParseAt(inside, b, line, offset) })
		return
	}
	w.(*Worker).ParseChunk(b, c, line, offset)
}
