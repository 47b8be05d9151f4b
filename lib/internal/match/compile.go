package match

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// Declared is a type that the user gave a field.
type Declared struct {
	Type   record.Type
	Layout string // timestamp: the layout; duration: the unit; int: "" or "hex"; string: "" or "unquote"
}

// Options refine a pattern.
type Options struct {
	Fields  map[string]Declared // by the name after Rename
	Rename  map[string]string
	Columns []string // only these, nil: all
	Limit   int      // longest line in bytes
	Reject  bool     // a line that is not UTF-8 is a reject
	Bytes   bool     // texts are kept as bytes, whatever they are
	Clock   timestamp.Options
}

// Error is a mistake in a definition that shows only when it is compiled. Pos is a byte offset in the pattern, -1: none; Key is the
// option that is to blame, empty for the pattern itself.
type Error struct {
	Key     string
	Pos     int
	Message string
	Names   []string // the names that would have been right
	Text    int      // of several patterns: the number of the one that Pos is in
}

func (e *Error) Error() string { return e.Message }

// compiler collects the program.
type compiler struct {
	o      Options
	p      *Program
	fields []record.Field
	seen   map[string]bool
	joins  map[string]*join
	main   *compiler // of another program: that of the first one
	union  bool      // and it may have columns of its own
}

func newCompiler(o Options) *compiler {
	return &compiler{o: o, p: &Program{limit: o.Limit, utf8: o.Reject, clocks: o.Clock}, seen: map[string]bool{}, joins: map[string]*join{}}
}

// Compile makes a program of a tree.
func Compile(tree *pattern.Tree, o Options) (*Program, error) {
	c := newCompiler(o)
	if err := c.compile(tree); err != nil {
		return nil, err
	}
	if err := c.alternatives(tree.Else); err != nil {
		return nil, err
	}
	p, err := c.finish()
	if err == nil && tree.Else != nil {
		p = p.plant(tree)
	}
	return p, err
}

// compile makes the steps.
func (c *compiler) compile(tree *pattern.Tree) error {
	elements := tree.Elements
	if len(elements) > 0 && elements[0].Kind == pattern.KindLiteral {
		lead := elements[0].Literal
		c.p.lead = makeConstant(lead)
		elements = elements[1:]
	}
	before := c.p.lead.text
	for len(elements) > 0 {
		e, rest := &elements[0], elements[1:]
		s := step{col: -1, more: none, element: e}
		if len(rest) > 0 && rest[0].Kind == pattern.KindLiteral {
			s.after, s.optional, s.keep, rest = makeConstant(rest[0].Literal), rest[0].Optional, rest[0].Keep, rest[1:]
		} else if len(rest) > 0 && rest[0].Prefix != "" {
			s.after, s.peek = makeConstant(rest[0].Prefix), true
		}
		if s.last = len(rest) == 0; s.last {
			s.after = makeConstant(s.after.text + "\n")
		}
		if len(rest) == 1 && rest[0].Kind == pattern.KindRest {
			// What follows reads the end of the line itself. A value without quotes ends at its blank, or with the line.
			if s.last = false; s.after.n == 0 {
				s.after, s.peek, s.optional = makeConstant(" "), true, true
			}
		}
		s.cut, s.repeat = e.Cut, e.Repeat && !s.last && !s.peek && s.after.n > 0
		s.optional = s.optional || s.cut
		s.ends = s.optional || e.Loose
		if err := c.step(&s, before); err != nil {
			return err
		}
		before, elements = s.after.text, rest
		c.p.steps = append(c.p.steps, s)
	}
	c.finishJoins()
	return nil
}

var none = [3]int{-1, -1, -1}

// step decides how the field is read. before is the text in front of it.
func (c *compiler) step(s *step, before string) error {
	e := s.element
	if s.after.n > 0 {
		s.stop = s.after.text[0]
	}
	s.nulls = e.Null != ""
	s.null = makeConstant(e.Null + s.after.text)
	if s.peek {
		s.nulls = false // the short cut consumes the constant; the slow way does not
	}
	spaced := (before == "" || strings.HasSuffix(before, " ")) && (s.stop == ' ' || s.stop == '\n')
	s.empty = e.MayBeEmpty || !e.EmptyNull && !spaced
	kind, declared := c.declared(s)
	if s.element.Part {
		if c.joins[s.element.Field] != nil {
			return c.addPart(s, len(c.p.steps))
		}
		if err := c.typed(s, kind, declared); err != nil {
			return err
		}
		s.op = opOdd
		return c.addPart(s, len(c.p.steps))
	}
	return c.typed(s, kind, declared)
}

