package keyvalue

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/record"
)

func flag(b bool) *bool { return &b }

func delimited(kv, field string) Options {
	return Options{KeyValueDelimiter: kv, FieldDelimiter: field}
}

var strict = Options{Whitespace: "strict"}

var tables = []struct {
	name    string
	options Options
	text    string
	want    []string
}{
	{"plain", Options{}, "level=info msg=\"all is well\" n=5 f=1.5 ok=true\n", []string{`{"level":"info","msg":"all is well","n":5,"f":1.5,"ok":true}`}},
	{"standalone", Options{}, "a=1 plonk b=x\n", []string{`{"a":1,"plonk":true,"b":"x"}`}},
	{"only standalone", Options{}, "foo bar\n", []string{`{"foo":true,"bar":true}`}},
	{"no standalone", Options{StandaloneKey: flag(false)}, "a=1 b c=2\nd\n", []string{`{"a":1,"b c":2}`, "! no_match"}},
	{"no standalone, no key", Options{StandaloneKey: flag(false)}, "a=1 =2\n", []string{"! no_match"}},
	{"lenient", Options{}, "a = 1 b= 2 c =3 d= e=4\n", []string{`{"a":1,"b":2,"c":3,"d":"e=4"}`}},
	{"lenient, at the end", Options{}, "a=1 b=  \n", []string{`{"a":1,"b":""}`}},
	{"strict", strict, "a= b= c=x\n", []string{`{"a":"","b":"","c":"x"}`}},
	{"a bare key beside the same key", Options{}, "a a\na a=1\na=2 a\na a=3 a a=4 a\n", []string{`{"a":"true"}`, `{"a":"1"}`, `{"a":"2"}`, `{"a":[3,4]}`}},
	{"strict, blanks before", strict, "a =1\n", []string{`{"a":true,"=1":true}`}},
	{"runs of delimiters", delimited(":", ","), ",a:1,, b:2 , ,c:3,\n", []string{`{"a":1,"b":2,"c":3}`}},
	{"only delimiters", delimited(":", ","), ",,\n", []string{"! no_match"}},
	{"commas", delimited(":", ","), "path:\"/cart\", host:a.b, fwd: \"192.0.2.1\", x:0ms,status:304\n", []string{`{"path":"/cart","host":"a.b","fwd":"192.0.2.1","x":"0ms","status":304}`}},
	{"the log's own: bars", delimited("", Auto), "name=oak|note=in the yard, left|rings=80|\n", []string{`{"name":"oak","note":"in the yard, left","rings":80}`}},
	{"the log's own: commas", delimited("", Auto), "a=1, b=x y, c=\"d, e=f\"\na=2\n", []string{`{"a":1,"b":"x y","c":"d, e=f"}`, `{"a":2}`}},
	{"the log's own: semicolons", delimited("", Auto), "a=1;b=x,y;c=\n", []string{`{"a":1,"b":"x,y","c":""}`}},
	{"the log's own: blanks", delimited("", Auto), "a=1 b=x|y=z c=\"d;e=f;g=h;i=j\"\n", []string{`{"a":1,"b":"x|y=z","c":"d;e=f;g=h;i=j"}`}},
	{"the log's own, of colons", delimited(":", Auto), "a:1;b:x y;c:2\n", []string{`{"a":1,"b":"x y","c":2}`}},
	{"quotes in the middle", delimited(":", ","), "a: b, c: \"d\" e: f\n", []string{`{"a":"b","c":"\"d\" e: f"}`}},
	{"long delimiters", delimited("--", "||"), `"a b" -- "c\"d\"e"  ||    f          -- g` + "\n", []string{`{"a b":"c\"d\"e","f":"g"}`}},
	{"delimiters with blanks", delimited(" => ", " ; "), `a => b c ; "d" => "e"  ; f =>g` + "\n", []string{`{"a":"b c","d":"e","f":"g"}`}},
	{"keys of words", delimited(":", ","), "a b : c d ,e\n", []string{`{"a b":"c d","e":true}`}},
	{"single quotes", delimited("=", ","), `a='x "y", z',b='it\'s',c=''` + "\n", []string{`{"a":"x \"y\", z","b":"it's","c":""}`}},
	{"doubled quotes", Options{}, `a="say ""hi""" b='it''s' c=""""` + "\n", []string{`{"a":"say \"hi\"","b":"it's","c":"\""}`}},
	{"escapes", Options{}, `a="x\ny\\" "k\"1"=v "a\ a"=w` + "\n", []string{`{"a":"x\ny\\","k\"1":"v","a\\ a":"w"}`}},
	{"no escapes", Options{}, `a="CORP\bob" b="C:\temp\x41" c='\\ \u0041' d="\\"` + "\n", []string{`{"a":"CORP\\bob","b":"C:\\temp\\x41","c":"\\ \\u0041","d":"\\"}`}},
	{"a key of quotes alone", Options{}, `a="no quote here ""` + "\n" + `''=b` + "\n" + `a=""` + "\n", []string{`{"a":""}`, "! no_match", "! no_match"}},
	{"open quotes", Options{}, `a="x b='y c=1` + "\n", []string{`{"a":"\"x","b":"'y","c":1}`}},
	{"a quote as a key", Options{}, "a=no '=\n", []string{`{"a":"no","'":""}`}},
	{"no key", Options{}, "a=x =(key)\n", []string{`{"a":"x","=(key)":true}`}},
	{"delimiters in quotes", Options{}, `a="no ="` + "\n", []string{`{"a":"no ="}`}},
	{"standalone in quotes", delimited(":", ","), `"a b", 'c:d' ,e:1` + "\n", []string{`{"a b":true,"c:d":true,"e":1}`}},
	{"quoted numbers are texts", Options{}, `a="5" b=""` + "\n", []string{`{"a":"5","b":""}`}},
	{"digits survive", Options{}, "a=100018002000001906146520 b=1.1.1 c=007 d=-\n", []string{`{"a":"100018002000001906146520","b":"1.1.1","c":"007","d":"-"}`}},
	{"repeated", delimited("=", ","), "at=info,tags=dev,tags=dummy\n", []string{`{"at":"info","tags":["dev","dummy"]}`}},
	{"repeated, declared", Options{Infer: infer.Options{Fields: []infer.Declared{{Name: "n", Type: record.Int}}}}, "n=1 n=2\nn=x\nn\n", []string{`{"n":2}`, "! bad_value", "! bad_value"}},
	{"blank lines", Options{}, "a=1\n\n \t\r\n", []string{`{"a":1}`, "! empty", "! empty"}},
	{"tabs", delimited("=", "\t"), "a=1 2\tb=3\n", []string{`{"a":"1 2","b":3}`}},
	{"projection", Options{Infer: infer.Options{Project: []string{"b"}}}, "a=1 b=2 c=3\n", []string{`{"b":2}`}},
	{"too long", Options{Line: 4}, "a=1\na=123\n", []string{`{"a":1}`, "! too_long"}},
	{"UTF-8", Options{Reject: true}, "a=1\na=\xff\n", []string{`{"a":1}`, "! bad_utf8"}},
	{"ltsv", Options{LTSV: true}, "time:[28/Feb/2026:12:00:00 +0900]\thost:192.0.2.1\treq:GET / HTTP/1.1\tstatus:200\tempty:\tq:\"a b\" \n", []string{`{"time":"[28/Feb/2026:12:00:00 +0900]","host":"192.0.2.1","req":"GET / HTTP/1.1","status":200,"empty":"","q":"\"a b\" "}`}},
	{"ltsv, tabs to spare", Options{LTSV: true}, "\ta:1\t\tb:x\t\r\n", []string{`{"a":1,"b":"x"}`}},
	{"ltsv without a label", Options{LTSV: true}, "a:1\tplonk\n:x\n", []string{"! no_match", "! no_match"}},
	{"ltsv, a dash is text", Options{LTSV: true}, "a:-\na:1\n", []string{`{"a":"-"}`, `{"a":"1"}`}},
}

