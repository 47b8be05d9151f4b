package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/sawlog/sawlog/lib/internal/charset"
	"github.com/sawlog/sawlog/lib/internal/frame"
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
	// Layout: what differs from plain lines, where Options.Frame cuts otherwise. Short, Long and Gap say nothing then.
	Layout *frame.Layout
	// Before is the last line before the block that begins like Options.Directive, without its ending; nil: there is none in this source.
	Before []byte
	// Rest is read into Data before that is looked at; nil: all is there.
	Rest Rest
	// Made is what somebody between source and workers has made of the block; Data is not there then.
	Made Made
}

// Rest is what is still missing in a block.
type Rest interface {
	// Read reads it. After an error, and at an end that comes early, b holds the lines before.
	Read(b *Block) error
	// Drop is for a block that is not wanted any more, instead of Read.
	Drop()
}

// Made is a block that is more than lines.
type Made interface {
	// Size is how many bytes of text there are to parse.
	Size() int
	// Parse adds its records and rejects to b, with a worker that knows such blocks. It is called once.
	Parse(w record.Worker, b *record.Builder)
	// Release gives its memory back when it is not parsed.
	Release()
}

// Options say how to cut.
type Options struct {
	Size  int    // bytes of a block; 0: about 384 KiB
	Line  int    // longest line, at least 1
	Bytes int64  // bytes of all inputs together, after decompression; 0: no limit
	Codec string // "auto", "none" or one of Codecs
	Whole bool   // each source is one block, up to Line bytes
	Alloc record.Allocator
	Frame *frame.Frame // nil: every line is a record
	// Directive is how lines begin that say how those behind them are read; "" where there are none.
	Directive string
	// Encoding of the inputs; UTF8 is also UTF-16 where a byte order mark says so. Offsets are of the decoded text.
	Encoding charset.Encoding
}

// Blocks reads inputs one after another. An error ends it: first come all blocks before the error, the unfinished line there as a Short
// one; the inputs behind it are not opened. Next is for one goroutine; Close and the counters are for any.
type Blocks struct {
	In   atomic.Int64 // bytes read as stored
	Done atomic.Int64 // inputs read to their end

	o      Options
	inputs []Input
	number int // of the input under way

	stored  *counted
	file    *shared       // the input under way, where it is a file as it lies there
	rests   bool          // blocks may have a Rest
	content io.ReadCloser // nil between inputs
	early   bool          // what is compressed is unpacked ahead
	packed  bool
	total   int64  // bytes after decompression, of all inputs ...
	got     int64  // ... and of the one under way
	offset  int64  // of tail
	tail    []byte // the unfinished line behind the last block
	over    int64  // while a line that is too long is passed over: tail is its beginning, and so many bytes of it are gone
	ending  byte   // the last one of these
	room    []byte // where they go
	buf     []byte // of the block under way: Next leaves none behind, even by a panic
	failed  error  // to be returned once what came before it is
	raw     bool   // blocks are cut anywhere
	cut     framed
	said    []byte     // the directive under way ...
	saidIn  int        // ... of this input
	cutting sync.Mutex // of cut

	closed atomic.Bool
	mu     sync.Mutex // for what Next and Close share:
	stream io.Closer  // the input under way
	ahead  *ahead     // who unpacks it
	held   []Block    // read by Sample, for Next
}

// ErrClosed is what Next gives after Close.
var ErrClosed = errors.New("the reader is closed")

// header is room for what an allocator writes in front of its memory.
const header = 64

// usual is the size of a block: its columns are about as large as its text, and both, with the piece of the file that is copied, are to stay
// in the cache of one core.
const usual = 3 << 17

