package value

import (
	"math"
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

const day = 24 * 3600 * 1e9

// Unit is the nanoseconds in a unit of time by its name: ns us µs ms cs ds s m h d w y (of 365 days); 0 for another name.
func Unit(name string) int64 {
	switch name {
	case "ns":
		return 1
	case "us", "µs", "μs": // the micro sign and the Greek letter
		return 1e3
	case "ms":
		return 1e6
	case "cs":
		return 1e7
	case "ds":
		return 1e8
	case "s":
		return 1e9
	case "m":
		return 60 * 1e9
	case "h":
		return 3600 * 1e9
	case "d":
		return day
	case "w":
		return 7 * day
	case "y":
		return 365 * day
	}
	return 0
}

// Duration is a span of time in nanoseconds: numbers with units in any order (1h5m, 1.5ms, 1ms1 µs, -2d 3h), or one number, which may
// have an exponent, of the given unit (0: a number needs a unit of its own). Parts of a nanosecond are dropped. What an int64 does not
// hold is refused.
func Duration(text []byte, unit int64) (ns int64, ok bool) {
	rest, negative := text, false
	if len(rest) > 0 && (rest[0] == '-' || rest[0] == '+') {
		negative = rest[0] == '-'
		rest = rest[1:]
	}
	var sum uint64
	for first := true; first || len(rest) > 0; first = false {
		a, behind, ok := amountAt(rest)
		if !ok {
			return 0, false
		}
		own, n := unitAt(rest[behind:])
		if own == 0 {
			if !first || unit == 0 || behind != len(rest) {
				return 0, false
			}
			own = unit
		} else if a.exponent {
			return 0, false // 3e5s is more likely a mistake
		}
		part, ok := a.times(uint64(own))
		if sum += part; !ok || sum < part {
			return 0, false
		}
		rest = rest[behind+n:]
		if blanks := leadingBlanks(rest); blanks < len(rest) {
			rest = rest[blanks:]
		}
	}
	if negative {
		return -int64(sum), sum <= 1<<63
	}
	return int64(sum), sum <= math.MaxInt64
}

// ReadDuration makes a reader of durations at a position: it takes what can be in one, so a quote, a comma, a bracket or a newline ends
// it.
func ReadDuration(unit int64) func(b []byte, i int) (ns int64, end int, ok bool) {
	return func(b []byte, i int) (int64, int, bool) {
		end := i
		for k := i; ; k++ {
			c := mem.At(b, k)
			if letter(c) || c-'0' <= 9 || c == '.' || c == '-' || c == '+' || c >= 0x80 {
				end = k + 1
			} else if c != ' ' && c != '\t' {
				break
			}
		}
		ns, ok := Duration(b[i:end], unit)
		return ns, end, ok
	}
}

// Clock is a span of time as clocks show it, H:MM:SS with any number of hours, where letters may stand behind the numbers: 0h:05m:30s.
func Clock(text []byte) (ns int64, ok bool) {
	var parts [3]uint64
	k := 0
	for n, units := 0, "hms"; k < 3; k++ {
		start := n
		for n < len(text) && text[n]-'0' <= 9 && n-start < 9 {
			parts[k] = parts[k]*10 + uint64(text[n]-'0')
			n++
		}
		if n == start {
			return 0, false
		}
		if n < len(text) && text[n] == units[k] {
			n++
		}
		if n == len(text) != (k == 2) || n < len(text) && text[n] != ':' {
			return 0, false
		}
		n++
	}
	if parts[1] > 59 || parts[2] > 59 || parts[0] > 2_000_000 {
		return 0, false
	}
	return int64(parts[0]*3600+parts[1]*60+parts[2]) * 1e9, true
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// amount is digits and how many of them stand behind the point.
type amount struct {
	digits   uint64
	places   int // negative: zeros in front of the point
	exponent bool
}

// amountAt reads a number at the beginning of text.
func amountAt(text []byte) (a amount, end int, ok bool) {
	i, seen, dropped, point := 0, 0, false, false
	for ; i < len(text); i++ {
		c := text[i]
		if c == '.' && !point {
			point = true
			continue
		}
		if c-'0' > 9 {
			break
		}
		seen++
		if dropped = dropped || a.digits >= 1e18; dropped {
			if !point {
				a.places-- // digits beyond the nineteenth are dropped
				if c != '0' {
					return a, i, false // it would not be exact
				}
			}
			continue
		}
		a.digits = a.digits*10 + uint64(c-'0')
		if point {
			a.places++
		}
	}
	if seen == 0 {
		return a, i, false
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		if shift, behind := exponentAt(text, i+1); behind > 0 {
			a.places -= shift
			a.exponent = true
			i = behind
		}
	}
	return a, i, true
}

// exponentAt reads what stands behind an e: the power of ten, cut off at a thousand, and the position behind it, 0 for none.
func exponentAt(text []byte, i int) (power, end int) {
	negative := i < len(text) && text[i] == '-'
	if negative || i < len(text) && text[i] == '+' {
		i++
	}
	start := i
	for ; i < len(text) && text[i]-'0' <= 9; i++ {
		power = min(power*10+int(text[i]-'0'), 1000)
	}
	if i == start {
		return 0, 0
	}
	if negative {
		power = -power
	}
	return power, i
}

// times is the amount of units, in whole nanoseconds.
func (a amount) times(unit uint64) (uint64, bool) {
	high, low := bits.Mul64(a.digits, unit)
	places := a.places
	for ; places < 0 && high|low != 0; places++ {
		carry, sum := bits.Mul64(low, 10)
		if high != 0 {
			return 0, false
		}
		high, low = carry, sum
	}
	for places > 0 && high|low != 0 {
		k := min(places, 19)
		by := scan.Pow10[k]
		high, low = divide(high, low, by)
		places -= k
	}
	return low, high == 0
}

// divide is 128 bits by 64.
func divide(high, low, by uint64) (uint64, uint64) {
	q, rest := high/by, high%by
	low, _ = bits.Div64(rest, low, by)
	return q, low
}

func leadingBlanks(text []byte) int {
	i := 0
	for i < len(text) && (text[i] == ' ' || text[i] == '\t') {
		i++
	}
	return i
}

// unitAt is the unit of time that stands, blanks aside, at the beginning of text, and the bytes that it takes.
func unitAt(text []byte) (unit int64, n int) {
	start := leadingBlanks(text)
	end := start
	for end < len(text) && (letter(text[end]) || text[end] >= 0x80) {
		end++
	}
	return Unit(string(text[start:end])), end
}
