package match

import "github.com/sawlog/sawlog/lib/record"

// Programs for lines that do not fit the first: all have one schema.

// tryOthers runs the other programs on a line that stopped to fit at stop. When none fits, the fault is that of the one which came
// furthest.
func (w *worker) tryOthers(b *record.Builder, data []byte, start, stop int, fault record.Fault) (int, record.Fault) {
	for _, other := range w.others {
		b.Undo()
		end, otherFault := other.walk(b, data, start)
		if otherFault == record.NoFault {
			return end, record.NoFault
		}
		if end > stop {
			stop, fault = end, otherFault
		}
	}
	return stop, fault
}
