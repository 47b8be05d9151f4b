package ndjson

import (
	"math"
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// quick reads the texts and numbers of the record under way that follow one another, which most values of logs are. It is a loop of its own,
// without any call, so that what it works with stays in registers.
//
// Where steps are looked up, what is found must not be waited for: a lookup takes longer than the rest of the loop. The place of the next
// text follows from the stops alone, and the table is likely the same; the processor goes on with both while it looks. For that the two must
// be branches that are foreseen, not conditional moves, which wait: turns is written there so that the compiler leaves them what they are.
type quick struct {
	data, marks []byte // the block and its stops
	buffer      uint64 // the number of the block in views
	sinks       []record.Sink
	row         int
	now         uint32 // the number of the record
	turns       int
}

// read reads values from the place p at data[i] on. It gives the first place where there is something else, and the step that stands there:
// nil where it is none of those that are tried first.
func (t *quick) read(p *place, i int) (int, *place, *step) {
	data, marks, sinks, row := t.data, t.marks, t.sinks, t.row
	var inUse *table
	stops, base := uint64(0), 0 // the stops from base on, but for those up to the end of the last value
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
		} else {
			stops = 0
		}
		if st.differs(data, i) != 0 {
			return i, p, nil
		}
		if !st.quick {
			return i, p, st
		}
		c, end := &sinks[st.column], from
		if st.read == readInt {
			if mem.At(data, from) == '-' {
				from++
			}
			digits, n := scan.Leading(data, from)
			if uint(n-1) > 14 || mem.At(data, from) == '0' && n > 1 {
				return i, p, st // none, or maybe a longer one; what does not end it is not what the next constant begins with
			}
			v := scan.Join(digits)
			if from > end {
				v = -v
			}
			c.Values.Put(row, v)
			stops &= stops - 1
			end = from + n
		} else if st.read == readFloat {
			if mem.At(data, from) == '-' {
				from++
			}
			digits, whole, size := scan.LeadingDecimal(data, from)
			if uint(whole-1) > 14 || size == whole+1 || size > 15 || mem.At(data, from) == '0' && whole > 1 || mem.At(data, from+size)|0x20 == 'e' {
				return i, p, st // as of an integer
			}
			v := value.Fraction(scan.Join(digits), max(size-whole-1, 0))
			if from > end {
				v = -v
			}
			c.Values.Put(row, math.Float64bits(v))
			stops &= stops - 1
			end = from + size
		} else {
			if stops = scan.Window(marks, from); stops == 0 {
				return i, p, st // a long one
			}
			size := bits.TrailingZeros64(stops)
			if mem.At(data, from+size) != '"' {
				return i, p, st
			}
			mem.Slot[record.View](c.Values, row).Set(data, from, size, t.buffer)
			stops &= stops - 1
			end, base = from+size+1, from
		}
		if st.deep && st.again(t.now) {
			return i, p, st
		}
		// A key that was there before is not asked for: of values that are all stored, the last one counts, as it must.
		c.Valid.Set(row)
		p, i = st.place, end
		p.stamp = t.now
	}
}
