package pattern

import (
	"strings"
	"unicode/utf8"
)

// CompileDissect makes a tree of a dissect pattern as Logstash, Elasticsearch and Filebeat read it: constant text and fields.
//
//	%{key}      the text up to what follows; the last field takes the rest of the line, also nothing
//	%{}  %{?x}  the same, dropped
//	%{key->}    what follows may be repeated: padding
//	%{+key}     one more part of key: the parts are joined by the text that stands before each; %{+key/2} says its place among them
//	%{key#4}    four bytes, so that no constant text is needed behind
//	%{key|int}  with a type: integer long float double boolean ip
//
// [a][b] is the column a.b. The pattern begins at the line's first byte; what stands behind its last literal is dropped. The error is
// an *Error.
func CompileDissect(text string) (*Tree, error) {
	return public(compileDissect(text))
}

const (
	dissectTwice = "%{+key} joins one more part to a field; %{?key} names what is dropped"
	dissectKey   = "%{key}"
)

func compileDissect(text string) (*Tree, *Error) {
	text = strings.TrimRight(text, "\r\n")
	if err := refuseLineFeed(text, 0); err != nil {
		return nil, err
	}
	var t template
	for i := 0; i < len(text); {
		open := strings.Index(text[i:], "%{")
		if open < 0 {
			t.text(text[i:], i)
			break
		}
		if open > 0 {
			t.text(text[i:i+open], i)
			i += open
		}
		end := strings.IndexByte(text[i:], '}')
		if end < 0 {
			return nil, &Error{i, "%{ is not closed", "write %{key}"}
		}
		e, err := dissectField(text[i:i+end+1], i)
		if err != nil {
			return nil, err
		}
		t.value(e)
		i += end + 1
	}
	t.flush()
	joinParts(t.elements)
	return t.tree(dissectTwice, dissectKey)
}

// dissectField reads %{...}.
func dissectField(source string, pos int) (Element, *Error) {
	key := source[2 : len(source)-1]
	at := pos + 2
	e := anything("", source, pos)
	if rest, cut := strings.CutSuffix(key, "->"); cut {
		e.Repeat, key = true, rest
	}
	key, kind, typed := cutLast(key, "|")
	if typed {
		var known bool
		if e.Kind, known = dissectTypes[kind]; !known {
			return e, &Error{at + len(key) + 1, "unknown type " + shorten(kind), "integer, long, float, double, boolean or ip; or give it in fields"}
		}
	}
	key, width, fixed := cutLast(key, "#")
	if fixed {
		var ok bool
		if e.Width, ok = number(width, 1<<16); !ok {
			return e, &Error{at + len(key) + 1, "a length is a number from 1 to 65536, not " + shorten(width), "%{key#4} takes four bytes"}
		}
	}
	if key == "" {
		return e, nil
	}
	switch key[0] {
	case '?':
		return e, nil
	case '*', '&':
		return e, &Error{at, "a key that the line itself names (" + shorten(source) + ") is not supported: columns have fixed names",
			"read both as fields of their own, or key=value pairs with the engine keyvalue"}
	case '+':
		e.Part = true
		key = key[1:]
		at++
		name, order, ordered := cutLast(key, "/")
		if ordered {
			n, ok := number(order, 1<<16)
			if !ok {
				return e, &Error{at + len(name) + 1, "a place is a number from 1, not " + shorten(order), "%{+key/2} is the second part"}
			}
			e.Order, key = n, name
		}
	}
	field, ok := fieldReference(key)
	if !ok {
		return e, &Error{at, "no name of a field: " + shorten(source), "%{key}, %{+key}, %{?key} or %{}"}
	}
	e.Field = field
	return e, nil
}

var dissectTypes = map[string]Kind{"integer": KindInt, "int": KindInt, "long": KindInt, "float": KindFloat, "double": KindFloat, "boolean": KindBool, "bool": KindBool, "ip": KindIP}

// cutLast cuts text at the last mark.
func cutLast(text, mark string) (before, after string, found bool) {
	if i := strings.LastIndex(text, mark); i >= 0 {
		return text[:i], text[i+len(mark):], true
	}
	return text, "", false
}

// fieldReference is the column that a name, or Logstash's reference [a][b], stands for.
func fieldReference(key string) (string, bool) {
	if strings.HasPrefix(key, "[") && strings.HasSuffix(key, "]") {
		key = strings.ReplaceAll(key[1:len(key)-1], "][", ".")
	}
	for _, c := range []byte(key) {
		if c < ' ' || c == 0x7f || strings.IndexByte("{}[]%*&?", c) >= 0 {
			return "", false
		}
	}
	return key, key != "" && key == strings.TrimSpace(key) && utf8.ValidString(key)
}

// joinParts makes parts of all elements that share a field with one that is a part, and gives each the text that stands before it as
// glue. Without a literal before it, it is the one behind.
func joinParts(elements []Element) {
	whole := map[string]int{}
	for i := range elements {
		if elements[i].Part {
			whole[elements[i].Field] = 0
		}
	}
	for i := range elements {
		e := &elements[i]
		count, joined := whole[e.Field]
		if !joined || e.Field == "" {
			continue
		}
		if !e.Part && count > 0 {
			continue // %{+a} %{a}: the second is a mistake, which tree reports
		}
		if !e.Part {
			e.Part, e.Order = true, -1
		}
		whole[e.Field]++
		switch {
		case i > 0 && elements[i-1].Kind == KindLiteral:
			e.Glue = elements[i-1].Literal
		case i+1 < len(elements) && elements[i+1].Kind == KindLiteral:
			e.Glue = elements[i+1].Literal
		}
	}
	for i := range elements { // what is joined has one type: that of the first part which says one
		if e := &elements[i]; e.Part && e.Kind != KindText {
			for k := range elements {
				if elements[k].Part && elements[k].Field == e.Field {
					elements[k].Kind = e.Kind
				}
			}
		}
	}
}
