// Package ingest turns log text into records of the store: it reads a body in pieces, finds its format, parses with sawlog, and hands on
// what was parsed before it reads more. Memory is bounded by the pieces, whatever the body's length.
package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	sawlog "github.com/sawlog/sawlog/lib"

	"github.com/sawlog/sawlog/examples/services/internal/auth"
	"github.com/sawlog/sawlog/examples/services/internal/budget"
	"github.com/sawlog/sawlog/examples/services/internal/commit"
	"github.com/sawlog/sawlog/examples/services/internal/store"
)

// Commit takes a batch and returns nil when it is stored for good.
type Commit func(ctx context.Context, b *store.Batch) error

// Options of an Ingester. Zero values have defaults.
type Options struct {
	Chunk   int   // bytes that are parsed and committed at a time; 256 KiB
	Line    int   // the longest line; 256 KiB
	MaxBody int64 // bytes after decompression; 256 MiB
	Explain int   // how many rejects an answer explains; 5
	Now     func() time.Time
}

// stream is what a stream takes: blocks and columns, and what it may hold of a line that has not ended, and the JSON of that.
func (o *Options) stream() int64 {
	return int64(6*o.Chunk + 3*max(0, o.Line-o.Chunk) + maxLines*lineMemory)
}

// Takes is how much memory one large body may take, whatever is in it.
func (o Options) Takes() int64 {
	o = o.standard()
	return o.stream() + int64(2*o.Chunk) + zstdWindow + 1<<20
}

// Ingester reads bodies. It is shared by all requests.
type Ingester struct {
	formats *Formats
	commit  Commit
	budget  *budget.Budget
	options Options
}

// New makes an Ingester.
func New(f *Formats, c Commit, b *budget.Budget, o Options) *Ingester {
	return &Ingester{formats: f, commit: c, budget: b, options: o.standard()}
}

