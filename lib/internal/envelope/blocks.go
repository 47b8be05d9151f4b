package envelope

import (
	"context"

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
	next   *source.Block
	failed error // comes behind what is still open
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
	block := s.next
	if s.next = nil; block == nil {
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
			s.next = block
			return s.end(), nil
		}
		s.source, s.offset = block.Source, block.Offset
		s.u.Next()
	}
	return s.unwrap(block), nil
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
	if s.next != nil {
		s.u.p.Alloc.Free(s.next.Data)
		s.next = nil
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
