package pattern

import (
	"cmp"
	"slices"
	"strings"
)

// piece is an element on its way into a tree, with what the front end knows of the value and the tree does not need.
type piece struct {
	Element
	key   string   // what is written: two pieces with the same key have the same value in every line
	names []string // the names its column may have, best first
	rank  int      // who takes a name that several could have: the lowest rank, then the first in the line
	host  bool     // a name or an address, so that a port may follow it behind a colon
	port  bool     // a port
	path  bool     // a target without its query
	clock clock    // of a time written in parts: which time it is a part of
}

// clock tells parts of one time from parts of another.
type clock uint8

const (
	noClock clock = iota
	beginClock
	endClock
)

// assembler collects pieces from a front end.
type assembler struct {
	pieces []piece
	run    []byte // constant text that goes on
	runPos int    // where it began
	hint   string // what a user can do about two directives that give one column
}

// text adds constant text. Text in a row becomes one literal.
func (a *assembler) text(text []byte, pos int) {
	if len(a.run) == 0 {
		a.runPos = pos
	}
	a.run = append(a.run, text...)
}

func (a *assembler) value(p piece) {
	a.flush()
	a.add(p)
}

func (a *assembler) add(p piece) {
	if a.pieces == nil {
		a.pieces = make([]piece, 0, 24) // pieces are large, and most formats have so many
	}
	a.pieces = append(a.pieces, p)
}

func (a *assembler) flush() {
	if len(a.run) > 0 {
		a.add(piece{Element: Element{Literal: string(a.run), Pos: a.runPos}})
		a.run = a.run[:0]
	}
}

// tree makes a tree of the pieces, or says why they are none.
func (a *assembler) tree() (*Tree, *Error) {
	a.flush()
	a.pieces = joinTimes(a.pieces)
	a.pieces = joinTargets(a.pieces)
	if err := a.neighbours(); err != nil {
		return nil, err
	}
	if err := a.name(); err != nil {
		return nil, err
	}
	a.pieces = joinPorts(a.pieces)
	t := &Tree{Elements: make([]Element, len(a.pieces), len(a.pieces)+1)} // one more for AddRest
	for i := range a.pieces {
		t.Elements[i] = a.pieces[i].Element
	}
	setSources(t.Elements)
	setSkips(t.Elements)
	return t, nil
}

// neighbours refuses two values with nothing between them when nothing tells where one ends and the other begins.
func (a *assembler) neighbours() *Error {
	values := 0
	for i := range a.pieces {
		p := &a.pieces[i]
		if p.Kind == KindLiteral {
			continue
		}
		values++
		if i == 0 || a.pieces[i-1].Kind == KindLiteral {
			continue
		}
		before := &a.pieces[i-1]
		if before.Width > 0 || p.Prefix != "" && before.Kind != KindRequest {
			continue
		}
		return &Error{p.Pos, shorten(before.Source) + " and " + shorten(p.Source) + " stand side by side: nothing tells where one ends and the other begins",
			"a constant character is needed between them"}
	}
	if values == 0 {
		return &Error{0, "the format has no field", ""}
	}
	return nil
}

// name gives each value its column. A value that is written twice is kept once: its copy is matched and dropped.
func (a *assembler) name() *Error {
	order := make([]int, 0, len(a.pieces))
	seen := map[string]bool{}
	for i := range a.pieces {
		p := &a.pieces[i]
		switch {
		case p.Kind == KindLiteral:
		case seen[p.key]:
			p.drop()
		default:
			seen[p.key] = true
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(a.pieces[x].rank, a.pieces[y].rank) })
	taken := map[string]int{}
	for _, i := range order {
		if other, ok := a.pieces[i].take(taken, i); !ok {
			p := &a.pieces[i]
			return &Error{p.Pos, shorten(p.Source) + " and " + shorten(a.pieces[other].Source) + " both give the column " + shorten(p.names[0]), a.hint}
		}
	}
	return nil
}

// drop makes p a value that no column keeps.
func (p *piece) drop() {
	if p.Kind == KindRequest || p.Kind == KindHostParen {
		p.Kind = KindText
	}
	p.Field, p.Severity = "", ""
}

// take gives piece i the first of its names that is free. It reports who has the best one when none is.
func (p *piece) take(taken map[string]int, i int) (other int, ok bool) {
	if p.Kind == KindRequest {
		if !anyTaken(taken, Method, Target, Protocol, Request) {
			for _, name := range [...]string{Method, Target, Protocol, Request} {
				taken[name] = i
			}
			return i, true
		}
		p.Kind = KindText // a second, different request line: one text
	}
	for _, name := range p.names {
		if _, used := taken[name]; !used {
			taken[name] = i
			p.Field = name
			return i, true
		}
	}
	return taken[p.names[0]], false
}

