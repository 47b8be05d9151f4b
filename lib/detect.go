package sawlog

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/goccy/go-json"

	"github.com/sawlog/sawlog/lib/formats"
	"github.com/sawlog/sawlog/lib/internal/charset"
	"github.com/sawlog/sawlog/lib/internal/detect"
	"github.com/sawlog/sawlog/lib/internal/engine"
	"github.com/sawlog/sawlog/lib/internal/frame"
	"github.com/sawlog/sawlog/lib/internal/pattern"
)

// Detection says which format a log has, and why.
type Detection struct {
	Format     string      `json:"format"`     // the name of a built-in format
	Confidence float64     `json:"confidence"` // the share of the sample's lines that fit, 0 to 1; 0: nothing fits, Format is "generic"
	Definition string      `json:"definition"` // a definition that fixes the choice
	Candidates []Candidate `json:"candidates"` // every format that was tried, the best first

	flowLog   *flowLog // of a VPC flow log whose first line says which fields it has
	stripANSI bool     // many lines have the colours of a terminal in them
	spread    bool     // objects of JSON go over several lines
	mixed     *Options // lines of another format stand between: the formats of both
}

// Candidate is a format that was tried.
type Candidate struct {
	Format     string  `json:"format"`
	Confidence float64 `json:"confidence"` // the share of the sample's lines that fit
	Matched    int     `json:"matched"`
	Lines      int     `json:"lines"`
	Why        string  `json:"why,omitempty"` // why it was not chosen
}

// Explain is the detection as text: a line for each candidate that fits some line of the sample.
func (d Detection) Explain() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %.0f %% of the sample's lines fit\n", d.Format, 100*d.Confidence)
	none := 0
	for _, c := range d.Candidates {
		if c.Matched == 0 {
			none++
		} else if c.Why != "" {
			fmt.Fprintf(&b, "  not %s: %s\n", c.Format, c.Why)
		}
	}
	if none > 0 {
		fmt.Fprintf(&b, "  %d more formats: no line fits\n", none)
	}
	return b.String()
}

const (
	detectionSample = detect.Size
	fallback        = "generic" // takes any line
)

// Detect finds the format of data: of the lines of its first 1 MiB, taken from the head, the middle and the tail.
func Detect(data []byte) Detection { return DetectNamed(data, "") }

// DetectNamed is Detect for the beginning of a file of that name or path. The name only helps between formats that fit.
func DetectNamed(data []byte, name string) Detection {
	if e, ok := charset.Sniff(data); ok {
		data = e.Decode(data[charset.MarkSize:min(len(data), 2*detectionSample)])
	}
	lines := detect.Sample(data)
	coloured := uncolour(lines)
	lines = slices.DeleteFunc(lines, func(line []byte) bool { return len(line) == 0 }) // of colours alone
	d := rank(lines, name)
	if records := gather(lines); records != nil {
		if other := rank(records, name); d.Confidence < other.Confidence && isObject(other.Format) {
			d, d.spread = other, true
		}
	}
	if d.spread {
		d.define(`"multiline":{"start":` + quote(objectStart) + `}`)
	}
	d.lookBeside(lines)
	if d.stripANSI = coloured; coloured {
		d.define(`"strip_ansi":true`)
	}
	return d
}

// define puts one more member into the definition.
func (d *Detection) define(member string) {
	d.Definition = strings.TrimSuffix(d.Definition, "}") + "," + member + "}"
}

// objectStart is where an object begins that goes over several lines.
const objectStart = `^\{`

// gather puts together lines of objects of JSON that go over several: each begins with a brace at the beginning of a line. nil: there are none.
func gather(lines [][]byte) (records [][]byte) {
	if !slices.ContainsFunc(lines, func(line []byte) bool { return line[0] == '{' && line[len(line)-1] != '}' }) {
		return nil
	}
	for _, line := range lines {
		if line[0] == '{' || len(records) == 0 {
			records = append(records, slices.Clip(line)) // what is appended goes elsewhere
			continue
		}
		last := &records[len(records)-1]
		*last = append(append(*last, ' '), line...)
	}
	return records
}

