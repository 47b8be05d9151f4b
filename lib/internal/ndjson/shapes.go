package ndjson

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/texts"
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
	places []place  // by node: behind its value; 0: at the start of a record
	steps  int      // in all
	opens  []*place // scratch for learn
	record uint32   // the number of the record under way
}

const (
	maxSteps   = 4096 // in all
	maxChoices = 16   // at one place
	maxConst   = 1024 // bytes of a constant
)

// step is a constant and how to read the value behind it. Constants are compared as three words under masks, the first two and the last;
// what longer ones have between these as bytes.
type step struct {
	first, second, last uint64 // these and what follows up to the clock are in one line of the processor's cache
	mask, mask2         uint64 // of the first and the last, of the second
	place               *place
	column              int32
	n, tail             int16 // its length, and where its last word begins
	read                reader
	deep                bool // the constant opens objects
	quick               bool // a text or a number behind a constant that is the three words
	clock               *clock
	parts               *texts.Parts
	node                *infer.Node
	text                string
	rest                string   // text without the three words
	key                 uint64   // for tables
	opens               []*place // of the objects that the constant opens
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
	readDash                // a text that is null where it is a dash, from behind the opening quote
	readPlain               // as the plain parser does
	readMap                 // the same, an object of which a map takes what has no field of its own
)

func (s *shapes) init(nodes []*infer.Node, lookUp bool) {
	s.places = make([]place, len(nodes))
	list, tables := make([]choices, len(nodes)), make([]*table, len(nodes))
	for i, n := range nodes {
		s.places[i].choices, s.places[i].next = &list[i], &never
		if tables[i] = newTable(); lookUp && i > 0 {
			list[i].shared = tables[n.Parent.ID] // what begins a record is not looked up: there is nothing in front of it that slot may read
		}
	}
}

// match tells whether the constant stands at b[i].
func (s *step) match(b []byte, i int) bool {
	return s.differs(b, i) == 0 && (s.rest == "" || s.matchRest(b, i+16))
}

// differs is 0 where the three words stand at b[i].
func (s *step) differs(b []byte, i int) uint64 {
	return ((mem.Load64(b, i)^s.first)|(mem.Load64(b, i+int(s.tail))^s.last))&s.mask | (mem.Load64(b, i+8)^s.second)&s.mask2
}

// matchRest compares the middle of a long constant. The words before it were equal, so the record goes on here.
func (s *step) matchRest(b []byte, i int) bool {
	return len(b)-i >= len(s.rest) && string(b[i:i+len(s.rest)]) == s.rest
}

// learn adds the steps of the record on the tape, which is data[start:stop] and a line feed, where they are missing. A record with
// anything for the overflow column, with unknown keys or with keys that repeat is not for the walk.
func (w *worker) learn(b *record.Builder, start, stop int) {
	s := &w.shapes
	if w.twins || s.steps == maxSteps {
		return
	}
	for i := range w.members {
		m := &w.members[i]
		if mapped := m.parent >= 0 && w.members[m.parent].node.Entries; mapped && !m.spills {
			continue
		}
		if m.node == nil || m.spills || m.node.Entry || m.kind == isObject && m.node.Declared != nil {
			return
		}
	}
	at, from := 0, start
	s.opens = s.opens[:0]
	for i := 0; i < len(w.members); i++ {
		m := &w.members[i]
		read, value := readMap, m.at
		switch {
		case m.kind != isMembers:
			read, value = w.reader(m)
		case m.node.Entries:
			i = int(m.next) - 1
		default:
			s.opens = append(s.opens, &s.places[m.node.ID])
			continue
		}
		st := s.add(at, w.data[from:value], read, m.node)
		if st == nil {
			return
		}
		st.quick = st.rest == "" && (read == readInt || read == readFloat || read == readText && b.Cols[m.node.Column].Dict == nil)
		if read == readStamp && st.clock == nil {
			st.clock = &clock{read: w.reads[m.node.ID]}
		}
		if read == readRole && st.parts == nil {
			st.parts = texts.NewParts(m.node, w.options.Levels)
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
		if int(st.n) == len(text) && st.read == read && st.node == node && st.text == string(text) {
			return st
		}
	}
	if len(p.all) == maxChoices || s.steps == maxSteps || len(text) > maxConst {
		return nil
	}
	n := len(text)
	var words [24]byte
	copy(words[:16], text)
	copy(words[16:], text[max(n-8, 0):])
	st := &step{text: string(text), n: int16(n), tail: int16(max(n-8, 0)), read: read, node: node, column: -1, key: key(string(text)), mask: mask(n), mask2: mask(n - 8),
		first: binary.LittleEndian.Uint64(words[:]), second: binary.LittleEndian.Uint64(words[8:]), last: binary.LittleEndian.Uint64(words[16:])}
	if n > 24 {
		st.rest = st.text[16 : n-8]
	}
	if node != nil {
		st.column, st.place = int32(node.Column), &s.places[node.ID]
		st.opens, st.deep = slices.Clone(s.opens), len(s.opens) > 0
	}
	s.steps++
	p.add(st)
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
	case d.Type.Text() && m.kind == isText && copied(d):
		return readText, m.at + 1
	case d.Type.Text() && m.kind == isText && simple(d):
		return readDash, m.at + 1
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

// begin numbers the next record.
func (s *shapes) begin() uint32 {
	if s.record++; s.record&(1<<12-1) == 0 {
		s.relax()
	}
	return s.record
}

// relax has what comes next guessed again where it is looked up: the records may have become alike.
func (s *shapes) relax() {
	for i := range s.places {
		p := &s.places[i]
		p.table, p.misses = nil, 0
		if s.record == 0 {
			p.stamp, p.since = 0, 0
		}
	}
	s.record = max(s.record, 1) // 0 is the stamp of places where no record has been
}

// again tells whether the record has been in one of the objects that the step opens; from now on it has been in all.
func (s *step) again(record uint32) bool {
	for _, p := range s.opens {
		if p.stamp == record {
			return true
		}
		p.stamp = record
	}
	return false
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
		v, n := scan.Integer(b, i+20)
		if n > 0 && n <= 9 && mem.At(b, i+20+n) == 'Z' {
			return ns + int64(v*scan.Pow10[9-n]), i + 20 + n + 1
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
