package timestamp

import (
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// stamp is what the steps have read.
type stamp struct {
	year, month, day, yearDay int
	hour, minute, second      int
	frac                      int64
	epoch                     int64
	east                      int64 // of UTC, seconds
	name, nameEnd             int   // of the zone, positions
	afternoon                 bool
	has                       parts // of what a stamp may leave out
	yearISO                   int16
	weekday, week, century    int8 // from Sunday, which is 0 or 7; century: one more than was read, 0 is none
}

// memory is what a clock of steps remembers: the text before the seconds and what it said, and the day seen last.
type memory struct {
	text  [4]uint64
	mask  [4]uint64
	n     int // bytes of the text; 0: none yet
	said  stamp
	even  bool   // the seconds of that minute follow each other in UTC too ...
	base  int64  // ... from here on
	zone  uint64 // of tailZone: the offset that stood behind those seconds, with the blank
	date  [3]int
	day   int64
	names names
}

// strptime reads a stamp by the steps of the layout.
func (c *Clock) strptime(b []byte, i int) (int64, int, bool) {
	m, at, k := &c.memory, i, 0
	same := m.n > 0 && m.same(b, i)
	if same && m.even {
		if ns, end, ok := c.inMinute(b, i); ok {
			c.learnPoint(b, i, end)
			return ns, end, true
		}
	}
	var s stamp // from here on: to clear it takes as long as all of the above
	if same {
		s, at, k = m.said, i+m.n, c.layout.second
	} else if c.layout.second > 0 {
		var ok bool
		if at, ok = s.read(c.layout.steps[:c.layout.second], b, i); !ok {
			return 0, i, false
		}
		k = c.layout.second
		m.remember(b, i, at, s)
		c.fix()
	}
	at, ok := s.read(c.layout.steps[k:], b, at)
	if !ok {
		return 0, i, false
	}
	if c.layout.tail == tailZone && m.n > 0 && at == i+m.n+len("05 -0700") && m.same(b, i) {
		c.fixZone(s, b, at-len(" -0700"))
	}
	ns, end, ok := c.settle(&s, b, i, at)
	if ok {
		c.learnPoint(b, i, end)
	}
	return ns, end, ok
}

func (m *memory) same(b []byte, i int) bool {
	first := (mem.Load64(b, i)^m.text[0])&m.mask[0] | (mem.Load64(b, i+8)^m.text[1])&m.mask[1]
	if m.n <= 16 {
		return first == 0
	}
	return first|
		(mem.Load64(b, i+16)^m.text[2])&m.mask[2]|(mem.Load64(b, i+24)^m.text[3])&m.mask[3] == 0
}

// remember keeps b[i:end], if it is short enough, and what it said. A zone's name would be a position, so it is not kept.
func (m *memory) remember(b []byte, i, end int, s stamp) {
	n := end - i
	if n > 32 || s.has&hasZoneName != 0 {
		return
	}
	m.n, m.said = n, s
	for w := range m.text {
		m.mask[w] = 0
		if rest := n - 8*w; rest >= 8 {
			m.mask[w] = ^uint64(0)
		} else if rest > 0 {
			m.mask[w] = 1<<(8*rest) - 1
		}
		m.text[w] = mem.Load64(b, i+8*w)
	}
}

// fix finds out where the minute remembered begins, for layouts that have only seconds and perhaps their fraction behind it.
func (c *Clock) fix() {
	m := &c.memory
	m.even, c.soon.never = false, 1
	if m.n > 0 && c.layout.tail != tailOther && c.layout.tail != tailZone {
		c.fixMinute(m.said)
	}
}

// fixZone is fix for the stamp s with the offset at i. No step looks further than the last digit of an offset of four.
func (c *Clock) fixZone(s stamp, b []byte, i int) {
	sign, last := mem.At(b, i+1), mem.At(b, i+5)-'0'
	if c.memory.even = false; (sign == '+' || sign == '-') && mem.At(b, i+4)-'0' <= 9 && last <= 9 {
		c.memory.zone = mem.Load64(b, i) & sixBytes
		c.fixMinute(s)
	}
}

// sixBytes are the lowest of a word.
const sixBytes = 1<<48 - 1

// fixMinute finds out where the minute of s begins.
func (c *Clock) fixMinute(s stamp) {
	m, first, last := &c.memory, s, s
	first.second, last.second = 0, 59
	if m.base, m.even = c.even(&first, &last, 59); m.even {
		c.expect(&s)
	}
}

// even is what the stamp first says, if the seconds up to last, so many behind it, follow each other.
func (c *Clock) even(first, last *stamp, seconds int64) (from int64, ok bool) {
	first.frac, last.frac = 0, 0
	from, _, ok1 := c.settle(first, nil, 0, 0)
	to, _, ok2 := c.settle(last, nil, 0, 0)
	return from, ok1 && ok2 && to-from == seconds*1e9
}

// Even tells of a layout of date, hour and minute, seconds, and offset (02/Jan/2006:15:04:05 -0700) that the seconds 00 to 59 follow each other in
// every minute, and in how many bytes the minute of the stamp read last is written.
func (c *Clock) Even() (n int, ok bool) {
	zone := c.layout.kind == kindCLF || c.layout.kind == kindSteps && c.layout.tail == tailZone
	return c.soon.second, zone && c.soon.never == 0
}

// expect is what the stamps of the minute remembered look like, of which s is one, where they all have the same length.
func (c *Clock) expect(s *stamp) {
	m, n, k := &c.memory, c.memory.n+2, 0
	var text [soonest]byte
	for at := range min(m.n, len(text)) {
		text[at] = byte(m.text[at/8] >> (at % 8 * 8))
	}
	switch c.layout.tail {
	case tailFraction:
		if k = c.layout.places; k == 0 || k > 7 || n >= len(text) {
			return
		}
		text[n] = c.layout.point
		n += 1 + k
	case tailPoint:
		return // how long it is the stamp shows
	case tailZone:
		for at := range 6 {
			if n+at < len(text) {
				text[n+at] = byte(m.zone >> (at * 8))
			}
		}
		n += 6
	}
	c.soon.learn(&text, m.n, n-k, k, n, m.base)
	c.widen(s)
}

// widen lets what was learnt of the minute of s hold for its day, if all seconds of that follow each other, and the layout writes the hour and the
// minute in front of the seconds.
func (c *Clock) widen(s *stamp) {
	before := c.layout.steps[:c.layout.second]
	if len(before) < 4 || c.live && c.layout.has&hasYear == 0 || !twoDigits(c.memory.text[:], c.memory.n-len("23:59:"), s.hour) || !twoDigits(c.memory.text[:], c.memory.n-len("59:"), s.minute) {
		return
	}
	for k, e := range before[len(before)-4:] {
		if e.op != [...]op{opHour, opLiteral, opMinute, opLiteral}[k] || e.left || (e.op == opLiteral) != (e.n == 1) {
			return
		}
	}
	first, last := *s, *s
	first.hour, first.minute, first.second = 0, 0, 0
	last.hour, last.minute, last.second = 23, 59, 59
	if day, ok := c.even(&first, &last, 86399); ok {
		c.soon.learnDay(day)
	}
}

// twoDigits tells whether v stands in the text at i.
func twoDigits(text []uint64, i, v int) bool {
	at := func(i int) int { return int(text[i/8] >> (i % 8 * 8) & 0xff) }
	return i >= 0 && at(i) == '0'+v/10 && at(i+1) == '0'+v%10
}

// inMinute reads what stands behind the minute remembered: two digits of seconds, and the fraction where the layout has one.
func (c *Clock) inMinute(b []byte, i int) (int64, int, bool) {
	at := i + c.memory.n
	tens, ones := mem.At(b, at)-'0', mem.At(b, at+1)-'0'
	if tens > 5 || ones > 9 {
		return 0, i, false
	}
	ns := c.memory.base + int64(tens*10+ones)*1e9
	at += 2
	switch c.layout.tail {
	case tailSeconds:
		return ns, at, true
	case tailPoint:
		frac, end, ok := pointFraction(b, at, 0)
		return ns + frac, end, ok
	case tailZone:
		return ns, at + 6, mem.Load64(b, at)&sixBytes == c.memory.zone
	}
	if mem.At(b, at) != c.layout.point {
		return 0, i, false
	}
	w, n := mem.Load64(b, at+1), c.layout.places
	if n > 0 {
		w &= 1<<(8*n) - 1 // further digits are not the fraction's
	}
	v, k := scan.Short(w)
	if k == 0 || k < n || k > 7 {
		return 0, i, false
	}
	return ns + int64(v*scan.Pow10[9-k]), at + 1 + k, true
}

// read runs steps from i on and gives the position behind.
func (s *stamp) read(steps []step, b []byte, i int) (int, bool) {
	ok := true
	for k := range steps {
		e := &steps[k]
		switch e.op {
		case opLiteral:
			if mem.Load64(b, i)&e.mask != e.word {
				return i, false
			}
			i += e.n
			continue
		case opBlank:
			for blank(mem.At(b, i)) {
				i++
			}
			continue
		case opYear:
			s.year, ok = four(b, i)
			i += 4
		case opYear2:
			s.year, i, ok = e.number(b, i, 0, 99)
			if s.year += 1900; s.year < 1969 {
				s.year += 100
			}
		case opMonth:
			s.month, i, ok = e.number(b, i, 1, 12)
		case opDay:
			s.day, i, ok = e.number(b, i, 1, 31)
		case opHour:
			s.hour, i, ok = e.number(b, i, 0, 23)
		case opHour12:
			s.hour, i, ok = e.number(b, i, 1, 12)
		case opMinute:
			s.minute, i, ok = e.number(b, i, 0, 59)
		case opSecond:
			s.second, i, ok = e.number(b, i, 0, 60)
		case opFraction:
			s.frac, i, ok = digits(b, i, e.n)
		default:
			i, ok = s.rare(e, b, i)
		}
		if !ok {
			return i, false
		}
	}
	return i, true
}

// number reads a number of one or two digits from low to high. Blanks may stand for the first digits; with a width and the flag -, they
// fill up behind.
func (e *step) number(b []byte, i, low, high int) (v, end int, ok bool) {
	first, second := mem.At(b, i)-'0', mem.At(b, i+1)-'0'
	switch {
	case first <= 9 && second <= 9 && e.n != 1:
		v, end = int(first)*10+int(second), i+2
	case first <= 9:
		v, end = int(first), i+1
		for e.left && end < i+e.n && blank(mem.At(b, end)) {
			end++
		}
	case mem.At(b, i) == ' ' && second <= 9:
		v, end = int(second), i+2
	default:
		return 0, i, false
	}
	return v, end, v >= low && v <= high
}

// digits reads n digits of a fraction of a second, any number of at least one for n = 0.
func digits(b []byte, i, n int) (frac int64, end int, ok bool) {
	if n == 0 {
		frac, end = fraction(b, i)
		return frac, end, end > i
	}
	var v uint64
	for k := range n {
		d := mem.At(b, i+k) - '0'
		if d > 9 {
			return 0, i, false
		}
		v = v*10 + uint64(d)
	}
	return int64(v * scan.Pow10[9-n]), i + n, true
}
