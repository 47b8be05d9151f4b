package pattern

import (
	"html"
	"strings"
	"unicode/utf8"
)

// CompileLogsQL makes a tree of a pattern of LogsQL's extract pipe, as VictoriaLogs reads it: constant text and placeholders.
//
//	<name>        the text up to what follows; a value in ", ' or ` is unquoted
//	<plain:name>  the same without unquoting
//	<_>  <>  <*>  dropped
//
// The constant text may hold HTML entities (&lt; for <). What stands first in the pattern may occur anywhere in the line, and what stands
// behind its end is dropped; a line that fits only in part does not fit. The error is an *Error.
func CompileLogsQL(text string) (*Tree, error) {
	return public(compileLogsQL(text))
}

func compileLogsQL(text string) (*Tree, *Error) {
	text = strings.TrimRight(text, "\r\n")
	if err := refuseLineFeed(text, 0); err != nil {
		return nil, err
	}
	var t template
	for i := 0; i < len(text); {
		open := strings.IndexByte(text[i:], '<')
		if open < 0 {
			open = len(text) - i
		}
		if open > 0 {
			if i == 0 { // it may stand anywhere
				t.value(Element{Kind: KindText, Reading: Reading{MayBeEmpty: true}, Source: "what stands before", Pos: 0})
			}
			literal := html.UnescapeString(text[i : i+open])
			if strings.Contains(literal, "\n") {
				return nil, &Error{i, "a line feed in the pattern: a record is one line", ""}
			}
			t.text(literal, i)
			i += open
			continue
		}
		end := strings.IndexByte(text[i:], '>')
		if end < 0 {
			return nil, &Error{i, "< is not closed", "write <name>; the character itself is written &lt;"}
		}
		e, err := placeholder(text[i:i+end+1], i)
		if err != nil {
			return nil, err
		}
		t.value(e)
		i += end + 1
	}
	t.flush()
	if n := len(t.elements); n >= 2 && t.elements[n-2].Quoted { // VictoriaLogs has all fields then and does not mind the rest
		t.elements[n-2].Loose = true
	}
	return t.tree("<_> drops what it stands for", "<name>")
}

// placeholder reads <...>.
func placeholder(source string, pos int) (Element, *Error) {
	name := source[1 : len(source)-1]
	e := anything("", source, pos)
	e.Quoted = true
	if option, rest, found := strings.Cut(name, ":"); found {
		if strings.TrimSpace(option) != "plain" {
			return e, &Error{pos + 1, "unknown option " + shorten(option) + " of a placeholder", "plain: is the only one"}
		}
		e.Quoted, name = false, rest
	}
	if name = strings.TrimSpace(name); name == "_" || name == "*" || name == "" {
		return e, nil
	}
	if strings.ContainsAny(name, "<\"`") || !utf8.ValidString(name) {
		return e, &Error{pos + 1, "no name of a field: " + shorten(source), "write <name>; the character < itself is written &lt;"}
	}
	e.Field = name
	return e, nil
}
