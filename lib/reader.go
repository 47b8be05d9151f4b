package sawlog

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sawlog/sawlog/lib/internal/pipeline"
	"github.com/sawlog/sawlog/lib/internal/source"
	"github.com/sawlog/sawlog/lib/record"
)

// Reader reads inputs, one after another, with several workers, and gives batches in the order of the input. It is for one goroutine at
// a time, but for Stats.
type Reader struct {
	parser  *Parser
	options Options
	blocks  *source.Blocks
	replay  *replayed
	names   []string
	started time.Time
	ready   chan struct{} // closed when parser is bound and run is there, or failed is set
	begun   bool
	run     *pipeline.Pipeline
	failed  error
	found   *Detection
	spent   atomic.Int64 // nanoseconds until the end was reached
}

// Open reads a file, or the files that fit a pattern (*, ?, []) when no file has that name. What is compressed is told by its content.
// Errors are *FormatError or *ReadError.
func Open(path string, o Options) (*Reader, error) { return OpenPaths([]string{path}, o) }

// OpenPaths reads several files and patterns one after another.
func OpenPaths(paths []string, o Options) (*Reader, error) {
	p, err := NewParserOptions(o)
	if err != nil {
		return nil, err
	}
	return p.Open(paths, o.readingOnly())
}

// OpenReader reads r to its end. r is closed with the Reader when it is an io.Closer.
func OpenReader(r io.Reader, o Options) (*Reader, error) {
	p, err := NewParserOptions(o)
	if err != nil {
		return nil, err
	}
	return p.OpenReader(r, o.readingOnly())
}

// OpenFile reads an open file, pipe or socket, which is closed with the Reader.
func OpenFile(f *os.File, o Options) (*Reader, error) {
	p, err := NewParserOptions(o)
	if err != nil {
		return nil, err
	}
	return p.OpenFile(f, o.readingOnly())
}

// Open is OpenPaths with this parser. Of o only what says how to read is looked at, and Limits.Bytes.
func (p *Parser) Open(paths []string, o Options) (*Reader, error) {
	inputs, err := source.Paths(paths)
	if err != nil {
		return nil, readError(err)
	}
	return p.reader(inputs, o)
}

// OpenReader is OpenReader with this parser.
func (p *Parser) OpenReader(r io.Reader, o Options) (*Reader, error) {
	return p.reader([]source.Input{source.Reader(r)}, o)
}

// OpenFile is OpenFile with this parser.
func (p *Parser) OpenFile(f *os.File, o Options) (*Reader, error) {
	return p.reader([]source.Input{source.File(f)}, o)
}

func (p *Parser) reader(inputs []source.Input, o Options) (*Reader, error) {
	if keys := o.definitionKeys(); len(keys) > 0 {
		return nil, &FormatError{Kind: KindOption, Key: keys[0], Message: quote(keys[0]) + " belongs to the parser, which is there already", Offset: -1}
	}
	if err := checkReading(o); err != nil {
		return nil, err
	}
	so := source.Options{Size: o.BlockSize, Line: defaultLine, Codec: o.Codec, Alloc: p.alloc}
	for _, limits := range []*Limits{p.options.Limits, o.Limits} {
		if limits != nil {
			so.Bytes = max(so.Bytes, limits.Bytes)
			so.Line = max(limits.Line, 0)
		}
	}
	if p.resolved != nil {
		so.Line, so.Whole = p.resolved.definition.Line, p.resolved.definition.Document
	}
	if so.Line == 0 {
		so.Line = defaultLine
	}
	r := &Reader{parser: p, options: o, blocks: source.New(inputs, so), started: time.Now(), ready: make(chan struct{})}
	r.replay = &replayed{rest: r.blocks, alloc: p.alloc}
	for i := range inputs {
		r.names = append(r.names, inputs[i].Name)
	}
	return r, nil
}

