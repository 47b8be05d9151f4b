package regex

// only lets the machine use one engine.
func (m *Machine) only(engine string) {
	switch engine {
	case "bits":
		m.walker = nil
	case "walk":
		m.lane.lane = nil
	case "step":
		m.walker = nil
		m.bits = newBitstate(m.p)
		m.bits.rows = mostBits
	}
}
