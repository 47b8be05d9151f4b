package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	sawlog "github.com/sawlog/sawlog/lib"
)

var update = flag.Bool("update", false, "write the files in examples/data")

// The logs in examples/data are what the generator makes.
func TestSamples(t *testing.T) {
	for _, sample := range []struct {
		file, kind string
		zip        bool
	}{
		{"access.log", "combined", false},
		{"access.log.gz", "combined", true},
		{"app.jsonl", "ndjson", false},
		{"app.logfmt", "logfmt", false},
	} {
		t.Run(sample.file, func(t *testing.T) {
			write := func(w io.Writer) error { return generate(w, sample.kind, 7, 0, 400, true) }
			path := filepath.Join("..", sample.file)
			if *update {
				require.NoError(t, writeTo(path, sample.zip, write))
			}
			var want bytes.Buffer
			require.NoError(t, write(&want))
			got, err := os.ReadFile(path)
			require.NoError(t, err)
			if sample.zip { // another version of Go may compress in another way
				unzip, err := gzip.NewReader(bytes.NewReader(got))
				require.NoError(t, err)
				got, err = io.ReadAll(unzip)
				require.NoError(t, err)
			}
			require.Equal(t, want.String(), string(got))
			require.Equal(t, 400, bytes.Count(got, []byte("\n")))
		})
	}
}

func TestNDJSONIsJSON(t *testing.T) {
	for _, kind := range []struct {
		name  string
		least int
	}{{"ndjson", 11}, {"ndjson-deep", 10}, {"ndjson-shapes", 11}, {"ndjson-escapes", 11}} {
		var log bytes.Buffer
		require.NoError(t, generate(&log, kind.name, 1, 0, 2000, false))
		for line := range strings.Lines(log.String()) {
			var record map[string]any
			require.NoError(t, json.Unmarshal([]byte(line), &record), line)
			require.GreaterOrEqual(t, len(record), kind.least)
		}
	}
}

// Each kind is one that sawlog reads, line by line, but for those that are made to be refused.
func TestKindsAreWhatTheySay(t *testing.T) {
	for kind, c := range map[string]struct {
		definition string
		refused    float64
	}{
		"combined":       {"combined", 0},
		"ndjson":         {"json", 0},
		"ndjson-deep":    {"json", 0},
		"logfmt":         {"logfmt", 0},
		"ndjson-shapes":  {"json", 0},
		"ndjson-escapes": {"json", 0},
		"syslog3164":     {`{"syslog": {}, "year": 2026}`, 0},
		"syslog5424":     {`{"syslog": {"rfc": 5424}}`, 0},
		"pattern":        {`{"logback": "%d{yyyy-MM-dd HH:mm:ss,SSS} %-5p [%t] %c: %m%n"}`, 0},
		"grok-chain":     {`{"grok": "%{DATA:a} %{DATA:b} %{DATA:c} %{DATA:d} %{GREEDYDATA:e} \\[%{WORD:f}\\]"}`, 0.05},
		"cef":            {"cef", 0},
		"refuse":         {"combined", 1},
	} {
		var log, again bytes.Buffer
		require.NoError(t, generate(&log, kind, 1, 0, 2000, false))
		require.NoError(t, generate(&again, kind, 1, 0, 2000, false))
		require.Equal(t, log.String(), again.String(), "the same bytes each time")
		p, err := sawlog.NewParser(c.definition)
		require.NoError(t, err)
		batch := p.Parse(log.Bytes())
		assert.Equal(t, 2000, batch.Len()+batch.Rejects(), kind)
		assert.InDelta(t, c.refused*2000, batch.Rejects(), 40*c.refused*10, kind)
	}
	assert.Len(t, kinds, 12, "every kind is tried")
}

func TestSize(t *testing.T) {
	for text, want := range map[string]int64{"": 0, "7": 7, "500KB": 500_000, "1.5 mb": 1_500_000, "1GB": 1_000_000_000} {
		got, err := parseSize(text)
		assert.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"many", "-1MB", "MB"} {
		_, err := parseSize(text)
		assert.Error(t, err, text)
	}
	var log bytes.Buffer
	require.NoError(t, generate(&log, "logfmt", 1, 10_000, 0, false))
	assert.InDelta(t, 10_000, log.Len(), 500)
	assert.GreaterOrEqual(t, log.Len(), 10_000)
	assert.ErrorContains(t, generate(&log, "syslog", 1, 1, 0, false), "cef, combined, grok-chain")
}

func TestRepeat(t *testing.T) {
	path := filepath.Join(t.TempDir(), "short.log")
	require.NoError(t, os.WriteFile(path, []byte("one\ntwo"), 0o644))
	var long bytes.Buffer
	require.NoError(t, repeatFile(&long, path, 20))
	assert.Equal(t, strings.Repeat("one\ntwo\n", 3), long.String())
	require.NoError(t, os.WriteFile(path, nil, 0o644))
	assert.Error(t, repeatFile(&long, path, 20))
}
