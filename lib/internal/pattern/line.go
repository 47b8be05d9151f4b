package pattern

import (
	"fmt"
	"slices"
	"strings"
)

// CompileLine makes a tree of patterns in the language in which the built-in formats say how a line looks: constant text and fields with
// their types. A line is read by the first of the texts that fits it; together they fill the columns that any of them has.
//
//	{name}           a word: text without blanks; what a line ends with may hold blanks, and may be empty
//	{name:TYPE ...}  a value of another type, with what belongs to it
//	{}  {:TYPE}      the same, dropped
//	{name...}        everything from here to the end of the line, which what follows reads too
//	{+name:TYPE ...} a part of a value, which is all its parts with blanks between them
//	{ }              one blank or several, beside a field
//	{? ... ?}        may be missing, with all that is in it
//	{?? ... ?}       the same, and usually is
//	{! a {|} b !}    the first of these that fits
//	{[ a {|} b ]}    the first of these that fits, or none
//	{* a {|} b *}    those of these that the line has, each at most once, in any order
//	{name=text}      the column is this text wherever the pattern comes here
//	{@syslog time}   the header of a line of syslog: time, host, app[pid]; {@syslog_of time sshd|sudo} only of these programs
//	{-}...           at the beginning: a line that fits is no record, but a comment or the like, which is passed over
//	{{ }}            a brace
//	a line feed      one inside of a record of several lines: see LineFeed
//
// {? ?} makes two patterns of one; a line that fits neither has been read twice. The other groups are decided where they stand, so that there
// may be many of them. Behind a value a group begins with constant text, which tells where the value ends.
//
// The types are text (may hold blanks), word, rest, level, timestamp LAYOUT | LAYOUT ..., duration UNIT, int, uint, float, bool, hex, ip,
// request (METHOD TARGET PROTOCOL), commas, blanks, bars and upstreams (lists: of text, or behind the type int or a unit of durations),
// more (nothing, or a blank and whatever ends the line; without a name it is refused with the option strict), pairs (KEY=VALUE up to the
// line's end, see linePairs), and host_port, ip_port, host_paren, tag, priority, split C (at the last C), which fill two columns:
// {client,client_port:host_port}; took is a text and the duration that it begins with, "duration: 0.2 ms"; with_json (the JSON that a text ends with) fills two or three. Behind the type may stand
// null=-, empty=null, cell (a cell of CSV: quotes around it go) and trim (blanks around it do not belong to the value); for a text empty (no text is the empty text), begins=AB, cut (the
// line may end before what follows), escape=json, escape=backslash, few (of few different
// values), is=a|b (one of these), not=C (none of these bytes is in it), has=C (one is; of a duration too), last (up to the last place where what follows it stands) and width=N;
// for a level the meaning of its words, .=7 *=5, and known (no other words) or any (any other word). The error is an *Error; text is the
// number of the pattern that it is in.
func CompileLine(texts []string) (tree *Tree, text int, err error) {
	var first *Tree
	end := &first
	count, feeds := 0, false
	for n, text := range texts {
		p := linePattern{text: strings.ReplaceAll(strings.TrimRight(text, "\r\n"), "\n", LineFeed), number: n}
		feeds = feeds || strings.Contains(p.text, LineFeed)
		aside := strings.HasPrefix(p.text, "{-}")
		if aside {
			p.i = len("{-}")
		}
		nodes, err := p.nodes(false)
		if err != nil {
			return nil, n, err
		}
		if aside && n == 0 {
			return nil, n, &Error{0, "the first pattern is that of a record", "{-} begins one of those behind it"}
		}
		for _, elements := range variants(nodes) {
			if count++; count > mostVariants {
				return nil, n, &Error{0, fmt.Sprintf("more than %d forms of a line", mostVariants), "every part that may be missing doubles them"}
			}
			t, err := lineTree(elements, n, false, aside)
			if err != nil {
				return nil, n, err
			}
			*end, end = t, &t.Else
		}
	}
	if first == nil {
		return nil, 0, &Error{0, "no pattern", ""}
	}
	first.Feeds = feeds
	return first, 0, nil
}

// LineFeed stands for a line feed in a pattern, and in a record that is matched by it: to the matcher a line feed is the end of a record.
const LineFeed = "\x1e"

// lineSource is a piece of a pattern as it was written.
func lineSource(text string) string { return strings.ReplaceAll(text, LineFeed, "\n") }

const mostVariants = 128

