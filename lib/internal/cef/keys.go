package cef

import (
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/record"
)

// A device writes its keys in the same order each time. A worker learns which key has come behind which: then what stands in front of a =
// is compared with the key to come, ` dst=`, as a whole, and the pairs go straight to the map.

// key is a key with the blank before it, but for the first of a line, and the = behind it.
type key struct {
	text texts.Seam
	name int // bytes of the name, which ends in front of the =
	view record.View
	time bool    // it is rt
	next [4]*key // those that came behind it
}

// keys are those that a worker knows.
type keys struct {
	first key // stands in front of those that are first
	known map[string]*key
	habit texts.Habit
}

const (
	mostKeys  = 256 // that are known
	mostPairs = 64  // of a line that are written in place
)

// before is the key in front of the = at equals, if it has come behind k before. It begins between i and to.
func (k *key) before(data []byte, i, to, equals int) *key {
	for _, next := range k.next {
		if next == nil {
			break
		}
		if at := equals + 1 - next.text.Len; at >= i && at <= to && next.text.At(data, at) {
			return next
		}
	}
	return nil
}

// learn is the key with that text, which came behind k; nil where it is too long, or one too many.
func (s *keys) learn(k *key, text []byte) *key {
	if len(text) > texts.LongestSeam {
		return nil
	}
	next := s.known[mem.String(text)]
	if next == nil {
		if len(s.known) == mostKeys {
			return nil
		}
		name := text[:len(text)-1]
		if blank(name[0]) {
			name = name[1:]
		}
		made := key{text: texts.MakeSeam(text), name: len(name), time: string(name) == "rt"}
		if len(name) <= 12 {
			var room [16]byte
			copy(room[:], name)
			made.view = record.MakeView(room[:], 0, len(name), 0)
		}
		if s.known == nil {
			s.known = map[string]*key{}
		}
		next = &made
		s.known[string(text)] = next
	}
	copy(k.next[1:], k.next[:])
	k.next[0] = next
	return next
}

// inPlace reads an extension as extension, own and store do, where keys are what they are. False: nothing is stored.
func (w *worker) inPlace(i, end int) bool {
	side := len(w.b.Side)
	n, stamp, all, ok := w.pairsInPlace(i, end)
	if w.keys.habit.Count(all); !ok {
		w.b.Side = w.b.Side[:side]
		return false
	}
	c := &w.b.Cols[w.p.index[colExtensions]]
	c.Nested.Keys.Took(n)
	c.Nested.Items.Took(n)
	w.b.EndList(c)
	if stamp.end > stamp.at && w.p.index[colTime] >= 0 {
		if ns, ok := w.times.inPlace(w.data, stamp.at, stamp.end); ok {
			w.word(colTime, uint64(ns))
		}
	}
	return true
}

// pairsInPlace writes the pairs where the map will have them: how many there are, where the value of rt stands, whether all keys were known
// in this order, and whether all is well.
func (w *worker) pairsInPlace(i, end int) (n int, stamp pair, all, ok bool) {
	data := w.data
	for i < end && blank(data[i]) {
		i++
	}
	equals := i
	for equals < end && keyByte[data[equals]] {
		equals++
	}
	if equals == i || equals == end || data[equals] != '=' {
		return 0, stamp, true, false
	}
	all = true
	k := w.keys.first.before(data, i, i, equals)
	if k == nil {
		if all, k = false, w.keys.learn(&w.keys.first, data[i:equals+1]); k == nil {
			return 0, stamp, all, false
		}
	}
	nested := w.b.Cols[w.p.index[colExtensions]].Nested
	names, values := nested.Keys.Room(mostPairs), nested.Items.Room(mostPairs)
	at, skip, escaped := equals+1, 0, false
	base, marks := at-64, uint64(0) // of = and \, 64 bytes at a time
	for last := false; !last; {
		for marks == 0 && base+64 < end {
			base += 64
			signs, escapes := scan.Masks2(data, base, '=', '\\')
			marks = signs | escapes
		}
		place := min(base+bits.TrailingZeros64(marks), end)
		marks &= marks - 1
		next, stop := k, end // of the value
		if last = place == end; !last {
			if place < skip {
				continue
			}
			if data[place] == '\\' {
				escaped, skip = true, place+2
				continue
			}
			if next = k.before(data, at, place, place); next == nil {
				from := keyStart(data, at, place)
				if from == place { // the = belongs to the value
					if w.p.o.Strict {
						return 0, stamp, all, false
					}
					continue
				}
				all = false
				if next = w.keys.learn(k, data[from-1:place+1]); next == nil {
					return 0, stamp, all, false
				}
			}
			stop = place + 1 - next.text.Len
		}
		if n == mostPairs {
			return 0, stamp, false, false
		}
		if name := &names[n]; k.name <= 12 {
			name[0], name[1] = k.view[0], k.view[1]
		} else {
			name.Set(data, at-1-k.name, k.name, w.b.Buffer)
		}
		for stop > at && blank(data[stop-1]) {
			stop--
		}
		for at < stop && blank(data[at]) {
			at++
		}
		if k.time {
			stamp.at, stamp.end = at, stop
		}
		if value := &values[n]; !escaped {
			value.Set(data, at, stop-at, w.b.Buffer)
		} else {
			*value = w.view(w.b, at, stop, true)
		}
		n++
		k, at, escaped = next, place+1, false
	}
	return n, stamp, all, true
}
