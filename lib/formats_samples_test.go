package sawlog_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	sawlog "github.com/sawlog/sawlog/lib"
	"github.com/sawlog/sawlog/lib/formats"
	"github.com/sawlog/sawlog/lib/record"
)

// Every sample of every format gives exactly its row, or is refused with its fault at its element.
func TestFormatSamples(t *testing.T) {
	t.Parallel()
	all, err := formats.All()
	require.NoError(t, err)
	for _, f := range all {
		t.Run(f.Name, func(t *testing.T) {
			parser, err := sawlog.NewParser(f.SampleDefinition())
			require.NoError(t, err)
			for _, s := range f.Samples {
				where := fmt.Sprintf("%s.fmt:%d: %s", f.Name, s.Line, s.Input)
				batch := parser.ParseRecord([]byte(s.Input))
				check := parser.Explain([]byte(s.Input))
				if s.Row != "" {
					if assert.Equal(t, 1, batch.Len(), "%s: %+v", where, check) {
						assert.JSONEq(t, s.Row, string(batch.AppendJSON(nil, 0, true)), where)
					}
					assert.True(t, check.OK, where)
				} else if assert.Equal(t, 1, batch.Rejects(), where) {
					reject := batch.Reject(0)
					assert.Equal(t, s.Fault, reject.Fault.String(), where)
					assert.Equal(t, s.Input, string(reject.Raw), where)
					assert.False(t, check.OK, where)
					assert.Equal(t, s.Fault, check.Fault, where)
					if s.Element != "" {
						assert.Equal(t, s.Element, check.Element, where)
					}
				}
				batch.Release()
			}
		})
	}
}

// The samples of a format in one block give the same rows and rejects as one by one. A format whose columns depend on the input is left
// out: what a line gives depends on its neighbours there.
func TestFormatSamplesTogether(t *testing.T) {
	t.Parallel()
	all, err := formats.All()
	require.NoError(t, err)
	for _, f := range all {
		parser, err := sawlog.NewParser(f.SampleDefinition())
		require.NoError(t, err, f.Name)
		if parser.Schema() == nil {
			continue
		}
		for _, ending := range []string{"\n", "\r\n"} {
			var text strings.Builder
			var rows, refused []string
			for _, s := range f.Samples {
				text.WriteString(s.Input + ending)
				if s.Row != "" {
					rows = append(rows, s.Row)
				} else {
					refused = append(refused, s.Fault+" "+s.Input)
				}
			}
			batch := parser.Parse([]byte(text.String()))
			if assert.Equal(t, len(rows), batch.Len(), f.Name) {
				for i, row := range rows {
					assert.JSONEq(t, row, string(batch.AppendJSON(nil, i, true)), f.Name)
				}
			}
			if assert.Equal(t, len(refused), batch.Rejects(), f.Name) {
				for i, want := range refused {
					reject := batch.Reject(i)
					assert.Equal(t, want, reject.Fault.String()+" "+string(reject.Raw), f.Name)
				}
			}
			batch.Release()
		}
	}
}

// Every column of a format with a fixed schema is filled by some sample.
func TestFormatColumnsShown(t *testing.T) {
	t.Parallel()
	all, err := formats.All()
	require.NoError(t, err)
	for _, f := range all {
		parser, err := sawlog.NewParser(f.Name)
		require.NoError(t, err, f.Name)
		if parser.Schema() == nil {
			continue
		}
		shown := map[string]any{}
		for _, s := range f.Samples {
			if s.Row != "" {
				require.NoError(t, json.Unmarshal([]byte(s.Row), &shown))
			}
		}
		for _, name := range parser.Schema().Names() {
			assert.Contains(t, shown, name, f.Name)
		}
		assert.Len(t, shown, len(parser.Schema().Fields), f.Name)
	}
}

