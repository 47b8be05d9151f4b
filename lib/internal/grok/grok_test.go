package grok

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/record"
)

func TestRows(t *testing.T) {
	for _, c := range []struct {
		name    string
		options Options
		input   string
		rows    []string
		rejects []string
	}{
		{"combined", Options{Patterns: []string{"%{COMBINEDAPACHELOG}"}}, `10.0.0.1 - ann [17/May/2015:10:05:03 +0200] "GET /a HTTP/1.1" 200 - "-" "curl \"x\""`,
			[]string{`{"clientip":"10.0.0.1","ident":"-","auth":"ann","timestamp":"17/May/2015:10:05:03 +0200","verb":"GET","request":"/a","httpversion":"1.1","response":"200","referrer":"\"-\"","agent":"\"curl \\\"x\\\"\""}`}, nil},
		{"Java", Options{Patterns: []string{"%{JAVASTACKTRACEPART}", "^%{CATALINALOG}$", "^%{TOMCATLOG}$", "%{LOGLEVEL:level} +\\[%{DATA:thread}\\] %{JAVACLASS:logger} - %{GREEDYDATA:message}"}},
			"\tat com.example.Foo$Bar.<init>(Foo.java:17)\nJan 9, 2026 7:13:13 AM org.example.Digester handle\n2026-01-09 20:03:28,269 -0800 | ERROR | com.example.App - x\nINFO  [main] o.e.App - up",
			[]string{`{"class":"com.example.Foo$Bar","method":"<init>","file":"Foo.java","line":"17"}`, `{"class":"org.example.Digester","timestamp":"Jan 9, 2026 7:13:13 AM","logmessage":"handle"}`,
				`{"class":"com.example.App","timestamp":"2026-01-09 20:03:28,269 -0800","logmessage":"x","level":"ERROR"}`, `{"level":"INFO","thread":"main","logger":"o.e.App","message":"up"}`}, nil},
		{"other writers", Options{Patterns: []string{"^%{RUBY_LOGGER}$", "^%{REDISLOG}", "^%{MONGO3_LOG}$", "^%{SQUID3}$"}},
			"I, [2026-03-05T07:09:10.003456 #17]  INFO -- app: hi\n[17] 05 Mar 07:09:10.003 * Ready\n2026-03-05T07:09:10.003+0100 I NETWORK  [conn1] end\n1772694550.123    116 192.0.2.7 TCP_MISS/200 4391 GET http://example.com/ - HIER_DIRECT/203.0.113.7 text/html",
			[]string{`{"timestamp":"2026-03-05T07:09:10.003456","pid":"17","loglevel":"INFO","progname":"app","message":"hi"}`, `{"timestamp":"05 Mar 07:09:10.003","pid":"17"}`,
				`{"timestamp":"2026-03-05T07:09:10.003+0100","message":"end","severity":"I","component":"NETWORK","context":"conn1"}`,
				`{"timestamp":"1772694550.123","duration":"116","client_address":"192.0.2.7","cache_result":"TCP_MISS","status_code":"200","bytes":"4391","request_method":"GET","url":"http://example.com/","hierarchy_code":"HIER_DIRECT","server":"203.0.113.7","content_type":"text/html"}`}, nil},
		{"types", Options{Patterns: []string{"%{INT:i:int} %{NUMBER:f:float} %{WORD:b:bool} %{IP:ip:ip} %{NOTSPACE:d:duration} %{HTTPDATE:t:ts-httpd} %{WORD:gone:drop}"}},
			"-3 2.5 true ::1 1.5ms 17/May/2015:10:05:03 +0200 x", []string{`{"i":-3,"f":2.5,"b":true,"ip":"::1","d":1500000,"t":"2015-05-17T08:05:03Z"}`}, nil},
		{"an empty pattern", Options{Patterns: []string{""}}, "a\n\nb c\n", []string{`{}`, `{}`}, []string{"empty 2: "}},
		{"a text that is no number", Options{Patterns: []string{"^%{DATA:a:int}$"}}, "7\n\nx\n8 of 9\n1.5\n", []string{`{"a":7}`, `{"a":8}`}, []string{"empty 2: ", "bad_value 3: x", "bad_value 5: 1.5"}},
		{"nothing is null for a number and empty for a text", Options{Patterns: []string{"^%{DATA:a:int},%{DATA:b},(?<c>x)?$"}}, ",,", []string{`{"b":""}`}, nil},
		{"nested names", Options{Patterns: []string{"%{WORD:[a][b]} %{WORD:[a][c]} (?<[d]>.) (?<e:int>.)"}}, "x y z 1", []string{`{"a":{"b":"x","c":"y"},"d":"z","e":1}`}, nil},
		{"several of a name", Options{Patterns: []string{"%{WORD:a} %{WORD:a}(?: %{WORD:a})?"}}, "x y\nx y z", []string{`{"a":["x","y"]}`, `{"a":["x","y","z"]}`}, nil},
		{"several numbers of a name", Options{Patterns: []string{"%{INT:a:int} %{INT:a:int}"}}, "1 2", []string{`{"a":[1,2]}`}, nil},
		{"one of a name", Options{Patterns: []string{"%{INT:a}|%{WORD:a}", "-(?: %{WORD:a})?(?: %{INT:a})?"}}, "1\nx\n- 7", []string{`{"a":"1"}`, `{"a":"x"}`, `{"a":"7"}`}, nil},
		{"a declared type: the last", Options{Patterns: []string{"%{WORD:a} %{WORD:a}"}, Fields: map[string]Declared{"a": {Type: record.String}}}, "x y", []string{`{"a":"y"}`}, nil},
		{"first pattern that matches", Options{Patterns: []string{`^a=%{INT:a:int}$`, `^b=%{WORD:b}$`}}, "b=x\na=1\nc", []string{`{"b":"x"}`, `{"a":1}`}, []string{"no_match 3: c"}},
		{"definitions of one's own", Options{Patterns: []string{"%{ID:id}"}, Define: map[string]string{"ID": "%{PART}-%{PART}", "PART": "[a-z]+"}}, "1-2 ab-cd", []string{`{"id":"ab-cd"}`}, nil},
		{"a definition inside the reference", Options{Patterns: []string{"%{ID:id=[0-9]+}"}}, "ab12", []string{`{"id":"12"}`}, nil},
		{"comment in the reference", Options{Patterns: []string{"%{INT:a a comment}"}}, "1", []string{`{"a":"1"}`}, nil},
		{"names of patterns", Options{Patterns: []string{"%{HOSTPORT}"}, All: true}, "h:80", []string{`{"HOSTPORT":"h:80","IPORHOST":"h","HOSTNAME":"h","POSINT":"80"}`}, nil},
		{"rename, columns, fields", Options{Patterns: []string{"%{WORD:a} %{WORD:b} %{NOTSPACE:c}"}, Rename: map[string]string{"b": "t"}, Columns: []string{"t", "c"},
			Fields: map[string]Declared{"t": {Type: record.Int, Layout: "hex"}, "c": {Type: record.Timestamp, Layout: "unix_s"}}}, "x ff 10", []string{`{"t":255,"c":"1970-01-01T00:00:10Z"}`}, nil},
		{"unquoted", Options{Patterns: []string{"%{QS:a}"}, Fields: map[string]Declared{"a": {Type: record.String, Layout: "unquote"}}}, `say "a\"b"`, []string{`{"a":"a\"b"}`}, nil},
		{"line feeds and CR LF", Options{Patterns: []string{"^%{GREEDYDATA:a}$"}}, "x\r\ny\n", []string{`{"a":"x"}`, `{"a":"y"}`}, nil},
		{"regex", Options{Patterns: []string{`(?<a>\d+)-(?P<b>\w*)(-(?<c>.))?`}, Regex: true}, "x 12- y", []string{`{"a":"12","b":""}`}, nil},
		{"regex numbered", Options{Patterns: []string{`(\d)(?P<b>\w)?`}, Regex: true, Numbered: true}, "x1y", []string{`{"0":"1y","1":"1","b":"y","2":"y"}`}, nil},
		{"too long", Options{Patterns: []string{"a"}, Limit: 3}, "aaaa\na", []string{`{}`}, []string{"too_long 1: aaa"}},
		{"invalid", Options{Patterns: []string{"%{GREEDYDATA:a}"}, Reject: true}, "\xff\na", []string{`{"a":"a"}`}, []string{"bad_utf8 1: \xff"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := Compile(c.options)
			require.NoError(t, err)
			rows, rejects := parse(p, p.NewWorker(), c.input)
			assert.Equal(t, c.rows, rows)
			assert.Equal(t, c.rejects, rejects)
		})
	}
}

