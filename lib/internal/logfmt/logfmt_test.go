package logfmt

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// Each text is its own sample.
var cases = []struct {
	name, text, schema string
	rows               []string
}{
	{"types", "a=1 b=x c=1.5 d=true\na=2 b=\"y z\" c=2 d=false\n", "a int, b string, c float, d bool, _overflow string",
		[]string{`{"a":1,"b":"x","c":1.5,"d":true}`, `{"a":2,"b":"y z","c":2,"d":false}`}},
	{"bare keys are true", "zork=zook plonk zonk=nork", "zork string, plonk bool, zonk string, _overflow string", []string{`{"zork":"zook","plonk":true,"zonk":"nork"}`}},
	{"bare keys first and last", "plonk a=1 zonk\n", "plonk bool, a int, zonk bool, _overflow string", []string{`{"plonk":true,"a":1,"zonk":true}`}},
	{"a bare key among texts", "a=x\na b=1", "a string, b int, _overflow string", []string{`{"a":"x"}`, `{"a":"true","b":1}`}},
	{"what begins with =", "foo=bar =z qwe =a=b", "foo string,  string, qwe bool, _overflow string", []string{`{"foo":"bar","":["z","a=b"],"qwe":true}`}},
	{"empty values", "foo= bar=\"\" n=1\nfoo= bar= n=\nfoo= n=\"\"", "foo string, bar string, n int, _overflow string",
		[]string{`{"foo":"","bar":"","n":1}`, `{"foo":"","bar":""}`, `{"foo":""}`}},
	{"an empty value at the end", "a=1 b=\r\nb= a=2\nb=", "a int, b string, _overflow string", []string{`{"a":1,"b":""}`, `{"a":2,"b":""}`, `{"b":""}`}},
	{"quotes inside, = inside", "url=/a?b=c&d=\"e\" it's=it's", "url string, it's string, _overflow string", []string{`{"url":"/a?b=c\u0026d=\"e\"","it's":"it's"}`}},
	{"escapes", `a="say \"hi\"\n\t\\" b="\u0041\ud83d\ude00" c="\xe4\x\q" d=\n`, "a string, b string, c string, d string, _overflow string",
		[]string{`{"a":"say \"hi\"\n\t\\","b":"A😀","c":"` + "\uFFFD" + `\\x\\q","d":"\\n"}`}},
	{"many blanks", "  a=1 \t b=2  \n\ta=3", "a int, b int, _overflow string", []string{`{"a":1,"b":2}`, `{"a":3}`}},
	{"CRLF", "a=1 b=x c\r\na=2 b=\"x\"\r\na=3\r\n", "a int, b string, c bool, _overflow string", []string{`{"a":1,"b":"x","c":true}`, `{"a":2,"b":"x"}`, `{"a":3}`}},
	{"a lone CR is content", "a=x\ry b=\"\rz\"\r\r\n", "a string, b string, _overflow string", []string{`! no_match`}},
	{"control bytes are content", "a=x\x01\x00y b=\"\t\x02\"", "a string, b string, _overflow string", []string{`{"a":"x\u0001\u0000y","b":"\t\u0002"}`}},
	{"numbers that stay texts", "a=007 b=-0 c=1.1.1 d=100018002000001906146520 e=+1 f=.5 g=0x1f h=NaN i=1e999",
		"a string, b string, c string, d string, e string, f string, g string, h string, i string, _overflow string",
		[]string{`{"a":"007","b":"-0","c":"1.1.1","d":"100018002000001906146520","e":"+1","f":".5","g":"0x1f","h":"NaN","i":"1e999"}`}},
	{"numbers", "a=-5 b=3.787e+04 c=18446744073709551615 d=0.1 e=-0.5 f=0", "a int, b float, c uint, d float, e float, f int, _overflow string",
		[]string{`{"a":-5,"b":37870,"c":18446744073709551615,"d":0.1,"e":-0.5,"f":0}`}},
	{"quoted numbers are texts", `a="1" b="true"`, "a string, b string, _overflow string", []string{`{"a":"1","b":"true"}`}},
	{"mixed kinds are texts", "a=1 b=true\na=x b=2\na=true b=\n", "a string, b string, _overflow string", []string{`{"a":"1","b":"true"}`, `{"a":"x","b":"2"}`, `{"a":"true","b":""}`}},
	{"a key twice", "tags=dev at=info tags=dummy\ntags=one", "tags string, at string, _overflow string", []string{`{"at":"info","tags":["dev","dummy"]}`, `{"tags":"one"}`}},
	{"a key three times", `n=1 n="x\"y" n n=true n=-2.50`, "n string, _overflow string", []string{`{"n":[1,"x\"y",true,-2.50]}`}},
	{"a bare key beside the same key", "a a\na a=1\na=2 a\na a=3 a a=4 a\n", "a string, _overflow string", []string{`{"a":"true"}`, `{"a":"1"}`, `{"a":"2"}`, `{"a":[3,4]}`}},
	{"keys with dots", "log.level=info a.b.c=1", "log.level string, a.b.c int, _overflow string", []string{`{"log.level":"info","a.b.c":1}`}},
	{"no pair", "hello world\na=1\n\n \t \n=x\n", "a int,  string, _overflow string", []string{`{"a":1}`, `{"":"x"}`, `! no_match`, `! empty`, `! empty`}},
	{"bare keys alone", "hello world\na=1\nb\n", "a int, _overflow string", []string{`{"hello":true,"world":true}`, `{"a":1}`, `{"b":true}`}},
	{"no pair, in a shape made of others", "b a=1\na=1 b \nb \n", "b bool, a int, _overflow string", []string{`{"b":true,"a":1}`, `{"a":1,"b":true}`, `! no_match`}},
	{"many digits", "f=1.5\nf=0.9876543210987654\nf=9876543210987.654\nf=-0.1234567890123457\nf=0.30000000000000004\nf=12345678901234568\n", "f float, _overflow string",
		[]string{`{"f":1.5}`, `{"f":0.9876543210987654}`, `{"f":9876543210987.654}`, `{"f":-0.1234567890123457}`, `{"f":0.30000000000000004}`, `{"f":12345678901234568}`}},
	{"broken quotes", "a=\"x\na=\"x\\\na=\"x\\\"\na=\"x\"y\na=\"\"\"\na=1\n", "a int, _overflow string",
		[]string{`{"a":1}`, `! no_match`, `! no_match`, `! no_match`, `! no_match`, `! no_match`}},
	{"invalid UTF-8", "a\xff=\xfe b=\"\xfd\"", "a\uFFFD string, b string, _overflow string", []string{"{\"a\uFFFD\":\"\uFFFD\",\"b\":\"\uFFFD\"}"}},
	{"nothing", "", "_overflow string", []string{}},
}

