package sawlog

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/formats"
	"github.com/sawlog/sawlog/lib/record"
)

var trace = "\n\tat org.example.Store.write(Store.java:120)\n\tat java.lang.Thread.run(Thread.java:1583)"

// framedCases are definitions whose records are not simply lines.
var framedCases = []struct {
	name       string
	definition string
	input      string
	rows       []string // nil: not looked at
	rejects    []string
}{
	{"the matcher", `{"logback": "%d{ISO8601} %-5p [%t] %c - %m%n", "multiline": {"start": "^\\d{4}-\\d\\d-\\d\\d "}}`,
		"stray\n2026-05-06 10:00:00,123 ERROR [main] a.B - failed" + trace + "\n2026-05-06 10:00:01,000 INFO  [main] a.B - a\nb\n2026-05-06 10:00:02,000 bad\nrest\n",
		[]string{`{"time":"2026-05-06T10:00:00.123Z","level":"ERROR","severity":3,"thread":"main","logger":"a.B","message":"failed\n\tat org.example.Store.write(Store.java:120)\n\tat java.lang.Thread.run(Thread.java:1583)"}`,
			`{"time":"2026-05-06T10:00:01Z","level":"INFO","severity":6,"thread":"main","logger":"a.B","message":"a\nb"}`},
		[]string{"line 1 at 0, 5 bytes: no_match \"stray\"", "line 7 at 190, 32 bytes: no_match \"2026-05-06 10:00:02,000 bad\\nrest\""}},
	{"line feeds in the pattern", `{"line": ["[{at}]\n{message:text trim empty}", "{at:word not=\n}: {first:word not=\n}\n {second:word not=\n}"], "multiline": {"start": "^\\S"}}`,
		"[1]\n a\n b\\x1e \n\n[2]\r\n \r\n[3]\n2: x y\n z\n3: x\n  y\n4: x\n y\n[5]\n \x1e\n",
		[]string{`{"at":"1","message":"a\n b\\x1e"}`, `{"at":"2","message":""}`, `{"at":"4","first":"x","second":"y"}`},
		[]string{`line 7 at 24, 3 bytes: no_match "[3]"`, `line 8 at 28, 9 bytes: no_match "2: x y\n z"`, `line 10 at 38, 8 bytes: no_match "3: x\n  y"`, `line 14 at 55, 6 bytes: no_match "[5]\n \x1e"`}},
	{"logcat", `{"format": "android_logcat_long", "year": 2026, "columns": ["tid", "level", "logger", "message"]}`,
		"--------- beginning of main\n[ 03-05 07:09:10.003  1702: 2395 D/Tag      ]\na\n\n[ 1 ] b\n\n[ 03-05 07:09:10.004  1702: 2396 W/x        ]\n\n\n--------- beginning of system\n",
		[]string{`{"tid":2395,"level":"D","logger":"Tag","message":"a\n\n[ 1 ] b"}`, `{"tid":2396,"level":"W","logger":"x","message":""}`}, nil},
	{"comments of several lines", `{"line": ["{n:int} {message}", "{-}# {}"], "multiline": "indent", "meta": ["line", "offset"]}`, "# a\n b\n\tc\n# d\n1 x\n y\n# e\n f\nz\n g\n2 h\n",
		[]string{`{"n":1,"message":"x\n y","_line":5,"_offset":14}`, `{"n":2,"message":"h","_line":11,"_offset":33}`}, []string{`line 9 at 28, 4 bytes: bad_value "z\n g"`}},
	{"the head of a file in the middle", `{"format": "klog", "year": 2026, "columns": ["level", "message", "stack"], "meta": ["line"]}`,
		"Log file created at: 2026/03/05 07:09:10\nRunning on machine: gate\nI0305 07:09:10.000001 7 a.go:1] up\nRunning on machine: oak\nLog line format: [IWEF]mmdd\nE0305 07:09:10.000001 7 a.go:1] bad\ngoroutine 7:\n",
		[]string{`{"level":"I","message":"up","_line":3}`, `{"level":"E","message":"bad","stack":"goroutine 7:","_line":6}`}, nil},
	{"dissect", `{"dissect": "%{level} %{message}", "multiline": "indent"}`, "E a\n b\n\x01c\\x01\\x02\\x03\nW d\ne\n\tf\n",
		[]string{`{"level":"E","message":"a\n b"}`, `{"level":"W","message":"d"}`}, []string{"line 3 at 7, 14 bytes: no_match \"\\x01c\\\\x01\\\\x02\\\\x03\"", "line 5 at 26, 4 bytes: no_match \"e\\n\\tf\""}},
	{"grok", `{"grok": "^%{WORD:level} (?<message>(.|\\n)*)", "multiline": {"open": "\\\\$"}}`, "a b\\\nc\\\nd\ne f\n",
		[]string{`{"level":"a","message":"b\\\nc\\\nd"}`, `{"level":"e","message":"f"}`}, nil},
	{"regex", `{"regex": "(?s)^(?P<a>\\d+) (?P<b>.*)$", "multiline": {"start": "^\\d"}}`, "1 a\nb\n2 c\n3\n", []string{`{"a":"1","b":"a\nb"}`, `{"a":"2","b":"c"}`}, []string{`line 4 at 10, 1 bytes: no_match "3"`}},
	{"json over several lines", `{"json": {}, "multiline": {"end": "^}"}}`, "{\n  \"a\": 1,\n  \"b\": \"\\n\\r\\u0001\"\n}\n{\"a\": 2}\n}\n{\n\"a\": 3\n}\n",
		nil, nil},
	{"logfmt", `{"logfmt": {}, "multiline": {"start": "^\\w+="}}`, "a=1 b=\"x\ny\"\nc=2\n\td=3\nnothing\n", nil, nil},
	{"keyvalue", `{"keyvalue": {}, "multiline": "indent"}`, "a=1 b=2\n c=3\na=2\n", nil, nil},
	{"csv", `{"csv": {"header": false}, "multiline": {"start": "^\\d"}}`, "1,\"a\nb\",c\n2,d,e\n3,\"f\r\n\",g\n", nil, nil},
	{"cef", `{"cef": {}, "multiline": {"start": "^CEF:"}}`, "CEF:0|a|b|c|d|e|5|msg=x\ny\nCEF:0|a|b|c|d|e|5|msg=z\n", nil, nil},
	{"syslog in frames", `{"syslog": {}, "framing": "octet-counting"}`, "29 <13>1 - host app - - - a\nb\nc\n19 <14>1 - h a - - - d9 <15>oops",
		[]string{`{"facility":1,"severity":5,"version":1,"host":"host","app":"app","message":"a\nb\nc"}`, `{"facility":1,"severity":6,"version":1,"host":"h","app":"a","message":"d"}`}, []string{`line 3 at 54, 10 bytes: bad_frame "9 <15>oops"`}},
	{"syslog, both ways", `{"syslog": {}, "framing": "auto", "year": 2026}`, "<13>May  6 10:00:00 host app: a\n32 <13>May  6 10:00:01 host app: \nb<14>May  6 10:00:02 host app: c\r\n\n", nil, nil},
	{"zero bytes", `{"logfmt": {}, "framing": "nul"}`, "a=1\nb=2\x00a=3\x00", nil, nil},
	{"texts of RFC 7464", `{"json": {}, "framing": "json-seq"}`, "\x1e{\"a\":\n1}\n\x1e{\"a\":2}\n\x1e[3]\n", nil, nil},
	{"colours", `{"dissect": "%{level} %{message}", "strip_ansi": true}`, "\x1b[31mERROR\x1b[0m it \x1b[1mfailed\x1b[0m\n\x1b[1mx\x1b[0m\nb c\n",
		[]string{`{"level":"ERROR","message":"it failed"}`, `{"level":"b","message":"c"}`}, []string{`line 2 at 33, 1 bytes: no_match "x"`}},
	{"presets and frames", `{"dissect": "%{message}", "framing": "nul", "multiline": ["python", "java"]}`, "x: Error:\x00\tat a\x00Traceback (most recent call last):\x00  File\x00KeyError: 1\x00\x00z\x00",
		[]string{`{"message":"x: Error:\n\tat a"}`, `{"message":"Traceback (most recent call last):\n  File\nKeyError: 1"}`, `{"message":"z"}`}, nil},
	{"traces below the lines that tell of them", `{"dissect": "%{message}", "multiline": ["python", "java"]}`,
		"2026-05-06 10:00:00 E failed\r\na.B: no exception\r\n2026-05-06 10:00:01 E failed\r\na.BException: x\r\n\tat a.B\r\n2026-05-06 10:00:02 E failed\nTraceback (most recent call last):\n  File\nKeyError: 1\nb.BError\n",
		[]string{`{"message":"2026-05-06 10:00:00 E failed"}`, `{"message":"a.B: no exception"}`, `{"message":"2026-05-06 10:00:01 E failed\na.BException: x\n\tat a.B"}`,
			`{"message":"2026-05-06 10:00:02 E failed\nTraceback (most recent call last):\n  File\nKeyError: 1"}`, `{"message":"b.BError"}`}, nil},
	{"the same in envelopes", `{"dissect": "%{message}", "envelope": "cri", "multiline": "java", "columns": ["message"]}`,
		"2026-03-05T08:09:10Z stdout F 10:00:01 E failed\n2026-03-05T08:09:10Z stderr F 10:00:01 E other\n2026-03-05T08:09:10Z stdout F BException: x\n2026-03-05T08:09:10Z stdout F \tat a.B\n2026-03-05T08:09:10Z stderr F next\n",
		nil, nil},
	{"messages of several lines in envelopes, and what waits for frames that do not come", `{"dissect": "%{message}", "envelope": "cri", "multiline": ["java", "python"], "meta": ["line", "raw"], "columns": ["message", "_line"]}`,
		"2026-03-05T08:09:10Z stdout F x.Error: one\n2026-03-05T08:09:10Z stderr F y.Error: other\n2026-03-05T08:09:10Z stdout F  two\n2026-03-05T08:09:10Z stderr F waits\n" +
			"2026-03-05T08:09:10Z stderr F too\n2026-03-05T08:09:10Z stdout F \tat a.b(C:1)\n2026-03-05T08:09:10Z stderr F INFO:root:next\n2026-03-05T08:09:10Z stdout F x.Error: three\n2026-03-05T08:09:10Z stdout F at the end",
		[]string{`{"message":"y.Error: other","_line":2,"_raw":"2026-03-05T08:09:10Z stderr F y.Error: other"}`, `{"message":"waits","_line":4,"_raw":"2026-03-05T08:09:10Z stderr F waits"}`,
			`{"message":"too","_line":5,"_raw":"2026-03-05T08:09:10Z stderr F too"}`, `{"message":"INFO:root:next","_line":7,"_raw":"2026-03-05T08:09:10Z stderr F INFO:root:next"}`,
			`{"message":"x.Error: one\n two\n\tat a.b(C:1)","_line":1,"_raw":"2026-03-05T08:09:10Z stdout F x.Error: one\n2026-03-05T08:09:10Z stdout F  two\n2026-03-05T08:09:10Z stdout F \tat a.b(C:1)"}`,
			`{"message":"x.Error: three","_line":8,"_raw":"2026-03-05T08:09:10Z stdout F x.Error: three"}`, `{"message":"at the end","_line":9,"_raw":"2026-03-05T08:09:10Z stdout F at the end"}`}, nil},
	{"a record that is too long", `{"dissect": "%{message}", "multiline": {"start": "^A"}, "limits": {"line": 20}}`, "A1234567890\nB1234567890\nC\n" + strings.Repeat("long ", 10) + "\nA\nb\n", nil, nil},
	{"places", `{"dissect": "%{a} %{b}", "meta": ["line", "offset", "raw"], "multiline": {"start": "^\\d"}, "where": {"a": "!= 3"}}`, "x\n1 a\r\n b\r\n2\r\n\n3 d\r\n4 e\r\nf",
		[]string{`{"a":"1","b":"a\n b","_line":2,"_offset":2,"_raw":"1 a\n b"}`, `{"a":"4","b":"e\nf","_line":7,"_offset":20,"_raw":"4 e\nf"}`}, nil},
	{"places of frames", `{"dissect": "%{a} %{b}", "meta": ["line", "offset", "raw"], "framing": "auto"}`, "5 1 abcx\n7 2 a\nb\n\n3 c\n",
		[]string{`{"a":"1","b":"abc","_line":1,"_offset":2,"_raw":"1 abc"}`, `{"a":"2","b":"a\nb\n","_line":3,"_offset":11,"_raw":"2 a\nb\n"}`}, nil},
	{"places of columns with a header", `{"csv": {}, "meta": ["raw", "line"]}`, "a,b\n1,2\n\n3,\"x\"\n", nil, nil},
	{"places of w3c", `{"w3c": {}, "meta": ["line", "offset"]}`, "#Version: 1.0\n#Fields: a b\n1 2\n# note\n3 4\n\n5 6\n", nil, nil},
	{"places in envelopes", `{"logfmt": {}, "envelope": "cri", "meta": ["line", "offset", "raw"], "multiline": "indent", "columns": ["a", "_raw"]}`,
		"2026-05-06T10:00:00.1Z stdout P a=\n2026-05-06T10:00:00.2Z stdout F 1\nno\n2026-05-06T10:00:00.3Z stdout F  b=2\n2026-05-06T10:00:00.4Z stdout F a=3\n",
		[]string{`{"a":1,"_line":1,"_offset":0,"_raw":"2026-05-06T10:00:00.1Z stdout P a=\n2026-05-06T10:00:00.2Z stdout F 1\n2026-05-06T10:00:00.3Z stdout F  b=2"}`, `{"a":3,"_line":5,"_offset":109,"_raw":"2026-05-06T10:00:00.4Z stdout F a=3"}`}, nil},
	{"places in several formats", `{"formats": [{"dissect": "%{a} %{b} %{c}"}, {"logfmt": {}}], "meta": ["line", "raw"], "columns": ["a", "x"]}`, "1 2 3\nx=4\n\n5 6 7\n",
		[]string{`{"a":"1","_line":1,"_raw":"1 2 3"}`, `{"x":4,"_line":2,"_raw":"x=4"}`, `{"a":"5","_line":4,"_raw":"5 6 7"}`}, nil},
	{"entries of the journal", `{"format": "journald_export", "meta": ["line", "offset"], "columns": ["time", "message", "E"]}`,
		"__REALTIME_TIMESTAMP=1772694550000000\nMESSAGE\n\x05\x00\x00\x00\x00\x00\x00\x00a\n\nb\xff\nE=1\n\n\nMESSAGE\n\x00\x00\x00\x00\x00\x00\x00\x00\n__REALTIME_TIMESTAMP=1772694551000000\n\nMESSAGE\n\x05\x00\x00\x00\x00\x00\x00\x00ab\n\nE=2\nMESSAGE\n\x09\x00\x00",
		[]string{`{"time":"2026-03-05T07:09:10Z","message":"a\n\nb�","E":1,"_line":1,"_offset":0}`, `{"time":"2026-03-05T07:09:11Z","message":"","_line":2,"_offset":66}`},
		[]string{`line 3 at 122, 35 bytes: bad_frame "MESSAGE\n\x05\x00\x00\x00\x00\x00\x00\x00ab\n\nE=2\nMESSAGE\n\t\x00\x00"`}},
	{"#Fields of as many names", `{"w3c": {}}`, "0 0\n#Fields: a b\n1 2\n#Fields: b a\n3 4\n5 6\r\n\n#Fields: a b\r\n7 8\n",
		[]string{`{"a":1,"b":2}`, `{"a":4,"b":3}`, `{"a":6,"b":5}`, `{"a":7,"b":8}`}, []string{`line 1 at 0, 3 bytes: no_match "0 0"`, `line 7 at 43, 0 bytes: empty ""`}},
	{"#fields of as many names", `{"zeek": {}}`, "#fields\ta\tb\n#types\tcount\tstring\n1\tx\n#fields\tb\ta\n#types\tstring\tcount\ny\t2\nz\t3\n#fields\ta\tb\n4\tx\n",
		[]string{`{"a":1,"b":"x"}`, `{"a":2,"b":"y"}`, `{"a":3,"b":"z"}`, `{"a":4,"b":"x"}`}, nil},
	{"frames of an envelope", `{"json": {}, "envelope": {"syslog": {"rfc": 5424}}, "framing": "octet-counting", "meta": ["line", "offset", "raw"], "columns": ["a", "host"]}`,
		"26 <13>1 - h a - - - {\"a\":\n1}25 <13>1 - g a - - - {\"a\":2}x\n31 <13>1 - h a - - - {\"a\":3}\n\n\n  \n9 <13>1 - h",
		[]string{`{"a":1,"host":"h","_line":1,"_offset":3,"_raw":"<13>1 - h a - - - {\"a\":\n1}"}`, `{"a":2,"host":"g","_line":2,"_offset":32,"_raw":"<13>1 - g a - - - {\"a\":2}"}`, `{"a":3,"host":"h","_line":4,"_offset":62,"_raw":"<13>1 - h a - - - {\"a\":3}\n\n\n  "}`}, nil},
	{"colours in envelopes", `{"dissect": "%{level} %{message}", "envelope": ["docker_json", "docker_compose"], "strip_ansi": true, "multiline": "indent", "columns": ["level", "message"]}`,
		"{\"log\":\"\\u001b[31mE\\u001b[0m one\\n\",\"stream\":\"stdout\",\"time\":\"2026-03-05T08:09:10Z\"}\n{\"log\":\"\\u001b[1m  more\\n\",\"stream\":\"stdout\",\"time\":\"2026-03-05T08:09:10Z\"}\n\x1b[36mweb-1  |\x1b[0m \x1b[31mW\x1b[0m two\n",
		[]string{`{"level":"E","message":"one\n  more"}`, `{"level":"W","message":"two"}`}, nil},
	{"several lines of a format in an envelope", `{"format": "spring_boot", "envelope": "cri", "columns": ["level", "message"]}`,
		"2026-05-06T10:00:00.1Z stdout F 2026-03-05T08:09:10.123Z ERROR 7 --- [main] o.e.Store : failed\n2026-05-06T10:00:00.1Z stdout F \tat x\n2026-05-06T10:00:00.1Z stdout F 2026-03-05T08:09:11.123Z  INFO 7 --- [main] o.e.Store : ok\n", nil, nil},
	{"detection", `{"multiline": "indent"}`, "a=1 b=2\n c=3\na=2 b=4\n", nil, nil},
}

