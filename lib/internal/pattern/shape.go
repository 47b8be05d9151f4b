package pattern

import "strings"

// A shape is what any time of a layout looks like, or another value: 0 for digits, n for an integer, a for the letters of a name, f for the
// fraction of a second, which may be missing, z for what a zone begins with, T for itself or a blank, a blank for any number of them, other bytes for
// themselves.
type shape string

// shapeParts are the shapes of what strptime's layouts have of simple parts. Where another part stands the shape ends.
var shapeParts = map[byte]shape{'Y': "0", 'y': "0", 'm': "0", 'd': "0", 'e': "0", 'H': "0", 'k': "0", 'I': "0", 'l': "0", 'M': "0", 'S': "0", 'j': "0",
	'b': "a", 'B': "a", 'h': "a", 'a': "a", 'A': "a", 'T': "0:0:0", 'R': "0:0", 'F': "0-0-0", 'D': "0/0/0", '%': "%"}

// shapeOf is the shape of a layout; "" is not known.
func shapeOf(layout string) shape {
	switch layout {
	case "", "iso":
		return "0-0-0T0:0:0"
	case "rfc3339":
		return "0-0-0T0:0:0fz"
	case "clf":
		return "0/a/0:0:0:0"
	}
	if strings.HasPrefix(layout, "unix_") {
		return "n"
	}
	if !strings.Contains(layout, "%") {
		return ""
	}
	var s shape
	for i := 0; i < len(layout); i++ {
		part := shape(layout[i : i+1])
		switch layout[i] {
		case '\t', '\n':
			part = " "
		case '%':
			i++
			if part = shapeParts[layout[min(i, len(layout)-1)]]; part == "" || i == len(layout) {
				return s
			}
		}
		if strings.HasSuffix(string(s), "0") && part[0] == '0' { // as in %Y%m%d
			part = part[1:]
		}
		s += part
	}
	return s
}

// from is the earliest place behind the shape in text[at:], -1 where it is not.
func (s shape) from(text []byte, at int) int {
	for i := at; i < len(text); i++ {
		if s[0] == '0' && (text[i]-'0' > 9 || i > at && text[i-1]-'0' <= 9) {
			continue // at the beginning of a number only
		}
		if end := s.end(text, i); end >= 0 {
			return end
		}
	}
	return -1
}

// end is the place behind the shape that stands at text[i], or -1.
func (s shape) end(text []byte, i int) int {
	for k := range len(s) {
		start := i
		switch c := s[k]; c {
		case ' ':
			for i < len(text) && text[i] <= ' ' {
				i++
			}
			continue
		case '0':
			for i < len(text) && text[i] == ' ' { // %e
				i++
			}
			for start = i; i < len(text) && text[i]-'0' <= 9; {
				i++
			}
		case 'n':
			if i < len(text) && (text[i] == '-' || text[i] == '+') {
				i++
			}
			for i < len(text) && text[i]-'0' <= 9 {
				i++
			}
		case 'f':
			if i < len(text) && (text[i] == '.' || text[i] == ',' || text[i] == ':') {
				for i++; i < len(text) && text[i]-'0' <= 9; {
					i++
				}
			}
			continue
		case 'z':
			if i < len(text) && (text[i] == '+' || text[i] == '-' || text[i]|0x20 == 'z') {
				i++
			}
		case 'a':
			for i < len(text) && (text[i]|0x20-'a' < 26 || text[i] >= 0x80 || text[i] == '.') {
				i++
			}
		default:
			if i < len(text) && (text[i] == c || c == 'T' && (text[i] == 't' || text[i] == ' ')) {
				i++
			}
		}
		if i == start {
			return -1
		}
	}
	return i
}
