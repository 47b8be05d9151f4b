package regex

// meet tells whether m and n can both match at one place of some text, each to any end. Conditions on places count as met, so the answer
// may be yes where the truth is no.
func (a *atomizer) meet(m, n *Node) bool {
	if a.pairs > mostPairs {
		return true
	}
	x, y := automaton(m), automaton(n)
	if x == nil || y == nil {
		return true
	}
	type pair struct{ s, t int32 }
	seen := map[pair]bool{}
	var todo []pair
	add := func(s, t []int32) bool {
		for _, i := range s {
			for _, k := range t {
				if x.code[i].op == opMatch || y.code[k].op == opMatch {
					return true
				}
				if p := (pair{i, k}); !seen[p] {
					seen[p] = true
					todo = append(todo, p)
					a.pairs++
				}
			}
		}
		return a.pairs > mostPairs
	}
	if add(x.closure(x.start), y.closure(y.start)) {
		return true
	}
	for len(todo) > 0 {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		s, t := &x.code[p.s], &y.code[p.t]
		if s.set.meets(t.set) && add(x.closure(s.next), y.closure(t.next)) {
			return true
		}
	}
	return false
}

// mostStates bounds an automaton.
const mostStates = 2000

// automaton compiles n for looking at, nil where it is too large.
func automaton(n *Node) *plain {
	if n.size(mostStates) > mostStates {
		return nil
	}
	c := &compiler{}
	p, err := c.program(bare(n))
	if err != nil || len(p.code) > 2*mostStates {
		return nil
	}
	return p
}

// size estimates the instructions of n, up to most.
func (n *Node) size(most int) int {
	total := 1
	for _, sub := range n.Subs {
		if total += sub.size(most); total > most {
			return total
		}
	}
	if n.Kind == Repeat {
		total *= max(n.Min, n.Max, 1)
	}
	return total
}

// closure lists the instructions that read a character, or match, reached from pc without reading one.
func (p *plain) closure(pc int32) []int32 {
	var out []int32
	seen := map[int32]bool{}
	todo := []int32{pc}
	for len(todo) > 0 {
		pc := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[pc] {
			continue
		}
		seen[pc] = true
		in := &p.code[pc]
		switch in.op {
		case opSet:
			if len(in.set.ranges) > 0 {
				out = append(out, pc)
			}
		case opMatch:
			out = append(out, pc)
		case opFail:
		case opSplit:
			todo = append(todo, in.other, in.next)
		default:
			todo = append(todo, in.next)
		}
	}
	return out
}
