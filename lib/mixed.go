package sawlog

import (
	"fmt"
	"reflect"

	"github.com/goccy/go-json"

	"github.com/sawlog/sawlog/lib/internal/engine"
	"github.com/sawlog/sawlog/lib/internal/frame"
	"github.com/sawlog/sawlog/lib/internal/mixed"
)

// FormatList is the formats of a stream in which lines of several stand side by side: names, or definitions of their own. A line belongs to
// the first that takes it; the column _format says which that was.
type FormatList []Options

// decode implements decoder.
func (l *FormatList) decode(text string, offset int, path string) *FormatError {
	if text[0] != '[' {
		return &FormatError{Kind: KindOption, Key: path, Message: quote(path) + " takes a list of formats, not " + shorten(text), Offset: offset}
	}
	*l = FormatList{}
	return decodeList(text, offset, path, func(item string, offset int, path string) *FormatError {
		var o Options
		if err := decodeDefinition(item, offset, path, &o.Format, reflect.ValueOf(&o).Elem()); err != nil {
			return err
		}
		*l = append(*l, o)
		return nil
	})
}

// MarshalJSON writes the list as users would.
func (l FormatList) MarshalJSON() ([]byte, error) {
	items := make([]any, len(l))
	for i := range l {
		items[i] = &l[i]
		if name := l[i].Format; name != "" && reflect.DeepEqual(l[i], Options{Format: name}) {
			items[i] = name
		}
	}
	return json.Marshal(items)
}

// mostFormats is how many formats one stream may have: each may look at every line.
const mostFormats = 64

// newMixed makes a parser of several formats.
func newMixed(p *Parser) (*Parser, error) {
	o := &p.options
	wrong := func(key, message string) error {
		return &FormatError{Kind: KindOption, Key: key, Message: message, Offset: -1}
	}
	if keys := tagged(*o, "how"); len(keys) > 1 {
		return nil, wrong(keys[1], "only one key says how records are read, but there are "+keys[0]+" and "+keys[1])
	}
	if len(o.Formats) == 0 || len(o.Formats) > mostFormats {
		return nil, wrong("formats", fmt.Sprintf("formats has 1 to %d formats, not %d", mostFormats, len(o.Formats)))
	}
	for _, k := range []struct {
		key string
		set bool
	}{{"fields", o.Fields != nil}, {"rename", o.Rename != nil}, {"rest", o.Rest != ""}, {"optional", o.Optional != ""}} {
		if k.set {
			return nil, wrong(k.key, quote(k.key)+" belongs into the definitions that formats lists")
		}
	}
	plan := &mixedPlan{columns: withoutMeta(o.Columns, o.Meta)}
	fixed := true
	for i := range o.Formats {
		m, err := newMember(o.Formats[i], o)
		if err != nil {
			return nil, err
		}
		o.StripANSI = o.StripANSI || m.options.StripANSI // by its pattern
		plan.members = append(plan.members, m)
		fixed = fixed && m.bound != nil
	}
	if !fixed {
		plan.sample = detectionSample
	}
	placed, err := engine.Place(plan, o.Meta, o.UTF8 == "bytes")
	if err != nil {
		return nil, formatError(err, &resolved{})
	}
	if p.frame, err = frame.Compile(frameOptions(o)); err != nil {
		return nil, frameError(err)
	}
	p.plan, p.resolved = placed, &resolved{definition: engine.Definition{Line: p.lineLimit()}, frame: frameOptions(o)}
	if !fixed {
		return p, checkLimits(*o)
	}
	bound, err := placed.Bind(nil)
	if err != nil {
		return nil, err
	}
	bound = turning(bound)
	p.bound, p.workers = bound, newWorkerPool(bound, p.alloc)
	return p, checkLimits(*o)
}

