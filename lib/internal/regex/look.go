package regex

import "slices"

// marks is a bit for each place of a text: where a look-around's content matches.
type marks []uint64

func (m marks) has(i int) bool { return m[i>>6]>>(i&63)&1 == 1 }

// reset makes room for n bits, all clear.
func (m *marks) reset(n int) {
	words := n/64 + 1
	*m = slices.Grow((*m)[:0], words)[:words]
	clear(*m)
}

func (m marks) set(i int) { m[i>>6] |= 1 << (i & 63) }

// looker finds the places where the content of one look-around matches, in one pass over the text.
type looker struct {
	look   *look
	inner  []*looker // of the looks inside
	marks  marks     // bit i: it holds at from+i
	fresh  bool      // marks are those of the text under way
	now    states
	later  [5]states // by distance: the states that lead to a match from so many bytes further on
	parent [][]int32 // by instruction: which lead to it without reading a character
	reads  []int32   // the instructions that read one
}

// states is a set of instructions, and their list.
type states struct {
	in   []bool
	list []int32
}

func (s *states) add(pc int32) bool {
	if s.in[pc] {
		return false
	}
	s.in[pc] = true
	s.list = append(s.list, pc)
	return true
}

func (s *states) clear() {
	for _, pc := range s.list {
		s.in[pc] = false
	}
	s.list = s.list[:0]
}

func newLookers(p *plain) []*looker {
	all := make([]*looker, len(p.looks))
	for i := range p.looks {
		l := &looker{look: &p.looks[i], inner: newLookers(p.looks[i].program)}
		n := len(l.look.program.code)
		l.now.in = make([]bool, n)
		for k := range l.later {
			l.later[k].in = make([]bool, n)
		}
		l.parent = make([][]int32, n)
		for pc := range l.look.program.code {
			in := &l.look.program.code[pc]
			switch in.op {
			case opSet:
				l.reads = append(l.reads, int32(pc))
			case opMatch, opFail:
			case opSplit:
				l.parent[in.other] = append(l.parent[in.other], int32(pc))
				fallthrough
			default:
				l.parent[in.next] = append(l.parent[in.next], int32(pc))
			}
		}
		all[i] = l
	}
	return all
}

// holds tells whether the look-around holds at i.
func (l *looker) holds(t *text, i int) bool {
	if !l.fresh {
		for _, inner := range l.inner {
			inner.fresh = false
		}
		l.marks.reset(t.to - t.from + 1)
		if l.look.behind {
			l.forward(t)
		} else {
			l.backward(t)
		}
		l.fresh = true
	}
	return l.marks.has(i-t.from) != l.look.negate
}

// passes tells whether an instruction that reads nothing lets pass at i.
func passes(in *instruction, t *text, lookers []*looker, i int) bool {
	switch in.op {
	case opAssert:
		return t.holds(in.place, i)
	case opNear:
		return in.near.stands(t, i)
	case opLook:
		return lookers[in.arg].holds(t, i)
	}
	return true
}

// forward marks the places where a match ends that begins anywhere.
func (l *looker) forward(t *text) {
	p := l.look.program
	next := &l.later[0]
	next.clear()
	for i := t.from; ; {
		l.now, *next = *next, l.now
		next.clear()
		todo := append([]int32{p.start}, l.now.list...)
		l.now.clear()
		for len(todo) > 0 {
			pc := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			in := &p.code[pc]
			if !l.now.add(pc) || !passes(in, t, l.inner, i) {
				continue
			}
			switch in.op {
			case opSet, opFail:
			case opMatch:
				l.marks.set(i - t.from)
			case opSplit:
				todo = append(todo, in.other, in.next)
			default:
				todo = append(todo, in.next)
			}
		}
		if i == t.to {
			return
		}
		c, n := t.rune(i)
		for _, pc := range l.now.list {
			if in := &p.code[pc]; in.op == opSet && in.set.has(c) {
				next.add(in.next)
			}
		}
		i += n
	}
}

// backward marks the places where a match begins: at each place, from the last to the first, it finds the instructions from which a
// match can be reached.
func (l *looker) backward(t *text) {
	p := l.look.program
	for k := range l.later {
		l.later[k].clear()
	}
	for i := t.to; i >= t.from; i-- {
		here := &l.later[i%5]
		here.clear()
		if !t.boundary(i) {
			continue
		}
		var todo []int32
		for pc := range p.code {
			if p.code[pc].op == opMatch && here.add(int32(pc)) {
				todo = append(todo, int32(pc))
			}
		}
		if i < t.to {
			c, n := t.rune(i)
			then := &l.later[(i+n)%5]
			for _, pc := range l.reads {
				if in := &p.code[pc]; then.in[in.next] && in.set.has(c) && here.add(pc) {
					todo = append(todo, pc)
				}
			}
		}
		for len(todo) > 0 {
			pc := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, before := range l.parent[pc] {
				if passes(&p.code[before], t, l.inner, i) && here.add(before) {
					todo = append(todo, before)
				}
			}
		}
		if here.in[p.start] {
			l.marks.set(i - t.from)
		}
	}
}
