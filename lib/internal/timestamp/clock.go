package timestamp

import (
	"bytes"
	"math"
	"time"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// Options are what a stamp may leave out. No clock is read but for Live: what is not given here is not guessed from the time of day.
type Options struct {
	Zone *time.Location // of stamps without zone; nil is UTC
	Year int            // of stamps without year; 0: the year that brings them nearest to Now and not more than a day after it
	// Now also places stamps without date: at the last such time that is at most a minute after it. The zero time stands for
	// 1970-01-01T00:00:00Z, where every year-less stamp is of 1970 and every time of day of 1 January, or of Year.
	Now time.Time
	// Live: now is when the stamp is read.
	Live bool
	// File is when the stamps were written down at the latest. It stands in for Now where only the year is missing.
	File time.Time
}

// near tells whether stamps without year are placed near to something.
func (o Options) near() bool { return o.Live || !o.Now.IsZero() || !o.File.IsZero() }

// Clock reads stamps of one layout. It is for one goroutine at a time.
type Clock struct {
	layout *Layout
	zone   zone
	year   int
	now    int64 // seconds, noNow for none
	file   int64 // the same of Options.File
	live   bool

	// The minute seen last, of kindCLF and the forms of RFC 3339.
	key0, key1 uint64 // its first 16 bytes
	key2       uint64 // kindCLF: two more, and the zone above them
	base       int64  // its seconds: UTC for kindCLF, local time for the others

	soon soon

	memory memory // of kindSteps

	options *Options // of kindAuto ...
	finder  *Finder  // ... for stamps in other forms, made when there is one
}

const noNow = math.MinInt64

// The range of whole seconds: -limit to limit-1.
const limit = 9223372036

// NewClock makes a clock.
func (l *Layout) NewClock(o Options) *Clock {
	c := &Clock{layout: l, year: o.Year, now: seconds(o.Now), file: seconds(o.File), live: o.Live}
	c.soon.never = 1 // there is none yet
	if l.kind == kindAuto {
		kept := o // so that the others stay where they are
		c.options = &kept
	}
	c.zone.loc = o.Zone
	if o.Zone == nil {
		c.zone.loc = time.UTC
	}
	// The caches begin with a minute that is right, so that they need no flag.
	first := make([]byte, 64)
	if l.kind == kindCLF {
		copy(first, "01/Jan/1970:00:00:00 +0000")
		c.setCLF(first, 0)
	} else {
		copy(first, "1970-01-01T00:00")
		c.setMinute(first, 0)
	}
	return c
}

// seconds of t, noNow where it is not known.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return noNow
	}
	return t.Unix()
}

// present is what stamps without date are placed near to, noNow for nothing.
func (c *Clock) present() int64 {
	if c.live {
		return time.Now().Unix()
	}
	return c.now
}

// latest is what stamps without year are placed near to, noNow for nothing.
func (c *Clock) latest() int64 {
	if now := c.present(); now != noNow {
		return now
	}
	return c.file
}

// Parse reads the stamp at i: nanoseconds since 1970-01-01 UTC and the position behind it, or false. Behind i there must be a newline
// and scan.Slack readable bytes behind that; nothing further is read and no stamp goes over the newline.
func (c *Clock) Parse(b []byte, i int) (ns int64, end int, ok bool) {
	if c.soon.never == 0 {
		if ns, ok = c.soon.at(b, i); ok {
			return ns, i + c.soon.n, true
		}
	}
	return c.parse(b, i)
}

// parse is Parse for a stamp that looks as none before it.
func (c *Clock) parse(b []byte, i int) (ns int64, end int, ok bool) {
	switch c.layout.kind {
	case kindCLF:
		return c.clf(b, i)
	case kindRFC3339:
		return c.rfc3339(b, i, false)
	case kindISO:
		return c.rfc3339(b, i, true)
	case kindAuto:
		return c.auto(b, i)
	case kindUnix:
		return unix(b, i, c.layout.unit, c.layout.digits)
	case kindTAI64:
		return c.tai(b, i)
	}
	return c.strptime(b, i)
}

// Text reads a text that is a stamp from its first byte to its last, wherever it lies.
func (c *Clock) Text(text []byte) (int64, bool) {
	var room [192]byte
	const most = len(room) - scan.Slack - 1
	b := room[:]
	if len(text) > most {
		b = make([]byte, len(text)+1+scan.Slack)
	}
	n := copy(b, text)
	b[n] = '\n'
	ns, end, ok := c.Parse(b, 0)
	return ns, ok && end == n
}

