package sawlog

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/formats"
)

const namesLine = `2001:db8::1 - anna [05/Mar/2026:08:09:10 +0100] "GET /a?b HTTP/1.1" 200 15 "-" "curl/8"`

// A row of each vocabulary, one definition a line.
func TestNames(t *testing.T) {
	nginx := `"nginx": "$remote_addr [$time_iso8601] \"$request\" $status $level $own"`
	line := `::1 [2026-03-05T08:09:10+01:00] "GET /a HTTP/2.0" 200 info x`
	for _, c := range []struct{ definition, line, row string }{
		{`{"format": "combined", "names": "otel"}`, namesLine, `{"client.address": "2001:db8::1", "user.name": "anna", "time_unix_nano": "2026-03-05T07:09:10Z", "http.request.method": "GET",
			"url.original": "/a?b", "network.protocol.version": "1.1", "http.response.status_code": 200, "http.response.body.size": 15, "user_agent.original": "curl/8"}`},
		{`{"format": "combined", "names": "ecs", "columns": ["status", "http.version", "ident", "request"]}`, namesLine, `{"http.response.status_code": 200, "http.version": "1.1"}`},
		{`{"format": "nginx_combined", "names": "native"}`, namesLine, `{"remote_addr": "2001:db8::1", "remote_user": "anna", "time_local": "2026-03-05T07:09:10Z", "method": "GET", "target": "/a?b",
			"protocol": "HTTP/1.1", "status": 200, "body_bytes_sent": 15, "http_user_agent": "curl/8"}`},
		{`{"format": "combined", "names": "native", "columns": ["client", "protocol"]}`, namesLine, `{"client": "2001:db8::1", "protocol": "HTTP/1.1"}`},
		{`{` + nginx + `, "names": "ecs"}`, line, `{"source.address": "::1", "@timestamp": "2026-03-05T07:09:10Z", "http.request.method": "GET", "url.original": "/a", "http.version": "2.0",
			"http.response.status_code": 200, "log.level": "info", "own": "x"}`},
		{`{` + nginx + `, "names": "otel", "rename": {"own": "user", "status": "code"}, "columns": ["user", "code", "level"], "fields": {"code": "string", "level": "bytes"}}`, line,
			`{"user.name": "x", "code": "200", "severity_text": "info"}`},
		{`{` + nginx + `, "names": "otel", "columns": ["severity_text"], "fields": {"severity_text": "string"}}`, line, `{"severity_text": "info"}`},
		{`{"format": "json", "names": "otel"}`, `{"ts": 1772694550, "lvl": "warn", "msg": "m", "caller": "a.go:7", "time": "x", "status": 200}`,
			`{"time_unix_nano": "x", "ts": 1772694550, "severity_text": "warn", "severity_number": 13, "body": "m", "code.file.path": "a.go", "code.line.number": 7, "status": 200}`},
		{`{"format": "json", "names": "ecs"}`, `{"body": {"a": 1}, "msg": "m", "level": "panic"}`, `{"body": {"a": 1}, "message": "m", "log.level": "panic", "severity": 0}`},
		{`{"format": "logfmt", "names": "otel", "columns": ["severity", "body"]}`, `lvl=FATAL msg=m`, `{"severity_number": 18, "body": "m"}`},
		{`{"json": {}, "names": "otel"}`, `{"ts": 1, "level": "info", "message": "m", "protocol": "HTTP/3", "severity": 3}`,
			`{"ts": 1, "severity_text": "info", "body": "m", "network.protocol.version": "3", "severity_number": 3}`},
		{`{"format": "syslog", "names": "otel"}`, `<11>1 2026-03-05T07:09:10Z h a 9 - - m`, `{"syslog.facility.code": 1, "severity_number": 17, "time_unix_nano": "2026-03-05T07:09:10Z", "syslog.version": 1,
			"host.name": "h", "process.executable.name": "a", "process.pid": "9", "body": "m"}`},
		{`{"format": "json", "rename": {"when": "time", "level": "how", "msg": "said", "severity": "rank"}}`, `{"ts": "x", "when": 1772694550, "lvl": "warn", "msg": "m", "text": "t"}`,
			`{"ts": "x", "time": "2026-03-05T07:09:10Z", "how": "warn", "rank": 4, "said": "m", "message": "t"}`},
	} {
		parser, err := NewParser(c.definition)
		if !assert.NoError(t, err, c.definition) {
			continue
		}
		batch := parser.ParseRecord([]byte(c.line))
		if assert.Equal(t, 1, batch.Len(), "%s: %+v", c.definition, parser.Explain([]byte(c.line))) {
			assert.JSONEq(t, c.row, string(batch.AppendJSON(nil, 0, true)), c.definition)
		}
		batch.Release()
	}
}

