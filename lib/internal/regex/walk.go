package regex

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/sawlog/sawlog/lib/internal/scan"
)

// The walk runs a pattern as a backtracking engine does, but with what is known when the pattern is compiled:
//
//   - a choice jumps by the next byte to what can go on there; only where several can is the rest remembered;
//   - a loop over one class is one step (run): it goes to its end at once, and back only to places where what follows can begin. Where
//     what follows cannot begin inside the run it does not go back at all;
//   - a match begins only where its first bytes may stand (start.go);
//   - what follows a piece is looked at by its first byte: where the piece cannot go on over such a byte, the piece has only one end
//     there, and its other choices are forgotten (cut);
//   - that nothing matches behind a place is remembered: for the runs, and for the cuts that are marked.
//
// walk is the program of a pattern.
type walk struct {
	ops     []wop
	texts   []string // of literals
	sets    []*Set   // of wRune
	nears   []*near  // of wNear
	native  []*Native
	start   int32
	first   byteSet
	begins  func() *start // what a match begins with, nil: no more is known than first. It is found out for the first text that is searched
	lines   bool          // matches begin only where a line begins
	alone   int16         // the only byte a match begins with, -1: there are several
	needed  []need        // what stands in every match, in this order
	open    bool          // several loops may end anywhere: look for the needed texts first
	rest    int32         // the mark behind the first piece ...
	ends    int32         // ... and the slot for where it ends, if it is a capture; -1: it is none
	inside  *scan.Class   // a match that begins in a run of these bytes has its first piece end before one of over, or where the run ends ...
	over    *[257]bool    // ... which what follows it does not begin with. nil: that is not so
	opens   *Native       // the first piece is one that is read by this ...
	classed bool          // ... or a run over one class
	noDead  []int32       // what a walker knows of a text before it looks
	noSpan  []span
	runs    int
	marks   int
	depths  int
	brief   bool         // where a shortcut does not know what stands there it fails ...
	whole   func() *walk // ... and this walk goes on by the pattern itself. nil: that cannot be walked
}

type wopcode uint8

const (
	wLiteral wopcode = iota // text
	wByte                   // one byte of table
	wRune                   // one character of set
	wSwitch                 // go on at jump, by the next byte
	wFork                   // next, or else other
	wRun                    // bytes of table, as many as can be
	wLazy                   // bytes of table, as few as can be
	wSave                   // note the place
	wAll                    // note the place as the beginning of a capture that ends where the text does
	wAssert                 //
	wNear                   //
	wNative                 // natives[arg], where what follows is in exit; else other, unless what stands there is not in table
	wEnter                  // note the height of the stack in register arg
	wCut                    // where the next byte is in exit: forget the choices since wEnter; mark arg2 remembers what fails from here
	wMark                   // mark arg2 remembers what fails from here
	wJump                   // only while compiling
	wMatch                  //
	wFail                   //
)

// wop is one step. It fills a cache line: a line of text takes some two hundred of them.
type wop struct {
	op    wopcode
	place Place
	seek  seek
	only  bool  // of a run: it has one end
	a, b  byte  // what ends a run, by its seek
	exit1 int16 // the only byte of exit, -1: there are several
	next  int32
	other int32
	arg   int32
	arg2  int32
	least int32
	most  int32       // -1: unlimited
	word  uint64      // of a run: one more than the first of the needs that stand behind it, 0: it ends wherever
	table *[257]bool  // the bytes of the step
	exit  *[257]bool  // where what follows can begin
	class *scan.Class // of a run, by its seek
	jump  *[257]int32 // where to go on, by the next byte; 256 is the end of the text
}

// seek is how the end of a run is found.
type seek uint8

const (
	seekClass seek = iota // the bytes of a class
	seekAll               // everything belongs to it
	seekOne               // all but the byte a
	seekTwo               // all but the bytes a and b
)

// byteSet is a set of bytes, and perhaps the end of the text.
type byteSet struct {
	bits [4]uint64
	end  bool
}

func (s *byteSet) add(c byte)      { s.bits[c>>6] |= 1 << (c & 63) }
func (s *byteSet) has(c byte) bool { return s.bits[c>>6]>>(c&63)&1 == 1 }

func (s byteSet) or(t byteSet) byteSet {
	for i := range s.bits {
		s.bits[i] |= t.bits[i]
	}
	s.end = s.end || t.end
	return s
}

// and keeps what is in t too; the end is not t's concern.
func (s byteSet) and(t byteSet) byteSet {
	for i := range s.bits {
		s.bits[i] &= t.bits[i]
	}
	return s
}

