package float

import (
	"math"
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/scan"
)

// Shortest tells whether d is the shortest decimal number that v is the nearest float64 of, and of several as short the one nearest to v: what
// programs write for v. v is a positive normal number.
//
// The algorithm is Schubfach (Giulietti, "The Schubfach way to render doubles", 2020, https://drive.google.com/file/d/1IEeATSVnEE6TkrHlCYNY2GjaraBjOT4f).
func (d Decimal) Shortest(v float64) bool {
	s, k := shortest(math.Float64bits(v))
	// s may end with zeros, d.Digits does not.
	zeros := d.Power - k
	if zeros < 0 || zeros > 17 {
		return false
	}
	high, low := bits.Mul64(d.Digits, scan.Pow10[zeros])
	return high == 0 && low == s
}

// shortest gives that number as s * 10^k.
func shortest(word uint64) (s uint64, k int) {
	const hidden = 1 << 52
	mantissa, exponent := word&(hidden-1)|hidden, int64(word>>52&0x7ff)-1075
	odd := mantissa & 1
	// Four times the number, and what is half way to its neighbours: what rounds to it lies between, the ends with it where it is even.
	here := mantissa << 2
	left, right := here-2, here+2
	down := exponent * 661971961083 >> 41 // the logarithm of two to ten
	if mantissa == hidden {               // the neighbour below is nearer
		left++
		down = (exponent*661971961083 - 274743187321) >> 41
	}
	shift := exponent + (-down)*913124641741>>38 + 2
	k = int(down)
	p := power126(-k)
	here, left, right = p.times(here<<shift), p.times(left<<shift)+odd, p.times(right<<shift)-odd
	s = here >> 2
	// One digit less, if just one such number lies between.
	if less := s / 10 * 10; (left <= less<<2) != ((less+10)<<2 <= right) {
		if left <= less<<2 {
			return less, k
		}
		return less + 10, k
	}
	if down, up := left <= s<<2, (s+1)<<2 <= right; down != up {
		if down {
			return s, k
		}
		return s + 1, k
	}
	if middle := s<<2 + 2; here < middle || here == middle && s&1 == 0 {
		return s, k
	}
	return s + 1, k
}

// high63 is a power of ten in 126 bits, rounded up, in two halves of 63.
type high63 struct{ high, low uint64 }

func power126(k int) high63 {
	p := powers()[k-leastPower]
	// The first 126 of 128 bits, and one more.
	low := p.high<<62 | p.low>>2
	high := p.high >> 2
	low++
	if low == 0 {
		high++
	}
	return high63{high<<1 | low>>63, low &^ (1 << 63)}
}

// times is the product's part above 126 bits, with the lowest bit set where anything is below.
func (p high63) times(c uint64) uint64 {
	x1, _ := bits.Mul64(p.low, c)
	y1, y0 := bits.Mul64(p.high, c)
	z := y0>>1 + x1
	w := y1 + z>>63
	if z&^(1<<63) != 0 {
		w |= 1
	}
	return w
}