// isObject tells whether lines of the format are objects of JSON.
func isObject(name string) bool {
	return slices.ContainsFunc(contenders(), func(c contender) bool { return c.format.Name == name && c.object })
}

// rank finds the format of lines.
func rank(lines [][]byte, name string) Detection {
	var candidates []detect.Candidate
	all := contenders()
	may := promising(all, bytes.Join(detect.Few(lines), newline))
	flows := flowLogOf(lines)
	for i := range all {
		c := &all[i]
		candidate := detect.Candidate{Name: c.format.Name, Rank: c.format.Specificity, Hinted: c.hinted(name), Count: func(detect.Text) detect.Fit { return detect.Fit{} }}
		if flows != nil && c.format.Name == vpcFormat {
			candidate.Count, candidate.Explain = eyesOf(flows.parser, detect.Values{})
		} else if slices.Contains(may, c) {
			candidate.Count, candidate.Explain = c.eyes()
		}
		candidates = append(candidates, candidate)
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
	if flows != nil && d.Format == vpcFormat {
		d.flowLog, d.Definition = flows, flows.definition()
	}
	return d
}

// uncolour takes the control sequences of terminals out of the lines where many have some, and tells whether it did.
func uncolour(lines [][]byte) bool {
	n := 0
	for _, line := range lines {
		if bytes.Contains(line, []byte("\x1b[")) {
			n++
		}
	}
	if n == 0 || 4*n < len(lines) { // the lines of a trace have none
		return false
	}
	for i, line := range lines {
		text := make([]byte, len(line))
		lines[i] = text[:frame.Strip(text, line)]
	}
	return true
}

// contender is a built-in format whose parser is made when a log may have it, and kept: a program that detects does so again.
type contender struct {
	format    *formats.Format
	parser    func() *Parser
	needs     pattern.Needs // what its lines need; empty: not known
	multiline string        // which lines are one record, as JSON; empty: each is
	object    bool          // its lines are objects of JSON
	values    detect.Values
}

var known struct {
	once sync.Once
	list []contender
}

// contenders are all formats that there are but the one that takes anything.
func contenders() []contender {
	known.once.Do(func() { known.list = makeContenders() })
	return known.list
}

func makeContenders() []contender {
	names := slices.DeleteFunc(formats.List(), func(name string) bool { return name == fallback })
	all := make([]contender, len(names))
	atOnce(len(all), func(i int) {
		all[i] = contender{format: formats.Find(names[i]), parser: sync.OnceValue(func() *Parser {
			p, err := NewParser(names[i])
			if err != nil {
				panic(err) // the files are embedded: a test reads them
			}
			return p
		})}
		all[i].foresee()
	})
	return all
}

// foresee finds what lines of the format need.
func (c *contender) foresee() {
	if c.format.Likely != nil {
		c.values.Likely, _ = detect.CompileLikely(c.format.Likely) // a test holds the files
	}
	members, err := scanObject(c.format.Definition)
	if err != nil {
		return
	}
	var lines []string
	short := false // a line may end early
	for _, m := range members {
		switch value := c.format.Definition[m.valueAt:m.valueEnd]; m.key {
		case "line":
			if json.Unmarshal([]byte(value), &lines) != nil && json.Unmarshal([]byte("["+value+"]"), &lines) != nil {
				return // a test holds the files
			}
		case "rest":
			c.values.Rest = strings.Trim(value, `"`)
		case "optional":
			short = true
		case "json":
			c.object = true
		case "multiline":
			c.multiline = value
		}
	}
	c.values.Levels = slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, "{level:level") })
	switch {
	case c.format.Needs != nil:
		c.needs = pattern.LineNeeds(c.format.Needs)
	case c.object:
		c.needs = pattern.LineNeeds(objects)
	case len(lines) > 0 && !short:
		c.needs = pattern.LineNeeds(lines)
	}
}

