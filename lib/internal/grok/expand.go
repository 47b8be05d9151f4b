package grok

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/regex"
	"github.com/sawlog/sawlog/lib/record"
)

// expander reads a pattern and, inside it, the definitions that it refers to.
type expander struct {
	defs     *definitions
	o        *Options
	captures []capture
	stack    []string // the names under way
	read     int      // bytes read so far: definitions may multiply
	numbers  int      // groups so far
}

const (
	mostRead   = 4 << 20
	mostNested = 100
)

// expand reads text.
func (x *expander) expand(text string, flags regex.Flags) (*regex.Node, error) {
	if x.read += len(text) + 16; x.read > mostRead {
		return nil, &regex.Error{Message: "the pattern is too large with all that it refers to"}
	}
	o := regex.Options{Syntax: regex.Oniguruma, Flags: flags, Capture: x.capture}
	if x.o.Regex {
		o.Syntax = regex.RE2
	} else {
		o.Reference = x.reference
	}
	if x.o.Numbered {
		x.captures = append(x.captures, capture{name: "0", kind: kind{t: record.String}})
	}
	tree, err := regex.Parse(text, o)
	if err == nil && x.o.Numbered {
		tree = &regex.Node{Kind: regex.Group, Capture: 0, Subs: []*regex.Node{tree}}
	}
	return tree, err
}

// misplaced is an error inside a definition: what was wrong there, and where the outermost pattern refers to it.
type misplaced struct {
	pos   int
	cause error
	path  []string // the names that lead there
}

func (e *misplaced) Error() string { return e.cause.Error() }

// blame makes an error of the pattern.
func (x *expander) blame(err error) *Error {
	var path []string
	pos := -1
	var inner *misplaced
	if errors.As(err, &inner) {
		path, pos, err = inner.path, inner.pos, inner.cause
	}
	var own *Error
	var re *regex.Error
	switch {
	case errors.As(err, &own):
	case errors.As(err, &re):
		own = &Error{Pos: re.Pos, Message: re.Message, Hint: re.Hint}
	default:
		own = &Error{Pos: -1, Message: err.Error()}
	}
	if len(path) > 0 {
		name := path[len(path)-1]
		where := fmt.Sprintf("in the definition of %s, byte %d", name, own.Pos)
		if source := x.defs.named[name].source; source != "" {
			where += " (" + source + ")"
		}
		own.Message, own.Pos = where+": "+own.Message, pos
	}
	return own
}

// reference reads %{NAME:field:type} at text[i:].
func (x *expander) reference(text string, i int, flags regex.Flags) (*regex.Node, int, error) {
	r, err := readReference(text, i)
	if err != nil {
		return nil, 0, err
	}
	def, ok := x.defs.named[r.name]
	if r.inline != "" {
		def, ok = definition{text: r.inline}, true
	}
	if !ok {
		e := &Error{Pos: i + 2, Message: fmt.Sprintf("there is no pattern named %q", r.name), Names: x.defs.nearest(r.name)}
		if len(e.Names) > 0 {
			e.Hint = "perhaps " + strings.Join(e.Names, ", ")
		}
		return nil, 0, e
	}
	if at := slices.Index(x.stack, r.name); at >= 0 || len(x.stack) > mostNested {
		loop := append(slices.Clone(x.stack[max(at, 0):]), r.name)
		return nil, 0, &Error{Pos: i, Message: fmt.Sprintf("the pattern %q is defined by itself", r.name), Hint: strings.Join(loop, " > ")}
	}
	captured, err := x.named(&r, i)
	if err != nil {
		return nil, 0, err
	}
	standard := r.inline == "" && x.defs.standard(r.name, 0)
	if standard && r.name == "QUOTEDSTRING" {
		def.text = builtIn.named[r.name].text // the same without groups that are atomic, which would need marks over each line
	}
	x.stack = append(x.stack, r.name)
	sub, err := x.expand(def.text, flags)
	x.stack = x.stack[:len(x.stack)-1]
	if err != nil {
		return nil, 0, x.outside(err, i, r.name)
	}
	if native := natives[r.name]; native != nil && standard && flags == regex.DotAll {
		sub = &regex.Node{Kind: regex.Group, Capture: -1, Subs: []*regex.Node{sub}, Native: native, Pos: i}
	}
	return &regex.Node{Kind: regex.Group, Capture: captured, Subs: []*regex.Node{sub}, Label: text[i:r.end], Pos: i}, r.end, nil
}

// outside moves an error to the reference at i that led to it.
func (x *expander) outside(err error, i int, name string) error {
	var inner *misplaced
	if errors.As(err, &inner) {
		inner.pos, inner.path = i, append([]string{name}, inner.path...)
		return inner
	}
	return &misplaced{pos: i, cause: err, path: []string{name}}
}