// newMember makes the parser of one format of the list.
func newMember(m Options, o *Options) (*Parser, error) {
	if name := firstReading(m); name != "" {
		return nil, &FormatError{Kind: KindOption, Key: "formats." + name, Message: quote(name) + " is an option for reading, not part of a definition", Offset: -1}
	}
	if m.Envelope != nil || m.Where != nil || m.Formats != nil || m.Multiline != nil || m.Framing != "" || m.StripANSI || m.Encoding != "" || m.Meta != nil {
		return nil, &FormatError{Kind: KindOption, Key: "formats", Message: "envelope, where, multiline, framing, strip_ansi, encoding, meta and formats belong beside formats, not into it", Offset: -1}
	}
	if len(tagged(m, "how")) == 0 {
		m.Format = auto
	}
	if m.otlp() {
		return nil, &FormatError{Kind: KindOption, Key: "formats", Message: "otlp makes several rows of a line, so that it stands alone", Offset: -1}
	}
	// What is said beside the list is said for all of them.
	for _, to := range []struct{ own, all *string }{{&m.Zone, &o.Zone}, {&m.Now, &o.Now}, {&m.Names, &o.Names}, {&m.UTF8, &o.UTF8}} {
		if *to.own == "" {
			*to.own = *to.all
		}
	}
	if m.Year == 0 {
		m.Year = o.Year
	}
	m.FileTime = o.FileTime
	m.Strict = m.Strict || o.Strict
	if o.Limits != nil {
		m.Limits = o.Limits
	}
	p, err := NewParserOptions(m)
	if err != nil {
		if wrong, ok := err.(*FormatError); ok && wrong.Key != "" {
			wrong.Key = "formats." + wrong.Key
		}
		return nil, err
	}
	p.alone = true
	if p.document() {
		return nil, &FormatError{Kind: KindOption, Key: "formats", Message: "a document that is one record is no format of lines", Offset: -1}
	}
	return p, nil
}

// mixedPlan implements engine.Plan.
type mixedPlan struct {
	members []*Parser
	columns []string
	sample  int
}

func (p *mixedPlan) Engine() string { return "several" }
func (p *mixedPlan) Document() bool { return false }
func (p *mixedPlan) Sample() int    { return p.sample }

// Bind shows each member what those before it have refused.
func (p *mixedPlan) Bind(sample []byte) (engine.Bound, error) {
	members := make([]mixed.Member, len(p.members))
	names := map[string]int{}
	for i, m := range p.members {
		bound, err := m.bind(sample)
		if err != nil {
			return nil, err
		}
		name := bound.shortName()
		if names[name]++; names[name] > 1 {
			name = fmt.Sprintf("%s#%d", name, names[name])
		}
		members[i] = mixed.Member{Name: name, Bound: bound.bound}
		if p.sample > 0 {
			sample = bound.refusedLines(sample)
		}
	}
	plan, err := mixed.New(members)
	if err != nil {
		return nil, &FormatError{Kind: KindOption, Key: "formats", Message: "formats: " + err.Error(), Offset: -1}
	}
	if p.columns == nil {
		return plan, nil
	}
	for _, name := range p.columns {
		if p.sample == 0 && plan.Schema().Find(name) < 0 {
			return nil, &FormatError{Kind: KindOption, Key: "columns", Message: "columns: there is no field " + quote(name), Hint: nearest(name, plan.Schema().Names()), Offset: -1}
		}
	}
	return selected(plan, p.columns)
}

// refusedLines are the lines of a sample that are no records.
func (p *Parser) refusedLines(sample []byte) (lines []byte) {
	b := p.Parse(sample)
	defer b.Release()
	for i := range b.Rejects() {
		lines = append(append(lines, b.Reject(i).Raw...), '\n')
	}
	return lines
}

// shortName is what rows of the parser say their format is.
func (p *Parser) shortName() string {
	switch {
	case p.options.Name != "":
		return p.options.Name
	case p.resolved != nil && p.resolved.format != "":
		return p.resolved.format
	}
	return tagged(p.options, "how")[0]
}
