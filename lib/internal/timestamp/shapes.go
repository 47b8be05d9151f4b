package timestamp

import (
	"strings"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// Times in text that nobody has described. What stands at a place is told by its shape alone, which needs no memory, so that who splits a
// stream into records and who parses them agree; the layout of that shape gives the time.

// shape is how a time looks, and how it is read. In a shape 9 is a digit, # one or two digits, _ a digit or a blank, M the name of a
// month in three letters, W that of a weekday, D a day of one or two digits with or without a blank in front, T a T or a blank, U an underscore, P AM or PM, X a hexadecimal digit; all else stands for itself.
type shape struct {
	text   string
	layout string
	bare   bool // so few marks that it means a time only near the beginning of a line
}

// Shapes by what they begin with: the number of digits and, behind one, two or four, the byte that follows; a month, a weekday. Of two that fit the first is taken whose layout fits too.
var (
	shapes4Dash = []shape{
		{"9999-99-99T99:99:99", "auto", false}, {"9999-99-99T#:99:99", "%Y-%m-%d %H:%M:%S%.f", false}, {"9999-99-99  9:99:99", "%Y-%m-%d %H:%M:%S%.f", false}, {"9999-999T99:99:99", "%Y-%jT%H:%M:%S%.f", false},
		{"9999-99-99 99:99", "%Y-%m-%d %H:%M", false}, {"9999-99-99T99:99", "%Y-%m-%dT%H:%M", false}, {"9999-99-99-99.99.99", "%Y-%m-%d-%H.%M.%S%.f", false}, {"9999-99-99, 99:99:99", "%Y-%m-%d, %H:%M:%S%.f", false}, {"9999-99-99 at 99:99:99", "%Y-%m-%d at %H:%M:%S%.f", false}, {"9999-99-99][99:99:99", "%Y-%m-%d][%H:%M:%S%.f", false},
		{"9999-M-99 99:99:99", "%Y-%b-%d %H:%M:%S%.f", false}, {"9999-99-99-99:99:99", "%Y-%m-%d-%H:%M:%S%.f", false}, {"9999-99-99U99:99:99", "%Y-%m-%d_%H:%M:%S%.f", false}, {"9999-99-99|99:99:99", "%Y-%m-%d|%H:%M:%S%.f", false},
		{"9999-99-99;99:99:99", "%Y-%m-%d;%H:%M:%S%.f", false}, {"9999-99-99\t99:99:99", "%Y-%m-%d\t%H:%M:%S%.f", false}, {"9999-#-# #:99:99", "%Y-%m-%d %H:%M:%S%.f", false}, {"9999-#-#T#:99:99", "%Y-%m-%dT%H:%M:%S%.f", false},
	}
	shapes4Slash = []shape{{"9999/99/99 99:99:99", "%Y/%m/%d %H:%M:%S%.f", false}, {"9999/99/99T99:99:99", "%Y/%m/%dT%H:%M:%S%.f", false}, {"9999/99/99 - 99:99:99", "%Y/%m/%d - %H:%M:%S%.f", false}, {"9999/99/99-99:99:99", "%Y/%m/%d-%H:%M:%S%.f", false},
		{"9999/#/# #:99:99", "%Y/%m/%d %H:%M:%S%.f", false}, {"9999/99/99 99:99", "%Y/%m/%d %H:%M", false}}
	shapes4Dot   = []shape{{"9999.99.99T99:99:99", "%Y.%m.%d %H:%M:%S%.f", false}, {"9999.99.99-99.99.99", "%Y.%m.%d-%H.%M.%S%.f", false}}
	shapes4Blank = []shape{{"2099 M D 99:99:99", "%Y %b %e %H:%M:%S%.f", false}} // and not 9999: it may be any number in front of a time without a year
	shapes8      = []shape{{"99999999 99:99:99", "%Y%m%d %H:%M:%S%.f", false}, {"99999999T99:99:99", "%Y%m%dT%H:%M:%S%.f", false}, {"99999999-#:#:#", counted, false}, {"99999999T999999", "%Y%m%dT%H%M%S%.f", false}, {"99999999:999999", "%Y%m%d:%H%M%S%.f", false}, {"99999999.999999", "%Y%m%d.%H%M%S%.f", false}, {"99999999-999999", "%Y%m%d-%H%M%S%.f", false}, {"99999999U999999", "%Y%m%d_%H%M%S%.f", false}, {"99999999 999999", "%Y%m%d %H%M%S%.f", false}}
	shapes6      = []shape{{"999999 _9:99:99", "%y%m%d %H:%M:%S%.f", false}, {"999999 999999", "%y%m%d %H%M%S%.f", true}}
	shapesSlash  = []shape{{"99/M/9999:99:99:99", "%d/%b/%Y:%H:%M:%S%.f", false}, {"#/M/9999 99:99:99", "%d/%b/%Y %H:%M:%S%.f", false}, {"#/M/99 99:99:99", "%d/%b/%y %H:%M:%S%.f", false}, {"09/99/99 99:99:99", "%m/%d/%y %H:%M:%S%.f", false}, {"99/99/99 99:99:99", "%y/%m/%d %H:%M:%S%.f", false}, {"99/99/99 99:99:99", "%m/%d/%y %H:%M:%S%.f", false}, {"#/#/9999 #:99:99", "%m/%d/%Y %H:%M:%S%.f", false}, {"#/#/9999 #:99:99", "%d/%m/%Y %H:%M:%S%.f", false},
		{"#/#/9999, #:99:99", "%m/%d/%Y, %H:%M:%S%.f", false}, {"99/99/9999-99:99:99", "%m/%d/%Y-%H:%M:%S%.f", false}, {"99/99/9999 - 99:99:99", "%m/%d/%Y - %H:%M:%S%.f", false}, {"99/99-99:99:99", "%m/%d-%H:%M:%S%.f", false}, {"99/99 99:99:99", "%m/%d %H:%M:%S%.f", true}, {"99/99 99:99:99", "%d/%m %H:%M:%S%.f", true},
		{"#/#/99 #:99:99", "%m/%d/%y %H:%M:%S%.f", false}, {"#/#/9999 -- 99:99:99", "%d/%m/%Y -- %H:%M:%S%.f", false}}
	shapesDash    = []shape{{"#-M-9999 99:99:99", "%d-%b-%Y %H:%M:%S%.f", false}, {"#-M-99 99:99:99", "%d-%b-%y %H:%M:%S%.f", false}, {"99-99-9999 99:99:99", "%d-%m-%Y %H:%M:%S%.f", false}, {"99-99 99:99:99", "%m-%d %H:%M:%S%.f", false}, {"#-M-9999::99:99:99", "%d-%b-%Y::%H:%M:%S%.f", false}, {"99-99|99:99:99", "%m-%d|%H:%M:%S%.f", false}, {"99-99-99 99:99:99", "%y-%m-%d %H:%M:%S%.f", false}}
	shapesBlank   = []shape{{"# M 9999 99:99:99", "%d %b %Y %H:%M:%S%.f", false}, {"# M 99:99:99", "%d %b %H:%M:%S%.f", false}}
	shapesDot     = []shape{{"99.99.9999 99:99:99", "%d.%m.%Y %H:%M:%S%.f", false}, {"99.99.99 99:99:99", "%d.%m.%y %H:%M:%S%.f", false}, {"99.99 99:99:99", "%m.%d %H:%M:%S%.f", false}}
	shapesColon   = []shape{{"99:99:99", "%H:%M:%S%.f", true}, {"#:99P", "%I:%M%p", true}}
	shapesLetter  = []shape{{"99M9999 99:99:99", "%d%b%Y %H:%M:%S%.f", false}}
	shapesWeekday = []shape{
		{"W M D 99:99:99", "%a %b %e %H:%M:%S%.f %Y", false}, {"W M D 99:99:99", "%a %b %e %H:%M:%S %Z %Y", false}, {"W M D 99:99:99", "%a %b %e %H:%M:%S %z %Y", false}, {"W M D 99:99:99", "%a %b %e %H:%M:%S%.f", false},
		{"W, 99 M 9999 99:99:99", "%a, %d %b %Y %H:%M:%S %z", false}, {"W, 99 M 9999 99:99:99", "%a, %d %b %Y %H:%M:%S", false},
	}
	shapesMonth = []shape{
		{"M D 9999 99:99:99", "%b %e %Y %H:%M:%S%.f", false}, {"M D, 9999 #:99:99", "%b %e, %Y %H:%M:%S%.f", false}, {"M #, 9999 @ 99:99:99", "%b %d, %Y @ %H:%M:%S%.f", false}, {"M D 99:99:99", "%b %e %H:%M:%S%.f", false}, {"M-99 99:99:99", "%b-%d %H:%M:%S%.f", false}, {"M-99-99 99:99:99", "%b-%d-%y %H:%M:%S%.f", false},
		{"M/99/9999 99:99:99", "%b/%d/%Y %H:%M:%S%.f", false},
	}
	shapesLabel  = []shape{{"@XXXXXXXXXXXXXXXXXXXXXXXX", "tai64n", false}}
	shapesNumber = []shape{{"9999999999", "auto", true}}
	groups       = [...][]shape{by4Dash: shapes4Dash, by4Slash: shapes4Slash, by4Dot: shapes4Dot, by4Blank: shapes4Blank, by8: shapes8, by6: shapes6, byWeekday: shapesWeekday, byMonth: shapesMonth, byLabel: shapesLabel, byNumber: shapesNumber,
		bySlash: shapesSlash, byDash: shapesDash, byBlank: shapesBlank, byDot: shapesDot, byColon: shapesColon, byLetter: shapesLetter}
)

// The groups: by the number of digits ..., by what stands behind one or two. Behind four it is as in their names.
const (
	by4Dash = iota
	by4Slash
	by4Dot
	by4Blank
	by8
	by6
	byWeekday
	byMonth
	byLabel
	byNumber
	bySlash
	byDash
	byBlank
	byDot
	byColon
	byLetter
)

// shapesOf are the shapes that a time at i can have.
func shapesOf(b []byte, i, end int) (group int, ok bool) {
	c := mem.At(b, i)
	switch {
	case c == '@':
		return byLabel, true
	case letter(c):
		if monthAt(b, i) > 0 {
			return byMonth, i+14 < end
		}
		return byWeekday, i+14 < end && weekdayAt(b, i) > 0
	case c-'0' > 9 && c != ' ':
		return 0, false
	}
	n := i
	for n < end && n < i+20 && mem.At(b, n)-'0' <= 9 {
		n++
	}
	switch n - i {
	case 1, 2:
		switch mem.At(b, n) {
		case '/':
			return bySlash, true
		case '-':
			return byDash, true
		case ' ':
			return byBlank, true
		case '.':
			return byDot, true
		case ':':
			return byColon, true
		}
		return byLetter, n-i == 2 && letter(mem.At(b, n)) && monthAt(b, n) > 0
	case 4:
		switch mem.At(b, n) {
		case '-':
			return by4Dash, true
		case '/':
			return by4Slash, true
		case '.':
			return by4Dot, true
		case ' ':
			return by4Blank, c == '2'
		}
	case 6:
		return by6, mem.At(b, n) == ' '
	case 8:
		return by8, true
	case 10, 13, 16, 19: // since 2001, and for a while
		return byNumber, c == '1' && (n == end || mem.At(b, n) != ':' || mem.At(b, n+1) == ' ')
	}
	return 0, false
}

// fits is the position behind a shape that begins at i, or -1.
func (s *shape) fits(b []byte, i, end int) int {
	stop, _ := s.fitsFrom(b, i, end, 0)
	return stop
}

// fitsFrom is fits for what is left of the shape from its byte k on. failed is the byte that does not fit.
func (s *shape) fitsFrom(b []byte, i, end, k int) (stop, failed int) {
	for ; k < len(s.text); k++ {
		if i >= end {
			return -1, k
		}
		c := mem.At(b, i)
		switch s.text[k] {
		case '9':
			if c-'0' > 9 {
				return -1, k
			}
		case '#':
			if c-'0' > 9 {
				return -1, k
			}
			if mem.At(b, i+1)-'0' <= 9 {
				i++
			}
		case 'D':
			if c == ' ' {
				i++
			}
			if mem.At(b, i)-'0' > 9 {
				return -1, k
			}
			if mem.At(b, i+1)-'0' <= 9 {
				i++
			}
		case '_':
			if c-'0' > 9 && c != ' ' {
				return -1, k
			}
		case 'M', 'W':
			if i+3 > end || s.text[k] == 'M' && monthAt(b, i) == 0 || s.text[k] == 'W' && weekdayAt(b, i) == 0 {
				return -1, k
			}
			i += 2
		case 'P':
			if c != 'A' && c != 'P' || mem.At(b, i+1) != 'M' {
				return -1, k
			}
			i++
		case 'T':
			if c != 'T' && c != 't' && c != ' ' {
				return -1, k
			}
		case 'U':
			if c != '_' {
				return -1, k
			}
		case 'X':
			if _, ok := hex(b, i, 1); !ok {
				return -1, k
			}
		default:
			if c != s.text[k] {
				return -1, k
			}
		}
		i++
	}
	return i, k
}

// short tells whether the times of a group begin with one or two digits.
func short(group int) bool { return group >= bySlash }

// marked tells whether a time at i, which ends at stop, is one by what stands around it: it is no part of a longer number or word.
func marked(b []byte, stop, end int) bool {
	c := mem.At(b, stop)
	return stop >= end || !(c-'0' <= 9 || letter(c) && c|0x20 != 'z' || c == ':' && mem.At(b, stop+1)-'0' <= 9 && mem.At(b, stop+2)-'0' <= 9 && mem.At(b, stop+3)-'0' > 9)
}

// Looks tells whether a time begins at i. near: i is near the beginning of the line, so that few marks suffice.
func Looks(b []byte, i, end int, near bool) bool {
	if i+len("9999-99-99T99:99:99") <= end && iso(b, i) {
		return true
	}
	group, ok := shapesOf(b, i, end)
	if !ok {
		return false
	}
	past := 0 // how much of the first shape stands there
	for k := range groups[group] {
		s, shared := &groups[group][k], alike[group][k]
		if s.bare && !near || shared > past {
			continue
		}
		stop, failed := s.fitsFrom(b, i+shared, end, shared)
		if stop >= 0 && (!short(group) || marked(b, stop, end)) {
			return true
		}
		if k == 0 {
			past = failed
		}
	}
	return false
}

// alike has for each shape of a group how many bytes of it are those of the first one: where that has failed among them it fails too. It is 0 for the
// first, and where the first is not always tried.
var alike = func() (all [len(groups)][]int) {
	for g, list := range groups {
		all[g] = make([]int, len(list))
		for k := 1; k < len(list) && !list[0].bare; k++ {
			n := 0
			for n < min(len(list[k].text), len(list[0].text)) && list[k].text[n] == list[0].text[n] && (list[k].text[n] == '9' || strings.IndexByte("-/.", list[k].text[n]) >= 0) {
				n++
			}
			all[g][k] = n
		}
	}
	return all
}()

// "9999-99-" and "99:99:99" as words: a zero for each digit, and what brings all but digits, and all but the mark, to 0x80.
const (
	isoDate, isoDateMost   = 0x2d30302d30303030, 0x7f76767f76767676
	isoClock, isoClockMost = 0x30303a30303a3030, 0x76767f76767f7676
)

// iso tells whether a time of the commonest shape begins at i, the first of shapes4Dash, of which 19 bytes can be read.
func iso(b []byte, i int) bool {
	date, clock, c := mem.Load64(b, i)^isoDate, mem.Load64(b, i+11)^isoClock, mem.At(b, i+10)
	const highs = 0x8080808080808080
	if (date|(date+isoDateMost)|clock|(clock+isoClockMost))&highs != 0 {
		return false
	}
	return mem.At(b, i+8)-'0' <= 9 && mem.At(b, i+9)-'0' <= 9 && (c|0x20 == 't' || c == ' ')
}
