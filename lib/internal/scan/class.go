package scan

import "github.com/sawlog/sawlog/lib/internal/mem"

// Class is a set of bytes that runs of text are made of. Bytes beyond ASCII are all in it or all not.
type Class struct {
	table [256]bool
	// For vectors: stops[c&15] has the bit of c>>4 for each byte of ASCII that is not in the class; rows has that bit, none for bytes beyond
	// ASCII. Both are there twice, once for each half of a vector.
	stops, rows [32]uint8
	high        uint32 // all ones where bytes beyond ASCII end a run
	dark        bool   // only bytes up to the blank end a run
}

// NewClass makes a class of the bytes for which has is true; nil where some bytes beyond ASCII are in it and some are not.
func NewClass(has func(c byte) bool) *Class {
	c := &Class{dark: true}
	for b := range 256 {
		c.table[b] = has(byte(b))
		c.dark = c.dark && (b <= ' ' || c.table[b])
		if b > 0x80 && c.table[b] != c.table[0x80] {
			return nil
		}
	}
	for b := range 0x80 {
		c.rows[b>>4], c.rows[b>>4+16] = 1<<(b>>4), 1<<(b>>4)
		if c.table[b] {
			continue
		}
		c.stops[b&15] |= 1 << (b >> 4)
		c.stops[b&15+16] |= 1 << (b >> 4)
	}
	if !c.table[0x80] {
		c.high = ^uint32(0)
	}
	return c
}

// Has tells whether the byte x is in the class.
func (c *Class) Has(x byte) bool { return c.table[x] }

// end is End, byte by byte; or by words, as long as none of eight bytes is so low that it may end the run.
func (c *Class) end(b []byte, i, to int) int {
	for c.dark && i < to {
		w := mem.Load64(b, i)
		low := (w - ones*0x21) &^ w & highs
		if low == 0 {
			i += 8
			continue
		}
		if i += first(low); i >= to || !c.table[b[i]] {
			break
		}
		i++
	}
	for !c.dark && i < to && c.table[b[i]] {
		i++
	}
	return min(i, to)
}
