package ndjson

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Log writers put the same keys in the same order, so what stands between two values is a constant:
//
//	{"level":"  info  ","status":  200  ,"path":"  /login  "}\n
//
// A place is where a record stands behind the value of one key (or at its start). From there steps lead on: a constant, then the value
// of the next key, which the step knows how to read. Places are shared by all records, so optional keys cost a step each and not a new
// chain; the number of steps is bounded, and what they do not cover is left to the plain parser.
type shapes struct {
	places []place         // by node: behind its value; 0: at the start of a record
	steps  []*step         // by step.id
	opens  []int32         // scratch for learn
	trail  [maxTrail]int32 // the steps of the record under way, for those with keys out of order
	stamps []uint32
	stamp  uint32
}

const (
	maxSteps   = 4096 // in all
	maxChoices = 16   // at one place
	maxTrail   = 4096 // of a record with keys out of order
	maxConst   = 1024 // bytes of a constant
)

type place struct {
	next *step // taken last: tried first
	all  []*step
}

// step is a constant and how to read the value behind it. Constants are compared as two words under masks; the rest of longer ones as
// bytes.
type step struct {
	word0, word1 uint64
	mask0, mask1 uint64
	n            int
	read         reader
	column       int32
	id           int32
	back         bool // the key stands before that of its place in the tree: it may be a repeated one
	place        *place
	node         *infer.Node
	clock        *clock
	text         string
	rest         string  // text from its 17th byte on
	opens        []int32 // nodes of the objects that the constant opens, then the key's own
}

// reader says how a value is read.
type reader uint8

const (
	readEnd   reader = iota // no value: the record is complete
	readNull                // no value: the constant says null
	readText                // from behind the opening quote
	readInt                 // these four: or null
	readUint                //
	readFloat               //
	readBool                //
	readStamp               // RFC 3339, from behind the opening quote
	skipText                // left out by projection, from behind the opening quote
	skipValue               // left out by projection
	readRole                // a text that gives columns beside its own, from behind the opening quote
	readPlain               // as the plain parser does
)

func (s *shapes) init(nodes int) {
	s.places = make([]place, nodes)
	s.stamps = make([]uint32, nodes)
}

// match tells whether the constant stands at b[i].
func (s *step) match(b []byte, i int) bool {
	return (mem.Load64(b, i)^s.word0)&s.mask0|(mem.Load64(b, i+8)^s.word1)&s.mask1 == 0 && (s.n <= 16 || s.matchRest(b, i+16))
}

// matchRest compares the end of a long constant. The words before it were equal, so the record goes on here.
func (s *step) matchRest(b []byte, i int) bool {
	return len(b)-i >= len(s.rest) && string(b[i:i+len(s.rest)]) == s.rest
}

// find is the step of p with the longest constant that stands at b[i], or nil. It is tried first from now on, unless a faster one
// might read the same value.
func (p *place) find(b []byte, i int) *step {
	for _, s := range p.all {
		if s.match(b, i) {
			if s.read != readPlain {
				p.next = s
			}
			return s
		}
	}
	return nil
}

// learn adds the steps of the record on the tape, which is data[start:stop] and a line feed, where they are missing. A record with
// anything for the overflow column, with unknown keys or with keys that repeat is not for the walk.
func (w *worker) learn(start, stop int) {
	s := &w.shapes
	if w.twins || len(s.steps) == maxSteps {
		return
	}
	for i := range w.members {
		if m := &w.members[i]; m.node == nil || m.spills || m.node.Entries || m.node.Entry || m.kind == isObject && m.node.Declared != nil {
			return
		}
	}
	at, from := 0, start
	s.opens = s.opens[:0]
	for i := range w.members {
		m := &w.members[i]
		s.opens = append(s.opens, int32(m.node.ID))
		if m.kind == isMembers {
			continue
		}
		read, value := w.reader(m)
		st := s.add(at, w.data[from:value], read, m.node)
		if st == nil {
			return
		}
		if read == readStamp && st.clock == nil {
			st.clock = &clock{read: w.reads[m.node.ID]}
		}
		at, from = m.node.ID, m.end
		s.opens = s.opens[:0]
	}
	s.add(at, w.data[from:stop+1], readEnd, nil)
}

// add gives the step behind the node at with this constant, made when it is new; nil when there are too many.
func (s *shapes) add(at int, text []byte, read reader, node *infer.Node) *step {
	p := &s.places[at]
	for _, st := range p.all {
		if st.n == len(text) && st.read == read && st.node == node && st.text == string(text) {
			return st
		}
	}
	if len(p.all) == maxChoices || len(s.steps) == maxSteps || len(text) > maxConst {
		return nil
	}
	var words [16]byte
	copy(words[:], text)
	st := &step{text: string(text), n: len(text), read: read, node: node, column: -1, id: int32(len(s.steps)),
		word0: binary.LittleEndian.Uint64(words[:]), word1: binary.LittleEndian.Uint64(words[8:]), mask0: mask(len(text)), mask1: mask(len(text) - 8)}
	if len(text) > 16 {
		st.rest = st.text[16:]
	}
	if node != nil {
		st.column, st.place = int32(node.Column), &s.places[node.ID]
		st.back = node.ID <= at
		st.opens = append([]int32(nil), s.opens...)
	}
	s.steps = append(s.steps, st)
	p.all = append(p.all, st)
	slices.SortStableFunc(p.all, func(a, b *step) int { return b.n - a.n })
	if p.next == nil || p.next.read == readPlain {
		p.next = st
	}
	return st
}