// lineNode is a piece of a pattern: an element, or one of several runs of pieces.
type lineNode struct {
	element Element
	blanks  bool // { }
	choice  [][]*lineNode
}

type linePattern struct {
	text   string
	number int // of several texts
	i      int
	groups []byte // those that are open, by what closes them
}

func (p *linePattern) fail(at int, hint, format string, args ...any) *Error {
	return &Error{at, fmt.Sprintf(format, args...), hint}
}

const (
	lineField  = "write {name} or {name:TYPE}; a brace is written twice"
	lineClosed = "what may be missing is written {? ... ?}"
)

// nodes reads pieces up to the end, or inside of {? up to its ?}.
func (p *linePattern) nodes(inside bool) ([]*lineNode, *Error) {
	var out []*lineNode
	start := p.i
	literal := func(text string, at int) {
		if n := len(out); n > 0 && out[n-1].element.Kind == KindLiteral && out[n-1].choice == nil && !out[n-1].blanks {
			out[n-1].element.Literal += text
			return
		}
		out = append(out, &lineNode{element: Element{Literal: text, Pos: at}})
	}
	for p.i < len(p.text) {
		rest, at := p.text[p.i:], p.i
		switch {
		case strings.HasPrefix(rest, "{{"), strings.HasPrefix(rest, "}}"):
			literal(rest[:1], at)
			p.i += 2
		case strings.HasPrefix(rest, "{ }"):
			out = append(out, &lineNode{element: Element{Literal: " ", Pos: at}, blanks: true})
			p.i += 3
		case strings.HasPrefix(rest, "{?"):
			p.i += 2
			seldom := strings.HasPrefix(rest, "{??") && !strings.HasPrefix(rest, "{??}")
			if seldom {
				p.i++
			}
			nodes, err := p.nodes(true)
			if err != nil {
				return nil, err
			}
			choice := [][]*lineNode{nodes, nil}
			if seldom {
				slices.Reverse(choice)
			}
			out = append(out, &lineNode{choice: choice})
		case strings.HasPrefix(rest, "?}") && inside:
			p.i += 2
			return out, nil
		case p.closes(rest):
			return out, nil
		case strings.HasPrefix(rest, "{!"), strings.HasPrefix(rest, "{["), strings.HasPrefix(rest, "{*"):
			node, err := p.group()
			if err != nil {
				return nil, err
			}
			out = append(out, node)
		case strings.HasPrefix(rest, "{@"):
			nodes, err := p.macro()
			if err != nil {
				return nil, err
			}
			out = append(out, nodes...)
		case rest[0] == '{':
			choice, err := p.field()
			if err != nil {
				return nil, err
			}
			out = append(out, choice)
		case rest[0] == '}':
			return nil, p.fail(at, lineField, "a brace that closes nothing")
		default:
			n := strings.IndexAny(rest[1:], "{}?!]*") + 1
			if n == 0 {
				n = len(rest)
			}
			literal(rest[:n], at)
			p.i += n
		}
	}
	if inside {
		return nil, p.fail(start-2, lineClosed, "{? is not closed")
	}
	return out, nil
}

// field reads {name:TYPE ...}. A time of several layouts is a choice.
func (p *linePattern) field() (*lineNode, *Error) {
	at := p.i
	end := strings.IndexByte(p.text[at:], '}')
	if end < 0 {
		return nil, p.fail(at, lineField, "{ is not closed")
	}
	source := p.text[at : at+end+1]
	p.i += end + 1
	name, kind, typed := strings.Cut(source[1:len(source)-1], ":")
	if name, text, constant := strings.Cut(source[1:len(source)-1], "="); constant && snake(name) == name && name != "" && text != "" {
		return &lineNode{element: Element{Kind: KindConstant, Field: name, Literal: text, Dictionary: true, Source: lineSource(source), Pos: at}}, nil
	}
	name, whole := strings.CutSuffix(name, "...")
	kind, arg, _ := strings.Cut(kind, " ")
	e := Element{Kind: KindText, Source: lineSource(source), Pos: at}
	if name, e.Part = strings.CutPrefix(name, "+"); e.Part {
		e.Glue = " "
	}
	e.Field, e.Port, _ = strings.Cut(name, ",")
	for _, name := range [...]string{e.Field, strings.ReplaceAll(e.Port, ",", "_")} {
		if snake(name) != name {
			return nil, p.fail(at, "a name is made of small letters, digits and _", "%q is no name of a field", name)
		}
	}
	if whole && (typed || e.Field == "" || e.Port != "") {
		return nil, p.fail(at, "{message...}", "%s has three points and a type, or no name", shorten(source))
	}
	if e.Whole = whole; whole {
		return &lineNode{element: e}, nil
	}
	if typed && kind == "" {
		return nil, p.fail(at, lineField, "%s has no type behind its colon", source)
	}
	if kind == "" {
		kind = "word"
	}
	if kind == "timestamp" {
		node := &lineNode{}
		for layout := range strings.SplitSeq(arg, "|") {
			e := e
			e.Kind, e.Layout = KindTime, strings.TrimSpace(layout)
			if e.Layout == "" {
				e.Layout = "iso"
			}
			node.choice = append(node.choice, []*lineNode{{element: e}})
		}
		return node, nil
	}
	if err := lineType(&e, kind, arg); err != nil {
		return nil, err
	}
	e.TrimFeeds = e.Trim && strings.Contains(p.text, LineFeed)
	return &lineNode{element: e}, nil
}

