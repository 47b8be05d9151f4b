package regex

// job is an instruction to go on with at a place; or, with a negative pc, a slot to set back.
type job struct {
	pc int32
	at int32
}

// bitstate tries choices in their order and goes back where they fail. Having been at an instruction that several lead to is remembered
// for every place, so nothing is tried twice: the work is bounded by instructions times places.
type bitstate struct {
	stack   []job
	visited marks
	joins   []int32 // by instruction: its row of visited, -1: none
	rows    int
	steps   int
	end     int // of the match
}

func newBitstate(p *plain) *bitstate {
	b := &bitstate{joins: make([]int32, len(p.code))}
	for i := range p.code {
		b.joins[i] = -1
		if p.code[i].join {
			b.joins[i] = int32(b.rows)
			b.rows++
		}
	}
	return b
}

// mostBits bounds what bitstate remembers.
const mostBits = 64 << 20

// fits tells whether a text of n bytes is short enough.
func (b *bitstate) fits(n int) bool { return n < mostBits/max(b.rows, 1) }

// begin forgets all places of a text of n bytes.
func (b *bitstate) begin(n int) { b.visited.reset((n + 1) * b.rows) }

// run looks for a match that begins at start. Between two calls for one text what was visited stays known: from there nothing matches.
func (b *bitstate) run(p *plain, t *text, lookers []*looker, start int, slots []int32) bool {
	width := t.to - t.from + 1
	b.stack = append(b.stack[:0], job{p.start, int32(start)})
	for len(b.stack) > 0 {
		j := b.stack[len(b.stack)-1]
		b.stack = b.stack[:len(b.stack)-1]
		if j.pc < 0 {
			slots[-j.pc-1] = j.at
			continue
		}
		pc, i := j.pc, int(j.at)
	thread:
		for {
			b.steps++
			if row := b.joins[pc]; row >= 0 {
				bit := int(row)*width + i - t.from
				if b.visited.has(bit) {
					break
				}
				b.visited.set(bit)
			}
			in := &p.code[pc]
			switch in.op {
			case opSet:
				if i >= t.to {
					break thread
				}
				c, n := t.rune(i)
				if !in.set.has(c) {
					break thread
				}
				i += n
			case opSplit:
				b.stack = append(b.stack, job{in.other, int32(i)})
			case opSave:
				b.stack = append(b.stack, job{-in.arg - 1, slots[in.arg]})
				slots[in.arg] = int32(i)
			case opMatch:
				b.end = i
				return true
			case opFail:
				break thread
			default:
				if !passes(in, t, lookers, i) {
					break thread
				}
			}
			pc = in.next
		}
	}
	return false
}
