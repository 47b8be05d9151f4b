package timestamp

import (
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// soon is what a stamp of the day seen last looks like, if all seconds of that day follow each other, else one of the minute: but for the time of
// day, or two digits of seconds, and the digits of a fraction it is the same text. A clock that meets such a stamp need not know its layout.
//
//	02/Mar/2026:  08:59:58   +0100        2026-03-02T07:59:  58  .  001330  Z
type soon struct {
	never    uint64    // not 0: there is none; unfit: the last one was none either
	text     [4]uint64 // of the stamp ...
	mask     [4]uint64 // ... all but the digits
	second   int       // where the two are
	fraction int       // where those of the fraction are ...
	digits   uint64    // ... as the high bits of a word, up to eight ...
	shift    uint      // ... what moves them to its high end ...
	scale    int64     // ... and what one of them means
	ninth    int       // where a ninth one is, 0: there is none
	n        int       // bytes of the stamp
	base     int64     // nanoseconds where the minute begins, or the day
	hour     int       // where the time of day is, -1: it is a minute's
	form     int       // how many there were before
	open     open      // what may stand behind it that is a part of another stamp
}

// open is what the layout lets stand behind a stamp.
type open uint8

const (
	closed       open = iota // nothing
	openPoint                // a fraction, or more digits of it
	openZone                 // and a zone
	openZoneName             // of which nothing is known
)

// soonest is how long a stamp may be that is kept so.
const soonest = 32

// unfit is soon.never where the stamp could not be kept.
const unfit = 2

// learn keeps the stamp of n bytes that is text, with k digits of a fraction, of a minute whose seconds follow each other from base on.
func (s *soon) learn(text *[soonest]byte, second, fraction, k, n int, base int64) {
	*s = soon{never: unfit, hour: -1, form: s.form + 1}
	if k > 9 || n > soonest || second+2 > n || fraction+k > n {
		return
	}
	s.never, s.second, s.fraction, s.n, s.base = 0, second, fraction, n, base
	if eight := min(k, 8); k > 0 {
		s.digits, s.shift, s.scale = eighties>>(64-8*eight), uint(64-8*eight), int64(scan.Pow10[9-eight])
	}
	if k == 9 {
		s.ninth = fraction + 8
	}
	for at := range n {
		if at-second < 2 && at >= second || at-fraction < k && at >= fraction {
			continue
		}
		s.text[at/8] |= uint64(text[at]) << (at % 8 * 8)
		s.mask[at/8] |= 0xff << (at % 8 * 8)
	}
}

const eighties = 0x8080808080808080

// midnight is 00:00:00. What stands between the digits may be something else.
const midnight = '0' | '0'<<8 | ':'<<16 | '0'<<24 | '0'<<32 | ':'<<40 | '0'<<48 | '0'<<56

// learnDay tells that the seconds of the day follow each other that begins at base. The stamp's hour and minute, which have two digits each, stand
// in front of its seconds: 23:59:58.
func (s *soon) learnDay(base int64) {
	hour := s.second - len("23:59:")
	if s.never != 0 || hour < 0 {
		return
	}
	s.base, s.hour = base, hour
	for _, at := range [...]int{hour, hour + 1, hour + 3, hour + 4} {
		s.mask[at/8] &^= 0xff << (at % 8 * 8)
		s.text[at/8] &^= 0xff << (at % 8 * 8)
	}
}

// inDay is how many seconds of the day have gone at the time at i, 23:59:58; whatever stands between the digits.
func inDay(b []byte, i int) (seconds int64, ok bool) {
	w := mem.Load64(b, i) ^ midnight
	// First digits of more than 2, 5 and 5 and second ones of more than 9 get the high bit of their bytes.
	odd := (w + 0x767a00767a00767d | w) & 0x8080008080008080
	w &= 0x0f0f000f0f000f0f
	w = w*10 + w>>8
	hour := w & 0xff
	return int64(hour*3600 + w>>24&0xff*60 + w>>48&0xff), odd == 0 && hour <= 23
}

// at reads the stamp at i, if it is such. Seconds up to 59 only.
func (s *soon) at(b []byte, i int) (int64, bool) {
	differs := s.never | (mem.Load64(b, i)^s.text[0])&s.mask[0] | (mem.Load64(b, i+8)^s.text[1])&s.mask[1] |
		(mem.Load64(b, i+16)^s.text[2])&s.mask[2] | (mem.Load64(b, i+24)^s.text[3])&s.mask[3]
	ns := s.base
	if s.hour >= 0 {
		seconds, ok := inDay(b, i+s.hour)
		if differs != 0 || !ok {
			return 0, false
		}
		ns += seconds * 1e9
	} else {
		sec := uint64(mem.Load32(b, i+s.second))&0xffff ^ '0'<<8 ^ '0'
		if differs|(sec+0x767a|sec)&0x8080 != 0 {
			return 0, false
		}
		ns += int64(sec&15*10+sec>>8) * 1e9
	}
	if s.open != closed && s.goesOn(b, i+s.n) {
		return 0, false
	}
	if s.digits == 0 {
		return ns, true
	}
	w := mem.Load64(b, i+s.fraction) ^ 0x3030303030303030
	if (w+0x7676767676767676|w)&s.digits != 0 {
		return 0, false
	}
	ns += int64(scan.Eight(w<<(s.shift&63))) * s.scale
	if s.ninth > 0 {
		ninth := mem.At(b, i+s.ninth) - '0'
		return ns + int64(ninth), ninth <= 9
	}
	return ns, true
}

// goesOn tells whether a stamp may go on at i that looks like one up to there.
func (s *soon) goesOn(b []byte, i int) bool {
	switch c, next := mem.At(b, i), mem.At(b, i+1); c {
	case '.', ':', ',':
		return s.digits == 0 && next-'0' <= 9 || c == '.' && s.open != openPoint
	case ' ':
		switch s.open {
		case openZone:
			return (next == '+' || next == '-') && mem.At(b, i+2)-'0' <= 9 || next == 'U' || next == 'G'
		case openZoneName:
			return true
		}
		return false
	case 'Z', 'z', '+', '-':
		return s.open != openPoint
	default:
		return c-'0' <= 9
	}
}

// Soon is Parse for a stamp of the minute seen last, or of its day, which looks as that one did. Where ok is false, nothing is said of the stamp.
func (c *Clock) Soon(b []byte, i int) (ns int64, end int, ok bool) {
	ns, ok = c.soon.at(b, i)
	return ns, i + c.soon.n, ok
}

// Form is another number whenever the stamps that Soon reads look otherwise, but for their digits.
func (c *Clock) Form() int { return c.soon.form }

// learn keeps the stamp b[i:end], whose seconds stand at second and the digits of whose fraction, if it has one, at fraction, of the minute that
// begins at base, in seconds. All its day is of one offset.
func (c *Clock) learn(b []byte, i, second, fraction, k, end int, base int64) {
	c.keep(b, i, second, fraction, k, end, base)
	hour, _ := two(b, second-len("23:59:"))
	minute, _ := two(b, second-len("59:"))
	if day := base - int64(hour*60+minute)*60; day >= -limit && day+86400 <= limit {
		c.soon.learnDay(day * 1e9)
	}
}

// keep is learn for a minute of whose day nothing is known.
func (c *Clock) keep(b []byte, i, second, fraction, k, end int, base int64) {
	var text [soonest]byte
	n := end - i
	if n > soonest || base < -limit || base+60 > limit {
		c.soon.never = unfit
		return
	}
	for at := range n {
		text[at] = mem.At(b, i+at)
	}
	c.soon.learn(&text, second-i, fraction-i, k, n, base*1e9)
}

// learnLocal is learn for b[i:end] without a zone, 2006-01-02 15:04:05.999, whose minute begins at base by the clocks of its place.
func (c *Clock) learnLocal(b []byte, i, end int, base int64) {
	day := floorDiv(base, 86400) * 86400
	from := c.zone.utc(day)
	if c.zone.utc(day+86399) != from+86399 {
		c.soon.never = unfit
		return
	}
	second := i + len("2006-01-02T15:04:")
	k := max(end-second-len("05."), 0)
	c.learn(b, i, second, end-k, k, end, from+base-day)
	if c.soon.open = openZone; c.layout.kind == kindAuto {
		c.soon.open = openZoneName
	}
}

// learnPoint is learn for the stamp b[i:end] of the minute remembered, behind whose seconds a fraction may stand.
func (c *Clock) learnPoint(b []byte, i, end int) {
	m := &c.memory
	if c.layout.tail != tailPoint || c.soon.never != 1 || !m.even {
		return
	}
	second := i + m.n
	k := max(end-second-len("05."), 0)
	c.keep(b, i, second, end-k, k, end, floorDiv(m.base, 1e9))
	c.widen(&m.said)
	c.soon.open = openPoint
}
