package sawlog

import (
	"bytes"
	"context"

	"github.com/sawlog/sawlog/lib/internal/charset"
	"github.com/sawlog/sawlog/lib/internal/envelope"
	"github.com/sawlog/sawlog/lib/internal/frame"
	"github.com/sawlog/sawlog/lib/internal/source"
	"github.com/sawlog/sawlog/lib/record"
)

// Parsing what is in memory, where records are not simply lines.

// bindText is bind for a text that is not cut into records yet.
func (p *Parser) bindText(text []byte) (*Parser, error) {
	if p.frame == nil || p.bound != nil {
		return p.bind(text)
	}
	return p.bind(p.cutSample(text, true))
}

// cutSample is the beginning of a text with each record on a line of its own: of twice what bind wants to see, for what stands between records
// is not in it. whole: nothing comes behind the text.
func (p *Parser) cutSample(text []byte, whole bool) (sample []byte) {
	if size := p.sampleSize(); len(text)/2 > size {
		text, whole = text[:2*size], false
	}
	if !p.frame.Plain() {
		return text
	}
	cutter := p.frame.NewCutter(record.Heap, len(text))
	defer cutter.Close()
	add := func(block frame.Block, ok bool) bool {
		if ok {
			sample = block.AppendText(sample)
			record.Heap.Free(block.Data)
		}
		return ok
	}
	cutter.Start(0)
	cutter.Feed(text)
	for add(cutter.Next()) {
	}
	for add(cutter.Flush(whole)) {
	}
	return sample
}

// frames is what shows cut blocks to the state's worker.
func (s *lineState) frames() *frame.Parser {
	if s.parser.Lines == nil {
		s.parser = frame.Parser{Lines: s.worker, NewWhole: s.newWhole}
	}
	return &s.parser
}

// cut calls each for the blocks that f cuts text into.
func (s *lineState) cut(ctx context.Context, f *frame.Frame, text []byte, each func(block *frame.Block)) error {
	cutter := f.NewCutter(s.alloc, min(len(text), pieceSize))
	defer cutter.Close()
	cutter.Start(0)
	cutter.Feed(text)
	take := func(block frame.Block, ok bool) bool {
		if ok {
			each(&block)
		}
		return ok && ctx.Err() == nil
	}
	for take(cutter.Next()) {
	}
	for ctx.Err() == nil && take(cutter.Flush(true)) {
	}
	return ctx.Err()
}

// framed parses text cut by f.
func (s *lineState) framed(ctx context.Context, f *frame.Frame, text []byte, directive string) error {
	return s.cut(ctx, f, text, func(block *frame.Block) {
		s.frames().Parse(s.builder, block, true)
		s.passed(block.Data[:block.N], directive)
	})
}

// encoding is that of the log.
func (p *Parser) encoding() charset.Encoding {
	e, _ := charset.Parse(p.options.Encoding) // NewParserOptions has checked it
	return e
}

// checkEncoding finds a name that no encoding has.
func checkEncoding(name string) error {
	if _, ok := charset.Parse(name); !ok {
		return &FormatError{Kind: KindOption, Key: "encoding", Message: "there is no encoding " + quote(name), Hint: nearest(name, charset.Names), Offset: -1}
	}
	return nil
}

// encodingOf is that of a log which begins with text.
func (p *Parser) encodingOf(text []byte) charset.Encoding {
	e := p.encoding()
	if e == charset.UTF8 {
		e, _ = charset.Sniff(text)
	}
	return e
}

// decoded is a whole log as UTF-8, without byte order mark; other tells whether it is another text than data.
func (p *Parser) decoded(data []byte) (text []byte, other bool) {
	if e := p.encodingOf(data); e != charset.UTF8 {
		return bytes.TrimPrefix(e.Decode(data), bom), true
	}
	return bytes.TrimPrefix(data, bom), false
}

// record is the text of one record: decoded, without the control sequences of terminals where these are not wanted, and without one line
// ending.
func (p *Parser) record(line []byte) []byte {
	if e := p.encoding(); e != charset.UTF8 {
		line = e.Decode(line)
	}
	line = trimEnding(line)
	if p.options.StripANSI {
		stripped := make([]byte, len(line))
		line = stripped[:frame.Strip(stripped, line)]
	}
	return line
}

// recordAsIs tells whether record takes nothing from a line but its ending.
func (p *Parser) recordAsIs() bool { return p.encoding() == charset.UTF8 && !p.options.StripANSI }

// directive is how lines begin that say how those behind them are read, "" where there are none.
func (p *Parser) directive() string {
	if p.resolved == nil {
		return ""
	}
	switch p.resolved.definition.Language {
	case "w3c":
		return "#Fields:"
	case "zeek":
		return "#fields"
	}
	return ""
}

// passed notes the directives of text, which has been parsed, for what comes behind it.
func (s *lineState) passed(text []byte, directive string) {
	if directive != "" {
		s.builder.Before = source.Directive(text, directive, s.builder.Before)
	}
}

// multiline is what the parser's format says of records of several lines, nil for nothing.
func (p *Parser) multiline() *frame.Joining {
	if p.resolved == nil {
		return nil
	}
	return p.resolved.frame.Multiline
}

// unwrapped parses text cut by f of a format in envelopes.
func (s *lineState) unwrapped(ctx context.Context, f *frame.Frame, u *envelope.Unwrapper, text []byte) error {
	if err := s.cut(ctx, f, text, func(block *frame.Block) { s.unwrap(u, block, 0, 0) }); err != nil {
		return err
	}
	if u.Open() {
		u.Add(envelope.Input{Offset: int64(len(text))}, true).ParseAt(s.worker, s.builder, 0, 0)
	}
	return ctx.Err()
}

// unwrap parses a block of a format in envelopes, for a batch that began at a line and an offset of the stream.
func (s *lineState) unwrap(u *envelope.Unwrapper, block *frame.Block, line, offset int64) {
	in := envelope.Input{Data: block.Data, N: block.N, Own: true, Offset: block.Offset, Bytes: block.Layout.Bytes, Layout: block.Layout}
	u.Add(in, false).ParseAt(s.worker, s.builder, line, offset)
}
