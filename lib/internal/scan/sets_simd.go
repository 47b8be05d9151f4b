//go:build goexperiment.simd && amd64

package scan

import "simd/archsimd"

// Vectors tells whether 64 bytes are looked at in hardly more time than eight.
func Vectors() bool { return wide }

// Wider tells whether 64 bytes are one vector: then Mask64 may be called.
func Wider() bool { return wider }

// Mask64 is Mask where Wider says so, and is compiled into its caller.
func (s *Set) Mask64(b []byte, i int) uint64 {
	c := load64(b, i)
	return archsimd.LoadUint8x64(&s.table).PermuteOrZeroGrouped(c.AsInt8x64()).Equal(c).ToBits()
}

// Mask has a bit for each of 64 bytes from i on, set for those of the set. Settle is to be called before anything else uses vectors.
func (s *Set) Mask(b []byte, i int) uint64 {
	if !wide {
		return s.plain(b, i)
	}
	t := archsimd.LoadUint8x32((*[32]uint8)(s.table[:]))
	x, y := load32(b, i), load32(b, i+32)
	return bits64(t.PermuteOrZeroGrouped(x.AsInt8x32()).Equal(x), t.PermuteOrZeroGrouped(y.AsInt8x32()).Equal(y))
}

var feeds = [64]uint8([]byte(LineFeeds))

// Feeds64 is a Mask64 of line feeds.
func Feeds64(b []byte, i int) uint64 {
	return load64(b, i).Equal(archsimd.LoadUint8x64(&feeds)).ToBits()
}

// Same64 has a bit for each of 64 bytes from i on, set where text has the same. As for Mask64, Wider must say so.
func Same64(b []byte, i int, text *[64]uint8) uint64 {
	return load64(b, i).Equal(archsimd.LoadUint8x64(text)).ToBits()
}

// Words64 is Words where Wider says so, and is compiled into its caller.
func Words64(b []byte, i int) (blanks, odd uint64) {
	c := load64(b, i).AsInt8x64()
	blank := archsimd.LoadInt8x64(&allBlanks)
	return c.Equal(blank).ToBits(), c.Less(blank).ToBits() | c.Greater(archsimd.LoadInt8x64(&allTildes)).ToBits()
}

var allBlanks, allTildes = func() (blanks, tildes [64]int8) {
	for k := range blanks {
		blanks[k], tildes[k] = ' ', '~'
	}
	return
}()

// Settle leaves the processor's vectors as others want them.
func Settle() {
	if wide {
		archsimd.ClearAVXUpperBits()
	}
}
