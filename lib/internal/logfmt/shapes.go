package logfmt

import (
	"encoding/binary"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/record"
)

// Log writers put the same keys in the same order, so what stands between two values is a constant:
//
//	level=  info   status=  200   path=  /login  \n
//
// A place is where a record stands behind the value of one key (or at its start). From there steps lead on: a constant, then the value
// of the next key, which the step knows how to read. Places are shared by all records, so optional keys cost a step each and not a new
// chain; the number of steps is bounded, and what they do not cover is left to the plain parser.
type shapes struct {
	places []place // by node: behind its value; 0: at the start of a record
	steps  int     // in all
	record uint32  // the number of the record under way
}

const (
	maxSteps   = 4096 // in all
	maxChoices = 16   // at one place
	maxConst   = 256  // bytes of a constant
)

type place struct {
	next  *step  // taken last: tried first
	stamp uint32 // the record that has been here last
	all   []*step
}

// none stands where no step has been learnt. Any text fits its constant, which is empty: it is not to be taken.
var none step

// step is a constant and how to read the value behind it. Constants are compared as two words under masks; the rest of longer ones as
// bytes.
type step struct {
	word0, word1 uint64
	mask0, mask1 uint64
	place        *place
	column       int32
	n            int16 // bytes compared
	skip         int16 // bytes of them that are gone over: the blank behind a bare key belongs to the next constant
	read         reader
	quick        bool         // a text or a number, behind a constant that is the two words
	stamp        bool         // words are of RFC 3339
	words        infer.Read   // of readWords
	parts        *texts.Parts // of readRole
	node         *infer.Node
	rest         string // the constant from its 17th byte on
}

// reader says how a value is read.
type reader uint8

const (
	readEnd   reader = iota // no value: the record is complete
	readBare                // no value: true
	readText                // in quotes or not
	readInt                 // the numbers and bools: not in quotes
	readFloat               //
	readBool                //
	readWords               // a declared type with a reader of its own
	readSkip                // left out by projection
	readRole                // gives columns beside its own
	readPlain               // as the plain parser does
)

func (s *shapes) init(nodes int) {
	s.places = make([]place, nodes)
	for i := range s.places {
		s.places[i].next = &none
	}
}

// begin numbers the next record.
func (s *shapes) begin() uint32 {
	if s.record++; s.record == 0 {
		for i := range s.places {
			s.places[i].stamp = 0
		}
		s.record = 1 // 0 is the stamp of places where no record has been
	}
	return s.record
}

// match tells whether the constant stands at b[i].
func (s *step) match(b []byte, i int) bool {
	return s.differs(b, i) == 0 && (s.rest == "" || s.matchRest(b, i+16))
}

// differs is 0 where the two words stand at b[i].
func (s *step) differs(b []byte, i int) uint64 {
	return (mem.Load64(b, i)^s.word0)&s.mask0 | (mem.Load64(b, i+8)^s.word1)&s.mask1
}

// matchRest compares the end of a long constant. The words before it were equal, so the record goes on here.
func (s *step) matchRest(b []byte, i int) bool {
	return len(b)-i >= len(s.rest) && string(b[i:i+len(s.rest)]) == s.rest
}

// find is the step of p whose constant stands at b[i], or nil. It is tried first from now on. There is at most one: constants end where
// their key does, with a = or a blank.
func (p *place) find(b []byte, i int) *step {
	for _, s := range p.all {
		if s.match(b, i) {
			p.next = s
			return s
		}
	}
	return nil
}

// learn adds the steps of the record on the tape, which is data[start:stop] and a line feed, where they are missing. A record with
// anything for the overflow column, with unknown keys or with keys that repeat is not for the walk.
func (w *worker) learn(b *record.Builder, start, stop int) {
	s := &w.shapes
	if w.Twins || s.steps == maxSteps {
		return
	}
	for i := range w.Values {
		if v := &w.Values[i]; v.Node == nil || v.Spilled() {
			return
		}
	}
	at, from := 0, start
	for i := range w.Values {
		v := &w.Values[i]
		st := s.add(at, w.Data[from:w.keyEnd(v)+1], w.reader(v), v.Node)
		if st == nil {
			return
		}
		st.quick = st.rest == "" && (st.read == readInt || st.read == readFloat || st.read == readText && b.Cols[v.Node.Column].Dict == nil)
		if st.read == readWords {
			st.words, st.stamp = w.Reads[v.Node.ID], v.Node.Declared.RFC3339
		}
		if st.read == readRole && st.parts == nil {
			st.parts = texts.NewParts(v.Node, w.Levels)
		}
		at, from = v.Node.ID, v.End
		if w.quotes(v) {
			from++
		}
	}
	s.add(at, w.Data[from:stop+1], readEnd, nil)
}

// reader says how the walk reads a value.
func (w *worker) reader(v *texts.Value) reader {
	n := v.Node
	switch {
	case v.Bare:
		return readBare
	case n.Skipped:
		return readSkip
	case n.Role != infer.Plain:
		return readRole
	case n.Holds == infer.Given:
		return w.declaredReader(n)
	case n.Holds == infer.Ints:
		return readInt
	case n.Holds == infer.Floats:
		return readFloat
	case n.Holds == infer.Bools:
		return readBool
	case n.Holds == infer.Uints || n.Column < 0:
		return readPlain
	}
	return readText
}

func (w *worker) declaredReader(n *infer.Node) reader {
	switch d := n.Declared; {
	case w.Reads[n.ID] != nil:
		return readWords
	case texts.Simple(d):
		return readText
	case d.Type == record.Int:
		return readInt
	case d.Type == record.Float:
		return readFloat
	}
	return readPlain
}

// add gives the step behind the node at with this constant, made when it is new; nil when there are too many.
func (s *shapes) add(at int, text []byte, read reader, node *infer.Node) *step {
	p := &s.places[at]
	for _, st := range p.all {
		if int(st.n) == len(text) && st.constant() == string(text) {
			return st
		}
	}
	if len(p.all) == maxChoices || s.steps == maxSteps || len(text) > maxConst {
		return nil
	}
	var words [16]byte
	copy(words[:], text)
	st := &step{n: int16(len(text)), skip: int16(len(text)), read: read, node: node, column: -1,
		word0: binary.LittleEndian.Uint64(words[:]), word1: binary.LittleEndian.Uint64(words[8:]), mask0: mask(len(text)), mask1: mask(len(text) - 8)}
	if len(text) > 16 {
		st.rest = string(text[16:])
	}
	if node != nil {
		st.column, st.place = int32(node.Column), &s.places[node.ID]
		if node.Skipped {
			st.column = -1
		}
	}
	if read == readBare {
		st.skip--
	}
	s.steps++
	p.all = append(p.all, st)
	if p.next == &none {
		p.next = st
	}
	return st
}

// constant is the whole constant.
func (s *step) constant() string {
	var words [16]byte
	binary.LittleEndian.PutUint64(words[:], s.word0)
	binary.LittleEndian.PutUint64(words[8:], s.word1)
	return string(words[:min(int(s.n), 16)]) + s.rest
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
