package timestamp

import (
	"fmt"
	"strings"
)

// FromJava rewrites a layout of Java's SimpleDateFormat and DateTimeFormatter, or of Joda-Time (yyyy-MM-dd'T'HH:mm:ss.SSSXXX), as one
// for Compile. What a time is not told by (weeks, eras, quarters) is refused. The error is a *LayoutError.
func FromJava(layout string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(layout); {
		c := layout[i]
		switch {
		case c == '\'':
			text, next, ok := javaQuoted(layout, i)
			if !ok {
				return "", &LayoutError{layout, i, "a quote that is not closed; a quote itself is written ''"}
			}
			b.WriteString(strings.ReplaceAll(text, "%", "%%"))
			i = next
		case !letter(c):
			literal(&b, c)
			i++
		default:
			n := i
			for n < len(layout) && layout[n] == c {
				n++
			}
			directive, ok := javaLetters(c, n-i)
			if !ok {
				return "", &LayoutError{layout, i, fmt.Sprintf("unknown or useless letters %s; text stands between quotes: 'T'", layout[i:n])}
			}
			b.WriteString(directive)
			i = n
		}
	}
	return b.String(), nil
}

// literal writes a character that stands for itself.
func literal(b *strings.Builder, c byte) {
	if c == '%' {
		b.WriteByte('%')
	}
	b.WriteByte(c)
}

// javaQuoted is the text between the quote at i and the next, where two quotes are one; two quotes alone are one too.
func javaQuoted(layout string, i int) (text string, next int, ok bool) {
	if strings.HasPrefix(layout[i:], "''") {
		return "'", i + 2, true
	}
	var b strings.Builder
	for i++; i < len(layout); i++ {
		if layout[i] != '\'' {
			b.WriteByte(layout[i])
			continue
		}
		if !strings.HasPrefix(layout[i:], "''") {
			return b.String(), i + 1, true
		}
		b.WriteByte('\'')
		i++
	}
	return "", 0, false
}

// javaLetters is the directive for n times the letter c.
func javaLetters(c byte, n int) (string, bool) {
	pick := func(forms ...string) (string, bool) { // by n; the last for all greater
		form := forms[min(n, len(forms))-1]
		return form, form != ""
	}
	switch c {
	case 'y', 'u', 'Y': // the year, of an era too
		return pick("%Y", "%y", "%Y")
	case 'M', 'L':
		return pick("%m", "%m", "%b", "%B")
	case 'd':
		return pick("%d", "%d", "")
	case 'D':
		return pick("%j")
	case 'H':
		return pick("%H", "%H", "")
	case 'h':
		return pick("%I", "%I", "")
	case 'm':
		return pick("%M", "%M", "")
	case 's':
		return pick("%S", "%S", "")
	case 'S', 'n': // n is the nanosecond, of which Log4j writes so many digits
		return fmt.Sprintf("%%%df", n), n <= 9
	case 'a':
		return pick("%p")
	case 'E', 'e':
		if c == 'e' && n < 3 {
			return "%u", true
		}
		return pick("%a", "%a", "%a", "%A")
	case 'z', 'v', 'V':
		return pick("%Z")
	case 'Z', 'X', 'x':
		return pick("%z", "%z", "%z", "", "") // ZZZZ is GMT+02:00, XXXX may have seconds
	}
	return "", false
}

// goChunks are the pieces of a layout of Go's package time, longer ones before their beginnings.
var goChunks = []struct{ text, directive string }{
	{"January", "%B"}, {"Jan", "%b"}, {"Monday", "%A"}, {"Mon", "%a"}, {"MST", "%Z"},
	{"2006", "%Y"}, {"__2", "%j"}, {"002", "%j"}, {"_2", "%e"}, {"01", "%m"}, {"02", "%d"}, {"03", "%I"}, {"04", "%M"}, {"05", "%S"}, {"06", "%y"},
	{"15", "%H"}, {"PM", "%p"}, {"pm", "%p"},
	{"-07:00:00", ""}, {"-070000", ""}, {"-07:00", "%z"}, {"-0700", "%z"}, {"-07", "%z"}, {"Z07:00:00", ""}, {"Z070000", ""}, {"Z07:00", "%z"}, {"Z0700", "%z"}, {"Z07", "%z"},
	{"1", "%m"}, {"2", "%d"}, {"3", "%I"}, {"4", "%M"}, {"5", "%S"},
}

// FromGo rewrites a layout of Go's package time (2006-01-02T15:04:05.000Z07:00) as one for Compile. The error is a *LayoutError.
func FromGo(layout string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(layout); {
		if n := goFraction(layout, i); n > 0 {
			if layout[i+1] == '9' { // the writer leaves zeros at the end out, and the point with them
				b.WriteString("%.f")
			} else {
				fmt.Fprintf(&b, "%c%%%df", layout[i], n-1)
			}
			i += n
			continue
		}
		text, directive := goChunk(layout[i:])
		switch {
		case text == "":
			literal(&b, layout[i])
			i++
			continue
		case directive == "":
			return "", &LayoutError{layout, i, fmt.Sprintf("an offset with seconds (%s) is not read", text)}
		}
		b.WriteString(directive)
		i += len(text)
	}
	return b.String(), nil
}

// goFraction is the length of .000 or ,999 at i: a point or comma, then zeros or nines, then no digit.
func goFraction(layout string, i int) int {
	if layout[i] != '.' && layout[i] != ',' || i+1 == len(layout) || layout[i+1] != '0' && layout[i+1] != '9' {
		return 0
	}
	n := i + 1
	for n < len(layout) && layout[n] == layout[i+1] {
		n++
	}
	if n < len(layout) && layout[n]-'0' <= 9 || n-i > 10 {
		return 0
	}
	return n - i
}

// goChunk is the piece that layout begins with. A name goes on in small letters only where it is no piece: Month, Janet.
func goChunk(layout string) (text, directive string) {
	for _, chunk := range goChunks {
		if !strings.HasPrefix(layout, chunk.text) {
			continue
		}
		if rest := layout[len(chunk.text):]; letter(chunk.text[0]) && len(chunk.text) == 3 && rest != "" && rest[0] >= 'a' && rest[0] <= 'z' {
			continue
		}
		return chunk.text, chunk.directive
	}
	return "", ""
}
