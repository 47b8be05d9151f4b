package pattern

import "strings"

// CompileLoki makes a tree of a pattern as Loki's parser of that name reads it: constant text and captures, <name> or <_>, which is
// dropped. A < that begins no capture is constant text. The pattern begins at the line's first byte; the last capture takes the rest
// of the line, and what stands behind the last literal is dropped. The error is an *Error.
func CompileLoki(text string) (*Tree, error) {
	return public(compileLoki(text))
}

func compileLoki(text string) (*Tree, *Error) {
	text = strings.TrimRight(text, "\r\n")
	if err := refuseLineFeed(text, 0); err != nil {
		return nil, err
	}
	var t template
	for i := 0; i < len(text); {
		name, ok := capture(text[i:])
		if !ok {
			t.text(text[i:i+1], i)
			i++
			continue
		}
		field := name
		if name == "_" {
			field = ""
		}
		t.value(anything(field, text[i:i+len(name)+2], i))
		i += len(name) + 2
	}
	return t.tree("<_> drops what it stands for", "<name>")
}

// capture is the name between < and > at the beginning of text: a letter or underscore, then also digits.
func capture(text string) (name string, ok bool) {
	if text[0] != '<' {
		return "", false
	}
	n := 1
	for n < len(text) && variableByte(text[n]) && (n > 1 || text[n] > '9') {
		n++
	}
	return text[1:n], n > 1 && n < len(text) && text[n] == '>'
}