// declared is how the step's value is read: as the user says, else as the pattern says. unquote: quotes around it go.
func (c *compiler) declared(s *step) (kind pattern.Kind, unquote bool) {
	e := s.element
	d, ok := c.o.Fields[c.name(e.Field)]
	if !ok || e.Field == "" {
		return e.Kind, false
	}
	kind = kindOf(d)
	if d.Type == record.String && d.Layout == "unquote" {
		d.Layout, unquote = "", true
	}
	if kind != e.Kind || d.Layout != "" {
		copied := *e
		copied.Layout = d.Layout
		if kind != pattern.KindText {
			copied.Severity = ""
		}
		s.element = &copied
	}
	return kind, unquote
}

// typed decides the step's operation and its column.
func (c *compiler) typed(s *step, kind pattern.Kind, unquote bool) error {
	e := s.element
	odd := e.Unusual() || s.peek || s.repeat || unquote
	plain := e.Skip == 0 && e.List == pattern.NoList && !s.peek && (!s.optional || s.cut) && s.after.n > 0
	switch kind {
	case pattern.KindText:
		s.op, s.odd, s.text = opSlow, e.Empty != "", true
		if odd && (e.Unusual() || unquote) {
			s.op, s.convert = opOdd, convertText
			if unquote {
				s.convert = convertUnquote
			} else if e.Level {
				s.convert, s.levels = convertLevel, tableOf(e.Levels, e.Known, e.AnyLevel)
			}
			if s.isWord(unquote) {
				s.op = opWord
			}
		} else if plain && e.Escape == pattern.EscapeNone && !s.odd && !(e.Word && s.stop == ' ' && s.after.n > 1) {
			s.op = opText
		} else if plain && e.Escape != pattern.EscapeNone {
			s.op = opEscaped
		}
		if err := c.column(s, record.Field{Name: e.Field, Type: c.text(), Dictionary: e.Dictionary && c.text() == record.String}); err != nil || e.Severity == "" {
			return err
		}
		return c.add(&s.more[0], e, record.Field{Name: e.Severity, Type: record.Uint})
	case pattern.KindInt:
		s.op, s.convert = opInt, convertInt
		if odd || s.after.n == 0 { // the short cut of opInt takes all digits and the constant
			s.op = opOdd
		}
		return c.column(s, record.Field{Name: e.Field, Type: record.Int})
	case pattern.KindTime:
		err := c.time(s, e.Layout)
		if odd {
			s.op = opOdd
		}
		return err
	case pattern.KindRequest:
		return c.request(s)
	case pattern.KindRest:
		s.op = opRest
		return c.column(s, record.Field{Name: e.Field, Type: c.text()})
	}
	err := c.converted(s, kind)
	if odd || kind == pattern.KindWithJSON {
		s.op = opOdd
	}
	if err == nil && e.Third != "" {
		err = c.add(&s.more[1], e, record.Field{Name: e.Third, Type: c.text()})
	}
	return err
}

func (c *compiler) text() record.Type {
	if c.o.Bytes {
		return record.Bytes
	}
	return record.String
}

// converted is a field that is found first and converted then.
func (c *compiler) converted(s *step, kind pattern.Kind) error {
	conversion, ok := conversions[kind]
	if !ok {
		return &Error{Pos: s.element.Pos, Message: fmt.Sprintf("%s: a value of kind %s cannot be matched", s.element.Source, kind)}
	}
	t, second := conversion.t, conversion.second
	if t == record.String {
		t, s.text = c.text(), true
	}
	if second == record.String {
		second = c.text()
	}
	s.op, s.convert, s.address, s.unit = opNumber, conversion.convert, t == record.IP, value.Unit(s.element.Layout)
	if err := c.column(s, record.Field{Name: s.element.Field, Type: t}); err != nil || conversion.second == 0 {
		return err
	}
	return c.add(&s.more[0], s.element, record.Field{Name: s.element.Port, Type: second})
}

// conversions are what values become that are found first and converted then: the type of their column, and of the second where a
// value gives two.
var conversions = map[pattern.Kind]struct {
	convert   converter
	t, second record.Type
}{
	pattern.KindUint: {convertUint, record.Uint, 0}, pattern.KindFloat: {convertFloat, record.Float, 0}, pattern.KindDuration: {convertDuration, record.Duration, 0},
	pattern.KindIP: {convertIP, record.IP, 0}, pattern.KindBool: {convertBool, record.Bool, 0}, pattern.KindHex: {convertHex, record.Int, 0},
	pattern.KindHostPort: {convertHostPort, record.String, record.Int}, pattern.KindHostParen: {convertHostParen, record.String, record.Int},
	pattern.KindTag: {convertTag, record.String, record.String}, pattern.KindPriority: {convertPriority, record.Uint, record.Uint},
	pattern.KindDotted:   {convertDotted, record.String, record.String},
	pattern.KindWithJSON: {convertWithJSON, record.String, record.String},
	pattern.KindFirstIP:  {convertFirstIP, record.String, 0},
}

