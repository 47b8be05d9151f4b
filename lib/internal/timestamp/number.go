package timestamp

import (
	"math"
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// two is the two digits at i.
func two(b []byte, i int) (int, bool) {
	tens, ones := mem.At(b, i)-'0', mem.At(b, i+1)-'0'
	return int(tens)*10 + int(ones), tens <= 9 && ones <= 9
}

// four is the four digits at i.
func four(b []byte, i int) (int, bool) {
	high, ok1 := two(b, i)
	low, ok2 := two(b, i+2)
	return high*100 + low, ok1 && ok2
}

// fraction reads the digits at i as the part of a second behind the point: nanoseconds and the position behind all the digits, i where
// there is none.
func fraction(b []byte, i int) (int64, int) {
	const zeros = 0x3030303030303030
	w := mem.Load64(b, i)
	n := scan.DigitRun(w)
	if n < 8 {
		behind := ^uint64(0) << (8 * n & 63)
		return int64(scan.Digits8(w&^behind|zeros&behind) * 10), i + n
	}
	v := int64(scan.Digits8(w) * 10)
	end := i + 8
	if ninth := mem.At(b, end) - '0'; ninth <= 9 {
		v += int64(ninth)
		for end++; mem.At(b, end)-'0' <= 9; end++ {
		}
	}
	return v, end
}

// integer reads an integer with or without a sign: its size and the position behind it. More than 20 digits, leading zeros aside, are
// refused.
func integer(b []byte, i int) (uint64, int, bool) {
	if c := mem.At(b, i); c == '-' || c == '+' {
		i++
	}
	v, end := scan.Digits(b, i)
	if end == i {
		return 0, i, false
	}
	for ; end-i >= 16; end++ {
		d := mem.At(b, end) - '0'
		if d > 9 {
			break
		}
		high, low := bits.Mul64(v, 10)
		sum, carry := bits.Add64(low, uint64(d), 0)
		if high|carry != 0 {
			return 0, i, false
		}
		v = sum
	}
	return v, end, true
}

// unix reads a number of units since 1970, with or without a fraction, of which the first digits digits reach a nanosecond.
func unix(b []byte, i int, unit int64, digits int) (int64, int, bool) {
	v, end, ok := integer(b, i)
	if !ok {
		return 0, i, false
	}
	var frac uint64
	if mem.At(b, end) == '.' {
		f, behind := fraction(b, end+1)
		if behind > end+1 {
			frac, end = uint64(f)/scan.Pow10[9-digits], behind
		}
	}
	if mem.At(b, end)|0x20 == 'e' {
		if ns, behind, ok := scientific(b, i, digits); ok {
			return ns, behind, true
		}
	}
	high, low := bits.Mul64(v, uint64(unit))
	sum, carry := bits.Add64(low, frac, 0)
	negative := mem.At(b, i) == '-'
	switch {
	case high|carry != 0:
		return 0, i, false
	case negative && sum <= 1<<63:
		return -int64(sum), end, true
	case !negative && sum <= math.MaxInt64:
		return int64(sum), end, true
	}
	return 0, i, false
}

// scientific reads a number with an exponent, 1.77269455025e+09, as encoders of floats write seconds; digits as unix has it.
func scientific(b []byte, i, digits int) (int64, int, bool) {
	start := i
	if c := mem.At(b, i); c == '-' || c == '+' {
		i++
	}
	var v uint64
	power, point := digits, false
	for ; ; i++ {
		c := mem.At(b, i)
		if c == '.' && !point {
			point = true
			continue
		}
		if c-'0' > 9 {
			break
		}
		if point {
			power--
		}
		if v >= scan.Pow10[18] { // digits beyond a nanosecond are as good as none
			power++
			continue
		}
		v = v*10 + uint64(c-'0')
	}
	i++
	down := mem.At(b, i) == '-'
	if down || mem.At(b, i) == '+' {
		i++
	}
	exponent, end := 0, i
	for ; end < i+3 && mem.At(b, end)-'0' <= 9; end++ {
		exponent = exponent*10 + int(mem.At(b, end)-'0')
	}
	if end == i {
		return 0, start, false
	}
	if down {
		exponent = -exponent
	}
	switch power += exponent; {
	case power > 18 || power < -18:
		return 0, start, v == 0
	case power < 0:
		v /= scan.Pow10[-power]
	default:
		high, low := bits.Mul64(v, scan.Pow10[power])
		if high != 0 || low > math.MaxInt64 {
			return 0, start, false
		}
		v = low
	}
	if mem.At(b, start) == '-' {
		return -int64(v), end, true
	}
	return int64(v), end, true
}

// offset reads an offset from UTC at i, seconds east: Z, +hh, +hhmm or +hh:mm.
func offset(b []byte, i int) (east int64, end int, ok bool) {
	sign := mem.At(b, i)
	if sign == 'Z' || sign == 'z' {
		return 0, i + 1, true
	}
	hour, ok := two(b, i+1)
	if !ok || hour > 23 || sign != '+' && sign != '-' {
		return 0, i, false
	}
	end = i + 3
	at := end
	if mem.At(b, at) == ':' {
		at++
	}
	minute, ok := two(b, at)
	switch {
	case ok && minute > 59:
		return 0, i, false
	case ok:
		end = at + 2
	default:
		minute = 0
	}
	east = int64(hour*3600 + minute*60)
	if sign == '-' {
		east = -east
	}
	return east, end, true
}
