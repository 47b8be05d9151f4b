package ingest

import (
	"bytes"
	"container/list"
	"errors"
	"fmt"
	"sync"

	sawlog "github.com/sawlog/sawlog/lib"
)

// ErrFormat is a format that this service does not have; the chain holds sawlog's *FormatError with the nearest names.
var ErrFormat = errors.New("no such format")

// Formats gives parsers: by name, or by what a source has sent before. A client names a format; definitions come from the operator only,
// because a definition may name files.
type Formats struct {
	mu      sync.Mutex
	own     map[string]*sawlog.Parser // the operator's
	builtin map[string]*sawlog.Parser // made when first asked for; as many as there are built-in formats
	sources map[string]*list.Element  // what was detected
	recent  *list.List                // of *seen, the latest first
	most    int
}

type seen struct {
	source string
	format Format
}

// Format is a parser and its name.
type Format struct {
	Name   string
	Parser *sawlog.Parser
}

// NewFormats takes the operator's definitions by name, and how many sources it remembers.
func NewFormats(definitions map[string]string, sources int) (*Formats, error) {
	f := &Formats{own: map[string]*sawlog.Parser{}, builtin: map[string]*sawlog.Parser{}, sources: map[string]*list.Element{}, recent: list.New(), most: max(1, sources)}
	for name, definition := range definitions {
		p, err := sawlog.NewParser(definition)
		if err != nil {
			return nil, fmt.Errorf("format %q: %w", name, err)
		}
		f.own[name] = p
	}
	return f, nil
}

// Named is the format with a name.
func (f *Formats) Named(name string) (Format, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p, ok := f.own[name]; ok {
		return Format{name, p}, nil
	}
	if p, ok := f.builtin[name]; ok {
		return Format{name, p}, nil
	}
	info, err := sawlog.DescribeFormat(name) // a name only: no JSON gets past here
	if err != nil {
		return Format{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	p, ok := f.builtin[info.Name]
	if !ok {
		// What is sent here has just been written: that tells the year where a line does not.
		if p, err = sawlog.NewParserOptions(sawlog.Options{Format: info.Name, Now: "clock"}); err != nil {
			return Format{}, fmt.Errorf("%w: %w", ErrFormat, err)
		}
		f.builtin[info.Name] = p
	}
	return Format{info.Name, p}, nil
}

// sampleSize is how much of a body is looked at; wellKnown how much of it must fit the format that its source had before.
const (
	sampleSize = 64 << 10
	wellKnown  = 0.5
)

// Detect is the format of a sample from a source. Looking at every format costs much more than parsing, so a source's format is
// remembered for as long as at least half of what it sends fits.
func (f *Formats) Detect(source string, sample []byte) (Format, error) {
	sample = sample[:min(len(sample), sampleSize)]
	if known, ok := f.remembered(source); ok && fits(known.Parser, sample) {
		return known, nil
	}
	detection := sawlog.Detect(sample)
	name := detection.Format
	if detection.Confidence == 0 {
		name = "generic"
	}
	format, err := f.Named(name)
	if err == nil && detection.Confidence >= wellKnown {
		f.remember(source, format)
	}
	return format, err
}

func (f *Formats) remembered(source string) (Format, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, ok := f.sources[source]
	if !ok {
		return Format{}, false
	}
	f.recent.MoveToFront(e)
	return e.Value.(*seen).format, true
}

func (f *Formats) remember(source string, format Format) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e, ok := f.sources[source]; ok {
		e.Value.(*seen).format = format
		f.recent.MoveToFront(e)
		return
	}
	f.sources[source] = f.recent.PushFront(&seen{source, format})
	if f.recent.Len() > f.most {
		last := f.recent.Back()
		delete(f.sources, last.Value.(*seen).source)
		f.recent.Remove(last)
	}
}

// fits looks at the first lines only.
func fits(p *sawlog.Parser, sample []byte) bool {
	const enough = 4 << 10
	if len(sample) > enough {
		if end := bytes.IndexByte(sample[enough:], '\n'); end >= 0 {
			sample = sample[:enough+end+1]
		}
	}
	b := p.Parse(sample)
	defer b.Release()
	return float64(b.Len()) >= wellKnown*float64(b.Len()+b.Rejects())
}
