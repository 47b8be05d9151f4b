package regex

import (
	"fmt"
	"strings"
)

// group reads what begins with a parenthesis.
func (p *parser) group() (*Node, error) {
	pos := p.i
	p.i++
	if !p.take("?") {
		return p.captured("", pos)
	}
	switch {
	case p.take(":"):
		return p.inside(pos, &Node{Kind: Group, Capture: -1})
	case p.take("="):
		return p.inside(pos, &Node{Kind: Look})
	case p.take("!"):
		return p.inside(pos, &Node{Kind: Look, Negate: true})
	case p.take("<="):
		return p.inside(pos, &Node{Kind: Look, Behind: true})
	case p.take("<!"):
		return p.inside(pos, &Node{Kind: Look, Behind: true, Negate: true})
	case p.take(">"):
		return p.inside(pos, &Node{Kind: Atomic})
	case p.take("P<"), p.take("<"):
		return p.named(pos, ">")
	case p.take("'"):
		return p.named(pos, "'")
	case p.take("#"):
		end := strings.IndexByte(p.text[p.i:], ')')
		if end < 0 {
			return nil, p.fail(pos, "the comment is not closed", "")
		}
		p.i += end + 1
		return nil, nil
	}
	if err := p.refused(pos); err != nil {
		return nil, err
	}
	return p.setFlags(pos)
}

// refused finds the groups that cannot be linear, or that are not supported.
func (p *parser) refused(pos int) error {
	for _, r := range [...]struct{ prefix, what, hint string }{
		{"P=", "a backreference", "what a group captured cannot be compared with later text: capture both and compare the columns"},
		{"P>", "a call of a group", "write the group's content again"},
		{"&", "a call of a group", "write the group's content again"},
		{"R", "recursion", "write as many levels as are needed"},
		{"0", "recursion", "write as many levels as are needed"},
		{"(", "a condition", "write both cases as alternatives"},
		{"|", "a group that numbers its alternatives alike", "give the groups names"},
		{"~", "an absent group", "write (?:(?!...).)* for text without it"},
		{"C", "a callout", ""},
	} {
		if p.looking(r.prefix) {
			return p.fail(pos, r.what+" is not supported", r.hint)
		}
	}
	return nil
}

// inside reads the content of the group n, up to its parenthesis.
func (p *parser) inside(pos int, n *Node) (*Node, error) {
	sub, err := p.alternatives(pos)
	if err != nil {
		return nil, err
	}
	if !p.take(")") {
		return nil, p.fail(pos, "the group is not closed", "a ) is missing")
	}
	n.Pos, n.Subs = pos, []*Node{sub}
	if n.Kind == Look && n.Behind && n.Captures() {
		return nil, p.fail(pos, "a capture inside a look-behind is not supported", "capture the text where it is matched")
	}
	return n, nil
}

func (p *parser) captured(name string, pos int) (*Node, error) {
	capture := -1
	if p.o.Capture != nil {
		var err error
		if capture, err = p.o.Capture(name, pos); err != nil {
			return nil, err
		}
	}
	return p.inside(pos, &Node{Kind: Group, Capture: capture})
}

// named reads NAME> and the group behind it.
func (p *parser) named(pos int, closing string) (*Node, error) {
	end := strings.Index(p.text[p.i:], closing)
	if end < 0 {
		return nil, p.fail(pos, "the group's name is not closed", "a "+closing+" is missing")
	}
	name := p.text[p.i : p.i+end]
	if name == "" || strings.ContainsAny(name, "()\\|\n") || !p.ruby() && !identifier(name) {
		return nil, p.fail(p.i, fmt.Sprintf("%q is no name of a group", name), "letters, digits and _")
	}
	p.i += end + len(closing)
	return p.captured(name, pos)
}

func identifier(name string) bool {
	for _, c := range name {
		if !words.has(c) && !wideWord().has(c) {
			return false
		}
	}
	return true
}

// setFlags reads (?i), which holds to the end of the group around it, and (?i:...).
func (p *parser) setFlags(pos int) (*Node, error) {
	flags, on := p.flags, true
	for ; p.more(); p.i++ {
		c := p.text[p.i]
		switch {
		case c == '-':
			on = false
			continue
		case c == ')':
			p.i++
			p.flags = flags
			if !p.ruby() || !p.more() || p.text[p.i] == ')' {
				return nil, nil
			}
			// Ruby: a|(?i)b|c is a|(?i:b|c).
			n, err := p.alternatives(pos)
			return n, err
		case c == ':':
			p.i++
			before := p.flags
			p.flags = flags
			n, err := p.inside(pos, &Node{Kind: Group, Capture: -1})
			p.flags = before
			return n, err
		}
		f, ok := p.flag(c)
		if !ok {
			return nil, p.fail(pos, fmt.Sprintf("(?%c is not known", c), "(?:...) groups, (?<name>...) captures, (?i) ignores case")
		}
		if on {
			flags |= f
		} else {
			flags &^= f
		}
	}
	return nil, p.fail(pos, "the group is not closed", "a ) is missing")
}

func (p *parser) flag(c byte) (Flags, bool) {
	switch c {
	case 'i':
		return foldCase, true
	case 'x':
		return extended, true
	case 'm':
		if p.ruby() {
			return DotAll, true
		}
		return multiLine, true
	case 's':
		return DotAll, !p.ruby()
	case 'U':
		return ungreedy, !p.ruby()
	case 'a', 'd', 'u':
		return 0, p.ruby() // which characters \w means: ASCII's
	}
	return 0, false
}
