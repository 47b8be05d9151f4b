package match

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

// Declared is a type that the user gave a field.
type Declared struct {
	Type   record.Type
	Layout string // timestamp: the layout; duration: the unit
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
}

func (e *Error) Error() string { return e.Message }

// compiler collects the program.
type compiler struct {
	o      Options
	p      *Program
	fields []record.Field
	seen   map[string]bool
}

// Compile makes a program of a tree.
func Compile(tree *pattern.Tree, o Options) (*Program, error) {
	c := &compiler{o: o, p: &Program{limit: o.Limit, utf8: o.Reject, clocks: o.Clock}, seen: map[string]bool{}}
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
		if len(rest) == 1 && rest[0].Kind == pattern.KindRest && s.after.n > 0 {
			// What follows reads the end of the line itself.
			s.last = false
		}
		if err := c.step(&s, before); err != nil {
			return nil, err
		}
		before, elements = s.after.text, rest
		c.p.steps = append(c.p.steps, s)
	}
	return c.finish()
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
	s.empty = !e.EmptyNull && !spaced
	kind, layout := e.Kind, e.Layout
	if d, ok := c.o.Fields[c.name(e.Field)]; ok && e.Field != "" {
		kind, layout = kindOf(d.Type), d.Layout
		if kind != e.Kind || layout != "" {
			copied := *e
			copied.Layout = layout
			s.element = &copied
			e = s.element
		}
		if d.Type == record.Int && e.Kind == pattern.KindDuration {
			kind = pattern.KindInt
		}
	}
	plain := e.Skip == 0 && e.List == pattern.NoList && !s.peek && !s.optional && s.after.n > 0
	switch kind {
	case pattern.KindText:
		s.op, s.odd = opSlow, e.Empty != ""
		if plain && e.Escape == pattern.EscapeNone && !s.odd && !(e.Word && s.stop == ' ' && s.after.n > 1) {
			s.op = opText
		} else if plain && e.Escape != pattern.EscapeNone {
			s.op = opEscaped
		}
		return c.column(s, record.Field{Name: e.Field, Type: c.text(), Dictionary: e.Dictionary && c.text() == record.String})
	case pattern.KindInt:
		s.op, s.convert = opInt, nil
		return c.column(s, record.Field{Name: e.Field, Type: record.Int})
	case pattern.KindTime:
		return c.time(s, layout)
	case pattern.KindRequest:
		return c.request(s)
	case pattern.KindHostPort:
		s.op, s.convert = opNumber, convertHostPort
		if err := c.column(s, record.Field{Name: e.Field, Type: c.text()}); err != nil {
			return err
		}
		return c.add(&s.more[0], e, record.Field{Name: e.Port, Type: record.Int})
	case pattern.KindRest:
		s.op = opRest
		return c.column(s, record.Field{Name: e.Field, Type: c.text()})
	}
	return c.converted(s, kind)
}

func (c *compiler) text() record.Type {
	if c.o.Bytes {
		return record.Bytes
	}
	return record.String
}

// converted is a field that is found first and converted then.
func (c *compiler) converted(s *step, kind pattern.Kind) error {
	conversions := map[pattern.Kind]struct {
		convert converter
		t       record.Type
	}{
		pattern.KindUint: {convertUint, record.Uint}, pattern.KindFloat: {convertFloat, record.Float}, pattern.KindDuration: {convertDuration, record.Duration},
		pattern.KindIP: {convertIP, record.IP}, kindBool: {convertBool, record.Bool},
	}
	conversion, ok := conversions[kind]
	if !ok {
		return &Error{Pos: s.element.Pos, Message: fmt.Sprintf("%s: a value of kind %s cannot be matched", s.element.Source, kind)}
	}
	s.op, s.convert = opNumber, conversion.convert
	return c.column(s, record.Field{Name: s.element.Field, Type: conversion.t})
}

// kindBool exists only for declared types: no pattern language writes one.
const kindBool pattern.Kind = 100

func kindOf(t record.Type) pattern.Kind {
	switch t {
	case record.Int:
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
		return kindBool
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
	return c.column(s, record.Field{Name: s.element.Field, Type: record.Timestamp})
}

func (c *compiler) request(s *step) error {
	s.op = opRequest
	e := s.element
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
	return c.p, nil
}
