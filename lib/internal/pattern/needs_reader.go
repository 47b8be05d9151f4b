package pattern

import (
	"slices"
	"strconv"
	"strings"
)

// needsReader reads patterns as linePattern does.
type needsReader struct {
	text    string
	i       int
	closers []byte // of the groups that are open
	cut     bool   // the line may end here
	here    bool   // what comes next stands right behind what is needed so far, which is at the beginning ...
	next    bool   // ... or right behind the last of it, wherever that is
	most    int    // needs that are noted
}

// mostNeeds are noted of a pattern, or of a part of a group: they tell it from others, and more would only take room.
const mostNeeds = 6

// noted are needs as they are found, most of them.
type noted struct {
	list    [mostNeeds]need
	n, most int
}

// add tells whether there was room.
func (l *noted) add(more need) bool {
	if l.weak(); l.n == l.most {
		return false
	}
	l.list[l.n] = more
	l.n++
	return true
}

// weak takes the last need away if it is a blank: of those any line has some.
func (l *noted) weak() {
	if k := l.n - 1; k >= 0 && !l.list[k].here && l.list[k].text == " " && l.list[k].shape == "" {
		l.n--
	}
}

func (l *noted) needs() needs {
	l.weak()
	return slices.Clone(l.list[:l.n])
}

// last is the need that what comes next continues, or nil.
func (l *noted) last() *need {
	if l.n == 0 || l.list[l.n-1].any != nil || l.list[l.n-1].texts != "" {
		return nil
	}
	return &l.list[l.n-1]
}

// literal notes a constant text.
func (r *needsReader) literal(l *noted, text string) {
	if text == "" || r.cut {
		return
	}
	switch last := l.last(); {
	case last == nil || !r.next || !last.shape.ends(text[0]):
		r.here = r.here && last == nil
		r.next = l.add(need{text: text, here: r.here})
	case last.shape == "":
		last.text += text
	default:
		last.shape += escaped(text)
	}
}

// value notes what has a shape. whole: there is nothing else in it.
func (r *needsReader) value(l *noted, s shape, whole bool) {
	if last := l.last(); last != nil && r.next && last.shape.literal() {
		last.shape += s
	} else {
		r.here = r.here && last == nil
		whole = l.add(need{shape: s, here: r.here}) && whole
	}
	r.here, r.next = r.here && whole, whole
}

// exact tells whether the place is known where what comes next stands.
func (r *needsReader) exact(l *noted) bool {
	last := l.last()
	return r.here && (last == nil || last.shape.opens() == 0)
}

