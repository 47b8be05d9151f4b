//go:build !goexperiment.simd || !amd64

package scan

import "github.com/sawlog/sawlog/lib/internal/mem"

// How names the twin in use.
const How = "8-byte words"

// LineEnd is the position of the first line feed at or after i.
func LineEnd(b []byte, i int) int { return lineEnd(b, i) }

// Find is the position of the first x or y at or after i.
func Find(b []byte, i int, x, y byte) int { return find(b, i, x, y) }

// Find3 is the position of the first x, y or z at or after i.
func Find3(b []byte, i int, x, y, z byte) int { return find3(b, i, x, y, z) }

// Find3Far is Find3 for what is rather 40 bytes away than 10.
func Find3Far(b []byte, i int, x, y, z byte) int { return find3(b, i, x, y, z) }

// Find4 is the position of the first x, y, z or u at or after i.
func Find4(b []byte, i int, x, y, z, u byte) int { return find4(b, i, x, y, z, u) }

// FindPair is the position of the first x with y behind it, or z, at or after i.
func FindPair(b []byte, i int, x, y, z byte) int { return findPair(b, i, x, y, z) }

// StringEnd is the position of the first quote, backslash or control byte (under 0x20) at or after i.
func StringEnd(b []byte, i int) int { return stringEnd(b, i) }

// TokenEnd is the position of the first quote, backslash, blank or control byte (up to 0x20) at or after i.
func TokenEnd(b []byte, i int) int { return tokenEnd(b, i) }

// TwoTokenEnds are the first two of the positions that TokenEnd is about. Where the first is that of a newline, the second means nothing.
func TwoTokenEnds(b []byte, i int) (int, int) { return twoTokenEnds(b, i) }

// End is the position of the first byte at or after i that is not in the class, at most to, which is not before i.
func (c *Class) End(b []byte, i, to int) int { return c.end(b, i, to) }

// Mask has a bit for each of 32 places from i on, set where the three stand. Two bytes behind them are looked at.
func (t *Triples) Mask(b []byte, i int) uint32 { return t.mask(b, i) }

// CopyPlain copies 32 bytes or more to where there is room for them, and tells whether all of them are plain, as Plain8 has it. If they are
// not, it may stop anywhere.
func CopyPlain(to, from []byte) bool { return copyPlain(to, from) }

// CopyLine copies a text to the beginning of to, with a line feed behind it and the slack behind that, for which there is room. It tells whether
// the text is ASCII and has no line feed itself.
func CopyLine(to, from []byte) bool { return copyLine(to, from) }

// asciiPrefix is a length up to which b is surely ASCII.
func asciiPrefix(b []byte) int {
	i := 0
	for ; i+32 <= len(b); i += 32 {
		if (mem.Load64(b, i)|mem.Load64(b, i+8)|mem.Load64(b, i+16)|mem.Load64(b, i+24))&highs != 0 {
			break
		}
	}
	return i
}

// validTo is a place, where a letter begins, up to which b is UTF-8.
func validTo([]byte) int { return 0 }
