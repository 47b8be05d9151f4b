package scan

import "github.com/sawlog/sawlog/lib/internal/mem"

// A Set finds bytes of a few kinds, 64 places at a time, by one table: where no two of the kinds have the same lower half, that half says
// which of them a byte can be, and one compare whether it is.
type Set struct {
	table [64]uint8 // four times the same: by the lower half, the byte that is in the set, or one of another lower half
	kinds []byte
}

// NewSet is the set of the bytes of ASCII in kinds. ok is false where two have the same lower half: there is no such set.
func NewSet(kinds ...byte) (s Set, ok bool) {
	for k := range s.table {
		s.table[k] = 0
		if k&15 == 0 {
			s.table[k] = 1
		}
	}
	ok = true
	for n, c := range kinds {
		for _, other := range kinds[:n] {
			ok = ok && (c == other || c&15 != other&15)
		}
		ok = ok && c < 0x80
		for k := int(c & 15); k < len(s.table); k += 16 {
			s.table[k] = c
		}
	}
	s.kinds = kinds
	return s, ok
}

// plain is Mask by words of eight bytes.
func (s *Set) plain(b []byte, i int) (m uint64) {
	for at := 0; at < 64; at += 8 {
		w := mem.Load64(b, i+at)
		for _, c := range s.kinds {
			m |= gather(equal(w, c)) << at
		}
	}
	return m
}

// plainFeeds is Feeds64 by words of eight bytes.
func plainFeeds(b []byte, i int) (m uint64) {
	for at := 0; at < 64; at += 8 {
		m |= gather(equal(mem.Load64(b, i+at), '\n')) << at
	}
	return m
}

// plainSame is Same64 by words of eight bytes.
func plainSame(b []byte, i int, text *[64]uint8) (m uint64) {
	for at := 0; at < 64; at += 8 {
		m |= gather(equal(mem.Load64(b, i+at)^mem.Load64(text[:], at), 0)) << at
	}
	return m
}