// Values are rewritten once, wherever blocks begin and whatever is between them.
func TestNamesConvertEveryRow(t *testing.T) {
	for _, protocol := range []string{"string", ""} {
		fields := map[string]string{}
		if protocol != "" {
			fields["protocol"] = protocol
		}
		for _, o := range []Options{{JSON: &JSONOptions{}, Fields: fields}, {Nginx: "$server_protocol $n"}} {
			o.Names = "otel"
			parser, err := NewParserOptions(o)
			require.NoError(t, err)
			var text strings.Builder
			for i := range 3000 {
				if o.JSON != nil {
					text.WriteString(`{"protocol":"` + []string{"HTTP/1.1", "HTTP/2.0", "1.1", "HTTP/", "SPDY/3", "HTTP/1.1 and more"}[i%6] + "\"}\n")
				} else {
					text.WriteString([]string{"HTTP/1.1", "HTTP/2.0", "1.1", "HTTP/", "SPDY/3", "HTTP/1.1.and.more"}[i%6] + " x\n")
				}
			}
			batch := parser.Parse([]byte(text.String()))
			require.Equal(t, 3000, batch.Len())
			c := batch.Column("network.protocol.version")
			seen := map[string]int{}
			for row := range batch.Len() {
				seen[c.Text(row)]++
			}
			assert.Equal(t, 1000, seen["1.1"])
			assert.Equal(t, 500, seen["2.0"])
			assert.Equal(t, 500, seen["HTTP/"])
			assert.Equal(t, 500, seen["SPDY/3"])
			batch.Release()
		}
	}
}

func TestUnknownNames(t *testing.T) {
	for _, definition := range []string{`{"format": "combined", "names": "otell"}`, `{"names": "otell"}`, `{"json": {}, "names": "otell"}`} {
		_, err := NewParser(definition)
		var wrong *FormatError
		require.ErrorAs(t, err, &wrong, definition)
		assert.Equal(t, `names cannot be "otell"`, wrong.Message)
		assert.Contains(t, wrong.Hint, "otel")
	}
	_, err := NewParser(`{"format": "combined", "names": "x"}`)
	assert.ErrorContains(t, err, "known: ecs, native, otel")
}

// What the vocabularies call our fields is one name for one field, but for the ends of a connection, which a record has only once.
func TestCommonNames(t *testing.T) {
	assert.True(t, slices.IsSorted(formats.Vocabularies()))
	for _, vocabulary := range []string{"ecs", "otel"} {
		ours := map[string]string{}
		for field, name := range formats.Names(vocabulary) {
			if other := ours[name]; other != "" {
				assert.ElementsMatch(t, []string{"client_port", "src_port"}, []string{field, other})
			}
			ours[name] = field
		}
		assert.NotEmpty(t, ours)
	}
	all, err := formats.All()
	require.NoError(t, err)
	for _, f := range all {
		for _, vocabulary := range formats.Vocabularies() {
			_, err := NewParserOptions(Options{Format: f.Name, Names: vocabulary})
			assert.NoError(t, err, "%s %s", f.Name, vocabulary)
		}
	}
}

// A field that is no field cannot be called otherwise. Where nobody knows yet which fields there are, it may come.
func TestRenamingWhatMayCome(t *testing.T) {
	for _, definition := range []string{
		`{"json": {}, "rename": {"late": "x"}}`, `{"logfmt": {}, "rename": {"late": "x"}}`, `{"format": "pino", "rename": {"late": "x"}}`, `{"format": "w3c", "rename": {"c-ip": "x"}}`,
		`{"format": "combined", "rename": {"client": "x", "referer": "y"}, "columns": ["x"]}`, `{"format": "combined", "names": "ecs", "rename": {"client": "x"}}`,
		`{"format": "log4j", "rename": {"stack": "trace"}}`, `{"format": "auto", "rename": {"clent": "x"}}`, `{"format": "common", "rename": {"client": "user", "user": "client"}}`,
	} {
		_, err := NewParser(definition)
		assert.NoError(t, err, definition)
	}
	r, err := OpenReader(strings.NewReader(combinedLine(0)), Options{Rename: map[string]string{"clent": "x"}})
	require.NoError(t, err)
	_, err = r.Next()
	assert.ErrorContains(t, err, `rename: there is no field "clent"`, "as soon as the format is found")
}
