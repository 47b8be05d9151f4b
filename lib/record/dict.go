package record

import (
	"github.com/sawlog/sawlog/lib/internal/mem"
)

// Dict is the list of distinct texts of a dictionary column in one batch. Texts are found in a direct-mapped cache: up to sixteen bytes
// (GET, INFO, sshd(pam_unix)) by a compare of words, longer ones by their ends and then the whole. What is not there is asked of a map.
type Dict struct {
	Offsets []int32 // Arrow's: one more than there are texts
	Bytes   []byte
	Epoch   uint32 // changes when indices lose their meaning
	slots   [64]slot
	more    map[string]int32
	edited  bool // texts are not what they were looked up by
}

type slot struct {
	lo, hi uint64
	n      int32
	index  int32
}

func (d *Dict) reset() {
	d.Offsets, d.Bytes, d.edited = append(d.Offsets[:0], 0), d.Bytes[:0], false
	d.Epoch++
	clear(d.more)
	for i := range d.slots {
		d.slots[i].n = -1
	}
}

// Lookup is the index of the text data[i:i+n], which is added when it is new. Eight bytes behind it must be readable.
func (d *Dict) Lookup(data []byte, i, n int) int32 {
	const spread = 0x9E3779B97F4A7C15
	var lo, hi uint64
	switch {
	case n <= 8:
		lo = mem.Load64(data, i) & lows[n&15]
	case n <= 16:
		lo, hi = mem.Load64(data, i), mem.Load64(data, i+8)&lows[(n-8)&15]
	default:
		lo, hi = mem.Load64(data, i), mem.Load64(data, i+n-8)
	}
	s := &d.slots[((lo^hi*spread)*spread)>>58]
	if s.lo != lo || s.hi != hi || s.n != int32(n) || n > 16 && string(d.Bytes[d.Offsets[s.index]:d.Offsets[s.index+1]]) != string(data[i:i+n]) {
		*s = slot{lo, hi, int32(n), d.find(data[i : i+n])}
	}
	return s.index
}

func (d *Dict) find(text []byte) int32 {
	if i, ok := d.more[string(text)]; ok {
		return i
	}
	if d.more == nil {
		d.more = map[string]int32{}
	}
	i := int32(len(d.Offsets) - 1)
	d.more[string(text)] = i
	d.Bytes = append(d.Bytes, text...)
	d.Offsets = append(d.Offsets, int32(len(d.Bytes)))
	return i
}
