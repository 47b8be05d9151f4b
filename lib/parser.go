package sawlog

import (
	"bytes"
	"context"
	"errors"

	"github.com/goccy/go-json"

	"github.com/sawlog/sawlog/lib/internal/engine"
	"github.com/sawlog/sawlog/lib/internal/envelope"
	"github.com/sawlog/sawlog/lib/internal/frame"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Parser turns log text into batches. It is immutable and may be used by any number of goroutines at once.
type Parser struct {
	options  Options
	resolved *resolved // nil: the format is to be detected
	plan     engine.Plan
	bound    engine.Bound // the plan with its schema, when that does not depend on the input
	frame    *frame.Frame // nil: every line is a record
	alloc    Allocator
	workers  *workerPool    // of bound
	outside  *outside       // what the format is wrapped in; nil: nothing
	unwrap   *envelope.Plan // the same, bound
	bare     *Parser        // the same without what is done to its records; nil: nothing is done
	found    *Detection     // how the format was found; nil: it was given
	name     string         // of the input, for detection
	alone    bool           // it is one of several formats: what is detected is one too
}

// NewParser makes a parser from a definition: the name of a format or a JSON object. Errors are *FormatError.
func NewParser(definition string) (*Parser, error) {
	o, err := ParseOptions(definition)
	if err != nil {
		return nil, err
	}
	if name := firstReading(o); name != "" {
		wrong := &FormatError{Kind: KindOption, Key: name, Message: quote(name) + " is an option for reading, not part of a definition", Offset: -1}
		return nil, wrong.locate(definition)
	}
	p, err := NewParserOptions(o)
	if wrong := (*FormatError)(nil); errors.As(err, &wrong) {
		err = wrong.locate(definition)
	}
	return p, err
}

// NewParserOptions makes a parser from options; those for reading are not looked at.
func NewParserOptions(o Options) (*Parser, error) {
	o.asWritten(o.Multiline != nil)
	p := &Parser{options: o, alloc: o.Allocator}
	if p.alloc == nil {
		p.alloc = record.Heap
	}
	if err := checkEncoding(o.Encoding); err != nil {
		return nil, err
	}
	if o.transforms() {
		return newDressed(o)
	}
	if len(o.Envelope) > 0 {
		return newEnveloped(p)
	}
	if o.Formats != nil {
		return newMixed(p)
	}
	r, err := resolve(o)
	if err != nil {
		return nil, err
	}
	if r == nil {
		if p.frame, err = frame.Compile(frameOptions(&o)); err != nil {
			return nil, frameError(err)
		}
		if err := engine.CheckMeta(o.Meta); err != nil {
			return nil, formatError(err, &resolved{})
		}
		// Nothing to compile until the input is there, but what refines it can be wrong already.
		if err := checkLimits(o); err != nil {
			return nil, err
		}
		if o.Zone != "" || o.Now != "" || o.UTF8 != "" {
			probe := o
			probe.Format, probe.Fields, probe.Columns, probe.Rename, probe.JSON = "", nil, nil, nil, &JSONOptions{}
			if _, err := NewParserOptions(probe); err != nil {
				return nil, err
			}
		}
		return p, nil
	}
	return p.compile(r)
}

// compile makes the plan of a parser whose format is known.
func (p *Parser) compile(r *resolved) (*Parser, error) {
	plan, err := engine.Compile(&r.definition)
	if err != nil {
		return nil, formatError(err, r)
	}
	if !r.definition.Document {
		if p.frame, err = frame.Compile(r.frame); err != nil {
			return nil, frameError(err)
		}
	}
	p.resolved, p.plan = r, plan
	if plan.Sample() == 0 {
		if p.bound, err = plan.Bind(nil); err != nil {
			return nil, formatError(err, r)
		}
		p.bound = turning(p.bound)
		if err = p.checkRename(); err != nil {
			return nil, err
		}
		p.workers = newWorkerPool(p.bound, p.alloc)
	}
	return p, nil
}

// WithAllocator is the same parser with another allocator.
func (p *Parser) WithAllocator(alloc Allocator) *Parser {
	other := *p
	if p.outside != nil || p.bare != nil {
		other.options.Allocator = alloc
		if again, err := NewParserOptions(other.options); err == nil { // as it was when p was made
			return again
		}
	}
	other.options.Allocator, other.alloc = alloc, alloc
	if p.bound != nil {
		other.workers = newWorkerPool(p.bound, alloc)
	}
	return &other
}

// formatError makes the engine's error one for users.
func formatError(err error, r *resolved) error {
	if wrong, ok := err.(*FormatError); ok {
		return wrong
	}
	var e *engine.Error
	if !errors.As(err, &e) {
		return &FormatError{Kind: KindDefinition, Message: err.Error(), Offset: -1}
	}
	out := &FormatError{Kind: KindOption, Key: e.Key, Message: e.Message, Hint: e.Hint, Offset: e.Pos}
	if e.Key == r.definition.Language {
		out.Kind = KindDefinition
		text := e.Text
		if text == "" {
			text = r.definition.Text
		}
		out = out.at(text)
	}
	if out.Hint == "" && len(e.Names) > 0 {
		out.Hint = nearest(lastQuoted(e.Message), e.Names)
	}
	return out
}

// frameError is the same for errors about where records begin.
func frameError(err error) error {
	var e *frame.Error
	if !errors.As(err, &e) {
		return err
	}
	out := &FormatError{Kind: KindOption, Key: e.Key, Message: e.Message, Hint: e.Hint, Offset: e.Pos}
	if e.Pos >= 0 {
		out = out.at(e.Text)
	}
	if out.Hint == "" && len(e.Names) > 0 {
		out.Hint = nearest(lastQuoted(e.Message), e.Names)
	}
	return out
}

// lastQuoted is the name that a message quotes last.
func lastQuoted(message string) string {
	end := bytes.LastIndexByte([]byte(message), '"')
	if end < 0 {
		return ""
	}
	return message[bytes.LastIndexByte([]byte(message[:end]), '"')+1 : end]
}

// Definition is what the parser was made from, as JSON.
func (p *Parser) Definition() string {
	text, err := json.MarshalWithOption(p.options.definitionOnly(), json.DisableHTMLEscape())
	if err != nil {
		return "{}"
	}
	return string(text)
}

// Schema is the schema of the parser's batches, or nil when it depends on the input (json, logfmt, auto).
func (p *Parser) Schema() *Schema {
	if p.bound == nil {
		return nil
	}
	return p.bound.Schema()
}

// Parse turns data into one batch. Texts of the batch point into data, which must not change until the batch is released; small
// inputs are copied. It never fails: what does not fit is among the batch's rejects. These are all lines where the format is detected and
// has not what the definition asks for; ParseContext says so.
func (p *Parser) Parse(data []byte) *Batch {
	batch, err := p.ParseContext(context.Background(), data)
	if err != nil {
		batch, _ = p.refusing().ParseContext(context.Background(), data)
	}
	return batch
}

// ParseContext is Parse that stops soon after ctx is done. Errors are ctx's, or a *FormatError where the log has not what the definition asks
// for.
func (p *Parser) ParseContext(ctx context.Context, data []byte) (*Batch, error) {
	text, other := p.decoded(data)
	mark := 0
	if !other {
		mark = len(data) - len(text)
	}
	bound, err := p.bindText(text)
	if err != nil {
		return nil, err
	}
	s := p.take(bound)
	defer p.done(bound, s)
	s.builder.Start(likelyRows(len(text)))
	s.builder.Before = nil
	if other { // the batch's texts point into it
		block := p.alloc.Alloc(len(text) + 1)
		text = block[:copy(block, text)]
		s.builder.Own(block)
	}
	if bound.unwrap != nil {
		return bound.parseEnveloped(ctx, s, text, mark)
	}
	if bound.plan.Document() {
		if len(data) > 0 {
			s.whole(text)
		}
		text = nil
	}
	if bound.frame != nil {
		err, text = s.framed(ctx, bound.frame, text, bound.directive()), nil
		if err != nil {
			s.builder.Finish().Release()
			return nil, err
		}
	}
	for len(text) > 0 {
		if ctx.Err() != nil {
			s.builder.Finish().Release()
			return nil, ctx.Err()
		}
		n := s.piece(text)
		s.passed(text[:n], bound.directive())
		text = text[n:]
	}
	batch := s.builder.Finish()
	new(record.Turns).Settle(batch)
	batch.Settle(0, "", 1, int64(mark))
	return batch, nil
}

// parseEnveloped is ParseContext for a format in envelopes.
func (p *Parser) parseEnveloped(ctx context.Context, s *lineState, text []byte, mark int) (*Batch, error) {
	u := p.unwrap.NewUnwrapper()
	if p.frame != nil {
		if err := s.unwrapped(ctx, p.frame, u, text); err != nil {
			s.builder.Finish().Release()
			return nil, err
		}
		text = nil
	}
	for at := 0; at < len(text); {
		if ctx.Err() != nil {
			s.builder.Finish().Release()
			return nil, ctx.Err()
		}
		end := len(text)
		if rest := text[at:]; len(rest) > pieceSize {
			if k := bytes.IndexByte(rest[pieceSize:], '\n'); k >= 0 {
				end = at + pieceSize + k + 1
			}
		}
		block := p.alloc.Alloc(end - at + 1 + scan.Slack)
		n := copy(block, text[at:end])
		if block[n-1] != '\n' {
			block[n] = '\n'
			n++
		}
		scan.FillSlack(block[n:])
		u.Add(envelope.Input{Data: block, N: n, Own: true, Offset: int64(at), Bytes: int64(end - at)}, end == len(text)).ParseAt(s.worker, s.builder, 0, 0)
		at = end
	}
	batch := s.builder.Finish()
	new(record.Turns).Settle(batch)
	batch.Settle(0, "", 1, int64(mark))
	return batch, nil
}

var bom = []byte("\ufeff")

const (
	pieceSize = 4 << 20 // bytes between two looks at the context
	copied    = 1 << 16 // up to this many bytes are copied rather than borrowed
)

// likelyRows guesses how many rows n bytes have.
func likelyRows(n int) int { return n/200 + 1 }

// piece parses the first lines of text, pieceSize or a little more, and returns how many bytes that were. Where the slack behind the
// last line would lie outside of text, the line is copied.
func (s *lineState) piece(text []byte) int {
	n := len(text)
	if n > pieceSize+copied {
		if end := bytes.IndexByte(text[pieceSize:], '\n'); end >= 0 {
			n = pieceSize + end + 1
		}
	}
	if n > copied && n+scan.Slack > len(text) {
		// Leave the last lines to the next piece.
		if before := bytes.LastIndexByte(text[:len(text)-scan.Slack], '\n') + 1; before > 0 {
			n = before
		}
	}
	if n+scan.Slack <= len(text) && n > copied {
		s.builder.Begin(text, n, false)
		s.worker.Parse(s.builder, text, n)
		return n
	}
	s.copy(text[:n])
	return n
}

// copy parses text, which may lack its last newline, in memory of the batch's own.
func (s *lineState) copy(text []byte) {
	block := s.alloc.Alloc(len(text) + 1 + scan.Slack)
	n := copy(block, text)
	missing := n == 0 || text[n-1] != '\n'
	if missing {
		block[n] = '\n'
		n++
	}
	scan.FillSlack(block[n:])
	s.builder.Begin(block, n, true)
	if missing {
		s.builder.Skip(-1)
	}
	s.worker.Parse(s.builder, block, n)
}

// whole parses text as one record.
func (s *lineState) whole(text []byte) { s.copy(text) }

// Explain says why a line (with or without its ending) is a record or not.
func (p *Parser) Explain(line []byte) Check {
	check := p.explain(line)
	if check.OK || p.options.StripANSI {
		return check
	}
	bare := make([]byte, len(line))
	if bare = bare[:frame.Strip(bare, line)]; len(bare) < len(line) && p.explain(bare).OK {
		check.Hint = `it fits without the control sequences of a terminal, which "strip_ansi": true takes out`
	}
	return check
}

func (p *Parser) explain(line []byte) Check {
	line = p.record(line)
	bound, err := p.bind(line)
	if err != nil {
		return Check{Fault: record.NoMatch.String(), Expected: "a format that has what the definition asks for", Seen: err.Error()}
	}
	s := p.take(bound)
	defer p.done(bound, s)
	return s.frames().Explain(line)
}

func trimEnding(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\n' {
		line = line[:n-1]
		if n > 1 && line[n-2] == '\r' {
			line = line[:n-2]
		}
	}
	return line
}
