package regex

import "slices"

// Border is a place in a pattern where two captures stand side by side, and nothing tells where the one ends and the other begins: some
// text can be cut between them at two places. The pattern has a rule for it, as the first takes as much as it can, or as little.
type Border struct {
	First, Second int // the captures
	Lazy          bool
	Pos           int // of the second, in the outermost text of the pattern
}

// Borders finds them. What look-arounds, boundaries of words and atomic groups decide counts as told.
func Borders(n *Node) []Border {
	f := &borderFinder{}
	f.visit(n, -1)
	return f.found
}

// mostBorders bounds the work for patterns of thousands of captures.
const mostBorders = 200

type borderFinder struct {
	found  []Border
	looked int
	pairs  int
}

// visit looks at n, which stands in a definition that the pattern refers to at outer, -1: in the pattern itself.
func (f *borderFinder) visit(n *Node, outer int) {
	if n.Kind == Group && n.Label != "" && outer < 0 {
		outer = n.Pos
	}
	for i, sub := range n.Subs {
		if n.Kind == Cat && i > 0 {
			f.between(n.Subs[i-1], sub, outer)
		}
		f.visit(sub, outer)
	}
}

// between looks at two neighbours.
func (f *borderFinder) between(m, n *Node, outer int) {
	a, b := lastCapture(m), firstCapture(n)
	if a == nil || b == nil || f.looked >= mostBorders {
		return
	}
	f.looked++
	if !decided(a) && !decided(b) && f.split(a, b) {
		pos := b.Pos
		if outer >= 0 {
			pos = outer
		}
		f.found = append(f.found, Border{a.Capture, b.Capture, a.lazy(), pos})
	}
}

// lastCapture is the capture that every match of n ends with, nil: there is none.
func lastCapture(n *Node) *Node {
	switch {
	case n.Kind == Group && n.Capture >= 0:
		return n
	case n.Kind == Group, n.Kind == Cat && len(n.Subs) > 0:
		return lastCapture(n.Subs[len(n.Subs)-1])
	}
	return nil
}

// firstCapture is the one that every match begins with.
func firstCapture(n *Node) *Node {
	switch {
	case n.Kind == Group && n.Capture >= 0:
		return n
	case n.Kind == Group, n.Kind == Cat && len(n.Subs) > 0:
		return firstCapture(n.Subs[0])
	}
	return nil
}

// decided tells whether n has conditions on places in it, which may tell where it begins and ends.
func decided(n *Node) bool {
	return n.Kind == Look || n.Kind == Atomic || n.Kind == Assert || slices.ContainsFunc(n.Subs, decided)
}

func (n *Node) lazy() bool {
	return n.Kind == Repeat && n.Lazy || slices.ContainsFunc(n.Subs, (*Node).lazy)
}

// split tells whether some text is a match of m and one of n behind it in two ways: m may end, goes on by characters that n can begin with,
// and may end again, while n is a match with these characters and without them.
func (f *borderFinder) split(m, n *Node) bool {
	x, y := automaton(m), automaton(n)
	if x == nil || y == nil {
		return false
	}
	begin := y.closure(y.start)
	var both []readers
	for _, p := range f.reach(x, x, pairUp(x.closure(x.start), x.closure(x.start)), 0) {
		if x.code[p[1]].op == opMatch && x.code[p[0]].op == opSet { // one text that ends here and goes on
			both = append(both, pairUp([]int32{p[0]}, begin)...)
		}
	}
	var again []readers
	for _, p := range f.reach(x, y, both, 1) {
		if x.code[p[0]].op == opMatch {
			again = append(again, pairUp([]int32{p[1]}, begin)...)
		}
	}
	return slices.ContainsFunc(f.reach(y, y, again, 0), func(p readers) bool {
		return y.code[p[0]].op == opMatch && y.code[p[1]].op == opMatch
	})
}

// readers are instructions of two automata that read the same text.
type readers [2]int32

func pairUp(s, t []int32) (all []readers) {
	for _, i := range s {
		for _, k := range t {
			all = append(all, readers{i, k})
		}
	}
	return all
}

// reach lists the pairs that x and y come to from start by the same least characters or more. It gives up, with nothing, where these are
// too many.
func (f *borderFinder) reach(x, y *plain, start []readers, least int) []readers {
	seen := map[readers]bool{}
	todo, found := start, []readers(nil)
	if least == 0 {
		todo = nil
		for _, p := range start {
			if !seen[p] {
				seen[p] = true
				todo = append(todo, p)
			}
		}
		found = slices.Clone(todo)
	}
	for len(todo) > 0 {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		s, t := &x.code[p[0]], &y.code[p[1]]
		if s.op != opSet || t.op != opSet || !s.set.meets(t.set) {
			continue
		}
		for _, next := range pairUp(x.closure(s.next), y.closure(t.next)) {
			if f.pairs++; f.pairs > mostPairs {
				return nil
			}
			if !seen[next] {
				seen[next] = true
				todo, found = append(todo, next), append(found, next)
			}
		}
	}
	return found
}