func TestFramedRecords(t *testing.T) {
	t.Parallel()
	for _, c := range framedCases {
		t.Run(c.name, func(t *testing.T) {
			p, err := NewParser(c.definition)
			require.NoError(t, err)
			var want outcome
			want.add(p.Parse([]byte(c.input)))
			assert.Equal(t, int64(len(c.input)), want.Bytes)
			assert.NotEmpty(t, want.Rows)
			if c.rows != nil {
				assert.Equal(t, c.rows, want.Rows)
			}
			if c.rejects != nil {
				assert.Equal(t, c.rejects, want.Rejects)
			}
			batch := p.Parse([]byte(c.input))
			for i := range batch.Rejects() {
				if r := batch.Reject(i); !strings.Contains(c.input, "\x1b") && !strings.Contains(c.input, "\r") {
					assert.Equal(t, string(r.Raw), c.input[r.Offset:][:len(r.Raw)], "the offset of reject %d", i)
				}
			}
			for _, size := range []int{1, 10, 40, 1 << 20} {
				for _, threads := range []int{1, 3} {
					r, err := p.OpenReader(strings.NewReader(c.input), Options{BlockSize: size, Threads: threads})
					require.NoError(t, err)
					require.Equal(t, want, readAll(t, r), "blocks of %d bytes, %d threads", size, threads)
				}
			}
			for cut := range len(c.input) {
				s, err := p.Stream(Options{})
				require.NoError(t, err)
				require.Equal(t, want, feed(t, s, c.input[:cut], c.input[cut:]), "cut at %d", cut)
			}
			s, err := p.Stream(Options{})
			require.NoError(t, err)
			require.Equal(t, want, feed(t, s, strings.Split(c.input, "")...))
		})
	}
}