func TestTables(t *testing.T) {
	for _, c := range tables {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, rows(read(t, c.options, c.text))) })
	}
}

func TestWhatComesLaterDoesNotChangeTheSchema(t *testing.T) {
	bound := bind(t, Options{}, "n=1 s=x\n")
	batch := parse(bound, bound.NewWorker(), "n=many s=y\nn=100018002000001906146520 n=1e400\nnew=1 n=2 new=\"z\\\"\" b\nn=3 n=4\n")
	assert.Equal(t, []string{`{"n":"many","s":"y"}`, `{"n":["100018002000001906146520","1e400"]}`, `{"b":true,"n":2,"new":[1,"z\""]}`, `{"n":[3,4]}`}, rows(batch))
	assert.Equal(t, "n int, s string, _overflow string", batch.Schema().String())
}

func TestManyUnknownKeys(t *testing.T) {
	bound := bind(t, Options{}, "a=1\n")
	line, want := "", `{`
	for i := range 20 {
		line += fmt.Sprintf("k%02d=%d ", i, i)
		want += fmt.Sprintf(`"k%02d":[%d,%d],`, i, i, i)
	}
	assert.Equal(t, []string{want[:len(want)-1] + "}"}, rows(parse(bound, bound.NewWorker(), line+line+"\n")))
}

