package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Block is whole lines of one source. Data[:N] ends with a newline, and scan.Slack bytes behind it are newlines too.
//
//	| line \n | line \n | ... line \n | slack |
//	0                                 N
type Block struct {
	Data   []byte
	N      int
	Source int   // which input, from 0
	Offset int64 // of Data[0] in its source, after decompression
	Short  bool  // the last newline is not in the source: its last line had none
	// Long: the block is the beginning of one line that is too long. Long is the length of that line, without its ending, and Gap how
	// many bytes of the source follow Data[:N-1] up to behind that ending.
	Long, Gap int64
}

// Options say how to cut.
type Options struct {
	Size  int    // bytes of a block; 0: about 1 MiB
	Line  int    // longest line
	Bytes int64  // bytes in all, after decompression; 0: no limit
	Codec string // "auto", "none" or one of Codecs
	Whole bool   // each source is one block, up to Line bytes
	Alloc record.Allocator
}

// Blocks reads inputs one after another. Next is for one goroutine; the counters may be read by others meanwhile.
type Blocks struct {
	In   atomic.Int64 // bytes read as stored
	Done atomic.Int64 // inputs read to their end

	o      Options
	inputs []Input
	number int // of the input under way

	raw     io.ReadCloser
	opened  atomic.Pointer[io.ReadCloser] // raw, for Close
	stored  *counted
	content io.ReadCloser
	packed  bool
	offset  int64  // of tail
	total   int64  // bytes after decompression, of all inputs
	tail    []byte // the unfinished line behind the last block
	failed  error  // to be returned once what came before it is
}

// New makes Blocks.
func New(inputs []Input, o Options) *Blocks {
	if o.Size <= 0 {
		o.Size = 1<<20 - 1 - scan.Slack // fills a size class of the allocator
	}
	return &Blocks{o: o, inputs: inputs}
}

// Live tells whether one of the inputs may keep a reader waiting.
func (s *Blocks) Live() bool {
	for i := range s.inputs {
		if s.inputs[i].Live {
			return true
		}
	}
	return false
}

// Total is the size of all inputs as stored, 0 where one is not known.
func (s *Blocks) Total() (total int64) {
	for i := range s.inputs {
		if s.inputs[i].Size == 0 && s.inputs[i].Live {
			return 0
		}
		total += s.inputs[i].Size
	}
	return total
}

// Next gives the next block; io.EOF when there is none. The memory of the block is the caller's.
func (s *Blocks) Next() (Block, error) {
	for {
		if s.failed != nil {
			return Block{}, s.failed
		}
		if s.content == nil {
			if s.number >= len(s.inputs) {
				return Block{}, io.EOF
			}
			if err := s.open(); err != nil {
				s.failed = err
				continue
			}
		}
		block, ok := s.fill()
		if ok {
			return block, nil
		}
	}
}

// Close closes what is open; a read that waits in another goroutine ends where the system lets it.
func (s *Blocks) Close() {
	if raw := s.opened.Swap(nil); raw != nil {
		_ = (*raw).Close()
	}
}

func (s *Blocks) open() error {
	in := &s.inputs[s.number]
	s.offset, s.tail = 0, s.tail[:0]
	raw, err := in.Open()
	if err != nil {
		return s.wrap(err)
	}
	s.raw = raw
	s.opened.Store(&raw)
	s.stored = &counted{r: raw, n: &s.In}
	content, packed, err := decompress(s.stored, s.o.Codec)
	s.packed = packed || err != nil
	if err != nil {
		_ = raw.Close()
		return s.wrap(err)
	}
	s.content = content
	return s.skipMark()
}

// skipMark leaves out a byte order mark at the beginning.
func (s *Blocks) skipMark() error {
	const mark = "\xef\xbb\xbf"
	for len(s.tail) < len(mark) && mark[:len(s.tail)] == string(s.tail) {
		var b [1]byte
		n, err := s.content.Read(b[:])
		s.tail = append(s.tail, b[:n]...)
		s.total += int64(n)
		if err == io.EOF {
			break
		} else if err != nil {
			return s.wrap(err)
		}
	}
	if string(s.tail) == mark {
		s.offset, s.tail = int64(len(mark)), s.tail[:0]
	}
	return nil
}

// wrap says where an error happened.
func (s *Blocks) wrap(err error) error {
	var own *Error
	if errors.As(err, &own) {
		return err
	}
	e := &Error{Path: s.inputs[s.number].Name, Offset: s.offset + int64(len(s.tail)), Err: err}
	if s.packed && (s.stored == nil || s.stored.err == nil) {
		e.Kind = Codec
	}
	return e
}

// close ends the input under way.
func (s *Blocks) close() {
	_ = s.content.Close()
	if s.opened.Swap(nil) != nil {
		_ = s.raw.Close()
	}
	s.content, s.raw = nil, nil
	s.number++
	s.Done.Add(1)
}