// What a record of several lines gives is what it gives as one record, in every engine.
func TestAJoinedRecordIsParsedAsOne(t *testing.T) {
	t.Parallel()
	for name, input := range cases(t) {
		o := definitionOf(name)
		if len(o.Envelope) > 0 || len(o.Where) > 0 || o.Format == auto || o.Format == "w3c" || o.Format == "zeek" || o.Format == "csv" || // they begin with lines of their own
			o.Format != "" && strings.Contains(formats.Find(o.Format).Definition, "multiline") { // or join these records to longer ones
			continue
		}
		o.Framing = "nul"
		p, err := NewParserOptions(o)
		require.NoError(t, err)
		o.Framing = ""
		one, err := NewParserOptions(o)
		require.NoError(t, err)
		records := strings.Split(strings.ReplaceAll(strings.TrimSuffix(input, "\n"), "\x00", ""), "\n")
		for i := range records {
			records[i] = strings.TrimSuffix(records[i], "\r")
			if i%3 == 1 && records[i] != "" {
				records[i] += "\nmore" // does it fit? that is the format's affair, but it is the same in both ways
			}
		}
		turns := func(f record.Field) bool { return f.Turn != nil }
		if s := p.Schema(); s != nil && slices.ContainsFunc(s.Fields, turns) {
			continue // the order of records counts
		}
		all := p.Parse([]byte(strings.Join(records, "\x00") + "\x00"))
		if all.Schema().String() != one.Parse([]byte(strings.Join(records, "\n"))).Schema().String() {
			continue // the schema was inferred otherwise
		}
		row, reject := 0, 0
		for i, text := range records {
			batch := one.ParseRecord([]byte(text))
			if batch.Schema().String() != all.Schema().String() {
				break
			}
			if batch.Len()+batch.Rejects() == 0 {
				continue // where has dropped it
			}
			if batch.Len() == 1 {
				require.Less(t, row, all.Len(), "%s, record %d: %q", name, i, text)
				require.Equal(t, string(batch.AppendJSON(nil, 0, true)), string(all.AppendJSON(nil, row, true)), "%s, record %d: %q", name, i, text)
				row++
			} else {
				require.Equal(t, batch.Reject(0).Fault, all.Reject(reject).Fault, "%s, record %d: %q", name, i, text)
				require.Equal(t, string(batch.Reject(0).Raw), string(all.Reject(reject).Raw), "%s, record %d", name, i)
				require.Equal(t, int64(i+1), all.Reject(reject).Line)
				reject++
			}
			batch.Release()
		}
	}
}

