package grok

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// corpus holds cases that other projects wrote. It is looked up where the tests run, and not part of this repository.
const corpus = "../../../../shared/corpus"

// corpusCase is a line of cases.jsonl.
type corpusCase struct {
	ID          string            `json:"id"`
	ECS         string            `json:"ecs"`
	Set         string            `json:"set"`
	Pattern     string            `json:"pattern"`
	Definitions map[string]string `json:"definitions"`
	NamedOnly   *bool             `json:"named_only"`
	Input       string            `json:"input"`
	Match       bool              `json:"match"`
	Expect      map[string]any    `json:"expect"`
	Absent      []string          `json:"absent"`
	Present     []string          `json:"present"`
	Exact       any               `json:"exact"`
	Loose       []string          `json:"loose"`
	Untyped     []string          `json:"untyped"`
	Typed       bool              `json:"typed"`
}

func corpusCases(t *testing.T, suite string) []corpusCase {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	text, err := os.ReadFile(filepath.Join(corpus, suite, "cases.jsonl"))
	if err != nil {
		t.Skipf("the corpus is not here: %v", err)
	}
	var all []corpusCase
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var c corpusCase
		require.NoError(t, json.Unmarshal(lines.Bytes(), &c))
		all = append(all, c)
	}
	require.NotEmpty(t, all)
	return all
}

// flat makes names with dots of nested objects, and leaves out what is empty.
func flat(row map[string]any, prefix string, out map[string]any) map[string]any {
	for key, value := range row {
		switch v := value.(type) {
		case map[string]any:
			flat(v, prefix+key+".", out)
		case nil:
		default:
			if v != "" {
				out[prefix+key] = v
			}
		}
	}
	return out
}

// same compares as the corpus is judged: loosely numbers and their texts are the same.
func same(want, got any, loose bool) bool {
	if list, ok := want.([]any); ok {
		other, ok := got.([]any)
		return ok && slices.EqualFunc(list, other, func(a, b any) bool { return same(a, b, loose) })
	}
	if loose {
		return fmt.Sprint(want) == fmt.Sprint(got)
	}
	return want == got
}

// TestLogstashCases counts what the cases call exact and is not: where the spec compares with hash_including, the case says that a
// prefix has no other fields, but Logstash's own definitions capture more.
func TestLogstashCases(t *testing.T) {
	inexact := map[string]bool{}
	for _, c := range corpusCases(t, "grok") {
		t.Run(c.ID, func(t *testing.T) {
			row := parseCase(t, Options{Patterns: []string{c.Pattern}, Files: []string{filepath.Join(corpus, "grok/patterns", map[string]string{"legacy": "legacy", "v1": "ecs-v1"}[c.ECS])}}, c.Input)
			checkCase(t, &c, row)
			for _, prefix := range asTexts(c.Exact) {
				for key := range row {
					if strings.HasPrefix(key, prefix+".") && c.Expect[key] == nil {
						t.Logf("%s is not expected", key)
						inexact[c.ID] = true
					}
				}
			}
		})
	}
	assert.LessOrEqual(t, len(inexact), 12)
}

// What Logstash's files say in other words than base has its shortcuts too.
func TestLogstashDefinitionsHaveShortcuts(t *testing.T) {
	corpusCases(t, "grok")
	for _, set := range []string{"legacy", "ecs-v1"} {
		defs, err := load(&Options{Files: []string{filepath.Join(corpus, "grok/patterns", set)}})
		require.NoError(t, err)
		for name := range natives {
			assert.True(t, defs.standard(name, 0), "%s of %s", name, set)
		}
	}
}

// Every definition of Logstash's files is walked: the plain engines are a hundred times slower.
func TestLogstashDefinitionsAreWalked(t *testing.T) {
	corpusCases(t, "grok")
	names := 0
	for _, set := range []string{"legacy", "ecs-v1"} {
		folder := filepath.Join(corpus, "grok/patterns", set)
		defs, err := load(&Options{Files: []string{folder}})
		require.NoError(t, err)
		for name := range defs.named {
			p, err := Compile(Options{Patterns: []string{"%{" + name + ":a}"}, Files: []string{folder}})
			require.NoError(t, err)
			assert.NotContains(t, strings.Join(p.Describe(), " "), "plain:", "%s of %s", name, set)
			names++
		}
	}
	assert.Greater(t, names, 600)
}

func asTexts(v any) (texts []string) {
	if list, ok := v.([]any); ok {
		for _, item := range list {
			texts = append(texts, item.(string))
		}
	}
	return texts
}

// parseCase gives the row, nil for no match.
func parseCase(t *testing.T, o Options, input string) map[string]any {
	p, err := Compile(o)
	require.NoError(t, err)
	rows, _ := parse(p, p.NewRecordWorker(), input)
	if len(rows) == 0 {
		return nil
	}
	var row map[string]any
	require.NoError(t, json.Unmarshal([]byte(rows[0]), &row))
	return flat(row, "", map[string]any{})
}

func checkCase(t *testing.T, c *corpusCase, row map[string]any) {
	if !c.Match {
		assert.Nil(t, row, "%s must not match %q", c.Pattern, c.Input)
		return
	}
	if !assert.NotNil(t, row, "%s must match %q", c.Pattern, c.Input) {
		return
	}
	for key, want := range c.Expect {
		loose := c.Set != "" && !c.Typed || slices.Contains(c.Loose, key) || slices.Contains(c.Untyped, key)
		got := row[key]
		if list, ok := got.([]any); ok && c.Set != "" {
			got = list[len(list)-1]
		}
		assert.True(t, same(want, got, loose) || want == "" && got == nil, "%s of %q: %v is not %v", key, c.Input, got, want)
	}
	for _, key := range c.Absent {
		assert.Contains(t, []any{nil, "-"}, row[key], "%s must be absent", key)
	}
	for _, key := range c.Present {
		has := slices.ContainsFunc(slices.Collect(maps.Keys(row)), func(name string) bool { return name == key || strings.HasPrefix(name, key+".") })
		assert.True(t, has, "%s is missing", key)
	}
}

func TestGoGrokCases(t *testing.T) {
	cases := corpusCases(t, "grok-go")
	sets := map[string]map[string]string{}
	files, err := filepath.Glob(filepath.Join(corpus, "grok-go/patterns/*.json"))
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		set := map[string]string{}
		require.NoError(t, json.Unmarshal(text, &set))
		sets[strings.TrimSuffix(filepath.Base(file), ".json")] = set
	}
	for _, c := range cases {
		t.Run(c.ID, func(t *testing.T) {
			define := map[string]string{}
			if c.Set != "none" {
				maps.Copy(define, sets["default"])
				maps.Copy(define, sets[c.Set])
			}
			maps.Copy(define, c.Definitions)
			row := parseCase(t, Options{Patterns: []string{c.Pattern}, Define: define, All: c.NamedOnly != nil && !*c.NamedOnly}, c.Input)
			checkCase(t, &c, row)
			if exact, _ := c.Exact.(bool); exact {
				for key := range row {
					assert.Contains(t, c.Expect, key, "not expected")
				}
			}
		})
	}
}
