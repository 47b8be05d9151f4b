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
	for _, f := range Formats() {
		p, err := NewParser(f.Name)
		require.NoError(t, err)
		assert.NotEmpty(t, p.Describe(), f.Name)
	}
}
