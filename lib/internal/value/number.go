// Package value turns the text of one value into what a column holds: numbers, truth values, spans of time, addresses; and undoes
// escapes. A text is given as b[i:i+n] where its neighbourhood is needed for speed: 16 bytes behind b[i] and 16 behind the text may be
// read, which a block's slack allows. Every function takes the whole text or nothing.
package value

import (
	"math"
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/float"
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// Int is the decimal integer b[i:i+n], with or without a sign.
func Int(b []byte, i, n int) (int64, bool) {
	if n == 0 {
		return 0, false
	}
	sign := b[i]
	if sign == '-' || sign == '+' {
		i, n = i+1, n-1
	}
	v, ok := Uint(b, i, n)
	if sign == '-' {
		return -int64(v), ok && v <= 1<<63
	}
	return int64(v), ok && v <= math.MaxInt64
}

// Uint is the decimal integer b[i:i+n] without sign.
func Uint(b []byte, i, n int) (uint64, bool) {
	v, end := scan.Digits(b, i)
	if end == i+n {
		return v, n > 0
	}
	if n == 0 || end < i+n && end != i+16 {
		return 0, false
	}
	v = 0 // more than 16 digits, or digits go on behind the text
	for _, c := range b[i : i+n] {
		d := uint64(c - '0')
		high, low := bits.Mul64(v, 10)
		sum, carry := bits.Add64(low, d, 0)
		if d > 9 || high|carry != 0 {
			return 0, false
		}
		v = sum
	}
	return v, true
}

// Hex is the hexadecimal integer b[i:i+n], with or without 0x in front.
func Hex(b []byte, i, n int) (uint64, bool) {
	text := b[i : i+n]
	if len(text) > 2 && text[0] == '0' && text[1]|0x20 == 'x' {
		text = text[2:]
	}
	var v uint64
	for _, c := range text {
		d := nibble[c]
		if d > 15 || v>>60 != 0 {
			return 0, false
		}
		v = v<<4 | uint64(d)
	}
	return v, len(text) > 0
}

// ReadHex reads the hexadecimal integer at b[i], with or without 0x in front, and gives the position behind it.
func ReadHex(b []byte, i int) (word int64, end int, ok bool) {
	end = i
	if b[i] == '0' && b[i+1]|0x20 == 'x' && nibble[b[i+2]] < 16 {
		end += 2
	}
	for nibble[b[end]] < 16 {
		end++
	}
	v, ok := Hex(b, i, end-i)
	return int64(v), end, ok && v <= math.MaxInt64
}

// nibble is what a hexadecimal digit stands for, 255 for other bytes.
var nibble = func() (t [256]byte) {
	for c := range t {
		t[c] = 255
	}
	for d := range 10 {
		t['0'+d] = byte(d)
	}
	for d := range 6 {
		t['a'+d], t['A'+d] = byte(10+d), byte(10+d)
	}
	return t
}()

// powers are the powers of ten that a float64 holds exactly.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// Float is the decimal number b[i:i+n], with or without sign, fraction and exponent: the float64 that is nearest. What is beyond every
// float64 is refused, and so are NaN and infinity.
func Float(b []byte, i, n int) (float64, bool) {
	end := i + n
	at := i
	if n > 0 && (b[i] == '-' || b[i] == '+') {
		at++
	}
	v, behind := ShortFloat(b, at)
	if behind == end && behind > at {
		if b[i] == '-' {
			v = -v
		}
		return v, true
	}
	if !decimal(b[at:end]) {
		return 0, false
	}
	return float.Parse(b[i:end])
}

// ShortFloat reads digits with or without a fraction at i, where the value is exact by one division: up to 15 digits. The position is
// the one behind, i where there is no such number. An exponent or more digits stand there unread.
func ShortFloat(b []byte, i int) (float64, int) {
	v, whole, size := scan.Decimal(b, i)
	fraction := max(size-whole-1, 0)
	if whole == 0 || size == whole+1 || whole+fraction > 15 || size == 16 && mem.At(b, i+16)-'0' <= 9 {
		return 0, i
	}
	return Fraction(v, fraction), i + size
}

// Fraction is the number of up to 15 digits that v are, the last so many of them behind the point.
func Fraction(v uint64, digits int) float64 { return float64(int64(v)) / powers[digits&15] }

// decimal tells whether text is digits, with or without a fraction, with or without an exponent. A point needs digits on one side only.
func decimal(text []byte) bool {
	i, digits := 0, 0
	for ; i < len(text) && text[i]-'0' <= 9; i++ {
		digits++
	}
	if i < len(text) && text[i] == '.' {
		for i++; i < len(text) && text[i]-'0' <= 9; i++ {
			digits++
		}
	}
	if digits == 0 {
		return false
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		i++
		if i < len(text) && (text[i] == '-' || text[i] == '+') {
			i++
		}
		start := i
		for ; i < len(text) && text[i]-'0' <= 9; i++ {
		}
		return i == len(text) && i > start
	}
	return i == len(text)
}

// Bool is a truth value: true or false in any case, 1 or 0.
func Bool(b []byte, i, n int) (value, ok bool) {
	const lower = 0x2020202020202020
	switch n {
	case 1:
		return b[i] == '1', b[i] == '1' || b[i] == '0'
	case 4:
		return true, mem.Load32(b, i)|lower&0xffffffff == 't'|'r'<<8|'u'<<16|'e'<<24
	case 5:
		return false, mem.Load32(b, i)|lower&0xffffffff == 'f'|'a'<<8|'l'<<16|'s'<<24 && b[i+4]|0x20 == 'e'
	}
	return false, false
}

// ReadNamed reads a decimal number at b[i], or one in brackets behind a name: ThreadId(7). It gives its value and the position behind.
func ReadNamed(b []byte, i int) (word int64, end int, ok bool) {
	at := i
	for c := mem.At(b, at) | 0x20; c >= 'a' && c <= 'z'; c = mem.At(b, at) | 0x20 {
		at++
	}
	named := at > i
	if named {
		if mem.At(b, at) != '(' {
			return 0, i, false
		}
		at++
	}
	end = at
	for mem.At(b, end)-'0' <= 9 {
		end++
	}
	if word, ok = Int(b, at, end-at); !ok || end == at {
		return 0, i, false
	}
	if named {
		if mem.At(b, end) != ')' {
			return 0, i, false
		}
		end++
	}
	return word, end, true
}
