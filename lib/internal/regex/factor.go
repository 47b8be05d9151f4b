package regex

import "slices"

// flattened is a loop over a class in a loop as one: (?:.?)*, (?:x+)+. Rounds that may be empty say nothing, and there is only one way to
// go over so many characters.
func flattened(n *Node) *Node {
	inner := n.Subs[0]
	if n.Max != Unlimited || n.Min > 1 || n.Lazy || inner.Kind != Repeat || inner.Min > 1 || inner.Max == 0 || inner.Lazy || inner.Subs[0].Kind != Class {
		return n
	}
	return repeat(inner.Subs[0], min(n.Min, inner.Min), Unlimited, false)
}

// headed is a loop over a character and a loop over a class as one loop over both: (?:/[a-z]*)+ is /[/a-z]*. Both end at the same places, the
// furthest first.
func headed(n *Node) *Node {
	body := n.Subs[0]
	if n.Max != Unlimited || n.Min > 1 || n.Lazy || body.Kind != Cat || len(body.Subs) != 2 || body.Subs[0].Kind != Class {
		return n
	}
	tail := body.Subs[1]
	if tail.Kind != Repeat || tail.Min > 0 || tail.Max != Unlimited || tail.Lazy || tail.Subs[0].Kind != Class {
		return n
	}
	both := &Node{Kind: Class, Set: tail.Subs[0].Set.with(body.Subs[0].Set), Pos: tail.Pos}
	one := cat(body.Subs[0], repeat(both, 0, Unlimited, false))
	if n.Min == 0 {
		return repeat(one, 0, 1, false)
	}
	return one
}

// unmixed takes the single characters out of a loop over them and other things: (?:\\.|[^\\"])* is [^\\"]*(?:\\.[^\\"]*)*, where a class is a
// loop of its own. That is the same where the other things begin with other characters.
func unmixed(n *Node) *Node {
	body := n.Subs[0]
	if n.Max != Unlimited || n.Min > 1 || n.Lazy || body.Kind != Alt || n.Captures() {
		return n
	}
	at := slices.IndexFunc(body.Subs, func(sub *Node) bool { return sub.Kind == Class })
	if at < 0 {
		return n
	}
	class := body.Subs[at]
	others := *body
	others.Subs = slices.Delete(slices.Clone(body.Subs), at, at+1)
	for _, sub := range others.Subs {
		if sub.nullable() || sub.first(everyByte).meets(class.Set.firstBytes()) {
			return n
		}
	}
	other := &others
	if len(others.Subs) == 1 {
		other = others.Subs[0]
	}
	loop := repeat(class, 0, Unlimited, false)
	all := cat(loop, repeat(cat(other, loop), 0, Unlimited, false))
	if n.Min == 1 {
		return cat(body, all)
	}
	return all
}

// factored lets alternatives share what they begin with: abc|abd is ab(?:c|d). Only what can match in one way is shared, so that the
// order of choices stays.
func factored(n *Node) *Node {
	if n.Kind != Alt {
		return n
	}
	rows := make([][]*Node, len(n.Subs))
	for i, sub := range n.Subs {
		rows[i] = spread(sub)
	}
	c := *n
	c.Subs = nil
	for i := 0; i < len(rows); {
		k := unit(rows[i])
		end := i + 1
		for k > 0 && end < len(rows) && sameUnit(rows[i], rows[end], k) {
			end++
		}
		if end == i+1 {
			c.Subs = append(c.Subs, n.Subs[i])
			i = end
			continue
		}
		rest := &Node{Kind: Alt, Pos: n.Pos}
		for _, row := range rows[i:end] {
			rest.Subs = append(rest.Subs, cat(row[k:]...))
		}
		c.Subs = append(c.Subs, cat(append(slices.Clone(rows[i][:k]), factored(oneSet(rest)))...))
		i = end
	}
	if len(c.Subs) == 1 {
		return c.Subs[0]
	}
	return &c
}

const (
	mostCopies = 16 // how many rounds of a loop are written out
	mostPieces = 64 // how many pieces that may be
)

// spread lists the pieces of n, the first loop of a fixed count written out.
func spread(n *Node) []*Node {
	if n.Kind == Cat {
		return append(spread(n.Subs[0]), n.Subs[1:]...)
	}
	if n.Kind == Repeat && n.Min == n.Max && n.Min > 0 && n.Min <= mostCopies && !n.Captures() {
		if first := spread(n.Subs[0]); len(first)*n.Min <= mostPieces {
			return slices.Repeat(first, n.Min)
		}
	}
	return []*Node{n}
}

// unit is how many pieces at the beginning of row can be shared: a character, or a loop over one class that ends before another character.
func unit(row []*Node) int {
	switch {
	case row[0].Kind == Class:
		return 1
	case row[0].Kind == Repeat && !row[0].Lazy && row[0].Subs[0].Kind == Class && len(row) > 1 && row[1].Kind == Class && !row[0].Subs[0].Set.meets(row[1].Set):
		return 2
	}
	return 0
}

func sameUnit(a, b []*Node, k int) bool {
	return len(b) >= k && unit(b) == k && slices.EqualFunc(a[:k], b[:k], sameNode)
}

func sameNode(a, b *Node) bool {
	if a.Kind != b.Kind || a.Min != b.Min || a.Max != b.Max || a.Lazy != b.Lazy || a.Kind != Class && a.Kind != Repeat {
		return false
	}
	if a.Kind == Class {
		return slices.Equal(a.Set.ranges, b.Set.ranges)
	}
	return slices.EqualFunc(a.Subs, b.Subs, sameNode)
}