// Lines, offsets and texts of rows fit the input, in every format.
func TestMetaSaysWhereRecordsStand(t *testing.T) {
	t.Parallel()
	for name, input := range cases(t) {
		o := definitionOf(name)
		if o.Multiline != nil || len(o.Envelope) > 0 || o.Framing != "" || len(o.Redact) > 0 {
			continue
		}
		o.Meta, o.UTF8 = []string{"line", "offset", "raw", "source"}, "bytes"
		p, err := NewParserOptions(o)
		require.NoError(t, err, name)
		if p.frame != nil {
			continue // its records have several lines
		}
		for _, size := range []int{50, 1 << 20} {
			r, err := p.OpenReader(strings.NewReader(input), Options{BlockSize: size, Threads: 2})
			require.NoError(t, err)
			lines := strings.Split(input, "\n")
			for batch, err := range r.Batches() {
				require.NoError(t, err)
				for row := range batch.Len() {
					line, offset, raw := batch.Column("_line").Ints()[row], batch.Column("_offset").Ints()[row], batch.Column("_raw").Text(row)
					require.Equal(t, strings.TrimSuffix(lines[line-1], "\r"), raw, name)
					require.Equal(t, raw, input[offset:][:len(raw)], name)
				}
			}
			require.NoError(t, r.Close())
		}
	}
}

