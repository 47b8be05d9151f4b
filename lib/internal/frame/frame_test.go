package frame

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var framingCases = []struct {
	name    string
	framing string
	limit   int
	input   string
	want    []string
}{
	{"zero bytes", "nul", 0, "a\x00b\nc\x00\x00last", []string{"a", "b\nc", "last", "! empty at 6, 0: "}},
	{"a line feed in front of a zero byte is its ending", "nul", 0, "a\n\x00b\r\n\x00", []string{"a", "b"}},
	{"zero bytes, too long", "nul", 4, "abcdefghij\x00k\x00", []string{"k", "! too_long at 0, 10: abcd"}},
	{"octet counting", "octet-counting", 0, "5 hello6 wor\nld3 abc", []string{"hello", "wor\nld", "abc"}},
	{"a line feed at the end of a frame", "octet-counting", 0, "6 hello\n3 abc", []string{"hello", "abc"}},
	{"octet counting, cut short", "octet-counting", 0, "5 hello12 wor", []string{"hello", "! bad_frame at 7, 6: 12 wor"}},
	{"no blank behind the length", "octet-counting", 0, "5hello\n2 ok", []string{"ok", "! bad_frame at 0, 6: 5hello"}},
	{"no length", "octet-counting", 0, "2 okxyz\n2 ok", []string{"ok", "ok", "! bad_frame at 4, 3: xyz"}},
	{"a leading zero", "octet-counting", 0, "05 hello\n2 ok", []string{"ok", "! bad_frame at 0, 8: 05 hello"}},
	{"a length with too many digits", "octet-counting", 0, "1234567890 a\n2 ok", []string{"ok", "! bad_frame at 0, 12: 1234567890 a"}},
	{"up to the next message of syslog", "octet-counting", 0, "noise 6 <13>ab2 ok", []string{"<13>ab", "ok", "! bad_frame at 0, 6: noise "}},
	{"octet counting, too long", "octet-counting", 4, "10 abcdefghij2 ok", []string{"ok", "! too_long at 3, 10: abcd"}},
	{"octet counting, too long and cut short", "octet-counting", 4, "10 abcdefg", []string{"! bad_frame at 3, 7: abcd"}},
	{"a long length that is cut at once", "octet-counting", 4, "10 ab", []string{"! bad_frame at 0, 5: 10 a"}},
	{"both", "auto", 0, "one\n3 two<4>three\r\n4 \nab\n<5>four", []string{"one", "two", "<4>three", "\nab", "<5>four"}},
	{"both, a date is no length", "auto", 0, "2026-05-06 one\n12foo\n3 two", []string{"2026-05-06 one", "two", "! bad_frame at 15, 5: 12foo"}},
	{"both, an empty line", "auto", 0, "a\n\n1 b", []string{"a", "b", "! empty at 2, 0: "}},
	{"texts of RFC 7464", "json-seq", 0, "\x1e{\"a\":\n1}\n\x1e\x1e{}\n\x1e{\"b\"", []string{"{\"a\":\n1}", "{}", "{\"b\""}},
	{"texts of RFC 7464, something in front", "json-seq", 0, "x\n\x1e{}\n\x1e", []string{"{}", "! bad_frame at 0, 1: x"}},
	{"texts of RFC 7464, too long", "json-seq", 4, "\x1e{\"a\":1}\n\x1e{}\n", []string{"{}", "! too_long at 1, 8: {\"a\""}},
}

func TestFramings(t *testing.T) {
	for _, c := range framingCases {
		f := compile(t, Options{Framing: c.framing, Limit: c.limit})
		assert.Equal(t, c.want, pieces(t, f, 1000, false, c.input), c.name)
		everyCut(t, f, c.name, c.input, c.want)
	}
}

// everyCut cuts the input at every byte, and into single bytes.
func everyCut(t testing.TB, f *Frame, name, input string, want []string) {
	t.Helper()
	for cut := range len(input) {
		for _, size := range []int{1, 7, 100} {
			for _, live := range []bool{false, true} {
				require.Equal(t, want, pieces(t, f, size, live, input[:cut], input[cut:]), "%s: cut at %d, blocks of %d bytes, live %t", name, cut, size, live)
			}
		}
	}
	require.Equal(t, want, pieces(t, f, 1, false, strings.Split(input, "")...), name)
	require.Equal(t, want, pieces(t, f, 20, true, strings.Split(input, "")...), name)
}

