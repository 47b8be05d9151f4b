package regex

// pike keeps all threads in step: at each place the list of instructions under way, the preferred ones first, each with its own slots.
// It needs memory for the program only, however long the text is.
type pike struct {
	now, next threads
	stack     []entry
	steps     int
	end       int
}

type entry struct {
	pc    int32
	slot  int32 // -1: none to set back
	value int32
}

// threads is a list of instructions in the order of preference.
type threads struct {
	sparse []int32
	dense  []int32
	slots  []int32 // by instruction
}

func (q *threads) has(pc int32) bool {
	k := q.sparse[pc]
	return int(k) < len(q.dense) && q.dense[k] == pc
}

func newPike(p *plain) *pike {
	n := len(p.code)
	q := func() threads {
		return threads{sparse: make([]int32, n), dense: make([]int32, 0, n), slots: make([]int32, n*p.slots)}
	}
	return &pike{now: q(), next: q()}
}

// run looks for the first match that begins at start or, when search is set, behind it.
func (v *pike) run(p *plain, t *text, lookers []*looker, start int, search bool, slots []int32) bool {
	v.now.dense, v.next.dense = v.now.dense[:0], v.next.dense[:0]
	matched := false
	scratch := make([]int32, p.slots)
	for i := start; ; {
		if !matched && (i == start || search) {
			for k := range scratch {
				scratch[k] = -1
			}
			v.add(p, t, lookers, &v.now, p.start, i, scratch)
		}
		if len(v.now.dense) == 0 && (matched || !search) {
			break
		}
		c, n := rune(0), 1
		if i < t.to {
			c, n = t.rune(i)
		}
		v.next.dense = v.next.dense[:0]
		for _, pc := range v.now.dense {
			v.steps++
			in := &p.code[pc]
			own := v.now.slots[int(pc)*p.slots : int(pc+1)*p.slots]
			if in.op == opMatch {
				matched = true
				v.end = i
				copy(slots, own)
				break // what is behind in the list is less preferred
			}
			if in.op == opSet && i < t.to && in.set.has(c) {
				copy(scratch, own)
				v.add(p, t, lookers, &v.next, in.next, i+n, scratch)
			}
		}
		v.now, v.next = v.next, v.now
		if i >= t.to {
			break
		}
		i += n
	}
	return matched
}

// add puts what is reached from pc without reading a character into q.
func (v *pike) add(p *plain, t *text, lookers []*looker, q *threads, pc int32, i int, slots []int32) {
	v.stack = append(v.stack[:0], entry{pc: pc, slot: -1})
	for len(v.stack) > 0 {
		e := v.stack[len(v.stack)-1]
		v.stack = v.stack[:len(v.stack)-1]
		if e.slot >= 0 {
			slots[e.slot] = e.value
			continue
		}
		for pc := e.pc; !q.has(pc); {
			v.steps++
			q.sparse[pc] = int32(len(q.dense))
			q.dense = append(q.dense, pc)
			in := &p.code[pc]
			if in.op == opSet || in.op == opMatch {
				copy(q.slots[int(pc)*p.slots:], slots)
				break
			}
			if in.op == opFail || !passes(in, t, lookers, i) {
				break
			}
			switch in.op {
			case opSplit:
				v.stack = append(v.stack, entry{pc: in.other, slot: -1})
			case opSave:
				v.stack = append(v.stack, entry{slot: in.arg, value: slots[in.arg]})
				slots[in.arg] = int32(i)
			}
			pc = in.next
		}
	}
}
