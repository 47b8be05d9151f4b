package texts

import "github.com/sawlog/sawlog/lib/internal/mem"

// What stands between two values of a line is the same from line to line: ` dst=`, `" user="`. Who has learnt it compares it as a whole
// instead of looking for its parts.

// Seam is such a text.
type Seam struct {
	Len   int // bytes, up to LongestSeam
	words [LongestSeam/8 + 1]uint64
	full  int    // whole words
	mask  uint64 // of the word behind them
}

// LongestSeam is how many bytes a seam may have.
const LongestSeam = 64

// MakeSeam makes the seam of a text that is not too long.
func MakeSeam(text []byte) Seam {
	s := Seam{Len: len(text), full: len(text) / 8, mask: 1<<(len(text)%8*8) - 1}
	copy(mem.Raw(s.words[:]), text)
	return s
}

// At tells whether the seam, which has no line feed in it, stands at i. Behind that there is a line feed, and eight bytes more can be read.
func (s *Seam) At(data []byte, i int) bool {
	for k := range s.full {
		if mem.Load64(data, i+8*k) != s.words[k] {
			return false
		}
	}
	return (mem.Load64(data, i+8*s.full)^s.words[s.full])&s.mask == 0
}

// Bytes are the seam's text and zeros behind it.
func (s *Seam) Bytes() *[LongestSeam]uint8 { return (*[LongestSeam]uint8)(mem.Raw(s.words[:])) }

// Text is the seam's text.
func (s *Seam) Text() []byte { return mem.Raw(s.words[:])[:s.Len] }

// Habit tells whether records are such that looking for what is known pays. The zero value says yes.
type Habit struct {
	missed int // falls with each record of which all was known, and rises faster with each of which it was not
	turn   int
}

// givesUp is how high missed must be for what is known to be looked for in one record of sixteen only.
const givesUp = 64

// Lost tells whether looking for what is known does not pay.
func (h *Habit) Lost() bool { return h.missed >= givesUp }

// Worth tells whether to look for what is known in the next record.
func (h *Habit) Worth() bool {
	h.turn++
	return h.missed < givesUp || h.turn&15 == 0
}

// Count says whether all of a record was known.
func (h *Habit) Count(all bool) {
	if all {
		h.missed = max(h.missed-1, 0)
	} else {
		h.missed = min(h.missed+2, 2*givesUp)
	}
}
