package match

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// unread makes the step of an element that is no value.
func (c *compiler) unread(e *pattern.Element, rest []pattern.Element, follow []string) error {
	s := step{col: -1, more: none, element: e}
	switch e.Kind {
	case pattern.KindGroup:
		s.op = opGroup
		if err := c.group(&s, rest, follow); err != nil {
			return err
		}
	case pattern.KindLiteral:
		s.op, s.after, c.before = opLiteral, makeConstant(e.Literal), e.Literal
	case pattern.KindConstant:
		s.op, s.bytes = opConstant, append([]byte(e.Literal), make([]byte, scan.Slack)...)
		if err := c.column(&s, record.Field{Name: e.Field, Type: c.text(), Dictionary: c.text() == record.String}); err != nil {
			return err
		}
	case pattern.KindRest:
		s.op = opTail
		if err := c.column(&s, record.Field{Name: e.Field, Type: c.text()}); err != nil {
			return err
		}
	case pattern.KindPairs:
		s.op = opPairs
		if err := c.pairs(&s); err != nil {
			return err
		}
	}
	c.push(s)
	return nil
}

// group compiles the sequences of a group.
func (c *compiler) group(s *step, rest []pattern.Element, follow []string) error {
	e := s.element
	behind := c.behind(e, rest, follow)
	if readsEnd(e, rest, follow) {
		behind = nil
	}
	g := &group{choice: e.Choice, sequences: make([]sequence, len(e.Groups))}
	outer, scope, before := c.seq, c.scope, c.before
	union := maps.Clone(scope)
	for i := range e.Groups {
		c.seq, c.scope, c.before = &g.sequences[i], maps.Clone(scope), before
		if err := c.elements(e.Groups[i].Elements, behind); err != nil {
			return err
		}
		maps.Copy(union, c.scope)
		for _, column := range c.seq.fills {
			if !slices.Contains(g.fills, column) {
				g.fills = append(g.fills, column)
			}
		}
	}
	c.seq, c.scope, c.before = outer, union, " "
	g.index()
	for i := range g.sequences {
		var absent []int
		for _, column := range g.fills {
			if !slices.Contains(g.sequences[i].fills, column) {
				absent = append(absent, column)
			}
		}
		g.absent = append(g.absent, absent)
	}
	c.seq.fills = append(c.seq.fills, g.fills...)
	s.group = g
	return nil
}

// behind is what may follow one of the groups of e; empty where that is not known, because a value follows at once.
func (c *compiler) behind(e *pattern.Element, rest []pattern.Element, follow []string) []string {
	behind, err := firsts(rest, follow)
	if err != nil {
		return []string{}
	}
	if e.Choice == pattern.Any {
		for i := range e.Groups {
			lead, ok := leadOf(&e.Groups[i])
			if !ok {
				return []string{}
			}
			behind = append(behind, lead)
		}
	}
	return behind
}

// ends are the texts one of which ends the value e: where not simply one literal stands behind it. Nil when one does, or when what
// follows needs no sign.
func (c *compiler) ends(e *pattern.Element, rest []pattern.Element, follow []string) ([]string, error) {
	if e.Width > 0 || e.Whole || len(rest) == 0 && follow == nil {
		return nil, nil
	}
	if len(rest) > 0 {
		switch next := &rest[0]; {
		case next.Kind == pattern.KindLiteral:
			return lastLiteral(e, rest, follow), nil
		case next.Prefix != "", next.Kind == pattern.KindRest && follow == nil && e.Kind == pattern.KindTime:
			return nil, nil
		}
	}
	ends, err := firsts(rest, follow)
	if err == nil && len(ends) == 0 {
		err = fmt.Errorf("a value stands behind its group")
	}
	if err != nil && e.Kind == pattern.KindTime { // reading it tells
		return nil, nil
	}
	if err != nil {
		return nil, &Error{Pos: e.Pos, Message: fmt.Sprintf("%s: nothing tells where it ends: %v", e.Source, err)}
	}
	return ends, nil
}

// lastLiteral lets a text that the group's last literal ends go on until what may follow the group stands behind that literal: quotes in
// a quoted text do not end it then.
func lastLiteral(e *pattern.Element, rest []pattern.Element, follow []string) []string {
	if len(rest) > 1 || len(follow) == 0 || e.Escape != pattern.EscapeNone || e.Kind != pattern.KindText && e.Kind != pattern.KindRequest || e.Unusual() || e.List != pattern.NoList {
		return nil
	}
	ends := make([]string, len(follow))
	for i, text := range follow {
		ends[i] = rest[0].Literal + text
	}
	return ends
}

