package record

import (
	"github.com/sawlog/sawlog/lib/internal/mem"
)

// Dict is the list of distinct texts of a dictionary column in one batch. Texts up to eight bytes (GET, INFO) are found by one compare
// in a direct-mapped cache; the others by a map.
type Dict struct {
	Offsets []int32 // Arrow's: one more than there are texts
	Bytes   []byte
	Epoch   uint32 // changes when indices lose their meaning
	slots   [64]slot
	more    map[string]int32
	edited  bool // texts are not what they were looked up by
}

type slot struct {
	word  uint64
	n     int32
	index int32
}

func (d *Dict) reset() {
	d.Offsets, d.Bytes, d.edited = append(d.Offsets[:0], 0), d.Bytes[:0], false
	d.Epoch++
	clear(d.more)
	for i := range d.slots {
		d.slots[i] = slot{n: -1}
	}
}

// Lookup is the index of the text data[i:i+n], which is added when it is new. 8 bytes at i must be readable.
func (d *Dict) Lookup(data []byte, i, n int) int32 {
	if n > 8 || n == 0 {
		return d.find(data[i : i+n])
	}
	w := mem.Load64(data, i) & (^uint64(0) >> (uint(64-8*n) & 63))
	s := &d.slots[(w*0x9E3779B97F4A7C15)>>58]
	if s.word != w || s.n != int32(n) {
		*s = slot{w, int32(n), d.find(data[i : i+n])}
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
