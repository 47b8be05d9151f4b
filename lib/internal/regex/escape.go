package regex

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// controls are the letters that name a control character behind a backslash.
var controls = map[byte]rune{'n': '\n', 't': '\t', 'r': '\r', 'f': '\f', 'v': '\v', 'a': '\a', 'e': 0x1b}

// escape reads a backslash and what it means outside of a class.
func (p *parser) escape() (*Node, error) {
	pos := p.i
	if p.i+1 >= len(p.text) {
		return nil, p.fail(pos, "a backslash at the end of the pattern", `write \\ for the character`)
	}
	c := p.text[p.i+1]
	if place, ok := p.place(c); ok {
		p.i += 2
		return &Node{Kind: Assert, Place: place, Pos: pos}, nil
	}
	switch {
	case p.octal():
		// RE2: \10 is a character, \1 a backreference.
		r, err := p.character()
		return p.literal(r, pos), err
	case c >= '1' && c <= '9', c == 'k':
		return nil, p.fail(pos, "a backreference is not supported", "what a group captured cannot be compared with later text: capture both and compare the columns")
	case c == 'g':
		return nil, p.fail(pos, "a call of a group is not supported", "write the group's content again")
	case c == 'K':
		return nil, p.fail(pos, `\K is not supported`, "put what is wanted in a (?<name>...)")
	case c == 'G', c == 'X', c == 'C', c == 'N' && !p.ruby():
		return nil, p.fail(pos, fmt.Sprintf(`\%c is not supported`, c), "")
	case c == 'R' && p.ruby():
		p.i += 2
		crlf := cat(p.class(runeSet('\r'), pos), p.class(runeSet('\n'), pos))
		return &Node{Kind: Atomic, Pos: pos, Subs: []*Node{{Kind: Alt, Pos: pos, Subs: []*Node{crlf, p.class(breaks, pos)}}}}, nil
	case c == 'Q' && !p.ruby():
		return p.quoted()
	}
	if s, err := p.shorthand(); s != nil || err != nil {
		return p.class(s, pos), err
	}
	r, err := p.character()
	if err != nil {
		return nil, err
	}
	return p.literal(r, pos), nil
}

// octal tells whether the escape is a character's number of two digits or more, which does not begin with a zero.
func (p *parser) octal() bool {
	digit := func(i int) bool { return i < len(p.text) && p.text[i] >= '0' && p.text[i] <= '7' }
	return !p.ruby() && digit(p.i+1) && p.text[p.i+1] != '0' && digit(p.i+2)
}

func (p *parser) place(c byte) (Place, bool) {
	switch c {
	case 'A':
		return TextStart, true
	case 'z':
		return TextEnd, true
	case 'Z':
		return LastEnd, true
	case 'b':
		if p.ruby() {
			return WideWord, true
		}
		return Word, true
	case 'B':
		if p.ruby() {
			return NotWideWord, true
		}
		return NotWord, true
	}
	return 0, false
}

// quoted reads \Q...\E.
func (p *parser) quoted() (*Node, error) {
	pos := p.i
	p.i += 2
	text, _, _ := strings.Cut(p.text[p.i:], `\E`)
	var all []*Node
	for i, c := range text {
		all = append(all, p.literal(c, p.i+i))
	}
	p.i = min(p.i+len(text)+2, len(p.text))
	return &Node{Kind: Group, Capture: -1, Subs: []*Node{cat(all...)}, Pos: pos}, nil
}

// shorthand reads \d, \p{L} and their like, in a class or outside; nil: it is another escape.
func (p *parser) shorthand() (*Set, error) {
	c := p.text[p.i+1]
	var s *Set
	switch c | 0x20 {
	case 'd':
		s = digits
	case 'w':
		s = words
	case 's':
		s = spaces
		if p.ruby() {
			s = space1
		}
	case 'h':
		if !p.ruby() {
			return nil, p.fail(p.i, fmt.Sprintf(`\%c means one thing in Perl and another in Ruby`, c), `write [ \t] for blanks, [0-9A-Fa-f] for hexadecimal digits`)
		}
		s = hex
	case 'p':
		return p.property()
	default:
		return nil, nil
	}
	p.i += 2
	if c&0x20 == 0 {
		s = s.negated()
	}
	return s, nil
}

