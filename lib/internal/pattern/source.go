package pattern

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// source is a format text after the escapes of the configuration file are undone, with the way back: where each byte stood in the
// definition.
type source struct {
	text []byte
	pos  []int
	end  int // where the text ends in the definition
}

func (s *source) add(c byte, pos int) {
	s.text = append(s.text, c)
	s.pos = append(s.pos, pos)
	s.end = pos + 1
}

// at is the place of byte i of the text in the definition; i may be the text's length.
func (s *source) at(i int) int {
	if i < len(s.pos) {
		return s.pos[i]
	}
	return s.end
}

// plain is text as it stands in the definition at offset.
func plain(text string, offset int) source {
	s := source{end: offset}
	for i := range len(text) {
		s.add(text[i], offset+i)
	}
	return s
}

// unescape undoes the backslash escapes of a configuration file: before one of quotes the backslash is dropped, letters name control
// characters (pairs of letter and character), before anything else it stands for itself.
func (s source) unescape(quotes, letters string) source {
	out := source{text: make([]byte, 0, len(s.text)), pos: make([]int, 0, len(s.text))}
	for i := 0; i < len(s.text); i++ {
		c, pos := s.text[i], s.pos[i]
		if c == '\\' && i+1 < len(s.text) {
			next := s.text[i+1]
			if strings.IndexByte(quotes, next) >= 0 {
				c = next
				i++
			} else if k := strings.IndexByte(letters, next); k >= 0 && k%2 == 0 {
				c = letters[k+1]
				i++
			}
		}
		out.add(c, pos)
	}
	out.end = s.end
	return out
}

// fold makes one blank of a line feed and the blanks around it, as YAML does with a text that goes over several lines.
func (s source) fold() source {
	out := source{text: make([]byte, 0, len(s.text)), pos: make([]int, 0, len(s.text)), end: s.end}
	for i := 0; i < len(s.text); {
		n := i
		for n < len(s.text) && blank(s.text[n]) {
			n++
		}
		c := s.text[i]
		if bytes.IndexByte(s.text[i:n], '\n') >= 0 {
			c, i = ' ', n-1
		}
		out.text, out.pos = append(out.text, c), append(out.pos, s.pos[i])
		i++
	}
	return out
}

// oneLine refuses a line feed in the format: a record is one line.
func (s *source) oneLine() *Error {
	for i, c := range s.text {
		if c == '\n' {
			return &Error{s.pos[i], "a line feed in the format: a record is one line", "the writer ends the line itself"}
		}
	}
	return nil
}

// blank tells whether c separates words in a configuration file.
func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// skipBlanks is the first place from i on that is not blank.
func skipBlanks(text string, i int) int {
	for i < len(text) && blank(text[i]) {
		i++
	}
	return i
}

// word is the end of the run of bytes from i on that are not blank.
func word(text string, i int) int {
	for i < len(text) && !blank(text[i]) {
		i++
	}
	return i
}

// closing is the place of the quote that ends the string whose opening quote stands at i, or -1.
func closing(text string, i int) int {
	quote := text[i]
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case quote:
			return i
		}
	}
	return -1
}

// snake is name as a column name: lower case, everything but letters and digits an underscore.
func snake(name string) string {
	b := []byte(name)
	for i, c := range b {
		switch {
		case 'A' <= c && c <= 'Z':
			b[i] = c | 0x20
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		default:
			b[i] = '_'
		}
	}
	return string(b)
}

// shorten makes a piece of a definition fit into a message.
func shorten(text string) string {
	const most = 60
	if len(text) <= most {
		return text
	}
	cut := most - 3
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "..."
}
