package match

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

// Declared is a type that the user gave a field.
type Declared struct {
	Type   record.Type
	Layout string // timestamp: the layout; duration: the unit; int: "", "hex" or "size"; string: "" or "unquote"
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
	o       Options
	p       *Program
	seq     *sequence // under way
	before  string    // the constant text before the next element
	scope   map[string]bool
	fields  []record.Field
	columns map[string]int // by name; -1: not kept
	joins   map[string]*join
	tables  map[string]*[256]bool
	untils  map[string]*until // by the ends
}

// Compile makes a program of a tree.
func Compile(tree *pattern.Tree, o Options) (*Program, error) {
	c := &compiler{o: o, columns: map[string]int{}, tables: map[string]*[256]bool{}, untils: map[string]*until{}}
	first, err := c.program(tree)
	if err != nil {
		return nil, err
	}
	for other := tree.Else; other != nil; other = other.Else {
		p, err := c.program(other)
		if err != nil {
			return nil, err
		}
		first.others = append(first.others, p)
	}
	if err := c.finish(first); err != nil {
		return nil, err
	}
	if tree.Else != nil {
		first = first.plant(tree)
	}
	if tree.Seldom != nil {
		first.seldom = sync.OnceValue(func() []*Program { return c.seldom(tree.Seldom(), first.schema) })
	}
	first.feeds = tree.Feeds
	return first, nil
}

// seldom compiles trees of elements that have been compiled before, so that nothing can be wrong with them.
func (c *compiler) seldom(tree *pattern.Tree, schema *record.Schema) (programs []*Program) {
	for ; tree != nil; tree = tree.Else {
		p, err := c.program(tree)
		if err != nil {
			break
		}
		c.settle(p, schema)
		programs = append(programs, p)
	}
	return programs
}

// program compiles one tree, whose columns are among those of c.
func (c *compiler) program(tree *pattern.Tree) (*Program, error) {
	c.p = &Program{limit: c.o.Limit, utf8: c.o.Reject, clocks: c.o.Clock, aside: tree.Aside, dash: tree.Dash}
	c.seq, c.before, c.scope, c.joins = &c.p.sequence, "", map[string]bool{}, map[string]*join{}
	if err := c.elements(tree.Elements, nil); err != nil {
		if wrong := (*Error)(nil); errors.As(err, &wrong) {
			wrong.Text = tree.Text
		}
		return nil, err
	}
	c.finishJoins()
	return c.p, nil
}

// elements makes the steps of the sequence under way. follow is what may come behind it, nil: the line's end, which it reads.
func (c *compiler) elements(elements []pattern.Element, follow []string) error {
	elements = constantsLast(elements, follow)
	if c.seq.steps == nil {
		steps := 1 // and the line's end
		for i := range elements {
			if elements[i].Kind != pattern.KindLiteral || i > 0 && elements[i-1].Kind == pattern.KindGroup {
				steps++
			}
		}
		c.seq.steps = make([]step, 0, steps)
	}
	if len(elements) > 0 && elements[0].Kind == pattern.KindLiteral {
		c.seq.lead, c.before = makeConstant(elements[0].Literal), elements[0].Literal
		elements = elements[1:]
	}
	ended := false
	for len(elements) > 0 {
		rest, err := elements[1:], error(nil)
		switch e := &elements[0]; e.Kind {
		case pattern.KindGroup, pattern.KindConstant, pattern.KindPairs, pattern.KindLiteral:
			ended = readsEnd(e, rest, follow)
			err = c.unread(e, rest, follow)
		case pattern.KindRest:
			if follow != nil {
				err = c.unread(e, rest, follow)
				break
			}
			rest, ended, err = c.value(e, rest, follow)
		default:
			rest, ended, err = c.value(e, rest, follow)
		}
		if err != nil {
			return err
		}
		elements = rest
	}
	if follow == nil && !ended {
		c.push(step{op: opEnd, col: -1, more: none, element: &lineEnd})
	}
	c.seq.settle()
	return nil
}

var lineEnd = pattern.Element{Kind: pattern.KindLiteral, Source: "the end of the line"}

func (c *compiler) push(s step) { c.seq.steps = append(c.seq.steps, s) }

