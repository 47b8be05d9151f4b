package match

import "github.com/sawlog/sawlog/lib/record"

// Programs for lines that do not fit the first: all have one schema.

// tryOthers runs the other programs on a line that stopped to fit at stop. When none fits, the fault is that of the one which came
// furthest. aside: the line is no record.
func (w *worker) tryOthers(b *record.Builder, data []byte, start, stop int, fault record.Fault) (end int, _ record.Fault, aside bool) {
	for _, other := range w.others {
		b.Undo()
		end, otherFault := other.walk(b, data, start)
		if otherFault == record.NoFault {
			return end, record.NoFault, other.p.aside
		}
		if end > stop {
			stop, fault = end, otherFault
		}
	}
	return stop, fault, false
}
