package match

import (
	"fmt"

	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// The steps of values that are more than texts and numbers.

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
	s.number, s.kind = kind == pattern.KindUint, kind
	if kind == pattern.KindDuration && s.element.Layout == pattern.ClockSpan {
		s.convert = convertClock
	}
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
	pattern.KindIP: {convertIP, record.IP, 0}, pattern.KindBool: {convertBool, record.Bool, 0}, pattern.KindHex: {convertHex, record.Int, 0}, pattern.KindSize: {convertSize, record.Int, 0},
	pattern.KindHostPort: {convertHostPort, record.String, record.Int}, pattern.KindIPPort: {convertIPPort, record.IP, record.Int}, pattern.KindHostParen: {convertHostParen, record.String, record.Int},
	pattern.KindTag: {convertTag, record.String, record.String}, pattern.KindPriority: {convertPriority, record.Uint, record.Uint},
	pattern.KindDotted:   {convertDotted, record.String, record.String},
	pattern.KindWithJSON: {convertWithJSON, record.String, record.String},
	pattern.KindTook:     {convertTook, record.String, record.Duration},
	pattern.KindFirstIP:  {convertFirstIP, record.String, 0},
}

func kindOf(d Declared) pattern.Kind {
	switch d.Type {
	case record.Int:
		switch d.Layout {
		case "hex":
			return pattern.KindHex
		case "size":
			return pattern.KindSize
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
	s.op, s.layout, s.clock = opTime, l, len(c.p.times)
	defer func() { c.p.times = append(c.p.times, timed{s.layout, s.zone}) }()
	if zone := s.element.Zone; zone != "" {
		if s.zone, err = timestamp.ParseZone(zone); err != nil {
			return &Error{Pos: s.element.Pos, Message: fmt.Sprintf("%s: %v", s.element.Source, err)}
		}
	}
	options := c.o.Clock
	if s.zone != nil {
		options.Zone = s.zone
	}
	field := record.Field{Name: s.element.Field, Type: record.Timestamp}
	l.Guess(&field, options)
	return c.column(s, field)
}

func (c *compiler) request(s *step) error {
	s.op = opRequest
	e := s.element
	if e.Dashes {
		s.op, s.convert, s.text = opOdd, convertRequest, true
	}
	dictionary := c.text() == record.String
	if s.recent = -1; dictionary && s.stop == '"' && !s.peek && !s.repeat {
		s.recent = c.p.requests
		c.p.requests++
	}
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