// value makes the step of a value and of the literal behind it. ended tells whether it reads the line's end.
func (c *compiler) value(e *pattern.Element, rest []pattern.Element, follow []string) (_ []pattern.Element, ended bool, err error) {
	s := step{col: -1, more: none, element: e}
	ends, err := c.ends(e, rest, follow)
	switch {
	case err != nil:
		return nil, false, err
	case ends != nil:
		s.until = c.until(ends, beforeGroup(rest))
	case len(rest) > 0 && rest[0].Kind == pattern.KindLiteral:
		s.after, s.optional, s.keep, rest = makeConstant(rest[0].Literal), rest[0].Optional, rest[0].Keep, rest[1:]
	case len(rest) > 0 && rest[0].Prefix != "":
		s.after, s.peek = makeConstant(rest[0].Prefix), true
	}
	if s.last = len(rest) == 0 && s.until == nil; s.last && follow == nil {
		s.after = makeConstant(s.after.text + "\n")
	} else {
		s.last = false
	}
	if s.until == nil && len(rest) == 1 && rest[0].Kind == pattern.KindRest {
		// What follows reads the end of the line itself. A value without quotes ends at its blank, or with the line.
		if s.last = false; s.after.n == 0 {
			s.after, s.peek, s.optional = makeConstant(" "), true, true
		}
	}
	s.cut, s.repeat = e.Cut, e.Repeat && !s.last && !s.peek && s.after.n > 0
	s.optional = s.optional || s.cut
	s.ends = s.optional || e.Loose
	if err := c.step(&s, c.before); err != nil {
		return nil, false, err
	}
	s.must = s.layout != nil && s.mustBeTime()
	s.strict = s.paired && !s.last && !s.optional && s.element.Escape == pattern.EscapeNone && !(s.element.Word && s.stop == ' ')
	s.closed = (s.op == opText || s.op == opEscaped) && s.stop != '\n' && !s.optional && !s.element.Word
	c.before = s.after.text
	c.push(s)
	return rest, s.last || s.op == opRest, nil
}

var none = [3]int{-1, -1, -1}

