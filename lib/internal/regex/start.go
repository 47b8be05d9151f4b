package regex

import (
	"math/bits"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// Where a match may begin is told by six bytes rather than one: a month begins with a letter that many words have, but hardly any word
// begins with it and what stands behind it; a date is hardly any number.

// digrams has for each byte what may stand behind it.
type digrams [256]byteSet

// highs are the upper bits of eight bytes.
const highs = 0x8080808080808080

// mostDigrams is how many characters, each with the one behind it, are looked at where a match may begin.
const mostDigrams = 5

// start is what a match begins with: its first character and the one behind it, the second and the third ... Of a character beyond ASCII
// the first byte counts. There are fewer where more are not known.
type start struct {
	pairs []*pairs
	tight []placed      // the pairs, those first that the fewest bytes have
	high  uint64        // the upper bits of the bytes that are looked at
	near  *scan.Triples // what the first three bytes can be, each by itself
	edge  *[256]bool    // bytes of words that a match begins with only where a word does, nil: there are none
}

// placed are pairs and by how many bits the eight bytes are to be moved at whose beginning a match may begin.
type placed struct {
	*pairs
	shift uint8
	count int // how many there are
}

// pairs are digrams in little memory: for each character of ASCII what may stand behind it.
type pairs [0x80]struct {
	ascii     [2]uint64
	high, end bool // a byte beyond ASCII, the end of the text
}

// newPairs makes them of digrams.
func newPairs(d *digrams) *pairs {
	p := &pairs{}
	for c := range p {
		set := &d[c].bits
		p[c].ascii, p[c].high, p[c].end = [2]uint64{set[0], set[1]}, set[2]|set[3] != 0, d[c].end
	}
	return p
}

// has tells whether next may stand behind c.
func (p *pairs) has(c, next byte) bool {
	if next >= 0x80 {
		return p[c].high
	}
	return p[c].ascii[next>>6]>>(next&63)&1 != 0
}

// count is how many pairs of ASCII there are.
func (p *pairs) count() (n int) {
	for c := range p {
		n += bits.OnesCount64(p[c].ascii[0]) + bits.OnesCount64(p[c].ascii[1])
	}
	return n
}

// mostHeads bounds the pieces that are looked at for each of them.
const mostHeads = 4000

// newStart gives what the matches of a pattern begin with; nil where that would tell no more than the first byte, or where it takes too much
// to know.
func newStart(n *Node, first byteSet) *start {
	if first.one() >= 0 || first == everyByte {
		return nil
	}
	var s start
	var known []*digrams
	for depth := range mostDigrams {
		h := &headReader{pairs: &digrams{}, left: mostHeads, depth: depth}
		if h.read(&pieces{n, nil}, 0); h.left < 0 {
			break
		}
		known, s.pairs = append(known, h.pairs), append(s.pairs, newPairs(h.pairs))
	}
	if len(known) == 0 {
		return nil
	}
	for k, pairs := range s.pairs {
		s.tight = append(s.tight, placed{pairs, uint8(8 * k), pairs.count()})
	}
	slices.SortStableFunc(s.tight, func(a, b placed) int { return a.count - b.count })
	s.high = masks[len(known)+1] & highs
	s.near = scan.NewTriples(firstThree(first, known))
	if !n.nullable() {
		s.edge = edges(first, n.loose())
	}
	return &s
}

// edges are the bytes of words of first that are not loose, nil: there are none.
func edges(first, loose byteSet) *[256]bool {
	var edge [256]bool
	some := false
	for c := range edge {
		edge[c] = wordBytes[c] && first.has(byte(c)) && !loose.has(byte(c))
		some = some || edge[c]
	}
	if !some {
		return nil
	}
	return &edge
}

// loose are the bytes that a match of n may begin with where no border of a word is asked for in front of them, or more.
func (n *Node) loose() byteSet {
	switch n.Kind {
	case Never, Assert, Look, Empty:
		return byteSet{}
	case Class:
		return n.Set.firstBytes()
	}
	all := byteSet{}
	for _, sub := range n.Subs {
		if n.Kind == Cat && sub.Kind == Assert && (sub.Place == Word || sub.Place == WideWord) {
			return all
		}
		all = all.or(sub.loose())
		if n.Kind == Cat && !sub.nullable() {
			return all
		}
	}
	return all
}

// inside tells whether i is inside of a word, where no match begins with what stands there.
func (s *start) inside(t *text, i int) bool {
	return s.edge != nil && i > t.from && s.edge[t.data[i]] && wordBytes[t.data[i-1]]
}

// firstThree gives what the first three bytes can be, each by itself.
func firstThree(first byteSet, known []*digrams) func(k int, c byte) bool {
	sets := [3]byteSet{first, everyByte, everyByte}
	for k, pairs := range known[:min(len(known), 2)] {
		sets[k+1] = byteSet{}
		for c := range 256 {
			switch {
			case !sets[k].has(byte(c)):
			case k > 0 && c >= 0x80: // it may belong to the first character
				sets[k+1] = everyByte
			default:
				sets[k+1] = sets[k+1].or(pairs[c])
			}
		}
	}
	return func(k int, c byte) bool { return sets[k].has(c) }
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

// at tells whether a match may begin at i, where a byte stands that it may begin with.
func (s *start) at(data []byte, i, to int) bool {
	if w := mem.Load64(data, i); w&s.high == 0 && i+len(s.pairs) < to {
		for k := range s.tight {
			two := w >> (s.tight[k].shift & 63)
			if s.tight[k].pairs[two&0x7f].ascii[two>>14&1]>>(two>>8&63)&1 == 0 {
				return false
			}
		}
		return true
	}
	for _, pairs := range s.pairs {
		c := data[i]
		if c >= 0x80 {
			return true
		}
		if i++; i == to {
			return pairs[c].end
		}
		if !pairs.has(c, data[i]) {
			return false
		}
	}
	return true
}

// next is the first place from i up to last where a match may begin. sure is false near the end of the text: there the others tell.
func (s *start) next(t *text, i, last int) (at int, sure bool) {
	end := min(last+1, t.to-2)
	for ; i < end; i += 32 {
		for m := s.near.Mask(t.data, i); m != 0; m &= m - 1 {
			if at := i + bits.TrailingZeros32(m); at >= end {
				break
			} else if !s.inside(t, at) && s.at(t.data, at, t.to) && (t.data[at] < 0x80 || t.boundary(at)) {
				return at, true
			}
		}
	}
	return end, false
}
