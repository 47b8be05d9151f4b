package sawlog

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Kind tells errors of one type apart.
type Kind uint8

const (
	KindOption     Kind = 1 // an unknown key, a wrong value, JSON that is none
	KindDefinition Kind = 2 // a pattern that cannot be compiled
	KindFormat     Kind = 3 // no format of this name
	KindIO         Kind = 4 // the system refused
	KindCodec      Kind = 5 // compressed input is damaged or ends early
	KindLimit      Kind = 6 // a limit was reached
	KindInternal   Kind = 7 // a bug in sawlog, caught
)

// FormatError is a mistake in a definition or in options.
type FormatError struct {
	Kind    Kind
	Key     string // the key to blame: "nginx", "limits.line"; may be empty
	Message string
	Hint    string // the nearest valid names, or what to do; may be empty
	// Where: in the pattern for KindDefinition, else in the text of the definition. Offset in bytes from 0, -1 for nowhere; Line and
	// Column, in characters, from 1.
	Offset, Line, Column int
}

func (e *FormatError) Error() string {
	text := "sawlog: " + e.Message
	if e.Column > 0 {
		text += fmt.Sprintf(" at line %d, column %d", e.Line, e.Column)
	}
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

// at computes line and column from the offset into text.
func (e *FormatError) at(text string) *FormatError {
	if e.Offset < 0 {
		return e
	}
	e.Line, e.Column = 1, 1
	for _, c := range text[:min(e.Offset, len(text))] {
		if e.Column++; c == '\n' {
			e.Line, e.Column = e.Line+1, 1
		}
	}
	for e.Offset > 0 && e.Offset < len(text) && !utf8.RuneStart(text[e.Offset]) {
		e.Offset--
	}
	return e
}

// locate finds the place in a definition of what is wrong with a value: that of the key to blame. (What is wrong with a pattern has its
// place in the pattern.)
func (e *FormatError) locate(definition string) *FormatError {
	if e.Offset >= 0 || e.Kind == KindDefinition {
		return e
	}
	start := len(definition) - len(strings.TrimLeft(definition, " \t\r\n"))
	if start < len(definition) && definition[start] != '{' {
		e.Offset = start // a word
		return e.at(definition)
	}
	text, offset, found := definition, 0, false
	for key := range strings.SplitSeq(e.Key, ".") {
		members, err := scanObject(text)
		at := slices.IndexFunc(members, func(m member) bool { return m.key == key })
		if err != nil || at < 0 {
			break
		}
		found, offset, text = true, offset+members[at].valueAt, text[members[at].valueAt:members[at].valueEnd]
	}
	if found {
		e.Offset = offset
	}
	return e.at(definition)
}

// ReadError is an input that could not be read to its end. The batches before it are complete.
type ReadError struct {
	Kind   Kind
	Path   string // of the input, or what stands for it: "<reader>"
	Offset int64  // bytes, after decompression, that were read before
	Err    error
}

func (e *ReadError) Error() string {
	text := "sawlog: "
	if e.Path != "" {
		text += e.Path + ": "
	}
	if e.Offset > 0 {
		text += fmt.Sprintf("after %d bytes: ", e.Offset)
	}
	return text + e.Err.Error()
}

// Unwrap gives the cause, for errors.Is and errors.As.
func (e *ReadError) Unwrap() error { return e.Err }
