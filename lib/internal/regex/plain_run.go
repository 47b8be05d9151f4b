package regex

// plainMachine matches texts with the plain engines, for one goroutine.
type plainMachine struct {
	p       *plain
	slots   []int32
	lookers []*looker
	bits    *bitstate
	pike    *pike
	inside  []*plainMachine // of the looks
}

func (p *plain) newMachine() *plainMachine {
	return &plainMachine{p: p, slots: make([]int32, p.slots), lookers: newLookers(p)}
}

// find looks for the first match in t; search is set where it may begin behind the beginning of t.
func (m *plainMachine) find(t *text, search bool) (start, end int, ok bool) {
	for _, l := range m.lookers {
		l.fresh = false
	}
	if start, end, ok = m.run(t, search); ok {
		m.lookInside(t)
	}
	return start, end, ok
}

func (m *plainMachine) run(t *text, search bool) (start, end int, ok bool) {
	m.clear()
	if m.bits == nil {
		m.bits = newBitstate(m.p)
	}
	if !m.bits.fits(t.to - t.from) {
		return m.inStep(t, t.from, search)
	}
	m.bits.begin(t.to - t.from)
	for i := t.from; i <= t.to; i++ {
		if !t.boundary(i) {
			continue
		}
		if m.bits.run(m.p, t, m.lookers, i, m.slots) {
			return i, m.bits.end, true
		}
		if !search {
			break
		}
	}
	return 0, 0, false
}

func (m *plainMachine) inStep(t *text, start int, search bool) (int, int, bool) {
	if m.pike == nil {
		m.pike = newPike(m.p)
	}
	ok := m.pike.run(m.p, t, m.lookers, start, search, m.slots)
	return int(m.slots[m.p.first]), m.pike.end, ok
}

func (m *plainMachine) clear() {
	for k := range m.slots {
		m.slots[k] = -1
	}
}

// lookInside finds the captures inside of look-arounds that the match has passed: each is matched once more, at its place.
func (m *plainMachine) lookInside(t *text) {
	for i := range m.p.looks {
		l := &m.p.looks[i]
		if l.slot < 0 || m.slots[l.slot] < 0 {
			continue
		}
		if m.inside == nil {
			m.inside = make([]*plainMachine, len(m.p.looks))
		}
		if m.inside[i] == nil {
			m.inside[i] = &plainMachine{p: l.program, lookers: m.lookers[i].inner, bits: newBitstate(l.program)}
		}
		inner := m.inside[i]
		inner.slots = m.slots
		at := int(m.slots[l.slot])
		if inner.bits.fits(t.to - t.from) {
			inner.bits.begin(t.to - t.from)
			inner.bits.run(inner.p, t, inner.lookers, at, inner.slots)
		} else {
			inner.mergeInStep(t, at)
		}
		inner.lookInside(t)
	}
}

// mergeInStep is inStep for a look-around: what its captures do not touch stays.
func (m *plainMachine) mergeInStep(t *text, at int) {
	outer := m.slots
	m.slots = make([]int32, len(outer))
	m.clear()
	m.inStep(t, at, false)
	for k, v := range m.slots {
		if v >= 0 {
			outer[k] = v
		}
	}
	m.slots = outer
}
