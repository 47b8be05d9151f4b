package scan

import (
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// Numbers in logs are as long as they please: a branch for each length would be guessed wrong. Where there are vectors, 16 bytes are looked at
// at once, what is no digit of the number is shuffled out, and three multiplications that add neighbours do the rest.

// integer is Integer by words of eight bytes.
func integer(b []byte, i int) (uint64, int) {
	v, n := Short(mem.Load64(b, i))
	if n == 8 {
		v, n = Digits(b, i)
		n -= i
	}
	if n == 0 {
		v = 0
	}
	return v, n
}

// decimal is Decimal by words of eight bytes.
func decimal(b []byte, i int) (v uint64, whole, size int) {
	v, whole = integer(b, i)
	if whole > 15 || mem.At(b, i+whole) != '.' {
		return v, whole, whole
	}
	f, n := integer(b, i+whole+1)
	if n > 15-whole { // beyond the 16 bytes
		v, n = v*Pow10[15-whole]+f/Pow10[n-(15-whole)], 15-whole
	} else {
		v = v*Pow10[n] + f
	}
	return v, whole, whole + 1 + n
}

// DigitRun is how many of the eight bytes of w, from the lowest, are decimal digits.
func DigitRun(w uint64) int {
	x := w ^ 0x3030303030303030
	return bits.TrailingZeros64(((x+0x7676767676767676)|x)&highs) >> 3
}

// Digits8 is the value of eight decimal digits, the first in the lowest byte.
func Digits8(w uint64) uint64 {
	return Eight(w - 0x3030303030303030)
}

// Eight is the number that eight bytes are the digits of, each from 0 to 9, the first in the lowest byte.
func Eight(w uint64) uint64 {
	w = w*10 + w>>8
	const m = 0x000000FF000000FF
	return ((w&m)*(100+1000000<<32) + ((w>>16)&m)*(1+10000<<32)) >> 32
}

// Short is the value and the number of the decimal digits that w begins with: one to seven, for others the value means nothing.
func Short(w uint64) (uint64, int) {
	w ^= 0x3030303030303030
	k := bits.TrailingZeros64((w+0x7676767676767676|w)&highs) >> 3
	// The digits move to the high end; the zeros that come in below are leading ones.
	return Eight(w << (uint(64-8*k) & 63)), k
}

// Pow10 holds the powers of ten that fit a word read by Digits.
var Pow10 = [...]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19}

// Digits reads the run of up to 16 decimal digits at i: its value and the position behind it. Where there is no digit that position
// is i; where more digits follow, the byte there is a digit.
func Digits(b []byte, i int) (uint64, int) {
	w := mem.Load64(b, i)
	k := DigitRun(w)
	var v uint64
	if k == 8 {
		v = Digits8(w)
		i += 8
		w = mem.Load64(b, i)
		k = DigitRun(w)
		if k == 8 {
			return v*1e8 + Digits8(w), i + 8
		}
	}
	if k > 0 {
		// Shift the digits to the high end and fill up with leading zeros.
		w = w<<(uint(64-8*k)&63) | 0x3030303030303030>>(uint(8*k)&63)
		v = v*Pow10[k] + Digits8(w)
	}
	return v, i + k
}
