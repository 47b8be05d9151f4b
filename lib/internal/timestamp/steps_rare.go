package timestamp

import (
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// rare reads what most layouts have not.
func (s *stamp) rare(e *step, b []byte, i int) (end int, ok bool) {
	switch e.op {
	case opTee:
		c := mem.At(b, i)
		return i + 1, c|0x20 == 't' || c == ' '
	case opMonthName:
		if s.month = monthAt(b, i); s.month > 0 {
			return nameEnd(b, i, monthNames[s.month-1]), true
		}
	case opWeekdayName:
		if day := weekdayAt(b, i); day > 0 {
			s.weekday = int8(day - 1)
			return nameEnd(b, i, dayNames[day-1]), true
		}
	case opWeekday, opWeek, opCentury, opYearISO, opYearISO2:
		return s.ofWeek(e, b, i)
	case opYearDay:
		return s.ordinal(b, i)
	case opHalf:
		half := mem.At(b, i) | 0x20
		s.afternoon = half == 'p'
		return i + 2, (half == 'a' || half == 'p') && mem.At(b, i+1)|0x20 == 'm'
	case opPointFraction:
		s.frac, end, ok = pointFraction(b, i, e.n)
		return end, ok
	case opOffset:
		s.east, end, ok = offset(b, i)
		s.has |= hasOffset
		return end, ok
	case opZoneName:
		return s.zoneName(b, i, e.n == withOffset), true
	case opEpoch:
		v, end, ok := integer(b, i)
		if s.epoch = int64(v); mem.At(b, i) == '-' {
			s.epoch = -s.epoch
		}
		s.has |= hasEpoch
		return end, ok && v < limit
	}
	return i, false
}

// ofWeek reads a weekday, a week, its year or a century.
func (s *stamp) ofWeek(e *step, b []byte, i int) (end int, ok bool) {
	var v int
	switch e.op {
	case opWeekday:
		v, end, ok = e.number(b, i, 0, 7)
		s.weekday = int8(v)
	case opWeek:
		v, end, ok = e.number(b, i, 0, 53)
		s.week = int8(v)
	case opCentury:
		v, end, ok = e.number(b, i, 0, 99)
		s.century = int8(v + 1)
	case opYearISO:
		v, ok = four(b, i)
		s.yearISO, end = int16(v), i+4
	default:
		v, end, ok = e.number(b, i, 0, 99)
		if v += 1900; v < 1969 {
			v += 100
		}
		s.yearISO = int16(v)
	}
	return end, ok
}

// ordinal reads the day of the year.
func (s *stamp) ordinal(b []byte, i int) (int, bool) {
	v, end := 0, i
	for end < i+3 && mem.At(b, end) == ' ' {
		end++
	}
	for end < i+3 && mem.At(b, end)-'0' <= 9 {
		v = v*10 + int(mem.At(b, end)-'0')
		end++
	}
	s.yearDay = v
	return end, v >= 1 && v <= 366
}

// withOffset: the layout has no other place for an offset, so that one may stand right behind UTC or GMT.
const withOffset = 1

// zoneName reads letters, what else the names of the IANA database have behind a slash, and "UTC+5:30"; no name at all is no zone.
func (s *stamp) zoneName(b []byte, i int, offset bool) int {
	end, slash := i, false
	for end < i+48 {
		c := mem.At(b, end)
		slash = slash || c == '/'
		if !letter(c) && c != '/' && !(slash && (c == '_' || c == '-' || c == '+' || c-'0' <= 9)) {
			break
		}
		end++
	}
	if offset && end == i+3 {
		if _, n, ok := eastOf(b[i:], scan.Slack); ok {
			end = i + n
		}
	}
	if end > i {
		s.name, s.nameEnd = i, end
		s.has |= hasZoneName
	}
	return end
}

// eastOf is how many seconds east of UTC "UTC+1", "GMT-0330" or "UTC+05:30" is, the first n bytes of b, which can be read up to most.
func eastOf(b []byte, most int) (east int64, n int, ok bool) {
	at := func(k int) byte {
		if k < min(most, len(b)) {
			return b[k]
		}
		return 0
	}
	if name := mem.String(b[:min(3, len(b))]); name != "UTC" && name != "GMT" || at(3) != '+' && at(3) != '-' {
		return 0, 0, false
	}
	n = 4
	for ; n < 6 && at(n)-'0' <= 9; n++ {
		east = east*10 + int64(at(n)-'0')
	}
	if n == 4 || east > 23 {
		return 0, 0, false
	}
	east *= 3600
	m := n
	if at(m) == ':' {
		m++
	}
	if tens, ones := at(m)-'0', at(m+1)-'0'; tens <= 5 && ones <= 9 {
		east += int64(tens)*600 + int64(ones)*60
		n = m + 2
	}
	if c := at(n); letter(c) || c-'0' <= 9 { // a word that begins with digits, such as the session of Azure's PostgreSQL: "UTC-6a8372f9.6b"
		return 0, 0, false
	}
	if at(3) == '-' {
		east = -east
	}
	return east, n, true
}

// pointFraction reads a point and the n digits of a fraction behind it, any number for n = 0, or nothing where there is none.
func pointFraction(b []byte, i, n int) (frac int64, end int, ok bool) {
	c := mem.At(b, i)
	if c != '.' && c != ',' && c != ':' || mem.At(b, i+1)-'0' > 9 {
		return 0, i, true
	}
	frac, end, ok = digits(b, i+1, n)
	if c == ',' && end-i-1 > 9 { // the next cell of a line of CSV
		return 0, i, true
	}
	return frac, end, ok
}
