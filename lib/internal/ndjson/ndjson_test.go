package ndjson

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/record"
)

func TestRecords(t *testing.T) {
	for _, c := range []struct {
		name   string
		o      Options
		lines  []string
		schema string // without the overflow column
		rows   []string
	}{
		{"flat", Options{}, []string{`{"a":1,"b":"x","c":true,"d":1.5}`, `{"a":-2,"b":"","c":false,"d":-0.25}`},
			"a int, b string, c bool, d float", []string{`{"a":1,"b":"x","c":true,"d":1.5}`, `{"a":-2,"b":"","c":false,"d":-0.25}`}},
		{"white space", Options{}, []string{` { "a" : 1 ,` + "\t" + `"b" : [ 1 , 2 ] } ` + "\r", `{"a": 2, "b": []}`},
			"a int, b string", []string{`{"a":1,"b":"[ 1 , 2 ]"}`, `{"a":2,"b":"[]"}`}},
		{"nested", Options{}, []string{`{"r":{"n":1,"s":{"t":"u"}},"z":1}`, `{"z":2,"r":{"s":{"t":"v"}}}`},
			"r.n int, r.s.t string, z int", []string{`{"r":{"n":1,"s":{"t":"u"}},"z":1}`, `{"r":{"s":{"t":"v"}},"z":2}`}},
		{"contiguous", Options{}, []string{`{"r":{"n":1},"z":1}`, `{"z":2,"r":{"m":3}}`},
			"r.n int, r.m int, z int", []string{`{"r":{"n":1},"z":1}`, `{"r":{"m":3},"z":2}`}},
		{"null is absent", Options{}, []string{`{"a":null,"b":1,"c":{"d":null}}`, `{"a":null,"b":null}`},
			"b int", []string{`{"b":1}`, `{}`}},
		{"empty objects", Options{}, []string{`{"a":{},"b":1}`, `{"a":{"c":{}},"b":1}`},
			"b int", []string{`{"a":{},"b":1}`, `{"a":{"c":{}},"b":1}`}},
		{"empty keys", Options{}, []string{`{"":1,"a":{"":2}}`, `{}`}, " int, a. int", []string{`{"":1,"a":{"":2}}`, `{}`}},
		{"mixed kinds", Options{}, []string{`{"a":1}`, `{"a":"x"}`, `{"a":2}`, `{"a":[1]}`, `{"a":{"b":1}}`},
			"a int", []string{`{"a":1}`, `{"a":"x"}`, `{"a":2}`, `{"a":[1]}`, `{"a":{"b":1}}`}},
		{"ties are texts", Options{}, []string{`{"a":1}`, `{"a":"x"}`}, "a string", []string{`{"a":1}`, `{"a":"x"}`}},
		{"objects and scalars", Options{}, []string{`{"a":{"b":1}}`, `{"a":{"b":2}}`, `{"a":3}`}, "a.b int", []string{`{"a":{"b":1}}`, `{"a":{"b":2}}`, `{"a":3}`}},
		{"dots in keys", Options{}, []string{`{"a.b":1,"a":{"b":2}}`}, "a.b int", []string{`{"a":{"b":2},"a.b":1}`}},
		{"repeated keys", Options{}, []string{`{"a":1,"b":2,"a":3}`, `{"a":1,"a":"x","b":1}`, `{"b":1,"a":"x","a":4}`, `{"a":1,"a":null,"b":9}`},
			"a int, b int", []string{`{"a":3,"b":2}`, `{"a":"x","b":1}`, `{"a":4,"b":1}`, `{"b":9}`}},
		{"repeated objects", Options{}, []string{`{"a":{"x":1},"b":1}`, `{"b":2,"a":{"y":2}}`, `{"a":{"x":1},"b":3,"a":{"y":2}}`, `{"a":{"x":1},"a":null}`, `{"a":null,"a":{"x":5}}`},
			"a.x int, a.y int, b int", []string{`{"a":{"x":1},"b":1}`, `{"a":{"y":2},"b":2}`, `{"a":{"y":2},"b":3}`, `{}`, `{"a":{"x":5}}`}},
		{"escaped keys", Options{}, []string{`{"a":1,"\u0061":2,"b\"c":3}`, `{"\u0061":1}`}, `a int, b"c int`, []string{`{"a":2,"b\"c":3}`, `{"a":1}`}},
		{"escapes", Options{}, []string{`{"a":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00","b":"plain"}`, `{"a":"\ud800x","b":"\udc00\ud800\u0041\ud800"}`},
			"a string, b string", []string{`{"a":"\"\\/\u0008\u000c\n\r\té😀","b":"plain"}`, `{"a":"` + "\uFFFD" + `x","b":"` + "\uFFFD\uFFFDA\uFFFD" + `"}`}},
		{"invalid UTF-8", Options{}, []string{"{\"a\":\"x\xffy\"}"}, "a string", []string{`{"a":"x` + "\uFFFD" + `y"}`}},
		{"big ints", Options{}, []string{`{"i":9223372036854775807,"u":18446744073709551615,"t":18446744073709551616}`, `{"i":-9223372036854775808,"u":1,"t":5}`},
			"i int, u uint, t string", []string{`{"i":9223372036854775807,"u":18446744073709551615,"t":"18446744073709551616"}`, `{"i":-9223372036854775808,"u":1,"t":"5"}`}},
		{"ints with a minus beyond int64", Options{}, []string{`{"t":18446744073709551615}`, `{"t":-1}`}, "t string", []string{`{"t":"18446744073709551615"}`, `{"t":"-1"}`}},
		{"floats", Options{}, []string{`{"f":1,"g":0.1,"h":0.12345678901234567890}`, `{"f":1.5e3,"g":1E-7,"h":1}`},
			"f float, g float, h string", []string{`{"f":1,"g":0.1,"h":"0.12345678901234567890"}`, `{"f":1500,"g":1e-07,"h":"1"}`}},
		{"late floats that lose digits", Options{Infer: infer.Options{Records: 1}}, []string{`{"f":1.5}`, `{"f":0.12345678901234567890}`, `{"f":1e400}`, `{"f":3}`},
			"f float", []string{`{"f":1.5}`, `{"f":0.12345678901234567890}`, `{"f":1e400}`, `{"f":3}`}},
		{"late keys and values", Options{Infer: infer.Options{Records: 1}}, []string{`{"r":{"a":1},"s":"x"}`, `{"r":{"a":2,"new":5},"s":7,"late":[1, 2]}`, `{"r":6}`, `{"r":{"new":{"x":null}}}`},
			"r.a int, s string", []string{`{"r":{"a":1},"s":"x"}`, `{"late":[1,2],"r":{"a":2,"new":5},"s":7}`, `{"r":6}`, `{"r":{"new":{"x":null}}}`}},
		{"late keys that repeat", Options{Infer: infer.Options{Records: 1}}, []string{`{"a":1}`, `{"x":1,"x":2,"y":3,"\u0078":4}`, `{"a":"no","a":2}`},
			"a int", []string{`{"a":1}`, `{"x":4,"y":3}`, `{"a":2}`}},
		{"ints in an int column", Options{Infer: infer.Options{Records: 1}}, []string{`{"a":1}`, `{"a":1.0}`, `{"a":-0}`, `{"a":12345678901234567}`, `{"a":123456789012345678901}`},
			"a int", []string{`{"a":1}`, `{"a":1.0}`, `{"a":0}`, `{"a":12345678901234567}`, `{"a":123456789012345678901}`}},
		{"depth of columns", Options{Infer: infer.Options{Depth: 2}}, []string{`{"a":{"b":{"c":1},"d":2}}`}, "a.b string, a.d int", []string{`{"a":{"b":"{\"c\":1}","d":2}}`}},
		{"number of columns", Options{Infer: infer.Options{Columns: 2}}, []string{`{"a":1,"b":2,"c":3,"d":{"e":4}}`}, "a int, b int", []string{`{"a":1,"b":2,"c":3,"d":{"e":4}}`}},
		{"a key called like the overflow column", Options{}, []string{`{"_overflow":1,"a":2}`}, "a int", []string{`{"_overflow":1,"a":2}`}},
		{"flatten", Options{Infer: infer.Options{Flatten: true}}, []string{`{"a":{"b":1}}`}, "a.b int", []string{`{"a.b":1}`}},
		{"faults", Options{Line: 20}, []string{`{"a":1}`, ``, ` `, `nope`, `[1]`, `{"a":1}x`, `{"a":01}`, `{"a":1,}`, `{"a":"aaaaaaaaaaaaaaaaaaaa"}`, `"x"`},
			"a int", []string{`{"a":1}`, "! empty", "! empty", "! bad_json", "! not_object", "! bad_json", "! bad_json", "! bad_json", "! too_long", "! not_object"}},
		{"nesting", Options{Depth: 3}, []string{`{"a":[[1]]}`, `{"a":[[[1]]]}`, `{"a":[]}`, `{"a":{"b":{"c":1}}}`, `{"b":{"c":{"d":{"e":1}}}}`},
			"a string", []string{`{"a":"[[1]]"}`, `{"a":"[]"}`, `{"a":{"b":{"c":1}}}`, "! too_deep", "! too_deep"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			batch := read(t, c.o, strings.Join(c.lines, "\n")+"\n")
			assert.Equal(t, c.rows, rows(batch))
			assert.Equal(t, strings.TrimPrefix(c.schema+", _overflow string", ", "), batch.Schema().String())
			assert.Equal(t, int64(len(c.lines)), batch.Lines())
		})
	}
}

