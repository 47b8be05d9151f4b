package record

import (
	"hash/maphash"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// Dict is the list of distinct texts of a dictionary column in one batch. Texts are found in a cache of pairs of slots: up to sixteen bytes
// (GET, INFO, sshd(pam_unix)) by a compare of words, longer ones by their ends and then the whole. What is not there is looked up in a table of all.
type Dict struct {
	Offsets []int32 // Arrow's: one more than there are texts
	Bytes   []byte
	Epoch   uint32 // changes when indices lose their meaning
	edited  bool   // texts are not what they were looked up by
	changed bool   // since a batch described them
	slots   [64]slot
	table   []entry // by hash, and those behind; a power of two, at least half of them empty
}

// entry is a text of the list.
type entry struct {
	hash uint32
	next int32 // one more than its index, 0: none
}

// seed keeps texts that were chosen for it from falling on one place of the table.
var seed = maphash.MakeSeed()

type slot struct {
	lo, hi uint64
	n      int32
	index  int32
}

func (d *Dict) reset() {
	if least := 16 * len(d.Offsets); len(d.table) > max(least, leastTable) {
		d.table = nil // to clear it again and again would cost more
	}
	clear(d.table)
	d.Offsets, d.Bytes, d.edited, d.changed = append(d.Offsets[:0], 0), d.Bytes[:0], false, true
	d.Epoch++
	for i := range d.slots {
		d.slots[i].n = -1
	}
}

// Lookup is the index of the text data[i:i+n], which is added when it is new. Eight bytes behind it must be readable.
func (d *Dict) Lookup(data []byte, i, n int) int32 {
	const spread = 0x9E3779B97F4A7C15
	own := slot{n: int32(n)}
	switch {
	case n <= 8:
		own.lo = mem.Load64(data, i) & lows[n&15]
	case n <= 16:
		own.lo, own.hi = mem.Load64(data, i), mem.Load64(data, i+8)&lows[(n-8)&15]
	default:
		own.lo, own.hi = mem.Load64(data, i), mem.Load64(data, i+n-8)
	}
	at := ((own.lo ^ own.hi*spread) * spread) >> 58
	s := &d.slots[at]
	if s.lo == own.lo && s.hi == own.hi && s.n == own.n && (n <= 16 || d.same(s.index, data, i, n)) {
		return s.index
	}
	return d.beside(at, own, data, i)
}

// same tells whether the text of index is data[i:i+n], of more than 16 bytes, when its length and its ends are.
func (d *Dict) same(index int32, data []byte, i, n int) bool {
	at := int(d.Offsets[index])
	if n <= 32 {
		return mem.Load64(d.Bytes, at+8) == mem.Load64(data, i+8) && mem.Load64(d.Bytes, at+n-16) == mem.Load64(data, i+n-16)
	}
	return string(d.Bytes[at+8:at+n-8]) == string(data[i+8:i+n-8])
}

// beside is Lookup for a text that is not in its slot but may be in the one beside it. A new one pushes what is in its slot there, so that
// two texts may share a slot.
func (d *Dict) beside(at uint64, own slot, data []byte, i int) int32 {
	s, other, n := &d.slots[at], &d.slots[at^1], int(own.n)
	if other.lo == own.lo && other.hi == own.hi && other.n == own.n && (n <= 16 || d.same(other.index, data, i, n)) {
		return other.index
	}
	own.index = d.find(data[i : i+n])
	if s.n >= 0 {
		*other = *s
	}
	*s = own
	return own.index
}

func (d *Dict) find(text []byte) int32 {
	hash := uint32(maphash.Bytes(seed, text))
	if i := d.at(hash, text); i >= 0 {
		return i
	}
	if len(d.table) < 2*len(d.Offsets) {
		d.grow()
	}
	d.Bytes = append(d.Bytes, text...)
	d.Offsets = append(d.Offsets, int32(len(d.Bytes)))
	d.changed = true
	d.enter(entry{hash, int32(len(d.Offsets) - 1)})
	return int32(len(d.Offsets) - 2)
}

// at is the index of a text, -1: it is not in the list.
func (d *Dict) at(hash uint32, text []byte) int32 {
	last := uint32(len(d.table) - 1)
	for k := hash & last; last+1 != 0 && d.table[k].next != 0; k = (k + 1) & last {
		if e := d.table[k]; e.hash == hash && string(d.text(e.next-1)) == string(text) {
			return e.next - 1
		}
	}
	return -1
}

func (d *Dict) text(index int32) []byte { return d.Bytes[d.Offsets[index]:d.Offsets[index+1]] }

// enter puts an entry into the first place that is empty.
func (d *Dict) enter(e entry) {
	last := uint32(len(d.table) - 1)
	k := e.hash & last
	for d.table[k].next != 0 {
		k = (k + 1) & last
	}
	d.table[k] = e
}

const leastTable = 64

func (d *Dict) grow() {
	old := d.table
	d.table = make([]entry, max(2*len(old), leastTable))
	for _, e := range old {
		if e.next != 0 {
			d.enter(e)
		}
	}
}

// forget takes the text back that came last.
func (d *Dict) forget(index int32) {
	hash, last := uint32(maphash.Bytes(seed, d.text(index))), uint32(len(d.table)-1)
	for k := hash & last; d.table[k].next != 0; k = (k + 1) & last {
		if d.table[k].next == index+1 {
			d.table[k] = entry{} // nothing came behind it
			break
		}
	}
	d.Bytes, d.Offsets = d.Bytes[:d.Offsets[index]], d.Offsets[:index+1]
	for i := range d.slots {
		if d.slots[i].index == index {
			d.slots[i] = slot{n: -1}
		}
	}
}