// encode writes text as UTF-16 with its byte order mark.
func encode(text string, order binary.AppendByteOrder) string {
	out := order.AppendUint16(nil, 0xfeff)
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

func TestEncodings(t *testing.T) {
	text := "E gr\u00fc\u00dfe \u20ac\r\nshort\nW \U0001F600\n more\n"
	latin := "E gr\xfc\xdfe \x80\r\nshort\nW x\n more\n"
	for _, more := range []string{``, `, "multiline": "indent"`, `, "where": {"level": "!= x"}`} {
		for _, c := range []struct{ encoding, input, same string }{
			{`"utf-8"`, encode(text, binary.LittleEndian), text},
			{`""`, encode(text, binary.BigEndian), text},
			{`"utf-16le"`, encode(text, binary.LittleEndian)[2:], text},
			{`"UTF-16BE"`, encode(text, binary.BigEndian), text},
			{`"latin1"`, latin, "E gr\u00fc\u00dfe \u0080\r\nshort\nW x\n more\n"},
			{`"windows-1252"`, latin, "E gr\u00fc\u00dfe \u20ac\r\nshort\nW x\n more\n"},
		} {
			plain, err := NewParser(`{"dissect": "%{level} %{message}"` + more + `}`)
			require.NoError(t, err)
			p, err := NewParser(`{"dissect": "%{level} %{message}"` + more + `, "encoding": ` + c.encoding + `}`)
			require.NoError(t, err)
			var want, got outcome
			want.add(plain.Parse([]byte(c.same)))
			got.add(p.Parse([]byte(c.input)))
			require.Equal(t, want, got, "%s%s", c.encoding, more)
			for _, size := range []int{1, 20, 1 << 20} {
				r, err := p.OpenReader(strings.NewReader(c.input), Options{BlockSize: size})
				require.NoError(t, err)
				require.Equal(t, want, readAll(t, r), "%s%s: blocks of %d bytes", c.encoding, more, size)
			}
			for cut := range len(c.input) {
				s, err := p.Stream(Options{})
				require.NoError(t, err)
				require.Equal(t, want, feed(t, s, c.input[:cut], c.input[cut:]), "%s%s: cut at %d", c.encoding, more, cut)
			}
		}
	}
	_, err := NewParser(`{"format": "combined", "encoding": "latin"}`)
	assert.Equal(t, &FormatError{Kind: KindOption, Key: "encoding", Message: `there is no encoding "latin"`, Hint: "did you mean latin1?", Offset: 35, Line: 1, Column: 36}, err)
	p, err := NewParser(`{"dissect": "%{a} %{b}", "encoding": "latin1", "strip_ansi": true}`)
	require.NoError(t, err)
	batch := p.ParseRecord([]byte("x \x1b[1m\xe4\x1b[0m\r\n"))
	assert.Equal(t, `{"a":"x","b":"ä"}`, string(batch.AppendJSON(nil, 0, true)))
	assert.True(t, p.Explain([]byte("x \xe4")).OK)
	assert.Equal(t, "common", Detect([]byte(encode("192.0.2.1 - - [02/Mar/2026:08:00:00 +0100] \"GET / HTTP/1.1\" 200 5\n", binary.LittleEndian))).Format)
}

func TestColouredLogsAreDetected(t *testing.T) {
	t.Parallel()
	line := "\x1b[32m192.0.2.1\x1b[0m - - [02/Mar/2026:08:00:00 +0100] \"GET / HTTP/1.1\" \x1b[1m200\x1b[0m 5\n"
	input := strings.Repeat(line, 5)
	d := Detect([]byte(input))
	assert.Equal(t, "common", d.Format)
	assert.Equal(t, `{"format":"common","strip_ansi":true}`, d.Definition)
	p, err := NewParser("auto")
	require.NoError(t, err)
	var want outcome
	want.add(p.Parse([]byte(input)))
	require.Len(t, want.Rows, 5)
	assert.Contains(t, want.Rows[0], `"status":200`)
	for _, size := range []int{1, 100, 1 << 20} {
		r, err := p.OpenReader(strings.NewReader(input), Options{BlockSize: size, Threads: 2})
		require.NoError(t, err)
		require.Equal(t, want, readAll(t, r))
	}
	for cut := 0; cut < len(input); cut += 7 {
		s, err := p.Stream(Options{})
		require.NoError(t, err)
		require.Equal(t, want, feed(t, s, input[:cut], input[cut:]), "cut at %d", cut)
	}
	assert.Equal(t, `{"format":"common"}`, Detect([]byte(strings.Repeat(strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(line, "\x1b[32m", ""), "\x1b[0m", ""), "\x1b[1m", ""), 5)+line)).Definition, "a line or two")
}

