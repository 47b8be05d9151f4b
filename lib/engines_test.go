package sawlog

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// One definition of each key that says how records are read, and a record of it.
var engineCases = []struct{ key, definition, record, row string }{
	{"format", `{"format": "common"}`, `h - - [02/Mar/2026:08:00:00 +0100] "GET / HTTP/1.1" 200 5`, `{"client":"h","time":"2026-03-02T07:00:00Z","method":"GET","target":"/","protocol":"HTTP/1.1","status":200,"bytes":5}`},
	{"nginx", `{"nginx": "$status $request_time"}`, `200 0.5`, `{"status":200,"duration":500000000}`},
	{"apache", `{"apache": "%h %D"}`, `h 12`, `{"client":"h","duration":12000}`},
	{"json", `{"json": {}}`, `{"a": {"b": [1]}}`, `{"a":{"b":"[1]"}}`},
	{"logfmt", `{"logfmt": {}}`, `a=1 b="x y"`, `{"a":1,"b":"x y"}`},
	{"dissect", `{"dissect": "%{a} %{?skip}[%{b}]", "fields": {"b": "int"}}`, `x y[7]`, `{"a":"x","b":7}`},
	{"loki", `{"loki": "<a> <_> <b>"}`, `x y z`, `{"a":"x","b":"z"}`},
	{"logsql", `{"logsql": "ip=<ip> "}`, `from ip=1.2.3.4 on`, `{"ip":"1.2.3.4"}`},
	{"goaccess", `{"goaccess": {"log_format": "%h [%d:%t %^] %s", "date_format": "%d/%b/%Y", "time_format": "%H:%M:%S"}}`, `h [02/Mar/2026:08:00:00 +0000] 404`, `{"client":"h","time":"2026-03-02T08:00:00Z","status":404}`},
	{"tomcat", `{"tomcat": "%h %s %I"}`, `10.0.0.1 200 main`, `{"client":"10.0.0.1","status":200,"thread":"main"}`},
	{"gunicorn", `{"gunicorn": "%(h)s %(s)s %(M)s"}`, `10.0.0.1 200 7`, `{"client":"10.0.0.1","status":200,"duration":7000000}`},
	{"undertow", `{"undertow": "%h %s %{i,Host}"}`, `10.0.0.1 200 a`, `{"client":"10.0.0.1","status":200,"http_host":"a"}`},
	{"uwsgi", `{"uwsgi": "%(addr) %(status) %(msecs)"}`, `10.0.0.1 200 7`, `{"client":"10.0.0.1","status":200,"duration":7000000}`},
	{"squid", `{"squid": "%ts.%03tu %>a %03>Hs"}`, `1772698150.603 10.0.0.1 200`, `{"time":"2026-03-05T08:09:10.603Z","client":"10.0.0.1","status":200}`},
	{"haproxy", `{"haproxy": "%ci:%cp %ST"}`, `10.0.0.1:80 200`, ``},
	{"envoy", `{"envoy": "%PROTOCOL% %RESPONSE_CODE%"}`, `HTTP/2 200`, `{"protocol":"HTTP/2","status":200}`},
	{"logback", `{"logback": "%d{yyyy-MM-dd HH:mm:ss,SSS} %p [%t] %c: %m%n"}`, `2026-03-02 08:00:00,250 INFO [main] org.Example: up: yes`, ``},
	{"python_logging", `{"python_logging": "%(levelname)s:%(name)s:%(message)s"}`, `INFO:root:hello: there`, ``},
	{"rsyslog", `{"rsyslog": "%HOSTNAME% %syslogtag%%msg%"}`, `h app[1]: text`, ``},
	{"postgres", `{"postgres": "%m [%p] "}`, `2026-03-02 08:00:00.250 UTC [7] LOG:  ready`, ``},
	{"vpc_flow", `{"vpc_flow": "version srcaddr dstaddr action"}`, `2 10.0.0.1 10.0.0.2 ACCEPT`, ``},
	{"line", `{"line": ["{n:int} {word}", "{level:level}: {message}"]}`, `Warning: low on space`, `{"level":"Warning","severity":4,"message":"low on space"}`},
	{"grok", `{"grok": "%{WORD:verb} %{NUMBER:n:int}"}`, `took 5`, `{"verb":"took","n":5}`},
	{"regex", `{"regex": "(?P<a>\\w+)=(?P<b>\\d+)", "fields": {"b": "int"}}`, `x=12`, `{"a":"x","b":12}`},
	{"csv", `{"csv": {"header": false, "columns": ["a", "b"], "delimiter": ","}}`, `1,"x, y"`, `{"a":1,"b":"x, y"}`},
	{"keyvalue", `{"keyvalue": {"key_value_delimiter": ":", "field_delimiter": ","}}`, `a:1,b:x`, `{"a":1,"b":"x"}`},
	{"ltsv", `{"ltsv": {}}`, "a:1\tb:x", `{"a":1,"b":"x"}`},
	{"cef", `{"cef": {}}`, `CEF:0|Maker|Thing|1.0|100|Name|5|src=10.0.0.1`, ``},
	{"leef", `{"leef": {}}`, "LEEF:1.0|Maker|Thing|1.0|100|src=10.0.0.1", ``},
	{"w3c", `{"w3c": {"header": "date time c-ip"}}`, "2026-03-02 08:00:00 h", `{"time":"2026-03-02T08:00:00Z","client":"h"}`},
	{"zeek", `{"zeek": {}}`, "#fields\ta\tid.orig_h\n#types\tcount\taddr\n5\t::1", `{"a":5,"src_ip":"::1"}`},
	{"mysql_slow", `{"mysql_slow": {}}`, "# Time: 2026-03-05T07:09:10Z", `{"time":"2026-03-05T07:09:10Z"}`},
	{"timed", `{"timed": {}}`, `[2026-03-02 08:00:00,250] WARN: low on space`, `{"time":"2026-03-02T08:00:00.25Z","level":"WARN","severity":4,"message":"low on space"}`},
	{"otlp", `{"otlp": {}}`, `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}]}]}]}`, `{"message":"x"}`},
	{"journald_export", `{"journald_export": {}}`, "A=1\nB\n\x03\x00\x00\x00\x00\x00\x00\x00x\ny\n", `{"A":1,"B":"x\ny"}`},
	{"syslog", `{"syslog": {"rfc": 5424}}`, `<1>1 - h a - - [x@1 k="v"] m`, `{"facility":0,"severity":1,"version":1,"host":"h","app":"a","structured_data":{"x@1":{"k":"v"}},"message":"m"}`},
	{"journald_export", `{"journald_export": {}}`, "A=1\nB=x=y", `{"A":1,"B":"x=y"}`},
	{"formats", `{"formats": ["common", {"dissect": "%{a}=%{b}"}]}`, `x=y`, `{"a":"x","b":"y","_format":"dissect"}`},
}

