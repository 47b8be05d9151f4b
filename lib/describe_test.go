package sawlog

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDescribeSaysHowEachElementIsRead(t *testing.T) {
	for _, c := range []struct {
		definition string
		want       []Element
	}{
		{`{"nginx": "$remote_addr [$time_iso8601] \"$request\" $status $request_time"}`, []Element{
			{"$remote_addr", "client", "search for the text behind it, escapes undone"}, {"$time_iso8601", "time", "a time in place, layout rfc3339"},
			{"$request", "method", "a request line"}, {"$status", "status", "digits in place"}, {"$request_time", "duration", "search for the text behind it, then conversion"}}},
		{`{"json": {}, "envelope": {"dissect": "%{a} %{message}"}, "where": {"a": "x"}}`, []Element{
			{"%{a}", "a", "envelope: search for the text behind it"}, {"%{message}", "message", "envelope: search for the text behind it"}, {"json", "", "an engine of its own"}}},
		{`{"formats": ["json", {"loki": "<a>"}]}`, []Element{{"json", "", "an engine of its own"}, {"<a>", "a", "search for the text behind it"}}},
		{`auto`, []Element{}},
	} {
		p, err := NewParser(c.definition)
		require.NoError(t, err)
		assert.Equal(t, c.want, p.Describe(), c.definition)
		assert.Equal(t, p.Describe(), p.Info().Elements)
	}
	for _, definition := range []string{`{"format": "auto", "where": {"status": 200}}`, `{"format": "auto", "envelope": ["cri", "none"]}`} {
		p, err := NewParser(definition)
		require.NoError(t, err)
		r, err := p.OpenReader(strings.NewReader(accessLines), Options{})
		require.NoError(t, err)
		info, err := r.Info()
		require.NoError(t, err)
		assert.Contains(t, info.Elements, Element{"%>s", "status", "digits in place"}, definition)
		require.NoError(t, r.Close())
	}
	p, err := NewParser(`{"grok": "%{IP:client} %{WORD:verb}"}`)
	require.NoError(t, err)
	assert.Contains(t, p.Describe(), Element{Element: "grok", How: "IP: native"})
	p, err = NewParser(`{"grok": "%{IP:client} %{WORD:verb}", "meta": ["line"], "names": "ecs"}`)
	require.NoError(t, err)
	assert.Contains(t, p.Describe(), Element{Element: "grok", How: "IP: native"})
	for _, f := range Formats() {
		p, err := NewParser(f.Name)
		require.NoError(t, err)
		assert.NotEmpty(t, p.Describe(), f.Name)
	}
}

func TestAPatternThatKeepsNothingIsWarnedOf(t *testing.T) {
	const message = "the pattern keeps nothing of a line: rows have no columns"
	regex := Warning{"regex", "", message, `(?P<name>...) keeps what it matches; with "numbered": true all groups do`, 0, 1, 1}
	grok := Warning{"grok", "", message, `%{NAME:field} keeps what it matches; with "named_only": false all names do`, 0, 1, 1}
	for definition, want := range map[string][]Warning{
		`{"regex": "a(b+)"}`:                                            {regex},
		`{"grok": ["%{WORD} x", "y"]}`:                                  {grok},
		`{"regex": "a(b+)", "numbered": true}`:                          {},
		`{"grok": ["%{WORD} x", "%{WORD:w}"]}`:                          {},
		`{"grok": "%{WORD}", "named_only": false}`:                      {},
		`{"regex": "(?P<a>b+)", "columns": []}`:                         {}, // asked for
		`{"format": "common", "envelope": {"regex": "(?<message>.*)"}}`: {},
	} {
		p, err := NewParser(definition)
		require.NoError(t, err, definition)
		assert.Equal(t, want, p.Warnings(), definition)
	}
}

func TestDescribeSaysWhatADefinitionLeavesOpen(t *testing.T) {
	side := func(key, column, other, takes string, offset, line, char int) Warning {
		return Warning{key, column, column + " and " + other + " stand side by side: nothing tells where one ends and the other begins",
			column + " takes as " + takes + " as it can; a constant character is needed between them", offset, line, char}
	}
	for definition, want := range map[string][]Warning{
		`{"grok": "%{DATA:a}%{DATA:b}"}`:                                           {side("grok", "a", "b", "little", 9, 1, 10)},
		`{"grok": ["%{WORD:w} x", "é%{GREEDYDATA:a}%{DATA:b}"], "meta": ["line"]}`: {side("grok", "a", "b", "much", 17, 1, 17)},
		`{"grok": "%{PAIR} %{INT:n}%{INT:m}", "patterns": {"PAIR": "%{NOTSPACE:k}%{NOTSPACE:v}"}}`: {
			side("grok", "k", "v", "much", 0, 1, 1), side("grok", "n", "m", "much", 16, 1, 17)},
		`{"regex": "(?P<a>.*)(?P<b>\\d*)", "where": {"a": "x"}}`:                    {side("regex", "a", "b", "much", 9, 1, 10)},
		`{"format": "common", "envelope": {"regex": "(?P<a>\\S+)(?P<message>.*)"}}`: {side("regex", "a", "message", "much", 10, 1, 11)},
		`{"formats": ["json", {"grok": "%{INT:a}%{INT:b}"}]}`:                       {side("grok", "a", "b", "much", 8, 1, 9)},
		`{"grok": "%{INT:a}%{WORD:b}%{SPACE}%{GREEDYDATA:c}"}`:                      {}, // the border of a word tells
		`{"grok": "%{COMBINEDAPACHELOG}"}`:                                          {},
		`{"regex": "(?P<a>\\d+)(?P<b>[a-z]+)"}`:                                     {},
		`combined`:                                                                  {},
		`auto`:                                                                      {},
	} {
		p, err := NewParser(definition)
		require.NoError(t, err, definition)
		assert.Equal(t, want, p.Warnings(), definition)
		assert.Equal(t, want, p.Info().Warnings, definition)
		n := 0
		for _, e := range p.Describe() {
			if strings.Contains(e.How, "ambiguous: ") {
				n++
			}
		}
		assert.Len(t, want, n, definition)
	}
}
