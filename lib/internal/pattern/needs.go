package pattern

import (
	"bytes"
	"strings"
)

// What lines of a pattern of the language line have in them for sure: constant texts, in this order. It takes no more than a look at the
// pattern, which need not be compiled to see that a log has another format.

// Needs are texts and choices that follow each other.
type Needs []need

// need is a text, the shape of a time, or (when any is there) one of several.
type need struct {
	text  string
	shape shape
	any   []Needs
}

// LineNeeds finds what lines need that have one of the patterns. What it does not know is left out, so that it may need too little.
func LineNeeds(patterns []string) Needs {
	var any []Needs
	for _, text := range patterns {
		if !strings.HasPrefix(text, "{-}") { // those are no records
			r := needsReader{text: strings.ReplaceAll(strings.TrimRight(text, "\r\n"), LineFeed, "\n")}
			any = append(any, r.sequence())
		}
	}
	return Needs{{any: any}}
}

// In tells whether text has what is needed.
func (n Needs) In(text []byte) bool { return n.from(text, 0) >= 0 }

// from is the earliest place behind what is needed, -1 where something is missing.
func (n Needs) from(text []byte, at int) int {
	for i := range n {
		if at = n[i].from(text, at); at < 0 {
			return -1
		}
	}
	return at
}

func (n *need) from(text []byte, at int) int {
	if n.shape != "" {
		return n.shape.from(text, at)
	}
	if n.any == nil {
		if k := bytes.Index(text[at:], []byte(n.text)); k >= 0 {
			return at + k + len(n.text)
		}
		return -1
	}
	first := -1
	for _, needs := range n.any {
		if end := needs.from(text, at); end >= 0 && (first < 0 || end < first) {
			first = end
		}
	}
	return first
}

// needsReader reads patterns as linePattern does.
type needsReader struct {
	text    string
	i       int
	closers []byte // of the groups that are open
	cut     bool   // the line may end here
}

// sequence reads up to the end, to what closes a group, or to the sign between its parts.
func (r *needsReader) sequence() (all Needs) {
	run := ""
	add := func(more ...need) {
		if !r.cut {
			all = append(all, more...)
		}
	}
	flush := func() {
		if run != "" {
			add(need{text: run})
		}
		run = ""
	}
	for r.i < len(r.text) {
		rest := r.text[r.i:]
		switch {
		case strings.HasPrefix(rest, "{{"), strings.HasPrefix(rest, "}}"):
			run += rest[:1]
			r.i += 2
		case strings.HasPrefix(rest, "{ }"): // several blanks may stand there
			run += " "
			flush()
			r.i += 3
		case strings.HasPrefix(rest, "{?"), strings.HasPrefix(rest, "{["), strings.HasPrefix(rest, "{*"), strings.HasPrefix(rest, "{!"):
			flush()
			if any := r.group(); rest[1] == '!' {
				add(need{any: any})
			}
		case r.ends(rest):
			flush()
			return all
		case rest[0] == '{':
			flush()
			field, _, _ := strings.Cut(rest[1:], "}")
			r.i = min(r.i+len(field)+2, len(r.text))
			add(fieldNeeds(field)...)
			r.cut = r.cut || strings.Contains(field, " cut")
		default:
			n := strings.IndexAny(rest[1:], "{}?!]*\n") + 1
			if n == 0 {
				n = len(rest)
			}
			run += rest[:n]
			r.i += n
		}
	}
	flush()
	return all
}

// ends tells whether rest begins with what ends a part of the group that is open.
func (r *needsReader) ends(rest string) bool {
	n := len(r.closers)
	if n == 0 || len(rest) < 2 {
		return false
	}
	closer := r.closers[n-1]
	return rest[0] == closer && rest[1] == '}' || closer != '?' && strings.HasPrefix(rest, "{|}")
}

// group reads a group: what each of its parts needs.
func (r *needsReader) group() (parts []Needs) {
	opener := r.text[r.i+1]
	closer := map[byte]byte{'[': ']'}[opener]
	if closer == 0 {
		closer = opener
	}
	r.i += 2
	if opener == '?' && strings.HasPrefix(r.text[r.i:], "?") && !strings.HasPrefix(r.text[r.i:], "?}") {
		r.i++ // {??
	}
	r.closers = append(r.closers, closer)
	for {
		parts = append(parts, r.sequence())
		if !strings.HasPrefix(r.text[r.i:], "{|}") {
			break
		}
		r.i += 3
	}
	r.closers = r.closers[:len(r.closers)-1]
	r.i = min(r.i+2, len(r.text))
	return parts
}

// fieldNeeds are those of what stands between braces: one of the values of a word that has few, the patterns of a macro.
func fieldNeeds(field string) Needs {
	if macro, ok := strings.CutPrefix(field, "@"); ok {
		name, argument, _ := strings.Cut(macro, " ")
		argument, programs, _ := strings.Cut(argument, " ")
		inner := needsReader{text: strings.NewReplacer("@", argument, "#", programs).Replace(lineMacros[name])}
		return inner.sequence()
	}
	_, kind, _ := strings.Cut(field, ":")
	if strings.Contains(kind, " null=") || strings.Contains(kind, " empty") {
		return nil
	}
	if layouts, ok := strings.CutPrefix(kind, "timestamp"); ok && field[0] != '+' { // of a time in several parts
		return timeNeeds(layouts)
	}
	_, values, ok := strings.Cut(kind, " is=")
	if !ok {
		return nil
	}
	values, _, _ = strings.Cut(values, " ")
	var any []Needs
	for value := range strings.SplitSeq(values, "|") {
		any = append(any, Needs{{text: value}})
	}
	return Needs{{any: any}}
}

// timeNeeds are those of a time in one of several layouts.
func timeNeeds(layouts string) Needs {
	var any []Needs
	for layout := range strings.SplitSeq(layouts, "|") {
		s := shapeOf(strings.TrimSpace(layout))
		if s == "" {
			return nil
		}
		any = append(any, Needs{{shape: s}})
	}
	return Needs{{any: any}}
}