// What the page about formats shows is true: its files are some, its definitions compile, and its commands run tests that there are.
func TestFormatsPage(t *testing.T) {
	page, err := os.ReadFile("formats/README.md")
	require.NoError(t, err)
	counts := map[string]int{}
	for _, b := range fencedBlocks(string(page)) {
		counts[b.language]++
		switch b.language {
		case "json":
			for line := range strings.Lines(b.text) {
				_, err := sawlog.NewParser(line)
				assert.NoError(t, err, line)
			}
		case "console":
			checkConsole(t, b.text)
		default:
			checkFormatFile(t, b.text)
		}
	}
	for fault := record.NoMatch; fault < record.Faults; fault++ {
		assert.Contains(t, string(page), "`"+fault.String()+"`", "no page says what this fault is")
	}
	assert.Equal(t, 2, counts[""])
	assert.GreaterOrEqual(t, counts["json"], 3)
	assert.GreaterOrEqual(t, counts["console"], 3)
}

type fencedBlock struct{ language, text string }

// fencedBlocks are the blocks of a page, those that stand indented in a list included.
func fencedBlocks(page string) (blocks []fencedBlock) {
	for _, m := range regexp.MustCompile("(?ms)^( *)```([a-z]*)\n(.*?)^ *```$").FindAllStringSubmatch(page, -1) {
		blocks = append(blocks, fencedBlock{m[2], regexp.MustCompile("(?m)^"+m[1]).ReplaceAllString(m[3], "")})
	}
	return blocks
}

func checkFormatFile(t *testing.T, text string) {
	name := regexp.MustCompile(`"name": "(\w+)"`).FindStringSubmatch(text)[1]
	f, err := formats.Parse(name+".fmt", text)
	require.NoError(t, err)
	require.NotEmpty(t, f.Samples)
	parser, err := sawlog.NewParser(f.Definition)
	require.NoError(t, err)
	for _, s := range f.Samples {
		batch := parser.ParseRecord([]byte(s.Input))
		if s.Row != "" && assert.Equal(t, 1, batch.Len()) {
			assert.JSONEq(t, s.Row, string(batch.AppendJSON(nil, 0, true)))
		} else {
			assert.Equal(t, s.Fault+" "+s.Element, parser.Explain([]byte(s.Input)).Fault+" "+parser.Explain([]byte(s.Input)).Element)
		}
	}
}

// checkConsole holds the tests that a block names against those that there are, and the pattern of a command against the file beside it.
func checkConsole(t *testing.T, text string) {
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		require.Equal(t, "$", words[0], line)
		if at := slices.Index(words, "-run"); at > 0 {
			found, err := filepath.Glob("*_test.go")
			require.NoError(t, err)
			assert.True(t, slices.ContainsFunc(found, func(file string) bool {
				code, err := os.ReadFile(file)
				return err == nil && strings.Contains(string(code), "\nfunc "+words[at+1])
			}), line)
		}
		if _, pattern, ok := strings.Cut(line, "--option 'line="); ok {
			_, err := sawlog.NewParserOptions(sawlog.Options{Line: sawlog.TextList{strings.TrimSuffix(strings.TrimSpace(pattern), "'")}})
			assert.NoError(t, err, line)
		}
	}
}

// A blank line between records of several lines belongs to the one before it.
func TestRecordsWithABlankLineBehindThem(t *testing.T) {
	t.Parallel()
	const text = "\nStart-Date: 2026-03-05  07:09:10\nCommandline: apt-get install oak\nEnd-Date: 2026-03-05  07:09:17\n\nStart-Date: 2026-03-05  08:09:10\nRemove: oak:amd64 (1.0)\n\nStart-Date: 2026-03-05  09:09:10\nEnd-Date: 2026-03-05  09:09:17\n"
	d := sawlog.Detect([]byte(text))
	assert.Equal(t, "apt_history", d.Format)
	parser, err := sawlog.NewParser(d.Definition)
	require.NoError(t, err)
	batch := parser.Parse([]byte(text))
	defer batch.Release()
	require.Equal(t, 3, batch.Len())
	assert.Equal(t, 1, batch.Rejects(), "the blank line in front")
	assert.JSONEq(t, `{"time": "2026-03-05T08:09:10Z", "removed": "oak:amd64 (1.0)"}`, string(batch.AppendJSON(nil, 1, true)))
}