func kindOf(d Declared) pattern.Kind {
	switch d.Type {
	case record.Int:
		if d.Layout == "hex" {
			return pattern.KindHex
		}
		return pattern.KindInt
	case record.Uint:
		return pattern.KindUint
	case record.Float:
		return pattern.KindFloat
	case record.Timestamp:
		return pattern.KindTime
	case record.Duration:
		return pattern.KindDuration
	case record.IP:
		return pattern.KindIP
	case record.Bool:
		return pattern.KindBool
	}
	return pattern.KindText
}

func (c *compiler) time(s *step, layout string) error {
	l, err := timestamp.Compile(layout)
	if err != nil {
		key := ""
		if _, declared := c.o.Fields[c.name(s.element.Field)]; declared {
			key = "fields"
		}
		return &Error{Key: key, Pos: s.element.Pos, Message: fmt.Sprintf("%s: the time layout %q: %v", s.element.Source, layout, err)}
	}
	s.op, s.layout = opTime, l
	if zone := s.element.Zone; zone != "" {
		if s.zone, err = timestamp.ParseZone(zone); err != nil {
			return &Error{Pos: s.element.Pos, Message: fmt.Sprintf("%s: %v", s.element.Source, err)}
		}
	}
	return c.column(s, record.Field{Name: s.element.Field, Type: record.Timestamp})
}

func (c *compiler) request(s *step) error {
	s.op = opRequest
	e := s.element
	if e.Dashes {
		s.op, s.convert, s.text = opOdd, convertRequest, true
	}
	dictionary := c.text() == record.String
	parts := []struct {
		to *int
		f  record.Field
	}{
		{&s.col, record.Field{Name: pattern.Method, Type: c.text(), Dictionary: dictionary}},
		{&s.more[0], record.Field{Name: pattern.Target, Type: c.text()}},
		{&s.more[1], record.Field{Name: pattern.Protocol, Type: c.text(), Dictionary: dictionary}},
		{&s.more[2], record.Field{Name: pattern.Request, Type: c.text()}},
	}
	for _, part := range parts {
		if err := c.add(part.to, e, part.f); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) column(s *step, f record.Field) error { return c.add(&s.col, s.element, f) }

// name is what the user calls the field.
func (c *compiler) name(field string) string {
	if to, ok := c.o.Rename[field]; ok {
		return to
	}
	return field
}

// add gives the field a column, unless it is dropped or projected away.
func (c *compiler) add(to *int, e *pattern.Element, f record.Field) error {
	if f.Name == "" {
		return nil
	}
	f.Name = c.name(f.Name)
	if c.main != nil {
		c.seen[f.Name] = true
		return c.main.shared(to, e, f, c.union)
	}
	if c.seen[f.Name] {
		return &Error{Pos: e.Pos, Message: fmt.Sprintf("%s: the field %q is there already", e.Source, f.Name)}
	}
	c.seen[f.Name] = true
	if c.o.Columns != nil && !slices.Contains(c.o.Columns, f.Name) {
		return nil
	}
	*to = len(c.fields)
	c.fields = append(c.fields, f)
	return nil
}

// finish checks the options' names against the fields and makes the schema, in the order that the user asked for.
func (c *compiler) finish() (*Program, error) {
	names := make([]string, 0, len(c.seen))
	for name := range c.seen {
		names = append(names, name)
	}
	slices.Sort(names)
	for name := range c.o.Fields {
		if !c.seen[name] {
			return nil, &Error{Key: "fields", Pos: -1, Message: fmt.Sprintf("fields: there is no field %q", name), Names: names}
		}
	}
	for _, name := range c.o.Columns {
		if !c.seen[name] {
			return nil, &Error{Key: "columns", Pos: -1, Message: fmt.Sprintf("columns: there is no field %q", name), Names: names}
		}
	}
	schema, err := record.NewSchema(c.fields)
	if err != nil {
		return nil, &Error{Pos: -1, Message: err.Error()}
	}
	c.p.schema = schema
	for _, other := range c.p.others {
		other.schema = schema
	}
	return c.p, nil
}