func TestABareKeyThatNoColumnKnowsBesideTheSameKey(t *testing.T) {
	bound := bind(t, Options{}, "z=1\n")
	assert.Equal(t, []string{`{"b":1,"c":2,"d":true,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":[1,2]}`},
		rows(compare(t, bound, "b b=1 c=2 c c d d e=1 f=1 g=1 h=1 i=1 j=1 j k k=1 k=2 k\n")))
}

func TestTexts(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			batch := read(t, Options{Pairs: strings.HasPrefix(c.name, "no pair")}, c.text)
			if c.name != "a lone CR is content" {
				assert.Equal(t, c.schema, batch.Schema().String())
			}
			got := rows(batch)
			require.Len(t, got, len(c.rows), "%v", got)
			for i := range got {
				if c.rows[i][0] == '{' {
					assert.JSONEq(t, c.rows[i], got[i])
				} else {
					assert.Equal(t, c.rows[i], got[i])
				}
			}
		})
	}
}

func TestWhatComesAfterTheSample(t *testing.T) {
	bound := bind(t, Options{Infer: infer.Options{Rename: map[string]string{"msg": "message", "late": "later", "odd": "b"}}}, "a=1 b=x msg=hi f=1.5 t=true u=18446744073709551615\n")
	got := rows(compare(t, bound, strings.Join([]string{
		`a=x`, `a=2.5`, `a=007`, `a="3"`, `a=`, `a b=x`, `a=99999999999999999999`,
		`f=0.1234567890123456789012`, `f=x`, `f=3`, `f=9999999999999999`, `t=1`, `t=false`, `t b=x`, `u=-1`, `u=5`,
		`b=1`, `b a=1`, `b=2 b=3`, `msg=1 msg="a\nb"`, `new=1 late=true odd=5 new="x" more`, `a.b={"x":1}`,
		`k1=1 k2=2 k3=3 k4=4 k5=5 k6=6 k7=7 k8=8 k9=9 k1=a k9=b k10=1 k9=c`,
	}, "\n")))
	want := []string{
		`{"a":"x"}`, `{"a":2.5}`, `{"a":"007"}`, `{"a":"3"}`, `{}`, `{"a":true,"b":"x"}`, `{"a":"99999999999999999999"}`,
		`{"f":"0.1234567890123456789012"}`, `{"f":"x"}`, `{"f":3}`, `{"f":9999999999999999}`, `{"t":1}`, `{"t":false}`, `{"t":true,"b":"x"}`, `{"u":-1}`, `{"u":5}`,
		`{"b":"1"}`, `{"b":"true","a":1}`, `{"b":[2,3]}`, `{"message":[1,"a\nb"]}`, `{"new":[1,"x"],"later":true,"odd":5,"more":true}`, `{"a.b":"{\"x\":1}"}`,
		`{"k1":[1,"a"],"k2":2,"k3":3,"k4":4,"k5":5,"k6":6,"k7":7,"k8":8,"k9":[9,"b","c"],"k10":1}`,
	}
	require.Len(t, got, len(want))
	for i := range want {
		assert.JSONEq(t, want[i], got[i])
		assert.Equal(t, len(want[i]), len(strings.ReplaceAll(got[i], " ", "")), "every digit: %s", got[i])
	}
}

