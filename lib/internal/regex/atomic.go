package regex

import "slices"

// An atomic group (?>X) takes the first match of X and no other. Here it becomes ordinary choices with guards: a choice is taken only
// where those before it cannot lead to a match of X. With K for what follows within X:
//
//	A|B      A | (?!A K) B
//	A*       A* (?!A A* K)         when the loop is left, one round more was not possible: one that takes something, for others end the loop
//	A*?      ((?!K) A)*?           a round more only where leaving was not possible
//
// Where two choices can never both match, as "..." and '...', the guard is left out.

// atomizer rewrites a tree. It counts what it makes: guards hold copies of what follows.
type atomizer struct {
	made   int // choices looked at
	copied int // nodes in guards
	pairs  int // states compared by meet
	err    error
}

// What bounds the work: beyond the first two the pattern is refused, beyond the last all guards are made.
const (
	mostMade   = 4000
	mostCopied = 100000
	mostPairs  = 200000
)

// rewrite replaces the atomic groups in n, inner ones first.
func (a *atomizer) rewrite(n *Node) *Node {
	if len(n.Subs) == 0 {
		return n
	}
	c := *n
	c.Subs = make([]*Node, len(n.Subs))
	for i, sub := range n.Subs {
		if c.Subs[i] = a.rewrite(sub); a.err != nil {
			return n
		}
	}
	switch c.Kind {
	case Atomic:
		guarded := a.guard(c.Subs[0], &Node{Kind: Empty})
		a.tooLarge(n, guarded)
		return guarded
	case Cat:
		return cat(c.Subs...)
	case Alt:
		return factored(oneSet(&c))
	case Group:
		if c.Capture < 0 && (c.Native == nil || c.Captures()) {
			return c.Subs[0]
		}
	case Repeat:
		return unmixed(headed(flattened(&c)))
	}
	return &c
}

// oneSet makes a class of alternatives that are single characters, side by side: a|b|[cd] is [a-d].
func oneSet(n *Node) *Node {
	var subs []*Node
	for _, sub := range n.Subs {
		if k := len(subs); k > 0 && sub.Kind == Class && subs[k-1].Kind == Class {
			subs[k-1] = &Node{Kind: Class, Set: subs[k-1].Set.with(sub.Set), Pos: subs[k-1].Pos}
			continue
		}
		subs = append(subs, sub)
	}
	if len(subs) == 1 {
		return subs[0]
	}
	n.Subs = subs
	return n
}

// guard makes the choices of n, behind which k follows within the atomic group.
func (a *atomizer) guard(n, k *Node) *Node {
	a.made++
	if a.tooLarge(n, k) {
		return n
	}
	switch n.Kind {
	case Cat:
		subs := slices.Clone(n.Subs)
		for i, sub := range slices.Backward(subs) {
			subs[i] = a.guard(sub, k)
			k = cat(sub, k)
		}
		return cat(subs...)
	case Group:
		c := *n
		c.Subs = []*Node{a.guard(n.Subs[0], k)}
		return &c
	case Alt:
		return a.guardAlternatives(n, k)
	case Repeat:
		return a.guardLoop(n, k)
	}
	return n
}

// not is a guard: a place where n does not match.
func (a *atomizer) not(n *Node) *Node {
	a.copied += n.size(mostCopied)
	if a.copied > mostCopied {
		return &Node{Kind: Never} // guard refuses the pattern
	}
	return lookahead(n)
}

// tooLarge tells whether guards for n, or so many of them, would not be reasonable.
func (a *atomizer) tooLarge(n, k *Node) bool {
	if a.err == nil && (a.made > mostMade || a.copied > mostCopied || n.size(mostMade) > mostMade || k.size(mostMade) > mostMade) {
		a.err = &Error{Pos: n.Pos, Message: "the atomic group is too large", Hint: "write it without (?>...) where nothing depends on it"}
	}
	return a.err != nil
}

