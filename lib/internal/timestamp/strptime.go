package timestamp

import (
	"fmt"
	"strings"
)

// parts is a set of what a layout says or a stamp said.
type parts uint16

const (
	hasYear parts = 1 << iota
	hasMonth
	hasDay
	hasYearDay
	hasTime   // an hour, a minute or a second
	hasHour12 // the hour is of twelve
	hasOffset
	hasZoneName
	hasEpoch
	hasCentury
	hasWeekday
	hasWeekSunday // %U
	hasWeekMonday // %W
	hasWeekISO
	hasYearISO
)

type op uint8

const (
	opLiteral op = iota // up to eight bytes, as they are
	opBlank             // any number of blanks and tabs
	opTee               // T, t or a blank
	opYear              // four digits
	opYear2             // two digits: 69 to 99 are of the last century
	opMonth
	opMonthName
	opDay
	opYearDay
	opWeekdayName // used with a week only, like the next
	opWeekday     // a digit, 0 or 7 is Sunday
	opWeek
	opCentury
	opYearISO
	opYearISO2
	opHour
	opHour12
	opHalf // AM, PM
	opMinute
	opSecond
	opFraction      // digits of a second; n of them, or any number for 0
	opPointFraction // nothing, or . , : and digits
	opOffset
	opZoneName
	opEpoch
)

// step reads one part of a stamp.
type step struct {
	op   op
	n    int // digits of opFraction, bytes of opLiteral, bytes of a padded number for left
	left bool
	word uint64 // the literal
	mask uint64
}

var directives = map[byte]struct {
	op  op
	has parts
}{
	'Y': {opYear, hasYear}, 'y': {opYear2, hasYear}, 'm': {opMonth, hasMonth}, 'd': {opDay, hasDay}, 'e': {opDay, hasDay},
	'b': {opMonthName, hasMonth}, 'B': {opMonthName, hasMonth}, 'h': {opMonthName, hasMonth}, 'j': {opYearDay, hasYearDay},
	'a': {opWeekdayName, hasWeekday}, 'A': {opWeekdayName, hasWeekday}, 'u': {opWeekday, hasWeekday}, 'w': {opWeekday, hasWeekday},
	'C': {opCentury, hasCentury}, 'U': {opWeek, hasWeekSunday}, 'W': {opWeek, hasWeekMonday}, 'V': {opWeek, hasWeekISO}, 'G': {opYearISO, hasYearISO}, 'g': {opYearISO2, hasYearISO},
	'H': {opHour, hasTime}, 'k': {opHour, hasTime}, 'I': {opHour12, hasTime | hasHour12}, 'l': {opHour12, hasTime | hasHour12},
	'M': {opMinute, hasTime}, 'S': {opSecond, hasTime}, 'p': {opHalf, 0}, 'P': {opHalf, 0},
	'f': {opFraction, 0}, 'L': {opFraction, 0}, 'N': {opFraction, 0}, 'z': {opOffset, hasOffset}, 'Z': {opZoneName, hasZoneName},
	's': {opEpoch, hasEpoch},
}

// compound directives stand for others.
var compound = map[byte]string{
	'T': "%H:%M:%S", 'X': "%H:%M:%S", 'R': "%H:%M", 'r': "%I:%M:%S %p", 'D': "%m/%d/%y", 'x': "%m/%d/%y", 'F': "%Y-%m-%d", 'v': "%e-%b-%Y",
	'c': "%a %b %e %H:%M:%S %Y",
}

// otherDigits are the letters that may have one of the modifiers of POSIX in front: the eras and the digits of another locale.
var otherDigits = map[byte]string{'E': "cCxXyY", 'O': "deHImMSuUVwWy"}

type compiler struct {
	layout *Layout
	text   string
	at     int  // of the layout's element under way
	half   bool // there is an AM or PM
	hour12 int  // where the hour of twelve stands, and the day
	day    int
	week   int // a week, its year or a century, the last of them
}

func compileSteps(text string) (*Layout, error) {
	c := &compiler{layout: &Layout{source: text, kind: kindSteps}, text: text}
	for i := 0; i < len(text); {
		c.at = i
		next, err := c.element(text, i)
		if err != nil {
			return nil, err
		}
		i = next
	}
	l := c.layout
	if err := c.weeks(); err != nil {
		return nil, err
	}
	switch {
	case l.has&^(hasOffset|hasZoneName|hasWeekday) == 0:
		return nil, c.fail(0, "neither a date nor a time of day in it")
	case l.has&hasHour12 != 0 && !c.half:
		return nil, c.fail(c.hour12, "an hour of twelve (%%I) needs AM or PM (%%p) beside it; an hour of twenty-four is %%H")
	case l.has&hasDay != 0 && l.has&hasMonth == 0 && l.has&hasYear != 0:
		return nil, c.fail(c.day, "a year and a day, but no month")
	}
	for i := range l.steps {
		if l.steps[i].op == opZoneName && l.has&hasOffset == 0 {
			l.steps[i].n = withOffset
		}
	}
	l.second = memorable(l.steps)
	l.findTail()
	return l, nil
}

func (c *compiler) fail(at int, format string, args ...any) error {
	return &LayoutError{c.text, at, fmt.Sprintf(format, args...)}
}

