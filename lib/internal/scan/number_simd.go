//go:build goexperiment.simd && amd64

package scan

import (
	"math/bits"
	"simd/archsimd"
	"unsafe"
)

func load16(b []byte, i int) archsimd.Uint8x16 {
	return archsimd.LoadUint8x16((*[16]uint8)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), i)))
}

// right moves the first so many of 16 bytes to the end, zeros in front of them; squeeze takes the one at that place out, and moves those before
// it towards its place.
var right, squeeze = func() (right, squeeze [18][16]int8) {
	for n := range right {
		for to := range 16 {
			right[n][to], squeeze[n][to] = -128, int8(to)
			if from := to - 16 + n; from >= 0 && from < 16 {
				right[n][to] = int8(from)
			}
			if to <= n {
				squeeze[n][to] = int8(to - 1)
			}
		}
	}
	return right, squeeze
}()

var (
	zeroDigits = [16]uint8{'0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0'}
	nines      = [16]uint8{9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9}
	points     = [16]uint8{254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254} // less '0'
	tens       = [16]int8{10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1}
	hundreds   = [8]int16{100, 1, 100, 1, 100, 1, 100, 1}
	myriads    = [8]int16{10000, 1, 10000, 1, 10000, 1, 10000, 1}
)

// Digits16 are 16 digits, the last of them the ones.
type Digits16 = archsimd.Uint8x16

// Leading is the run of up to 16 decimal digits at i, zeros in front of them, and how many they are. 16 bytes at i must be readable. It may be
// called where Indexed says so.
func Leading(b []byte, i int) (Digits16, int) {
	x := load16(b, i).Sub(archsimd.LoadUint8x16(&zeroDigits))
	n := bits.TrailingZeros16(^x.Min(archsimd.LoadUint8x16(&nines)).Equal(x).ToBits())
	return x.PermuteOrZero(archsimd.LoadInt8x16(&right[n])), n
}

// Join is the number that x are the digits of.
func Join(x Digits16) uint64 {
	fours := x.DotProductPairsSaturated(archsimd.LoadInt8x16(&tens)).DotProductPairs(archsimd.LoadInt16x8(&hundreds))
	halves := fours.SaturateToUint16Concat(fours).AsInt16x8().DotProductPairs(archsimd.LoadInt16x8(&myriads)).AsUint64x2().GetElem(0)
	return uint64(uint32(halves))*1e8 + halves>>32
}

// Integer reads the run of up to 16 decimal digits at i: its value and how many they are. 16 bytes at i must be readable.
func Integer(b []byte, i int) (uint64, int) {
	if !wide {
		return integer(b, i)
	}
	x, n := Leading(b, i)
	return Join(x), n
}

// LeadingDecimal is the number at i, of up to 15 digits and a point behind the first of them: all its digits as those of Leading, how many stand
// in front of the point, and how many bytes it has, 16 at most: more may follow then. Without a point both are the same. Of 16 digits the
// first means nothing. It may be called where Indexed says so.
func LeadingDecimal(b []byte, i int) (_ Digits16, whole, size int) {
	x := load16(b, i).Sub(archsimd.LoadUint8x16(&zeroDigits))
	digits := uint32(x.Min(archsimd.LoadUint8x16(&nines)).Equal(x).ToBits())
	whole = bits.TrailingZeros32(^digits)
	digits |= uint32(x.Equal(archsimd.LoadUint8x16(&points)).ToBits()) & (digits + 1) // the carry stands at the first that is none
	size = bits.TrailingZeros32(^digits)
	return x.PermuteOrZero(archsimd.LoadInt8x16(&squeeze[whole])).PermuteOrZero(archsimd.LoadInt8x16(&right[max(size, whole+1)])), whole, size
}

// Decimal is LeadingDecimal with its digits joined.
func Decimal(b []byte, i int) (v uint64, whole, size int) {
	if !wide {
		return decimal(b, i)
	}
	x, whole, size := LeadingDecimal(b, i)
	return Join(x), whole, size
}
