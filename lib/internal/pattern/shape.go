package pattern

import (
	"bytes"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/value"
)

// A shape is what any time of a layout looks like, and other values and texts behind it: 0 for digits, n for an integer, a for the letters of a
// name, l for those of a level that is known, w for a byte of a word, f for the fraction of a second, which may be missing, y for the zone of
// RFC 3339, T for itself or a blank, a blank for any number of them, \ for the byte behind it, other bytes for themselves.
type shape string

const special = "0nalfywT \\"

// shapeParts are the shapes of what strptime's layouts have of simple parts. Where another part stands the shape ends: a zone may
// be missing, for one.
var shapeParts = map[byte]shape{'Y': "0", 'y': "0", 'm': "0", 'd': "0", 'e': "0", 'H': "0", 'k': "0", 'I': "0", 'l': "0", 'M': "0", 'S': "0", 'j': "0",
	'b': "a", 'B': "a", 'h': "a", 'a': "a", 'A': "a", 'p': "a", 'f': "0", 'T': "0:0:0", 'R': "0:0", 'F': "0-0-0", 'D': "0/0/0", '%': "%"}

// shapeOf is the shape of a layout; "" is not known. whole: there is nothing behind it.
func shapeOf(layout string) (s shape, whole bool) {
	switch layout {
	case "", "iso":
		return "0-0-0T0:0:0", false
	case "rfc3339":
		return "0-0-0T0:0:0fy", true
	case "clf":
		return "0/a/0:0:0:0", false
	}
	if strings.HasPrefix(layout, "unix_") {
		return "n", false
	}
	if !strings.Contains(layout, "%") {
		return "", false
	}
	for i := 0; i < len(layout); i++ {
		part := escaped(layout[i : i+1])
		switch c := layout[i]; {
		case c == 'T':
			part = "T"
		case c <= ' ':
			part = " "
		case strings.HasPrefix(layout[i:], "%.f"):
			part = "f"
			i += 2
		case c == '%':
			from := i + 1
			i = digitsEnd([]byte(layout), from) // %3f
			if i == len(layout) || i > from && layout[i] != 'f' || shapeParts[layout[i]] == "" {
				return s, false
			}
			part = shapeParts[layout[i]]
		}
		if s.opens() == '0' && part[0] == '0' { // as in %Y%m%d
			part = part[1:]
		} else if part.opens() != 0 && s.opens() == part[0] || part.opens() == 0 && !s.ends(layout[i]) {
			return s, false
		}
		s += part
	}
	return s, true
}

// escaped is the shape of a text.
func escaped(text string) (s shape) {
	for i := range len(text) {
		if strings.IndexByte(special, text[i]) >= 0 {
			s += "\\"
		}
		s += shape(text[i : i+1])
	}
	return s
}

// opens is the last part if it takes as much as it can, or 0.
func (s shape) opens() byte {
	k := len(s) - 1
	if k < 0 || strings.IndexByte(special, s[k]) < 0 {
		return 0
	}
	marks := 0
	for marks < k && s[k-1-marks] == '\\' {
		marks++
	}
	if marks%2 == 1 || s[k] == 'T' || s[k] == 'w' {
		return 0
	}
	return s[k]
}

// literal tells whether the shape ends with a certain byte, or with blanks.
func (s shape) literal() bool { return s.opens() == 0 || s.opens() == ' ' }

// ends tells whether the shape ends in front of this byte: it takes none like it.
func (s shape) ends(c byte) bool {
	digit, letter := c-'0' <= 9, c|0x20-'a' < 26
	switch s.opens() {
	case '0', 'n':
		return !digit
	case 'a':
		return !letter && c < 0x80 && c != '.'
	case 'l':
		return !letter
	case 'f':
		return !digit && strings.IndexByte(".,:", c) < 0
	case 'y':
		return !digit && c != ':'
	case ' ':
		return c > ' '
	}
	return true
}

// from is the earliest place behind the shape in text[at:], -1 where it is not.
func (s shape) from(text []byte, at int) int {
	if len(s) > 1 && s[0] == '0' && strings.IndexByte(special, s[1]) < 0 {
		return s.fromByte(text, at)
	}
	for i := at; i < len(text); i++ {
		if s[0] == '0' && text[i]-'0' > 9 || i > at && s.inside(text[i-1], text[i]) {
			continue // at the beginning of a number only; what takes all that is like it ends where it has ended before
		}
		if end := s.end(text, i); end >= 0 {
			return end
		}
	}
	return -1
}

