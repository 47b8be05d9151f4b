package match

import (
	"bytes"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Programs for lines that do not fit the first: all have one schema.

// tryOthers runs the other programs on a line that stopped to fit at stop. When none fits, the fault is that of the one which came
// furthest. aside: the line is no record.
func (w *worker) tryOthers(b *record.Builder, data []byte, start, stop int, fault record.Fault) (end int, _ record.Fault, aside bool) {
	for _, other := range w.spares() {
		if other.p.dash != "" && !hasDash(data, start, other.p.dash, w.dash) {
			continue
		}
		if lead := &other.p.lead; lead.n > 0 && !lead.at(data, start) {
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

// spares are the programs for lines that do not fit.
func (p *Program) spares() []*Program {
	if p.seldom == nil {
		return p.others
	}
	return slices.Concat(p.others, p.seldom())
}

// spares are the workers of these programs.
func (w *worker) spares() []*worker {
	if w.others == nil {
		for _, p := range w.p.spares() {
			w.others = append(w.others, p.newWorker())
		}
	}
	return w.others
}

// hasDash tells whether the line at i has a dash alone behind a text, which ends with a blank: another one than that at known. There the
// first program has read a number that is missing, and so would the others: up to the first dash in place of a value between quotes they
// all read a line alike. Behind the text that value or the dash stands at once. Where known is a place passed, none of the line is another one.
func hasDash(data []byte, i int, text string, known int) bool {
	if passed(known) >= i {
		return false
	}
	for found := false; !found; {
		if i = scan.Find(data, i, text[0], '\n'); data[i] == '\n' {
			return false
		}
		if i += 1; bytes.HasPrefix(data[i-1:], []byte(text)) {
			c := data[i-1+len(text)]
			found = c == '"' || c == '-'
		}
	}
	for i += len(text) - 2; ; i++ { // at the blank
		if i = scan.FindPair(data, i, ' ', '-', '\n'); data[i] == '\n' {
			return false
		}
		if c := data[i+2]; (c == ' ' || c == '\n' || c == '\r') && i+1 != known {
			return true
		}
	}
}

// passed marks the place where the first program has come to its last step, as known for hasDash, and gives the place of such a mark: all
// values between quotes stand before it, between quotes, so that the others end there too.
func passed(i int) int { return -2 - i }
