// Package scan finds bytes in text by looking at many at once. Two twins do the same work: words of eight bytes (scan_swar.go, always
// compiled) and vectors of 32 (scan_simd.go, behind GOEXPERIMENT=simd on amd64); one table of cases and one fuzz target run both.
//
// The functions that take a position and no end are for the hot path: they search until they find. The caller guarantees that what is
// searched for stands somewhere at or after the position, and that Slack bytes behind it may be read. A Block gives both: its last
// byte is a newline and its memory goes on for Slack bytes.
package scan

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// Slack is how many bytes behind the last newline must be readable.
const Slack = 64

// LineFeeds are what Slack is filled with: a search that does not find its byte ends there.
var LineFeeds = strings.Repeat("\n", Slack)

// FillSlack fills the slack that b begins with.
func FillSlack(b []byte) { copy(b, LineFeeds) }

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// zeros marks the high bit of each byte of w that is zero. Marks above the lowest one may be wrong: use the lowest only.
func zeros(w uint64) uint64 { return (w - ones) &^ w & highs }

// first is the index of the lowest marked byte.
func first(m uint64) int { return bits.TrailingZeros64(m) >> 3 }

func lineEnd(b []byte, i int) int { return i + bytes.IndexByte(b[i:], '\n') }

func find(b []byte, i int, x, y byte) int {
	xs, ys := ones*uint64(x), ones*uint64(y)
	for {
		w := mem.Load64(b, i)
		if m := zeros(w^xs) | zeros(w^ys); m != 0 {
			return i + first(m)
		}
		i += 8
	}
}

func find3(b []byte, i int, x, y, z byte) int {
	xs, ys, zs := ones*uint64(x), ones*uint64(y), ones*uint64(z)
	for {
		w := mem.Load64(b, i)
		if m := zeros(w^xs) | zeros(w^ys) | zeros(w^zs); m != 0 {
			return i + first(m)
		}
		i += 8
	}
}

func find4(b []byte, i int, x, y, z, u byte) int {
	xs, ys, zs, us := ones*uint64(x), ones*uint64(y), ones*uint64(z), ones*uint64(u)
	for {
		w := mem.Load64(b, i)
		if m := zeros(w^xs) | zeros(w^ys) | zeros(w^zs) | zeros(w^us); m != 0 {
			return i + first(m)
		}
		i += 8
	}
}

func findPair(b []byte, i int, x, y, z byte) int {
	xs, ys, zs := ones*uint64(x), ones*uint64(y), ones*uint64(z)
	for {
		// The lowest mark of z is right; that of a pair may be a false one, which is looked at.
		w := mem.Load64(b, i)
		if m := zeros(w^xs)&zeros(mem.Load64(b, i+1)^ys) | zeros(w^zs); m != 0 {
			i += first(m)
			if c := mem.At(b, i); c == z || c == x && mem.At(b, i+1) == y {
				return i
			}
			i++
			continue
		}
		i += 8
	}
}

func stringEnd(b []byte, i int) int {
	for {
		w := mem.Load64(b, i)
		// A byte under 0x20 borrows in w-0x20..; bytes over 0x7f are masked out by &^w.
		if m := zeros(w^ones*'"') | zeros(w^ones*'\\') | (w-ones*0x20)&^w&highs; m != 0 {
			return i + first(m)
		}
		i += 8
	}
}

// AppendString appends b[i:end] to dst, and gives end, which is StringEnd's and likely near: what is looked at is copied at once.
func AppendString(dst, b []byte, i int) (_ []byte, end int) {
	const piece = 64
	for {
		n := len(dst)
		dst = slices.Grow(dst, piece)
		room := dst[n : n+piece]
		for k := 0; k < piece; k += 8 {
			w := mem.Load64(b, i+k)
			binary.LittleEndian.PutUint64(room[k:], w)
			if m := zeros(w^ones*'"') | zeros(w^ones*'\\') | (w-ones*0x20)&^w&highs; m != 0 {
				k += first(m)
				return dst[:n+k], i + k
			}
		}
		dst, i = dst[:n+piece], i+piece
	}
}

