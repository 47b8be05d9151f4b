package texts

import (
	"math"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/explain"
	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// Verdict says what became of a value.
type Verdict uint8

const (
	Stored Verdict = iota // in its column, or null
	Spills                // it does not fit an inferred column, or has none
	Misfit                // it does not fit a declared type
)

// Store writes values to the columns of a layout. It is for one goroutine.
type Store struct {
	Data     []byte  // the block under way
	Values   []Value // of the record under way
	Failed   int     // after Write said false: the value that does not fit its declared type
	Twins    bool    // after Write: the record has a key twice
	Layout   *infer.Layout
	Unescape func(dst, text []byte) []byte // of an escaped value
	Levels   *value.Levels                 // what the words of a level mean, nil: the usual
	Reads    []infer.Read                  // by node: the reader of a declared field

	quick   []quick // by node
	rename  map[string]string
	seen    []uint32 // by node: the record that had it last
	last    []int32  // by node: its last value in that record
	stamp   uint32
	scratch []byte // a text written anew, with slack behind
	unknown map[string]int32
	guess   []*infer.Node // the key that the last record had in this place
}

// NewStore makes a store. unescape may be nil where nothing is escaped.
func NewStore(layout *infer.Layout, rename map[string]string, unescape func(dst, text []byte) []byte) *Store {
	nodes := layout.Nodes
	s := &Store{Layout: layout, Unescape: unescape, rename: rename, Reads: make([]infer.Read, len(nodes)), seen: make([]uint32, len(nodes)),
		last: make([]int32, len(nodes)), scratch: make([]byte, 0, 128)}
	for i, n := range nodes {
		if n.Declared != nil && n.Declared.Words != nil && n.Column >= 0 {
			s.Reads[i] = n.Declared.Words()
		}
	}
	s.quick = make([]quick, len(nodes))
	for i, n := range nodes {
		s.quick[i] = s.quickly(n)
	}
	return s
}

// Resolve finds the nodes of Values by their keys. What the last record had in the same place is tried before all others are looked up.
func (s *Store) Resolve() {
	guess := s.guess
	for k := range s.Values {
		v := &s.Values[k]
		if k < len(guess) && guess[k] != nil && guess[k].Key == string(v.Key) {
			v.Node = guess[k]
			continue
		}
		v.Node = s.Layout.Root.Find(v.Key)
		if k >= len(guess) {
			guess = append(guess, v.Node)
		} else {
			guess[k] = v.Node
		}
	}
	s.guess = guess
}

// Write writes Values, in which a key may come several times: where its type is declared, the last one counts, else the column is null
// and the overflow column has all of them as a list. False: a value does not fit its declared type.
func (s *Store) Write(b *record.Builder) bool {
	s.link()
	spilled := false
	for i := range s.Values {
		v := &s.Values[i]
		n := v.Node
		verdict := Spills
		switch {
		case v.idle:
			continue
		case n == nil:
		case n.Skipped:
			continue
		case n.Declared != nil && v.next >= 0:
			continue // the last one counts
		case n.Kept() && (n.Declared != nil || v.next < 0 && !v.again):
			verdict = s.Put(b, v)
		}
		if verdict == Misfit {
			s.Failed = i
			return false
		}
		v.spills = verdict == Spills && v.Kind != Null
		spilled = spilled || v.spills
	}
	if spilled && s.Layout.Overflow >= 0 {
		s.overflow(b)
	}
	return true
}

// Spill writes Values, whose keys all differ, to the overflow column.
func (s *Store) Spill(b *record.Builder) {
	if s.Layout.Overflow < 0 {
		return
	}
	for i := range s.Values {
		v := &s.Values[i]
		v.next, v.again, v.idle, v.spills = -1, false, false, true
	}
	s.overflow(b)
}

// link chains the values with the same key, as far as a column knows it.
func (s *Store) link() {
	if s.stamp++; s.stamp == 0 {
		clear(s.seen)
		s.stamp = 1
	}
	s.Twins = false
	for i := range s.Values {
		v := &s.Values[i]
		v.next, v.again, v.idle, v.spills = -1, false, false, false
		n := v.Node
		if n == nil {
			continue
		}
		last := int32(i)
		if s.seen[n.ID] == s.stamp {
			last = s.chain(s.last[n.ID], last)
			s.Twins = true
		}
		s.seen[n.ID], s.last[n.ID] = s.stamp, last
	}
}

// chain lets the value to follow from, which has the same key, and gives the last of the chain. A bare key says only that the key is
// there: beside another it adds nothing.
func (s *Store) chain(from, to int32) int32 {
	a, b := &s.Values[from], &s.Values[to]
	switch {
	case b.Bare:
		b.idle, b.spills = true, false
		return from
	case a.Bare:
		a.idle, a.spills = true, false
		return to
	}
	a.next, b.again = to, true
	return to
}

// Put writes one value to its columns, which it must have.
func (s *Store) Put(b *record.Builder, v *Value) Verdict {
	n := v.Node
	switch {
	case v.Kind == Null:
		return Stored
	case n.Role != infer.Plain:
		return s.role(b, v)
	}
	c := &b.Cols[n.Column]
	switch n.Holds {
	case infer.Given:
		verdict := s.given(b, c, v)
		if verdict == Misfit && n.Declared.Soft {
			return Spills
		}
		return verdict
	case infer.Ints, infer.Uints, infer.Floats:
		return s.number(b, c, n.Holds, v)
	case infer.Bools:
		switch s.kind(v) {
		case True, False:
			b.SetBool(c, v.Kind == True)
			b.Present(c)
			return Stored
		case Empty:
			return Stored
		}
		return Spills
	}
	s.text(b, c, v)
	return Stored
}

func (s *Store) kind(v *Value) Kind {
	if v.Kind == Unknown {
		v.Kind = Classify(s.Data[v.At:v.End])
	}
	return v.Kind
}

// number stores a number in an inferred column, if that keeps every digit.
func (s *Store) number(b *record.Builder, c *record.Col, holds infer.Holds, v *Value) Verdict {
	if holds == infer.Ints && v.Kind == Unknown && v.At < v.End {
		// Most integers: up to 15 digits, no zero in front.
		if word, end := scan.Digits(s.Data, v.At); end == v.End && end-v.At < 16 && (end == v.At+1 || s.Data[v.At] != '0') {
			c.Words[b.Row] = word
			b.Present(c)
			return Stored
		}
	}
	switch s.kind(v) {
	case Empty:
		return Stored // an empty text is null where it is not a text
	case Number:
	default:
		return Spills
	}
	var word uint64
	var ok bool
	switch holds {
	case infer.Ints:
		var i int64
		i, ok = value.Int(s.Data, v.At, v.End-v.At)
		word = uint64(i)
	case infer.Uints:
		word, ok = value.Uint(s.Data, v.At, v.End-v.At)
	default:
		word, ok = s.float(v)
	}
	if !ok {
		return Spills
	}
	c.Words[b.Row] = word
	b.Present(c)
	return Stored
}

// float is the word of a number that a float64 keeps whole.
func (s *Store) float(v *Value) (uint64, bool) {
	at := v.At
	if s.Data[at] == '-' {
		at++
	}
	// 15 digits always survive, and one division reads them.
	if f, end := value.ShortFloat(s.Data, at); end == v.End && end-at <= 15 {
		if at > v.At {
			f = -f
		}
		return math.Float64bits(f), true
	}
	f, whole, fits := infer.Float(s.Data[v.At:v.End])
	return math.Float64bits(f), whole && fits
}

// truth is what a bare key holds, as a text.
var truth = append([]byte("true\n"), make([]byte, scan.Slack)...)

// text stores the value as a text.
func (s *Store) text(b *record.Builder, c *record.Col, v *Value) {
	switch {
	case v.Bare:
		b.SetText(c, truth, 0, 4) // so short that the view holds it
	case v.Escaped:
		start := len(b.Side)
		b.Side = s.Unescape(b.Side, s.Data[v.At:v.End])
		b.SetSide(c, start)
	default:
		b.SetText(c, s.Data, v.At, v.End-v.At)
	}
	b.Present(c)
}

// Simple tells whether a declared column takes texts as they are.
func Simple(d *infer.Declared) bool {
	return (d.Type == record.String || d.Type == record.Bytes) && d.Check == nil && d.Rewrite == nil
}

// given stores a value in a column whose type is declared.
func (s *Store) given(b *record.Builder, c *record.Col, v *Value) Verdict {
	d := v.Node.Declared
	if Simple(d) {
		s.text(b, c, v)
		return Stored
	}
	if v.At == v.End && !v.Bare && (!d.Type.Text() || d.Type == record.IP) {
		return Stored
	}
	data, i, end := s.Data, v.At, v.End
	switch {
	case v.Bare:
		data, i, end = truth, 0, 4
	case v.Escaped:
		s.scratch = s.Unescape(s.scratch[:0], data[i:end])
		data, i, end = s.slack(), 0, len(s.scratch)
	}
	if d.Type.Text() {
		return s.givenText(b, c, v, data[i:end])
	}
	if d.Type == record.Bool {
		truth, ok := value.Bool(data, i, end-i)
		if !ok {
			return Misfit
		}
		b.SetBool(c, truth)
	} else {
		word, ok := s.declared(v.Node, data, i, end)
		if !ok {
			return Misfit
		}
		c.Words[b.Row] = word
	}
	b.Present(c)
	return Stored
}

// slack is scratch with a newline and the slack that readers need behind it.
func (s *Store) slack() []byte {
	n := len(s.scratch)
	s.scratch = slices.Grow(append(s.scratch, '\n'), scan.Slack)
	data := s.scratch[:cap(s.scratch)]
	s.scratch = s.scratch[:n]
	return data
}

// declared is the word of a value of the declared type of n.
func (s *Store) declared(n *infer.Node, data []byte, i, end int) (uint64, bool) {
	if read := s.Reads[n.ID]; read != nil {
		if n.Declared.Type != record.Duration {
			if v, stop, ok := read(data, i); ok && stop == end {
				return uint64(v), true
			}
		}
		// A reader may have gone on into what stands behind: it gets the value alone.
		s.scratch = append(s.scratch[:0], data[i:end]...)
		v, stop, ok := read(s.slack(), 0)
		return uint64(v), ok && stop == end-i
	}
	switch n.Declared.Type {
	case record.Int:
		v, ok := value.Int(data, i, end-i)
		return uint64(v), ok
	case record.Uint:
		return value.Uint(data, i, end-i)
	}
	v, ok := value.Float(data, i, end-i)
	return math.Float64bits(v), ok
}

// givenText stores a text in a declared column of texts that checks or rewrites it.
func (s *Store) givenText(b *record.Builder, c *record.Col, v *Value, text []byte) Verdict {
	d := v.Node.Declared
	if d.Check != nil && !d.Check(text) {
		return Misfit
	}
	if d.Rewrite == nil {
		s.text(b, c, v)
		return Stored
	}
	start := len(b.Side)
	side, ok := d.Rewrite(b.Side, text)
	if !ok {
		return Misfit
	}
	b.Side = side
	b.SetSide(c, start)
	b.Present(c)
	return Stored
}

// Explain says of the value that Write or Put refused what is wrong with it.
func (s *Store) Explain(v *Value) record.Check {
	check := record.Check{Fault: record.BadValue.String(), Offset: v.At, Element: v.Node.From(), Column: v.Node.Name(), Expected: v.Node.Declared.Type.String(), Seen: explain.Excerpt(s.Data[v.At:v.End])}
	if v.Bare {
		check.Seen = "a key without a value, which is true"
	}
	return check
}