func anyTaken(taken map[string]int, names ...string) bool {
	for _, name := range names {
		if _, used := taken[name]; used {
			return true
		}
	}
	return false
}

// joinTargets makes one target of the path and the query behind it: $uri$is_args$args, %U%q.
func joinTargets(pieces []piece) []piece {
	out := pieces[:0]
	for i := 0; i < len(pieces); i++ {
		p := pieces[i]
		if p.path {
			n := queryParts(pieces[i+1:])
			for _, part := range pieces[i+1 : i+1+n] {
				p.Source += part.Source
				p.key += part.key
			}
			p.NoArgs = n == 2 && p.Null == "-" // nginx writes nothing for the question mark, but a dash for the arguments
			i += n
		}
		out = append(out, p)
	}
	return out
}

// queryParts counts the pieces at the start of rest that write a query string with its question mark.
func queryParts(rest []piece) int {
	switch {
	case len(rest) >= 2 && rest[0].key == "is_args" && rest[1].key == "args":
		return 2
	case len(rest) >= 1 && rest[0].key == "%q":
		return 1
	}
	return 0
}

// joinPorts makes one element of a host, a colon and a port: an IPv6 address holds colons itself.
func joinPorts(pieces []piece) []piece {
	out := pieces[:0]
	for i := 0; i < len(pieces); i++ {
		p := pieces[i]
		if i+2 < len(pieces) && p.host && pieces[i+1].Literal == ":" && pieces[i+2].port && !colonNext(pieces[i+3:]) {
			port := pieces[i+2]
			p.Kind, p.Port, p.Source = KindHostPort, port.Field, p.Source+":"+port.Source
			if p.Field == "" { // the host is a copy: what is left is the port, or nothing
				p.Kind, p.Port = KindText, ""
				if port.Field != "" {
					p.Kind, p.Port = KindHostPort, port.Field
				}
			}
			i += 2
		}
		out = append(out, p)
	}
	return out
}

func colonNext(rest []piece) bool { return len(rest) > 0 && strings.HasPrefix(rest[0].Literal, ":") }

// setSources gives literals themselves as source.
func setSources(elements []Element) {
	for i := range elements {
		if elements[i].Kind == KindLiteral {
			elements[i].Source = elements[i].Literal
		}
	}
}

// setSkips counts for each value how often the literal behind it stands in the value itself, where that is known beforehand.
func setSkips(elements []Element) {
	for i := range elements {
		e := &elements[i]
		if i+1 == len(elements) || elements[i+1].Kind != KindLiteral {
			continue
		}
		next := elements[i+1].Literal
		switch e.Kind {
		case KindRequest:
			e.Skip = strings.Count("M T P", next)
		case KindTime:
			e.Skip = strings.Count(sampleTime(e.Layout), next)
		}
	}
}

// lastPlaces lets a field that values follow go on up to the last place where the constant text behind it stands: what a message says is
// anybody's text, the name of a logger or a number is not. Where that text may well stand in what follows, the first place counts. The text has to
// begin with begin.
func lastPlaces(elements []Element, field, begin string) {
	for i := 0; i+2 < len(elements); i++ {
		e, behind := &elements[i], &elements[i+1]
		if e.Field == field && behind.Kind == KindLiteral && strings.HasPrefix(behind.Literal, begin) && onlyOnce(behind.Literal, elements[i+2:]) {
			e.Last = true
		}
	}
}

// onlyOnce tells whether elements, among which are values, do not write the text, nor with the blanks that fill up a value beside it.
func onlyOnce(text string, elements []Element) bool {
	values := false
	blanks := strings.Repeat(" ", len(text))
	for i := range elements {
		e := &elements[i]
		switch {
		case e.Kind == KindLiteral:
			written := e.Literal
			if i > 0 && elements[i-1].Pad == PadRight {
				written = blanks + written
			}
			if i+1 < len(elements) && elements[i+1].Pad == PadLeft {
				written += blanks
			}
			if strings.Contains(written, text) {
				return false
			}
		case strings.Trim(text, " ") == "" && (e.Pad != NoPad || !oneWord(e)):
			return false
		case e.Field == "thread" && text == " (": // Thread-1 (run)
			return false
		default:
			values = true
		}
	}
	return values
}

// oneWord tells whether the value has no blanks.
func oneWord(e *Element) bool {
	switch e.Field {
	case "logger", "class", "function", "file", "location", "level", "module":
		return true
	}
	return e.Kind == KindInt || e.Kind == KindFloat || e.NoBlank
}