func TestMetaOptions(t *testing.T) {
	_, err := NewParser(`{"format": "combined", "meta": ["lines"]}`)
	assert.Equal(t, &FormatError{Kind: KindOption, Key: "meta", Message: `meta: there is no "lines"`, Hint: "did you mean line?", Offset: 31, Line: 1, Column: 32}, err)
	_, err = NewParser(`{"meta": ["line", "line"]}`)
	assert.ErrorContains(t, err, "twice")
	_, err = NewParser(`{"dissect": "%{a}", "meta": ["line"], "where": {"_line": "> 3"}}`)
	assert.Error(t, err, "lines are known when batches have their order")
	p, err := NewParser(`{"dissect": "%{_line} %{a}", "meta": ["line"], "columns": ["a", "_line"]}`)
	require.NoError(t, err)
	batch := p.ParseRecord([]byte("x y"))
	assert.Equal(t, `{"a":"y","_line":1}`, string(batch.AppendJSON(nil, 0, true)))

	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("1\n2\n"), 0o600))
	}
	r, err := Open(filepath.Join(dir, "*"), Options{Dissect: "%{n}", Meta: []string{"source", "line"}, BlockSize: 2})
	require.NoError(t, err)
	out := readAll(t, r)
	var want []string
	for _, name := range []string{"a", "b"} {
		for n := 1; n < 3; n++ {
			want = append(want, fmt.Sprintf(`{"n":"%d","_source":"%s","_line":%d}`, n, filepath.Join(dir, name), n))
		}
	}
	assert.Equal(t, want, out.Rows)
}

