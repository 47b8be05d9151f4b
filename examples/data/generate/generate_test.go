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
	var log bytes.Buffer
	require.NoError(t, generate(&log, "ndjson", 1, 0, 2000, false))
	for line := range strings.Lines(log.String()) {
		var record map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &record), line)
		require.GreaterOrEqual(t, len(record), 11)
	}
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
	assert.ErrorContains(t, generate(&log, "syslog", 1, 1, 0, false), "combined, logfmt, ndjson")
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