// objects are what objects of JSON look like.
var objects = []string{`{before}{{{in}"{key}":{rest}}}`, `{before}{{{in}"{key}" :{rest}}}`, `{before}{{}}{rest}`}

// joined tells whether a record has several lines, all of which count.
func (c *contender) joined() bool {
	return c.multiline != "" && !strings.HasPrefix(c.multiline, joinedByTime)
}

// promising are the contenders that some of the lines may have, their parsers made: on a few cores, for both take time at first.
func promising(all []contender, lines []byte) (some []*contender) {
	may := make([]bool, len(all))
	atOnce(len(all), func(i int) {
		if may[i] = all[i].needs.In(lines); may[i] {
			all[i].parser()
		}
	})
	for i := range all {
		if may[i] {
			some = append(some, &all[i])
		}
	}
	return some
}

// atOnce does n things on a few cores.
func atOnce(n int, do func(i int)) {
	var next atomic.Int32
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 4) {
		group.Go(func() {
			defer func() { _ = recover() }() // whoever asks for what was not made gets the panic again
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	group.Wait()
}

// hinted tells whether the file's name holds one of the words that the format's files are called by.
func (c *contender) hinted(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(c.format.Files, func(word string) bool { return strings.Contains(name, word) })
}

// eyes are how the format counts lines that fit, and says why one does not.
func (c *contender) eyes() (count func(text detect.Text) detect.Fit, explain func(line []byte) string) {
	p := c.parser()
	if own := ownEye(p.plan); own != nil {
		return detect.ByCounter(own), detect.ExplainCounter(c.format.Name, own)
	}
	if c.joined() {
		return joined(p, c.values), detect.ExplainBy(p.bound.NewWorker())
	}
	return eyesOf(p, c.values)
}

// eyesOf are the eyes of a parser that knows its schema.
func eyesOf(p *Parser, values detect.Values) (count func(text detect.Text) detect.Fit, explain func(line []byte) string) {
	w := p.bound.NewWorker()
	return detect.ByWorker(p.bound.Schema(), p.bound.Present(), w, values), detect.ExplainBy(w)
}

// joinedByTime is how formats join whose first lines are records by themselves: it is these that tell.
const joinedByTime = `"time`

// mostOfOne is how many lines of one record count: one record may join the rest of a text that is something else.
const mostOfOne = 10

// joined counts the lines that are in records, for formats whose records have several.
func joined(p *Parser, values detect.Values) func(text detect.Text) detect.Fit {
	return func(text detect.Text) detect.Fit {
		batch := p.Parse(text.Bytes())
		defer batch.Release()
		return values.Fit(batch, min(int(batch.Lines())-batch.Rejects(), mostOfOne*batch.Len()))
	}
}

// ownEye is how an engine tells lines that are surely its own; nil: what it can parse is.
func ownEye(plan engine.Plan) func(sample []byte) int {
	if r, ok := plan.(engine.Recognizer); ok {
		if _, ok := r.Recognize(nil); ok {
			return func(sample []byte) int {
				matched, _ := r.Recognize(sample)
				return matched
			}
		}
	}
	if c, ok := plan.(engine.Counter); ok {
		return func(sample []byte) int {
			matched, _ := c.Count(sample)
			return matched
		}
	}
	return nil
}

// detect gives the parser for a stream that begins with sample.
func (p *Parser) detect(sample []byte) (*Parser, error) {
	d := DetectNamed(sample, p.name)
	o := p.options
	if o.Format = d.Format; d.flowLog != nil {
		o.Format, o.VPCFlow = "", d.flowLog.names
	}
	o.StripANSI = o.StripANSI || d.stripANSI
	if d.spread && o.Multiline == nil {
		o.Multiline = &MultilineOptions{Start: objectStart}
	}
	if d.mixed != nil && p.mayMix() {
		o.mix(d.mixed)
	}
	detected, err := NewParserOptions(o)
	if err != nil {
		return nil, err
	}
	detected.found = &d
	return detected, nil
}
