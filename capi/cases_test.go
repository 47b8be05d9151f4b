package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/formats"
)

// A cCase is one for the program cases_test.c: what goes in, and what must come out.
type cCase struct {
	name       string
	kind       byte // b: a whole text, r: one record, i: what the parser says of itself
	definition string
	input      string
	rows       []string // JSON
	rejects    []string // "FAULT LINE OFFSET"; of a record only the fault
	warnings   string   // JSON
}

// sharedCases are those under lib/testdata/cases, which every language runs.
func sharedCases(t *testing.T) (list []cCase) {
	paths, err := filepath.Glob("../lib/testdata/cases/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		var cases []struct {
			Name       string
			Definition json.RawMessage
			Input      string
			Rows       []json.RawMessage
			Warnings   json.RawMessage
			Rejects    []struct {
				Fault        string
				Line, Offset int64
			}
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &cases))
		for _, c := range cases {
			one := cCase{name: c.Name, kind: 'b', definition: string(c.Definition), input: c.Input}
			for _, row := range c.Rows {
				one.rows = append(one.rows, string(row))
			}
			for _, r := range c.Rejects {
				one.rejects = append(one.rejects, fmt.Sprintf("%s %d %d", r.Fault, r.Line, r.Offset))
			}
			list = append(list, one)
			if c.Warnings != nil {
				list = append(list, cCase{name: c.Name, kind: 'i', definition: one.definition, warnings: string(c.Warnings)})
			}
		}
	}
	return list
}

// sampleCases are the samples of every built-in format.
func sampleCases(t *testing.T) (list []cCase) {
	all, err := formats.All()
	require.NoError(t, err)
	for _, f := range all {
		for _, s := range f.Samples {
			one := cCase{name: fmt.Sprintf("%s.fmt:%d", f.Name, s.Line), kind: 'r', definition: f.SampleDefinition(), input: s.Input}
			if s.Row != "" {
				one.rows = []string{s.Row}
			} else {
				one.rejects = []string{s.Fault + " 1 0"}
			}
			list = append(list, one)
		}
	}
	return list
}

func TestCases(t *testing.T) {
	runCases(t, compile(t, "cases", against(filepath.Join(built(t), "lib"))...))
}

// runCases holds that the program of tests/cases_test.c gives what is expected.
func runCases(t *testing.T, program ...string) {
	t.Helper()
	list := append(sharedCases(t), sampleCases(t)...)
	var in bytes.Buffer
	for _, c := range list {
		fmt.Fprintf(&in, "%c %d %d\n%s%s", c.kind, len(c.definition), len(c.input), c.definition, c.input)
	}
	command := exec.Command(program[0], program[1:]...)
	var said bytes.Buffer // also what Wine says of itself
	command.Stdin, command.Stderr = &in, &said
	out, err := command.Output()
	require.NoError(t, err, said.String()+string(out))
	blocks := strings.Split(strings.TrimSuffix(string(out), "\n\n"), "\n\n")
	if strings.HasPrefix(string(out), "\n") || len(blocks) != len(list) {
		require.Len(t, blocks, len(list), string(out))
	}
	for i, c := range list {
		lines := strings.Split(blocks[i], "\n")
		if c.kind == 'i' {
			var info struct{ Warnings json.RawMessage }
			require.NoError(t, json.Unmarshal([]byte(blocks[i]), &info), c.name)
			assert.JSONEq(t, c.warnings, string(info.Warnings), c.name)
			continue
		}
		if !assert.Len(t, lines, len(c.rows)+len(c.rejects), c.name) {
			continue
		}
		for k, row := range c.rows {
			assert.JSONEq(t, row, lines[k], c.name)
		}
		assert.ElementsMatch(t, c.rejects, lines[len(c.rows):], c.name)
	}
}