// clf reads 02/Jan/2006:15:04:05 -0700. The minute and the zone are compared with those seen last.
func (c *Clock) clf(b []byte, i int) (int64, int, bool) {
	rest := mem.Load64(b, i+18) // 05 -0700
	if mem.Load64(b, i) != c.key0 || mem.Load64(b, i+8) != c.key1 || rest&^0xffff|uint64(mem.Load32(b, i+16))&0xffff != c.key2 {
		if !c.setCLF(b, i) {
			return 0, i, false
		}
	}
	sec, ok := secondsIn(rest)
	if !ok {
		return 0, i, false
	}
	return c.nanoseconds(c.base+sec, 0, i, i+26)
}

// secondsIn is the two digits in the lowest bytes of w, up to 60.
func secondsIn(w uint64) (int64, bool) {
	tens, ones := byte(w)-'0', byte(w>>8)-'0'
	s := tens*10 + ones
	return int64(s), tens <= 6 && ones <= 9 && s <= 60
}

// nanoseconds is the result of a stamp at i that ends at end.
func (c *Clock) nanoseconds(sec, frac int64, i, end int) (int64, int, bool) {
	if uint64(sec+limit) >= 2*limit {
		return 0, i, false
	}
	return sec*1e9 + frac, end, true
}

// setCLF checks the minute and the zone of the stamp at i and remembers them.
func (c *Clock) setCLF(b []byte, i int) bool {
	day, ok1 := two(b, i)
	month := monthAt(b, i+3)
	year, ok2 := four(b, i+7)
	hour, ok3 := two(b, i+12)
	minute, ok4 := two(b, i+15)
	east, end, ok5 := offset(b, i+21)
	if !(ok1 && ok2 && ok3 && ok4 && ok5) || end != i+26 || mem.At(b, i+2) != '/' || mem.At(b, i+6) != '/' || mem.At(b, i+11) != ':' ||
		mem.At(b, i+14) != ':' || mem.At(b, i+17) != ':' || mem.At(b, i+20) != ' ' || hour > 23 || minute > 59 || !validDate(year, month, day) {
		return false
	}
	c.base = days(year, month, day)*86400 + int64(hour*3600+minute*60) - east
	c.key0, c.key1 = mem.Load64(b, i), mem.Load64(b, i+8)
	c.key2 = mem.Load64(b, i+18)&^0xffff | uint64(mem.Load32(b, i+16))&0xffff
	c.learn(b, i, i+len("02/Jan/2006:15:04:"), i, 0, end, c.base)
	return true
}

// rfc3339 reads 2006-01-02T15:04:05Z07:00 with or without a fraction, with T, t or a blank; anyZone lets the zone be missing, or stand
// behind a blank.
func (c *Clock) rfc3339(b []byte, i int, anyZone bool) (int64, int, bool) {
	if mem.Load64(b, i) != c.key0 || mem.Load64(b, i+8) != c.key1 {
		if !c.setMinute(b, i) {
			return 0, i, false
		}
	}
	w := mem.Load64(b, i+16) // :05.999Z
	sec, ok := secondsIn(w >> 8)
	if !ok || byte(w) != ':' {
		return 0, i, false
	}
	sec += c.base
	end, frac := i+19, int64(0)
	if point := byte(w >> 24); point == '.' || point == ',' {
		frac, end = fraction(b, i+20)
		if point == ',' && (end == i+20 || end > i+29) {
			frac, end = 0, i+19 // a comma behind the stamp, and the next cell of a line of CSV
		} else if end == i+20 {
			return 0, i, false
		}
	}
	switch mem.At(b, end) {
	case 'Z', 'z':
		if c.soon.never == 1 {
			c.learn(b, i, i+17, i+20, max(end-i-20, 0), end+1, c.base)
		}
		return c.nanoseconds(sec, frac, i, end+1)
	case '+', '-':
		if east, behind, ok := offset(b, end); ok {
			if c.soon.never == 1 && behind-end >= len("+0100") {
				c.learn(b, i, i+17, i+20, max(end-i-20, 0), behind, c.base-east)
			}
			return c.nanoseconds(sec-east, frac, i, behind)
		}
	}
	if !anyZone {
		return 0, i, false
	}
	if east, behind, ok := spaced(b, end); ok {
		return c.nanoseconds(sec-east, frac, i, behind)
	}
	if c.soon.never == 1 {
		c.learnLocal(b, i, end, c.base)
	}
	return c.nanoseconds(c.zone.utc(sec), frac, i, end)
}

