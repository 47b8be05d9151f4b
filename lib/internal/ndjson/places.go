package ndjson

import (
	"math/bits"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// place is where a record stands behind the value of one key. Where it goes on as the record before did, one compare tells so. Where it
// goes on differently each time, that would be a branch which processors foresee badly, and a search: there the step is looked up by the key
// that stands there.
type place struct {
	next   *step  // taken last: tried first
	table  *table // not nil: what to look up instead
	stamp  uint32 // the record that has been here last
	misses uint32 // how often next was not what came
	*choices
}

type choices struct {
	all    []*step
	shared *table // the table, also while it is not in use; nil: there is none
	since  uint32 // the record from which on misses are counted
}

const (
	fewMisses = 32 // before they are held against the records
	often     = 6  // one miss in so many records: the table is used
)

// find is the step of p with the longest constant that stands at b[i], or nil. It is tried first from now on, unless a faster one
// might read the same value.
func (p *place) find(b []byte, i int, record uint32) *step {
	if p.table != nil && p.next.match(b, i) {
		return p.next
	}
	for _, s := range p.all {
		if s.match(b, i) {
			if s.read != readPlain {
				p.next = s
				p.missed(record)
			}
			return s
		}
	}
	return nil
}

func (p *place) missed(record uint32) {
	if p.table != nil {
		p.table.put(p.next)
		return
	}
	if p.misses++; p.misses < fewMisses {
		return
	}
	if record-p.since < fewMisses*often {
		p.table = p.shared
	}
	p.misses, p.since = 0, record
}

// add keeps the steps sorted by length.
func (p *place) add(st *step) {
	p.all = append(p.all, st)
	slices.SortStableFunc(p.all, func(a, b *step) int { return len(b.text) - len(a.text) })
	if p.next == &never || p.next.read == readPlain {
		p.next = st
	}
	if p.shared != nil && st.read != readPlain { // that is never tried first
		p.shared.add(st)
	}
}

// never is a step that no text fits, since none is compared with its last word.
var never = step{first: 1, last: 2, mask: 3}

// table finds a step by the text up to the end of the first key in its constant. All places behind the members of one object have one in
// common: JSON goes on the same way behind each of them.
type table struct {
	slots []*step // as many as a power of two
	shift uint8
	steps int // that have been put in
}

func newTable() *table { return &table{slots: []*step{&never, &never}, shift: 63} }

// add makes room for a step and puts it in.
func (t *table) add(st *step) {
	if t.steps++; 4*t.steps > len(t.slots) {
		old := t.slots
		t.shift = uint8(64 - bits.Len(uint(8*t.steps)))
		t.slots = slices.Repeat([]*step{&never}, 1<<(64-t.shift))
		for _, st := range old {
			t.put(st)
		}
	}
	t.put(st)
}

// put puts a step in the place of one that has the same key or, which is rare, the same slot.
func (t *table) put(st *step) {
	if st.key != 0 {
		t.slots[st.key>>(t.shift&63)] = st
	}
}

// at is the step whose constant likely begins with the n bytes at b[i].
func (t *table) at(b []byte, i, n int) *step { return t.slots[keyed(b, i, n)>>(t.shift&63)] }

// keyed spreads the n bytes at b[i]. Of these it takes the second to the fifth, which is where most keys begin, and the last four: where
// there are less, the key is empty and found by chance only. Two bytes before i may be read.
func keyed(b []byte, i, n int) uint64 {
	const spread = 0x9E3779B97F4A7C15
	return (uint64(mem.Load32(b, i+1))<<32 | uint64(mem.Load32(b, i+n-4)) + uint64(n)) * spread
}

// key is keyed for the text up to the end of the first key in a constant: up to its second stop, as the walk sees it. It is 0 where there
// is none.
func key(constant string) uint64 {
	stops := 0
	for i := range len(constant) {
		if c := constant[i]; c < ' ' || c == '"' || c == '\\' {
			if stops++; stops == 2 {
				text := append(append(make([]byte, 2, len(constant)+16), constant...), make([]byte, 8)...)
				return keyed(text, 2, i+1)
			}
		}
	}
	return 0
}