// named makes the capture of a reference, -1: none.
func (x *expander) named(r *reference, pos int) (int, error) {
	if r.field == "" {
		if !x.o.All {
			return -1, nil
		}
		r.field = r.name
	}
	return x.add(r.field, r.kind, pos)
}

// add makes a capture for a field as it is written, with the word for its type.
func (x *expander) add(field, word string, pos int) (int, error) {
	name, path, ok := fieldPath(field)
	if !ok {
		return 0, &Error{Pos: pos, Message: fmt.Sprintf("%q is no name of a field", field), Hint: "name, or [outer][inner]"}
	}
	k := kind{t: record.String}
	if word != "" {
		if k, ok = kinds[word]; !ok {
			return 0, &Error{Pos: pos, Message: fmt.Sprintf("the field %s has the unknown type %q", field, word), Hint: "known are " + strings.Join(kindNames(), ", "), Names: kindNames()}
		}
		if word == "drop" {
			return -1, nil
		}
	}
	x.captures = append(x.captures, capture{name: name, path: path, kind: k, pos: pos})
	return len(x.captures) - 1, nil
}

// capture is called for every group of a pattern that is no reference.
func (x *expander) capture(name string, pos int) (int, error) {
	if x.o.Regex {
		return x.group(name, pos)
	}
	if name == "" {
		return -1, nil
	}
	// Go has no dots in the names of groups: its pattern sets write ___.
	field, word, _ := strings.Cut(strings.ReplaceAll(name, "___", "."), ":")
	return x.add(field, word, pos)
}

// group makes the captures of a group of a regular expression. One with a name and a number has two columns with the same text.
func (x *expander) group(name string, pos int) (int, error) {
	x.numbers++
	if name == "" && !x.o.Numbered {
		return -1, nil
	}
	c := capture{name: name, kind: kind{t: record.String}, pos: pos}
	switch {
	case name == "":
		c.name = strconv.Itoa(x.numbers)
	case x.o.Numbered:
		c.also = strconv.Itoa(x.numbers)
	}
	x.captures = append(x.captures, c)
	return len(x.captures) - 1, nil
}

// reference is a %{...} taken apart.
type reference struct {
	name, field, kind, inline string
	end                       int
}

// readReference reads %{NAME}, %{NAME:field}, %{NAME:field:type}, %{NAME=pattern} and their combinations. As in Logstash, what follows a
// blank is a comment.
func readReference(text string, i int) (r reference, err error) {
	at := nameEnd(text, i+2)
	if r.name = text[i+2 : at]; r.name == "" {
		return r, &Error{Pos: i + 2, Message: "a pattern's name is missing behind %{", Hint: `%{NAME:field}; write %\{ for the characters`}
	}
	next := func(until string) string {
		start := at + 1
		for at = start; at < len(text) && strings.IndexByte(until, text[at]) < 0; at++ {
		}
		return text[start:at]
	}
	is := func(c byte) bool { return at < len(text) && text[at] == c }
	if is(':') {
		if r.field = next(":=} ?"); r.field == "" {
			return r, &Error{Pos: at, Message: "a field's name is missing behind the colon", Hint: "%{NAME:field}, %{NAME:[outer][inner]}"}
		}
	}
	if is(':') {
		if r.kind = next("=} ?"); r.kind == "" {
			return r, &Error{Pos: at, Message: "a type is missing behind the colon", Hint: "known are " + strings.Join(kindNames(), ", ")}
		}
	}
	if is('=') {
		r.inline = next("}")
	}
	if is(' ') || is('?') {
		next("}")
	}
	switch {
	case at >= len(text):
		return r, &Error{Pos: i, Message: "%{ is not closed", Hint: "a } is missing"}
	case text[at] != '}':
		return r, &Error{Pos: at, Message: fmt.Sprintf("%q does not belong to a pattern's name", text[at]), Hint: "letters, digits, _ . and -"}
	}
	r.end = at + 1
	return r, nil
}

// counts tells how many captures of each name every match has, at least.
func (c *compiled) counts() map[string]int { return c.count(c.tree) }

func (c *compiled) count(n *regex.Node) map[string]int {
	all := map[string]int{}
	if n.Kind == regex.Repeat && n.Min == 0 || n.Kind == regex.Look && n.Negate {
		return all
	}
	for i, sub := range n.Subs {
		counts := c.count(sub)
		switch {
		case n.Kind != regex.Alt:
			for name, count := range counts {
				all[name] += count
			}
		case i == 0:
			all = counts
		default:
			for name, count := range all {
				all[name] = min(count, counts[name])
			}
		}
	}
	if n.Kind == regex.Group && n.Capture >= 0 {
		for _, name := range c.captures[n.Capture].names() {
			all[name]++
		}
	}
	return all
}
