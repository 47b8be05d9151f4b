package match

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/record"
)

// corpus is the content of a file of the cases beside the repository; without it the test is skipped.
func corpus(t *testing.T, path ...string) []byte {
	dir, err := os.Getwd()
	require.NoError(t, err)
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		require.NotEqual(t, dir, filepath.Dir(dir), "no go.mod above the test")
	}
	text, err := os.ReadFile(filepath.Join(append([]string{dir, "..", "shared", "corpus"}, path...)...))
	if err != nil {
		t.Skipf("%s is not there", filepath.Join(path...))
	}
	return text
}

// What GoAccess counts in a log, we count by its format.
func TestGoAccessCountsAlike(t *testing.T) {
	var want struct {
		Total, Failed int
		Bytes         int64
		Status        map[string]int
		HitsPerDay    map[string]int `json:"hits_per_day"`
	}
	require.NoError(t, json.Unmarshal(corpus(t, "access", "check.json"), &want))
	text := corpus(t, "access", "apache_logs")
	tree, err := pattern.CompileGoAccess(`%h %^[%d:%t %^] "%r" %s %b "%R" "%u"`, "%d/%b/%Y", "%H:%M:%S")
	require.NoError(t, err)
	p, err := Compile(tree, Options{Limit: 1 << 20})
	require.NoError(t, err)
	data, n := block(string(text))
	b := record.NewBuilder(p.Schema(), record.Heap, true)
	b.Start(1)
	b.Begin(data, n, false)
	p.NewWorker().Parse(b, data, n)
	batch := b.Finish()
	got, status, days := int64(0), map[string]int{}, map[string]int{}
	for r := range batch.Len() {
		var row struct {
			Bytes  int64
			Status json.Number
			Time   time.Time
		}
		require.NoError(t, json.Unmarshal(batch.AppendJSON(nil, r, true), &row))
		got += row.Bytes
		status[row.Status.String()]++
		days[row.Time.Format("20060102")]++
	}
	assert.Equal(t, want.Total, batch.Len())
	assert.Equal(t, want.Failed, batch.Rejects())
	assert.Equal(t, want.Bytes, got)
	assert.Equal(t, want.Status, status)
	assert.Equal(t, want.HitsPerDay, days)
}

// GoAccess's own formats compile, but for the one that is JSON.
func TestGoAccessFormats(t *testing.T) {
	for _, line := range bytes.Split(bytes.TrimSpace(corpus(t, "access", "goaccess_formats.jsonl")), []byte("\n")) {
		var format struct {
			Name   string
			Format string `json:"log_format"`
		}
		require.NoError(t, json.Unmarshal(line, &format))
		named, err := pattern.CompileGoAccess(strings.ToUpper(format.Name), "", "")
		if format.Name == "caddy" {
			_, err := pattern.CompileGoAccess(format.Format, "", "")
			require.ErrorContains(t, err, "JSON")
			continue
		}
		require.NoError(t, err, format.Name)
		written, err := pattern.CompileGoAccess(format.Format, "%Y", "%H")
		require.NoError(t, err, format.Name)
		assert.Equal(t, named.Fields(), written.Fields(), format.Name)
	}
}

// VictoriaLogs' own cases for patterns.
func TestLogsQLCases(t *testing.T) {
	for _, line := range bytes.Split(bytes.TrimSpace(corpus(t, "victorialogs", "cases.jsonl")), []byte("\n")) {
		var c struct {
			ID, Kind, Pattern, Input string
			Expect                   []string
			Error                    bool
		}
		if json.Unmarshal(line, &c) != nil || c.Kind != "pattern" {
			continue
		}
		tree, err := pattern.CompileLogsQL(c.Pattern)
		if c.Error {
			assert.Error(t, err, c.ID)
			continue
		}
		require.NoError(t, err, c.ID)
		p, err := Compile(tree, Options{Limit: 1 << 20})
		require.NoError(t, err, c.ID)
		data, n := block(strings.TrimSuffix(c.Input, "\n") + "\n")
		b := record.NewBuilder(p.Schema(), record.Heap, true)
		b.Start(1)
		b.Begin(data, n, false)
		p.NewWorker().Parse(b, data, n)
		batch := b.Finish()
		if batch.Len() == 0 { // a partial match: VictoriaLogs leaves the rest empty
			assert.Empty(t, c.Expect[len(c.Expect)-1], c.ID)
			continue
		}
		row := map[string]string{}
		require.NoError(t, json.Unmarshal(batch.AppendJSON(nil, 0, false), &row))
		var got []string
		for _, name := range p.Schema().Names() {
			got = append(got, row[name])
		}
		assert.Equal(t, c.Expect, got, c.ID)
	}
}
