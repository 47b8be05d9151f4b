package sawlog

import (
	"bytes"
	"errors"

	"github.com/sawlog/sawlog/lib/internal/charset"
	"github.com/sawlog/sawlog/lib/internal/envelope"
	"github.com/sawlog/sawlog/lib/internal/frame"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Stream is a parser that is fed: bytes go in, in any pieces, batches come out. However the bytes are cut, the records are the same. It
// is for one goroutine at a time.
type Stream struct {
	parser  *Parser
	line    int        // longest line kept
	state   *lineState // nil until the schema is known
	rest    []byte     // fed, but not parsed: the unfinished last line, or the sample that is being collected
	tried   int        // length of rest when it was last cut into a sample
	looked  int        // length of rest when it was last looked at as a sample
	lost    int64      // bytes of the unfinished line that are beyond the longest line, and so are in rest no more
	decoder charset.Decoder
	short   bool          // the newline at the end of rest was added
	began   bool          // a byte order mark may not follow
	cutter  *frame.Cutter // nil: every line is a record
	lines   int64
	turns   record.Turns
	offset  int64
	unwrap  *envelope.Unwrapper // of a format in envelopes
	closed  bool
}

var errStreamClosed = errors.New("sawlog: the stream is closed")

// Stream makes a Stream. Of o only Limits is looked at; a Codec is refused, since a stream is fed what has been decompressed already, and so
// are the keys of a definition, which the parser has.
func (p *Parser) Stream(o Options) (*Stream, error) {
	if err := checkSettled(o); err != nil {
		return nil, err
	}
	if o.Codec != "" && o.Codec != "auto" && o.Codec != "none" {
		return nil, &FormatError{Kind: KindOption, Key: "codec", Message: "a stream is fed what has been decompressed already: codec cannot be " + quote(o.Codec), Offset: -1}
	}
	if o.Limits != nil {
		with := p.options
		with.Limits = with.Limits.under(*o.Limits)
		limited, err := NewParserOptions(with)
		if err != nil {
			return nil, err
		}
		p = limited
	}
	return &Stream{parser: p, line: p.lineLimit(), decoder: charset.Decoder{Encoding: p.encoding()}}, nil
}

// under are the limits, nil for none, with those of another above them that are set.
func (l *Limits) under(other Limits) *Limits {
	if l == nil {
		return &other
	}
	own := *l
	for _, x := range []struct{ own, other *int }{{&own.Line, &other.Line}, {&own.Depth, &other.Depth}, {&own.Columns, &other.Columns}} {
		if *x.other != 0 {
			*x.own = *x.other
		}
	}
	if other.Bytes != 0 {
		own.Bytes = other.Bytes
	}
	return &own
}

// Feed parses the lines that are complete with data; nil when there is none, or while the beginning of the stream is still being looked
// at to find its format or its schema (Flush ends that). data may be used again afterwards.
func (s *Stream) Feed(data []byte) (*Batch, error) {
	if s.closed {
		return nil, errStreamClosed
	}
	fed := len(s.rest)
	s.rest = s.decoder.Append(s.rest, data, false)
	if !s.began {
		if len(s.rest) < len(bom) && bytes.HasPrefix(bom, s.rest) || len(s.rest) == 1 && s.rest[0] >= 0xfe {
			return nil, nil
		}
		s.skipBOM()
	}
	if s.state == nil {
		if !s.enough() {
			return nil, nil
		}
		if err := s.bind(); err != nil {
			return nil, err
		}
		fed = 0
	}
	switch {
	case s.parser.document():
		s.bound()
		return nil, nil
	case s.cutter != nil:
		return s.framed(false), nil
	}
	if k := bytes.LastIndexByte(s.rest[fed:], '\n'); k >= 0 { // what was there before is one unfinished line
		return s.parse(fed+k+1, false), nil
	}
	s.bound()
	return nil, nil
}

// Flush parses all that has been fed, its unfinished last line included; nil when there is nothing. The stream can be fed again.
func (s *Stream) Flush() (*Batch, error) {
	if s.closed {
		return nil, errStreamClosed
	}
	s.rest = s.decoder.Append(s.rest, nil, true)
	if len(s.rest) == 0 && s.lost == 0 && s.cutter == nil {
		if s.unwrap != nil && s.unwrap.Open() {
			s.state.builder.Start(1)
			s.unwrapLines(nil, 0, true)
			return s.settle(0), nil
		}
		return nil, nil
	}
	s.skipBOM()
	if s.state == nil {
		if err := s.bind(); err != nil {
			return nil, err
		}
	}
	if s.parser.document() {
		s.bound()
		b := s.state.builder
		b.Start(1)
		if s.lost > 0 {
			s.cutDocument(b)
		} else {
			s.state.whole(s.rest)
		}
		return s.settle(len(s.rest)), nil
	}
	if s.cutter != nil {
		return s.framed(true), nil
	}
	if n := len(s.rest); n > 0 && s.rest[n-1] != '\n' {
		s.rest, s.short = append(s.rest, '\n'), true
		defer func() { s.short = false }()
		return s.parse(n+1, true), nil
	}
	return s.parse(len(s.rest), true), nil
}

// Close gives the stream's memory back. What is fed afterwards is refused.
func (s *Stream) Close() {
	s.rest, s.state, s.closed = nil, nil, true
	if s.cutter != nil {
		s.cutter.Close()
	}
}

func (s *Stream) skipBOM() {
	if !s.began {
		s.began = true
		if e, ok := charset.Sniff(s.rest); ok && s.decoder.Encoding == charset.UTF8 {
			s.decoder.Encoding = e
			s.rest = s.decoder.Append(nil, s.rest[charset.MarkSize:], false)
		} else if bytes.HasPrefix(s.rest, bom) {
			s.rest = s.rest[len(bom):]
			if s.decoder.Encoding == charset.UTF8 { // else it is no part of the decoded text
				s.offset = int64(len(bom))
			}
		}
	}
}

// bind settles format and schema by what has been fed so far.
func (s *Stream) bind() error {
	bound, err := s.parser.bindText(s.rest)
	if err != nil {
		return err
	}
	s.parser, s.state = bound, s.parser.take(bound)
	s.state.builder.Before = nil
	if bound.unwrap != nil {
		s.unwrap = bound.unwrap.NewUnwrapper()
	}
	if bound.frame != nil {
		s.cutter = bound.frame.NewCutter(bound.alloc, 1<<16)
		s.cutter.Start(s.offset)
	}
	return nil
}

func (p *Parser) document() bool { return p.plan != nil && p.plan.Document() }

// enough tells whether what has been fed is all that bind wants to see.
func (s *Stream) enough() bool {
	if s.parser.frame == nil || s.parser.sampleSize() == 0 {
		return s.parser.enough(s.rest, &s.looked)
	}
	if len(s.rest) < s.tried+s.tried/8 {
		return false
	}
	s.tried = len(s.rest)
	return s.parser.enough(s.parser.cutSample(s.rest, false), &s.looked)
}

// framed makes a batch of the records that are complete; final: of all that was fed.
func (s *Stream) framed(final bool) *Batch {
	b := s.state.builder
	b.Start(likelyRows(len(s.rest)))
	some := false
	take := func(block frame.Block, ok bool) bool {
		if ok {
			some = true
			if s.unwrap != nil {
				s.state.unwrap(s.unwrap, &block, s.lines, s.offset)
				return ok
			}
			s.state.frames().Parse(b, &block, true)
			s.state.passed(block.Data[:block.N], s.parser.directive())
		}
		return ok
	}
	s.cutter.Feed(s.rest)
	for take(s.cutter.Next()) {
	}
	for take(s.cutter.Flush(final)) {
	}
	s.rest = s.rest[:0]
	if final && s.unwrap != nil && s.unwrap.Open() {
		some = true
		s.unwrap.Add(envelope.Input{Offset: s.cutter.Offset()}, true).ParseAt(s.state.worker, b, s.lines, s.offset)
	}
	if final {
		s.cutter.Start(s.cutter.Offset())
	}
	batch := b.Finish()
	if !some {
		batch.Release()
		return nil
	}
	s.turns.Settle(batch)
	batch.Settle(0, "", s.lines+1, s.offset)
	s.lines += batch.Lines()
	s.offset += batch.InputBytes()
	return batch
}

// parse makes a batch of the first n bytes of rest, which are whole lines. Of an unfinished line only the beginning is kept when it is
// too long already. With final no record of several lines stays open.
func (s *Stream) parse(n int, final bool) *Batch {
	if n == 0 {
		s.bound()
		return nil
	}
	b := s.state.builder
	b.Start(likelyRows(n))
	text := s.rest[:n]
	if s.unwrap != nil {
		s.unwrapLines(text, n, final)
		return s.settle(n)
	}
	if s.lost > 0 {
		// The first line was cut: its beginning, then what came of it since.
		end := bytes.IndexByte(text, '\n')
		s.cutLine(b, text[:end])
		text = text[end+1:]
	}
	if len(text) > 0 {
		block := s.parser.alloc.Alloc(len(text) + scan.Slack)
		m := copy(block, text)
		scan.FillSlack(block[m:])
		b.Begin(block, m, true)
		s.state.worker.Parse(b, block, m)
		s.state.passed(block[:m], s.parser.directive())
	}
	if s.short {
		b.Skip(-1)
	}
	return s.settle(n)
}

// cutLine makes a reject of a line of which lost bytes are gone; kept is what is left of it, with what came behind the gap.
func (s *Stream) cutLine(b *record.Builder, kept []byte) {
	length := int64(len(kept)) + s.lost
	block := s.parser.alloc.Alloc(s.line + scan.Slack)
	m := copy(block[:s.line], kept)
	b.Begin(block, m, true)
	b.Skip(length - int64(m) + 1)
	if kept[len(kept)-1] == '\r' {
		length--
	}
	b.RejectCut(record.TooLong, 0, m, length)
	s.lost = 0
}

// cutDocument is cutLine for a document, behind which a line may end.
func (s *Stream) cutDocument(b *record.Builder) {
	kept, ended := bytes.CutSuffix(s.rest, newline)
	if s.cutLine(b, kept); !ended {
		b.Skip(-1)
	}
}

// settle finishes the batch of the first n bytes of rest.
func (s *Stream) settle(n int) *Batch {
	batch := s.state.builder.Finish()
	s.turns.Settle(batch)
	batch.Settle(0, "", s.lines+1, s.offset)
	s.lines += batch.Lines()
	s.offset += batch.InputBytes()
	s.rest = append(s.rest[:0], s.rest[n:]...)
	s.bound()
	return batch
}

// bound drops what is beyond the longest line of the unfinished line, or document, that rest is, but for its last bytes, which may be its
// ending.
func (s *Stream) bound() {
	const ending = len("\r\n")
	if n, keep := len(s.rest), s.line+ending; n > keep {
		s.lost += int64(n - keep)
		copy(s.rest[s.line:keep], s.rest[n-ending:])
		s.rest = s.rest[:keep]
	}
}

// unwrapLines parses lines of a format in envelopes: text, of which the first line may have been cut.
func (s *Stream) unwrapLines(text []byte, n int, final bool) {
	offset, b := s.offset, s.state.builder
	first := s.lines
	if s.lost > 0 {
		end := bytes.IndexByte(text, '\n')
		block := s.parser.alloc.Alloc(s.line + 1 + scan.Slack)
		m := copy(block[:s.line], text[:end])
		block[m] = '\n'
		length := int64(end) + s.lost
		in := envelope.Input{Data: block, N: m + 1, Own: true, Offset: offset, Bytes: length + 1, Long: length}
		if text[end-1] == '\r' {
			in.Long--
		}
		text, s.lost = text[end+1:], 0
		if s.short && len(text) == 0 {
			in.Bytes--
		}
		s.unwrap.Add(in, final && len(text) == 0).ParseAt(s.state.worker, b, first, s.offset)
		offset += length + 1
	}
	if len(text) == 0 && (n > 0 || !final) {
		return
	}
	block := s.parser.alloc.Alloc(len(text) + scan.Slack)
	m := copy(block, text)
	scan.FillSlack(block[m:])
	in := envelope.Input{Data: block, N: m, Own: true, Offset: offset, Bytes: int64(m)}
	if s.short {
		in.Bytes--
	}
	s.unwrap.Add(in, final).ParseAt(s.state.worker, b, first, s.offset)
}