func TestDeclaredFields(t *testing.T) {
	o := Options{Infer: infer.Options{Fields: []infer.Declared{
		clockField("ts", "rfc3339"), clockField("when", "%Y-%m-%d %H:%M:%S"), durationField("took", "s"), {Name: "n", Type: record.Int}, {Name: "u", Type: record.Uint},
		{Name: "f", Type: record.Float}, {Name: "ok", Type: record.Bool}, {Name: "s", Type: record.String}, {Name: "d", Type: record.String, Dictionary: true},
		{Name: "ip", Type: record.IP, Check: value.IP}, {Name: "x", Type: record.Int, Words: func() infer.Read {
			return func(b []byte, i int) (int64, int, bool) {
				end := i + bytes.IndexAny(b[i:], " \n\"")
				v, ok := value.Hex(b, i, end-i)
				return int64(v), end, ok
			}
		}},
		{Name: "up", Type: record.String, Rewrite: func(dst, text []byte) ([]byte, bool) {
			return append(dst, bytes.ToUpper(text)...), len(text) < 5
		}},
	}}}
	bound := bind(t, o, "s=1 d=2 n=x\n")
	for _, c := range []struct{ line, want string }{
		{`ts=2026-03-01T00:00:00.5Z n=7`, `{"ts":"2026-03-01T00:00:00.5Z","n":7}`},
		{`ts="2026-03-01 00:00:00Z" n=+7`, `{"ts":"2026-03-01T00:00:00Z","n":7}`},
		{`ts="\u0032026-03-01 00:00:00Z"`, `{"ts":"2026-03-01T00:00:00Z"}`},
		{`ts=2026-03-01 00:00:00Z`, "! bad_value"},
		{`ts=2026-03-01T00:00:00Zx`, "! bad_value"},
		{`ts s=1`, "! bad_value"},
		{`ts= n=`, `{}`},
		{`when="2026-03-01 10:00:00"`, `{"when":"2026-03-01T10:00:00Z"}`},
		{`when=2026-03-01 10:00:00`, "! bad_value"},
		{`took=0.005 n=007`, `{"took":"5ms","n":7}`},
		{`took=1 s=5`, `{"took":"1s","s":"5"}`},
		{`took="1 s"`, `{"took":"1s"}`},
		{`took="2s "`, "! bad_value"},
		{`took=1h5m`, `{"took":"1h5m"}`},
		{`n=x n=5`, `{"n":5}`},
		{`n=5 n=x`, "! bad_value"},
		{`n="5"`, `{"n":5}`},
		{`n=5.0`, "! bad_value"},
		{`n=9223372036854775808`, "! bad_value"},
		{`u=18446744073709551615`, `{"u":18446744073709551615}`},
		{`u=-1`, "! bad_value"},
		{`f=1 ok=TRUE`, `{"f":1,"ok":true}`},
		{`f=1e3 ok`, `{"f":1000,"ok":true}`},
		{`f=0.1234567890123456789012`, `{"f":0.12345678901234568}`},
		{`f=x`, "! bad_value"},
		{`ok=maybe`, "! bad_value"},
		{`s d=x`, `{"s":"true","d":"x"}`},
		{`s= d=""`, `{"s":"","d":""}`},
		{`s="a\tb" d="a\tb"`, `{"s":"a\tb","d":"a\tb"}`},
		{`d=x d=a_text_that_is_long`, `{"d":"a_text_that_is_long"}`},
		{`ip=1.2.3.4`, `{"ip":"1.2.3.4"}`},
		{`ip="\x31.2.3.4"`, `{"ip":"1.2.3.4"}`},
		{`ip=`, `{}`},
		{`ip=1.2.3`, "! bad_value"},
		{`ip s=1`, "! bad_value"},
		{`x=ff`, `{"x":255}`},
		{`x="0x1F"`, `{"x":31}`},
		{`up=abc`, `{"up":"ABC"}`},
		{`up=abcde`, "! bad_value"},
	} {
		batch := compare(t, bound, c.line+"\n"+c.line+"\n")
		got := rows(batch)
		require.Len(t, got, 2, c.line)
		require.Equal(t, got[0], got[1], c.line)
		if c.want[0] == '!' {
			assert.Equal(t, c.want, got[0], c.line)
			continue
		}
		if strings.Contains(c.want, "took") {
			assert.Contains(t, got[0], "took", c.line)
			continue
		}
		assert.JSONEq(t, c.want, got[0], c.line)
	}
	took := compare(t, bound, "took=1h5m\ntook=0.005\ntook=1 s=5").Column("took").Ints()
	assert.Equal(t, []int64{3900e9, 5e6, 1e9}, took)
}

