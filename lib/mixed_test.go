package sawlog

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const mixedLines = `192.0.2.1 - - [05/Mar/2026:08:09:10 +0000] "GET /a HTTP/1.1" 200 5
{"time":"2026-03-05T08:09:11Z","status":"odd","list":[1]}
nothing
Mar  5 08:09:12 web shop[7]: hello
{"time":"2026-03-05T08:09:13Z","status":7}

192.0.2.2 - - [05/Mar/2026:08:09:14 +0000] "GET /b HTTP/1.1" 404 -
`

func TestSeveralFormats(t *testing.T) {
	for _, c := range []struct{ definition, rows, rejects string }{
		{`{"formats": ["common", {"json": {}, "fields": {"time": "timestamp"}}, "syslog"], "year": 2026}`,
			`{"client":"192.0.2.1","time":"2026-03-05T08:09:10Z","method":"GET","target":"/a","protocol":"HTTP/1.1","status":"200","bytes":5,"_format":"common"}
{"time":"2026-03-05T08:09:11Z","status":"odd","list":"[1]","_format":"json"}
{"time":"2026-03-05T08:09:12Z","host":"web","app":"shop","pid":"7","message":"hello","_format":"syslog"}
{"_format":"json","status":7,"time":"2026-03-05T08:09:13Z"}
{"client":"192.0.2.2","time":"2026-03-05T08:09:14Z","method":"GET","target":"/b","protocol":"HTTP/1.1","status":"404","_format":"common"}`, "3 no_match nothing\n6 empty "},
		{`{"formats": [{"dissect": "%{a} - %{b}", "name": "mine"}, {"dissect": "%{a}: %{b}"}, {"dissect": "%{c}"}], "columns": ["_format", "a"]}`,
			`{"a":"192.0.2.1","_format":"mine"}
{"_format":"dissect#2"}
{"_format":"dissect#2"}
{"a":"Mar  5 08:09:12 web shop[7]","_format":"dissect"}
{"_format":"dissect#2"}
{"a":"192.0.2.2","_format":"mine"}`, "6 empty "},
		{`{"formats": ["syslog", "auto"], "year": 2026, "columns": ["_format"], "where": {"_format": "!= generic"}}`,
			`{"_format":"json"}
{"_format":"syslog"}
{"_format":"json"}`, `1 no_match 192.0.2.1 - - [05/Mar/2026:08:09:10 +0000] "GET /a HTTP/1.1" 200 5
3 no_match nothing
6 empty 
7 no_match 192.0.2.2 - - [05/Mar/2026:08:09:14 +0000] "GET /b HTTP/1.1" 404 -`},
	} {
		p, err := NewParser(c.definition)
		require.NoError(t, err)
		b := p.Parse([]byte(mixedLines))
		var rows, rejects []string
		for i := range b.Len() {
			rows = append(rows, string(b.AppendJSON(nil, i, true)))
		}
		for i := range b.Rejects() {
			r := b.Reject(i)
			rejects = append(rejects, string(rune('0'+r.Line))+" "+r.Fault.String()+" "+string(r.Raw))
		}
		assert.Equal(t, c.rows, strings.Join(rows, "\n"), c.definition)
		assert.Equal(t, c.rejects, strings.Join(rejects, "\n"), c.definition)
		again, err := NewParser(p.Definition())
		require.NoError(t, err)
		assert.Equal(t, p.Definition(), again.Definition())
	}
}

func TestExplainNamesTheFormatThatALineWentFurthestWith(t *testing.T) {
	p, err := NewParser(`{"formats": ["json", "common", "combined"]}`)
	require.NoError(t, err)
	check := p.Explain([]byte(`192.0.2.1 - - [05/Mar/2026:08:09:10 +0000] "GET /a HTTP/1.1" ok 5`))
	assert.Equal(t, "status", check.Column)
	assert.True(t, p.Explain([]byte(`192.0.2.1 - - [05/Mar/2026:08:09:10 +0000] "GET /a HTTP/1.1" 200 5`)).OK)
}

func FuzzSeveralFormats(f *testing.F) {
	var parsers []*Parser
	for _, definition := range []string{
		`{"formats": ["common", {"json": {}}, {"dissect": "%{a}: %{b}"}], "where": {"_format": "!= json"}, "limits": {"line": 80}}`,
		`{"formats": [{"csv": {"header": false, "columns": ["x", "y"], "delimiter": ","}, "strict": true}, "logfmt"], "urls": ["x"], "limits": {"line": 80}}`,
		`{"formats": ["syslog", {"json": {}}], "envelope": ["cri", "none"], "redact": "email", "limits": {"line": 80}}`,
	} {
		p, err := NewParser(definition)
		require.NoError(f, err)
		parsers = append(parsers, p)
	}
	for which := range parsers {
		f.Add(uint8(which), mixedLines, uint16(20))
		f.Add(uint8(which), accessLines+"a: b\nx,y\n1,2\n2026-03-05T08:09:10Z stdout F a@example.com", uint16(70))
	}
	f.Fuzz(func(t *testing.T, which uint8, input string, cut uint16) {
		p := parsers[int(which)%len(parsers)]
		if input == "" || strings.HasPrefix(input, "\ufeff") || strings.HasPrefix(input, "\xff\xfe") || strings.HasPrefix(input, "\xfe\xff") {
			return
		}
		var want outcome
		want.add(p.Parse([]byte(input)))
		lines := int64(strings.Count(input, "\n"))
		if !strings.HasSuffix(input, "\n") {
			lines++
		}
		require.Equal(t, lines, want.Lines)
		s, err := p.Stream(Options{})
		require.NoError(t, err)
		at := int(cut) % len(input)
		require.Equal(t, want, feed(t, s, input[:at], input[at:]))
	})
}
