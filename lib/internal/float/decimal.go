// Package float turns decimal numbers into the nearest float64, and finds the shortest decimal number that a float64 is the nearest one of.
//
// Most numbers of logs have up to 15 digits, for which one division is enough (package value). Here are those of up to 17 digits that Python and
// JavaScript write, in a tenth of the time that going by way of text takes.
package float

import (
	"math/bits"
	"strconv"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// Decimal is Digits * 10^Power. Digits does not end with a zero, unless it is one.
type Decimal struct {
	Digits uint64
	Power  int
}

// mostDigits fit into a word, whatever they are.
const mostDigits = 19

// Split takes a number apart that is written in decimal digits, with or without a sign, a fraction and an exponent; nothing else may be in it. ok is
// false where it has too many digits.
func Split(text []byte) (d Decimal, negative, ok bool) {
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		negative, text = text[0] == '-', text[1:]
	}
	count, zeros, point := 0, 0, -1
	for i, c := range text {
		digit := uint64(c - '0')
		switch {
		case digit == 0 && d.Digits == 0:
		case digit == 0:
			zeros++
			continue
		case digit <= 9:
			if count += zeros + 1; count > mostDigits {
				return Decimal{}, negative, false
			}
			for ; zeros > 0; zeros-- {
				d.Digits *= 10
			}
			d.Digits = d.Digits*10 + digit
			d.Power = i + 1
			continue
		case c == '.':
			point = i
		default: // an exponent
			return d.placed(point, i, exponent(text[i+1:])), negative, true
		}
	}
	return d.placed(point, len(text), 0), negative, true
}

// SplitAt is Split for the number b[i:end], without a + in front. 16 bytes behind it may be read.
func SplitAt(b []byte, i, end int) (d Decimal, negative, ok bool) {
	at := i
	if b[i] == '-' {
		at++
	}
	if d, ok = plain(b, at, end); ok {
		return d, at > i, true
	}
	return Split(b[i:end])
}

// plain reads the digits b[i:end] with a fraction or without one; ok is false where there is more than that, or too much of it.
func plain(b []byte, i, end int) (d Decimal, ok bool) {
	whole, n := scan.Integer(b, i)
	if d.Digits = whole; i+n < end && b[i+n] == '.' {
		n++
		fraction, k := scan.Integer(b, i+n)
		if n += k; k == 16 && i+n < end { // below one a float64 may have so many
			more, m := scan.Short(mem.Load64(b, i+n))
			if m > 7 || !join(&fraction, more, m) {
				return d, false
			}
			n, k = n+m, k+m
		}
		if d.Power = -k; k > mostDigits && whole > 0 || !join(&d.Digits, fraction, min(k, mostDigits)) {
			return d, false
		}
	}
	return d, i+n == end && d.Digits%10 != 0 && d.Digits < 1e19
}

// join puts so many digits behind those of v; false: they do not fit.
func join(v *uint64, more uint64, digits int) bool {
	high, low := bits.Mul64(*v, scan.Pow10[digits])
	sum, carry := bits.Add64(low, more, 0)
	*v = sum
	return high|carry == 0
}

// placed is d with its power, where Power is the place behind its last digit in a text whose point is at point, -1: nowhere, and that ends at end.
func (d Decimal) placed(point, end, exponent int) Decimal {
	switch {
	case d.Digits == 0:
		return Decimal{}
	case point < 0:
		d.Power = end - d.Power
	case d.Power > point:
		d.Power = point + 1 - d.Power
	default:
		d.Power = point - d.Power
	}
	d.Power += exponent
	return d
}

// exponent is the value behind an e, cut off far beyond every float.
func exponent(text []byte) int {
	v := 0
	for _, c := range text {
		if c >= '0' && c <= '9' && v < 1e6 {
			v = v*10 + int(c-'0')
		}
	}
	if text[0] == '-' {
		return -v
	}
	return v
}

// Parse is the float64 that is nearest to a number that Split understands. ok is false where it is beyond every float64.
func Parse(text []byte) (v float64, ok bool) {
	if d, negative, ok := Split(text); ok {
		if v, ok := d.Float(); ok {
			if negative {
				v = -v
			}
			return v, true
		}
	}
	v, err := strconv.ParseFloat(mem.String(text), 64)
	return v, err == nil
}