func TestARecordMayHoldLineFeeds(t *testing.T) {
	p, err := Compile(Options{Patterns: []string{"^b=%{GREEDYDATA:b}"}})
	require.NoError(t, err)
	rows, rejects := parse(p, p.NewRecordWorker(), "a=1\nb=2\nc=3\n")
	assert.Equal(t, []string{`{"b":"2\nc=3"}`}, rows)
	assert.Empty(t, rejects)
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		options Options
		key     string
		pos     int
		message string
	}{
		{Options{}, "", -1, "no pattern"},
		{Options{Patterns: []string{"a %{NUMBR:x}"}}, "", 4, "perhaps NUMBER"},
		{Options{Patterns: []string{"a %{:x}"}}, "", 4, "name is missing"},
		{Options{Patterns: []string{"%{INT:x"}}, "", 0, "not closed"},
		{Options{Patterns: []string{"%{INT:}"}}, "", 6, "field's name is missing"},
		{Options{Patterns: []string{"%{INT:x:}"}}, "", 8, "type is missing"},
		{Options{Patterns: []string{"%{INT:x:inn}"}}, "", 0, `unknown type "inn"`},
		{Options{Patterns: []string{"%{INT/x}"}}, "", 5, "does not belong"},
		{Options{Patterns: []string{"%{INT:[a]b]}"}}, "", 0, "no name of a field"},
		{Options{Patterns: []string{"x %{A}"}, Define: map[string]string{"A": "%{B}", "B": "y%{A}"}}, "", 2, "A > B > A"},
		{Options{Patterns: []string{"x %{A}"}, Define: map[string]string{"A": `a(b`}}, "", 2, "in the definition of A, byte 1: the group is not closed"},
		{Options{Patterns: []string{"a", `b\1`}}, "", 1, "backreference"},
		{Options{Patterns: []string{"a"}, Define: map[string]string{"A B": `a`}}, "patterns", -1, "no name of a pattern"},
		{Options{Patterns: []string{"a"}, Files: []string{"testdata/nowhere"}}, "pattern_files", -1, "nowhere"},
		{Options{Patterns: []string{"%{INT:a}"}, Fields: map[string]Declared{"b": {Type: record.Int}}}, "fields", -1, `no field "b"`},
		{Options{Patterns: []string{"%{INT:a}"}, Fields: map[string]Declared{"a": {Type: record.Timestamp, Layout: "%Q"}}}, "fields", -1, "%Q"},
		{Options{Patterns: []string{"%{INT:a}"}, Columns: []string{"b"}}, "columns", -1, `no field "b"`},
		{Options{Patterns: []string{"%{BOMB}"}, Define: bomb()}, "", 0, "too large"},
	} {
		_, err := Compile(c.options)
		var e *Error
		require.ErrorAs(t, err, &e, "%v", c.options)
		assert.Contains(t, e.Error(), c.message)
		assert.Equal(t, c.key, e.Key, c.message)
		assert.Equal(t, c.pos, e.Pos, c.message)
	}
}

