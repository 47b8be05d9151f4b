package logfmt

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
type quick struct {
	data   []byte
	buffer uint64 // the number of the block in views
	sinks  []record.Sink
	row    int
	now    uint32 // the number of the record
	on     bool   // there are vectors
}

// read reads values from the place p at data[i] on. It gives the first place where there is something else, and the step that stands there:
// nil where it is not the one that is tried first.
func (t *quick) read(p *place, i int) (int, *place, *step) {
	data, sinks, row := t.data, t.sinks, t.row
	for {
		st := p.next
		if st.differs(data, i) != 0 {
			return i, p, nil
		}
		if !st.quick || st.place.stamp == t.now {
			return i, p, st
		}
		c, from := &sinks[st.column], i+int(st.n)
		end, c1 := from, mem.At(data, from)
		if st.read == readInt {
			if c1 == '-' {
				from++
			}
			digits, n := scan.Leading(data, from)
			if uint(n-1) > 14 || mem.At(data, from) == '0' && (n > 1 || c1 == '-') {
				return i, p, st // none, maybe a longer one, or one that is not written like this
			}
			v := scan.Join(digits)
			if c1 == '-' {
				v = -v
			}
			c.Values.Put(row, v)
			end = from + n
		} else if st.read == readFloat {
			if c1 == '-' {
				from++
			}
			digits, whole, size := scan.LeadingDecimal(data, from)
			zero := mem.At(data, from) == '0' && mem.At(data, from+1) != '.' && (size > 1 || c1 == '-')
			if uint(whole-1) > 14 || size == whole+1 || size > 15 || zero || mem.At(data, from+size)|0x20 == 'e' {
				return i, p, st // as of an integer
			}
			v := value.Fraction(scan.Join(digits), max(size-whole-1, 0))
			if c1 == '-' {
				v = -v
			}
			c.Values.Put(row, math.Float64bits(v))
			end = from + size
		} else {
			var ends uint64
			if c1 == '"' {
				from++
				if ends = uint64(scan.Quotes(data, from)); ends == 0 {
					ends = uint64(scan.Quotes(data, from+32)) << 32
				}
			} else {
				// A control byte is none, which shows by the next constant.
				if ends = uint64(scan.Blanks(data, from)); ends == 0 {
					ends = uint64(scan.Blanks(data, from+32)) << 32
				}
			}
			if ends == 0 {
				return i, p, st // a long one
			}
			size := bits.TrailingZeros64(ends)
			if end = from + size; c1 == '"' {
				if mem.At(data, end) != '"' {
					return i, p, st
				}
				end++
			}
			mem.Slot[record.View](c.Values, row).Set(data, from, size, t.buffer)
		}
		c.Valid.Set(row)
		p, i = st.place, end
		p.stamp = t.now
	}
}