// mask covers the first n bytes of a word.
func mask(n int) uint64 {
	switch {
	case n <= 0:
		return 0
	case n >= 8:
		return ^uint64(0)
	}
	return 1<<(8*uint(n)) - 1
}

// reader says how the walk reads the value of m, and where the constant in front of it ends.
func (w *worker) reader(m *member) (reader, int) {
	n := m.node
	switch {
	case n.Skipped && m.kind == isText:
		return skipText, m.at + 1
	case n.Skipped:
		return skipValue, m.at
	case n.Role != infer.Plain && m.kind == isText:
		return readRole, m.at + 1
	case !n.Kept() || n.Column < 0 && m.kind == isNull:
		return readNull, m.end // only null has no column and does not spill
	}
	switch n.Holds {
	case infer.Texts:
		if m.kind == isNull {
			return readNull, m.end
		}
		return readText, m.at + 1
	case infer.Ints:
		return readInt, m.at
	case infer.Uints:
		return readUint, m.at
	case infer.Floats:
		return readFloat, m.at
	case infer.Bools:
		return readBool, m.at
	case infer.Arrays, infer.JSONTexts, infer.Numbers:
		return readPlain, m.at
	}
	return w.declaredReader(m)
}

// declaredReader is reader for a column whose type the user declared. A text and a value of another kind under the same key are two
// steps: the constant of one ends in the opening quote.
func (w *worker) declaredReader(m *member) (reader, int) {
	d := m.node.Declared
	switch {
	case d.RFC3339 && d.Type == record.Timestamp && m.kind == isText:
		return readStamp, m.at + 1
	case d.Type.Text() && m.kind == isText && simple(d):
		return readText, m.at + 1
	case m.kind == isNull:
		return readNull, m.end
	case d.Words != nil:
	case d.Type == record.Int:
		return readInt, m.at
	case d.Type == record.Uint:
		return readUint, m.at
	case d.Type == record.Float:
		return readFloat, m.at
	}
	return readPlain, m.at
}

// unique tells whether no key occurred twice in the record of the first n steps, as far as they are known.
func (s *shapes) unique(n int) bool {
	if n > maxTrail {
		return false
	}
	if s.stamp++; s.stamp == 0 {
		clear(s.stamps)
		s.stamp = 1
	}
	for _, id := range s.trail[:n] {
		for _, id := range s.steps[id].opens {
			if s.stamps[id] == s.stamp {
				return false
			}
			s.stamps[id] = s.stamp
		}
	}
	return true
}

// clock reads timestamps in RFC 3339 and remembers the minute of the last one.
type clock struct {
	read   infer.Read
	prefix [2]uint64 // "2026-03-01T00:00"
	base   int64     // that minute
}

// fast reads 2026-03-01T00:00:00Z and 2026-03-01T00:00:00.123456789Z in the minute remembered: the position behind the Z, or -1.
func (c *clock) fast(b []byte, i int) (int64, int) {
	if mem.Load64(b, i) != c.prefix[0] || mem.Load64(b, i+8) != c.prefix[1] {
		return 0, -1
	}
	tens, ones := mem.At(b, i+17)-'0', mem.At(b, i+18)-'0'
	if mem.At(b, i+16) != ':' || tens > 5 || ones > 9 {
		return 0, -1
	}
	ns := c.base + int64(tens*10+ones)*1e9
	switch mem.At(b, i+19) {
	case 'Z':
		return ns, i + 20
	case '.':
		v, j := scan.Digits(b, i+20)
		if n := j - i - 20; n > 0 && n <= 9 && mem.At(b, j) == 'Z' {
			return ns + int64(v*scan.Pow10[9-n]), j + 1
		}
	}
	return 0, -1
}

const farthest = math.MaxInt64 - 60e9

// slow reads any timestamp that the declared reader takes, and remembers its minute when fast can go on from there.
func (c *clock) slow(b []byte, i int) (int64, int) {
	ns, end, ok := c.read(b, i)
	if !ok {
		return 0, -1
	}
	if ns > farthest || ns < -farthest {
		return ns, end // the minute may not fit as a whole
	}
	old := *c
	c.prefix, c.base = [2]uint64{mem.Load64(b, i), mem.Load64(b, i+8)}, 0
	if within, j := c.fast(b, i); j == end {
		c.base = ns - within
	} else {
		*c = old
	}
	return ns, end
}
