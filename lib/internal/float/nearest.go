package float

import (
	"math"
	"math/bits"
)

// Float is the float64 that is nearest to d, by the algorithm of Eisel and Lemire (https://arxiv.org/abs/2101.11408): the digits times the first 64, or
// 128, bits of the power of ten, which settle nearly every number. ok is false where they do not, and for what is not among normal numbers.
func (d Decimal) Float() (v float64, ok bool) {
	if d.Digits == 0 {
		return 0, true
	}
	if d.Power < leastPower || d.Power > mostPower {
		return 0, false
	}
	p := &powers()[d.Power-leastPower]
	zeros := bits.LeadingZeros64(d.Digits)
	digits := d.Digits << zeros
	// 217706/65536 is near enough to the logarithm of ten to two.
	exponent := uint64(217706*d.Power>>16+64+1023) - uint64(zeros)
	const below = 1<<9 - 1 // the bits behind the 54 that say how to round
	high, low := bits.Mul64(digits, p.high)
	if high&below == below && low+digits < digits { // the other 64 bits may change what is above
		more, least := bits.Mul64(digits, p.low)
		var carry uint64
		low, carry = bits.Add64(low, more, 0)
		if high += carry; high&below == below && low == math.MaxUint64 && least+digits < digits {
			return 0, false
		}
	}
	top := high >> 63
	mantissa := high >> (top + 9)
	exponent -= 1 ^ top
	if low == 0 && high&below == 0 && mantissa&3 == 1 {
		return 0, false // half way between two, perhaps
	}
	mantissa += mantissa & 1
	if mantissa >>= 1; mantissa>>53 > 0 {
		mantissa >>= 1
		exponent++
	}
	if exponent-1 >= 0x7ff-1 {
		return 0, false
	}
	return math.Float64frombits(exponent<<52 | mantissa&(1<<52-1)), true
}