// variants are all forms that the nodes stand for, those with more in them first.
func variants(nodes []*lineNode) [][]*lineNode {
	all := [][]*lineNode{make([]*lineNode, 0, len(nodes))}
	for i := range nodes {
		node := nodes[i]
		if node.choice == nil {
			for k := range all {
				all[k] = append(all[k], node)
			}
			continue
		}
		var inner [][]*lineNode
		for _, choice := range node.choice {
			inner = append(inner, variants(choice)...)
		}
		var next [][]*lineNode
		for _, before := range all {
			for _, behind := range inner {
				if len(next) <= mostVariants {
					form := make([]*lineNode, 0, len(before)+len(behind)+len(nodes)-i)
					next = append(next, append(append(form, before...), behind...))
				}
			}
		}
		all = next
	}
	return all
}

// lineTree makes a tree of one form: constant texts in a row are one, and the last field takes what is left.
func lineTree(nodes []*lineNode, text int, inside, aside bool) (*Tree, *Error) {
	t := &Tree{Union: true, Text: text, Aside: aside}
	fields := map[string]bool{}
	t.Elements = make([]Element, 0, len(nodes))
	blanks, behind := make([]bool, 0, len(nodes)), false // by element: { } is part of the literal; it ends one of several parts
	for _, node := range nodes {
		n := len(t.Elements)
		switch {
		case node.element.Kind != KindLiteral:
			e := node.element
			if behind && e.Pad == NoPad && e.value() {
				e.Pad = PadLeft // more blanks behind constant text
			}
			t.Elements, blanks, behind = append(t.Elements, e), append(blanks, false), false
		case n > 0 && t.Elements[n-1].Kind == KindLiteral:
			t.Elements[n-1].Literal += node.element.Literal
			blanks[n-1], behind = blanks[n-1] || node.blanks, node.blanks
		default:
			t.Elements, blanks = append(t.Elements, node.element), append(blanks, node.blanks)
		}
	}
	for i := range t.Elements {
		e := &t.Elements[i]
		if e.Kind == KindLiteral {
			e.Source = lineSource(e.Literal)
			continue
		}
		switch last := i+1 == len(t.Elements); {
		case last && e.Whole:
			return nil, &Error{e.Pos, "nothing follows " + e.Source, "a field that ends the line is {" + e.Field + "}"}
		case last && inside, !e.value():
		case last && e.Source == "{"+e.Field+"}":
			e.NoBlank, e.MayBeEmpty = false, true
		case !last && t.Elements[i+1].value() && e.Kind != KindTime && e.Width == 0 && !e.Whole:
			return nil, &Error{t.Elements[i+1].Pos, shorten(e.Source) + " and " + shorten(t.Elements[i+1].Source) + " stand side by side: nothing tells where one ends and the other begins",
				"a constant character is needed between them"}
		case !last && t.Elements[i+1].Kind != KindLiteral:
		case !last && blanks[i+1] && t.Elements[i+1].Literal == " ":
			e.Repeat = true
		case !last && blanks[i+1]:
			e.Trim = true
		}
		e.Full = e.Kind != KindText && e.Kind != KindWithJSON
		for _, name := range e.Fields() {
			if fields[name] && !e.Part {
				return nil, &Error{e.Pos, "the field " + name + " is there twice", "a field without a name, {}, is matched and dropped"}
			}
			fields[name] = true
		}
	}
	if len(fields) == 0 && !inside && !aside {
		return nil, &Error{0, "the pattern has no field", lineField}
	}
	return t, nil
}
