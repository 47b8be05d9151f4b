package sawlog

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"runtime"
	"runtime/debug"
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
	names   []string
	started time.Time
	ready   chan struct{} // closed when parser is bound and run is there, or failed is set
	lock    sync.Mutex    // of what follows, until ready is closed
	begun   bool          // a goroutine of its own binds
	closed  bool
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
	if r == nil {
		return nil, &ReadError{Kind: KindIO, Err: os.ErrInvalid}
	}
	return p.reader([]source.Input{named(source.Reader(r), o)}, o)
}

// OpenFile is OpenFile with this parser.
func (p *Parser) OpenFile(f *os.File, o Options) (*Reader, error) {
	if f == nil {
		return nil, &ReadError{Kind: KindIO, Err: os.ErrInvalid}
	}
	return p.reader([]source.Input{named(source.File(f), o)}, o)
}

func named(in source.Input, o Options) source.Input {
	if o.SourceName != "" {
		in.Name = o.SourceName
	}
	return in
}

func (p *Parser) reader(inputs []source.Input, o Options) (*Reader, error) {
	if err := checkSettled(o); err != nil {
		return nil, err
	}
	if err := checkReading(o); err != nil {
		return nil, err
	}
	p, err := p.writtenBy(youngest(inputs))
	if err != nil {
		return nil, err
	}
	so := source.Options{Size: o.BlockSize, Line: p.lineLimit(), Whole: p.document(), Codec: o.Codec, Alloc: p.alloc, Frame: p.frame, Encoding: p.encoding()}
	for _, limits := range []*Limits{p.options.Limits, o.Limits} {
		if limits != nil {
			so.Bytes = smaller(so.Bytes, limits.Bytes)
		}
	}
	r := &Reader{parser: p, options: o, blocks: source.New(inputs, so), started: time.Now(), ready: make(chan struct{})}
	r.blocks.SetAhead(r.workers() > 1)
	for i := range inputs {
		r.names = append(r.names, inputs[i].Name)
	}
	return r, nil
}

// youngest is when the last of the inputs was written; the zero time where that is not known of any.
func youngest(inputs []source.Input) (t time.Time) {
	for i := range inputs {
		if inputs[i].Written.After(t) {
			t = inputs[i].Written
		}
	}
	return t
}

// writtenBy is p for lines written at that time or before, which tells the year of stamps without one where p does not know it.
func (p *Parser) writtenBy(t time.Time) (*Parser, error) {
	o := p.options
	if t.IsZero() || o.Year != 0 || o.Now != "" || !o.FileTime.IsZero() || p.bound != nil && !lacksYear(p.bound.Schema()) {
		return p, nil
	}
	o.FileTime = t
	return NewParserOptions(o)
}

// smaller is the smaller of two limits, of which 0 is none.
func smaller(a, b int64) int64 {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
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

// prepare settles format and schema, for which it reads the beginning of the input, and starts the run. When ctx is done first its error
// comes, and the call can be repeated.
func (r *Reader) prepare(ctx context.Context) error {
	select {
	case <-r.ready:
		return r.failed
	default:
	}
	r.lock.Lock()
	begun := r.begun
	r.begun = begun || r.blocks.Live() && r.parser.sampleSize() > 0 // once another goroutine binds, parser is that one's
	apart := r.begun
	r.lock.Unlock()
	if !apart {
		return r.settle(r.bind(ctx))
	}
	if !begun {
		go func() { _ = r.settle(r.bind(context.Background())) }()
	}
	select {
	case <-r.ready:
		return r.failed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// settle keeps what bind found, unless the reader was closed meanwhile.
func (r *Reader) settle(run *pipeline.Pipeline, parser *Parser, found *Detection, err error) error {
	if err != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return err // to be repeated
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.closed {
		if run != nil {
			run.Close()
		}
		return errClosed
	}
	if err == nil {
		r.run, r.parser, r.found = run, parser, found
	}
	r.failed = err
	close(r.ready)
	return err
}

// bind settles format and schema by the beginning of the input and makes the run.
func (r *Reader) bind(ctx context.Context) (run *pipeline.Pipeline, parser *Parser, found *Detection, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &ReadError{Kind: KindInternal, Err: &pipeline.Panic{Value: v, Stack: debug.Stack()}}
		}
	}()
	parser = r.parser
	if parser.plan == nil && len(r.names) > 0 {
		named := *parser
		named.name = r.names[0]
		parser = &named
	}
	looked := 0
	sample, err := r.blocks.Sample(ctx, func(sample []byte) bool {
		return r.parser.sampleSize() == 0 || r.parser.enough(sample, &looked)
	})
	if err != nil {
		return nil, nil, nil, err
	}
	if parser, err = parser.bind(sample); err != nil {
		return nil, nil, nil, err
	}
	r.blocks.SetDirective(parser.directive())
	if parser.frame != r.parser.frame {
		r.blocks.SetFrame(parser.frame)
	}
	bound, blocks := parser.bound, pipeline.Blocks(r.blocks)
	if parser.unwrap != nil {
		blocks = parser.unwrap.NewBlocks(r.blocks)
	}
	run = pipeline.New(blocks, pipeline.Options{Schema: bound.Schema(), Present: bound.Present(), NewWorker: bound.NewWorker, NewWhole: func() record.Worker { return newWhole(bound) }, Alloc: parser.alloc, Names: r.names,
		Workers: r.workers(), Live: r.blocks.Live()})
	return run, parser, parser.found, nil
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

// Ready tells whether Next gives a batch, the end or an error without waiting for an input that is not there yet: a file is always
// ready, a pipe only when something has come and has been parsed.
func (r *Reader) Ready() bool {
	select {
	case <-r.ready:
		return r.failed != nil || r.run.Ready()
	default:
		return false
	}
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

// Close stops the workers and closes the inputs. It may be called while another goroutine waits for a batch.
func (r *Reader) Close() error {
	r.lock.Lock()
	closed := r.closed
	r.closed = true
	run := r.run
	if !closed && run == nil && r.failed == nil {
		r.failed = errClosed
		close(r.ready)
	}
	r.lock.Unlock()
	if run != nil {
		run.Close()
	}
	r.blocks.Close()
	return nil
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
	Lines         int64                // = Records + Continuations + Rejects + Filtered
	Records       int64                //
	Continuations int64                //
	Rejects       int64                //
	Filtered      int64                // records that where has left out
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
	c := r.run.Stats.Read()
	s.BytesOut, s.Lines, s.Records, s.Continuations, s.Rejects, s.Faults = c.Bytes, c.Lines, c.Records, c.Continuations, c.Rejects, c.Faults
	s.Filtered = c.Filtered
	return s
}