// inside tells whether the first part, which begins at a byte, goes on with the next one: to begin there leads to the same place.
func (s shape) inside(before, c byte) bool {
	switch s[0] {
	case '0', 'n':
		return before-'0' <= 9 && c-'0' <= 9
	case 'a':
		return nameByte(before) && nameByte(c)
	case 'l':
		return before|0x20-'a' < 26 && c|0x20-'a' < 26
	case ' ':
		return before <= ' ' && c <= ' '
	}
	return false
}

// nameByte tells whether a name of a month, of a day or of a half of it may hold the byte.
func nameByte(c byte) bool { return c|0x20-'a' < 26 || c >= 0x80 || c == '.' }

// fromByte is from for a number with a certain byte behind it, which is looked for.
func (s shape) fromByte(text []byte, at int) int {
	for i := at; ; i++ {
		k := bytes.IndexByte(text[i:], s[1])
		if k < 0 {
			return -1
		}
		i += k
		start := i
		for start > at && text[start-1]-'0' <= 9 {
			start--
		}
		if start < i {
			if end := s.end(text, start); end >= 0 {
				return end
			}
		}
	}
}

// end is the place behind the shape that stands at text[i], or -1. What takes as much as it can counts as short as it may be when it comes last:
// what follows may be in it.
func (s shape) end(text []byte, i int) int {
	for k := 0; k < len(s); k++ {
		start := i
		if s[k] == '\\' {
			if k++; i == len(text) || text[i] != s[k] {
				return -1
			}
			i++
			continue
		}
		if i = partEnd(s[k], text, i); i < 0 {
			return -1
		}
		if k == len(s)-1 && s.opens() != 0 {
			if s[k] == ' ' || s[k] == 'f' {
				return start
			}
			return start + 1
		}
	}
	return i
}

// run is the place behind what the first part takes at text[i] where it takes all that is like it: wherever in that it began, it would come to the
// same place. It is i for other parts.
func (s shape) run(text []byte, i int) int {
	switch s[0] {
	case ' ', 'a':
		return max(i, partEnd(s[0], text, i))
	case '0':
		for i < len(text) && text[i] == ' ' {
			i++
		}
		return digitsEnd(text, i)
	case 'n':
		return digitsEnd(text, i)
	}
	return i
}

// partEnd is the place behind one part of a shape that stands at text[i], or -1.
func partEnd(part byte, text []byte, i int) int {
	start := i
	switch part {
	case ' ':
		for i < len(text) && text[i] <= ' ' {
			i++
		}
		return i
	case 'f':
		if i+1 < len(text) && (text[i] == '.' || text[i] == ',' || text[i] == ':') && text[i+1]-'0' <= 9 {
			return digitsEnd(text, i+1)
		}
		return i
	case '0':
		for i < len(text) && text[i] == ' ' { // %e
			i++
		}
		start, i = i, digitsEnd(text, i)
	case 'n':
		if i < len(text) && (text[i] == '-' || text[i] == '+') {
			i++
		}
		start, i = i, digitsEnd(text, i)
	case 'y':
		if i < len(text) && text[i]|0x20 == 'z' {
			i++
		} else if i < len(text) && (text[i] == '+' || text[i] == '-') {
			for i++; i < len(text) && text[i]-'0' <= ':'-'0'; {
				i++
			}
		}
	case 'w':
		if i < len(text) && text[i] > ' ' {
			i++
		}
	case 'l':
		for i < len(text) && text[i]|0x20-'a' < 26 {
			i++
		}
		if !value.IsLevel(text[start:i]) {
			return -1
		}
	case 'a':
		for i < len(text) && nameByte(text[i]) {
			i++
		}
	default:
		if i < len(text) && (text[i] == part || part == 'T' && (text[i] == 't' || text[i] == ' ')) {
			i++
		}
	}
	if i == start {
		return -1
	}
	return i
}

func digitsEnd(text []byte, i int) int {
	for i < len(text) && text[i]-'0' <= 9 {
		i++
	}
	return i
}
