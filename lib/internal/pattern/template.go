package pattern

import "strconv"

// template collects the pieces of the languages in which the user names every field: dissect, Loki's, LogsQL's.
type template struct {
	elements []Element
	run      []byte
	runPos   int
}

// text adds constant text. Text in a row becomes one literal.
func (t *template) text(text string, pos int) {
	if len(t.run) == 0 {
		t.runPos = pos
	}
	t.run = append(t.run, text...)
}

// value adds a field.
func (t *template) value(e Element) {
	t.flush()
	t.elements = append(t.elements, e)
}

func (t *template) flush() {
	if len(t.run) > 0 {
		t.elements = append(t.elements, Element{Literal: string(t.run), Source: string(t.run), Pos: t.runPos})
		t.run = t.run[:0]
	}
}

// tree makes a tree of the pieces. What stands behind the last literal of the pattern is dropped. hint says what to do about a field
// that is there twice, open how a field begins.
func (t *template) tree(hint, example string) (*Tree, *Error) {
	t.flush()
	named, at := false, map[string]int{}
	for i := range t.elements {
		e := &t.elements[i]
		if e.Kind == KindLiteral {
			continue
		}
		if i > 0 && t.elements[i-1].Kind != KindLiteral && t.elements[i-1].Width == 0 {
			before := &t.elements[i-1]
			return nil, &Error{e.Pos, shorten(before.Source) + " and " + shorten(e.Source) + " stand side by side: nothing tells where one ends and the other begins",
				"a constant character is needed between them"}
		}
		if e.Field == "" {
			continue
		}
		named = true
		if first, have := at[e.Field]; have && !(e.Part && t.elements[first].Part) {
			return nil, &Error{e.Pos, "the field " + shorten(e.Field) + " is there twice", hint}
		}
		at[e.Field] = i
	}
	if !named {
		return nil, &Error{0, "the pattern has no field", "a field is written " + example}
	}
	if last := &t.elements[len(t.elements)-1]; last.Kind == KindLiteral || last.Width > 0 {
		t.elements = append(t.elements, tail(last.Pos+len(last.Source)))
	}
	return &Tree{Elements: t.elements}, nil
}

// tail is the rest of the line, whatever it is, which is dropped.
func tail(pos int) Element {
	return Element{Kind: KindText, Reading: Reading{MayBeEmpty: true}, Source: "the rest of the line", Pos: pos}
}

// anything is a value that is any text, also none.
func anything(field, source string, pos int) Element {
	return Element{Kind: KindText, Field: field, Reading: Reading{MayBeEmpty: true}, Source: source, Pos: pos}
}

// refuseLineFeed is the error for a line feed in text, which stands at offset.
func refuseLineFeed(text string, offset int) *Error {
	s := plain(text, offset)
	return s.oneLine()
}

// number reads decimal digits that make a number from 1 to most.
func number(text string, most int) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 1 && n <= most && text[0] != '+'
}

// dotted makes one value of a class or logger, a dot and a function: names hold dots themselves.
func dotted(elements []Element) []Element {
	out := elements[:0]
	for i := 0; i < len(elements); i++ {
		e := elements[i]
		if i+2 < len(elements) && (e.Field == "class" || e.Field == "logger") && e.Kind == KindText && elements[i+1].Literal == "." && elements[i+2].Field == "function" && !e.Unusual() && !elements[i+2].Unusual() {
			e.Kind, e.Port, e.Source = KindDotted, "function", e.Source+"."+elements[i+2].Source
			i += 2
		}
		out = append(out, e)
	}
	return out
}

// freeSeverity takes the severity from a level where another field has that name.
func freeSeverity(elements []Element) {
	for i := range elements {
		for k := range elements {
			if e := &elements[k]; e.Severity != "" && i != k && (elements[i].Field == e.Severity || elements[i].Port == e.Severity) {
				e.Severity = ""
			}
		}
	}
}
