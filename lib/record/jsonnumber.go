package record

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"strconv"
)

// appendFloat writes the shortest text that reads back as f; infinities, which JSON cannot write, become null.
func appendFloat(dst []byte, f float64) []byte {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return append(dst, "null"...)
	}
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, f, 'f', -1, 64)
}

// appendInt writes i in decimal.
func appendInt(dst []byte, i int64) []byte {
	if i < 0 {
		return appendUint(append(dst, '-'), -uint64(i))
	}
	return appendUint(dst, uint64(i))
}

// appendUint writes v in decimal, where it stands: its length is known beforehand.
func appendUint(dst []byte, v uint64) []byte {
	at := len(dst)
	if cap(dst)-at < 20 {
		dst = slices.Grow(dst, 20)
	}
	to := dst[at : at+20]
	if v < 10_000 { // four digits in a word, of which the first ones are dropped
		high, low := uint32(v)/100, uint32(v)%100
		word := uint32('0'+high/10) | uint32('0'+high%10)<<8 | uint32('0'+low/10)<<16 | uint32('0'+low%10)<<24
		n := 4 - leading(v)
		binary.LittleEndian.PutUint32(to, word>>(8*(4-n)))
		return dst[:at+n]
	}
	n := digits(v)
	end := n
	for ; n > 2; n -= 2 {
		rest := v / 100
		two(to[n-2:], uint32(v-rest*100))
		v = rest
	}
	if n == 2 {
		two(to, uint32(v))
	} else {
		to[0] = byte('0' + v)
	}
	return dst[:at+end]
}

// leading is how many zeros stand before v when it has four digits; the last digit counts always.
func leading(v uint64) (n int) {
	if v < 10 {
		n++
	}
	if v < 100 {
		n++
	}
	if v < 1000 {
		n++
	}
	return n
}

// digits is how many decimal digits v has. Its bits tell, but for one: 1233/4096 is the logarithm of 2.
func digits(v uint64) int {
	n := bits.Len64(v) * 1233 >> 12
	if v >= powers[n] {
		n++
	}
	return n
}

var powers = [20]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19}

// minutes writes times. Those of one log are close to each other: all but the second is remembered.
type minutes struct {
	minute int64
	text   [24]byte // 2006-01-02T15:04: and some room; all zeros at first
}

const minute = 60e9

// append writes 2006-01-02T15:04:05.999999999Z, with as many digits of the fraction as there are.
func (m *minutes) append(dst []byte, ns int64) []byte {
	n := ns / minute
	rest := ns - n*minute
	if rest < 0 {
		n, rest = n-1, rest+minute
	}
	if n != m.minute || m.text[0] == 0 {
		m.set(n)
	}
	at := len(dst)
	if cap(dst)-at < 30 {
		dst = slices.Grow(dst, 30)
	}
	b := dst[at : at+30]
	*(*[24]byte)(b) = m.text
	sec := rest / 1e9
	two(b[17:], uint32(sec))
	end := 19
	if frac := rest - sec*1e9; frac > 0 {
		end = fraction(b, uint32(frac))
	}
	b[end] = 'Z'
	return dst[:at+end+1]
}

// fraction writes a point at 19 and nine digits behind it, and tells where the last that counts ends.
func fraction(b []byte, frac uint32) (end int) {
	b[19] = '.'
	tens := frac / 10
	b[28] = byte('0' + frac - 10*tens)
	for at := 26; at > 19; at -= 2 {
		rest := tens / 100
		two(b[at:], tens-100*rest)
		tens = rest
	}
	for end = 29; b[end-1] == '0'; end-- {
	}
	return end
}

func (m *minutes) set(n int64) {
	m.minute = n
	day := n / 1440
	rest := n - 1440*day
	if rest < 0 {
		day, rest = day-1, rest+1440
	}
	year, month, d := date(day)
	b := &m.text
	two(b[:], year/100)
	two(b[2:], year%100)
	two(b[5:], month)
	two(b[8:], d)
	two(b[11:], uint32(rest)/60)
	two(b[14:], uint32(rest)%60)
	b[4], b[7], b[10], b[13], b[16] = '-', '-', 'T', ':', ':'
}

// appendTime is for a time that stands alone.
func appendTime(dst []byte, ns int64) []byte {
	var m minutes
	return m.append(dst, ns)
}

// date is the date of a day counted from 1970. Nanoseconds in 64 bits reach from 1677 to 2262 only. Years are counted from March on, so that
// the leap day is their last.
func date(day int64) (year, month, dayOfMonth uint32) {
	n := uint32(day + 719468) // days since the first of March of the year 0
	century := (4*n + 3) / 146097
	n -= century * 146097 / 4 // within the century
	year = (4*n + 3) / 1461
	n -= year * 1461 / 4 // within the year
	month = (5*n + 2) / 153
	dayOfMonth = n - (153*month+2)/5 + 1
	year += 100 * century
	if month < 10 {
		return year, month + 3, dayOfMonth
	}
	return year + 1, month - 9, dayOfMonth
}

func two(b []byte, v uint32) { binary.LittleEndian.PutUint16(b, uint16('0'+v/10)|uint16('0'+v%10)<<8) }
