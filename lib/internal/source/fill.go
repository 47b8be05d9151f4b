package source

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/sawlog/sawlog/lib/internal/charset"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// fill makes the next block of the input under way; false when it had no more, or nothing before an error.
func (s *Blocks) fill(ctx context.Context) (Block, bool) {
	if s.over > 0 { // ctx was done in the middle of a line
		s.buf = s.o.Alloc.Alloc(s.o.Line + 1 + scan.Slack)
		copy(s.buf, s.takeTail())
		return s.passOver(ctx)
	}
	live, size := s.inputs[s.number].Live, max(s.o.Size, len(s.tail)+1)
	s.buf = s.o.Alloc.Alloc(size + 1 + scan.Slack)
	n := copy(s.buf, s.takeTail())
	seen, line := 0, false // is there a whole line in what was seen?
	for {
		line = line || !s.o.Whole && !s.raw && bytes.IndexByte(s.buf[seen:n], '\n') >= 0
		seen = n
		switch {
		case s.raw && (n == size || live && n > 0):
			return s.block(n), true
		case line && (live || n == size):
			return s.whole(n), true
		case !line && !s.raw && n > s.o.Line+1:
			return s.long(ctx, n)
		case n == size:
			// Twice as much, but no more than it takes to know that a line is too long.
			size = min(2*size, s.o.Line+2)
			s.grow(n, size)
		}
		m, err := s.read(s.buf[n:size])
		if n += m; err != nil {
			return s.last(n, err)
		}
	}
}

// takeTail is the tail, to be copied at once. The memory of an unusually long one is not kept.
func (s *Blocks) takeTail() []byte {
	const usual = 1 << 21
	tail := s.tail
	s.tail = s.tail[:0]
	if cap(tail) > usual && len(tail) < usual/2 {
		s.tail = nil
	}
	return tail
}

// grow moves buf[:n] to memory for size bytes.
func (s *Blocks) grow(n, size int) {
	larger := s.o.Alloc.Alloc(size + 1 + scan.Slack)
	copy(larger, s.buf[:n])
	s.freeBuffer()
	s.buf = larger
}

// read reads into p and holds the limit of all bytes.
func (s *Blocks) read(p []byte) (n int, err error) {
	if s.closed.Load() {
		return 0, ErrClosed
	}
	limited := s.o.Bytes > 0
	if limited {
		p = p[:min(int64(len(p)), s.o.Bytes-s.total+1)] // one more tells whether there is more
	}
	err = caught(func() error {
		n, err = s.content.Read(p)
		return err
	})
	s.got += int64(n)
	s.total += int64(n)
	if limited && s.total > s.o.Bytes {
		n, s.got, s.total = n-1, s.got-1, s.total-1
		err = &Error{Kind: Limit, Path: s.inputs[s.number].Name, Offset: s.got, Err: fmt.Errorf("more than the limit of %d bytes", s.o.Bytes)}
	}
	return n, err
}

// whole makes a block of the whole lines of buf[:n]; what is left begins the next one.
func (s *Blocks) whole(n int) Block {
	end := bytes.LastIndexByte(s.buf[:n], '\n') + 1
	s.tail = append(s.tail[:0], s.buf[end:n]...)
	return s.block(end)
}

// shrink moves buf[:n] to memory of its size when that is much less: a live input brings a few lines at a time, and these are not let
// hold the memory of a whole block for as long as their batch is kept.
func (s *Blocks) shrink(n int) {
	if need := n + 1 + scan.Slack; len(s.buf) >= 1<<16 && need <= len(s.buf)/4 {
		s.grow(n, n)
	}
}

// block hands out buf[:n].
func (s *Blocks) block(n int) Block {
	s.shrink(n)
	buf := s.buf
	s.buf = nil
	scan.FillSlack(buf[n : n+scan.Slack])
	b := Block{Data: buf, N: n, Source: s.number, Offset: s.offset}
	s.offset += int64(n)
	return b
}

