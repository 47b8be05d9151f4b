package source

import (
	"context"
	"io"

	"github.com/sawlog/sawlog/lib/internal/frame"
	"github.com/sawlog/sawlog/lib/record"
)

// Records that are not simply lines: the blocks that are read are fed to a frame.Cutter, and its blocks are handed on.

// SetFrame makes Next cut what has not been handed out yet by f. Blocks that Sample has read are cut anew.
func (s *Blocks) SetFrame(f *frame.Frame) {
	s.o.Frame = f
	s.raw = f != nil && !f.ByLines()
}

// framed is the state of cutting.
type framed struct {
	cutter *frame.Cutter
	source int   // that is being cut, -1: none
	under  Block // that is being fed: its memory is given back when it is used up
	ended  bool  // the source is at its end
	then   Block // the first block of the source after it
	err    error // what comes behind all blocks
}

// framedNext is the next block of records.
func (s *Blocks) framedNext(ctx context.Context) (Block, error) {
	s.cutting.Lock()
	block, err := s.cutNext(ctx)
	s.cutting.Unlock()
	if s.closed.Load() {
		s.closeCutter()
	}
	return block, err
}

func (s *Blocks) cutNext(ctx context.Context) (Block, error) {
	c := &s.cut
	if c.cutter == nil {
		c.cutter, c.source = s.o.Frame.NewCutter(s.o.Alloc, s.o.Size), -1
	}
	for {
		if s.closed.Load() {
			return Block{}, ErrClosed
		}
		if c.ended {
			if block, ok := c.cutter.Flush(true); ok {
				return s.handOut(block), nil
			}
			c.ended = false
			if c.err != nil {
				err := c.err
				if err != io.EOF {
					c.err = nil
				}
				return Block{}, err
			}
			s.begin(c.then)
			c.then = Block{}
		}
		if c.under.Data != nil {
			if block, ok := s.next(); ok {
				return s.handOut(block), nil
			}
			if s.inputs[c.source].Live {
				if block, ok := c.cutter.Flush(false); ok {
					return s.handOut(block), nil
				}
			}
		}
		if c.err != nil {
			return Block{}, c.err
		}
		block, ok := s.pop()
		if !ok {
			var err error
			if block, err = s.advance(ctx); err != nil && err == ctx.Err() {
				return Block{}, err
			} else if err != nil {
				c.err, c.ended = err, c.source >= 0
				continue
			}
		}
		if c.source >= 0 && block.Source != c.source {
			c.then, c.ended = block, true
			continue
		}
		s.begin(block)
	}
}

// begin takes a block that was read.
func (s *Blocks) begin(block Block) {
	c := &s.cut
	if block.Data == nil {
		return
	}
	if block.Source != c.source {
		c.cutter.Start(block.Offset)
		c.source = block.Source
	}
	c.under = block
	n := block.N
	if block.Short {
		n--
	}
	if block.Long == 0 {
		c.cutter.Feed(block.Data[:n])
	}
}

// next is a block of what was fed.
func (s *Blocks) next() (block frame.Block, ok bool) {
	c := &s.cut
	if c.under.Long > 0 {
		block, ok = c.cutter.FeedTooLong(c.under.Data[:c.under.N-1], c.under.Long, int64(c.under.N-1)+c.under.Gap)
		c.under.Long = 0
		if ok {
			return block, ok
		}
	}
	if block, ok = c.cutter.Next(); !ok {
		s.o.Alloc.Free(c.under.Data)
		c.under = Block{}
	}
	return block, ok
}

func (s *Blocks) handOut(b frame.Block) Block {
	return Block{Data: b.Data, N: b.N, Source: s.cut.source, Offset: b.Offset, Layout: b.Layout}
}

// closeCutter gives memory back. While a block is being cut, whoever cuts it does that afterwards: a read that waits is not waited for.
func (s *Blocks) closeCutter() {
	if !s.cutting.TryLock() {
		return
	}
	defer s.cutting.Unlock()
	c := &s.cut
	if c.cutter != nil {
		c.cutter.Close()
	}
	for _, b := range []Block{c.under, c.then} {
		if b.Data != nil {
			s.o.Alloc.Free(b.Data)
		}
	}
	c.under, c.then = Block{}, Block{}
}

// sampleText is the text of the blocks that Sample has read, cut into records. final: there is no more.
func (s *Blocks) sampleText(final bool) (text []byte) {
	s.mu.Lock() // Close frees them
	defer s.mu.Unlock()
	if !s.o.Frame.Plain() {
		for i := range s.held {
			text = s.held[i].appendText(text)
		}
		return text
	}
	cutter := s.o.Frame.NewCutter(record.Heap, s.o.Size)
	defer cutter.Close()
	take := func(block frame.Block, ok bool) bool {
		if ok {
			text = block.AppendText(text)
			record.Heap.Free(block.Data)
		}
		return ok
	}
	source := -1
	for i := range s.held {
		b := &s.held[i]
		if b.Source != source {
			if source >= 0 {
				for take(cutter.Flush(true)) {
				}
			}
			cutter.Start(b.Offset)
			source = b.Source
		}
		n := b.N
		if b.Short {
			n--
		}
		if b.Long > 0 { // it is no record, and ends the one before it
			take(cutter.FeedTooLong(b.Data[:b.N-1], b.Long, int64(b.N-1)+b.Gap))
		} else {
			cutter.Feed(b.Data[:n])
		}
		for take(cutter.Next()) {
		}
	}
	for source >= 0 && take(cutter.Flush(final)) {
	}
	return text
}