func TestOverflowKeepsTheText(t *testing.T) {
	batch := read(t, Options{Infer: infer.Options{Records: 1}}, `{"r":{"a":1}}`+"\n"+`{"r":{"a":"x","q\"":1.50, "e" : {} },"late": [1,  2]}`+"\n")
	require.Equal(t, 2, batch.Len())
	assert.True(t, batch.Column("_overflow").IsNull(0))
	assert.Equal(t, `{"r":{"a":"x","q\"":1.50,"e":{}},"late":[1,  2]}`, batch.Column("_overflow").Text(1))
}

func TestCarriageReturns(t *testing.T) {
	batch := read(t, Options{}, "{\"a\":1}\r\n{\"a\":2}\r\n\r\n[\r\n")
	assert.Equal(t, []string{`{"a":1}`, `{"a":2}`, "! empty", "! bad_json"}, rows(batch))
	assert.Equal(t, "[", string(batch.Reject(1).Raw))
}

func TestValuesDoNotRunAcrossLines(t *testing.T) {
	good := `{"a":[1],"b":1}` + "\n"
	batch := read(t, Options{}, strings.Repeat(good, 3)+"{\"a\":[1\n],\"b\":1}\n{\"a\":[1],\n\"b\":1}\n"+good)
	assert.Equal(t, 4, batch.Len())
	assert.Equal(t, 4, batch.Rejects())
}