// property reads \p{Name}, \p{^Name}, \pL and, negated, \P{Name}.
func (p *parser) property() (*Set, error) {
	pos := p.i
	negate := p.text[p.i+1] == 'P'
	p.i += 2
	name := ""
	if p.take("{") {
		end := strings.IndexByte(p.text[p.i:], '}')
		if end < 0 {
			return nil, p.fail(pos, "the property's name is not closed", "a } is missing")
		}
		name = p.text[p.i : p.i+end]
		p.i += end + 1
	} else if p.more() {
		_, n := utf8.DecodeRuneInString(p.text[p.i:])
		name = p.text[p.i : p.i+n]
		p.i += n
	}
	if rest, ok := strings.CutPrefix(name, "^"); ok {
		negate, name = !negate, rest
	}
	s := propertySet(name)
	if s == nil {
		return nil, p.fail(pos, fmt.Sprintf("%q is no property of characters that is known", name), `such as \p{L}, \p{Greek}, \p{Alpha}`)
	}
	if p.flags&foldCase != 0 {
		s = s.folded()
	}
	if negate {
		s = s.negated()
	}
	return s, nil
}

// propertySet finds a category, a script or a class by its name; case, blanks, - and _ in it do not matter.
func propertySet(name string) *Set {
	loose := func(name string) string {
		return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(name))
	}
	wanted := loose(name)
	if wanted == "any" {
		return anyRune
	}
	for _, tables := range [...]map[string]*unicode.RangeTable{unicode.Categories, unicode.Scripts} {
		for known, table := range tables {
			if loose(known) == wanted {
				return tableSet(table)
			}
		}
	}
	for alias, category := range unicode.CategoryAliases {
		if loose(alias) == wanted && unicode.Categories[category] != nil {
			return tableSet(unicode.Categories[category])
		}
	}
	if both, ok := posix()[wanted]; ok {
		return both[1]
	}
	return nil
}

// character reads an escape that is one character.
func (p *parser) character() (rune, error) {
	pos := p.i
	p.i++
	c, n := utf8.DecodeRuneInString(p.text[p.i:])
	p.i += n
	if n == 1 {
		if control, ok := controls[byte(c)]; ok {
			return control, nil
		}
	}
	switch {
	case c == 'x':
		return p.number(pos, 16, 2)
	case c == 'u':
		return p.number(pos, 16, 4)
	case c >= '0' && c <= '7' && (c == '0' || !p.ruby()):
		p.i--
		return p.number(pos, 8, 3)
	case c == 'c' || c == 'C' || c == 'M':
		return 0, p.fail(pos, fmt.Sprintf(`\%c is not supported`, c), `write the character as \xHH`)
	case !p.ruby() && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'):
		return 0, p.fail(pos, fmt.Sprintf(`\%c has no meaning`, c), fmt.Sprintf("write %c for the character", c))
	}
	return c, nil
}

