package sawlog

import (
	"strings"
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each definition is wrong at the place of the mark.
func TestWrongDefinitions(t *testing.T) {
	for _, c := range []struct {
		definition   string
		kind         Kind
		line, column int
		message      string
		hint         string
	}{
		{`{"nginxx": "$status"}`, KindOption, 1, 2, `unknown key "nginxx"`, "did you mean nginx?"},
		{"{\"nginx\": \"$status\",\n  \"colums\": []}", KindOption, 2, 3, `unknown key "colums"`, "did you mean columns?"},
		{`{"format": "combined", "limits": {"lines": 5}}`, KindOption, 1, 35, `unknown key "limits.lines"`, "did you mean line?"},
		{`{"format": "csv", "delimiter": ";"}`, KindOption, 1, 19, `unknown key "delimiter"`, `a key of csv: {"csv": {"delimiter": ...}}`},
		{`{"format": "auto", "depth": 9}`, KindOption, 1, 20, `unknown key "depth"`, `a key of limits: {"limits": {"depth": ...}}`},
		{`{"json": {"dokument": true}}`, KindOption, 1, 11, `unknown key "json.dokument"`, "did you mean document?"},
		{`{"format": "combined", "year": "x"}`, KindOption, 1, 32, `"year" takes a whole number, not "x"`, ""},
		{`{"format": "combined", "columns": "x"}`, KindOption, 1, 35, `"columns" takes a list of texts, not "x"`, ""},
		{`{"format": "combined", "fields": []}`, KindOption, 1, 34, `"fields" takes an object, not []`, ""},
		{`{"json": null}`, KindOption, 1, 10, `"json" takes an object, not null`, ""},
		{`{"format": "combined", "format": "json"}`, KindOption, 1, 24, `the key "format" is there twice`, ""},
		{`{"format": "combined"} x`, KindOption, 1, 24, "nothing may follow the object", ""},
		{`{"format": "combined"`, KindOption, 1, 22, "expected a comma or }", ""},
		{`{format: "combined"}`, KindOption, 1, 2, "expected a key in quotes", ""},
		{`{"format" "combined"}`, KindOption, 1, 11, `expected a colon behind "format"`, ""},
		{`{"nginx": ""}`, KindOption, 1, 11, `"nginx" cannot be empty`, ""},
		{`{"line": ""}`, KindDefinition, 1, 1, "the pattern has no field", "write {name} or {name:TYPE}; a brace is written twice"},
		{`$remote_addr`, KindOption, 1, 1, "a definition is the name of a format or a JSON object", ""},
		{`{"format": "combined", "json": {}}`, KindOption, 1, 32, "only one key says how records are read, but there are format and json", ""},
		{`{"format": "combined", "threads": 2}`, KindOption, 1, 35, `"threads" is an option for reading, not part of a definition`, ""},
		{`combind`, KindFormat, 1, 1, `there is no format "combind"`, "did you mean combined"},
		{`{"format": "combined", "fields": {"status": "number"}}`, KindOption, 1, 34, `fields: "status" has the unknown type "number"`, "known: bool, bytes"},
		{`{"format": "combined", "fields": {"states": "int"}}`, KindOption, 1, 34, `fields: there is no field "states"`, "did you mean status?"},
		{`{"format": "combined", "columns": ["clint"]}`, KindOption, 1, 35, `columns: there is no field "clint"`, "did you mean client?"},
		{`{"format": "combined", "zone": "Mars"}`, KindOption, 1, 32, "zone:", "an IANA name"},
		{`{"format": "combined", "now": "today"}`, KindOption, 1, 31, `now: "today" is not a time in RFC 3339`, "2026-03-01"},
		{`{"format": "combined", "utf8": "ignore"}`, KindOption, 1, 32, `utf8 cannot be "ignore"`, "known: bytes, reject, replace"},
		{`{"format": "combined", "limits": {"depth": -1}}`, KindOption, 1, 44, "limits.depth is between 1 and 10000", ""},
		{`{"json": {}, "sample_records": -1}`, KindOption, 1, 32, "sample_records cannot be negative", ""},
		{`{"format": "auto", "sample_bytes": -1}`, KindOption, 1, 36, "sample_bytes cannot be negative", ""},
		{`{"format": "auto", "year": 99999}`, KindOption, 1, 28, "year is between 1 and 9999", ""},
		{`{"limits": {"line": -1}}`, KindOption, 1, 21, "limits.line is between", ""},
		{`{"logfmt": {"sample_bytes": -1}}`, KindOption, 1, 29, "logfmt.sample_bytes cannot be negative", ""},
		{`{"syslog": {"rfc": 3164}}`, KindOption, 1, 20, "syslog.rfc cannot be 3164", "5424"},
		{`{"syslog": {}, "fields": {"pid": "int"}}`, KindOption, 1, 26, "the types of syslog are fixed", ""},
		{`{"cef": {}, "fields": {"pid": "int"}}`, KindOption, 1, 23, "the types of cef are fixed", ""},
		{`{"leef": {}, "fields": {"pid": "int"}}`, KindOption, 1, 24, "the types of leef are fixed", ""},
		{`{"json": {}, "envelope": "dockr_json"}`, KindFormat, 1, 26, `there is no envelope "dockr_json"`, "did you mean docker_json"},
		{`{"json": {}, "envelope": 5}`, KindOption, 1, 26, `"envelope" takes the name of a format or a definition, not 5`, ""},
		{`{"json": {}, "envelope": ["cri", {"regx": "x"}]}`, KindOption, 1, 35, `unknown key "envelope.regx"`, "did you mean regex"},
		{`{"json": {}, "envelope": ["cri" "cri"]}`, KindOption, 1, 27, `not "cri" "cri"`, ""},
		{`{"json": {}, "envelope": {"regex": "(?P<a>.*)"}}`, KindOption, 1, 26, `the envelope has no field "message"`, "known: a"},
		{`{"json": {}, "envelope": {"dissect": "%{a} %{b}", "content": "c"}}`, KindOption, 1, 62, `the envelope has no field "c"`, ""},
		{`{"json": {}, "envelope": {"format": "combined", "envelope": "cri"}}`, KindOption, 1, 61, `"envelope" has no place in an envelope`, ""},
		{`{"json": {}, "envelope": ["none"]}`, KindOption, 1, 26, `"none" stands behind the envelopes`, ""},
		{`{"json": {}, "envelope": ["none", "cri"]}`, KindOption, 1, 26, `"none" stands behind the envelopes`, ""},
		{`{"json": {}, "envelope": "otlp_json"}`, KindOption, 1, 26, "otlp makes several rows of a line", ""},
		{`{"json": {}, "envelope": {"json": {"document": true}}}`, KindOption, 1, 26, "a document that is one record is no envelope", ""},
		{`{"json": {}, "envelope": {"line": "{a:word} {message}", "where": {"a": "x"}}}`, KindOption, 1, 66, `"where" has no place in an envelope`, ""},
		{`{"json": {}, "envelope": {"format": "cri", "meta": ["line"]}}`, KindOption, 1, 52, `"meta" has no place in an envelope`, ""},
		{`{"json": {}, "envelope": {"format": "cri", "encoding": "latin1"}}`, KindOption, 1, 56, `"encoding" has no place in an envelope`, ""},
		{`{"json": {}, "envelope": {"format": "cri", "limits": {"line": 9}}}`, KindOption, 1, 54, `"limits" has no place in an envelope`, ""},
		{`{"json": {}, "envelope": {"format": "cri", "threads": 2}}`, KindOption, 1, 55, `"threads" has no place in an envelope`, ""},
		{`{"json": {}, "envelope": "auto"}`, KindOption, 1, 26, "an envelope is not detected", ""},
		{`{"json": {"document": true}, "envelope": "cri"}`, KindOption, 1, 42, "a document that is one record", ""},
		{`{"dissect": "%{a}", "envelope": "cri", "columns": ["steam"]}`, KindOption, 1, 51, `columns: there is no field "steam"`, "did you mean stream"},
		{`{"format": "combined", "where": {"states": 200}}`, KindOption, 1, 33, `where: there is no field "states"`, "did you mean status"},
		{`{"format": "combined", "where": {"status": "fine"}}`, KindOption, 1, 33, `where: "status" is of type int, which "fine" is not compared with`, ""},
		{`{"format": "log4j", "where": {"level": ">= erorr"}}`, KindOption, 1, 30, `where: "level" is a level, and "erorr" is none`, "did you mean error?"},
		{`{"json": {}, "where": {"level": ">= erorr"}}`, KindOption, 1, 23, `where: "level" is a level, and "erorr" is none`, "did you mean error?"},
		{`{"format": "combined", "where": {"status": "~ 5"}}`, KindOption, 1, 33, `which "~ 5" is not compared with`, ""},
		{`{"line": "{client:ip}", "where": {"client": "> 192.0"}}`, KindOption, 1, 34, `where: "client" is of type ip, which "> 192.0" is not compared with`, ""},
		{`{"format": "combined", "where": {"time": "> yesterday"}}`, KindOption, 1, 33, `where: "time" is of type timestamp, which "> yesterday"`, ""},
		{`{"format": "combined", "where": {"target": "~ ("}}`, KindOption, 1, 33, `where: "target": error parsing regexp`, ""},
		{`{"json": {}, "where": {"target": "~ ("}}`, KindOption, 1, 23, `where: "target": error parsing regexp`, ""},
		{`{"format": "auto", "constants": {"a": null}}`, KindOption, 1, 33, `constants: "a" is a text`, ""},
		{`{"format": "combined", "where": {"status": {}}}`, KindOption, 1, 44, `"where.status" takes conditions, not {}`, ""},
		{`{"format": "combined", "where": {"status": []}}`, KindOption, 1, 33, `where: "status" has no condition`, ""},
		{`{"format": "combined", "where": {"status": ">"}}`, KindOption, 1, 33, `where: "status": ">" has no value`, ""},
		{`{"format": "combined", "rename": {"clent": "ip"}}`, KindOption, 1, 34, `rename: there is no field "clent"`, "did you mean client, ident?"},
		{`{"syslog": {}, "rename": {"time": "at", "hst": "h"}}`, KindOption, 1, 26, `rename: there is no field "hst"`, "did you mean host?"},
		{`{"grok": "%{WORD:verb}", "rename": {"vreb": "v"}}`, KindOption, 1, 36, `rename: there is no field "vreb"`, "did you mean verb?"},
		{`{"format": "combined", "names": "ecs", "rename": {"source.address": "ip"}}`, KindOption, 1, 50, `rename: there is no field "source.address"`, ""},
		{`{"format": "combined", "where": 5}`, KindOption, 1, 33, `"where" takes an object, not 5`, ""},
		{`{"format": "combined", "where": "status >= 500"}`, KindOption, 1, 33, `"where" takes an object, not "status >= 500"`, ""},
		{`{"format": "combined", "constants": {"status": 1}}`, KindOption, 1, 37, `constants: the log has a field "status" already`, ""},
		{`{"format": "combined", "constants": {"a": []}}`, KindOption, 1, 37, `constants: "a" is a text, a number or a bool`, ""},
		{`{"format": "combined", "urls": ["targt"]}`, KindOption, 1, 32, `urls: there is no field "targt"`, "did you mean target"},
		{`{"format": "combined", "urls": ["status"]}`, KindOption, 1, 32, `urls: "status" is of type int, no text`, ""},
		{`{"formats": "combined"}`, KindOption, 1, 13, `"formats" takes a list of formats`, ""},
		{`{"formats": []}`, KindOption, 1, 13, "formats has 1 to 64 formats, not 0", ""},
		{`{"formats": ["combind"]}`, KindFormat, 1, 13, `there is no format "combind"`, "did you mean combined"},
		{`{"formats": [{"nginxx": "x"}]}`, KindOption, 1, 15, `unknown key "formats.nginxx"`, "did you mean nginx"},
		{`{"formats": ["json"], "json": {}}`, KindOption, 1, 13, "only one key says how records are read", ""},
		{`{"formats": ["json"], "fields": {"a": "int"}}`, KindOption, 1, 33, `"fields" belongs into the definitions`, ""},
		{`{"formats": [{"format": "json", "where": {"a": 1}}]}`, KindOption, 1, 13, "belong beside formats", ""},
		{`{"formats": ["common", {"format": "json", "meta": ["line"]}]}`, KindOption, 1, 13, "belong beside formats", ""},
		{`{"formats": ["common", {"format": "json", "encoding": "latin1"}]}`, KindOption, 1, 13, "belong beside formats", ""},
		{`{"formats": ["json"], "optional": "c", "rest": "b", "rename": {"a": "b"}, "fields": {"a": "int"}}`, KindOption, 1, 85, `"fields" belongs into the definitions`, ""},
		{strings.Repeat(`{"formats": [`, 20) + strings.Repeat("]}", 20), KindOption, 1, 118, "definitions stand in each other more than 8 deep", ""},
		{`{"formats": [{"json": {"document": true}}]}`, KindOption, 1, 13, "a document that is one record", ""},
		{`{"formats": ["combined", "common"], "columns": ["clint"]}`, KindOption, 1, 48, `there is no field "clint"`, "did you mean client"},
		{`{"format": "combined", "redact": "emails"}`, KindOption, 1, 34, `redact: nothing finds "emails"`, "did you mean email"},
		{`{"format": "combined", "redact": [{"find": "ip", "action": "hide"}]}`, KindOption, 1, 34, `redact: there is no action "hide"`, "known: drop, hash, mask, truncate"},
		{`{"format": "combined", "redact": [{"find": "ip", "action": "hash"}]}`, KindOption, 1, 34, "hash needs a key", ""},
		{`{"format": "combined", "redact": [{"find": "email", "action": "truncate"}]}`, KindOption, 1, 34, "only addresses", ""},
		{`{"format": "combined", "redact": [{"find": "email", "columns": ["clint"]}]}`, KindOption, 1, 34, `redact: there is no field "clint"`, "did you mean client"},
		{`{"format": "combined", "redact": [{"find": "email", "columns": ["status"]}]}`, KindOption, 1, 34, `"status" is of type int, which has no texts`, ""},
		{`{"format": "auto", "redact": [{"pattern": "("}]}`, KindOption, 1, 30, "error parsing regexp", ""},
		{`{"format": "combined", "redact": [{}]}`, KindOption, 1, 34, "a rule says what it finds", ""},
		{`{"format": "combined", "redact": [{"finds": "ip"}]}`, KindOption, 1, 36, `unknown key "redact.finds"`, "did you mean find"},
		{`{"format": "combined", "redact": 5}`, KindOption, 1, 34, `"redact" takes what is found or a rule`, ""},
		{`{"nginx": "$scheme$host"}`, KindDefinition, 1, 8, "stand side by side", ""},
		{`{"apache": "%h %Q"}`, KindDefinition, 1, 4, "%Q", ""},
	} {
		t.Run(c.definition, func(t *testing.T) {
			_, err := NewParser(c.definition)
			var wrong *FormatError
			require.ErrorAs(t, err, &wrong)
			assert.Equal(t, c.kind, wrong.Kind)
			assert.Equal(t, c.line, wrong.Line, "line")
			assert.Equal(t, c.column, wrong.Column, "column")
			assert.Contains(t, wrong.Message, c.message)
			assert.Contains(t, wrong.Hint, c.hint)
			assert.Contains(t, err.Error(), c.message)
		})
	}
}

// Of several mistakes the same one is told each time, whatever order a map has: callers compare messages, and tests of theirs do.
func TestOfSeveralMistakesTheSameIsTold(t *testing.T) {
	for _, c := range []struct{ definition, message string }{
		{`{"json": {}, "fields": {"b": "y", "a": "x", "c": "z"}}`, `"a" has the unknown type "x"`},
		{`{"line": "{m} {n}", "fields": {"b": "int", "a": "int", "c": "int"}}`, `no field "a"`},
		{`{"grok": "%{WORD:m}", "fields": {"b": "int", "a": "int", "c": "int"}}`, `no field "a"`},
		{`{"format": "combined", "rename": {"b": "x", "a": "y", "c": "z"}}`, `no field "a"`},
		{`{"format": "combined", "where": {"b": 1, "a": 2, "c": 3}}`, `no field "a"`},
	} {
		for range 40 {
			_, err := NewParser(c.definition)
			require.ErrorContains(t, err, c.message, c.definition)
		}
	}
}

func TestADefinitionComesBackAsJSON(t *testing.T) {
	for _, text := range []string{"combined", `{"nginx":"$status \"<$message>\"","fields":{"status":"string"},"limits":{"line":100}}`, "auto", `{"json":{"document":true}}`, `{"json":{}}`} {
		p, err := NewParser(text)
		require.NoError(t, err)
		again, err := NewParser(p.Definition())
		require.NoError(t, err)
		assert.JSONEq(t, p.Definition(), again.Definition())
		if text[0] == '{' {
			assert.JSONEq(t, text, p.Definition())
		}
		var info map[string]any
		encoded, err := json.Marshal(p.Info())
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(encoded, &info))
		assert.Contains(t, info, "schema")
	}
	p, err := NewParser("")
	require.NoError(t, err)
	assert.JSONEq(t, `{"format":"auto"}`, p.Definition())
}