// bomb multiplies: each definition refers to the next ten times.
func bomb() map[string]string {
	all := map[string]string{"BOMB": "%{B0}", "B9": "x"}
	for i := range 9 {
		all["B"+string(rune('0'+i))] = strings.Repeat("%{B"+string(rune('1'+i))+"}", 10)
	}
	return all
}

func TestPatternFiles(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "b"), []byte("# comment\n\nNAME\tz+\r\nWORD [0-9]+\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a"), []byte("NAME y+\n  indented\nlonely\nBAD (\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".hidden"), []byte("NAME x+\n"), 0o600))
	rows := func(o Options) []string {
		p, err := Compile(o)
		require.NoError(t, err)
		rows, _ := parse(p, p.NewWorker(), "xyz 7")
		return rows
	}
	assert.Equal(t, []string{`{"a":"z","b":"7"}`}, rows(Options{Patterns: []string{"%{NAME:a} %{WORD:b}"}, Files: []string{dir}}), "the last definition counts, and files before what is built in")
	assert.Equal(t, []string{`{"a":"y"}`}, rows(Options{Patterns: []string{"%{NAME:a}"}, Files: []string{filepath.Join(dir, "a")}}))
	assert.Equal(t, []string{`{"a":"x"}`}, rows(Options{Patterns: []string{"%{NAME:a}"}, Files: []string{dir}, Define: map[string]string{"NAME": "x"}}), "the user's own count most")
	_, err := Compile(Options{Patterns: []string{"-%{BAD}"}, Files: []string{dir}})
	assert.ErrorContains(t, err, "in the definition of BAD, byte 0 (a:4): the group is not closed")
}