// firsts are the texts with which what follows may begin; "\n" is the line's end.
func firsts(elements []pattern.Element, follow []string) ([]string, error) {
	all := []string{} // never nil, which would be the line's end
	for i := range elements {
		switch e := &elements[i]; e.Kind {
		case pattern.KindConstant:
		case pattern.KindLiteral:
			return append(all, e.Literal), nil
		case pattern.KindRest:
			return append(all, " ", "\n"), nil
		case pattern.KindGroup:
			for k := range e.Groups {
				lead, ok := leadOf(&e.Groups[k])
				if !ok {
					return nil, fmt.Errorf("a group behind it does not begin with constant text")
				}
				all = append(all, lead)
			}
			if e.Choice == pattern.One {
				return all, nil
			}
		default:
			return nil, fmt.Errorf("a value stands behind it")
		}
	}
	if follow == nil {
		return append(all, "\n"), nil
	}
	return append(all, follow...), nil
}

// leadOf is the constant text that a group begins with.
func leadOf(t *pattern.Tree) (string, bool) {
	if len(t.Elements) == 0 || t.Elements[0].Kind != pattern.KindLiteral {
		return "", false
	}
	return t.Elements[0].Literal, true
}

// constantsLast is elements with the constants behind all that reads the line, in front of what reads its end: they cost nothing then where
// the rest does not fit, and what a group begins with is text.
func constantsLast(elements []pattern.Element, follow []string) []pattern.Element {
	if indexConstant(elements, true) < 0 {
		return elements
	}
	read := make([]pattern.Element, 0, len(elements)) // the constants have room behind
	for i := range elements {
		e := &elements[i]
		switch n := len(read); {
		case e.Kind == pattern.KindConstant:
		case e.Kind == pattern.KindLiteral && n > 0 && read[n-1].Kind == pattern.KindLiteral:
			read[n-1].Literal += e.Literal
			read[n-1].Source = read[n-1].Literal
		default:
			read = append(read, *e)
		}
	}
	n := len(read)
	if n > 0 && (read[n-1].Kind == pattern.KindRest || readsEnd(&read[n-1], nil, follow)) {
		n--
	}
	for i := range elements {
		if elements[i].Kind == pattern.KindConstant {
			read = append(read, elements[i])
		}
	}
	if n < len(read) && read[n].Kind != pattern.KindConstant { // what reads the end goes behind them
		last := read[n]
		copy(read[n:], read[n+1:])
		read[len(read)-1] = last
	}
	return read
}

// indexConstant is where the first constant stands, or the first element that is none. (Elements are large: package slices would copy them.)
func indexConstant(elements []pattern.Element, constant bool) int {
	for i := range elements {
		if (elements[i].Kind == pattern.KindConstant) == constant {
			return i
		}
	}
	return -1
}

// beforeGroup tells whether a group is the next that reads the line.
func beforeGroup(rest []pattern.Element) bool {
	i := indexConstant(rest, false)
	return i >= 0 && rest[i].Kind == pattern.KindGroup
}

// readsEnd tells whether e stands last and reads the line's end too: each of the sequences that one is taken of does, so that one that leaves a
// part of the line over does not fit, and the next is tried.
func readsEnd(e *pattern.Element, rest []pattern.Element, follow []string) bool {
	return e.Kind == pattern.KindGroup && e.Choice == pattern.One && len(rest) == 0 && follow == nil
}

// bounded makes a step one that ends at the first of several texts.
func (c *compiler) bounded(s *step) error {
	s.op = opUntil
	r := s.element.Reading
	r.NoBlank, r.MayBeEmpty, r.Not, r.Values = false, false, "", nil
	s.until.simple = !r.Unusual() && s.layout == nil && s.element.List == pattern.NoList && s.element.Kind != pattern.KindRequest && s.element.Escape == pattern.EscapeNone
	s.until.single = s.until.simple && s.element.NoBlank && !strings.Contains(s.element.Null, " ")
	switch {
	case s.element.Kind == pattern.KindRequest:
		s.convert = convertAnyRequest
	case s.convert == nil && s.layout == nil:
		s.convert = convertText
	}
	return nil
}