func checkReading(o Options) error {
	wrong := func(key, message, hint string) error {
		return &FormatError{Kind: KindOption, Key: key, Message: message, Hint: hint, Offset: -1}
	}
	if o.Threads < 0 || o.Threads > 1024 {
		return wrong("threads", "threads is between 1 and 1024, or 0 for all cores", "")
	}
	if o.BlockSize < 0 || o.BlockSize > largestLine {
		return wrong("block_size", "block_size is between 1 and 1073741824 bytes", "")
	}
	if o.Codec != "" {
		for _, name := range source.Codecs() {
			if name == o.Codec {
				return checkLimits(o)
			}
		}
		return wrong("codec", "there is no codec "+quote(o.Codec), nearest(o.Codec, source.Codecs()))
	}
	return checkLimits(o)
}

// smallInput is a size up to which more than one worker does not pay.
const smallInput = 1 << 18

// workers is how many workers the inputs are worth.
func (r *Reader) workers() int {
	n := r.options.Threads
	if n == 0 {
		n = runtime.GOMAXPROCS(0)
	}
	if total := r.blocks.Total(); total > 0 && total <= smallInput {
		return 1
	}
	return n
}

// prepare settles format and schema, for which it reads the beginning of the input, and starts the run.
func (r *Reader) prepare(ctx context.Context) error {
	select {
	case <-r.ready:
		return r.failed
	default:
	}
	if !r.begun {
		r.begun = true
		if r.parser.sampleSize() > 0 && r.blocks.Live() {
			go r.bind()
		} else {
			r.bind()
		}
	}
	select {
	case <-r.ready:
		return r.failed
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *Reader) bind() {
	defer close(r.ready)
	replay := r.replay
	var sample []byte
	looked := 0
	for r.parser.sampleSize() > 0 && !r.parser.enough(sample, &looked) {
		block, err := r.blocks.Next()
		if err != nil {
			replay.err = err
			break
		}
		n := block.N
		if block.Short {
			n--
		}
		sample = append(sample, block.Data[:n]...)
		if !replay.keep(block) {
			r.failed = errClosed
			return
		}
	}
	parser := r.parser
	if parser.plan == nil {
		d := Detect(sample)
		o := parser.options
		o.Format = d.Format
		detected, err := NewParserOptions(o)
		if err != nil {
			r.failed = err
			return
		}
		r.found, parser = &d, detected
	}
	bound, err := parser.bind(sample)
	if err != nil {
		r.failed = err
		return
	}
	r.replay.lock.Lock()
	defer r.replay.lock.Unlock()
	if r.replay.closed { // while the beginning of a live input was waited for
		r.failed = errClosed
		return
	}
	r.parser = bound
	r.run = pipeline.New(replay, pipeline.Options{Schema: bound.bound.Schema(), Present: bound.bound.Present(), NewWorker: bound.bound.NewWorker, Alloc: bound.alloc,
		Workers: r.workers(), Live: r.blocks.Live()})
}

// replayed gives the blocks of the sample again, then the rest.
type replayed struct {
	lock   sync.Mutex // of blocks and closed
	blocks []source.Block
	closed bool
	err    error // what ended the sample
	rest   *source.Blocks
	alloc  Allocator
}

func (r *replayed) Next() (source.Block, error) {
	r.lock.Lock()
	if len(r.blocks) > 0 {
		block := r.blocks[0]
		r.blocks = r.blocks[1:]
		r.lock.Unlock()
		return block, nil
	}
	closed := r.closed
	r.lock.Unlock()
	switch {
	case closed:
		return source.Block{}, errClosed
	case r.err != nil:
		return source.Block{}, r.err
	}
	return r.rest.Next()
}

// keep adds a block to the sample; false when the reader was closed meanwhile.
func (r *replayed) keep(block source.Block) bool {
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.closed {
		r.alloc.Free(block.Data)
		return false
	}
	r.blocks = append(r.blocks, block)
	return true
}

// Close frees the blocks that nobody took.
func (r *replayed) Close() {
	r.lock.Lock()
	for _, block := range r.blocks {
		r.alloc.Free(block.Data)
	}
	r.blocks, r.closed = nil, true
	r.lock.Unlock()
	r.rest.Close()
}

var errClosed = errors.New("sawlog: the reader is closed")

// Next is the next batch; io.EOF at the end. A *ReadError comes after all batches before it.
func (r *Reader) Next() (*Batch, error) { return r.NextContext(context.Background()) }

// NextContext is Next that gives ctx's error when ctx is done before a batch is there. It can be called again.
func (r *Reader) NextContext(ctx context.Context) (*Batch, error) {
	if err := r.prepare(ctx); err != nil {
		return nil, err
	}
	batch, err := r.run.Next(ctx)
	if err == nil || ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return batch, err
	}
	r.spent.CompareAndSwap(0, int64(time.Since(r.started)))
	if err == io.EOF {
		return nil, io.EOF
	}
	return nil, readError(err)
}