func TestProjection(t *testing.T) {
	sample := "a=1 b=x c=\"y z\" d=2.5 e\n"
	batch := compare(t, bind(t, Options{Infer: infer.Options{Project: []string{"d", "a"}}}, sample), sample+"c=\"\\\"\" e=1 a=5 new=1 d=1\nb=\"x\na=9 b=1 b=2\n")
	assert.Equal(t, "a int, d float", batch.Schema().String())
	assert.Equal(t, []string{`{"a":1,"d":2.5}`, `{"a":5,"d":1}`, `{"a":9}`, "! no_match"}, rows(batch))
	batch = compare(t, bind(t, Options{Infer: infer.Options{Project: []string{"a", "_overflow", "later"}}}, sample), sample+"a=x later=7 new=1\n")
	assert.Equal(t, "a int, later string, _overflow string", batch.Schema().String())
	assert.JSONEq(t, `{"a":"x","new":1,"later":"7"}`, rows(batch)[1])
}

func TestLimits(t *testing.T) {
	bound := bind(t, Options{Line: 10}, "a=1\n")
	batch := compare(t, bound, "a=12345678\na=123456789\r\na=1 b=2 c=3\r\na=12345678\r\n")
	assert.Equal(t, 2, batch.Len())
	require.Equal(t, 2, batch.Rejects())
	r := batch.Reject(0)
	assert.Equal(t, record.TooLong, r.Fault)
	assert.Equal(t, "a=12345678", string(r.Raw))
	assert.Equal(t, int64(11), r.Length)
	assert.Equal(t, int64(2), r.Line)

	few := read(t, Options{Infer: infer.Options{Columns: 2}}, "a=1 b=2 c=3 a=1\nc=4 b=5\n")
	assert.Equal(t, "a int, b int, _overflow string", few.Schema().String())
	assert.JSONEq(t, `{"a":[1,1],"b":2,"c":3}`, rows(few)[0])
	assert.JSONEq(t, `{"b":5,"c":4}`, rows(few)[1])

	strict := bind(t, Options{Reject: true}, "a=x\n")
	assert.Equal(t, []string{`{"a":"ä"}`, "! bad_utf8"}, rows(compare(t, strict, "a=ä\na=\xff\n")))
	assert.Equal(t, 1, compare(t, strict, "a=ä\na=x\xc3\n").Rejects())
}

