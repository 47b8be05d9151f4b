package frame

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/linetest"
)

func TestRules(t *testing.T) {
	for _, c := range []struct {
		name  string
		rules Joining
		input string
		want  []string
	}{
		{"up to the next start", Joining{Start: `^\d{4}-`}, "x\n y\n2026-a\n b\nc\n2026-d\n", []string{"x", " y", "2026-a\n b\nc", "2026-d"}},
		{"a start anywhere", Joining{Start: `ERR(OR)?:`}, "an ERROR: a\nb\nERR: c", []string{"an ERROR: a\nb", "ERR: c"}},
		{"start and next", Joining{Start: `^\d`, Next: `^\s`}, "1\n a\n\tb\nc\n d\n2\n3\n e\n", []string{"1\n a\n\tb", "c", " d", "2", "3\n e"}},
		{"what goes on may look like a start", Joining{Start: `- $`, Next: `^\d`}, "a - \n1 - \n2\nb\n3", []string{"a - \n1 - \n2", "b", "3"}},
		{"open", Joining{Open: `\\$`}, "a\\\nb\\\nc\nd\ne\\", []string{"a\\\nb\\\nc", "d", "e\\"}},
		{"end", Joining{End: `;$`}, "select\n 1;\nx;\ny", []string{"select\n 1;", "x;", "y"}},
		{"empty lines inside", Joining{Start: `^A`}, "A\n\n\nb\nA\n", []string{"A\n\n\nb", "A\n"[:1]}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := compile(t, Options{Multiline: &c.rules})
			for _, ending := range []string{"\n", "\r\n"} {
				input := strings.ReplaceAll(c.input, "\n", ending)
				want := c.want
				if ending == "\r\n" && strings.HasSuffix(want[len(want)-1], "\\") {
					continue
				}
				assert.Equal(t, want, pieces(t, f, 1000, false, input), "%q", ending)
				everyCut(t, f, c.name, input, want)
			}
		})
	}
}

func TestARecordEndsAtTheLimit(t *testing.T) {
	f := compile(t, Options{Multiline: &Joining{Start: `^A`}, Limit: 10})
	input := "A\n234\n67890\n1234\n6789012345\nlonger than that\nb\nA\nc\n"
	want := []string{"A\n234", "67890\n1234", "6789012345", "b", "A\nc", "! too_long at 28, 16: longer tha"}
	assert.Equal(t, want, pieces(t, f, 1000, false, input))
	everyCut(t, f, "limit", input, want)
}

// The files of testdata/presets are logs, in which a line of dashes stands between records: without it the preset must put it there. What
// stands in NAME.message.txt, messages of several lines above all, is joined only where no preset takes any line for a beginning.
func TestPresets(t *testing.T) {
	files, err := filepath.Glob("testdata/presets/*.txt")
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, path := range files {
		name, message, _ := strings.Cut(strings.TrimSuffix(filepath.Base(path), ".txt"), ".")
		seen[name] = true
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		want := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n----\n")
		input := strings.Join(want, "\n") + "\n"
		for i := range want {
			if want[i] == "" {
				want[i] = "! empty"
			}
		}
		for _, names := range [][]string{{name}, {name, "indent"}, {"rust", name}} {
			if name == "indent" && len(names) > 1 || name == "rust" && names[0] != name || name == "postgres" && len(names) > 1 || len(names) > 1 && names[1] == "indent" && (message != "" || !strings.Contains("java go", name)) {
				continue
			}
			f := compile(t, Options{Multiline: &Joining{Presets: names}, Limit: 1 << 20})
			got := pieces(t, f, 1<<20, false, input)
			require.Equal(t, recordsOf(want), recordsOf(got), "%s as %s", path, names)
			for cut := 0; cut < len(input); cut += 3 {
				require.Equal(t, recordsOf(want), recordsOf(pieces(t, f, 50, true, input[:cut], input[cut:])), "%s cut at %d", path, cut)
			}
		}
	}
	for _, name := range presetNames {
		assert.True(t, seen[name], "no file for the preset %s", name)
	}
}

func recordsOf(list []string) (records []string) {
	for _, s := range list {
		if !strings.HasPrefix(s, "! ") {
			records = append(records, s)
		}
	}
	return records
}

// A record may hold many lines before it is known whether they belong to it: all are moved once, not once for each.
func TestManyHeldLinesAreMovedOnce(t *testing.T) {
	f := compile(t, Options{Multiline: &Joining{Presets: []string{"java"}}, Limit: 1 << 20})
	linetest.Linear(t, 25000, func(n int) {
		got := pieces(t, f, 1<<20, false, "a.Exception: b\r\n"+strings.Repeat("\r\n", n)+"\tat a.b(C.java:1)\r\nend\r\n")
		assert.Equal(t, []string{"a.Exception: b" + strings.Repeat("\n", n+1) + "\tat a.b(C.java:1)", "end"}, got)
	})
}

// Frames behind a message of too many lines are of something else.
func TestAMessageHasAnEnd(t *testing.T) {
	f := compile(t, Options{Multiline: &Joining{Presets: []string{"java"}}, Limit: 1 << 20})
	lines := func(n int) string { return strings.Repeat("more\n", n) }
	frames := "\tat a.b(C.java:1)"
	for _, ending := range []string{"\n", "\r\n"} {
		input := strings.ReplaceAll("a.Exception: b\n"+lines(maxMessage)+frames+"\n", "\n", ending)
		assert.Equal(t, []string{"a.Exception: b\n" + lines(maxMessage) + frames}, pieces(t, f, 100, true, input), "%q", ending)
		input = strings.ReplaceAll("a.Exception: b\n"+lines(maxMessage+1)+frames+"\n", "\n", ending)
		assert.Len(t, pieces(t, f, 100, true, input), 1+maxMessage+1+1, "%q", ending)
	}
}