// Batches ranges over the batches. It ends after the first error. A batch stays valid until it is released.
func (r *Reader) Batches() iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) {
		for {
			batch, err := r.Next()
			if err == io.EOF || !yield(batch, err) || err != nil {
				return
			}
		}
	}
}

// Close stops the workers and closes the inputs.
func (r *Reader) Close() error {
	r.replay.Close()
	if !r.begun {
		r.begun, r.failed = true, errClosed
		close(r.ready)
		return nil
	}
	r.replay.lock.Lock()
	run := r.run
	r.replay.lock.Unlock()
	if run != nil {
		run.Close()
	}
	return nil // else it still waits for the beginning of a live input, which ends by itself
}

func readError(err error) error {
	var from *source.Error
	if errors.As(err, &from) {
		kind := map[source.Kind]Kind{source.IO: KindIO, source.Codec: KindCodec, source.Limit: KindLimit}[from.Kind]
		return &ReadError{Kind: kind, Path: from.Path, Offset: from.Offset, Err: from.Err}
	}
	var bug *pipeline.Panic
	if errors.As(err, &bug) {
		return &ReadError{Kind: KindInternal, Err: err}
	}
	return &ReadError{Kind: KindIO, Err: err}
}

// Schema is the schema of the reader's batches. The beginning of the input is read when it has to be.
func (r *Reader) Schema() (*Schema, error) {
	if err := r.prepare(context.Background()); err != nil {
		return nil, err
	}
	return r.parser.Schema(), nil
}

// Stats are what has been read and handed out so far.
type Stats struct {
	BytesIn       int64                // read, as stored
	BytesOut      int64                // parsed, after decompression
	BytesTotal    int64                // size of all inputs as stored, 0 where one is not known
	SourcesDone   int                  // inputs read to their end
	Lines         int64                // = Records + Continuations + Rejects
	Records       int64                //
	Continuations int64                //
	Rejects       int64                //
	Faults        [record.Faults]int64 // rejects by Fault
	Elapsed       time.Duration        // since Open, until the end was reached
}

// Stats may be called at any time, from any goroutine.
func (r *Reader) Stats() Stats {
	s := Stats{BytesIn: r.blocks.In.Load(), BytesTotal: r.blocks.Total(), SourcesDone: int(r.blocks.Done.Load()), Elapsed: time.Duration(r.spent.Load())}
	if s.Elapsed == 0 {
		s.Elapsed = time.Since(r.started)
	}
	select {
	case <-r.ready:
	default:
		return s
	}
	if r.run == nil {
		return s
	}
	run := &r.run.Stats
	s.BytesOut, s.Lines, s.Records, s.Continuations, s.Rejects = run.Bytes.Load(), run.Lines.Load(), run.Records.Load(), run.Continuations.Load(), run.Rejects.Load()
	for i := range s.Faults {
		s.Faults[i] = run.Faults[i].Load()
	}
	return s
}
