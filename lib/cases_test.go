package sawlog

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A sharedCase is a definition, a text and all that becomes of it. The files under testdata/cases hold them, one file a subject; the tests
// of C, Python and Node.js read the same files. Name, definition and input are written by hand; -update fills in the rest.
type sharedCase struct {
	Name       string            `json:"name"`
	Definition json.RawMessage   `json:"definition"`
	Input      string            `json:"input"`
	Rows       []json.RawMessage `json:"rows,omitempty"`
	Rejects    []sharedReject    `json:"rejects,omitempty"`
	Warnings   []Warning         `json:"warnings,omitempty"`
}

type sharedReject struct {
	Fault  string `json:"fault"`
	Line   int64  `json:"line"`
	Offset int64  `json:"offset"`
	Raw    string `json:"raw"`
}

func sharedCases(t *testing.T, path string) (cases []sharedCase) {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &cases), path)
	return cases
}

// parsed is c with what the parser makes of it.
func (c sharedCase) parsed(t *testing.T) sharedCase {
	parser, err := NewParser(string(c.Definition))
	require.NoError(t, err, c.Name)
	batch := parser.Parse([]byte(c.Input))
	defer batch.Release()
	c.Rows, c.Rejects, c.Warnings = nil, nil, parser.Warnings()
	for i := range batch.Len() {
		c.Rows = append(c.Rows, batch.AppendJSON(nil, i, true))
	}
	for i := range batch.Rejects() {
		r := batch.Reject(i)
		c.Rejects = append(c.Rejects, sharedReject{r.Fault.String(), r.Line, r.Offset, strings.ToValidUTF8(string(r.Raw), "\uFFFD")})
	}
	return c
}

// text writes the case as the files have it: a row a line.
func (c sharedCase) text() string {
	var b strings.Builder
	write := func(before string, value any) {
		b.WriteString(before)
		text, _ := json.MarshalWithOption(value, json.DisableHTMLEscape())
		b.Write(bytes.TrimSpace(text))
	}
	write(`{"name": `, c.Name)
	b.WriteString(",\n \"definition\": ")
	b.Write(c.Definition)
	write(",\n \"input\": ", c.Input)
	list := func(name string, n int, at func(i int) any) {
		for i := range n {
			before := ",\n  "
			if i == 0 {
				before = ",\n \"" + name + "\": [\n  "
			}
			write(before, at(i))
		}
		if n > 0 {
			b.WriteByte(']')
		}
	}
	list("rows", len(c.Rows), func(i int) any { return c.Rows[i] })
	list("rejects", len(c.Rejects), func(i int) any { return c.Rejects[i] })
	list("warnings", len(c.Warnings), func(i int) any { return c.Warnings[i] })
	b.WriteByte('}')
	return b.String()
}

func TestSharedCases(t *testing.T) {
	paths, err := filepath.Glob("testdata/cases/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
			var texts []string
			for _, want := range sharedCases(t, path) {
				got := want.parsed(t)
				if !*update {
					assert.Equal(t, want.text(), got.text(), want.Name)
				}
				texts = append(texts, got.text())
			}
			if *update {
				require.NoError(t, os.WriteFile(path, []byte("[\n"+strings.Join(texts, ",\n")+"\n]\n"), 0o600))
			}
		})
	}
}