// last makes the block before the end of an input, or before an error.
func (s *Blocks) last(n int, err error) (b Block, ok bool) {
	if err == io.EOF {
		s.Done.Add(1)
	} else {
		s.failed = s.wrap(err)
	}
	if n > 0 {
		short := s.buf[n-1] != '\n' && !s.raw
		if short {
			s.buf[n] = '\n'
			n++
		}
		b = s.block(n)
		b.Short = short
	} else {
		s.freeBuffer()
	}
	s.close()
	return b, n > 0
}

// long makes a block of the beginning of a line that is too long: buf[:n] has no newline.
func (s *Blocks) long(ctx context.Context, n int) (Block, bool) {
	if s.o.Whole {
		s.failed = &Error{Kind: Limit, Path: s.inputs[s.number].Name, Offset: int64(n), Err: fmt.Errorf("a document of more than %d bytes", s.o.Line)}
		s.freeBuffer()
		s.close()
		return Block{}, false
	}
	s.over, s.ending = int64(n-s.o.Line), s.buf[n-1]
	return s.passOver(ctx)
}

// passOver reads the rest of a line that is too long and drops it. Such a line may be as long as a disk, so that ctx is looked at.
func (s *Blocks) passOver(ctx context.Context) (Block, bool) {
	if s.room == nil {
		s.room = make([]byte, 1<<16)
	}
	for {
		if ctx.Err() != nil {
			s.tail = append(s.tail[:0], s.buf[:s.o.Line]...)
			s.freeBuffer()
			return Block{}, false
		}
		m, err := s.read(s.room)
		end := bytes.IndexByte(s.room[:m], '\n')
		if end >= 0 {
			s.tail = append(s.tail[:0], s.room[end+1:m]...)
			m = end
		}
		if m > 0 {
			s.over, s.ending = s.over+int64(m), s.room[m-1]
		}
		if err != nil {
			s.content = ended{s.content, err} // there may be lines before it in tail
		}
		if err != nil || end >= 0 {
			return s.cutLine(end >= 0), true
		}
	}
}

// cutLine is the block of a line that is too long and has been passed over. The carriage return of its ending is no part of it, as
// everywhere, also where the input ends behind that.
func (s *Blocks) cutLine(newline bool) Block {
	s.shrink(s.o.Line)
	b := Block{Data: s.buf, N: s.o.Line + 1, Source: s.number, Offset: s.offset, Long: int64(s.o.Line) + s.over, Gap: s.over}
	if newline {
		b.Gap++
	}
	if s.ending == '\r' {
		b.Long--
	}
	b.Data[s.o.Line] = '\n'
	s.offset += int64(s.o.Line) + b.Gap
	s.buf, s.over = nil, 0
	return b
}

// skipMark leaves out a byte order mark at the beginning.
func (s *Blocks) skipMark() {
	const mark = "\xef\xbb\xbf"
	for len(s.tail) < len(mark) && mark[:len(s.tail)] == string(s.tail) {
		var b [1]byte
		n, err := s.read(b[:])
		s.tail = append(s.tail, b[:n]...)
		if err != nil {
			s.content = ended{s.content, err}
			break
		}
	}
	if string(s.tail) == mark {
		s.tail = s.tail[:0]
		if s.o.Encoding == charset.UTF8 { // else it is no part of the decoded text
			s.offset = int64(len(mark))
		}
	}
	s.sniff()
}

// sniff decodes an input whose byte order mark says that it is UTF-16.
func (s *Blocks) sniff() {
	if s.o.Encoding != charset.UTF8 || len(s.tail) != 1 || s.tail[0] < 0xfe {
		return
	}
	var b [1]byte
	n, err := s.read(b[:])
	s.tail = append(s.tail, b[:n]...)
	if err != nil {
		s.content = ended{s.content, err}
	}
	if e, ok := charset.Sniff(s.tail); ok {
		s.content, s.tail, s.file = decode(s.content, e), s.tail[:0], nil
	}
}

// ended is an input whose end, or error, was seen already.
type ended struct {
	io.Closer
	err error
}

func (e ended) Read([]byte) (int, error) { return 0, e.err }
