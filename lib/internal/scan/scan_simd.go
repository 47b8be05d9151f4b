//go:build goexperiment.simd && amd64

package scan

import (
	"bytes"
	"math/bits"
	"simd/archsimd"
	"unicode/utf8"
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

func load64(b []byte, i int) archsimd.Uint8x64 {
	return archsimd.LoadUint8x64((*[64]uint8)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), i)))
}

// bits64 is a bit for each of 64 bytes.
func bits64(low, high archsimd.Mask8x32) uint64 {
	return uint64(low.ToBits()) | uint64(high.ToBits())<<32
}

// LineEnd is the position of the first line feed at or after i.
func LineEnd(b []byte, i int) int {
	if wider {
		v := archsimd.BroadcastUint8x64('\n')
		for {
			if m := load64(b, i).Equal(v).ToBits(); m != 0 {
				archsimd.ClearAVXUpperBits()
				return i + bits.TrailingZeros64(m)
			}
			i += 64
		}
	}
	if !wide {
		return lineEnd(b, i)
	}
	v := archsimd.BroadcastUint8x32('\n')
	for {
		if m := bits64(load32(b, i).Equal(v), load32(b, i+32).Equal(v)); m != 0 {
			archsimd.ClearAVXUpperBits()
			return i + bits.TrailingZeros64(m)
		}
		i += 64
	}
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

// Find3Far is Find3 for what is rather 40 bytes away than 10: with 64 bytes at a time the processor seldom guesses wrong how often to go round.
func Find3Far(b []byte, i int, x, y, z byte) int {
	if !wide {
		return find3(b, i, x, y, z)
	}
	u, v, w := archsimd.BroadcastUint8x32(x), archsimd.BroadcastUint8x32(y), archsimd.BroadcastUint8x32(z)
	for {
		c, d := load32(b, i), load32(b, i+32)
		if m := bits64(c.Equal(u).Or(c.Equal(v)).Or(c.Equal(w)), d.Equal(u).Or(d.Equal(v)).Or(d.Equal(w))); m != 0 {
			archsimd.ClearAVXUpperBits()
			return i + bits.TrailingZeros64(m)
		}
		i += 64
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

// FindPair is the position of the first x with y behind it, or z, at or after i.
func FindPair(b []byte, i int, x, y, z byte) int {
	if !wide {
		return findPair(b, i, x, y, z)
	}
	u, v, w := archsimd.BroadcastUint8x32(x), archsimd.BroadcastUint8x32(y), archsimd.BroadcastUint8x32(z)
	for {
		c := load32(b, i)
		if m := c.Equal(u).And(load32(b, i+1).Equal(v)).Or(c.Equal(w)).ToBits(); m != 0 {
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

// TwoTokenEnds are the first two of the positions that TokenEnd is about. Where the first is that of a newline, the second means nothing.
func TwoTokenEnds(b []byte, i int) (int, int) {
	if !wide {
		return twoTokenEnds(b, i)
	}
	q, s, c := archsimd.BroadcastUint8x32('"'), archsimd.BroadcastUint8x32('\\'), archsimd.BroadcastUint8x32(0x21)
	x, y := load32(b, i), load32(b, i+32)
	m := bits64(x.Equal(q).Or(x.Equal(s)).Or(x.Less(c)), y.Equal(q).Or(y.Equal(s)).Or(y.Less(c)))
	archsimd.ClearAVXUpperBits()
	if second := m & (m - 1); second != 0 {
		return i + bits.TrailingZeros64(m), i + bits.TrailingZeros64(second)
	}
	return twoTokenEnds(b, i)
}

// CopyPlain copies 32 bytes or more to where there is room for them, and tells whether all of them are plain, as Plain8 has it. If they are
// not, it may stop anywhere.
func CopyPlain(to, from []byte) bool {
	if !wide {
		return copyPlain(to, from)
	}
	_ = to[len(from)-1]
	q, s, c := archsimd.BroadcastUint8x32('"'), archsimd.BroadcastUint8x32('\\'), archsimd.BroadcastInt8x32(0x20)
	last := len(from) - 32
	for i := 0; ; i += 32 {
		i = min(i, last) // the last ones may have been copied already
		x := load32(from, i)
		// As signed numbers, bytes beyond ASCII are less than all others.
		if x.Equal(q).Or(x.Equal(s)).Or(x.AsInt8x32().Less(c)).ToBits() != 0 {
			archsimd.ClearAVXUpperBits()
			return false
		}
		x.Store((*[32]uint8)(to[i : i+32]))
		if i == last {
			archsimd.ClearAVXUpperBits()
			return true
		}
	}
}

// CopyLine copies a text to the beginning of to, with a line feed behind it and the slack behind that, for which there is room. It tells whether
// the text is ASCII and has no line feed itself.
func CopyLine(to, from []byte) bool {
	n := len(from)
	if !wide || n < 32 {
		return copyLine(to, from)
	}
	_ = to[n+Slack]
	feeds := archsimd.BroadcastUint8x32('\n')
	zero := feeds.Xor(feeds).AsInt8x32()
	first := load32(from, 0)
	all, hit := first, first.Equal(feeds)
	first.Store((*[32]uint8)(to))
	for i := 32; i < n; i += 32 {
		i = min(i, n-32) // some have been copied already
		x := load32(from, i)
		all, hit = all.Or(x), hit.Or(x.Equal(feeds))
		x.Store((*[32]uint8)(to[i:]))
	}
	plain := hit.Or(all.AsInt8x32().Less(zero)).ToBits() == 0
	behind := to[n : n+1+Slack]
	feeds.Store((*[32]uint8)(behind))
	feeds.Store((*[32]uint8)(behind[32:]))
	feeds.Store((*[32]uint8)(behind[Slack-31:]))
	archsimd.ClearAVXUpperBits()
	return plain
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

// Mask has a bit for each of 32 places from i on, set where the three stand. Two bytes behind them are looked at.
func (t *Triples) Mask(b []byte, i int) uint32 {
	if !wide {
		return t.mask(b, i)
	}
	first, second, third := archsimd.LoadUint8x32(&t.in[0]), archsimd.LoadUint8x32(&t.in[1]), archsimd.LoadUint8x32(&t.in[2])
	rows, low, four := archsimd.LoadUint8x32(&t.rows), archsimd.LoadUint8x32(&lowHalves), archsimd.LoadUint32x8(&fours)
	x, y, z := load32(b, i), load32(b, i+1), load32(b, i+2)
	xs := rows.PermuteOrZeroGrouped(x.AsUint32x8().ShiftRight(four).AsUint8x32().And(low).AsInt8x32()).And(first.PermuteOrZeroGrouped(x.AsInt8x32()))
	ys := rows.PermuteOrZeroGrouped(y.AsUint32x8().ShiftRight(four).AsUint8x32().And(low).AsInt8x32()).And(second.PermuteOrZeroGrouped(y.AsInt8x32()))
	zs := rows.PermuteOrZeroGrouped(z.AsUint32x8().ShiftRight(four).AsUint8x32().And(low).AsInt8x32()).And(third.PermuteOrZeroGrouped(z.AsInt8x32()))
	zero := first.Xor(first)
	m := (^xs.Equal(zero).ToBits() | x.AsInt8x32().Less(zero.AsInt8x32()).ToBits()&t.high[0]) &
		(^ys.Equal(zero).ToBits() | y.AsInt8x32().Less(zero.AsInt8x32()).ToBits()&t.high[1]) &
		(^zs.Equal(zero).ToBits() | z.AsInt8x32().Less(zero.AsInt8x32()).ToBits()&t.high[2])
	archsimd.ClearAVXUpperBits()
	return m
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
	if rest := len(b) - i; rest > 0 && rest < 32 && i > 0 && load32(b, len(b)-32).Greater(high).ToBits() == 0 {
		i = len(b)
	}
	archsimd.ClearAVXUpperBits()
	return i
}

// What is wrong between two neighbours of UTF-8, by the upper and the lower half of the first and the upper half of the second: where all
// three tables have a bit, it is. The bits: a continuation is missing, is too much, a letter is written with more bytes than it needs (by
// how many it has), is behind the last one, or is a surrogate. Two continuations in a row are right behind the beginning of a longer letter only.
const (
	missing, tooMuch, overlong3, tooLarge, surrogate, overlong2, tooLarge4, twice = 1, 2, 4, 8, 16, 32, 64, 128

	overlong4 = tooLarge4
	always    = missing | tooMuch | twice // whatever the lower half
)

var (
	firstHigh = both([16]uint8{tooMuch, tooMuch, tooMuch, tooMuch, tooMuch, tooMuch, tooMuch, tooMuch, twice, twice, twice, twice,
		missing | overlong2, missing, missing | overlong3 | surrogate, missing | tooLarge | tooLarge4 | overlong4})
	firstLow = both([16]uint8{always | overlong3 | overlong2 | overlong4, always | overlong2, always, always, always | tooLarge, always | tooLarge | tooLarge4, always | tooLarge | tooLarge4,
		always | tooLarge | tooLarge4, always | tooLarge | tooLarge4, always | tooLarge | tooLarge4, always | tooLarge | tooLarge4, always | tooLarge | tooLarge4, always | tooLarge | tooLarge4,
		always | tooLarge | tooLarge4 | surrogate, always | tooLarge | tooLarge4, always | tooLarge | tooLarge4})
	secondHigh = both([16]uint8{missing, missing, missing, missing, missing, missing, missing, missing, tooMuch | overlong2 | twice | overlong3 | tooLarge4 | overlong4,
		tooMuch | overlong2 | twice | overlong3 | tooLarge, tooMuch | overlong2 | twice | surrogate | tooLarge, tooMuch | overlong2 | twice | surrogate | tooLarge,
		missing, missing, missing, missing})
)

// both is a table for either half of a vector.
func both(t [16]uint8) (v [32]uint8) {
	copy(v[:], t[:])
	copy(v[16:], t[:])
	return v
}

// validTo is a place, where a letter begins, up to which b is UTF-8; or -1, where it is not. What is behind that place is short.
func validTo(b []byte) int {
	if !wide || len(b) < 64 {
		return 0
	}
	// The first three bytes have none before them.
	i := 0
	for i < 3 {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return -1
		}
		i += n
	}
	one, two, three := archsimd.LoadUint8x32(&firstHigh), archsimd.LoadUint8x32(&firstLow), archsimd.LoadUint8x32(&secondHigh)
	low, four := archsimd.LoadUint8x32(&lowHalves), archsimd.LoadUint32x8(&fours)
	third, fourth, top := archsimd.BroadcastUint8x32(0xe0-0x80), archsimd.BroadcastUint8x32(0xf0-0x80), archsimd.BroadcastUint8x32(0x80)
	wrong := one.Xor(one)
	for ; i+32 <= len(b); i += 32 {
		x, before3 := load32(b, i), load32(b, i-3)
		if x.Or(before3).AsInt8x32().Less(wrong.Xor(wrong).AsInt8x32()).ToBits() == 0 {
			for ; i+160 <= len(b); i += 128 { // far is the next letter beyond ASCII, mostly
				far := load32(b, i+32).Or(load32(b, i+64)).Or(load32(b, i+96)).Or(load32(b, i+128))
				if far.AsInt8x32().Less(wrong.Xor(wrong).AsInt8x32()).ToBits() != 0 {
					break
				}
			}
			continue
		}
		before1, before2 := load32(b, i-1), load32(b, i-2)
		high1 := before1.AsUint32x8().ShiftRight(four).AsUint8x32().And(low)
		high := x.AsUint32x8().ShiftRight(four).AsUint8x32().And(low)
		bad := one.PermuteOrZeroGrouped(high1.AsInt8x32()).And(two.PermuteOrZeroGrouped(before1.And(low).AsInt8x32())).And(three.PermuteOrZeroGrouped(high.AsInt8x32()))
		must := before2.SubSaturated(third).Or(before3.SubSaturated(fourth)).And(top)
		wrong = wrong.Or(must.Xor(bad))
	}
	right := wrong.Equal(one.Xor(one)).ToBits() == ^uint32(0)
	archsimd.ClearAVXUpperBits()
	if !right {
		return -1
	}
	// The last letter may go on behind the last vector.
	for k := range utf8.UTFMax {
		if c := b[i-1-k]; k == 0 && c < utf8.RuneSelf {
			return i
		} else if utf8.RuneStart(c) {
			return i - 1 - k
		}
	}
	return -1
}
