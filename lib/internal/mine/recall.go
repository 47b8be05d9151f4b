package mine

import (
	"encoding/binary"
	"math/bits"
)

// Most lines of a log differ from some line before them in digits only. What becomes of a line depends on where its digits stand, hardly
// ever on which they are, so the skeleton of a line is remembered by the line with its digits blanked: the next such line is not taken apart
// at all.

const recallBits = 15

// recalled is the skeleton of the lines with one blanked hash. Where the digit at year, if there is one, tells a year from a number, it is
// theirs as long as that is told alike.
type recalled struct {
	line, skeleton uint64
	year           int32
	isYear         bool
}

// fits tells whether the skeleton is that of a line with this hash.
func (r *recalled) fits(line []byte, blanked uint64) bool {
	return r.line == blanked && (r.year == 0 || beginsYear(line[r.year]) == r.isYear)
}

// recall keeps the skeleton of the line that was scanned, if other lines can have it.
func (z *scanner) recall(r *recalled, blanked, skeleton uint64, digits int) {
	if z.telling(digits) {
		*r = recalled{blanked, skeleton, int32(z.year), z.year > 0 && beginsYear(z.line[z.year])}
	}
}

// dated notes that a date at start goes on with four digits at year, counted from there.
func (z *scanner) dated(start, year int) {
	if year > 0 {
		z.odd = z.odd || z.year > 0 // one is kept
		z.year = start + year
	}
}

// blankedHash is the hash of a line in which all digits are the same, and how many there are.
func blankedHash(line []byte) (h uint64, digits int) {
	h = uint64(len(line)) * prime2
	i := 0
	for ; i+8 <= len(line); i += 8 {
		w, d := blanked(binary.LittleEndian.Uint64(line[i:]))
		h, digits = mix(h, w), digits+d
	}
	if rest := len(line) - i; rest > 0 {
		var word uint64
		for k := rest - 1; k >= 0; k-- {
			word = word<<8 | uint64(line[i+k])
		}
		w, d := blanked(word)
		h, digits = mix(h, w), digits+d
	}
	return max(h, 1), digits
}

// blanked is w with its digits made 0, and how many there are.
func blanked(w uint64) (uint64, int) {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	x := w ^ ones*'0'
	digits := ^(x | (x&^tops + ones*(0x80-10))) & tops
	return w &^ (digits >> 7 * 0x0f), bits.OnesCount64(digits)
}

// telling tells whether the skeleton of the line that was scanned is that of every line which differs from it in digits only: all of its
// digits stand in values, and nothing was looked up that a line with other digits might find.
func (z *scanner) telling(digits int) bool {
	if z.odd {
		return false
	}
	for i := range z.spans {
		if s := &z.spans[i]; s.kind == kindValue {
			for _, c := range z.line[s.start+s.head : s.end] {
				if digit(c) {
					digits--
				}
			}
		}
	}
	return digits == 0
}

// likeKnownWords are the words that carry digits, with these blanked.
var likeKnownWords = func() map[string]bool {
	like := map[string]bool{}
	for word := range knownWords {
		token := []byte(word)
		blankDigits(token)
		like[string(token)] = true
	}
	return like
}()

// likeKnown tells whether a token with other digits may be a known word.
func likeKnown(token []byte) bool {
	var room [16]byte
	if len(token) > len(room) {
		return false
	}
	text := room[:copy(room[:], token)]
	blankDigits(text)
	return likeKnownWords[string(text)]
}

func blankDigits(text []byte) {
	for i, c := range text {
		if digit(c) {
			text[i] = '0'
		}
	}
}
