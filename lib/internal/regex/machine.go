package regex

// Machine matches texts with one program, for one goroutine. What it remembers never changes a result.
type Machine struct {
	p      *Program
	slots  []int32 // of what the walk finds
	walker *walker
	lane   laneState
	plain  *plainMachine // nil: it was not needed yet
}

// NewMachine makes a machine.
func (p *Program) NewMachine() *Machine {
	m := &Machine{p: p, slots: make([]int32, 2*p.captures)}
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
			return start, end, m.slots, ok
		}
	}
	if m.plain == nil {
		m.plain = m.p.plain().newMachine()
	}
	if start, end, ok = m.plain.find(t, !m.p.anchored); !ok {
		return 0, 0, nil, false
	}
	return start, end, m.plain.slots[:2*m.p.captures], true
}

// Steps is how many steps the last text took that was not matched at once: what tests of cost count.
func (m *Machine) Steps() int {
	if m.walker == nil {
		return 0
	}
	return m.walker.budget - m.walker.steps
}
