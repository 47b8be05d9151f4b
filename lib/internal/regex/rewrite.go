package regex

import "slices"

// rewrite replaces atomic groups (atomic.go), all through the tree, and joins what is simple to join.
func rewrite(n *Node) (*Node, error) {
	a := &atomizer{}
	n = a.rewrite(n)
	return n, a.err
}

// essence is the content of a look-around without what does not decide whether it holds: the end of what may be empty there, the rest of
// a loop. A look at [0-9]+ is one at [0-9].
func (n *Node) essence() *Node { return trim(n.Subs[0], n.Behind) }

// trim drops what may be empty from the end of n; from its beginning, where behind is set.
func trim(n *Node, behind bool) *Node {
	switch n.Kind {
	case Group:
		return trim(n.Subs[0], behind)
	case Cat:
		subs := slices.Clone(n.Subs)
		for len(subs) > 0 {
			end := len(subs) - 1
			if behind {
				end = 0
			}
			if !subs[end].surely() {
				subs[end] = trim(subs[end], behind)
				break
			}
			subs = slices.Delete(subs, end, end+1)
		}
		return cat(subs...)
	case Repeat:
		body := n.Subs[0]
		switch {
		case n.Min == 0:
			return n
		case n.Min == 1:
			return trim(body, behind)
		case behind:
			return cat(trim(body, behind), repeat(body, n.Min-1, n.Min-1, false))
		}
		return cat(repeat(body, n.Min-1, n.Min-1, false), trim(body, behind))
	case Alt:
		c := *n
		c.Subs = make([]*Node, len(n.Subs))
		for i, sub := range n.Subs {
			c.Subs[i] = trim(sub, behind)
		}
		return &c
	}
	return n
}

const (
	mostRows   = 8
	longestRow = 32
)

// rowsOf is n as a few rows of classes, nil where it is more.
func rowsOf(n *Node) [][]*Set {
	switch n.Kind {
	case Empty:
		return [][]*Set{{}}
	case Class:
		return [][]*Set{{n.Set}}
	case Group:
		return rowsOf(n.Subs[0])
	case Alt:
		var all [][]*Set
		for _, sub := range n.Subs {
			rows := rowsOf(sub)
			if rows == nil || len(all)+len(rows) > mostRows {
				return nil
			}
			all = append(all, rows...)
		}
		return all
	case Repeat:
		if n.Min != n.Max || n.Max > longestRow {
			return nil
		}
		return product(slices.Repeat(n.Subs, n.Max))
	case Cat:
		return product(n.Subs)
	}
	return nil
}

// product is every row of the first followed by every row of the second ...
func product(subs []*Node) [][]*Set {
	all := [][]*Set{{}}
	for _, sub := range subs {
		rows := rowsOf(sub)
		if rows == nil || len(all)*len(rows) > mostRows {
			return nil
		}
		var longer [][]*Set
		for _, head := range all {
			for _, tail := range rows {
				if len(head)+len(tail) > longestRow {
					return nil
				}
				longer = append(longer, slices.Concat(head, tail))
			}
		}
		all = longer
	}
	return all
}

// anchored tells whether n matches only at the beginning of the text.
func anchored(n *Node) bool {
	switch n.Kind {
	case Assert:
		return n.Place == TextStart
	case Cat:
		for _, sub := range n.Subs {
			if anchored(sub) {
				return true
			}
			if sub.Kind != Look && sub.Kind != Assert {
				return false
			}
		}
		return false
	case Group:
		return anchored(n.Subs[0])
	case Alt:
		return !slices.ContainsFunc(n.Subs, func(sub *Node) bool { return !anchored(sub) })
	}
	return false
}