func TestExport(t *testing.T) {
	entry := "A=1\nB\n\x05\x00\x00\x00\x00\x00\x00\x00x\n\ny\n\nC=\n"
	for _, c := range []struct {
		name, input string
		want        []string
	}{
		{"entries", "A=1\nB=2\n\nA=3\n", []string{"A=1\nB=2", "A=3"}},
		{"empty lines around", "\n\nA=1\n\n\nA=2\n\n\n", []string{"A=1", "A=2"}},
		{"a value with its length", entry + "\nD=1\n\n", []string{entry[:len(entry)-1], "D=1"}},
		{"a value that is longer than all", "A\n\xff\x00\x00\x00\x00\x00\x00\x00xyz\n\nB=1\n\n", []string{"! bad_frame at 0, 19: A\n\xff\x00\x00\x00\x00\x00\x00\x00xyz\n\nB=1\n"}},
		{"a length out of all bounds", "A\n\xff\xff\xff\xff\xff\xff\xff\xffxyz\n\nB=1\n\n", []string{"B=1", "! bad_frame at 0, 13: A\n\xff\xff\xff\xff\xff\xff\xff\xffxyz"}},
		{"no line feed behind the value", "A\n\x01\x00\x00\x00\x00\x00\x00\x00xy\n\nB=1\n", []string{"B=1", "! bad_frame at 0, 12: A\n\x01\x00\x00\x00\x00\x00\x00\x00xy"}},
		{"too long", "A=" + strings.Repeat("x", 98) + "\nB=1\n\nC=1\n\n", []string{"C=1", "! too_long at 0, 105: A=" + strings.Repeat("x", 98)}},
		{"a long value", "A\n\xc8\x00\x00\x00\x00\x00\x00\x00" + strings.Repeat("\n", 200) + "\nB=1\n\nC=1\n\n", []string{"C=1", "! too_long at 0, 215: A\n\xc8\x00\x00\x00\x00\x00\x00\x00" + strings.Repeat("\n", 90)}},
	} {
		f := compile(t, Options{Export: true, Limit: 100})
		got := pieces(t, f, 1000, false, c.input)
		assert.Equal(t, c.want, got, c.name)
		everyCut(t, f, c.name, c.input, got)
	}
}

func TestStrip(t *testing.T) {
	for _, c := range []struct{ input, want string }{
		{"\x1b[31mred\x1b[0m text", "red text"},
		{"\x1b[38;5;196mERROR\x1b[39;49m", "ERROR"},
		{"a\x1b]0;title\x07b\x1b]8;;https://example.com\x1b\\c", "abc"},
		{"\x1b(B\x1b[m\x1b=x\x1b[?25l", "x"},
		{"x\x1b", "x\x1b"},
		{"x\x1b[31", "x\x1b[31"},
		{"x\x1b]open", "x\x1b]open"},
		{"\x1b[1;31\xc3\xa9", "\x1b[1;31\xc3\xa9"},
		{"\x1b\x1b[1mb", "\x1bb"},
		{"plain", "plain"},
	} {
		to := make([]byte, len(c.input))
		assert.Equal(t, c.want, string(to[:Strip(to, []byte(c.input))]), "%q", c.input)
	}
	f := compile(t, Options{StripANSI: true})
	input := "\x1b[1ma\x1b[0m\n\x1b[2m\x1b[0m\r\nb\n"
	want := []string{"a", "b", "! empty at 10, 0: "}
	assert.Equal(t, want, pieces(t, f, 1000, false, input))
	everyCut(t, f, "colours", input, want)
	f = compile(t, Options{StripANSI: true, Multiline: &Joining{Start: `^\d`}})
	assert.Equal(t, []string{"1 a\n b", "2 c"}, pieces(t, f, 1000, false, "\x1b[1m1\x1b[0m a\r\n\x1b[2m b\x1b[0m\r\n2 c\r\n"))
}

func TestMistakesInOptions(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want Error
	}{
		{Options{Framing: "octets"}, Error{Key: "framing", Pos: -1, Message: `framing cannot be "octets"`, Names: framings}},
		{Options{Multiline: &Joining{Start: "a(b"}}, Error{Key: "multiline.start", Pos: 1, Text: "a(b", Message: "multiline.start: the group is not closed", Hint: "a ) is missing"}},
		{Options{Multiline: &Joining{Presets: []string{"jav"}}}, Error{Key: "multiline", Pos: -1, Message: `multiline: there is no preset "jav"`, Names: presetNames}},
		{Options{Multiline: &Joining{Next: "a"}}, Error{Key: "multiline.next", Pos: -1, Message: "multiline.next goes with multiline.start"}},
		{Options{Multiline: &Joining{Open: "a", End: "b"}}, Error{Key: "multiline", Pos: -1, Message: "multiline takes start, start and next, open, or end"}},
		{Options{Multiline: &Joining{Presets: []string{"go"}, End: "b"}}, Error{Key: "multiline", Pos: -1, Message: "multiline takes presets or rules, not both"}},
		{Options{Multiline: &Joining{}}, Error{Key: "multiline", Pos: -1, Message: "multiline says nothing", Hint: `a preset ("java"), or {"start": "REGEX"}, {"start": "REGEX", "next": "REGEX"}, {"open": "REGEX"}, {"end": "REGEX"}`}},
	} {
		_, err := Compile(c.o)
		require.Equal(t, &c.want, err)
	}
	f, err := Compile(Options{Framing: "lf", Limit: 10})
	require.NoError(t, err)
	assert.Nil(t, f, "plain lines need no frame")
}
