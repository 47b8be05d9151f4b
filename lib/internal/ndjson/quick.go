package ndjson

import (
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// quick reads the texts of the record under way that follow one another, which most values of logs are. It is a loop of its own, without
// any call, so that what it works with stays in registers.
//
// Where steps are looked up, what is found must not be waited for: a lookup takes longer than the rest of the loop. The place of the next
// text follows from the stops alone, and the table is likely the same; the processor goes on with both while it looks. For that the two must
// be branches that are foreseen, not conditional moves, which wait: turns is written there so that the compiler leaves them what they are.
type quick struct {
	data, marks []byte // the block and its stops
	buffer      uint64 // the number of the block in views
	cols        []record.Col
	row         int
	now         uint32 // the number of the record
	turns       int
}

// read reads texts from the place p at data[i] on. It gives the first place where there is something else, and the step that stands there:
// nil where it is none of those that are tried first.
func (t *quick) read(p *place, i int) (int, *place, *step) {
	data, marks, cols, row, now := t.data, t.marks, t.cols, t.row, t.now
	var inUse *table
	stops, base := uint64(0), 0 // the stops from base on, but for those up to the end of the last text
	for {
		st := p.next
		from := i + int(st.n)
		if p.table != nil {
			if p.table != inUse {
				inUse = p.table
				t.turns++
			}
			if stops &= stops - 1; stops == 0 {
				stops, base = scan.Window(marks, i), i
				if stops &= stops - 1; stops == 0 {
					return i, p, nil
				}
			}
			from = base + bits.TrailingZeros64(stops) + 1
			st = inUse.at(data, i, from-i)
			if from += 2; from != i+int(st.n) {
				from = i + int(st.n)
				t.turns++
			}
		}
		if st.differs(data, i) != 0 {
			return i, p, nil
		}
		next := st.place
		if !st.quick || next.stamp == now {
			return i, p, st
		}
		if stops = scan.Window(marks, from); stops == 0 {
			return i, p, st // a long one
		}
		size := bits.TrailingZeros64(stops)
		c := &cols[st.column]
		if mem.At(data, from+size) != '"' || c.Dict != nil {
			return i, p, st
		}
		next.stamp = now
		c.Views[row].Set(data, from, size, t.buffer)
		c.Valid[row>>6] |= 1 << (row & 63)
		stops &= stops - 1
		p, i, base = next, from+size+1, from
	}
}
