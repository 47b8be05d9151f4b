package sawlog

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var updateDefinitions = flag.Bool("update-definitions", false, "write what is said of the definitions in testdata/definitions.jsonl")

// refused is a line of testdata/definitions.jsonl: a definition that is wrong, and all that is said of it. Other languages are held to the
// same file. A new case is a line with a definition alone; -update-definitions writes the rest, which is to be read before it is kept.
type refused struct {
	Definition string `json:"definition"`
	Kind       Kind   `json:"kind"`
	Message    string `json:"message"`
	Hint       string `json:"hint"`
	Offset     int    `json:"offset"`
	Line       int    `json:"line"`
	Column     int    `json:"column"`
}

func TestWhatIsSaidOfBadDefinitions(t *testing.T) {
	const file = "testdata/definitions.jsonl"
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var all []refused
	var rest bytes.Buffer
	for line := range strings.Lines(string(text)) {
		var want refused
		require.NoError(t, json.Unmarshal([]byte(line), &want), line)
		_, err := NewParser(want.Definition)
		var e *FormatError
		if !assert.ErrorAs(t, err, &e, "%s is no mistake, or another kind of error: %v", want.Definition, err) {
			continue
		}
		got := refused{want.Definition, e.Kind, e.Message, e.Hint, e.Offset, e.Line, e.Column}
		if !*updateDefinitions {
			assert.Equal(t, want, got)
		}
		checkRefusal(t, e, want.Definition)
		all = append(all, got)
		one, err := json.MarshalWithOption(got, json.DisableHTMLEscape())
		require.NoError(t, err)
		rest.Write(append(one, '\n'))
	}
	assert.GreaterOrEqual(t, len(all), 200)
	if *updateDefinitions {
		require.NoError(t, os.WriteFile(file, rest.Bytes(), 0o644))
	}
}

// checkRefusal holds what must be true of every one.
func checkRefusal(t *testing.T, e *FormatError, definition string) {
	assert.NotEmpty(t, e.Message, definition)
	assert.Less(t, len(e.Message), 480, definition)
	assert.False(t, errors.Is(e, os.ErrInvalid))
	assert.NotContains(t, e.Message, "reflect", definition)
	assert.NotContains(t, e.Message, "Go ", definition)
	if e.Offset >= 0 {
		assert.LessOrEqual(t, e.Offset, len(definition), definition)
		assert.Positive(t, e.Line, definition)
		assert.Positive(t, e.Column, definition)
	} else {
		assert.Zero(t, e.Line, definition)
	}
}
