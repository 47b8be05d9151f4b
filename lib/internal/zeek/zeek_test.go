package zeek

import (
	"fmt"
	"strings"
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/record"
)

// header is that of a log with these fields, written as name:type.
func header(fields string) string {
	names, types := "#fields", "#types"
	for _, f := range strings.Fields(fields) {
		name, kind, _ := strings.Cut(f, ":")
		names, types = names+"\t"+name, types+"\t"+kind
	}
	return "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tx\n#open\t2026-03-01-00-00-00\n" + names + "\n" + types + "\n"
}

const conn = "ts:time uid:string id.orig_h:addr id.orig_p:port proto:enum duration:interval orig_bytes:count local:bool score:double delta:int tunnel_parents:set[string] rtts:vector[interval]"

var tables = []struct {
	name    string
	options Options
	text    string
	want    []string
}{
	{"conn", Options{}, header(conn) + "1772323200.123456\tCx\t192.0.2.1\t80\ttcp\t0.25\t5\tT\t1.5\t-3\ta,b\t0.5,-\n#close\t2026\n",
		[]string{`{"time":"2026-03-01T00:00:00.123456Z","uid":"Cx","src_ip":"192.0.2.1","src_port":80,"transport":"tcp","duration":250000000,"orig_bytes":5,"local":true,"score":1.5,"delta":-3,"tunnel_parents":["a","b"],"rtts":[500000000,null]}`}},
	{"unset", Options{}, header(conn) + strings.Repeat("-\t", 11) + "-\n", []string{`{}`}},
	{"empty", Options{}, header("a:string b:set[addr] c:set[string] d:count e:string") + "(empty)\t(empty)\t(empty)\t\t\n", []string{`{"a":"","b":[],"c":[],"e":""}`}},
	{"escapes", Options{}, header("a:string b:set[string]") + `x\x09y\\z\q\x4` + "\t" + `a\x2cb,c` + "\n", []string{`{"a":"x\ty\\z\\q\\x4","b":["a,b","c"]}`}},
	{"lists of bools are texts", Options{}, header("a:vector[bool] b:table[count]") + "T,F\t1,2\n", []string{`{"a":["T","F"],"b":[1,2]}`}},
	{"wrong values", Options{}, header("a:count") + "-1\nx\n5\n", []string{`{"a":5}`, "! bad_value", "! bad_value"}},
	{"wrong values of each type", Options{}, header("a:addr b:bool c:set[addr] d:time") + "x\tT\t192.0.2.1\t1\n192.0.2.1\ttrue\t192.0.2.1\t1\n192.0.2.1\tT\t192.0.2.1,x\t1\n192.0.2.1\tT\t192.0.2.1\tnow\n192.0.2.1\tT\t::1\t1\n",
		[]string{`{"a":"192.0.2.1","b":true,"c":["::1"],"d":"1970-01-01T00:00:01Z"}`, "! bad_value", "! bad_value", "! bad_value", "! bad_value"}},
	{"another number of values", Options{}, header("a:count b:count") + "1\n1\t2\t3\n1\t2\n", []string{`{"a":1,"b":2}`, "! no_match", "! no_match"}},
	{"no header", Options{}, "1\t2\n\n", []string{"! no_match", "! empty"}},
	{"another separator", Options{}, "#separator \\x7c\n#set_separator|;\n#unset_field|NA\n#fields|a|b\n#types|string|set[count]\nx y|1;2\nNA|NA\n", []string{`{"a":"x y","b":[1,2]}`, `{}`}},
	{"two logs", Options{}, header("ts:time a:count") + "1\t2\n" + header("ts:time a:string b:addr") + "2\tx\t::1\n3\t4\n", []string{`{"time":"1970-01-01T00:00:01Z","a":"2"}`, `{"time":"1970-01-01T00:00:02Z","a":"x","b":"::1"}`, `{"time":"1970-01-01T00:00:03Z","a":"4"}`}},
	{"the same log again", Options{}, header("a:count") + "1\n" + header("a:count") + "2\n", []string{`{"a":1}`, `{"a":2}`}},
	{"two logs of as many fields", Options{}, header("a:count") + "1\n" + header("b:count") + "2\n", []string{`{"a":1}`, `{"b":2}`}},
	{"names twice", Options{Rename: map[string]string{"b": "a"}}, header("a:count a:string b:count time:string ts:time") + "1\tx\t2\ty\t1\n", []string{`{"a":1,"a_2":"x","a_3":2,"time":"y","ts":"1970-01-01T00:00:01Z"}`}},
	{"renamed", Options{Rename: map[string]string{"src_ip": "from", "id.resp_h": "to"}}, header("id.orig_h:addr id.resp_h:addr") + "::1\t::2\n", []string{`{"from":"::1","to":"::2"}`}},
	{"projection", Options{Columns: []string{"b", "none"}}, header("a:count b:count") + "1\t2\nx\t2\n", []string{`{"b":2}`, "! bad_value"}},
	{"too long", Options{Line: 60}, header("a:string") + strings.Repeat("x", 61) + "\n", []string{"! too_long"}},
	{"UTF-8", Options{Reject: true}, header("a:string") + "\xff\n", []string{"! bad_utf8"}},
}

