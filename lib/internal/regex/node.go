package regex

import "slices"

// Kind is what a Node is.
type Kind uint8

const (
	Empty  Kind = iota // the empty text
	Never              // nothing matches
	Class              // one character of Set
	Cat                // Subs one behind the other
	Alt                // the first of Subs that leads to a match
	Repeat             // Subs[0] Min to Max times
	Group              // Subs[0], captured when Capture >= 0; Label names it in messages
	Look               // a place where Subs[0] matches: behind it, or before it (Behind); where it does not (Negate)
	Atomic             // the first match of Subs[0], and no other
	Assert             // a place: Place
)

// Place is a condition on a place in the text.
type Place uint8

const (
	LineStart   Place = iota // at the beginning or behind a line feed
	LineEnd                  // at the end or before a line feed
	TextStart                //
	TextEnd                  //
	LastEnd                  // at the end or before the line feed that ends the text
	Word                     // between a word character and none, in ASCII
	NotWord                  //
	WideWord                 // the same in Unicode
	NotWideWord              //
)

// Unlimited is the Max of a loop without end.
const Unlimited = -1

// Node is a piece of a regular expression.
type Node struct {
	Kind     Kind
	Subs     []*Node
	Set      *Set
	Min, Max int
	Lazy     bool
	Behind   bool
	Negate   bool
	Place    Place
	Capture  int // index of the capture, -1: none
	Label    string
	Native   *Native // of a group without captures: what matches its common form
	Pos      int     // byte offset in the pattern
}

// Native matches the common form of a piece of a pattern at once. It is a shortcut: what it does not know is left to the piece itself.
type Native struct {
	Name string
	// Match gives the end of a match of the piece that begins at data[i], -1 for none that it knows, -2 where it knows that there is none.
	// The text is data[from:to]; 64 bytes behind it may be read. The walk counts the bytes of a match as steps. Where there is none, Match has
	// looked at a bounded number: it may be called at each place.
	Match func(data []byte, from, i, to int) int
	// Over are bytes: where Match finds an end, any other match of the piece from there goes on over one of them: a longer one from that end, and
	// that end's match from the end of a shorter one.
	Over string
	// Last tells, where Match has found an end and a byte of Over stands there, whether no match of the piece from data[i] is longer all the
	// same; where Within is set, of any that begins inside. nil: it is not known.
	Last func(data []byte, i, end, to int) bool
	// LastOfAll is Last for matches one behind the other: whether they come no further, however many.
	LastOfAll func(data []byte, i, end, to int) bool
	// Inside are bytes of Over: a match of the piece that begins in a run of them ends before one of Over, or where the run ends. "": not known.
	Inside string
	// Within: a match of the piece that begins inside one that Match has found ends where that one ends, or where another from its beginning
	// does, if no byte of Over stands behind it.
	Within bool
	// Short, if there is one, knows fewer forms and has less in Over. It is for where what follows may begin with a byte of Over.
	Short *Native
	// Of is the native that this one is in a loop, with LastOfAll for Last.
	Of *Native
}

// last tells whether the match from i to end, behind which nothing stands that it may be followed by, shows that none of the piece fits. over is
// Over.
func (n *Native) last(t *text, i, end int, over *[257]bool) bool {
	return !over[t.next(end)] || n.Last != nil && n.Last(t.data, i, end, t.to)
}

func cat(subs ...*Node) *Node {
	flat := make([]*Node, 0, len(subs))
	for _, n := range subs {
		switch n.Kind {
		case Empty:
		case Cat:
			flat = append(flat, n.Subs...)
		default:
			flat = append(flat, n)
		}
	}
	switch len(flat) {
	case 0:
		return &Node{Kind: Empty}
	case 1:
		return flat[0]
	}
	return &Node{Kind: Cat, Subs: flat, Pos: flat[0].Pos}
}

func repeat(n *Node, least, most int, lazy bool) *Node {
	return &Node{Kind: Repeat, Subs: []*Node{n}, Min: least, Max: most, Lazy: lazy, Pos: n.Pos}
}

// lookahead is a place where n does not match.
func lookahead(n *Node) *Node {
	return &Node{Kind: Look, Subs: []*Node{bare(n)}, Negate: true, Pos: n.Pos}
}

// bare is n without its captures.
func bare(n *Node) *Node {
	if n.Kind == Group {
		return bare(n.Subs[0])
	}
	if len(n.Subs) == 0 {
		return n
	}
	c := *n
	c.Subs = make([]*Node, len(n.Subs))
	for i, sub := range n.Subs {
		c.Subs[i] = bare(sub)
	}
	return &c
}

// Captures tells whether there is a capture in n.
func (n *Node) Captures() bool {
	return n.Kind == Group && n.Capture >= 0 || slices.ContainsFunc(n.Subs, (*Node).Captures)
}

// nullable tells whether n may match the empty text. Conditions on the place count as met.
func (n *Node) nullable() bool {
	switch n.Kind {
	case Never, Class:
		return false
	case Cat:
		return !slices.ContainsFunc(n.Subs, func(sub *Node) bool { return !sub.nullable() })
	case Alt:
		return slices.ContainsFunc(n.Subs, (*Node).nullable)
	case Repeat:
		return n.Min == 0 || n.Subs[0].nullable()
	case Group, Atomic:
		return n.Subs[0].nullable()
	}
	return true
}

// surely tells whether n matches the empty text at any place.
func (n *Node) surely() bool {
	switch n.Kind {
	case Look, Assert, Never, Class:
		return false
	case Cat:
		return !slices.ContainsFunc(n.Subs, func(sub *Node) bool { return !sub.surely() })
	case Alt:
		return slices.ContainsFunc(n.Subs, (*Node).surely)
	case Repeat:
		return n.Min == 0 || n.Subs[0].surely()
	case Group, Atomic:
		return n.Subs[0].surely()
	}
	return true
}