// step decides how the field is read. before is the text in front of it.
func (c *compiler) step(s *step, before string) error {
	e := s.element
	if s.after.n > 0 {
		s.stop = s.after.text[0]
	}
	if s.after.n > 1 {
		s.second, s.paired = s.after.text[1], true
	}
	s.not, s.has = newSought(e.Not), newSought(e.Has)
	s.nulls = e.Null != ""
	s.null = makeConstant(e.Null + s.after.text)
	if s.peek {
		s.nulls = false // the short cut consumes the constant; the slow way does not
	}
	spaced := (before == "" || strings.HasSuffix(before, " ")) && (s.stop == ' ' || s.stop == '\n' || s.until != nil && s.until.blank)
	s.empty = e.MayBeEmpty || !e.EmptyNull && !spaced
	kind, declared := c.declared(s)
	if s.element.Part {
		if c.seq != &c.p.sequence { // a group may be passed over, and its steps are others
			return &Error{Pos: e.Pos, Message: fmt.Sprintf("%s: a part of a value stands inside a group: each form needs a pattern of its own", e.Source)}
		}
		if c.joins[s.element.Field] != nil {
			return c.addPart(s, len(c.p.steps))
		}
		if err := c.typed(s, kind, declared); err != nil {
			return err
		}
		s.op = opOdd
		return c.addPart(s, len(c.p.steps))
	}
	if err := c.typed(s, kind, declared); err != nil || s.until == nil {
		s.cells = s.isCell()
		return err
	}
	return c.bounded(s)
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
	if e.Fraction != "" && kind == pattern.KindTime && strings.Contains(d.Layout, "%S") && !strings.ContainsAny(d.Layout, "fLN") {
		d.Layout += e.Fraction
	}
	if kind != e.Kind || d.Layout != "" || e.List != pattern.NoList {
		copied := *e
		copied.Layout, copied.AsText = d.Layout, true
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
	if kind == pattern.KindText && e.List != pattern.NoList && !e.AsText {
		return c.list(s)
	}
	odd := e.Unusual() || s.peek || s.repeat || unquote
	plain := e.Skip == 0 && e.List == pattern.NoList && !s.peek && (!s.optional || s.cut) && s.after.n > 0
	switch kind {
	case pattern.KindText:
		s.op, s.odd, s.text = opSlow, e.Empty != "", true
		if odd && (e.Unusual() || unquote) {
			s.op, s.convert = opOdd, convertText
			if unquote {
				s.convert = convertUnquote
			} else if e.NoArgs {
				s.convert = convertTarget
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
		s.soon = s.nulls && s.after.n > 0 && !s.peek && !s.repeat && e.Skip == 0 && e.List == pattern.NoList
		dictionary := e.Dictionary && c.text() == record.String
		if s.recent = -1; dictionary && s.op == opWord && (s.levels != nil || e.Severity != "") {
			s.recent = c.p.levels
			c.p.levels++
		}
		if err := c.column(s, record.Field{Name: e.Field, Type: c.text(), Dictionary: dictionary}); err != nil || e.Severity == "" {
			return err
		}
		return c.add(&s.more[0], e, record.Field{Name: e.Severity, Type: record.Uint})
	case pattern.KindInt:
		s.op, s.convert, s.number = opInt, convertInt, true
		if odd || s.after.n == 0 { // the short cut of opInt takes all digits and the constant
			s.op = opOdd
		}
		return c.column(s, record.Field{Name: e.Field, Type: record.Int})
	case pattern.KindTime:
		err := c.time(s, e.Layout)
		if odd {
			s.op, s.stamped = opOdd, s.isStamp()
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
	if err == nil && e.Fourth != "" {
		err = c.add(&s.more[2], e, record.Field{Name: e.Fourth, Type: c.text()})
	}
	return err
}

func (c *compiler) text() record.Type {
	if c.o.Bytes {
		return record.Bytes
	}
	return record.String
}

func (c *compiler) column(s *step, f record.Field) error { return c.add(&s.col, s.element, f) }

// name is what the user calls the field.
func (c *compiler) name(field string) string {
	if to, ok := c.o.Rename[field]; ok {
		return to
	}
	return field
}

// add gives the field a column, unless it is dropped or projected away. Where two ways through the pattern fill one column, they share
// it.
func (c *compiler) add(to *int, e *pattern.Element, f record.Field) error {
	if f.Name == "" {
		return nil
	}
	f.Name = c.name(f.Name)
	if c.scope[f.Name] {
		return &Error{Pos: e.Pos, Message: fmt.Sprintf("%s: the field %q is there already", e.Source, f.Name)}
	}
	c.scope[f.Name] = true
	i, there := c.columns[f.Name]
	switch {
	case there && i >= 0 && c.fields[i].TypeName() != f.TypeName():
		return &Error{Pos: e.Pos, Message: fmt.Sprintf("%s: the field %q has two types", e.Source, f.Name)}
	case !there && c.o.Columns != nil && !slices.Contains(c.o.Columns, f.Name):
		i = -1
		c.columns[f.Name] = i
	case !there:
		i = len(c.fields)
		c.columns[f.Name] = i
		c.fields = append(c.fields, f)
	case i >= 0 && f.Turn == nil && c.fields[i].Turn != nil && c.fields[i].Turn.Kind == record.NoDate:
		c.fields[i].Turn = nil // some of its stamps have a date, which the order of the others must not take from them
	}
	if *to = i; i >= 0 {
		c.seq.fills = append(c.seq.fills, i)
	}
	return nil
}

// finish checks the options' names against the fields and makes the schema, which all programs share.
func (c *compiler) finish(first *Program) error {
	names := make([]string, 0, len(c.columns))
	for name := range c.columns {
		names = append(names, name)
	}
	slices.Sort(names)
	known := func(name string) bool { _, ok := c.columns[name]; return ok }
	for _, name := range slices.Sorted(maps.Keys(c.o.Fields)) {
		if !known(name) {
			return &Error{Key: "fields", Pos: -1, Message: fmt.Sprintf("fields: there is no field %q", name), Names: names}
		}
	}
	for _, name := range c.o.Columns {
		if !known(name) {
			return &Error{Key: "columns", Pos: -1, Message: fmt.Sprintf("columns: there is no field %q", name), Names: names}
		}
	}
	schema, err := record.NewSchema(c.fields)
	if err != nil {
		return &Error{Pos: -1, Message: err.Error()}
	}
	for _, p := range append([]*Program{first}, first.others...) {
		c.settle(p, schema)
	}
	return nil
}

// settle gives a program its schema.
func (c *compiler) settle(p *Program, schema *record.Schema) {
	p.schema = schema
	p.forget(schema)
	for i := range c.fields {
		if !slices.Contains(p.fills, i) {
			p.absent = append(p.absent, i)
		}
	}
}