func TestDeclaredFields(t *testing.T) {
	check := func(text []byte) bool { return strings.Count(string(text), ".") == 3 }
	double := func(dst, text []byte) ([]byte, bool) {
		return append(append(dst, text...), text...), len(text) < 5
	}
	hex := func() infer.Read {
		return func(b []byte, i int) (int64, int, bool) {
			v, ok := hex4(b, i)
			return int64(v), i + 4, ok
		}
	}
	o := Options{Infer: infer.Options{Fields: []infer.Declared{
		timeField("ts"), {Name: "n", Type: record.Int}, {Name: "u", Type: record.Uint}, {Name: "f", Type: record.Float}, {Name: "b", Type: record.Bool},
		{Name: "s", Type: record.String}, {Name: "level", Type: record.String, Dictionary: true}, {Name: "ip", Type: record.IP, Check: check},
		{Name: "w", Type: record.String, Rewrite: double}, {Name: "x", Type: record.Int, Words: hex}, {Name: "q.r", Type: record.Int},
	}}}
	lines := []string{
		`{"ts":"2026-03-01T00:00:00.5Z","n":1,"u":2,"f":3,"b":true,"s":"t","level":"info","ip":"1.2.3.4","w":"ab","x":"00ff","q":{"r":1}}`,
		`{"ts":"2026-03-01T00:00:59Z","n":"-1","u":"2","f":"0.12345678901234567890","b":"false","s":[1, 2],"level":"in\u0066o","ip":"1.2.3\u002e4","w":"\u0061b","x":"00\u0066f"}`,
		`{"ts":"2026-03-01T01:00:59+01:00","n":"","u":"","f":"","b":"","s":"","level":"","ip":"","w":"","x":""}`,
		`{"ts":"","n":null,"u":null,"f":null,"b":null,"s":null,"level":null,"ip":null,"w":null,"x":null}`,
		`{"s":12.50,"level":{"a":1}}`, `{"s":true,"level":"a long level indeed"}`,
		`{"ts":"2026-03-01"}`, `{"ts":5}`, `{"n":1.5}`, `{"n":"x"}`, `{"u":-1}`, `{"f":"x"}`, `{"f":1e999}`, `{"b":1}`, `{"b":"yes"}`, `{"ip":"1.2"}`, `{"w":"aaaaaa"}`, `{"x":"00ff0"}`, `{"n":[1]}`, `{"n":true}`, `{"n":{}}`,
		`{"ts":"2026-03-01T00:00:00.123456789Z"}`, `{"ts":"2026-03-01T00:00:60Z"}`,
	}
	batch := read(t, o, strings.Join(lines, "\n")+"\n")
	assert.Equal(t, "ts timestamp, n int, u uint, f float, b bool, s string, level string, ip ip, w string, x int, q.r int, _overflow string", batch.Schema().String())
	got := rows(batch)
	assert.Equal(t, []string{
		`{"ts":"2026-03-01T00:00:00.5Z","n":1,"u":2,"f":3,"b":true,"s":"t","level":"info","ip":"1.2.3.4","w":"abab","x":255,"q":{"r":1}}`,
		`{"ts":"2026-03-01T00:00:59Z","n":-1,"u":2,"f":0.12345678901234568,"b":false,"s":"[1, 2]","level":"info","ip":"1.2.3.4","w":"abab","x":255}`,
		`{"ts":"2026-03-01T00:00:59Z","s":"","level":"","w":""}`, `{}`, `{"s":"12.50","level":"{\"a\":1}"}`, `{"s":"true","level":"a long level indeed"}`,
		`{"ts":"2026-03-01T00:00:00.123456789Z"}`}, got[:7])
	assert.Equal(t, 16, batch.Rejects())
	for i := range batch.Rejects() {
		assert.Equal(t, record.BadValue, batch.Reject(i).Fault, "%s", batch.Reject(i).Raw)
	}
}