func TestAWholeRecord(t *testing.T) {
	bound := bind(t, Options{}, "a=x b=1\n")
	w := bound.NewRecordWorker()
	batch := parse(bound, w, "a=\"x\ny\"\nb=2\r\n")
	assert.Equal(t, []string{`{"a":"x\ny","b":2}`}, rows(batch))
	assert.Equal(t, int64(3), batch.Lines())
	assert.Equal(t, int64(2), batch.Continuations())
	assert.Equal(t, []string{"! empty"}, rows(parse(bound, w, "\n")))
	assert.Equal(t, []string{}, rows(parse(bound, w, "")))
}

func TestExplain(t *testing.T) {
	bound := bind(t, Options{Infer: infer.Options{Fields: []infer.Declared{timeField("ts")}, Rename: map[string]string{"m": "message"}}, Line: 60, Reject: true, Pairs: true}, "ts=2026-01-01T00:00:00Z m=x\n")
	w := bound.NewWorker()
	for _, c := range []struct {
		line string
		want record.Check
	}{
		{"ts=2026-01-01T00:00:00Z m=\"x y\"", record.Check{OK: true}},
		{"", record.Check{Fault: "empty", Expected: "a pair of key=value", Seen: "the end of the line"}},
		{"hello", record.Check{Fault: "no_match", Expected: "a pair of key=value", Seen: "hello"}},
		{"a=1 m=\"x y", record.Check{Fault: "no_match", Offset: 10, Element: "m", Column: "message", Expected: "a closing quote", Seen: "the end of the line"}},
		{"k=\"x\"y", record.Check{Fault: "no_match", Offset: 5, Element: "k", Expected: "a blank", Seen: "y"}},
		{"a=1 ts=yesterday", record.Check{Fault: "bad_value", Offset: 7, Element: "ts", Column: "ts", Expected: "timestamp", Seen: "yesterday"}},
		{"a=1 ts", record.Check{Fault: "bad_value", Offset: 4, Element: "ts", Column: "ts", Expected: "timestamp", Seen: "a key without a value, which is true"}},
		{"a=\xff", record.Check{Fault: "bad_utf8", Offset: 2, Expected: "valid UTF-8", Seen: "byte ff"}},
		{strings.Repeat("a=1 ", 16), record.Check{Fault: "too_long", Offset: 60, Expected: "at most 60 bytes", Seen: "64 bytes"}},
		{strings.Repeat("é", 29), record.Check{Fault: "no_match", Expected: "a pair of key=value", Seen: strings.Repeat("é", 20) + "..."}},
	} {
		assert.Equal(t, c.want, w.Explain([]byte(c.line)), "%q", c.line)
	}
}

