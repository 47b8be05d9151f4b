// Package explain is what engines have in common that say why a line is no record.
package explain

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Line explains a line that is refused whatever the format: it has more than limit bytes (0: there is no limit), or it is not UTF-8 where
// that matters. ok: it is neither.
func Line(line []byte, limit int, utf8 bool) (check record.Check, ok bool) {
	switch {
	case limit > 0 && len(line) > limit:
		return record.Check{Fault: record.TooLong.String(), Offset: limit, Expected: fmt.Sprintf("at most %d bytes", limit), Seen: fmt.Sprintf("%d bytes", len(line))}, false
	case utf8 && !scan.Valid(line):
		at := invalid(line)
		return record.Check{Fault: record.BadUTF8.String(), Offset: at, Expected: "valid UTF-8", Seen: fmt.Sprintf("byte %02x", line[at])}, false
	}
	return record.Check{}, true
}

// invalid is the position of the first byte that is not UTF-8.
func invalid(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(text)
}

// Seen is what stands in line from at on.
func Seen(line []byte, at int) string {
	if at >= len(line) {
		return "the end of the line"
	}
	return Excerpt(line[at:])
}

// Excerpt is the beginning of text, short enough to show.
func Excerpt(text []byte) string {
	const longest = 40
	s := strings.ToValidUTF8(string(text[:min(len(text), longest+utf8.UTFMax)]), "\uFFFD")
	if len(s) <= longest {
		return s
	}
	cut := longest
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "..."
}
