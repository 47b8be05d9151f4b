package regex

// Machine matches texts with one program, for one goroutine. What it remembers never changes a result.
type Machine struct {
	p       *Program
	slots   []int32
	lookers []*looker
	bits    *bitstate
	pike    *pike
	walker  *walker
	lane    laneState
	inside  []*Machine // of the looks
}

// NewMachine makes a machine.
func (p *Program) NewMachine() *Machine {
	m := &Machine{p: p, slots: make([]int32, p.slots), lookers: newLookers(p)}
	if p.walk != nil {
		m.walker = p.walk.newWalker()
		if p.lane != nil {
			m.lane = p.lane.newState()
		}
	}
	return m
}

// Match looks for the first match in data[from:to]. What stands around it is not looked at, but a line feed must stand at data[to]
// or behind it, and scan.Slack bytes behind that must be readable. It returns where the match lies, and where its captures: two numbers for each, -1 for one that took no part. They are valid
// until the next call.
func (m *Machine) Match(data []byte, from, to int) (start, end int, captures []int32, ok bool) {
	return m.match(&text{data, from, to}, -1, 0)
}

// MatchFrom is Match for a text on which the path has failed. No match begins before at; behind ended no first piece of a match (FirstEnd) is
// followed by what it needs, 0: that is not known.
func (m *Machine) MatchFrom(data []byte, from, to, at, ended int) (start, end int, captures []int32, ok bool) {
	return m.match(&text{data, from, to}, at, ended)
}

// Later is the first place behind at where a match may begin in the text data[from:to], -1: there is none. At at none begins; what was tried there
// had a capture for its first piece, which has ended at ended, 0: it has not. fresh is to be set where the machine has seen nothing of the text yet.
func (m *Machine) Later(data []byte, from, to, at, ended int, fresh bool) int {
	t, w := text{data, from, to}, m.walker
	if fresh {
		w.forget()
	}
	if ended == 0 {
		ended = w.opened(&t, at)
	}
	return w.later(&t, at, ended)
}

// Refused tells of the text data[from:to] that no match is in it, as was found out otherwise.
func (m *Machine) Refused(data []byte, from, to int) {
	if m.walker != nil {
		m.walker.learn(&text{data, from, to})
	}
}

// Lacking tells whether the last text lacked what every match needs: then Lacks is worth asking of the next, as Match does.
func (m *Machine) Lacking() bool { return m.walker != nil && m.walker.lacked }

// Lacks tells whether the text data[from:to] lacks what every match needs.
func (m *Machine) Lacks(data []byte, from, to int) bool {
	m.walker.forget()
	return m.walker.lacks(&text{data, from, to})
}

// match is MatchFrom, or Match where at is -1.
func (m *Machine) match(t *text, at, ended int) (start, end int, captures []int32, ok bool) {
	for _, l := range m.lookers {
		l.fresh = false
	}
	if m.walker != nil {
		begin, never := max(at, t.from), false
		if begin == t.from { // else Later has seen the text
			m.walker.forget()
		}
		if m.walker.lacked && m.walker.lacks(t) {
			return 0, 0, nil, false
		}
		if at < 0 && m.lane.lane != nil {
			var slots []int32
			if end, slots, never = m.lane.match(m.walker, t); end >= 0 {
				return t.from, end, slots[:2*m.p.captures], true
			}
			if never {
				if begin = m.Later(t.data, t.from, t.to, t.from, m.walker.ended, false); begin < 0 {
					m.walker.learn(t)
					return 0, 0, nil, false
				}
				ended = m.walker.ended
			}
		}
		if start, end, ok, sure := m.walker.match(t, m.slots, begin, ended); sure && !ok {
			return 0, 0, nil, false
		} else if sure {
			if never {
				m.lane.elsewhere()
			}
			return start, end, m.slots[:2*m.p.captures], ok
		}
	}
	if start, end, ok = m.find(t); !ok {
		return 0, 0, nil, false
	}
	m.lookInside(t)
	return start, end, m.slots[:2*m.p.captures], true
}

// Steps is how many steps the last text took that was not matched at once: what tests of cost count.
func (m *Machine) Steps() int {
	if m.walker == nil {
		return 0
	}
	return m.walker.budget - m.walker.steps
}

// find runs the plain engines.
func (m *Machine) find(t *text) (start, end int, ok bool) {
	m.clear()
	if m.bits == nil {
		m.bits = newBitstate(m.p)
	}
	if !m.bits.fits(t.to - t.from) {
		return m.inStep(t, t.from, !m.p.anchored)
	}
	m.bits.begin(t.to - t.from)
	for i := t.from; i <= t.to; i++ {
		if !t.boundary(i) {
			continue
		}
		if m.bits.run(m.p, t, m.lookers, i, m.slots) {
			return i, m.bits.end, true
		}
		if m.p.anchored {
			break
		}
	}
	return 0, 0, false
}

func (m *Machine) inStep(t *text, start int, search bool) (int, int, bool) {
	if m.pike == nil {
		m.pike = newPike(m.p)
	}
	ok := m.pike.run(m.p, t, m.lookers, start, search, m.slots)
	return int(m.slots[m.p.first]), m.pike.end, ok
}

func (m *Machine) clear() {
	for k := range m.slots {
		m.slots[k] = -1
	}
}

// lookInside finds the captures inside of look-arounds that the match has passed: each is matched once more, at its place.
func (m *Machine) lookInside(t *text) {
	for i := range m.p.looks {
		l := &m.p.looks[i]
		if l.slot < 0 || m.slots[l.slot] < 0 {
			continue
		}
		if m.inside == nil {
			m.inside = make([]*Machine, len(m.p.looks))
		}
		if m.inside[i] == nil {
			m.inside[i] = &Machine{p: l.program, lookers: m.lookers[i].inner, bits: newBitstate(l.program)}
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
func (m *Machine) mergeInStep(t *text, at int) {
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
