package regex

import (
	"fmt"
	"strconv"
	"strings"
)

// String shows a tree as a regular expression, for messages and tests.
func (n *Node) String() string {
	var b strings.Builder
	n.print(&b)
	return b.String()
}

var placeNames = [...]string{"^", "$", `\A`, `\z`, `\Z`, `\b`, `\B`, `\b`, `\B`}

func (n *Node) print(b *strings.Builder) {
	switch n.Kind {
	case Never:
		b.WriteString("(?!)")
	case Class:
		n.Set.print(b)
	case Cat:
		for _, sub := range n.Subs {
			sub.print(b)
		}
	case Alt:
		b.WriteString("(?:")
		for i, sub := range n.Subs {
			if i > 0 {
				b.WriteByte('|')
			}
			sub.print(b)
		}
		b.WriteByte(')')
	case Repeat:
		n.printLoop(b)
	case Group:
		switch {
		case n.Label != "":
			b.WriteString(n.Label)
		case n.Capture >= 0:
			b.WriteByte('(')
			n.Subs[0].print(b)
			b.WriteByte(')')
		default:
			n.Subs[0].print(b)
		}
	case Atomic:
		b.WriteString("(?>")
		n.Subs[0].print(b)
		b.WriteByte(')')
	case Look:
		b.WriteString(map[[2]bool]string{{}: "(?=", {false, true}: "(?!", {true, false}: "(?<=", {true, true}: "(?<!"}[[2]bool{n.Behind, n.Negate}])
		n.Subs[0].print(b)
		b.WriteByte(')')
	case Assert:
		b.WriteString(placeNames[n.Place])
	}
}

func (n *Node) printLoop(b *strings.Builder) {
	if body := n.Subs[0]; body.Kind == Cat || body.Kind == Repeat || body.Kind == Group && body.Label == "" && body.Capture < 0 {
		b.WriteString("(?:")
		body.print(b)
		b.WriteByte(')')
	} else {
		body.print(b)
	}
	switch {
	case n.Min == 0 && n.Max == Unlimited:
		b.WriteByte('*')
	case n.Min == 1 && n.Max == Unlimited:
		b.WriteByte('+')
	case n.Min == 0 && n.Max == 1:
		b.WriteByte('?')
	case n.Max == Unlimited:
		fmt.Fprintf(b, "{%d,}", n.Min)
	case n.Min == n.Max:
		fmt.Fprintf(b, "{%d}", n.Min)
	default:
		fmt.Fprintf(b, "{%d,%d}", n.Min, n.Max)
	}
	if n.Lazy {
		b.WriteByte('?')
	}
}

func (s *Set) print(b *strings.Builder) {
	if c, ok := s.one(); ok {
		b.WriteString(quoteRune(c, `\.+*?()|[]{}^$`))
		return
	}
	ranges := s.ranges
	switch {
	case len(ranges) == 2 && ranges[0] == 0 && ranges[1] == lastRune:
		b.WriteString(`[\s\S]`)
		return
	case len(ranges) > 0 && ranges[len(ranges)-1] == lastRune:
		if s = s.negated(); len(s.ranges) == 2 && s.ranges[0] == '\n' && s.ranges[1] == '\n' {
			b.WriteByte('.')
			return
		}
		b.WriteString("[^")
		ranges = s.ranges
	default:
		b.WriteByte('[')
	}
	for i := 0; i < len(ranges) && i < 40; i += 2 {
		b.WriteString(quoteRune(ranges[i], `\]^-[`))
		if ranges[i+1] > ranges[i] {
			b.WriteByte('-')
			b.WriteString(quoteRune(ranges[i+1], `\]^-[`))
		}
	}
	if len(ranges) > 40 {
		b.WriteString("...")
	}
	b.WriteByte(']')
}

func quoteRune(c rune, special string) string {
	switch {
	case strings.ContainsRune(special, c):
		return `\` + string(c)
	case strconv.IsPrint(c):
		return string(c)
	}
	return strings.Trim(strconv.QuoteRune(c), "'")
}
