package source

import "context"

// Sample reads the beginning of the inputs and keeps it for Next: until enough (which gets the text so far), or as far as there is
// something. It can be called again after an error, which is ctx's.
func (s *Blocks) Sample(ctx context.Context, enough func(sample []byte) bool) (sample []byte, err error) {
	sample = s.heldText()
	held, cut := 0, 0 // bytes held, and how many were cut into records
	for !enough(sample) {
		block, err := s.advance(ctx)
		switch {
		case err != nil && err == ctx.Err():
			return sample, err
		case err != nil && s.o.Frame != nil:
			return s.sampleText(true), nil
		case err != nil:
			return sample, nil // Next will come upon it again
		}
		s.hold(block)
		held += block.N
		switch {
		case s.o.Frame == nil:
			sample = block.appendText(sample)
		case held >= cut+cut/8: // it is all cut anew
			sample, cut = s.sampleText(false), held
		}
	}
	return sample, nil
}

func (s *Blocks) heldText() (text []byte) {
	if s.o.Frame != nil {
		return s.sampleText(false)
	}
	s.mu.Lock() // Close frees them
	defer s.mu.Unlock()
	for i := range s.held {
		text = s.held[i].appendText(text)
	}
	return text
}

// appendText appends the block as it stands in the source. For what is gone of a line that is too long, zeros stand in, so that whoever
// looks at a sample finds that line too long as well, and the others where they are.
func (b *Block) appendText(to []byte) []byte {
	const most = 8 << 20 // is more than any sample
	switch {
	case b.Long > 0:
		to = append(append(to, b.Data[:b.N-1]...), make([]byte, min(b.Gap, most))...)
		to[len(to)-1] = '\n'
		return to
	case b.Short:
		return append(to, b.Data[:b.N-1]...)
	}
	return append(to, b.Data[:b.N]...)
}

func (s *Blocks) hold(b Block) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed.Load() {
		s.o.Alloc.Free(b.Data)
		return
	}
	s.held = append(s.held, b)
}

func (s *Blocks) pop() (b Block, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.held) == 0 {
		return b, false
	}
	b, s.held = s.held[0], s.held[1:]
	return b, true
}
