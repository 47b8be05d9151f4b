//go:build goexperiment.simd && amd64

package scan

import "simd/archsimd"

// Words has a bit for each of 64 bytes from i on: set for blanks, and for what is neither a blank nor a printable byte of ASCII.
func Words(b []byte, i int) (blanks, odd uint64) {
	if !wide {
		return words(b, i)
	}
	// As signed numbers, bytes beyond ASCII are less than all others.
	blank, last := archsimd.BroadcastInt8x32(' '), archsimd.BroadcastInt8x32('~')
	x, y := load32(b, i).AsInt8x32(), load32(b, i+32).AsInt8x32()
	blanks = bits64(x.Equal(blank), y.Equal(blank))
	odd = bits64(x.Less(blank).Or(x.Greater(last)), y.Less(blank).Or(y.Greater(last)))
	archsimd.ClearAVXUpperBits()
	return blanks, odd
}

// Masks2 is Masks4 for two bytes.
func Masks2(b []byte, i int, x, y byte) (xs, ys uint64) {
	if !wide {
		return masks2(b, i, x, y)
	}
	low, high := load32(b, i), load32(b, i+32)
	v := archsimd.BroadcastUint8x32(x)
	xs = bits64(low.Equal(v), high.Equal(v))
	v = archsimd.BroadcastUint8x32(y)
	ys = bits64(low.Equal(v), high.Equal(v))
	archsimd.ClearAVXUpperBits()
	return xs, ys
}

// Masks4 has bits for 64 bytes from i on: set in the first of them where x stands, in the second where y does, and so on.
func Masks4(b []byte, i int, x, y, z, u byte) (xs, ys, zs, us uint64) {
	if !wide {
		return masks4(b, i, x, y, z, u)
	}
	if wider {
		c := load64(b, i)
		xs = c.Equal(archsimd.BroadcastUint8x64(x)).ToBits()
		ys = c.Equal(archsimd.BroadcastUint8x64(y)).ToBits()
		zs = c.Equal(archsimd.BroadcastUint8x64(z)).ToBits()
		us = c.Equal(archsimd.BroadcastUint8x64(u)).ToBits()
		archsimd.ClearAVXUpperBits()
		return xs, ys, zs, us
	}
	low, high := load32(b, i), load32(b, i+32)
	v := archsimd.BroadcastUint8x32(x)
	xs = bits64(low.Equal(v), high.Equal(v))
	v = archsimd.BroadcastUint8x32(y)
	ys = bits64(low.Equal(v), high.Equal(v))
	v = archsimd.BroadcastUint8x32(z)
	zs = bits64(low.Equal(v), high.Equal(v))
	v = archsimd.BroadcastUint8x32(u)
	us = bits64(low.Equal(v), high.Equal(v))
	archsimd.ClearAVXUpperBits()
	return xs, ys, zs, us
}

// Blanks has a bit for each of 32 bytes from i on: set for blanks and control bytes. It may be called where Indexed says so.
func Blanks(b []byte, i int) uint32 {
	x := load32(b, i)
	m := x.Min(archsimd.BroadcastUint8x32(' ')).Equal(x).ToBits()
	archsimd.ClearAVXUpperBits()
	return m
}

// Quotes has a bit for each of 32 bytes from i on: set where StringEnd stops. It may be called where Indexed says so.
func Quotes(b []byte, i int) uint32 {
	x := load32(b, i)
	m := x.Equal(archsimd.BroadcastUint8x32('"')).Or(x.Equal(archsimd.BroadcastUint8x32('\\'))).Or(x.Min(archsimd.BroadcastUint8x32(0x1f)).Equal(x)).ToBits()
	archsimd.ClearAVXUpperBits()
	return m
}
