//go:build goexperiment.simd && amd64

package scan

import "simd/archsimd"

var wider = archsimd.X86.AVX512()

// Indexed tells whether an index costs less than the searches it spares.
func Indexed() bool { return wide }

// mark writes the marks of the stops from b[i] on, 64 a word.
func mark(to []uint64, b []byte, i int) {
	switch {
	case wider:
		mark64(to, b, i)
	case wide:
		mark32(to, b, i)
	default:
		markWords(to, b, i)
	}
}

func mark64(to []uint64, b []byte, i int) {
	q, s, c := archsimd.BroadcastUint8x64('"'), archsimd.BroadcastUint8x64('\\'), archsimd.BroadcastUint8x64(0x20)
	for k := range to {
		x := load64(b, i)
		to[k] = x.Equal(q).ToBits() | x.Equal(s).ToBits() | x.Less(c).ToBits()
		i += 64
	}
	archsimd.ClearAVXUpperBits()
}

func mark32(to []uint64, b []byte, i int) {
	q, s, c := archsimd.BroadcastUint8x32('"'), archsimd.BroadcastUint8x32('\\'), archsimd.BroadcastUint8x32(0x1f)
	for k := range to {
		x, y := load32(b, i), load32(b, i+32)
		low := x.Equal(q).Or(x.Equal(s)).Or(x.Min(c).Equal(x)).ToBits()
		high := y.Equal(q).Or(y.Equal(s)).Or(y.Min(c).Equal(y)).ToBits()
		to[k] = uint64(low) | uint64(high)<<32
		i += 64
	}
	archsimd.ClearAVXUpperBits()
}
