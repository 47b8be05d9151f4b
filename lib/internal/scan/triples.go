package scan

import "github.com/sawlog/sawlog/lib/internal/mem"

// Triples are three bytes side by side, each of a set of its own. Bytes beyond ASCII are all in a set or none is.
type Triples struct {
	table [256]uint8 // by byte: a bit for each set that has it
	// For vectors: in[k][c&15] has the bit of c>>4 for each byte of ASCII that is in the set k; rows has that bit. All are there twice, once
	// for each half of a vector.
	in   [3][32]uint8
	rows [32]uint8
	high [3]uint32 // all ones where bytes beyond ASCII are in the set
}

// NewTriples makes them of what tells which bytes are in the set k. One byte beyond ASCII takes all others of them with it.
func NewTriples(has func(k int, c byte) bool) *Triples {
	t := &Triples{}
	for k := range 3 {
		for b := range 0x80 {
			t.rows[b>>4], t.rows[b>>4+16] = 1<<(b>>4), 1<<(b>>4)
			if has(k, byte(b)) {
				t.table[b] |= 1 << k
				t.in[k][b&15] |= 1 << (b >> 4)
				t.in[k][b&15+16] |= 1 << (b >> 4)
			}
		}
		for b := 0x80; b < 256 && t.high[k] == 0; b++ {
			if has(k, byte(b)) {
				t.high[k] = ^uint32(0)
			}
		}
		for b := 0x80; b < 256 && t.high[k] != 0; b++ {
			t.table[b] |= 1 << k
		}
	}
	return t
}

// mask is Mask, byte by byte.
func (t *Triples) mask(b []byte, i int) (m uint32) {
	for k := range 32 {
		if t.table[mem.At(b, i+k)]&1 != 0 && t.table[mem.At(b, i+k+1)]&2 != 0 && t.table[mem.At(b, i+k+2)]&4 != 0 {
			m |= 1 << k
		}
	}
	return m
}