// number reads digits to a base: at most so many of them, or any number in braces.
func (p *parser) number(pos int, base, most int) (rune, error) {
	braces := base == 16 && p.take("{")
	if braces {
		most = 8
	}
	v, n := 0, 0
	for ; n < most && p.more(); n++ {
		d := hexDigit(p.text[p.i])
		if d < 0 || d >= base {
			break
		}
		v = v*base + d
		p.i++
	}
	if braces && !p.take("}") || n == 0 || v > lastRune {
		return 0, p.fail(pos, "the character's number is not complete or too large", `\xHH or \x{HHHH}`)
	}
	return rune(v), nil
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// bracket reads a class behind its [.
func (p *parser) bracket(pos int) (*Set, error) {
	if p.depth++; p.depth > deepest {
		return nil, p.fail(pos, "classes nest too deep", "")
	}
	defer func() { p.depth-- }()
	negate := p.take("^")
	all, plain := []rune(nil), []rune(nil) // what is folded under (?i), and what is not
	var and *Set
	for first := true; ; first = false {
		switch {
		case !p.more():
			return nil, p.fail(pos, "the class is not closed", `a ] is missing; write \[ for the character`)
		case p.text[p.i] == ']' && !first:
			p.i++
			return p.finishClass(all, plain, and, negate), nil
		case p.looking("[:") && strings.Contains(p.text[p.i+2:], ":]"):
			s, ok, err := p.posix()
			if err != nil {
				return nil, err
			}
			if ok {
				plain = append(plain, s.ranges...)
				continue
			}
		}
		if p.ruby() && p.take("[") {
			s, err := p.bracket(p.i - 1)
			if err != nil {
				return nil, err
			}
			plain = append(plain, s.ranges...)
			continue
		}
		if p.ruby() && p.take("&&") {
			s := p.finishClass(all, plain, and, false)
			all, plain, and = nil, nil, s
			continue
		}
		if p.text[p.i] == '\\' && p.i+1 < len(p.text) {
			s, err := p.shorthand()
			if err != nil {
				return nil, err
			}
			if s != nil {
				plain = append(plain, s.ranges...)
				continue
			}
		}
		lo, hi, err := p.span()
		if err != nil {
			return nil, err
		}
		all = append(all, lo, hi)
	}
}

func (p *parser) finishClass(all, plain []rune, and *Set, negate bool) *Set {
	s := newSet(all)
	if p.flags&foldCase != 0 {
		s = s.folded()
	}
	s = s.with(newSet(plain))
	if and != nil {
		s = and.both(s)
	}
	if negate {
		s = s.negated()
	}
	return s
}

// posix reads [:name:].
func (p *parser) posix() (*Set, bool, error) {
	rest := p.text[p.i+2:]
	end := strings.Index(rest, ":]")
	name, negate := strings.CutPrefix(rest[:end], "^")
	both, ok := posix()[name]
	if !ok {
		if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") == "" && name != "" {
			names := make([]string, 0, len(posix()))
			for n := range posix() {
				names = append(names, n)
			}
			slices.Sort(names)
			return nil, false, p.fail(p.i, fmt.Sprintf("[:%s:] is not known", name), "known are "+strings.Join(names, ", "))
		}
		return nil, false, nil
	}
	p.i += end + 4
	s := both[0]
	if p.ruby() {
		s = both[1]
	}
	if negate {
		s = s.negated()
	}
	return s, true, nil
}

// span reads a character or a range of a class.
func (p *parser) span() (lo, hi rune, err error) {
	pos := p.i
	if lo, err = p.member(); err != nil {
		return 0, 0, err
	}
	if !p.looking("-") || p.i+1 >= len(p.text) || p.text[p.i+1] == ']' {
		return lo, lo, nil
	}
	if p.ruby() && (p.text[p.i+1] == '[' || strings.HasPrefix(p.text[p.i+1:], "&&")) || p.isShorthand(p.i+1) {
		return lo, lo, nil // the dash stands for itself
	}
	p.i++
	if hi, err = p.member(); err != nil {
		return 0, 0, err
	}
	if hi < lo {
		return 0, 0, p.fail(pos, fmt.Sprintf("the range %s is empty", p.text[pos:p.i]), "the lower character comes first; a dash that stands for itself comes last")
	}
	return lo, hi, nil
}

func (p *parser) isShorthand(i int) bool {
	return i+1 < len(p.text) && p.text[i] == '\\' && strings.IndexByte("dDwWsShHpP", p.text[i+1]) >= 0
}

// member reads one character of a class.
func (p *parser) member() (rune, error) {
	if p.text[p.i] == '\\' {
		if p.i+1 >= len(p.text) {
			return 0, p.fail(p.i, "a backslash at the end of the pattern", `write \\ for the character`)
		}
		if p.ruby() && p.text[p.i+1] == 'b' {
			p.i += 2
			return '\b', nil
		}
		return p.character()
	}
	c, n := utf8.DecodeRuneInString(p.text[p.i:])
	if c == utf8.RuneError && n == 1 {
		return 0, p.fail(p.i, "the pattern is not valid UTF-8", "")
	}
	p.i += n
	return c, nil
}
