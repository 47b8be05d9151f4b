package explain

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"github.com/sawlog/sawlog/lib/record"
)

func TestLine(t *testing.T) {
	for _, c := range []struct {
		line  string
		limit int
		utf8  bool
		want  record.Check
	}{
		{"abc", 3, true, record.Check{}},
		{"abcd", 3, true, record.Check{Fault: "too_long", Offset: 3, Expected: "at most 3 bytes", Seen: "4 bytes"}},
		{"abcd", 0, true, record.Check{}},
		{"é\xffx", 0, true, record.Check{Fault: "bad_utf8", Offset: 2, Expected: "valid UTF-8", Seen: "byte ff"}},
		{"aé\xc3", 9, true, record.Check{Fault: "bad_utf8", Offset: 3, Expected: "valid UTF-8", Seen: "byte c3"}},
		{"\xff", 0, false, record.Check{}},
		{"", 1, true, record.Check{}},
	} {
		check, ok := Line([]byte(c.line), c.limit, c.utf8)
		assert.Equal(t, c.want, check, "%q", c.line)
		assert.Equal(t, c.want.Fault == "", ok, "%q", c.line)
	}
}

func TestSeen(t *testing.T) {
	for _, c := range []struct {
		line string
		at   int
		want string
	}{
		{"a line", 2, "line"},
		{"a line", 6, "the end of the line"},
		{"", 0, "the end of the line"},
		{strings.Repeat("x", 40), 0, strings.Repeat("x", 40)},
		{strings.Repeat("x", 41), 0, strings.Repeat("x", 40) + "..."},
		{strings.Repeat("x", 39) + "é and more", 0, strings.Repeat("x", 39) + "..."},
		{"a\xffb", 0, "a\uFFFDb"},
	} {
		seen := Seen([]byte(c.line), c.at)
		assert.Equal(t, c.want, seen)
		assert.True(t, utf8.ValidString(seen))
	}
}
