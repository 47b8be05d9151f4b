package match

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/record"
)

// Programs for lines that do not fit the first: all have one schema.

// tryOthers runs the other programs on a line that stopped to fit at stop. When none fits, the fault is that of the one which came
// furthest. aside: the line is no record.
func (w *worker) tryOthers(b *record.Builder, data []byte, start, stop int, fault record.Fault) (end int, _ record.Fault, aside bool) {
	for _, other := range w.others {
		if other.p.dash != "" && !hasDash(data, start, other.p.dash) {
			continue
		}
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

// hasDash tells whether the line at i has a dash alone behind a text, which ends with a blank.
func hasDash(data []byte, i int, text string) bool {
	line := data[i : i+bytes.IndexByte(data[i:], '\n')]
	at := bytes.Index(line, []byte(text))
	if at < 0 {
		return false
	}
	for at += len(text); ; at++ {
		k := bytes.IndexByte(line[at:], '-')
		if k < 0 {
			return false
		}
		if at += k; line[at-1] == ' ' && (at+1 == len(line) || line[at+1] == ' ' || line[at+1] == '\r') {
			return true
		}
	}
}