func TestProjection(t *testing.T) {
	lines := `{"a":1,"b":{"c":"x","d":[2]},"e":{"f":3}}` + "\n" + `{"a":2,"b":{"c":"y\n","d":{}},"e":{},"late":1}` + "\n" + `{"a":"bad","b":{"c":"z"}` + "\n"
	for _, c := range []struct {
		columns []string
		schema  string
		rows    []string
	}{
		{[]string{"a"}, "a int", []string{`{"a":1}`, `{"a":2}`, "! bad_json"}},
		{[]string{"b"}, "b.c string, b.d string", []string{`{"b":{"c":"x","d":"[2]"}}`, `{"b":{"c":"y\n"}}`, "! bad_json"}},
		{[]string{"b.c", "nowhere", "late"}, "b.c string, late int, nowhere string", []string{`{"b":{"c":"x"}}`, `{"b":{"c":"y\n"},"late":1}`, "! bad_json"}},
		{[]string{"a", "_overflow"}, "a int, _overflow string", []string{`{"a":1}`, `{"a":2,"e":{}}`, "! bad_json"}},
		{[]string{}, "", []string{"{}", "{}", "! bad_json"}},
	} {
		batch := read(t, Options{Infer: infer.Options{Project: c.columns}}, lines)
		assert.Equal(t, c.schema, batch.Schema().String())
		assert.Equal(t, c.rows, rows(batch))
	}
}

func TestRejectsInvalidUTF8(t *testing.T) {
	batch := read(t, Options{Reject: true}, "{\"a\":\"x\"}\n{\"a\":\"\xff\"}\n{\"a\":\"é\"}\n")
	assert.Equal(t, []string{`{"a":"x"}`, `{"a":"é"}`, "! bad_utf8"}, rows(batch))
}

