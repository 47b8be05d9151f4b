package sawlog

import (
	"context"
	"io"

	"github.com/goccy/go-json"

	"github.com/sawlog/sawlog/lib/internal/engine"
)

// Info describes a parser. Its JSON is what the other languages see.
type Info struct {
	Definition json.RawMessage `json:"definition"`
	Format     string          `json:"format"` // the built-in format, "auto" while it is to be detected, "" for a definition of the user's own
	Engine     string          `json:"engine"` // "matcher" for patterns, else the engine's key ("json"), "several" for formats; "" while the format is to be detected
	Schema     []SchemaField   `json:"schema"` // null when it depends on the input
	Elements   []Element       `json:"elements"`
	Warnings   []Warning       `json:"warnings"`
}

// Warning is what is no mistake in a definition, but hardly what was meant: two fields side by side, of which nothing tells where the one
// ends, in a language that takes them.
type Warning struct {
	Key     string `json:"key"` // of the definition: "grok"
	Column  string `json:"column,omitempty"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	// Where in the text of the pattern: in bytes from 0, in lines and characters from 1.
	Offset int `json:"offset"`
	Line   int `json:"line"`
	Char   int `json:"char"`
}

// Warnings lists what the definition leaves open, the outermost envelope first.
func (p *Parser) Warnings() []Warning {
	warnings := []Warning{}
	if inner := p.within(); len(inner) > 0 {
		for _, p := range inner {
			warnings = append(warnings, p.Warnings()...)
		}
		return warnings
	}
	w, ok := engine.As[engine.Warner](p.plan)
	if !ok {
		return warnings
	}
	for _, wrong := range w.Warnings() {
		e := (&FormatError{Offset: wrong.Pos}).at(wrong.Text)
		warnings = append(warnings, Warning{wrong.Key, wrong.Column, wrong.Message, wrong.Hint, e.Offset, e.Line, e.Column})
	}
	return warnings
}

// within are the parsers that p consists of: those of its envelopes, and of its formats.
func (p *Parser) within() (all []*Parser) {
	if p.bare != nil {
		return []*Parser{p.bare}
	}
	if p.outside != nil {
		for i := range p.outside.layers {
			all = append(all, p.outside.layers[i].parser)
		}
		return append(all, p.outside.inner)
	}
	if several, ok := p.plan.(*mixedPlan); ok {
		all = append(all, several.members...)
	}
	return all
}

// Element is how one element of a definition is read.
type Element struct {
	Element string `json:"element"`          // as the definition has it: a variable, a pattern; the name of an engine that reads all of a line
	Column  string `json:"column,omitempty"` // the first that it fills
	How     string `json:"how"`              // by what: a search, a native reader, a regular expression ...
}

// Describe says which engine each element of the definition has got, the outermost envelope first.
func (p *Parser) Describe() []Element {
	elements := []Element{}
	if p.bare != nil && p.bare.plan != nil { // else it was detected since
		return p.bare.Describe()
	}
	if p.outside != nil {
		for i := range p.outside.layers {
			for _, e := range p.outside.layers[i].parser.Describe() {
				e.How = "envelope: " + e.How
				elements = append(elements, e)
			}
		}
		if p.outside.inner.plan != nil {
			return append(elements, p.outside.inner.Describe()...)
		}
	}
	if several, ok := p.plan.(*mixedPlan); ok {
		for _, m := range several.members {
			elements = append(elements, m.Describe()...)
		}
		return elements
	}
	if d, ok := engine.As[engine.Describer](p.plan); ok {
		for _, part := range d.Describe() {
			elements = append(elements, Element(part))
		}
		for _, w := range p.Warnings() {
			how := w.Message
			if w.Column != "" {
				how = "ambiguous: " + how
			}
			elements = append(elements, Element{w.Key, w.Column, how})
		}
	}
	if len(elements) == 0 && p.plan != nil {
		elements = append(elements, Element{Element: p.plan.Engine(), How: "an engine of its own"})
	}
	return elements
}

// SchemaField is a field as JSON.
type SchemaField struct {
	Name       string   `json:"name"`
	Type       string   `json:"type"`
	Dictionary bool     `json:"dictionary,omitempty"`
	Path       []string `json:"path,omitempty"`
	Overflow   bool     `json:"overflow,omitempty"`
	Inferred   []string `json:"inferred,omitempty"` // what of its times the log does not write: "year", "date", "zone"
}

// DescribeSchema is a schema as JSON can show it, nil for nil.
func DescribeSchema(s *Schema) []SchemaField {
	if s == nil {
		return nil
	}
	fields := make([]SchemaField, len(s.Fields))
	for i := range s.Fields {
		f := &s.Fields[i]
		fields[i] = SchemaField{f.Name, f.TypeName(), f.Dictionary, f.Path, f.Overflow, f.Inferred()}
	}
	return fields
}

// Info describes the parser.
func (p *Parser) Info() Info {
	i := Info{Definition: json.RawMessage(p.Definition()), Format: auto, Schema: DescribeSchema(p.Schema()), Elements: p.Describe(), Warnings: p.Warnings()}
	if p.plan != nil {
		i.Format, i.Engine = p.resolved.format, p.plan.Engine()
	}
	return i
}

// ReaderInfo describes a reader.
type ReaderInfo struct {
	Info
	Sources   []string   `json:"sources"`
	Detection *Detection `json:"detection"` // null when the format was given
}

// Info describes the reader. The beginning of the input is read when that has not happened yet.
func (r *Reader) Info() (ReaderInfo, error) { return r.InfoContext(context.Background()) }

// InfoContext is Info that gives ctx's error when ctx is done first.
func (r *Reader) InfoContext(ctx context.Context) (ReaderInfo, error) {
	if err := r.prepare(ctx); err != nil {
		return ReaderInfo{}, err
	}
	return ReaderInfo{Info: r.parser.Info(), Sources: r.names, Detection: r.found}, nil
}

// DetectPath finds the format of the beginning of a file, decompressed. Of the options Codec, Limits, Zone, Year and Now count: the others
// say how the records of a known format are read.
func DetectPath(path string, o Options) (Detection, error) {
	p, err := NewParserOptions(Options{Zone: o.Zone, Year: o.Year, Now: o.Now, Limits: o.Limits})
	if err != nil {
		return Detection{}, err
	}
	r, err := p.Open([]string{path}, Options{Codec: o.Codec, Threads: 1})
	if err != nil {
		return Detection{}, err
	}
	defer func() { _ = r.Close() }()
	if err := r.prepare(context.Background()); err != nil {
		return Detection{}, err
	}
	if r.found.Confidence == 0 {
		// What cannot be read at all has no format for another reason than that no line fits.
		batch, err := r.Next()
		if err != nil && err != io.EOF {
			return Detection{}, err
		} else if err == nil {
			batch.Release()
		}
	}
	return *r.found, nil
}