// standard has a value for all that is not set.
func (o Options) standard() Options {
	if o.Chunk <= 0 {
		o.Chunk = 256 << 10
	}
	if o.Line <= 0 {
		o.Line = 256 << 10
	}
	if o.MaxBody <= 0 {
		o.MaxBody = 256 << 20
	}
	if o.Explain <= 0 {
		o.Explain = 5
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Own are the names of the operator's formats.
func (in *Ingester) Own() []string { return slices.Sorted(maps.Keys(in.formats.own)) }

// Body is one body to read.
type Body struct {
	io.Reader
	Encoding string // as in Content-Encoding
	Format   string // a format's name; "" or "auto": as detected
	Source   string
	Client   string // whose source it is: two clients may use the same word
}

// Result is what became of a body: of all of it, or, beside an error, of the part that was committed.
type Result struct {
	Format        string           `json:"format"`
	Detected      bool             `json:"detected"`
	Bytes         int64            `json:"bytes"`
	Lines         int64            `json:"lines"` // records + continuations + rejects + filtered
	Records       int64            `json:"records"`
	Continuations int64            `json:"continuations"`
	Rejects       int64            `json:"rejects"`
	Filtered      int64            `json:"filtered,omitempty"` // left out by the where of an operator's format
	Faults        map[string]int64 `json:"faults,omitempty"`
	Explained     []Explained      `json:"first_rejects,omitempty"`
}

// Explained is a reject and why it is one.
type Explained struct {
	Line   int64  `json:"line"`
	Offset int64  `json:"offset"`
	Text   string `json:"text"` // its beginning
	sawlog.Check
}

// Read reads a body to its end and commits all of it, a piece at a time. With an error comes what had been committed before: the client
// can go on behind these lines.
func (in *Ingester) Read(ctx context.Context, body Body) (Result, error) {
	lease := in.budget.Lease(auth.From(ctx).Who())
	defer lease.Release()
	text, err := Decode(ctx, body.Reader, body.Encoding, in.options.MaxBody, lease)
	if err != nil {
		return Result{}, err
	}
	defer text.Close()
	r := &reading{Ingester: in, ctx: ctx, lease: lease, body: body, rows: Rows{Source: body.Source, Received: in.options.Now().UTC()}}
	defer r.close()
	err = r.all(text)
	return r.result, err
}

// reading is the state of one body.
type reading struct {
	*Ingester
	ctx    context.Context
	lease  *budget.Lease
	body   Body
	format Format
	stream *sawlog.Stream
	rows   Rows
	result Result
}

func (r *reading) close() {
	if r.stream != nil {
		r.stream.Close()
	}
}

// firstBuffer is what a request costs before its body has come: many are small or slow.
const firstBuffer = 4 << 10

func (r *reading) all(text io.Reader) error {
	if err := r.lease.Grow(r.ctx, firstBuffer); err != nil {
		return err
	}
	buf := make([]byte, 0, firstBuffer)
	for {
		n, err := text.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case err == io.EOF:
			return r.last(buf)
		case err != nil:
			return err
		case len(buf) < cap(buf):
		case cap(buf) < r.options.Chunk:
			if buf, err = r.grow(buf); err != nil {
				return err
			}
		default:
			if err := r.feed(buf); err != nil {
				return err
			}
			buf = buf[:0]
		}
	}
}

func (r *reading) grow(buf []byte) ([]byte, error) {
	size := min(4*cap(buf), r.options.Chunk)
	if err := r.lease.Grow(r.ctx, int64(size)); err != nil {
		return nil, err
	}
	return append(make([]byte, 0, size), buf...), nil
}

// choose settles the format by the body's beginning.
func (r *reading) choose(sample []byte) (err error) {
	if name := r.body.Format; name != "" && name != "auto" {
		r.format, err = r.formats.Named(name)
	} else {
		r.format, err = r.formats.Detect(r.body.Client+"\x00"+r.body.Source, sample)
		r.result.Detected = true
	}
	r.result.Format = r.format.Name
	return err
}

// What a record costs beside its text: it, what the parser keeps of its line, and its place in the arena. Lines may be short, so that they are what
// a piece costs: of pieces with more than maxLines a part is parsed and committed at a time.
const (
	lineMemory = 300
	maxLines   = 8192
)

// last is the end of the body. A body that fits the buffer needs no stream, unless its lines are too long or too many.
func (r *reading) last(rest []byte) error {
	lines := bytes.Count(rest, []byte("\n")) + 1
	if r.stream != nil || len(rest) > r.options.Line || lines > maxLines {
		if err := r.feed(rest); err != nil {
			return err
		}
		b, err := r.stream.Flush()
		if err != nil || b == nil {
			return err
		}
		return r.take(b)
	}
	if len(rest) == 0 {
		return nil
	}
	if err := r.choose(rest); err != nil {
		return err
	}
	if err := r.lease.Grow(r.ctx, int64(4*len(rest)+lines*lineMemory)); err != nil { // columns, and the records' JSON
		return err
	}
	return r.take(r.format.Parser.Parse(rest))
}

func (r *reading) feed(chunk []byte) error {
	if r.stream == nil {
		if err := r.begin(chunk); err != nil {
			return err
		}
	}
	for len(chunk) > 0 {
		some := chunk[:firstLines(chunk, maxLines)]
		chunk = chunk[len(some):]
		b, err := r.stream.Feed(some)
		if err == nil && b != nil {
			err = r.take(b)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// begin makes the stream, and pays for it.
func (r *reading) begin(sample []byte) error {
	if err := r.choose(sample); err != nil {
		return err
	}
	if err := r.lease.Grow(r.ctx, r.options.stream()); err != nil {
		return err
	}
	s, err := r.format.Parser.Stream(sawlog.Options{Limits: &sawlog.Limits{Line: r.options.Line}})
	if err != nil {
		return fmt.Errorf("stream: %w", err)
	}
	r.stream = s
	return nil
}

// firstLines is the length of the first n lines of a text, or of all of it when it has fewer.
func firstLines(text []byte, n int) (length int) {
	if bytes.Count(text, []byte("\n")) <= n { // as nearly always
		return len(text)
	}
	for ; n > 0 && length < len(text); n-- {
		end := bytes.IndexByte(text[length:], '\n')
		if end < 0 {
			return len(text)
		}
		length += end + 1
	}
	return length
}

// take commits a parser's batch and counts it.
func (r *reading) take(b *sawlog.Batch) error {
	defer b.Release()
	r.rows.Add(b, r.format.Name)
	if err := r.commit(r.ctx, r.rows.Take()); err != nil {
		return err
	}
	res := &r.result
	res.Bytes += b.InputBytes()
	res.Lines += b.Lines()
	res.Records += int64(b.Len())
	res.Continuations += b.Continuations()
	res.Rejects += int64(b.Rejects())
	res.Filtered += b.Filtered()
	for i := range b.Rejects() {
		if res.Faults == nil {
			res.Faults = map[string]int64{}
		}
		res.Faults[b.Fault(i).String()]++
		if len(res.Explained) < r.options.Explain {
			reject := b.Reject(i)
			res.Explained = append(res.Explained, Explain(r.format.Parser, reject))
		}
	}
	return nil
}

// Explain says why a line was rejected.
func Explain(p *sawlog.Parser, reject sawlog.Reject) Explained {
	const most = 200
	e := Explained{Line: reject.Line, Offset: reject.Offset, Text: cut(reject.Raw, most), Check: p.Explain(reject.Raw)}
	if e.Check.OK || e.Check.Fault == "" { // for instance a line that is too long: what is left of it would fit
		e.Check = sawlog.Check{Fault: reject.Fault.String()}
	}
	e.Check.Seen = cut([]byte(e.Check.Seen), most)
	return e
}

func cut(b []byte, n int) string {
	if len(b) > n {
		return string(b[:n]) + "..."
	}
	return string(b)
}

// IsTemporary tells whether the same may succeed later.
func IsTemporary(err error) bool {
	return errors.Is(err, store.ErrUnavailable) || errors.Is(err, commit.ErrBusy) || errors.Is(err, budget.ErrExhausted) || errors.Is(err, budget.ErrShare) || errors.Is(err, context.DeadlineExceeded)
}