func FuzzOptions(f *testing.F) {
	f.Add(`{"nginx": "$status", "limits": {"line": 5}, "fields": {"a": "int"}}`)
	f.Add(`{"json": {"document": true}, "columns": ["\u00e9"]}`)
	f.Add("combined")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := NewParser(text)
		if err != nil {
			var wrong *FormatError
			require.ErrorAs(t, err, &wrong)
			require.LessOrEqual(t, wrong.Offset, len(text))
			return
		}
		again, err := NewParser(p.Definition())
		require.NoError(t, err, p.Definition())
		require.JSONEq(t, p.Definition(), again.Definition())
	})
}

func TestWhatRefinesAParserComesTooLate(t *testing.T) {
	p, err := NewParser("combined")
	require.NoError(t, err)
	for key, o := range map[string]Options{"columns": {Columns: []string{"status"}}, "where": {Where: Where{}}, "format": {Format: "common"}} {
		_, streamed := p.Stream(o)
		_, read := p.OpenReader(strings.NewReader(""), o)
		for _, err := range []error{streamed, read} {
			var wrong *FormatError
			require.ErrorAs(t, err, &wrong, key)
			assert.Equal(t, key, wrong.Key)
			assert.Contains(t, wrong.Message, "belongs to the parser")
		}
	}
}
