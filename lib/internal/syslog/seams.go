package syslog

import (
	"bytes"
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/record"
)

// Programs write structured data of few forms: what stands between two values, `" user="` or `"][meta sequenceId="`, comes again and
// again. A worker learns these seams. Then one is compared as a whole, and only the ends of the values have to be looked for.
//
//	[request@32473 id="  955e  " user="  2500169  "][meta sequenceId="  4711  "]

// seam is what stands in front of a value, from the bracket or the quote of the value before it to the value's own quote.
type seam struct {
	text   texts.Seam
	id     span // the name of the element that begins here, as a place in the text; of no length: none does
	number int  // of that name: the first seam that has it
	key    span // the parameter's name
	view   record.View
	next   [4]*seam // those that came behind it
}

type span struct{ at, n int }

// mostSeams is how many of them a worker knows: as many as a set of names has bits.
const mostSeams = 64

// seams are those that a worker knows.
type seams struct {
	first seam // stands in front of those that begin the structured data
	known []seam
	habit texts.Habit
}

// behind is the seam at i, if it has come behind s before.
func (s *seam) behind(data []byte, i int) *seam {
	for _, next := range s.next {
		if next == nil {
			break
		}
		if next.text.At(data, i) {
			return next
		}
	}
	return nil
}

// mostPairs is how many parameters a line may have whose seams are looked for.
const mostPairs = 32

// valueEnds are the bytes that end a value, or are written otherwise in one.
var valueEnds, _ = scan.NewSet('"', '\\', ']', '\n')

// familiar is structured for data of which all seams are known. False: nothing of it is stored.
func (w *worker) familiar(i int) (int, bool) {
	data, wider := w.data, w.swift.wider
	var c *record.Col
	var elements, inner *record.Nested
	var keys, values []record.View
	if k := w.p.index[colData]; k >= 0 {
		c = &w.b.Cols[k]
		elements = c.Nested
		inner = elements.Items.Nested
		keys, values = inner.Keys.Room(mostPairs), inner.Items.Room(mostPairs)
	}
	opened, n, done := uint64(0), 0, 0
	for s := &w.seams.first; n < mostPairs; {
		next := s.next[0]
		if next == nil {
			break
		}
		if !wider || ^scan.Same64(data, i, next.text.Bytes())<<(64-next.text.Len) != 0 {
			if next = s.behind(data, i); next == nil {
				break
			}
		}
		s = next
		if s.id.n > 0 {
			bit := uint64(1) << (s.number & 63)
			if opened&bit != 0 {
				break // whether a name may come twice is for others to say
			}
			if c != nil {
				if opened != 0 {
					inner.Keys.Took(n - done)
					inner.Items.Took(n - done)
					elements.Items.End()
					done = n
				}
				elements.Keys.Slot().Set(data, i+s.id.at, s.id.n, w.b.Buffer)
			}
			opened |= bit
		}
		value, escaped := i+s.text.Len, false
		end := value
		if wider {
			m := valueEnds.Mask64(data, end)
			for ; m == 0; m = valueEnds.Mask64(data, end) {
				end += 64
			}
			end += bits.TrailingZeros64(m)
		} else {
			end = scan.Find4(data, value, '"', '\\', ']', '\n')
		}
		if mem.At(data, end) != '"' {
			if !w.whole { // else it is known
				if w.end = scan.LineEnd(data, end); w.data[w.end-1] == '\r' {
					w.end--
				}
			}
			if end, escaped = w.value(value); end < 0 {
				break
			}
		}
		if c != nil {
			if key := &keys[n]; s.key.n <= 12 {
				key[0], key[1] = s.view[0], s.view[1]
			} else {
				key.Set(data, i+s.key.at, s.key.n, w.b.Buffer)
			}
			if to := &values[n]; !escaped {
				to.Set(data, value, end-value, w.b.Buffer)
			} else {
				*to = w.parameter(value, end)
			}
		}
		n++
		if i = end; mem.At(data, i+1) == ']' && mem.At(data, i+2) != '[' {
			if c != nil {
				inner.Keys.Took(n - done)
				inner.Items.Took(n - done)
				elements.Items.End()
				w.b.EndList(c)
			}
			return i + 2, true
		}
	}
	if c != nil {
		w.b.Again(c)
	}
	return i, false
}

// learn learns the seams of the structured data data[i:end], which is right.
func (w *worker) learn(i, end int) {
	if w.seams.known == nil {
		w.seams.known = make([]seam, 0, mostSeams)
	}
	for at := &w.seams.first; mem.At(w.data, i+1) != ']' || mem.At(w.data, i+2) == '['; {
		next := at.behind(w.data, i)
		if next == nil {
			if next = w.newSeam(i, end); next == nil {
				return
			}
			copy(at.next[1:], at.next[:])
			at.next[0] = next
		}
		at = next
		i, _ = w.value(i + next.text.Len)
	}
}

// newSeam makes a seam of what stands at i; nil where that is too long, or where an element without parameters stands between.
func (w *worker) newSeam(i, end int) *seam {
	if len(w.seams.known) == mostSeams { // all begin anew
		w.seams.known = w.seams.known[:0]
		w.seams.first = seam{}
		return nil
	}
	s, at := seam{}, i
	if w.data[at] == '"' {
		at++
	}
	if w.data[at] == ']' {
		at++
	}
	if w.data[at] == '[' {
		s.id = span{at + 1 - i, scan.NameEnd(w.data, at+1) - at - 1}
		at += 1 + s.id.n
	}
	s.key = span{at + 1 - i, scan.NameEnd(w.data, at+1) - at - 1}
	value := at + 1 + s.key.n + len(`="`)
	if w.data[at] != ' ' || value >= end || value-i > texts.LongestSeam || w.data[value-2] != '=' {
		return nil
	}
	s.text = texts.MakeSeam(w.data[i:value])
	s.view = record.MakeView(w.data, i+s.key.at, s.key.n, 0)
	s.number = len(w.seams.known)
	for k := range w.seams.known {
		other := &w.seams.known[k]
		if bytes.Equal(other.text.Text()[other.id.at:][:other.id.n], w.data[i+s.id.at:][:s.id.n]) {
			s.number = k
			break
		}
	}
	w.seams.known = append(w.seams.known, s)
	return &w.seams.known[len(w.seams.known)-1]
}
