package sawlog

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/formats"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares text with a file under testdata.
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "make it with: go test ./lib -run %s -update", t.Name())
	assert.Equal(t, string(want), text)
}

// samplesOf are the lines that a format's file says it reads.
func samplesOf(f formats.Format) (lines []string) {
	for _, s := range f.Samples {
		if s.Row != "" {
			lines = append(lines, s.Input)
		}
	}
	return lines
}

// A row for each format: which format its samples, all together, are taken for, and how many of them each other format would read.
func TestEachFormatWinsItsOwnSamples(t *testing.T) {
	all, err := formats.All()
	require.NoError(t, err)
	var matrix strings.Builder
	for _, f := range all {
		lines := samplesOf(f)
		d := Detect([]byte(strings.Join(lines, "\n")))
		fmt.Fprintf(&matrix, "%s, %d samples: %s\n", f.Name, len(lines), d.Format)
		for _, c := range d.Candidates {
			if c.Matched > 0 {
				fmt.Fprintf(&matrix, "  %s %d\n", c.Format, c.Matched)
			}
		}
		want := f.Name
		if want == "nginx_combined" {
			want = "combined" // the same text: only who wrote it differs
		}
		assert.Equal(t, want, d.Format, d.Explain())
	}
	golden(t, "detection.txt", matrix.String())
}

func TestDetectionLooksBeyondTheFirstLine(t *testing.T) {
	access, app := strings.Repeat(accessLine+"\n", 30), strings.Repeat(`{"level":"info","msg":"a=b c=d"}`+"\n", 30)
	pairs := strings.Repeat("level=info msg=\"hello there\" port=80\n", 30)
	for _, c := range []struct{ name, text, format string }{
		{"empty", "", "generic"}, {"blank", "\n\n\n", "generic"}, {"prose", strings.Repeat("It was a dark and stormy night.\n", 20), "generic"},
		{"prose with a sign", strings.Repeat("the answer is x=42, they said\n", 20), "generic"},
		{"a banner", "=== server 1.2 starting ===\nlistening=yes\n" + access, "combined"}, {"a trace in the middle", access + "panic: x\n\tat a.go:1\n\tat b.go:2\n" + access, "combined"},
		{"objects", app, "json"}, {"objects behind a banner", "starting\n{\n" + app, "json"}, {"pairs", pairs, "logfmt"}, {"pairs behind json", `{"a":1}` + "\n" + pairs, "logfmt"},
		{"a mark", "\ufeff" + access, "combined"}, {"CRLF", strings.ReplaceAll(access, "\n", "\r\n"), "combined"}, {"every byte", everyByte(), "generic"}, {"binary", strings.Repeat("\x00\x01\xff\n", 50), "generic"},
	} {
		d := Detect([]byte(c.text))
		assert.Equal(t, c.format, d.Format, "%s: %s", c.name, d.Explain())
		p, err := NewParser(d.Definition)
		require.NoError(t, err)
		assert.NotNil(t, p)
		assert.Contains(t, d.Explain(), d.Format)
	}
}

func everyByte() string {
	b := make([]byte, 256)
	for i := range b {
		b[i] = byte(i)
	}
	return strings.Repeat(string(b), 40)
}

func TestFormatsAreListed(t *testing.T) {
	all := Formats()
	require.NotEmpty(t, all)
	for _, f := range all {
		assert.NotEmpty(t, f.Title, f.Name)
		assert.True(t, strings.HasPrefix(f.URL, "https://"), f.Name)
		assert.NotEmpty(t, f.Sample, f.Name)
		p, err := NewParser(f.Name)
		require.NoError(t, err)
		open := p.Schema() == nil && formats.Find(f.Name).Signature == nil
		assert.Equal(t, open, len(f.Fields) == 0, f.Name)
		for _, alias := range f.Aliases {
			described, err := DescribeFormat(alias)
			require.NoError(t, err)
			assert.Equal(t, f.Name, described.Name)
		}
	}
	_, err := DescribeFormat("combind")
	assert.ErrorContains(t, err, "combined")
}
