package mine

// maxValues is how many different values a bucket holds: by then a position has opened, or it never will.
const maxValues = 32

// buckets hold, for a pattern with a position blanked, the values that have stood there. Each bucket is a list in one slab.
type buckets struct {
	at      map[uint64]int32 // key -> its first entry
	entries []entry
}

type entry struct {
	value   uint64
	pattern int32
	next    int32 // -1: the last
	prior   uint8
}

// add puts a value into a bucket, or notes its newest pattern, and gives the first entry.
func (b *buckets) add(key, value uint64, prior uint8, pattern int32) int32 {
	first, ok := b.at[key]
	if !ok {
		b.at[key] = b.push(entry{value, pattern, -1, prior})
		return b.at[key]
	}
	n, last := 0, first
	for e := first; e >= 0; e = b.entries[e].next {
		if b.entries[e].value == value {
			b.entries[e].pattern = pattern
			return first
		}
		n, last = n+1, e
	}
	if n < maxValues {
		b.entries[last].next = b.push(entry{value, pattern, -1, prior})
	}
	return first
}

func (b *buckets) push(e entry) int32 {
	b.entries = append(b.entries, e)
	return int32(len(b.entries) - 1)
}

// live lists the patterns of a bucket that are not dead.
func (b *buckets) live(first int32, patterns []pattern) (list []int32) {
	for e := first; e >= 0; e = b.entries[e].next {
		if p := b.entries[e].pattern; !patterns[p].dead {
			list = append(list, p)
		}
	}
	return list
}