func (a *atomizer) guardAlternatives(n, k *Node) *Node {
	c := *n
	c.Subs = slices.Clone(n.Subs)
	for i, sub := range n.Subs {
		c.Subs[i] = a.guard(sub, k)
		var before []*Node
		if a.err != nil {
			return n
		}
		for _, other := range n.Subs[:i] {
			if a.meet(cat(other, k), cat(sub, k)) {
				before = append(before, cat(other, k))
			}
		}
		switch len(before) {
		case 0:
		case 1:
			c.Subs[i] = cat(a.not(before[0]), c.Subs[i])
		default:
			c.Subs[i] = cat(a.not(&Node{Kind: Alt, Subs: before, Pos: n.Pos}), c.Subs[i])
		}
	}
	return &c
}

func (a *atomizer) guardLoop(n, k *Node) *Node {
	body := n.Subs[0]
	if n.Max != Unlimited || n.Min > 0 {
		return a.guard(unroll(n), k)
	}
	c := *n
	c.Subs = []*Node{a.guard(body, cat(n, k))}
	if a.err != nil {
		return n
	}
	again := cat(body, n, k)
	if body.nullable() {
		again = cat(taking(c.Subs[0]), n, k)
	}
	clash := a.meet(again, k)
	switch {
	case clash && n.Lazy:
		c.Subs[0] = cat(a.not(k), c.Subs[0])
	case clash:
		return cat(&c, a.not(again))
	}
	return &c
}

// taking is n where it takes a character at least, without captures: a loop ends with a round that takes nothing.
func taking(n *Node) *Node {
	if !n.nullable() {
		return n
	}
	switch n.Kind {
	case Group, Atomic:
		return taking(n.Subs[0])
	case Repeat:
		c := *n
		if c.Min = 0; c.Max > 0 {
			c.Max--
		}
		return cat(taking(n.Subs[0]), &c)
	case Alt:
		return choice(n, n.Subs, taking)
	case Cat:
		places := make([]*Node, 0, len(n.Subs))
		for i, sub := range n.Subs {
			before := make([]*Node, 0, len(n.Subs))
			for _, sub := range n.Subs[:i] {
				before = append(before, vacant(sub))
			}
			places = append(places, cat(append(append(before, taking(sub)), n.Subs[i+1:]...)...))
		}
		return choice(n, places, func(place *Node) *Node { return place })
	}
	return &Node{Kind: Never, Pos: n.Pos}
}

// vacant is n where it takes nothing: its conditions on the place.
func vacant(n *Node) *Node {
	switch {
	case n.Kind == Class:
		return &Node{Kind: Never, Pos: n.Pos}
	case n.Kind == Group, n.Kind == Atomic, n.Kind == Repeat && n.Min > 0:
		return vacant(n.Subs[0])
	case n.Kind == Repeat:
		return &Node{Kind: Empty, Pos: n.Pos}
	case n.Kind == Alt:
		return choice(n, n.Subs, vacant)
	case n.Kind == Cat:
		subs := make([]*Node, 0, len(n.Subs))
		for _, sub := range n.Subs {
			subs = append(subs, vacant(sub))
		}
		return cat(subs...)
	}
	return n
}

// choice is one of what part makes of subs, those that never match left out.
func choice(n *Node, subs []*Node, part func(*Node) *Node) *Node {
	c := &Node{Kind: Alt, Pos: n.Pos}
	for _, sub := range subs {
		made := part(sub)
		if made.Kind != Never && !(made.Kind == Cat && slices.ContainsFunc(made.Subs, func(n *Node) bool { return n.Kind == Never })) {
			c.Subs = append(c.Subs, made)
		}
	}
	switch len(c.Subs) {
	case 0:
		return &Node{Kind: Never, Pos: n.Pos}
	case 1:
		return c.Subs[0]
	}
	return c
}

// unroll writes the counts of a loop out: x{1,3} is x(?:x(?:x)?)?.
func unroll(n *Node) *Node {
	body := n.Subs[0]
	all := slices.Repeat([]*Node{body}, n.Min)
	if n.Max == Unlimited {
		c := *n
		c.Min = 0
		return cat(append(all, &c)...)
	}
	var rest *Node
	for range n.Max - n.Min {
		more := body
		if rest != nil {
			more = cat(body, rest)
		}
		choices := []*Node{more, {Kind: Empty, Pos: n.Pos}}
		if n.Lazy {
			slices.Reverse(choices)
		}
		rest = &Node{Kind: Alt, Subs: choices, Pos: n.Pos}
	}
	if rest != nil {
		all = append(all, rest)
	}
	return cat(all...)
}
