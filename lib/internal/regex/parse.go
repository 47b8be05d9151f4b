package regex

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Flags are what (?ims...) changes.
type Flags uint8

const (
	foldCase Flags = 1 << iota
	// DotAll lets the dot match line feeds.
	DotAll
	multiLine
	extended
	ungreedy
)

// Options say how a pattern is read.
type Options struct {
	Syntax Syntax
	Flags  Flags
	// Reference reads what begins with %{ at text[i:]: it gives the tree that stands for it and the place behind it. nil: %{ is text.
	Reference func(text string, i int, flags Flags) (*Node, int, error)
	// Capture makes a capture of a group: name is "" for one without. -1: the group is not captured.
	Capture func(name string, pos int) (int, error)
}

// Parse reads a pattern. Errors are *Error, or what Reference and Capture give.
func Parse(text string, o Options) (*Node, error) {
	p := &parser{text: text, o: o, flags: o.Flags}
	n, err := p.alternatives(0)
	if err != nil {
		return nil, err
	}
	if p.i < len(text) {
		return nil, p.fail(p.i, "unmatched )", `write \) for the character`)
	}
	return n, nil
}

// deepest is how deep groups may nest.
const deepest = 250

type parser struct {
	text  string
	i     int
	o     Options
	flags Flags
	depth int
}

func (p *parser) fail(pos int, message, hint string) error {
	return &Error{Pos: pos, Message: message, Hint: hint}
}

func (p *parser) ruby() bool { return p.o.Syntax == Oniguruma }

func (p *parser) more() bool { return p.i < len(p.text) }

func (p *parser) looking(prefix string) bool { return strings.HasPrefix(p.text[p.i:], prefix) }

func (p *parser) take(prefix string) bool {
	if p.looking(prefix) {
		p.i += len(prefix)
		return true
	}
	return false
}