func TestEachKeyReadsARecord(t *testing.T) {
	tried := map[string]bool{}
	for _, c := range engineCases {
		t.Run(c.key, func(t *testing.T) {
			p, err := NewParser(c.definition)
			require.NoError(t, err)
			batch := p.ParseRecord([]byte(c.record))
			require.Equal(t, 1, batch.Len(), "%+v", p.Explain([]byte(c.record)))
			row := string(batch.AppendJSON(nil, 0, true))
			if c.row != "" {
				assert.JSONEq(t, c.row, row)
			} else {
				assert.NotEqual(t, "{}", row)
			}
			again, err := NewParser(p.Definition())
			require.NoError(t, err)
			assert.JSONEq(t, p.Definition(), again.Definition())
			if p.frame == nil { // a blank line ends records of several lines
				assert.Equal(t, 1, p.Parse([]byte(c.record+"\n"+c.record+"\r\n\n")).Rejects(), "two records and a blank line")
			}
		})
		tried[c.key] = true
	}
	for _, f := range optionKeys().fields {
		if f.tag == "how" {
			assert.True(t, tried[f.key], "no case for the key %s", f.key)
		}
	}
}

func TestATextMayStandForMore(t *testing.T) {
	p, err := NewParser(`{"goaccess": "%h %s"}`)
	require.NoError(t, err)
	assert.JSONEq(t, `{"goaccess":{"log_format":"%h %s"}}`, p.Definition())
	p, err = NewParser(`{"grok": ["%{INT:n:int}$", "%{WORD:w}"]}`)
	require.NoError(t, err)
	assert.Equal(t, `{"n":7}`, string(p.ParseRecord([]byte("7")).AppendJSON(nil, 0, true)))
	assert.Equal(t, `{"w":"seven"}`, string(p.ParseRecord([]byte("seven")).AppendJSON(nil, 0, true)))
}