// spaced reads a zone as many programs write it behind a blank, where it can be nothing else: +0100, +01:00, UTC, GMT.
func spaced(b []byte, i int) (east int64, end int, ok bool) {
	if mem.At(b, i) != ' ' {
		return 0, i, false
	}
	switch mem.At(b, i+1) {
	case '+', '-':
		if east, end, ok = offset(b, i+1); !ok || end-i < len(" +0100") {
			return 0, i, false
		}
	case 'U', 'G':
		if word := mem.Load32(b, i+1) & 0xffffff; word != 'U'|'T'<<8|'C'<<16 && word != 'G'|'M'<<8|'T'<<16 {
			return 0, i, false
		}
		end = i + len(" UTC")
	default:
		return 0, i, false
	}
	next := mem.At(b, end)
	return east, end, !(letter(next) || next-'0' <= 9 || next == '+' || next == '-' || next == ':' || next == '_' || next == '/')
}

// shortZone reads what PostgreSQL and others name a zone by, behind the stamp b[i:end] and its blank, where the value ends there: an abbreviation, which
// says nothing of the time, or +03.
func (c *Clock) shortZone(b []byte, i, end int, ns int64) (int64, int, bool) {
	behind := end + 1
	if c0 := mem.At(b, behind); c0 == '+' || c0 == '-' {
		east, behind, ok := offset(b, behind)
		if !ok || behind != end+len(" +03") || !valueEnds(mem.At(b, behind)) || bytes.ContainsAny(b[i+len("2006-01-02T15:04:05"):end], "+-Zz ") {
			return ns, end, true
		}
		sec, _ := two(b, i+17)
		return c.nanoseconds(c.base+int64(sec)-east, ns-floorDiv(ns, 1e9)*1e9, i, behind)
	}
	for behind < end+6 && mem.At(b, behind)-'A' < 26 {
		behind++
	}
	if !valueEnds(mem.At(b, behind)) || !zoneNames[string(b[end+1:behind])] {
		return ns, end, true
	}
	return ns, behind, true
}

func valueEnds(next byte) bool { return next == '"' || next == '\n' || next == ',' || next == ']' }

// setMinute checks the date, the hour and the minute of the stamp at i and remembers them.
func (c *Clock) setMinute(b []byte, i int) bool {
	year, ok1 := four(b, i)
	month, ok2 := two(b, i+5)
	day, ok3 := two(b, i+8)
	hour, ok4 := two(b, i+11)
	minute, ok5 := two(b, i+14)
	between := mem.At(b, i+10)
	if !(ok1 && ok2 && ok3 && ok4 && ok5) || mem.At(b, i+4) != '-' || mem.At(b, i+7) != '-' || between|0x20 != 't' && between != ' ' ||
		mem.At(b, i+13) != ':' || hour > 23 || minute > 59 || !validDate(year, month, day) {
		return false
	}
	c.base = days(year, month, day)*86400 + int64(hour*3600+minute*60)
	c.key0, c.key1 = mem.Load64(b, i), mem.Load64(b, i+8)
	c.soon.never = 1
	return true
}

// auto reads RFC 3339, its SQL forms (a blank for the T, no zone, no fraction), the form of access logs, what named knows, or a number since 1970 in
// the coarsest of s, ms, us and ns that gives a time within the range.
func (c *Clock) auto(b []byte, i int) (int64, int, bool) {
	if mem.At(b, i+4) == '-' {
		ns, end, ok := c.rfc3339(b, i, true)
		if ok && mem.At(b, end) == ' ' {
			return c.shortZone(b, i, end, ns)
		}
		return ns, end, ok
	}
	if mem.At(b, i+2) == '/' {
		return c.clf(b, i)
	}
	n, after, ok := integer(b, i)
	if !ok || after-i <= 4 {
		if ns, end, ok := c.named(b, i); ok {
			return ns, end, true
		}
	}
	if !ok {
		return 0, i, false
	}
	bound := uint64(limit)
	for _, u := range unixUnits[:3] {
		if n < bound {
			return unix(b, i, u.unit, u.digits)
		}
		bound *= 1000
	}
	return unix(b, i, 1, 0)
}
