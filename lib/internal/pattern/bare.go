package pattern

import "strings"

// AllowBareDashes lets a null text between quotes stand without them, as some writers have it: on lines that do not fit, "-" or - may stand
// where the value of a quoted element is null.
func (t *Tree) AllowBareDashes() {
	if t.Else != nil || !t.hasQuotedNull() {
		return
	}
	bare := &Tree{Text: t.Text, Elements: make([]Element, 0, len(t.Elements))} // elements are large
	first, spaced := true, true
	rest := t.Elements
	for len(rest) > 0 {
		e := rest[0]
		if n := len(bare.Elements); n > 0 && len(rest) > 1 && quotedNull(&bare.Elements[n-1], &e, &rest[1]) {
			before := &bare.Elements[n-1]
			before.Literal = before.Literal[:len(before.Literal)-1]
			if first {
				bare.Dash = before.Literal
			}
			spaced = spaced && e.Null == "-" && strings.HasSuffix(before.Literal, " ") && (rest[1].Literal == `"` && (len(rest) == 2 || rest[2].Kind == KindRest) || strings.HasPrefix(rest[1].Literal, `" `))
			if before.Literal == "" {
				bare.Elements = bare.Elements[:n-1]
			}
			quote := Element{Kind: KindLiteral, Literal: `"`, Source: `"`, Pos: e.Pos}
			dash := Element{Kind: KindLiteral, Literal: e.Null, Source: e.Null, Pos: e.Pos}
			bare.Elements = append(bare.Elements, Element{Kind: KindGroup, Choice: One, Source: e.Source, Pos: e.Pos,
				Groups: []Tree{{Elements: []Element{quote, e, quote}}, {Elements: []Element{dash}}}})
			behind := rest[1]
			if behind.Literal = behind.Literal[1:]; behind.Literal != "" {
				behind.Source = behind.Literal
				bare.Elements = append(bare.Elements, behind)
			}
			first, rest = false, rest[2:]
			continue
		}
		bare.Elements = append(bare.Elements, e)
		rest = rest[1:]
	}
	if !spaced {
		bare.Dash = ""
	}
	t.Else = bare
}

// AllowNoClient lets a line begin with nothing in the place of the client, as servers of Python write it for who comes over a socket:
// " - - [time] ...". Behind it stands the dash of the ident, so that a common line with a blank in front is none.
func (t *Tree) AllowNoClient() {
	e := t.Elements
	if len(e) < 5 || e[0].Field != "client" || e[0].Kind != KindText || e[1].Literal != " " || e[2].Field != "ident" || e[3].Literal != " " {
		return
	}
	behind := e[4:]
	begin := Element{Kind: KindLiteral, Literal: " - ", Source: " - "}
	last := t
	for last.Else != nil {
		last = last.Else
	}
	last.Else = &Tree{Text: t.Text, Elements: append([]Element{begin}, behind...)}
}

func (t *Tree) hasQuotedNull() bool {
	for i := 1; i+1 < len(t.Elements); i++ {
		if quotedNull(&t.Elements[i-1], &t.Elements[i], &t.Elements[i+1]) {
			return true
		}
	}
	return false
}

// quotedNull tells whether e is a value between quotes that may be null, and nothing makes that hard to take apart.
func quotedNull(before, e, behind *Element) bool {
	return (e.Kind == KindText || e.Kind == KindRequest) && e.Null != "" && !e.Part && before.Kind == KindLiteral && strings.HasSuffix(before.Literal, `"`) && !before.Optional &&
		behind.Kind == KindLiteral && strings.HasPrefix(behind.Literal, `"`) && !behind.Optional
}