func (s byteSet) not(t byteSet) byteSet {
	for i := range s.bits {
		s.bits[i] &^= t.bits[i]
	}
	return s
}

// meets tells whether a byte is in both.
func (s byteSet) meets(t byteSet) bool { return s.and(t).bits != [4]uint64{} }

// one is the only byte of the set, -1 where there are none or several, or the end.
func (s byteSet) one() int16 {
	found := int16(-1)
	for c := range 256 {
		if s.has(byte(c)) {
			if found >= 0 {
				return -1
			}
			found = int16(c)
		}
	}
	if s.end {
		return -1
	}
	return found
}

// table is the set by byte; 256 is the end of the text.
func (s byteSet) table() *[257]bool {
	var t [257]bool
	for c := range 256 {
		t[c] = s.has(byte(c))
	}
	t[256] = s.end
	return &t
}

var everyByte = byteSet{bits: [4]uint64{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}, end: true}

// firstBytes are the bytes that characters of s begin with; those beyond ASCII are taken together.
func (s *Set) firstBytes() byteSet {
	b := byteSet{bits: [4]uint64{s.ascii[0], s.ascii[1]}}
	if !s.narrow {
		b.bits[2], b.bits[3] = ^uint64(0), ^uint64(0)
	}
	return b
}

// first are the bytes that a match of n begins with when follow may come behind it.
func (n *Node) first(follow byteSet) byteSet {
	switch n.Kind {
	case Never:
		return byteSet{}
	case Class:
		return n.Set.firstBytes()
	case Cat:
		for i := len(n.Subs) - 1; i >= 0; i-- {
			follow = n.Subs[i].first(follow)
		}
		return follow
	case Alt:
		all := byteSet{}
		for _, sub := range n.Subs {
			all = all.or(sub.first(follow))
		}
		return all
	case Repeat:
		if n.Max == 0 {
			return follow
		}
		first := n.Subs[0].first(follow)
		if n.Min == 0 {
			first = first.or(follow)
		}
		return first
	case Group:
		return n.Subs[0].first(follow)
	case Assert:
		switch n.Place {
		case TextEnd:
			return byteSet{end: follow.end}
		case LineEnd, LastEnd:
			only := byteSet{}
			only.add('\n')
			return follow.and(only)
		}
	case Look:
		if s := n.nextByte(); s != nil && (s.narrow || s.wide) {
			if n.Negate {
				return follow.not(s.firstBytes())
			}
			follow.end = false
			return follow.and(s.firstBytes())
		}
	}
	return follow
}

// nextByte is the set of a look-ahead at one character, else nil.
func (n *Node) nextByte() *Set {
	if n.Behind {
		return nil
	}
	if sub := n.essence(); sub.Kind == Class {
		return sub.Set
	}
	return nil
}

// bytes are all bytes that a match of n can hold.
func (n *Node) bytes() byteSet {
	all := byteSet{}
	switch n.Kind {
	case Class:
		return n.Set.firstBytes()
	case Look:
		return all
	}
	for _, sub := range n.Subs {
		all = all.or(sub.bytes())
	}
	return all
}

// longest is the most characters that a match of n can hold, up to a bound.
func (n *Node) longest() int {
	const bound = 1 << 16
	total := 0
	switch n.Kind {
	case Class:
		return 1
	case Look:
		return 0
	case Alt:
		for _, sub := range n.Subs {
			total = max(total, sub.longest())
		}
		return total
	}
	for _, sub := range n.Subs {
		total += sub.longest()
	}
	if n.Kind == Repeat {
		if n.Max == Unlimited {
			return bound
		}
		total *= n.Max
	}
	return min(total, bound)
}

// literalWord is the first eight bytes of text.
func literalWord(text string) uint64 {
	var b [8]byte
	copy(b[:], text)
	return binary.LittleEndian.Uint64(b[:])
}

// masks tell which bytes of a word count, by the number of bytes.
var masks = [9]uint64{0, 1<<8 - 1, 1<<16 - 1, 1<<24 - 1, 1<<32 - 1, 1<<40 - 1, 1<<48 - 1, 1<<56 - 1, 1<<64 - 1}

// literal is the text of n where it matches only one.
func (n *Node) literal() (string, bool) {
	if n.Kind != Class {
		return "", false
	}
	c, ok := n.Set.one()
	if !ok || !utf8.ValidRune(c) || c == utf8.RuneError {
		return "", false
	}
	return string(c), true
}