// New makes Blocks.
func New(inputs []Input, o Options) *Blocks {
	if o.Size <= 0 {
		o.Size = usual - header - 1 - scan.Slack // fills a size class of the allocator
	}
	s := &Blocks{o: o, inputs: inputs}
	s.SetFrame(o.Frame)
	return s
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

// Total is the size of all inputs as stored when they were found, 0 where one is not known.
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
func (s *Blocks) Next() (Block, error) { return s.NextContext(context.Background()) }

// NextContext is Next that gives ctx's error when ctx is done, even within a line that has no end; it can be called again. A read that
// waits is not interrupted.
func (s *Blocks) NextContext(ctx context.Context) (Block, error) {
	s.rests = false
	return s.following(ctx)
}

// NextRest is NextContext for those who take blocks in turns and read what is missing in them at once.
func (s *Blocks) NextRest(ctx context.Context) (Block, error) {
	s.rests = true
	return s.following(ctx)
}

func (s *Blocks) following(ctx context.Context) (Block, error) {
	b, err := s.anyNext(ctx)
	if err == nil && s.o.Directive != "" && b.Long == 0 {
		if b.Source != s.saidIn {
			s.said, s.saidIn = nil, b.Source
		}
		b.Before = s.said
		s.said = Directive(b.Data[:b.N], s.o.Directive, s.said)
	}
	return b, err
}

// SetAhead lets what is compressed be unpacked in a goroutine of its own, where the input never waits. It is to be called before anything
// is read.
func (s *Blocks) SetAhead(ahead bool) { s.early = ahead }

// SetDirective says how lines begin that say how those behind them are read.
func (s *Blocks) SetDirective(begin string) { s.o.Directive = begin }

// Directive is the last line of data that begins so, without its ending; before when there is none.
func Directive(data []byte, begin string, before []byte) []byte {
	last := -1
	for i := 0; ; i++ {
		k := bytes.IndexByte(data[i:], begin[0])
		if k < 0 {
			break
		}
		if i += k; (i == 0 || data[i-1] == '\n') && bytes.HasPrefix(data[i:], []byte(begin)) {
			last = i
		}
	}
	if last < 0 {
		return before
	}
	line, _, _ := bytes.Cut(data[last:], []byte{'\n'})
	return bytes.Clone(bytes.TrimSuffix(line, []byte{'\r'}))
}

// anyNext is the next block, whatever directives are in it.
func (s *Blocks) anyNext(ctx context.Context) (Block, error) {
	if s.o.Frame != nil {
		return s.framedNext(ctx)
	}
	if block, ok := s.pop(); ok {
		return block, nil
	}
	return s.advance(ctx)
}

// advance reads on to the next block.
func (s *Blocks) advance(ctx context.Context) (Block, error) {
	defer s.dropBuffer()
	for {
		if s.closed.Load() {
			return Block{}, ErrClosed
		}
		if err := ctx.Err(); err != nil {
			return Block{}, err
		}
		if s.failed != nil {
			return Block{}, s.failed
		}
		if s.content == nil {
			if s.number >= len(s.inputs) {
				return Block{}, io.EOF
			}
			s.failed = s.open()
			continue
		}
		block, ok := s.claim()
		if !ok {
			block, ok = s.fill(ctx)
		}
		if ok && s.closed.Load() {
			if block.Rest != nil {
				block.Rest.Drop()
			}
			s.o.Alloc.Free(block.Data)
		} else if ok {
			return block, nil
		}
	}
}

// dropBuffer frees what a panic (the allocator's, when there is no memory) has left.
func (s *Blocks) dropBuffer() {
	if s.buf != nil {
		s.failed = fmt.Errorf("reading stopped in the middle of a block")
		s.freeBuffer()
	}
}

func (s *Blocks) freeBuffer() {
	s.o.Alloc.Free(s.buf)
	s.buf = nil
}

// Close closes what is open; a read that waits in another goroutine ends where the system lets it.
func (s *Blocks) Close() {
	s.mu.Lock()
	s.closed.Store(true)
	stream, held, ahead := s.stream, s.held, s.ahead
	s.stream, s.held, s.ahead = nil, nil, nil
	s.mu.Unlock()
	if ahead != nil {
		ahead.leave()
	}
	for i := range held {
		s.o.Alloc.Free(held[i].Data)
	}
	s.closeCutter()
	if stream != nil {
		_ = stream.Close()
	}
	for i := range s.inputs {
		if s.inputs[i].Given != nil {
			_ = s.inputs[i].Given.Close()
		}
	}
}

// open begins the next input.
func (s *Blocks) open() error {
	s.offset, s.got, s.tail, s.over = 0, 0, s.tail[:0], 0
	s.stored, s.packed, s.file = nil, false, nil
	err := caught(func() error {
		raw, err := s.inputs[s.number].Open()
		if err != nil {
			return err
		}
		if file, ok := raw.(cached); ok {
			s.file = share(file)
			raw = s.file
		}
		if !s.keep(raw) {
			return ErrClosed
		}
		s.stored = &counted{r: raw, n: &s.In}
		s.content, s.packed, err = decompress(s.stored, s.o.Codec)
		if s.packed && err == nil && s.early && !s.inputs[s.number].Live {
			s.content = s.unpackAhead(s.content)
		}
		s.packed = s.packed || err != nil
		if err == nil && s.o.Encoding != charset.UTF8 {
			s.content = decode(s.content, s.o.Encoding)
		}
		return err
	})
	if err != nil {
		s.content = nil
		s.closeRaw()
		return s.wrap(err)
	}
	s.skipMark()
	return nil
}

func (s *Blocks) unpackAhead(r io.ReadCloser) io.ReadCloser {
	a := newAhead(r)
	s.mu.Lock()
	s.ahead = a
	s.mu.Unlock()
	if s.closed.Load() {
		a.leave()
	}
	return a
}

// keep remembers the open input for Close; false when that has been called meanwhile.
func (s *Blocks) keep(raw io.Closer) bool {
	s.mu.Lock()
	s.stream = raw
	s.mu.Unlock()
	if s.closed.Load() {
		s.closeRaw()
		return false
	}
	return true
}

func (s *Blocks) closeRaw() {
	s.mu.Lock()
	raw := s.stream
	s.stream = nil
	s.mu.Unlock()
	if raw != nil {
		_ = raw.Close()
	}
}

// close ends the input under way.
func (s *Blocks) close() {
	_ = s.content.Close()
	s.closeRaw()
	s.content, s.file = nil, nil
	s.number++
}

// wrap says where an error happened.
func (s *Blocks) wrap(err error) error {
	var own *Error
	if errors.As(err, &own) {
		return err
	}
	e := &Error{Path: s.inputs[s.number].Name, Offset: s.got, Err: err}
	if s.packed && (s.stored == nil || s.stored.err == nil) {
		e.Kind = Codec
	}
	return e
}