// sequence reads up to the end, to what closes a group, or to the sign between its parts.
func (r *needsReader) sequence() needs {
	l := noted{most: r.most}
	run := ""
	flush := func() {
		r.literal(&l, run)
		run = ""
	}
	r.next = r.here
	for r.i < len(r.text) && (len(r.closers) > 0 || (l.n < l.most || r.next) && !r.cut) {
		rest := r.text[r.i:]
		switch {
		case strings.HasPrefix(rest, "{{"), strings.HasPrefix(rest, "}}"):
			run += rest[:1]
			r.i += 2
		case strings.HasPrefix(rest, "{ }"): // several blanks may stand there
			run += " "
			flush()
			if last := l.last(); last != nil && r.next && !r.cut {
				last.shape += " "
			}
			r.i += 3
		case strings.HasPrefix(rest, "{?"), strings.HasPrefix(rest, "{["), strings.HasPrefix(rest, "{*"), strings.HasPrefix(rest, "{!"):
			flush()
			r.choice(&l)
		case r.ends(rest):
			flush()
			return l.needs()
		case rest[0] == '{':
			flush()
			field, _, _ := strings.Cut(rest[1:], "}")
			r.i = min(r.i+len(field)+2, len(r.text))
			r.field(&l, field)
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
	return l.needs()
}

// choice reads a group. Of one of which a part is there it notes what each needs.
func (r *needsReader) choice(l *noted) {
	must, here, cut := r.text[r.i+1] == '!', r.exact(l), r.cut
	var any []needs
	r.group(func() {
		r.here = here
		any = append(any, r.sequence())
	})
	if must && !cut {
		l.add(need{any: any})
	}
	r.here, r.next = false, false
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

// group reads a group by its parts and gives where they stand. part may read one; what it leaves is passed over.
func (r *needsReader) group(part func()) (spans [][2]int) {
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
		from := r.i
		if part(); r.i == from {
			r.sequence()
		}
		spans = append(spans, [2]int{from, r.i})
		if !strings.HasPrefix(r.text[r.i:], "{|}") {
			break
		}
		r.i += 3
	}
	r.closers = r.closers[:len(r.closers)-1]
	r.i = min(r.i+2, len(r.text))
	return spans
}

// field notes what stands between braces: a time, a number, one of the values of a word that has few, the patterns of a macro.
func (r *needsReader) field(l *noted, field string) {
	if r.cut {
		return
	}
	if macro, ok := strings.CutPrefix(field, "@"); ok {
		inner := needsReader{text: macroText(macro), here: r.exact(l), most: r.most}
		for _, one := range inner.sequence() {
			l.add(one)
		}
		r.here, r.next = false, false
		return
	}
	name, kind, _ := strings.Cut(field, ":")
	if strings.Contains(name, "=") {
		return // a constant of its own, which takes nothing of the line
	}
	if kind == "" || strings.Contains(kind, " null=") || option(kind, " empty") {
		r.here, r.next = false, false
		return
	}
	if option(kind, " trim") || option(kind, " cell") {
		r.here, r.next = false, false
	}
	word, options, _ := strings.Cut(kind, " ")
	switch {
	case word == "timestamp" && field[0] != '+': // not of a time in several parts
		r.time(l, options)
		return
	case r.next && (word == "int" || word == "uint"):
		r.value(l, "n", true)
		return
	case r.next && word == "word" && wide(options) > 0:
		r.value(l, shape(strings.Repeat("w", wide(options))), true)
		return
	case r.next && word == "level":
		if s := levelShape(kind); s != "" {
			r.value(l, s, false)
			return
		}
	}
	if _, values, ok := strings.Cut(kind, " is="); ok {
		values, _, _ = strings.Cut(values, " ")
		l.add(need{texts: values, here: r.exact(l)})
	}
	r.here, r.next = false, false
}

// wide is how many bytes a value has by its options, 0 where they do not say it. None is as wide as a line.
func wide(options string) int {
	_, width, _ := strings.Cut(options, "width=")
	width, _, _ = strings.Cut(width, " ")
	n, _ := strconv.Atoi(width)
	return max(0, min(n, 64))
}

// option tells whether a word, with a blank in front, stands in text.
func option(text, word string) bool {
	i := strings.Index(text, word)
	return i >= 0 && (i+len(word) == len(text) || text[i+len(word)] == ' ')
}

// time notes a time in one of several layouts.
func (r *needsReader) time(l *noted, layouts string) {
	here := r.exact(l)
	var any []needs
	for layout := range strings.SplitSeq(layouts, "|") {
		s, whole := shapeOf(strings.TrimSpace(layout))
		switch {
		case s == "":
			r.here, r.next = false, false
			return
		case layout == layouts: // there is no other
			r.value(l, s, whole)
			return
		}
		any = append(any, needs{{shape: s, here: here}})
	}
	l.add(need{any: any})
	r.here, r.next = false, false
}

// macroText is the pattern that a macro with its arguments stands for.
func macroText(macro string) string {
	name, argument, _ := strings.Cut(macro, " ")
	argument, programs, _ := strings.Cut(argument, " ")
	return strings.ReplaceAll(strings.ReplaceAll(lineMacros[name], "@", argument), "#", programs)
}

// levelShape is the shape of a level that is one of the words that are known, "" of any other: all those words begin with letters, if the pattern
// does not add others.
func levelShape(kind string) shape {
	if !option(kind, " known") {
		return ""
	}
	_, options, _ := strings.Cut(kind, " ")
	usual := true
	for word := range strings.SplitSeq(options, " ") {
		if word != "" && word[0]|0x20-'a' >= 26 {
			return ""
		}
		usual = usual && !strings.Contains(word, "=")
	}
	if usual {
		return "l"
	}
	return "a"
}