// alternatives reads up to the ) that closes the group begun at pos, or to the end.
func (p *parser) alternatives(pos int) (*Node, error) {
	if p.depth++; p.depth > deepest {
		return nil, p.fail(pos, "groups nest too deep", "")
	}
	flags := p.flags // what (?i) changes holds to the end of the group, over its alternatives
	defer func() { p.depth--; p.flags = flags }()
	var all []*Node
	for {
		n, err := p.sequence()
		if err != nil {
			return nil, err
		}
		all = append(all, n)
		if !p.take("|") {
			break
		}
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return &Node{Kind: Alt, Subs: all, Pos: pos}, nil
}

func (p *parser) sequence() (*Node, error) {
	var subs []*Node
	for p.more() && p.text[p.i] != '|' && p.text[p.i] != ')' {
		n, err := p.piece()
		if err != nil {
			return nil, err
		}
		if n != nil {
			subs = append(subs, n)
		}
	}
	return cat(subs...), nil
}

// piece reads an atom and its quantifiers. nil: there was only a comment or a flag.
func (p *parser) piece() (*Node, error) {
	start := p.i
	n, err := p.atom()
	if err != nil || n == nil {
		return nil, err
	}
	for quantified := 0; ; quantified++ {
		p.skipBlanks()
		at := p.i
		least, most, ok, err := p.quantifier()
		if err != nil {
			return nil, err
		}
		if !ok {
			return n, nil
		}
		if quantified > 0 && !p.ruby() {
			return nil, p.fail(at, "a quantifier behind a quantifier: "+p.text[at:p.i], "put what is repeated in (?:...)")
		}
		if n.Kind == Assert && p.ruby() && n.Pos == start && quantified == 0 && least > 1 {
			least, most = 1, 1
		}
		interval := p.text[at] == '{'
		n = repeat(n, least, most, p.flags&ungreedy != 0)
		n.Pos = start
		switch {
		case p.looking("?") && interval && least == most && p.ruby():
			// Ruby: x{3}? is (?:x{3})?, which the loop reads as one quantifier more.
		case p.take("?"):
			n.Lazy = !n.Lazy
		case p.looking("+") && !(interval && p.ruby()):
			p.i++
			n.Lazy = false
			n = &Node{Kind: Atomic, Subs: []*Node{n}, Pos: start}
		}
	}
}

// largest is the largest count of a quantifier.
const largest = 1000

// quantifier reads one, if there is one.
func (p *parser) quantifier() (least, most int, ok bool, err error) {
	if !p.more() {
		return 0, 0, false, nil
	}
	switch p.text[p.i] {
	case '*':
		p.i++
		return 0, Unlimited, true, nil
	case '+':
		p.i++
		return 1, Unlimited, true, nil
	case '?':
		p.i++
		return 0, 1, true, nil
	case '{':
		return p.interval()
	}
	return 0, 0, false, nil
}

// interval reads {n}, {n,}, {n,m} and, in Ruby, {,m}. Anything else that begins with a brace is text, in RE2 also a count that begins with
// a zero.
func (p *parser) interval() (least, most int, ok bool, err error) {
	i, pos, odd := p.i+1, p.i, false
	number := func() (int, bool) {
		v, at := 0, i
		for ; i < len(p.text) && p.text[i] >= '0' && p.text[i] <= '9'; i++ {
			v = min(v*10+int(p.text[i]-'0'), 1<<20)
		}
		odd = odd || i > at+1 && p.text[at] == '0' && !p.ruby()
		return v, i > at
	}
	least, has := number()
	most, bounded := least, has
	if i < len(p.text) && p.text[i] == ',' {
		i++
		most, bounded = number()
		if !bounded {
			most = Unlimited
		}
		if !has && (!p.ruby() || !bounded) {
			return 0, 0, false, nil
		}
	} else if !has {
		return 0, 0, false, nil
	}
	if odd || i >= len(p.text) || p.text[i] != '}' {
		return 0, 0, false, nil
	}
	p.i = i + 1
	switch {
	case least > largest || most > largest:
		return 0, 0, false, p.fail(pos, fmt.Sprintf("a count above %d: %s", largest, p.text[pos:p.i]), "")
	case most != Unlimited && least > most:
		return 0, 0, false, p.fail(pos, "the counts are the wrong way round: "+p.text[pos:p.i], "")
	}
	return least, most, true, nil
}

// skipBlanks skips what (?x) lets be skipped.
func (p *parser) skipBlanks() {
	for p.flags&extended != 0 && p.more() {
		switch c := p.text[p.i]; {
		case c == ' ' || c >= '\t' && c <= '\r':
			p.i++
		case c == '#':
			for p.more() && p.text[p.i] != '\n' {
				p.i++
			}
		default:
			return
		}
	}
}

func (p *parser) class(s *Set, pos int) *Node { return &Node{Kind: Class, Set: s, Pos: pos} }

// literal is one character, with its other cases under (?i).
func (p *parser) literal(c rune, pos int) *Node {
	s := runeSet(c)
	if p.flags&foldCase != 0 {
		s = s.folded()
	}
	return p.class(s, pos)
}

func (p *parser) atom() (*Node, error) {
	p.skipBlanks()
	if !p.more() {
		return nil, nil
	}
	pos := p.i
	if p.o.Reference != nil && p.looking("%{") {
		n, end, err := p.o.Reference(p.text, p.i, p.flags)
		if err != nil {
			return nil, err
		}
		p.i = end
		return n, nil
	}
	switch c := p.text[p.i]; c {
	case '|', ')':
		return nil, nil
	case '(':
		return p.group()
	case '[':
		p.i++
		s, err := p.bracket(pos)
		if err != nil {
			return nil, err
		}
		return p.class(s, pos), nil
	case '.':
		p.i++
		if p.flags&DotAll != 0 {
			return p.class(anyRune, pos), nil
		}
		return p.class(notLine, pos), nil
	case '^', '$':
		p.i++
		return p.anchor(c, pos), nil
	case '\\':
		return p.escape()
	case '*', '+', '?':
		return nil, p.fail(pos, fmt.Sprintf("nothing stands before %c to repeat", c), fmt.Sprintf(`write \%c for the character`, c))
	case '{':
		if _, _, ok, _ := p.interval(); ok {
			return nil, p.fail(pos, "nothing stands before "+p.text[pos:p.i]+" to repeat", `write \{ for the character`)
		}
	}
	c, n := utf8.DecodeRuneInString(p.text[p.i:])
	if c == utf8.RuneError && n == 1 {
		return nil, p.fail(pos, "the pattern is not valid UTF-8", "")
	}
	p.i += n
	return p.literal(c, pos), nil
}

func (p *parser) anchor(c byte, pos int) *Node {
	lines := p.ruby() || p.flags&multiLine != 0
	place := TextStart
	switch {
	case c == '^' && lines:
		place = LineStart
	case c == '$' && lines:
		place = LineEnd
	case c == '$':
		place = TextEnd
	}
	return &Node{Kind: Assert, Place: place, Pos: pos}
}