func TestDocuments(t *testing.T) {
	for _, c := range []struct{ text, row string }{
		{"{\n \"a\": 1,\n \"b\": [1,\n2]\n}\n", `{"a":1,"b":"[1,\n2]"}`}, {"[1, 2]", `{"value":"[1, 2]"}`}, {`"x\u0041"`, `{"value":"xA"}`}, {" 42 \n", `{"value":42}`},
		{"null", `{}`}, {"true", `{"value":true}`}, {"-0.5", `{"value":-0.5}`}, {"{}", `{}`}, {`{"a":{}}`, `{"a":{}}`},
		{"\n\n", "! empty"}, {"{\n", "! bad_json"}, {"1 2", "! bad_json"}, {"\"a\nb\"", "! bad_json"}, {strings.Repeat("[", 100_000), "! too_deep"},
	} {
		batch := read(t, Options{Document: true}, c.text)
		assert.Equal(t, []string{c.row}, rows(batch), "%.50q", c.text)
		data, _ := block(c.text)
		assert.Equal(t, int64(strings.Count(string(data), "\n")), batch.Lines(), "%.50q", c.text)
	}
	bound := bind(t, Options{Document: true}, `{"a":1}`)
	assert.Equal(t, []string{`{"value":7}`}, rows(parse(bound, bound.NewWorker(), "7")), "another document than the sample")
	assert.Equal(t, int64(0), parse(bound, bound.NewWorker(), "").Lines())
}

func TestRecordWorker(t *testing.T) {
	bound := bind(t, Options{}, `{"a":1}`)
	batch := parse(bound, bound.NewRecordWorker(), "{\"a\":\n1}")
	assert.Equal(t, []string{`{"a":1}`}, rows(batch))
	assert.Equal(t, []string{"! not_object"}, rows(parse(bound, bound.NewRecordWorker(), "[1]")))
}

func TestExplain(t *testing.T) {
	o := Options{Line: 60, Depth: 3, Reject: true, Infer: infer.Options{Fields: []infer.Declared{{Name: "a.n", Type: record.Int}}}}
	w := bind(t, o, `{"a":{"n":1},"b":"x"}`).NewWorker()
	for _, c := range []struct {
		line string
		want record.Check
	}{
		{`{"a":{"n":1},"b":"x"}`, record.Check{OK: true}},
		{`{"a":{"n":"x"},"b":"x"}`, record.Check{Fault: "bad_value", Offset: 10, Element: "a.n", Column: "a.n", Expected: "int", Seen: `"x"`}},
		{`{"a":{"n":1,},"b":"x"}`, record.Check{Fault: "bad_json", Offset: 12, Element: "a", Expected: "a key in quotes", Seen: `},"b":"x"}`}},
		{`{"a":{"n":nul},"b":"x"}`, record.Check{Fault: "bad_json", Offset: 10, Element: "a.n", Column: "a.n", Expected: "a value", Seen: `nul},"b":"x"}`}},
		{`{"b":"x`, record.Check{Fault: "bad_json", Offset: 7, Element: "b", Column: "b", Expected: "a closing quote", Seen: "the end of the line"}},
		{`{"b":"x"} extra`, record.Check{Fault: "bad_json", Offset: 10, Expected: "the end of the line", Seen: "extra"}},
		{`[1]`, record.Check{Fault: "not_object", Offset: 0, Expected: "a JSON object", Seen: "[1]"}},
		{``, record.Check{Fault: "empty", Offset: 0, Expected: "a JSON object", Seen: "the end of the line"}},
		{`{"z":[[[1]]]}`, record.Check{Fault: "too_deep", Offset: 7, Element: "z", Expected: "fewer arrays and objects inside each other", Seen: "[1]]]}"}},
		{"{\"b\":\"é\xff\"}", record.Check{Fault: "bad_utf8", Offset: 8, Expected: "valid UTF-8", Seen: "byte ff"}},
		{strings.Repeat("x", 61), record.Check{Fault: "too_long", Offset: 60, Expected: "at most 60 bytes", Seen: "61 bytes"}},
		{`{"b":` + strings.Repeat("é", 25) + "}", record.Check{Fault: "bad_json", Offset: 5, Element: "b", Column: "b", Expected: "a value", Seen: strings.Repeat("é", 20) + "..."}},
	} {
		assert.Equal(t, c.want, w.Explain([]byte(c.line)), "%s", c.line)
	}
}

func TestObjects(t *testing.T) {
	objects, lines := Objects([]byte("{}\n\n{\"a\":1}\r\n[1]\nx\n{\"a\":"))
	assert.Equal(t, 2, objects)
	assert.Equal(t, 5, lines)
}

func TestCompileRefuses(t *testing.T) {
	_, err := Compile(Options{Infer: infer.Options{Fields: []infer.Declared{{Name: "t", Type: record.Timestamp}}}})
	assert.ErrorContains(t, err, "needs a layout")
}
