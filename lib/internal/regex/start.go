package regex

import "github.com/sawlog/sawlog/lib/internal/scan"

// Where a match may begin is told by three bytes rather than one: a month begins with a letter that many words have, but hardly any word
// begins with the three.

// digrams has for each byte what may stand behind it.
type digrams [256]byteSet

// start is what a match begins with: its first two characters, and the two behind the first. Of a character beyond ASCII the first byte
// counts. then is nil where it is not known.
type start struct {
	first, then *digrams
	near        *scan.Triples // what the three bytes can be, each by itself
}

// mostHeads bounds the pieces that are looked at for each of the two.
const mostHeads = 4000

// newStart gives what the matches of a pattern begin with; nil where that would tell no more than the first byte, or where it takes too much
// to know.
func newStart(n *Node, first byteSet) *start {
	if first.one() >= 0 || first == everyByte {
		return nil
	}
	var s start
	for depth, to := range []**digrams{&s.first, &s.then} {
		h := &headReader{pairs: &digrams{}, left: mostHeads, depth: depth}
		if h.read(&pieces{n, nil}, 0); h.left >= 0 {
			*to = h.pairs
		}
	}
	if s.first == nil {
		return nil
	}
	if s.then != nil {
		for c := 0x80; c < 256; c++ {
			s.then[c] = everyByte // it may belong to the first character
		}
	}
	s.near = scan.NewTriples(s.sets(first))
	return &s
}

// sets gives what the first three bytes can be.
func (s *start) sets(first byteSet) func(k int, c byte) bool {
	sets := [3]byteSet{first, {}, everyByte}
	for c := range 256 {
		if first.has(byte(c)) {
			sets[1] = sets[1].or(s.first[c])
		}
	}
	if s.then != nil {
		sets[2] = byteSet{}
		for c := range 256 {
			if sets[1].has(byte(c)) {
				sets[2] = sets[2].or(s.then[c])
			}
		}
	}
	return func(k int, c byte) bool { return sets[k].has(c) }
}

// next is the first place from i up to last where a match may begin, as far as three bytes tell; nearer to the end of the text it is i, so
// that the others tell.
func (s *start) next(data []byte, i, last, to int) int {
	if end := min(last+1, to-2); i < end {
		return s.near.Next(data, i, end)
	}
	return i
}

// headReader collects digrams.
type headReader struct {
	pairs *digrams
	depth int // how many characters stand in front of them
	left  int // how many pieces may still be looked at
}

// pieces follow each other.
type pieces struct {
	n    *Node
	rest *pieces
}

// read adds what matches of the pieces hold behind depth characters. What a place must be like is not asked for, so that it may be too much.
func (h *headReader) read(p *pieces, depth int) {
	if h.left--; h.left < 0 {
		return
	}
	if p == nil { // anything may follow
		h.left = -1
		return
	}
	switch n := p.n; n.Kind {
	case Never:
	case Class:
		if depth < h.depth {
			h.read(p.rest, depth+1)
		} else {
			h.class(n.Set, p.rest)
		}
	case Cat:
		rest := p.rest
		for i := len(n.Subs) - 1; i >= 0; i-- {
			rest = &pieces{n.Subs[i], rest}
		}
		h.read(rest, depth)
	case Alt:
		for _, sub := range n.Subs {
			h.read(&pieces{sub, p.rest}, depth)
		}
	case Group:
		h.read(&pieces{n.Subs[0], p.rest}, depth)
	case Repeat:
		h.repeat(n, p.rest, depth)
	default:
		h.read(p.rest, depth)
	}
}

func (h *headReader) repeat(n *Node, rest *pieces, depth int) {
	body := n.Subs[0]
	if n.Min == 0 {
		h.read(rest, depth)
	}
	switch {
	case n.Max == 0:
		return
	case n.Max == 1:
		h.read(&pieces{body, rest}, depth)
		return
	case body.nullable():
		h.left = -1
		return
	}
	again := *n
	if again.Min = max(n.Min-1, 0); n.Max != Unlimited {
		again.Max--
	}
	h.read(&pieces{body, &pieces{&again, rest}}, depth)
}

// class adds the characters of s with what follows.
func (h *headReader) class(s *Set, rest *pieces) {
	behind := h.firsts(rest)
	for c, bytes := 0, s.firstBytes(); c < 256; c++ {
		switch {
		case !bytes.has(byte(c)):
		case c < 0x80:
			h.pairs[c] = h.pairs[c].or(behind)
		default: // the next byte is one of the same character
			h.pairs[c] = everyByte
		}
	}
}

// firsts are the bytes that the pieces begin with.
func (h *headReader) firsts(p *pieces) (all byteSet) {
	for ; p != nil; p = p.rest {
		h.left--
		all = all.or(p.n.first(byteSet{}))
		if !p.n.nullable() {
			return all
		}
	}
	return everyByte
}

// at tells whether a match may begin at i, where its first byte stands.
func (s *start) at(data []byte, i, to int) bool {
	switch c := data[i]; {
	case i+1 == to:
		return s.first[c].end
	case !s.first[c].has(data[i+1]):
		return false
	case s.then == nil:
		return true
	case i+2 == to:
		return s.then[data[i+1]].end
	}
	return s.then[data[i+1]].has(data[i+2])
}