func TestExplain(t *testing.T) {
	p, err := Compile(Options{Patterns: []string{`^%{TIMESTAMP_ISO8601:time} %{LOGLEVEL:level} \[%{DATA:thread}\] took %{INT:ms:int}$`}, Limit: 100})
	require.NoError(t, err)
	w := p.NewWorker()
	for line, want := range map[string]record.Check{
		"2026-03-01T10:00:00Z INFO [a] took 5":                    {OK: true},
		"2026-03-01T10:00:00Z LOUD [a] took 5":                    {Fault: "no_match", Offset: 21, Element: "%{LOGLEVEL:level}", Column: "level", Expected: "%{LOGLEVEL:level}", Seen: "LOUD [a] took 5"},
		"10:00 INFO":                                              {Fault: "no_match", Offset: 0, Element: "%{TIMESTAMP_ISO8601:time}", Column: "time", Expected: "%{TIMESTAMP_ISO8601:time}", Seen: "10:00 INFO"},
		"2026-03-01T10:00:00Z INFO [a] took 5 ms":                 {Fault: "no_match", Offset: 36, Element: "$", Expected: "$", Seen: " ms"},
		"2026-03-01T10:00:00Z INFO [a] took 99999999999999999999": {Fault: "bad_value", Offset: 35, Element: "%{INT:ms:int}", Column: "ms", Expected: "int", Seen: "99999999999999999999"},
		"":                       {Fault: "empty", Expected: "a line that is not blank", Seen: "the end of the line"},
		strings.Repeat("x", 101): {Fault: "too_long", Offset: 100, Expected: "at most 100 bytes", Seen: "101 bytes"},
	} {
		assert.Equal(t, want, w.Explain([]byte(line)), line)
	}
}

func TestDescribe(t *testing.T) {
	p, err := Compile(Options{Patterns: []string{"%{IPORHOST:a} %{DATA:b} x", "x(?=.*y)z"}})
	require.NoError(t, err)
	text := strings.Join(p.Describe(), "\n")
	assert.Contains(t, text, "IPORHOST: native")
	assert.Contains(t, text, `needs the texts [" " " x"]`)
	assert.Contains(t, text, "plain:")
}

func TestResultsDoNotDependOnTheCut(t *testing.T) {
	p, err := Compile(Options{Patterns: []string{"%{WORD:a} %{INT:n:int}"}})
	require.NoError(t, err)
	lines := []string{"x 1", "no", "", "y 2", "z -", "w 99999999999999999999", "é v 3"}
	whole, wholeRejects := parse(p, p.NewWorker(), strings.Join(lines, "\n")+"\n")
	w := p.NewWorker()
	var rows, rejects []string
	for _, line := range lines {
		r, bad := parse(p, w, line+"\n")
		rows = append(rows, r...)
		for _, text := range bad {
			_, text, _ = strings.Cut(text, ": ")
			rejects = append(rejects, text)
		}
	}
	assert.Equal(t, whole, rows)
	for i, text := range wholeRejects {
		_, text, _ = strings.Cut(text, ": ")
		assert.Equal(t, text, rejects[i])
	}
}