func TestGrokDefinitions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "names")
	require.NoError(t, os.WriteFile(path, []byte("# ours\nTICKET [A-Z]+-%{INT}\n"), 0o600))
	for _, o := range []Options{{Grok: TextList{"%{TICKET:ticket}"}, PatternFiles: []string{path}}, {Grok: TextList{"%{TICKET:ticket}"}, Patterns: map[string]string{"TICKET": "[A-Z]+-%{INT}"}}} {
		p, err := NewParserOptions(o)
		require.NoError(t, err)
		assert.Equal(t, `{"ticket":"ABC-12"}`, string(p.ParseRecord([]byte("see ABC-12 there")).AppendJSON(nil, 0, true)))
	}
	_, err := NewParser(`{"grok": "%{WORD:a} %{NUMBR:n}"}`)
	var wrong *FormatError
	require.ErrorAs(t, err, &wrong)
	assert.Equal(t, KindDefinition, wrong.Kind)
	assert.Equal(t, 13, wrong.Column)
	assert.Contains(t, wrong.Hint, "NUMBER")
}

// A type that fields gives means the same in every engine.
func TestDeclaredTypesMeanTheSameEverywhere(t *testing.T) {
	for _, c := range []struct{ declared, text, want string }{
		{"int hex", "0x1F", "31"}, {"int hex", "100", "256"}, {"size", "1.5MB", "1500000"}, {"int size", "10KiB", "10240"}, {"size", "12", "12"}, {"size", "1XB", ""},
		{"string unquote", `'a\nb'`, `"a\nb"`}, {"duration ms", "1.5", "1500000"}, {"duration", "1h5m", "3900000000000"},
	} {
		for definition, line := range map[string]string{
			`{"dissect": "%{v} %{w}"`: "%s x", `{"loki": "<v> <w>"`: "%s x", `{"regex": "(?P<v>\\S+) (?P<w>.*)"`: "%s x", `{"grok": "%{NOTSPACE:v} %{WORD:w}"`: "%s x",
			`{"ltsv": {}`: "v:%s\tw:x", `{"logfmt": {}`: "v=%s w=x", `{"keyvalue": {}`: "v=%s w=x", `{"csv": {"header": false, "columns": ["v", "w"], "delimiter": "|"}`: "%s|x",
			`{"json": {}`: `{"v":%s,"w":"x"}`, `{"line": "{v} {w}"`: "%s x",
		} {
			text := c.text
			if strings.Contains(line, "{") {
				quoted, err := json.Marshal(text)
				require.NoError(t, err)
				text = string(quoted)
			} else if strings.Contains(definition, "logfmt") || strings.Contains(definition, "keyvalue") {
				if strings.Contains(text, "'") {
					continue // quotes are the engine's own
				}
			}
			p, err := NewParser(definition + `, "fields": {"v": "` + c.declared + `"}}`)
			require.NoError(t, err, definition)
			b := p.ParseRecord([]byte(strings.Replace(line, "%s", text, 1)))
			if c.want == "" {
				assert.Equal(t, 1, b.Rejects(), "%s %s %s", definition, c.declared, c.text)
				continue
			}
			require.Equal(t, 1, b.Len(), "%s %s %s", definition, c.declared, c.text)
			assert.JSONEq(t, `{"v":`+c.want+`,"w":"x"}`, string(b.AppendJSON(nil, 0, true)), "%s %s %s", definition, c.declared, c.text)
		}
	}
}