func TestCompileRefuses(t *testing.T) {
	_, err := Compile(Options{Infer: infer.Options{Fields: []infer.Declared{{Name: "ts", Type: record.Timestamp}}}})
	assert.ErrorContains(t, err, "ts")
	p, err := Compile(Options{})
	require.NoError(t, err)
	assert.Equal(t, 1<<20, p.SampleBytes())
}

func TestRecordsForDetection(t *testing.T) {
	for text, want := range map[string][2]int{
		"a=1 b=2\n\nts=x msg=\"hello world\" a.b=1\n": {2, 2},
		"hello world a=1\n":                           {0, 1},
		"GET /x?a=b\n":                                {0, 1},
		`{"a":"b=c"}` + "\n":                          {0, 1},
		"a=1 b=2 c=3 plonk\nmsg=\"open\n":             {1, 2},
		"":                                            {0, 0},
	} {
		records, lines := Records([]byte(text))
		assert.Equal(t, want, [2]int{records, lines}, "%q", text)
	}
}

// TestCuts: rows and rejects are the same however the lines are cut into blocks, and the sample decides the same.
func TestCuts(t *testing.T) {
	text := "ts=2026-03-01T00:00:00Z level=info msg=\"a b\" n=1\nlevel=warn ts=2026-03-01T00:01:00Z n=x\r\n\nbroken=\"\nlevel level=x more=1 n=2\nts=no\n"
	o := Options{Infer: infer.Options{Fields: []infer.Declared{timeField("ts")}}}
	bound := bind(t, o, text)
	want := rows(compare(t, bound, text))
	for cut := range len(text) {
		if cut > 0 && text[cut-1] != '\n' {
			continue
		}
		w := bound.NewWorker()
		one, two := rows(parse(bound, w, text[:cut])), rows(parse(bound, w, text[cut:]))
		var accepted, refused []string
		for _, row := range append(one, two...) {
			if row[0] == '!' {
				refused = append(refused, row)
			} else {
				accepted = append(accepted, row)
			}
		}
		require.Equal(t, want, append(accepted, refused...), "cut at %d", cut)
	}
}

func TestNoAllocationPerRecord(t *testing.T) {
	text := lines(64 << 10)
	data, n := block(string(text))
	bound := bind(t, Options{Infer: infer.Options{Fields: []infer.Declared{timeField("ts")}}}, string(text))
	w := bound.NewWorker()
	b := record.NewBuilder(bound.Schema(), record.Heap, Present)
	b.Start(1024)
	allocations := testing.AllocsPerRun(20, func() {
		b.Start(1024)
		b.Begin(data, n, false)
		w.Parse(b, data, n)
	})
	assert.Greater(t, b.Row, 200)
	assert.Less(t, allocations, 5.0, "for a block of %d records", b.Row)
}

func TestTheWalkDoesTheWork(t *testing.T) {
	text := string(lines(32 << 10))
	bound := bind(t, Options{}, text)
	w := bound.NewWorker().(*worker)
	parse(bound, w, text)
	data, n := block(text)
	b := record.NewBuilder(bound.Schema(), record.Heap, Present)
	b.Start(1024)
	b.Begin(data, n, false)
	assert.Equal(t, n, w.walk(b, data, 0, n), "all of it is learnt")
	assert.Equal(t, bytes.Count(data, []byte("\n")), b.Row)
}

func TestHostileShapesStayBounded(t *testing.T) {
	var text strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&text, "k%d=1 k%d=2 k%d=3\n", i%50, (i*7+1)%50, (i*13+2)%50)
	}
	bound := bind(t, Options{}, text.String())
	w := bound.NewWorker().(*worker)
	parse(bound, w, text.String())
	assert.LessOrEqual(t, w.shapes.steps, maxSteps)
	for i := range w.shapes.places {
		assert.LessOrEqual(t, len(w.shapes.places[i].all), maxChoices)
	}
	compare(t, bound, text.String())
}
