package regex

import "sync"

// Program is a compiled pattern. It is immutable and shared by machines.
type Program struct {
	captures int
	root     *Node
	walk     *walk         // nil: it cannot be walked
	lane     *lane         // nil: there is none
	plain    func() *plain // made for the first text that those do not settle: most never need it
	anchored bool          // matches only at the beginning of the text
}

// Captures is how many captures a match has.
func (p *Program) Captures() int { return p.captures }

// Compile makes a program of a tree. captures is how many captures the tree has.
func Compile(n *Node, captures int) (*Program, error) {
	n, err := rewrite(n)
	if err != nil {
		return nil, err
	}
	if err := tooLarge(n); err != nil {
		return nil, err
	}
	p := &Program{captures: captures, root: n, anchored: anchored(n)}
	p.plain = sync.OnceValue(func() *plain { return newPlain(n, captures) })
	if p.walk = newWalk(n); p.walk != nil {
		p.lane = newLane(p.walk, 2*captures, false)
	}
	return p, nil
}
