//go:build goexperiment.simd && amd64

package scan

import (
	"bytes"
	"math/bits"
	"simd/archsimd"
	"unsafe"
)

// How names the twin in use.
var How = "8-byte words"

var wide = archsimd.X86.AVX2()

func init() {
	if wide {
		How = "32-byte vectors (AVX2)"
	}
}

func load32(b []byte, i int) archsimd.Uint8x32 {
	return archsimd.LoadUint8x32((*[32]uint8)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), i)))
}

// Find is the position of the first x or y at or after i.
func Find(b []byte, i int, x, y byte) int {
	if !wide {
		return find(b, i, x, y)
	}
	v, w := archsimd.BroadcastUint8x32(x), archsimd.BroadcastUint8x32(y)
	for {
		c := load32(b, i)
		if m := c.Equal(v).Or(c.Equal(w)).ToBits(); m != 0 {
			archsimd.ClearAVXUpperBits()
			return i + bits.TrailingZeros32(m)
		}
		i += 32
	}
}

// Find3 is the position of the first x, y or z at or after i.
func Find3(b []byte, i int, x, y, z byte) int {
	if !wide {
		return find3(b, i, x, y, z)
	}
	u, v, w := archsimd.BroadcastUint8x32(x), archsimd.BroadcastUint8x32(y), archsimd.BroadcastUint8x32(z)
	for {
		c := load32(b, i)
		if m := c.Equal(u).Or(c.Equal(v)).Or(c.Equal(w)).ToBits(); m != 0 {
			archsimd.ClearAVXUpperBits()
			return i + bits.TrailingZeros32(m)
		}
		i += 32
	}
}

// Find4 is the position of the first x, y, z or u at or after i.
func Find4(b []byte, i int, x, y, z, u byte) int {
	if !wide {
		return find4(b, i, x, y, z, u)
	}
	s, t, v, w := archsimd.BroadcastUint8x32(x), archsimd.BroadcastUint8x32(y), archsimd.BroadcastUint8x32(z), archsimd.BroadcastUint8x32(u)
	for {
		c := load32(b, i)
		if m := c.Equal(s).Or(c.Equal(t)).Or(c.Equal(v).Or(c.Equal(w))).ToBits(); m != 0 {
			archsimd.ClearAVXUpperBits()
			return i + bits.TrailingZeros32(m)
		}
		i += 32
	}
}

// StringEnd is the position of the first quote, backslash or control byte (under 0x20) at or after i.
func StringEnd(b []byte, i int) int {
	if !wide {
		return stringEnd(b, i)
	}
	q, s, c := archsimd.BroadcastUint8x32('"'), archsimd.BroadcastUint8x32('\\'), archsimd.BroadcastUint8x32(0x20)
	for {
		x := load32(b, i)
		if m := x.Equal(q).Or(x.Equal(s)).Or(x.Less(c)).ToBits(); m != 0 {
			archsimd.ClearAVXUpperBits()
			return i + bits.TrailingZeros32(m)
		}
		i += 32
	}
}

// TokenEnd is the position of the first quote, backslash, blank or control byte (up to 0x20) at or after i.
func TokenEnd(b []byte, i int) int {
	if !wide {
		return tokenEnd(b, i)
	}
	q, s, c := archsimd.BroadcastUint8x32('"'), archsimd.BroadcastUint8x32('\\'), archsimd.BroadcastUint8x32(0x21)
	for {
		x := load32(b, i)
		if m := x.Equal(q).Or(x.Equal(s)).Or(x.Less(c)).ToBits(); m != 0 {
			archsimd.ClearAVXUpperBits()
			return i + bits.TrailingZeros32(m)
		}
		i += 32
	}
}

var (
	lowHalves = [32]uint8(bytes.Repeat([]byte{0x0f}, 32))
	fours     = [8]uint32{4, 4, 4, 4, 4, 4, 4, 4}
)

// End is the position of the first byte at or after i that is not in the class, at most to, which is not before i.
func (c *Class) End(b []byte, i, to int) int {
	if !wide {
		return c.end(b, i, to)
	}
	stops, rows := archsimd.LoadUint8x32(&c.stops), archsimd.LoadUint8x32(&c.rows)
	low, four := archsimd.LoadUint8x32(&lowHalves), archsimd.LoadUint32x8(&fours) // a shift by a number would move it there each time, by way of an old instruction
	zero := stops.Xor(stops)
	for i < to {
		x := load32(b, i)
		row := x.AsUint32x8().ShiftRight(four).AsUint8x32().And(low)
		// A byte beyond ASCII gives nothing of stops, as one in the class does: high tells them apart.
		stop := stops.PermuteOrZeroGrouped(x.AsInt8x32()).And(rows.PermuteOrZeroGrouped(row.AsInt8x32()))
		m := ^stop.Equal(zero).ToBits() | x.AsInt8x32().Less(zero.AsInt8x32()).ToBits()&c.high
		if m != 0 {
			i += bits.TrailingZeros32(m)
			break
		}
		i += 32
	}
	archsimd.ClearAVXUpperBits()
	return min(i, to)
}

// asciiPrefix is a length up to which b is surely ASCII.
func asciiPrefix(b []byte) int {
	if !wide {
		return 0
	}
	high := archsimd.BroadcastUint8x32(0x7f)
	i := 0
	for ; i+128 <= len(b); i += 128 {
		x := load32(b, i).Or(load32(b, i+32)).Or(load32(b, i+64)).Or(load32(b, i+96))
		if x.Greater(high).ToBits() != 0 {
			break
		}
	}
	for ; i+32 <= len(b) && load32(b, i).Greater(high).ToBits() == 0; i += 32 {
	}
	archsimd.ClearAVXUpperBits()
	return i
}