func TestTables(t *testing.T) {
	for _, c := range tables {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, rows(read(t, c.options, c.text))) })
	}
}

func TestHeadersThatTheSampleDoesNotHave(t *testing.T) {
	bound := bind(t, Options{}, header("a:count"))
	batch := parse(bound, bound.NewWorker(), header("a:count")+"1\n"+header("a:string b:string"))
	assert.Equal(t, []string{`{"a":1}`, "! no_match", "! no_match"}, rows(batch))
	assert.Equal(t, int64(14), batch.Continuations())
}

func TestTypes(t *testing.T) {
	assert.Equal(t, "time timestamp, uid string, src_ip ip, src_port int, transport string, duration duration, orig_bytes uint, local bool, score float, delta int, tunnel_parents list<string>, rtts list<duration>", bind(t, Options{}, header(conn)).Schema().String())
	assert.Equal(t, "a bytes, b list<bytes>", bind(t, Options{Bytes: true}, header("a:enum b:set[pattern]")).Schema().String())
}

func TestOneRecord(t *testing.T) {
	bound := bind(t, Options{}, header("a:string b:string"))
	batch := parse(bound, bound.NewRecordWorker(), "x\ny\tz\n", "#close\n")
	assert.Equal(t, []string{`{"a":"x\ny","b":"z"}`, "! no_match"}, rows(batch))
	text := header("a:count") + "5" // a header in front of the record
	bound = bind(t, Options{}, text)
	batch = parse(bound, bound.NewRecordWorker(), text)
	assert.Equal(t, []string{`{"a":5}`}, rows(batch))
	assert.Equal(t, int64(9), batch.Lines())
}

func TestExplain(t *testing.T) {
	bound := bind(t, Options{}, header("a:string id.orig_p:port"))
	for _, c := range []struct {
		line string
		want record.Check
	}{
		{"x\t80", record.Check{OK: true}},
		{"#close", record.Check{OK: true}},
		{"x\tport\n", record.Check{Fault: "bad_value", Offset: 2, Element: "id.orig_p", Column: "src_port", Expected: "port", Seen: "port\n"}},
		{"x", record.Check{Fault: "no_match", Offset: 1, Expected: "2 values, as #fields has names", Seen: "1 values"}},
		{"#types\tcount", record.Check{Fault: "no_match", Expected: "a header that the stream begins with", Seen: "#types\tcount"}},
		{"", record.Check{Fault: "empty", Expected: "values", Seen: "the end of the line"}},
	} {
		assert.Equal(t, c.want, bound.NewWorker().Explain([]byte(c.line)), "%q", c.line)
	}
	assert.Equal(t, "a header, #fields and #types, at the beginning of the stream", bind(t, Options{}, "").NewWorker().Explain([]byte("x")).Expected)
}

func TestRecords(t *testing.T) {
	p, err := Compile(Options{})
	require.NoError(t, err)
	records, lines := p.Records([]byte(header("a:count") + "1\n2\nx\n"))
	assert.Equal(t, []int{2, 3}, []int{records, lines})
	records, lines = p.Records([]byte("# a comment\nsome text\n"))
	assert.Equal(t, []int{0, 1}, []int{records, lines})
}

const line = "1772323200.%06d\tC%018d\t192.0.2.1\t80\ttcp\t0.250\t5\tT\t1.5\t-3\ta\\x2cb,another long text\t0.5,-\n"

func TestNoAllocationPerRecord(t *testing.T) {
	text := header(conn) + strings.Repeat(fmt.Sprintf(line, 1, 2), 200)
	bound := bind(t, Options{}, text)
	rows, allocations := rig.Allocations(bound, text)
	assert.Equal(t, 200, rows)
	assert.LessOrEqual(t, allocations, 10.0) // those of the lists' columns
}

// FuzzParse: nothing is lost, and no line knows its neighbours.
func FuzzParse(f *testing.F) {
	for i, c := range tables {
		f.Add(c.text, c.text, uint8(i))
	}
	f.Fuzz(func(t *testing.T, sample, text string, mode uint8) {
		if len(sample) > 2000 || len(text) > 2000 {
			return
		}
		o := Options{Reject: mode&1 != 0, Bytes: mode&2 != 0}
		if mode&4 != 0 {
			o.Line = 60
		}
		if mode&8 != 0 {
			o.Rename = map[string]string{"a": "b", "ts": "a"}
		}
		if mode&16 != 0 {
			o.Columns = []string{"a", "b", "b"}
		}
		bound := bind(t, o, sample)
		batch := parse(bound, bound.NewWorker(), text)
		account(t, bound, batch, text)
		for i := range batch.Len() {
			require.True(t, json.Valid(batch.AppendJSON(nil, i, false)))
		}
	})
}

func BenchmarkParse(b *testing.B) {
	var text strings.Builder
	text.WriteString(header(conn))
	for i := 0; text.Len() < 1<<20; i++ {
		fmt.Fprintf(&text, line, i, i*7)
	}
	bound := bind(b, Options{}, text.String())
	rig.Benchmark(b, bound, bound.NewWorker(), text.String())
}