func TestOneRecord(t *testing.T) {
	text := "To: tom\ntest: \"tom\" test\nq: 'a\nb'"
	bound := bind(t, delimited(":", "\n"), text)
	batch := parse(bound, bound.NewRecordWorker(), text)
	assert.Equal(t, []string{`{"To":"tom","test":"\"tom\" test","q":"a\nb"}`}, rows(batch))
	assert.Equal(t, int64(4), batch.Lines())
}

func TestWrongOptions(t *testing.T) {
	for _, c := range []struct {
		options Options
		want    string
	}{
		{delimited("=", "="), "must differ"}, {delimited("=", " = "), "must differ"}, {delimited("\"", ","), "key_value_delimiter cannot have quotes"}, {delimited("=", "\\"), "field_delimiter cannot have"},
		{Options{Whitespace: "none"}, `whitespace cannot be "none"`},
	} {
		_, err := Compile(c.options)
		assert.ErrorContains(t, err, c.want)
	}
}

func TestOfSeveralWrongOptionsTheFirstIsNamed(t *testing.T) {
	for range 50 { // the order of a map differs from time to time
		_, err := Compile(delimited("\"", "\\"))
		assert.ErrorContains(t, err, "key_value_delimiter")
	}
}

func TestExplain(t *testing.T) {
	bound := bind(t, Options{StandaloneKey: flag(false), Line: 30, Infer: infer.Options{Fields: []infer.Declared{{Name: "n", Type: record.Int}}}}, "n=1\n")
	for _, c := range []struct {
		line string
		want record.Check
	}{
		{"n=2", record.Check{OK: true}},
		{"", record.Check{Fault: "empty", Expected: "a key", Seen: "the end of the line"}},
		{"n=1 b=x n=y", record.Check{Fault: "bad_value", Offset: 10, Element: "n", Column: "n", Expected: "int", Seen: "y"}},
		{"n=1 b", record.Check{Fault: "no_match", Offset: 5, Expected: "a key, and =", Seen: "the end of the line"}},
		{"n=1 =b", record.Check{Fault: "no_match", Offset: 4, Expected: "a key, and =", Seen: "=b"}},
	} {
		assert.Equal(t, c.want, bound.NewWorker().Explain([]byte(c.line)), "%q", c.line)
	}
}

func TestRecords(t *testing.T) {
	pairs, err := Compile(Options{})
	require.NoError(t, err)
	ltsv, err := Compile(Options{LTSV: true})
	require.NoError(t, err)
	for _, c := range []struct {
		plan           *Plan
		text           string
		records, lines int
	}{{pairs, "a=1 b=2\nthis is prose, it=seems\n\n", 1, 2}, {ltsv, "a:1\tb:2\nerror: it failed\nx\n", 1, 3}} {
		records, lines := c.plan.Records([]byte(c.text))
		assert.Equal(t, []int{c.records, c.lines}, []int{records, lines}, "%q", c.text)
	}
}

func TestNoAllocationPerRecord(t *testing.T) {
	text := strings.Repeat(`ts=2026-03-01 level=info "a key"="a \"quoted\" text that is long" n=5 f=1.5 bare`+"\n", 200)
	bound := bind(t, Options{}, text)
	rows, allocations := rig.Allocations(bound, text)
	assert.Equal(t, 200, rows)
	assert.LessOrEqual(t, allocations, 1.0)
}