// What is no path is called what the caller says, in columns, sources and errors.
func TestTheNameOfASource(t *testing.T) {
	const definition = `{"dissect": "%{n}", "meta": ["source"]}`
	p, err := NewParser(definition)
	require.NoError(t, err)
	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	require.NoError(t, os.WriteFile(path, []byte("1\n"), 0o600))
	for name, want := range map[string]string{"": "<reader>", "gate.log": "gate.log"} {
		r, err := p.OpenReader(io.MultiReader(strings.NewReader("1\n"), iotest.ErrReader(io.ErrClosedPipe)), Options{SourceName: name})
		require.NoError(t, err)
		batch, err := r.Next()
		require.NoError(t, err)
		assert.JSONEq(t, `{"n": "1", "_source": "`+want+`"}`, string(batch.AppendJSON(nil, 0, true)))
		batch.Release()
		_, err = r.Next()
		var failed *ReadError
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, want, failed.Path)
		require.NoError(t, r.Close())

		if want == "<reader>" {
			want = path
		}
		f, err := os.Open(path)
		require.NoError(t, err)
		r, err = p.OpenFile(f, Options{SourceName: name})
		require.NoError(t, err)
		assert.Equal(t, []string{`{"n":"1","_source":"` + want + `"}`}, readAll(t, r).Rows)
		r, err = p.Open([]string{path}, Options{SourceName: name})
		require.NoError(t, err)
		assert.Equal(t, []string{`{"n":"1","_source":"` + path + `"}`}, readAll(t, r).Rows, "a path has its name")
	}
}

func TestMultilineInEnvelopes(t *testing.T) {
	var input strings.Builder
	for _, line := range []string{"O start", "E x: Error: y", "E \tat a", "O other", "E \tat b", "E end", "O last"} {
		stream := map[byte]string{'O': "stdout", 'E': "stderr"}[line[0]]
		fmt.Fprintf(&input, "2026-05-06T10:00:00.1Z %s F %s\n", stream, line[2:])
	}
	p, err := NewParser(`{"dissect": "%{message}", "envelope": "cri", "multiline": ["java", "python"], "columns": ["message"]}`)
	require.NoError(t, err)
	var want outcome
	want.add(p.Parse([]byte(input.String())))
	assert.Equal(t, []string{`{"message":"start"}`, `{"message":"other"}`, `{"message":"x: Error: y\n\tat a\n\tat b"}`, `{"message":"end"}`, `{"message":"last"}`}, want.Rows)
	assert.Equal(t, int64(7), want.Lines)
	for _, size := range []int{1, 50, 100, 1 << 20} {
		r, err := p.OpenReader(strings.NewReader(input.String()), Options{BlockSize: size, Threads: 2})
		require.NoError(t, err)
		require.Equal(t, want, readAll(t, r), "blocks of %d bytes", size)
	}
	_, err = NewParser(`{"dissect": "%{message}", "envelope": "cri", "multiline": "x"}`)
	assert.ErrorContains(t, err, "preset")
}

func TestMultilineOptions(t *testing.T) {
	for _, c := range []struct{ definition, want string }{
		{`{"dissect": "%{m}", "multiline": "java"}`, `{"dissect":"%{m}","multiline":{"preset":["java"]}}`},
		{`{"dissect": "%{m}", "multiline": ["java", "python"]}`, `{"dissect":"%{m}","multiline":{"preset":["java","python"]}}`},
		{`{"dissect": "%{m}", "multiline": {"start": "^\\d", "next": "^ "}}`, `{"dissect":"%{m}","multiline":{"start":"^\\d","next":"^ "}}`},
	} {
		p, err := NewParser(c.definition)
		require.NoError(t, err)
		assert.Equal(t, c.want, p.Definition())
		_, err = NewParser(p.Definition())
		assert.NoError(t, err)
	}
	for _, c := range []struct {
		definition string
		want       FormatError
	}{
		{`{"dissect": "%{m}", "multiline": "jav"}`, FormatError{Kind: KindOption, Key: "multiline", Message: `multiline: there is no preset "jav"`, Hint: "did you mean java?", Offset: 33}},
		{`{"dissect": "%{m}", "multiline": {"starts": "x"}}`, FormatError{Kind: KindOption, Key: "multiline.starts", Message: `unknown key "multiline.starts"`, Hint: "did you mean start?", Offset: 34}},
		{`{"dissect": "%{m}", "framing": "octet"}`, FormatError{Kind: KindOption, Key: "framing", Message: `framing cannot be "octet"`, Hint: "did you mean octet-counting?", Offset: 31}},
		{`{"dissect": "%{m}", "multiline": 3}`, FormatError{Kind: KindOption, Key: "multiline", Message: `"multiline" takes an object, not 3`, Offset: 33}},
		{`{"multiline": {"start": "a[b"}}`, FormatError{Kind: KindOption, Key: "multiline.start", Message: "multiline.start: the class is not closed", Hint: `a ] is missing; write \[ for the character`, Offset: 1}},
	} {
		_, err := NewParser(c.definition)
		var got *FormatError
		require.ErrorAs(t, err, &got, c.definition)
		got = &FormatError{Kind: got.Kind, Key: got.Key, Message: got.Message, Hint: got.Hint, Offset: got.Offset}
		assert.Equal(t, &c.want, got, c.definition)
	}
}

func TestExplainOfAJoinedRecord(t *testing.T) {
	p, err := NewParser(`{"dissect": "%{level} [%{thread}] %{message}", "multiline": "indent"}`)
	require.NoError(t, err)
	check := p.Explain([]byte("E a\n b"))
	assert.False(t, check.OK)
	assert.Equal(t, "no_match", check.Fault)
	assert.True(t, p.Explain([]byte("E [a] b\n c")).OK)
}

