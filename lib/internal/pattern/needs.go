package pattern

import (
	"bytes"
	"slices"
	"strings"
)

// What lines of a pattern of the language line have in them for sure: constant texts and times, in this order, those that it begins with at the
// beginning. It takes no more than a look at the pattern, which need not be compiled to see that a log has another format.

// Needs are what forms of a line need, of which one is enough.
type Needs []formNeeds

type formNeeds struct {
	needs needs
	feeds bool // a record of it goes over several lines
}

// needs follow each other.
type needs []need

// need is a text, the shape of a time or a number, or (when any is there) one of several.
type need struct {
	text  string
	shape shape
	any   []needs
	here  bool // right behind what is in front; those of any say it themselves
}

// LineNeeds finds what lines need that have one of the patterns. What it does not know is left out, so that it may need too little.
func LineNeeds(patterns []string) (all Needs) {
	for _, text := range patterns {
		if !strings.HasPrefix(text, "{-}") { // those are no records
			text = strings.ReplaceAll(strings.TrimRight(text, "\r\n"), LineFeed, "\n")
			feeds := strings.Contains(text, "\n") || strings.Contains(text, " cell") // a cell of CSV may go over several lines
			for _, needs := range variantNeeds(text) {
				all = append(all, formNeeds{needs, feeds})
			}
		}
	}
	return all
}

// variantNeeds are those of a pattern with and without each of the groups that it begins with and that may be missing.
func variantNeeds(text string) (all []needs) {
	if strings.HasPrefix(text, "{@") {
		macro, rest, _ := strings.Cut(text[2:], "}")
		text = macroText(macro) + rest
	}
	r := needsReader{text: text, here: true}
	if !strings.HasPrefix(text, "{?") && !strings.HasPrefix(text, "{[") {
		return []needs{r.sequence()}
	}
	parts := r.group()
	behind := needsReader{text: text[r.i:]}
	more := behind.sequence()
	for _, part := range parts {
		all = append(all, slices.Concat(part, more))
	}
	return append(all, variantNeeds(text[r.i:])...)
}

// In tells whether there is what is needed in text: one line, or several in one of which a record may begin.
func (n Needs) In(text []byte) bool {
	for at := 0; ; {
		end := len(text)
		if k := bytes.IndexByte(text[at:], '\n'); k >= 0 {
			end = at + k
		}
		for i := range n {
			of := text[:end]
			if n[i].feeds {
				of = text
			}
			if n[i].needs.from(of, at) >= 0 {
				return true
			}
		}
		if at = end + 1; at > len(text) {
			return len(n) == 0
		}
	}
}

// from is the earliest place behind what is needed, -1 where something is missing.
func (n needs) from(text []byte, at int) int {
	for i := range n {
		if at = n[i].from(text, at); at < 0 {
			return -1
		}
	}
	return at
}

func (n *need) from(text []byte, at int) int {
	switch {
	case n.any != nil:
		return earliest(n.any, text, at)
	case n.shape != "" && n.here:
		return n.shape.end(text, at)
	case n.shape != "":
		return n.shape.from(text, at)
	}
	k := 0
	if n.here {
		if !bytes.HasPrefix(text[at:], []byte(n.text)) {
			return -1
		}
	} else if k = bytes.Index(text[at:], []byte(n.text)); k < 0 {
		return -1
	}
	return at + k + len(n.text)
}