// FuzzParse: nothing is lost, no line knows its neighbours, and a line read as a record of its own, which takes other ways to find its
// delimiters, says the same.
func FuzzParse(f *testing.F) {
	for i, c := range tables {
		f.Add(c.text, c.text, uint8(i), c.options.KeyValueDelimiter, c.options.FieldDelimiter)
	}
	f.Fuzz(func(t *testing.T, sample, text string, mode uint8, kv, field string) {
		if len(sample) > 2000 || len(text) > 2000 {
			return
		}
		o := Options{KeyValueDelimiter: kv, FieldDelimiter: field, StandaloneKey: flag(mode&1 != 0), LTSV: mode&2 != 0, Reject: mode&4 != 0, Bytes: mode&8 != 0, Infer: infer.Options{Columns: 20}}
		if mode&16 != 0 {
			o.Whitespace = "strict"
		}
		if mode&32 != 0 {
			o.Line = 30
		}
		if mode&64 != 0 {
			o.Infer.Fields = []infer.Declared{{Name: "a", Type: record.Int}, {Name: "b", Type: record.Bool}}
		}
		p, err := Compile(o)
		if err != nil {
			return
		}
		bound, err := p.Bind([]byte(sample))
		require.NoError(t, err)
		batch := parse(bound, bound.NewWorker(), text)
		account(t, bound, batch, text)
		for i := range batch.Len() {
			require.True(t, json.Valid(batch.AppendJSON(nil, i, false)))
		}
		var lines []string
		for _, line := range strings.SplitAfter(text, "\n") {
			if line != "" {
				lines = append(lines, line)
			}
		}
		require.Equal(t, dump(batch), dump(parse(bound, bound.NewRecordWorker(), lines...)))
	})
}

// TestCorpus reads the cases of other projects, where they are at hand.
func TestCorpus(t *testing.T) {
	file, err := os.Open("../../../../shared/corpus/vrl/cases.jsonl")
	if err != nil {
		t.Skip("no corpus here")
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var c struct {
			ID, Function string
			Args         struct {
				KV         string `json:"key_value_delimiter"`
				Field      string `json:"field_delimiter"`
				Whitespace string
				Standalone *bool `json:"accept_standalone_key"`
			}
			Input, Expect any
		}
		if json.Unmarshal(lines.Bytes(), &c) != nil || c.Function != "parse_key_value" {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			o := Options{KeyValueDelimiter: c.Args.KV, FieldDelimiter: c.Args.Field, Whitespace: c.Args.Whitespace, StandaloneKey: c.Args.Standalone}
			input := c.Input.(string)
			bound := bind(t, o, input)
			batch := parse(bound, bound.NewRecordWorker(), input)
			require.Equal(t, 1, batch.Len())
			var got map[string]any
			require.NoError(t, json.Unmarshal(batch.AppendJSON(nil, 0, true), &got))
			assert.Equal(t, fmt.Sprint(c.Expect), fmt.Sprint(got))
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for _, c := range []struct {
		name    string
		options Options
		line    string
	}{
		{"pairs", Options{}, `date=2026-03-01 time=00:00:%02d devname="fw 01" logid="%010d" type="traffic" level="notice" srcip=192.0.2.%d srcport=%d dstip=198.51.100.7 dstport=443 action="accept" sentbyte=%d` + "\n"},
		{"ltsv", Options{LTSV: true}, "time:2026-03-01T00:00:%02dZ\tid:x%010d\thost:192.0.2.%d\tport:%d\treq:GET /index.html HTTP/1.1\tstatus:200\tsize:%d\n"},
	} {
		b.Run(c.name, func(b *testing.B) {
			var text strings.Builder
			for i := 0; text.Len() < 1<<20; i++ {
				fmt.Fprintf(&text, c.line, i%60, i, i%256, i%65536, i*17)
			}
			bound := bind(b, c.options, text.String()[:1<<18])
			rig.Benchmark(b, bound, bound.NewWorker(), text.String())
		})
	}
}