func BenchmarkMultiline(b *testing.B) {
	var text strings.Builder
	for k := 0; text.Len() < 16<<20; k++ {
		fmt.Fprintf(&text, "2026-05-06 10:%02d:%02d,%03d INFO  [worker-%d] org.example.Store - request %d took %d ms and gave nothing of interest\n", k/60%60, k%60, k%1000, k%8, k, k%77)
		if k%20 == 0 {
			text.WriteString("org.example.StoreException: disk full" + strings.Repeat(trace, 10) + "\n")
		}
	}
	input := []byte(text.String())
	for _, c := range []struct{ name, more string }{
		{"lines", ``}, {"start", `, "multiline": {"start": "^\\d{4}-\\d\\d-\\d\\d "}`}, {"java", `, "multiline": "java"`}, {"all presets", `, "multiline": ["java", "python", "go", "ruby", "node", "dotnet", "rust", "php"]`},
	} {
		b.Run(c.name, func(b *testing.B) {
			p, err := NewParser(`{"logback": "%d{ISO8601} %-5p [%t] %c - %m%n"` + c.more + `}`)
			require.NoError(b, err)
			b.SetBytes(int64(len(input)))
			b.ReportAllocs()
			for b.Loop() {
				p.Parse(input).Release()
			}
		})
	}
}

func TestExplainOfPatternsWithLineFeeds(t *testing.T) {
	p, err := NewParser("tomcat_catalina")
	require.NoError(t, err)
	assert.True(t, p.Explain([]byte("Mar 05, 2026 7:09:10 AM a.B c\nINFO: x")).OK)
	for _, line := range []string{"Mar 05, 2026 7:09:10 AM a.B c", "Mar 05, 2026 7:09:10 AM a.B c\nIN FO"} {
		check := p.Explain([]byte(line))
		assert.False(t, check.OK, line)
		assert.NotContains(t, check.Element+check.Expected, `\x1e`, line)
		assert.NotContains(t, check.Element+check.Expected+check.Seen, "\x1e", line)
	}
	check := p.Explain([]byte("Mar 05, 2026 7:09:10 AM a.B c"))
	assert.Contains(t, check.Expected, `\n`)
}

// Lines are joined inside of an envelope as they are without it, whatever stands beside what.
func TestLinesAreJoinedAlikeInEnvelopes(t *testing.T) {
	lines := strings.Split(`2026-05-06 10:00:00 E failed
ERROR:root:failed
x.BException: one
y.CError
more text
  indented

	at a.B(C.java:1)
	... 3 more
Caused by: x.D: two
Traceback (most recent call last):
  File "a.py", line 1, in f
ValueError: x
During handling of the above exception, another exception occurred:
  + Exception Group Traceback (most recent call last):
  | ExceptionGroup: two
panic: boom
goroutine 1 [running]:
main.main()
	/a.go:1
exit status 2
thread 'main' panicked at a.rs:1:1:
note: run
stack backtrace:
a.rb:1:in 'f': msg (E)
	from a.rb:2:in 'g'
a.rb:3:in 'h'
PHP Warning:  x
Stack trace:
#0 {main}
TypeError [ERR_X]: y
    at f (a.js:1:1) {
  code: 'X'
}`, "\n")
	for _, presets := range []string{`["java", "python", "go", "ruby", "node", "dotnet", "rust", "php"]`, `"java"`, `["node", "python"]`, `["java", "indent"]`, `["python", "time"]`} {
		plain, err := NewParser(`{"dissect": "%{text}", "multiline": ` + presets + `, "meta": ["line"]}`)
		require.NoError(t, err)
		wrapped, err := NewParser(`{"dissect": "%{text}", "multiline": ` + presets + `, "meta": ["line"], "envelope": "cri", "columns": ["text", "_line"]}`)
		require.NoError(t, err)
		random := rand.New(rand.NewPCG(1, 2))
		for range 300 {
			var one, other strings.Builder
			for range 1 + random.IntN(24) {
				line := lines[random.IntN(len(lines))]
				one.WriteString(line + "\n")
				other.WriteString("2026-03-05T08:09:10Z stdout F " + line + "\n")
			}
			var want, got outcome
			want.add(plain.Parse([]byte(one.String())))
			got.add(wrapped.Parse([]byte(other.String())))
			require.Equal(t, want.Rows, got.Rows, "%s:\n%s", presets, one.String())
			s, err := wrapped.Stream(Options{})
			require.NoError(t, err)
			cut := random.IntN(other.Len())
			require.Equal(t, got, feed(t, s, other.String()[:cut], other.String()[cut:]), "%s cut at %d:\n%s", presets, cut, other.String())
		}
	}
}

// A sample of any size takes no more memory than there is text.
func TestALargeSampleOfFrames(t *testing.T) {
	for _, size := range []string{"9223372036854775807", "5000000000000000000", "1000000000000"} {
		if strconv.IntSize == 32 {
			size = "2147483647"
		}
		p, err := NewParser(`{"json": {"sample_bytes": ` + size + `}, "framing": "nul"}`)
		require.NoError(t, err)
		text := []byte("{\"a\":1}\x00{\"a\":2}\x00")
		assert.Equal(t, 2, p.Parse(text).Len())
		s, err := p.Stream(Options{})
		require.NoError(t, err)
		_, err = s.Feed(text)
		require.NoError(t, err)
		b, err := s.Flush()
		require.NoError(t, err)
		assert.Equal(t, 2, b.Len())
	}
}