// earliest is the first place behind one of several, or -1.
func earliest(any []needs, text []byte, at int) int {
	first := -1
	for _, needs := range any {
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
	here    bool   // what comes next stands right behind what is needed so far
}

// mostNeeds are noted of a pattern, or of a part of a group: they tell it from others, and more would only take room.
const mostNeeds = 6

// sequence reads up to the end, to what closes a group, or to the sign between its parts.
func (r *needsReader) sequence() needs {
	var all [mostNeeds]need
	n := 0
	add := func(more need) {
		if !r.cut && n < len(all) {
			all[n] = more
			n++
		}
	}
	run := ""
	flush := func() {
		if run != "" && (r.here || run != " ") { // of blanks any line has some
			add(need{text: run, here: r.here})
		}
		run = ""
	}
	for r.i < len(r.text) && (len(r.closers) > 0 || n < len(all) && !r.cut) {
		rest := r.text[r.i:]
		switch {
		case strings.HasPrefix(rest, "{{"), strings.HasPrefix(rest, "}}"):
			run += rest[:1]
			r.i += 2
		case strings.HasPrefix(rest, "{ }"): // several blanks may stand there
			run += " "
			flush()
			r.here = false
			r.i += 3
		case strings.HasPrefix(rest, "{?"), strings.HasPrefix(rest, "{["), strings.HasPrefix(rest, "{*"), strings.HasPrefix(rest, "{!"):
			flush()
			if any := r.group(); rest[1] == '!' {
				add(need{any: any})
			}
			r.here = false
		case r.ends(rest):
			flush()
			return slices.Clone(all[:n])
		case rest[0] == '{':
			flush()
			field, _, _ := strings.Cut(rest[1:], "}")
			r.i = min(r.i+len(field)+2, len(r.text))
			of, whole := fieldNeeds(field, r.here)
			for _, one := range of {
				add(one)
			}
			r.here = r.here && whole
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
	return slices.Clone(all[:n])
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
func (r *needsReader) group() (parts []needs) {
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
	here := r.here
	for {
		r.here = here
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

// fieldNeeds are those of what stands between braces: a time, a number, one of the values of a word that has few, the patterns of a macro. whole: there
// is nothing else in it.
func fieldNeeds(field string, here bool) (of needs, whole bool) {
	if macro, ok := strings.CutPrefix(field, "@"); ok {
		inner := needsReader{text: macroText(macro), here: here}
		return inner.sequence(), false
	}
	_, kind, _ := strings.Cut(field, ":")
	words := strings.Fields(kind)
	if len(words) == 0 || strings.Contains(kind, " null=") || slices.Contains(words, "empty") {
		return nil, false
	}
	here = here && !slices.Contains(words, "trim") && !slices.Contains(words, "cell")
	switch layouts, ok := strings.CutPrefix(kind, "timestamp"); {
	case ok && field[0] == '+': // of a time in several parts
		return nil, false
	case ok:
		return timeNeeds(layouts, here), false
	case here && (words[0] == "int" || words[0] == "uint"):
		return needs{{shape: "n", here: true}}, true
	case here && words[0] == "level" && inLetters(words[1:]):
		return needs{{shape: "a", here: true}}, false
	}
	_, values, ok := strings.Cut(kind, " is=")
	if !ok {
		return nil, false
	}
	values, _, _ = strings.Cut(values, " ")
	var any []needs
	for value := range strings.SplitSeq(values, "|") {
		any = append(any, needs{{text: value, here: here}})
	}
	return needs{{any: any}}, false
}

// macroText is the pattern that a macro with its arguments stands for.
func macroText(macro string) string {
	name, argument, _ := strings.Cut(macro, " ")
	argument, programs, _ := strings.Cut(argument, " ")
	return strings.NewReplacer("@", argument, "#", programs).Replace(lineMacros[name])
}

// inLetters tells whether a level is one of the words that are known, all of which begin with letters.
func inLetters(options []string) bool {
	return slices.Contains(options, "known") && !slices.ContainsFunc(options, func(word string) bool { return word[0]|0x20-'a' >= 26 })
}

// timeNeeds are those of a time in one of several layouts.
func timeNeeds(layouts string, here bool) needs {
	var any []needs
	for layout := range strings.SplitSeq(layouts, "|") {
		s := shapeOf(strings.TrimSpace(layout))
		if s == "" {
			return nil
		}
		any = append(any, needs{{shape: s, here: here}})
	}
	return needs{{any: any}}
}
