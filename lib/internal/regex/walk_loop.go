package regex

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/scan"
)

// nextEnd is the next place where the run can end, -1: there is none left.
func (op *wop) nextEnd(p *choicePoint, t *text) int {
	for p.at <= p.end {
		at := 0
		if op.op == wLazy {
			at = op.firstEnd(p, t)
		} else {
			at = op.lastEnd(p, t)
		}
		if at < 0 || t.boundary(at) {
			return at
		}
	}
	return -1
}

func (op *wop) firstEnd(p *choicePoint, t *text) int {
	at, end := int(p.at), int(p.end)
	limit := min(end+1, t.to)
	if op.exit1 >= 0 {
		k := bytes.IndexByte(t.data[at:max(limit, at)], byte(op.exit1))
		if k < 0 {
			p.at = p.end + 1
			return -1
		}
		p.at = int32(at + k + 1)
		return at + k
	}
	for at < limit && !op.exit[t.data[at]] {
		at++
	}
	p.at = int32(at + 1)
	if at < limit || at == t.to && at <= end && op.exit[256] {
		return at
	}
	return -1
}

func (op *wop) lastEnd(p *choicePoint, t *text) int {
	at, end := int(p.at), int(p.end)
	if end == t.to {
		if end--; op.exit[256] {
			p.end = int32(end)
			return t.to
		}
	}
	if op.exit1 >= 0 {
		end = at + bytes.LastIndexByte(t.data[at:max(end+1, at)], byte(op.exit1))
	} else {
		for end >= at && !op.exit[t.data[end]] {
			end--
		}
	}
	p.end = int32(end - 1)
	if end < at {
		return -1
	}
	return end
}

// run finds how far the loop at i can go: its ends are from to end. from > end: it cannot be.
func (w *walker) run(op *wop, t *text, i int) (from, end int) {
	from, end = i+int(op.least), t.to
	if op.most >= 0 {
		end = min(end, i+int(op.most))
	}
	end = op.runEnd(t.data, i, end)
	if op.word > 0 {
		end = min(end, w.place(t, int(op.word)-1))
	}
	if op.least > 0 && end > i && t.data[i] >= 0x80 {
		_, n := t.rune(i) // the only round is a character
		from = i + n
	}
	return from, end
}

// runEnd is how far from i bytes belong to the run, at most to end.
func (op *wop) runEnd(data []byte, i, end int) int {
	switch op.seek {
	case seekAll:
		return max(i, end)
	case seekOne:
		for k := i; k < end; {
			if k = scan.Find(data, k, op.a, '\n'); k >= end || data[k] == op.a {
				return min(k, end)
			}
			k++
		}
		return max(i, end)
	case seekTwo:
		for k := i; k < end; {
			if k = scan.Find3(data, k, op.a, op.b, '\n'); k >= end || data[k] == op.a || data[k] == op.b {
				return min(k, end)
			}
			k++
		}
		return max(i, end)
	}
	return op.class.End(data, i, max(i, end))
}
