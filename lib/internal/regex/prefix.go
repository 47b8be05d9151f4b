package regex

// Prefix is what every match of a pattern begins with that matches at the beginning of the text only: one set of bytes for each place.
// It tells most texts apart without a machine.
type Prefix struct {
	sets []*[256]bool
	// Whole: a text that begins so matches. Else the rest of the pattern decides.
	Whole bool
}

// longestPrefix is more than any date has.
const longestPrefix = 32

// NewPrefix is the prefix of a pattern; nil where it may match elsewhere, or where nothing is known about its beginning.
func NewPrefix(n *Node) *Prefix {
	p := &Prefix{}
	pieces := p.flat(nil, n)
	if len(pieces) == 0 || pieces[0].Kind != Assert || pieces[0].Place != TextStart && pieces[0].Place != LineStart {
		return nil
	}
	for k, piece := range pieces[1:] {
		more, whole := p.add(piece)
		if !more {
			p.Whole = whole && k == len(pieces)-2
			break
		}
		p.Whole = k == len(pieces)-2
	}
	if len(p.sets) == 0 {
		return nil
	}
	// ^ of Ruby's dialect matches behind line feeds too.
	if pieces[0].Place == LineStart {
		return nil
	}
	return p
}

// NewPrefixes are the prefixes of a pattern, or of the alternatives that it is; nil where one of them may match elsewhere.
func NewPrefixes(n *Node) []*Prefix {
	alternatives := []*Node{n}
	if n.Kind == Alt {
		alternatives = n.Subs
	}
	all := make([]*Prefix, len(alternatives))
	for i, sub := range alternatives {
		if all[i] = NewPrefix(sub); all[i] == nil {
			return nil
		}
	}
	return all
}

// flat lists the pieces that follow each other.
func (p *Prefix) flat(to []*Node, n *Node) []*Node {
	switch n.Kind {
	case Empty:
		return to
	case Cat:
		for _, sub := range n.Subs {
			to = p.flat(to, sub)
		}
		return to
	case Group:
		return p.flat(to, n.Subs[0])
	}
	return append(to, n)
}

// add takes over a piece. more: what follows it stands at a known place; else whole tells whether all of the piece was taken, or what
// was taken is enough.
func (p *Prefix) add(n *Node) (more, whole bool) {
	least, most, class := 1, 1, n
	if n.Kind == Repeat {
		least, most, class = n.Min, n.Max, n.Subs[0]
		for class.Kind == Group {
			class = class.Subs[0]
		}
		if n.Lazy && least == 0 {
			return false, false
		}
	}
	if class.Kind != Class {
		return false, least == 0 && n.Kind == Repeat
	}
	if !class.Set.narrow {
		if least == 0 {
			return false, true
		}
		p.set(class.Set)
		return false, false
	}
	for range least {
		if len(p.sets) == longestPrefix {
			return false, false
		}
		p.set(class.Set)
	}
	return least == most, true
}

func (p *Prefix) set(s *Set) {
	var table [256]bool
	bytes := s.firstBytes()
	for c := range table {
		table[c] = bytes.has(byte(c))
	}
	p.sets = append(p.sets, &table)
}

// Match tells whether text begins so.
func (p *Prefix) Match(text []byte) bool {
	if len(text) < len(p.sets) {
		return false
	}
	for i, set := range p.sets {
		if !set[text[i]] {
			return false
		}
	}
	return true
}
