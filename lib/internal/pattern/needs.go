package pattern

import (
	"bytes"
	"strings"
)

// What lines of a pattern of the language line have in them for sure: constant texts and times, in this order, those that it begins with at the
// beginning. It takes no more than a look at the pattern, which need not be compiled to see that a log has another format.

// Needs are what forms of a line need, of which one is enough.
type Needs []formNeeds

// formNeeds are what a form needs first, and its pattern, which is read again for more where a line has that.
type formNeeds struct {
	first need
	text  string
	feeds bool // a record of it goes over several lines
}

// needs follow each other.
type needs []need

// need is a text and right behind it what has a shape, either of which may be empty, or one of several texts, or (when any is there) one of several.
type need struct {
	text  string
	shape shape
	texts string // with bars between them
	any   []needs
	here  bool // right behind what is in front; those of any say it themselves
}

// LineNeeds finds what lines need that have one of the patterns. What it does not know is left out, so that it may need too little.
func LineNeeds(patterns []string) (all Needs) {
	for _, text := range patterns {
		if !strings.HasPrefix(text, "{-}") { // those are no records
			text = strings.ReplaceAll(strings.TrimRight(text, "\r\n"), LineFeed, "\n")
			feeds := strings.Contains(text, "\n") || strings.Contains(text, " cell") // a cell of CSV may go over several lines
			left := mostBeginnings
			all = beginnings(all, text, feeds, &left)
		}
	}
	return all
}

// mostBeginnings of a pattern are told apart.
const mostBeginnings = 24

// beginnings adds the pattern with and without each of the groups that it begins with and that may be missing, with each part of those of which one is
// there, and with each layout of a time. left is how many more there may be.
func beginnings(all Needs, text string, feeds bool, left *int) Needs {
	at := strings.IndexByte(text, '{')
	if at >= 0 && strings.HasPrefix(text[at:], "{@") {
		macro, rest, _ := strings.Cut(text[at+2:], "}")
		text = text[:at] + macroText(macro) + rest
		at = strings.IndexByte(text, '{')
	}
	choices, rest := leading(text, at)
	if *left -= len(choices); len(choices) == 0 || *left < 0 {
		f := formNeeds{text: text, feeds: feeds}
		r := needsReader{text: text, here: true, most: 1}
		if first := r.sequence(); len(first) > 0 {
			f.first = first[0]
		}
		return append(all, f)
	}
	for _, choice := range choices {
		all = beginnings(all, text[:at]+choice+rest, feeds, left)
	}
	return all
}

// leading are the texts that may stand in place of what stands at text[at:], and what is behind that; none: only it does.
func leading(text string, at int) (choices []string, rest string) {
	if at < 0 || at+1 == len(text) {
		return nil, ""
	}
	switch text[at+1] {
	case '?', '[', '!':
		r := needsReader{text: text, i: at}
		for _, span := range r.group(func() {}) {
			choices = append(choices, text[span[0]:span[1]])
		}
		if text[at+1] != '!' {
			choices = append(choices, "")
		}
		return choices, text[r.i:]
	case '{', '*':
		return nil, ""
	}
	field, rest, _ := strings.Cut(text[at+1:], "}")
	name, layouts, ok := strings.Cut(field, ":timestamp ")
	if !ok || !strings.Contains(layouts, "|") || strings.HasPrefix(name, "+") {
		return nil, ""
	}
	for layout := range strings.SplitSeq(layouts, "|") {
		choices = append(choices, "{"+name+":timestamp "+strings.TrimSpace(layout)+"}")
	}
	return choices, rest
}

// In tells whether there is what is needed in text: lines, in one of which a record may begin.
func (n Needs) In(text []byte) bool {
	var room [16]int
	ends := lineEnds(text, room[:0])
	for i := range n {
		if n[i].in(text, ends) {
			return true
		}
	}
	return len(n) == 0
}

// lineEnds appends where the lines of a text end.
func lineEnds(text []byte, ends []int) []int {
	for at := 0; ; {
		k := bytes.IndexByte(text[at:], '\n')
		if k < 0 {
			return append(ends, len(text))
		}
		ends = append(ends, at+k)
		at += k + 1
	}
}

func (f *formNeeds) in(text []byte, ends []int) bool {
	if !f.begins(text, ends, needs{f.first}) {
		return false
	}
	r := needsReader{text: f.text, here: true, most: mostNeeds}
	return f.begins(text, ends, r.sequence())
}

// begins tells whether there is what is needed behind the beginning of a line.
func (f *formNeeds) begins(text []byte, ends []int, of needs) bool {
	at := 0
	for _, end := range ends {
		record := text[:end]
		if f.feeds {
			record = text
		}
		if of.from(record, at) >= 0 {
			return true
		}
		at = end + 1
	}
	return false
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
	case n.texts != "":
		return n.earliestText(text, at)
	}
	return textEnd(n.text, n.shape, n.here, text, at)
}

// textEnd is the first place behind what is wanted and a shape right behind it, or -1; here: only at this place.
func textEnd(want string, behind shape, here bool, text []byte, at int) int {
	switch {
	case want == "" && behind == "": // nothing
		return at
	case here && !bytes.HasPrefix(text[at:], []byte(want)):
		return -1
	case here:
		return behind.end(text, at+len(want))
	case want == "":
		return behind.from(text, at)
	}
	for {
		k := bytes.Index(text[at:], []byte(want))
		if k < 0 {
			return -1
		}
		place := at + k + len(want)
		if end := behind.end(text, place); end >= 0 {
			return end
		}
		at = max(at+k+1, behind.run(text, place)-len(want)) // in what the shape has taken it would come to the same place
	}
}

// earliest is the first place behind one of several, or -1.
func earliest(any []needs, text []byte, at int) int {
	first := -1
	for _, needs := range any {
		first = sooner(first, needs.from(text, at))
	}
	return first
}

// earliestText is the first place behind one of the texts, or -1.
func (n *need) earliestText(text []byte, at int) int {
	first := -1
	for rest, more := n.texts, true; more; {
		var one string
		one, rest, more = strings.Cut(rest, "|")
		first = sooner(first, textEnd(one, "", n.here, text, at))
	}
	return first
}

// sooner is the first of two places, of which -1 is none.
func sooner(a, b int) int {
	if a < 0 || b >= 0 && b < a {
		return b
	}
	return a
}
