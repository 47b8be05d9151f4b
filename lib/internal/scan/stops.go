package scan

import (
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// Stops is an index of a block: a bit for each byte, set where StringEnd would stop, at quotes, backslashes and control bytes. With it
// the end of a string of JSON, and the beginning and the end of the key behind it, are found from one load and instructions that count.
// It pays where vectors make it, see Indexed.
type Stops struct{ words []uint64 }

// Reset makes the index of b[from:n], where b[n-1] is a control byte and Slack bytes behind it may be read.
func (s *Stops) Reset(b []byte, from, n int) {
	need := n>>6 + 3 // a Window that begins behind n-1 reads more than a word
	if cap(s.words) < need {
		s.words = make([]uint64, need+need/4)
	}
	s.words = s.words[:need]
	at := from >> 6
	mark(s.words[at:(n+63)>>6], b, at<<6)
}

// Marks is the memory of the index, for Window and NextStop.
func (s *Stops) Marks() []byte { return mem.Raw(s.words) }

// Window is the marks of the bytes from i on, the first in the lowest bit: of 57 of them at least, of those behind zeros.
func Window(marks []byte, i int) uint64 { return mem.Load64(marks, i>>3) >> (uint(i) & 7) }

// NextStop is the position of the first stop at or after i.
func NextStop(marks []byte, i int) int {
	if w := Window(marks, i); w != 0 {
		return i + bits.TrailingZeros64(w)
	}
	return farStop(marks, i)
}

func farStop(marks []byte, i int) int {
	for i &^= 7; ; {
		i += 64
		if w := mem.Load64(marks, i>>3); w != 0 {
			return i + bits.TrailingZeros64(w)
		}
	}
}

// markWords is mark by words of eight bytes.
func markWords(to []uint64, b []byte, i int) {
	for k := range to {
		var m uint64
		for s := 0; s < 64; s += 8 {
			m |= gather(allStops(mem.Load64(b, i+s))) << s
		}
		to[k] = m
		i += 64
	}
}

// allStops marks the high bit of each byte of w that is a stop, and of no other.
func allStops(w uint64) uint64 {
	const lows = ^uint64(highs)
	q, s := w^ones*'"', w^ones*'\\'
	// Sums of seven bits do not carry over to the next byte.
	return ((q&lows+lows|q)&(s&lows+lows|s)&(w&lows+ones*0x60|w))&highs ^ highs
}

// gather is the high bits of eight bytes, as the lowest eight.
func gather(m uint64) uint64 { return m >> 7 * 0x0102040810204080 >> 56 }