func tokenEnd(b []byte, i int) int {
	for {
		w := mem.Load64(b, i)
		if m := zeros(w^ones*'"') | zeros(w^ones*'\\') | (w-ones*0x21)&^w&highs; m != 0 {
			return i + first(m)
		}
		i += 8
	}
}

// twoTokenEnds may look for the second at once only where the first is not the newline behind which there may be nothing.
func twoTokenEnds(b []byte, i int) (int, int) {
	first := TokenEnd(b, i)
	if mem.At(b, first) == '\n' {
		return first, first
	}
	return first, TokenEnd(b, first+1)
}

// PrintableEnd is the position of the first byte at or after i that is a blank or not a printable one of ASCII.
func PrintableEnd(b []byte, i int) int {
	for {
		w := mem.Load64(b, i)
		// The sum carries out of bytes of 0xff only, which are marked themselves, to what is above them.
		if m := ((w-ones*0x21)&^w | (w + ones) | w) & highs; m != 0 {
			return i + first(m)
		}
		i += 8
	}
}

// NameEnd is PrintableEnd that stops at a quote, = and ] as well.
func NameEnd(b []byte, i int) int {
	for {
		w := mem.Load64(b, i)
		if m := ((w-ones*0x21)&^w|(w+ones)|w)&highs | zeros(w^ones*'=') | zeros(w^ones*']') | zeros(w^ones*'"'); m != 0 {
			return i + first(m)
		}
		i += 8
	}
}

// Newlines counts the line feeds in b.
func Newlines(b []byte) int { return bytes.Count(b, newline) }

var newline = []byte{'\n'}

// HighByte is the place of the first byte at or after i that is not ASCII, len(b) where there is none.
func HighByte(b []byte, i int) int {
	for ; i+8 <= len(b); i += 8 {
		if m := mem.Load64(b, i) & highs; m != 0 {
			return i + first(m)
		}
	}
	for i < len(b) && b[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// Valid tells whether b is UTF-8 all through.
func Valid(b []byte) bool {
	b = b[asciiPrefix(b):]
	n := validTo(b)
	return n >= 0 && valid(b[n:])
}

// valid is Valid without vectors: what is beyond ASCII is looked at piece by piece.
func valid(b []byte) bool {
	for {
		b = b[asciiPrefix(b):]
		const piece = 128
		if len(b) <= piece {
			return utf8.Valid(b)
		}
		n := piece
		for n > piece-utf8.UTFMax && !utf8.RuneStart(b[n]) {
			n--
		}
		if !utf8.Valid(b[:n]) {
			return false
		}
		b = b[n:]
	}
}

// Plain8 tells whether eight bytes are ASCII and no quotes, backslashes or control bytes (under 0x20): what stands in JSON as it is.
func Plain8(w uint64) bool {
	q, s := w^(ones*'"'), w^(ones*'\\')
	return (w|(w-ones*0x20)|(q-ones)|(s-ones))&highs == 0
}

func copyPlain(to, from []byte) bool {
	last := len(from) - 8
	for i := 0; i < last; i += 8 {
		w := mem.Load64(from, i)
		if !Plain8(w) {
			return false
		}
		binary.LittleEndian.PutUint64(to[i:], w)
	}
	w := mem.Load64(from, last)
	binary.LittleEndian.PutUint64(to[last:], w)
	return Plain8(w)
}

func copyLine(to, from []byte) bool {
	n := copy(to, from)
	FillSlack(to[n : n+1+Slack])
	to[n+Slack] = '\n'
	odd, i := uint64(0), 0
	for ; i+8 <= n; i += 8 {
		w := mem.Load64(to, i)
		odd |= zeros(w^ones*'\n') | w&highs
	}
	for ; i < n; i++ {
		if to[i] >= 0x80 || to[i] == '\n' {
			return false
		}
	}
	return odd == 0
}