// element compiles the directive or the literal at i and gives the position behind it.
func (c *compiler) element(text string, i int) (int, error) {
	switch {
	case text[i] == '%':
		return c.directive(text, i)
	case blank(text[i]) || text[i] == '\n':
		c.add(step{op: opBlank})
	default:
		c.literal(text[i])
	}
	return i + 1, nil
}

func (c *compiler) add(s step) { c.layout.steps = append(c.layout.steps, s) }

// literal adds a byte to the literal under way, or begins one.
func (c *compiler) literal(b byte) {
	steps := c.layout.steps
	if n := len(steps); n > 0 && steps[n-1].op == opLiteral && steps[n-1].n < 8 {
		s := &steps[n-1]
		s.word |= uint64(b) << (8 * s.n)
		s.mask |= 0xff << (8 * s.n)
		s.n++
		return
	}
	c.add(step{op: opLiteral, n: 1, word: uint64(b), mask: 0xff})
}

// directive compiles what begins with the % at start: flags (- _ 0), a width, a point or a colon, a letter.
func (c *compiler) directive(text string, start int) (int, error) {
	i := start + 1
	var point, colon, left bool
	width := 0
	for ; i < len(text); i++ {
		switch b := text[i]; {
		case width == 0 && (b == '_' || b == '0'):
		case width == 0 && b == '-':
			left = true
		case b >= '0' && b <= '9':
			if width = width*10 + int(b-'0'); width > 9 {
				return 0, c.fail(start, "a width is 1 to 9")
			}
		case b == '.' && !point:
			point = true
		case (b == ':' || b == '#') && !colon:
			colon = true
		case i == start+1 && i+1 < len(text) && strings.IndexByte(otherDigits[b], text[i+1]) >= 0: // POSIX: the same where nobody has set a locale
		default:
			return i + 1, c.letter(text[i], start, i, width, point, colon, left)
		}
	}
	return 0, c.fail(start, "a directive that is not finished: %s (a percent sign is written %%%%)", text[start:])
}

// letter adds the step of a directive by its letter, which stands at i.
func (c *compiler) letter(b byte, start, i, width int, point, colon, left bool) error {
	name := c.text[start : i+1]
	d, known := directives[b]
	switch {
	case point && d.op != opFraction, colon && d.op != opOffset:
		return c.fail(start, "unknown directive %s", name)
	case b == '%':
		c.literal('%')
	case b == 'n' || b == 't':
		c.add(step{op: opBlank})
	case b == '+':
		return c.rfc3339()
	case compound[b] != "":
		return c.compound(compound[b])
	case !known:
		return c.fail(start, "unknown directive %s", name)
	case d.op == opFraction && point:
		c.add(step{op: opPointFraction, n: width})
	case d.op == opFraction:
		c.add(step{op: opFraction, n: width})
	default:
		c.layout.has |= d.has
		switch d.op {
		case opHalf:
			c.half = true
		case opHour12:
			c.hour12 = c.at
		case opDay:
			c.day = c.at
		case opWeek, opCentury, opYearISO, opYearISO2:
			c.week = c.at
		}
		if d.op == opOffset && colon {
			width = 0
		}
		c.add(step{op: d.op, n: width, left: left})
	}
	return nil
}

// compound adds the steps of text, which is known to be right.
func (c *compiler) compound(text string) error {
	whole := c.text
	c.text = text
	defer func() { c.text = whole }()
	for i := 0; i < len(text); {
		next, err := c.element(text, i)
		if err != nil {
			return err
		}
		i = next
	}
	return nil
}

// rfc3339 adds the steps of %+.
func (c *compiler) rfc3339() error {
	if err := c.compound("%Y-%m-%d"); err != nil {
		return err
	}
	c.add(step{op: opTee})
	return c.compound("%H:%M:%S%.f%z")
}

// memorable is the number of the seconds' step, where the text before it says all about the steps before it: where they end with a
// literal byte that is no letter, digit or blank, no step has looked beyond that byte. 0 else. (A point and an offset look for a digit
// behind their last byte, which may be just that literal.)
func memorable(steps []step) int {
	for k, s := range steps {
		if s.op == opPointFraction || s.op == opOffset {
			return 0
		}
		if s.op != opSecond || k == 0 {
			continue
		}
		before := steps[k-1]
		if last := byte(before.word >> (8 * (before.n - 1) & 63)); before.op == opLiteral && last < 0x80 && !letter(last) && last-'0' > 9 {
			return k
		}
		return 0
	}
	return 0
}

// findTail tells which of the usual forms stands behind what is memorable.
func (l *Layout) findTail() {
	if l.second == 0 || l.steps[l.second].n == 1 {
		return
	}
	switch rest := l.steps[l.second+1:]; {
	case len(rest) == 0:
		l.tail = tailSeconds
	case len(rest) == 2 && rest[0].op == opLiteral && rest[0].n == 1 && rest[1].op == opFraction && rest[1].n <= 7:
		l.tail, l.point, l.places = tailFraction, byte(rest[0].word), rest[1].n
	case len(rest) == 1 && rest[0].op == opPointFraction && rest[0].n == 0:
		l.tail = tailPoint
	case len(rest) == 2 && rest[0].op == opBlank && rest[1].op == opOffset:
		l.tail = tailZone
	}
}

func blank(b byte) bool { return b == ' ' || b == '\t' }