// fill makes the next block of the input under way; false when it had no more, or nothing before an error.
func (s *Blocks) fill() (Block, bool) {
	size := max(s.o.Size, len(s.tail)+1)
	buf := s.o.Alloc.Alloc(size + 1 + scan.Slack)
	n := copy(buf, s.tail)
	s.tail = s.tail[:0]
	seen := 0 // bytes of buf known to hold no newline
	for {
		m, err := s.read(buf[n:size])
		n += m
		hasLine := !s.o.Whole && bytes.IndexByte(buf[seen:n], '\n') >= 0
		switch {
		case err != nil:
			return s.last(buf, n, err)
		case hasLine && (n == size || s.inputs[s.number].Live):
			return s.cut(buf, n), true
		case !hasLine && n > s.o.Line+1:
			return s.long(buf, n)
		case n == size:
			size = min(2*size, max(s.o.Line+2, size+1))
			buf = s.grow(buf, n, size)
		}
		if !hasLine {
			seen = n
		}
	}
}

func (s *Blocks) grow(buf []byte, n, size int) []byte {
	larger := s.o.Alloc.Alloc(size + 1 + scan.Slack)
	copy(larger, buf[:n])
	s.o.Alloc.Free(buf)
	return larger
}

// read reads into p and holds the limit of all bytes.
func (s *Blocks) read(p []byte) (int, error) {
	n, err := s.content.Read(p)
	s.total += int64(n)
	if over := s.total - s.o.Bytes; s.o.Bytes > 0 && over > 0 {
		n -= int(min(over, int64(n)))
		in := &s.inputs[s.number]
		return n, &Error{Kind: Limit, Path: in.Name, Offset: s.o.Bytes, Err: fmt.Errorf("more than the limit of %d bytes", s.o.Bytes)}
	}
	return n, err
}

// cut makes a block of the whole lines of buf[:n]; what is left begins the next one.
func (s *Blocks) cut(buf []byte, n int) Block {
	end := bytes.LastIndexByte(buf[:n], '\n') + 1
	s.tail = append(s.tail, buf[end:n]...)
	return s.block(buf, end)
}

func (s *Blocks) block(buf []byte, n int) Block {
	for i := range buf[n:min(len(buf), n+scan.Slack)] {
		buf[n+i] = '\n'
	}
	b := Block{Data: buf, N: n, Source: s.number, Offset: s.offset}
	s.offset += int64(n)
	return b
}

// last makes the block before the end of an input, or before an error.
func (s *Blocks) last(buf []byte, n int, err error) (Block, bool) {
	if err != io.EOF {
		s.tail = append(s.tail[:0], buf[:n]...) // for the offset that wrap gives
		s.failed = s.wrap(err)
		s.tail = s.tail[:0]
	}
	number := s.number
	s.close()
	if n == 0 {
		s.o.Alloc.Free(buf)
		return Block{}, false
	}
	short := buf[n-1] != '\n'
	if short {
		buf[n] = '\n'
		n++
	}
	b := s.block(buf, n)
	b.Source, b.Short = number, short
	return b, true
}

// long makes a block of the beginning of a line that is too long: buf[:n] has no newline. The rest of the line is read and dropped.
func (s *Blocks) long(buf []byte, n int) (Block, bool) {
	if s.o.Whole {
		s.failed = &Error{Kind: Limit, Path: s.inputs[s.number].Name, Offset: int64(n), Err: fmt.Errorf("a document of more than %d bytes", s.o.Line)}
		s.close()
		s.o.Alloc.Free(buf)
		return Block{}, false
	}
	b := Block{Data: buf, N: s.o.Line + 1, Source: s.number, Offset: s.offset}
	length, last := int64(n), buf[n-1]
	room := make([]byte, 1<<16)
	ending := int64(0)
	for ending == 0 {
		m, err := s.read(room)
		if end := bytes.IndexByte(room[:m], '\n'); end >= 0 {
			s.tail = append(s.tail[:0], room[end+1:m]...)
			m, ending = end, 1
		}
		length += int64(m)
		if m > 0 {
			last = room[m-1]
		}
		if err != nil {
			s.atEnd(err, ending > 0)
			break
		}
	}
	b.Gap = length + ending - int64(s.o.Line)
	b.Long = length
	if last == '\r' && ending > 0 {
		b.Long--
	}
	buf[s.o.Line] = '\n'
	s.offset += length + ending
	return b, true
}

// atEnd settles what ended the input while a long line was being dropped: what is behind that line is still to come.
func (s *Blocks) atEnd(err error, more bool) {
	if more && len(s.tail) > 0 {
		s.content = ended{s.content, err}
		return
	}
	if err != io.EOF {
		s.failed = s.wrap(err)
	}
	s.close()
}

// ended is an input whose end was seen already.
type ended struct {
	io.Closer
	err error
}

func (e ended) Read([]byte) (int, error) { return 0, e.err }
