package sawlog

import (
	"fmt"
	"strings"

	"github.com/sawlog/sawlog/lib/formats"
	"github.com/sawlog/sawlog/lib/internal/detect"
	"github.com/sawlog/sawlog/lib/internal/engine"
)

// Detection says which format a log has, and why.
type Detection struct {
	Format     string      `json:"format"`     // the name of a built-in format
	Confidence float64     `json:"confidence"` // the share of the sample's lines that fit, 0 to 1; 0: nothing fits, Format is "generic"
	Definition string      `json:"definition"` // a definition that fixes the choice
	Candidates []Candidate `json:"candidates"` // every format that was tried, the best first
}

// Candidate is a format that was tried.
type Candidate struct {
	Format     string  `json:"format"`
	Confidence float64 `json:"confidence"` // the share of the sample's lines that fit
	Matched    int     `json:"matched"`
	Lines      int     `json:"lines"`
	Why        string  `json:"why,omitempty"` // why it was not chosen
}

// Explain is the detection as text, a candidate a line.
func (d Detection) Explain() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %.0f %% of the sample's lines fit\n", d.Format, 100*d.Confidence)
	for _, c := range d.Candidates {
		if c.Why != "" {
			fmt.Fprintf(&b, "  not %s: %s\n", c.Format, c.Why)
		}
	}
	return b.String()
}

const (
	detectionSample = detect.Size
	fallback        = "generic" // takes any line
)

// Detect finds the format of data: of the lines of its first 1 MiB, taken from the head, the middle and the tail.
func Detect(data []byte) Detection {
	lines := detect.Sample(data)
	all, err := formats.All()
	if err != nil {
		panic(err) // the files are embedded: a test reads them
	}
	var candidates []detect.Candidate
	for _, f := range all {
		if f.Name == fallback {
			continue
		}
		if c, ok := candidate(f, data); ok {
			candidates = append(candidates, c)
		}
	}
	results, found := detect.Rank(lines, candidates)
	d := Detection{Format: fallback}
	for i := range results {
		r := &results[i]
		d.Candidates = append(d.Candidates, Candidate{Format: r.Name, Confidence: r.Share(), Matched: r.Matched, Lines: r.Lines, Why: r.Why})
	}
	if found {
		d.Format, d.Confidence = results[0].Name, results[0].Share()
	}
	d.Definition = `{"format":` + quote(d.Format) + `}`
	return d
}

// candidate makes a parser of the format count lines.
func candidate(f formats.Format, data []byte) (detect.Candidate, bool) {
	p, err := NewParser(f.Name)
	if err != nil {
		return detect.Candidate{}, false
	}
	if p, err = p.bind(data); err != nil {
		return detect.Candidate{}, false
	}
	count := detect.ByWorker(p.bound.Schema(), p.bound.Present(), p.bound.NewWorker())
	if r, ok := p.plan.(engine.Recognizer); ok {
		if _, ok := r.Recognize(nil); ok {
			count = detect.ByCounter(f.Name, func(sample []byte) (int, int) {
				matched, _ := r.Recognize(sample)
				return matched, 0
			})
			return detect.Candidate{Name: f.Name, Rank: f.Specificity, Count: count}, true
		}
	}
	if c, ok := p.plan.(engine.Counter); ok {
		count = detect.ByCounter(f.Name, c.Count)
	}
	return detect.Candidate{Name: f.Name, Rank: f.Specificity, Count: count}, true
}

// detect gives the parser for a stream that begins with sample.
func (p *Parser) detect(sample []byte) (*Parser, error) {
	d := Detect(sample)
	o := p.options
	o.Format = d.Format
	detected, err := NewParserOptions(o)
	if err != nil {
		return nil, err
	}
	detected.found = &d
	return detected, nil
}
