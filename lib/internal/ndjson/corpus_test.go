package ndjson

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/record"
)

// corpus finds a folder beside the repository, "" when there is none.
func corpus(t *testing.T, path ...string) string {
	dir, err := os.Getwd()
	require.NoError(t, err)
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		require.NotEqual(t, dir, filepath.Dir(dir), "no go.mod above the test")
	}
	name := filepath.Join(append([]string{dir, "..", "shared", "corpus"}, path...)...)
	if _, err := os.Stat(name); err != nil {
		t.Skipf("%s is not there", filepath.Join(path...))
	}
	return name
}

// eachLine calls do for the lines of a corpus file.
func eachLine(t *testing.T, name string, do func(line []byte)) {
	file, err := os.Open(name)
	require.NoError(t, err)
	defer file.Close()
	s := bufio.NewScanner(file)
	s.Buffer(nil, 1<<24)
	for s.Scan() {
		do(s.Bytes())
	}
	require.NoError(t, s.Err())
}

// JSONTestSuite: whole documents, y must be accepted, n must be refused, i may be either.
func TestJSONTestSuite(t *testing.T) {
	counts := map[string]int{}
	eachLine(t, corpus(t, "json", "cases.jsonl"), func(line []byte) {
		var c struct {
			ID, Verdict string
			Input       string `json:"input_b64"`
			Text        string `json:"input"`
		}
		require.NoError(t, json.Unmarshal(line, &c))
		text, err := base64.StdEncoding.DecodeString(c.Input)
		require.NoError(t, err)
		if c.Input == "" {
			text = []byte(c.Text)
		}
		counts[c.Verdict]++
		for _, depth := range []int{0, 1 << 20} {
			document(t, c.ID, c.Verdict, string(text), depth)
		}
	})
	assert.Greater(t, counts["y"], 90)
	assert.Greater(t, counts["n"], 180)
}

func document(t *testing.T, id, verdict, text string, depth int) {
	batch := read(t, Options{Document: true, Depth: depth}, text)
	assert.Equal(t, int64(batch.Len()+batch.Rejects())+batch.Continuations(), batch.Lines(), id)
	switch verdict {
	case "y":
		if assert.Equal(t, 1, batch.Len(), id) {
			row := decode(t, string(batch.AppendJSON(nil, 0, true))).(map[string]any)
			if want, ok := decode(t, text).(map[string]any); ok {
				assert.True(t, equal(want, row), id)
			} else {
				assert.True(t, equal(decode(t, text), row[valueName]), "%s: %v", id, row)
			}
		}
	case "n":
		assert.Equal(t, 0, batch.Len(), id)
	default:
		if text != "" {
			assert.Equal(t, 1, batch.Len()+batch.Rejects(), id)
		}
	}
	if batch.Rejects() > 0 {
		fault := batch.Reject(0).Fault
		assert.Contains(t, []record.Fault{record.BadJSON, record.TooDeep, record.Empty}, fault, id)
	}
}

func TestNginxPlusLogs(t *testing.T) {
	text, err := os.ReadFile(corpus(t, "access", "nginxplus_json_logs"))
	require.NoError(t, err)
	batch := read(t, Options{}, string(text))
	assert.Zero(t, batch.Rejects())
	row := 0
	eachLine(t, corpus(t, "access", "nginxplus_json_logs"), func(line []byte) {
		want, got := decode(t, string(line)), decode(t, string(batch.AppendJSON(nil, row, true)))
		require.True(t, equal(want, got), "row %d", row)
		row++
	})
	assert.Equal(t, row, batch.Len())
}
