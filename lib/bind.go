package sawlog

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/engine"
)

// bind is the parser with plan and schema for a stream that begins with sample: p itself where these do not depend on it.
func (p *Parser) bind(sample []byte) (*Parser, error) {
	if p.bound != nil {
		return p, nil
	}
	if p.bare != nil {
		bare, err := p.bare.bind(sample)
		if err != nil {
			return nil, err
		}
		return bare.dressed(p.options, p.bare)
	}
	if p.outside != nil {
		return p.bindOutside(p.sampled(sample))
	}
	if p.plan == nil {
		detected, err := p.detect(p.readable(p.sampled(sample)))
		if err != nil {
			return nil, err
		}
		return detected.bind(sample)
	}
	if p.byLines() {
		sample = p.sampled(sample)
	}
	limit := p.plan.Sample()
	if !p.plan.Document() && len(sample) >= limit {
		sample = sample[:limit]
		sample = sample[:bytes.LastIndexByte(sample, '\n')+1]
	}
	bound, err := p.plan.Bind(sample)
	if err != nil {
		return nil, formatError(err, p.resolved)
	}
	fixed := *p
	bound = turning(bound)
	fixed.bound, fixed.workers = bound, newWorkerPool(bound, p.alloc)
	return &fixed, nil
}

// readable is a sample without the lines that are too long to be read: in small blocks no more than their beginning would be there.
func (p *Parser) readable(sample []byte) []byte {
	limit := p.lineLimit()
	if limit >= min(len(sample), detectionSample) {
		return sample
	}
	kept := make([]byte, 0, len(sample))
	for line := range bytes.Lines(sample) {
		if len(trimEnding(line)) <= limit {
			kept = append(kept, line...)
		}
	}
	return kept
}

// sampleSize is how much of a stream's beginning bind wants to see.
func (p *Parser) sampleSize() int {
	switch {
	case p.bound != nil:
		return 0
	case p.byLines() && p.sampleBytes() > 0:
		return min(detectionSample, p.sampleBytes())
	case p.plan == nil, p.outside != nil:
		return detectionSample
	}
	return p.plan.Sample()
}

// byLines tells whether the sample is bounded here and not by an engine: the format is detected, or there are several around or beside each
// other. Lines count then, whatever is in them.
func (p *Parser) byLines() bool {
	return p.plan == nil || p.outside != nil || len(p.options.Formats) > 0
}

// sampleRecords and sampleBytes are what the options say of the sample, or what those of an engine in envelopes do; 0: nothing.
func (p *Parser) sampleRecords() int {
	if p.options.SampleRecords == 0 && p.outside != nil && p.resolved != nil {
		return p.resolved.definition.SampleRecords
	}
	return p.options.SampleRecords
}

func (p *Parser) sampleBytes() int {
	if p.options.SampleBytes == 0 && p.outside != nil && p.resolved != nil {
		return p.resolved.definition.SampleBytes
	}
	return p.options.SampleBytes
}

// sampled is as much of a sample as the options want.
func (p *Parser) sampled(sample []byte) []byte {
	if n := p.sampleBytes(); n > 0 && n <= len(sample) {
		sample = sample[:bytes.LastIndexByte(sample[:n], '\n')+1]
	}
	if n := p.sampleRecords(); n > 0 && n <= bytes.Count(sample, newline) {
		sample = firstLines(sample, n)
	}
	return sample
}

// enough tells whether sample, the beginning of a stream that may go on, is all that bind wants to see. looked is how long it was when
// it was last looked at: since that costs as much as parsing, it is done again only when the sample has grown by a tenth.
func (p *Parser) enough(sample []byte, looked *int) bool {
	if len(sample) >= p.sampleSize() {
		return !p.document()
	}
	if n := p.sampleRecords(); n > 0 && p.byLines() && !p.document() {
		return bytes.Count(sample, newline) >= n
	}
	c, ok := p.plan.(engine.Counter)
	if !ok || p.outside != nil || p.document() || len(sample)-*looked < *looked/10 {
		return false
	}
	if *looked = len(sample); bytes.Count(sample, newline) < c.Records() {
		return false
	}
	// Mostly each line is a record, or nearly so.
	for _, lines := range []int{c.Records() + c.Records()/16, len(sample)} {
		if c.Taken(firstLines(sample, lines)) >= c.Records() {
			return true
		}
	}
	return false
}

// firstLines are the first n whole lines of sample, or all of them.
func firstLines(sample []byte, n int) []byte {
	end := 0
	for ; n > 0; n-- {
		k := bytes.IndexByte(sample[end:], '\n')
		if k < 0 {
			break
		}
		end += k + 1
	}
	return sample[:end]
}

var newline = []byte{'\n'}
