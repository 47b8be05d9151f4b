package frame

import (
	"testing"

	"github.com/stretchr/testify/require"
)

var fuzzed = []Options{
	{Framing: "nul"}, {Framing: "octet-counting"}, {Framing: "auto"}, {Framing: "json-seq"}, {Export: true},
	{StripANSI: true},
	{Multiline: &Joining{Start: `^[0-9]`}}, {Multiline: &Joining{Start: `a`, Next: `^\s|b$`}}, {Multiline: &Joining{Open: `\\$`}}, {Multiline: &Joining{End: `;$`}, StripANSI: true},
	{Framing: "nul", Multiline: &Joining{Presets: []string{"python", "java", "go"}}}, {Framing: "auto", Multiline: &Joining{Presets: []string{"indent"}}, StripANSI: true},
	{Multiline: &Joining{Presets: []string{"java", "dotnet", "node", "python", "go", "ruby", "rust", "php", "postgres"}}},
	{Framing: "json-seq", Multiline: &Joining{Presets: []string{"go"}}},
}

// FuzzCutter: however a stream is cut, its records and rejects are the same, and all its bytes are accounted for.
func FuzzCutter(f *testing.F) {
	for i := range fuzzed {
		f.Add(uint8(i), uint8(20), uint8(3), "1 a\r\n b\n\nTraceback (most recent call last):\n  x\nKeyError: y\n\nat")
		f.Add(uint8(i), uint8(20), uint8(1), "5 ab\ncd12 <13>1 - - -\x1b[1mx\x00\n6 abc\x1e{}\n\x1e")
		f.Add(uint8(i), uint8(4), uint8(1), "10 abcdefghijklm\n\n\n3 abc")
		f.Add(uint8(i), uint8(4), uint8(1), "A\n\x03\x00\x00\x00\x00\x00\x00\x00a\nb\nB=1\n\npanic: x\n\ngoroutine 1 [running]:\nmain.main()\r\n\t/x.go:1\n\n")
	}
	f.Fuzz(func(t *testing.T, kind, limit, step uint8, input string) {
		if len(input) > 300 {
			return
		}
		o := fuzzed[int(kind)%len(fuzzed)]
		o.Limit = int(limit)%64 + 1
		frame := compile(t, o)
		want := pieces(t, frame, 1<<12, false, input)
		var parts []string
		for rest := input; rest != ""; {
			n := min(int(step)%17+1, len(rest))
			parts, rest = append(parts, rest[:n]), rest[n:]
		}
		require.Equal(t, want, pieces(t, frame, 1, false, parts...), "%+v", o)
		require.Equal(t, want, pieces(t, frame, 16, true, parts...), "%+v, live", o)
	})
}
