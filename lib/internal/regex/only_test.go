package regex

// only lets the machine use one engine.
func (m *Machine) only(engine string) {
	switch engine {
	case "bits":
		m.walker = nil
	case "walk":
		m.lane.lane = nil
	case "forks":
		if m.lane.lane != nil {
			if m.lane.tried = m.lane.lane.newForks(); m.lane.tried != nil {
				m.lane.rests = 1 << 30
			}
		}
	case "step":
		m.walker = nil
		m.plain = m.p.plain().newMachine()
		m.plain.bits = newBitstate(m.plain.p)
		m.plain.bits.rows = mostBits
	}
}
