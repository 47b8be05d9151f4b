package w3c

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/linetest"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/record"
)

const iis = "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2026-03-01 00:00:17\n" +
	"#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-win32-status time-taken\n"

var tables = []struct {
	name    string
	options Options
	text    string
	want    []string
}{
	{"iis", Options{}, iis + "2026-03-01 00:00:17 192.0.2.1 GET /a b=c 443 - 2001:db8::1 Mozilla/5.0+(X) 404 2148074254 1405\r\n",
		[]string{`{"time":"2026-03-01T00:00:17Z","server_ip":"192.0.2.1","method":"GET","target":"/a","query":"b=c","server_port":443,"client":"2001:db8::1","user_agent":"Mozilla/5.0+(X)","status":404,"win32_status":2148074254,"duration":1405000000}`}},
	{"seconds elsewhere", Options{}, "#Fields: date time c-ip time-taken x-y\n2026-03-01 00:00:17.5 h 0.250 7\n", []string{`{"time":"2026-03-01T00:00:17.5Z","client":"h","duration":250000000,"x-y":7}`}},
	{"dashes", Options{}, "#Fields: date time s-port cs-username x-y x-z\n2026-03-01 00:00:17 - - - \"-\"\n- 00:00:17 80 u 1 z\n", []string{`{"time":"2026-03-01T00:00:17Z"}`, `{"server_port":80,"user":"u","x-y":1,"x-z":"z"}`}},
	{"quotes", Options{}, "#Fields: date time cs(User-Agent) cs-uri-stem x-e\n\"2026-03-01\" \"00:00:17\" \"a \"\"b\"\" c\" \"/x  \"y \"\"\n", []string{"! no_match"}},
	{"quotes that close", Options{}, "#Fields: date time cs(User-Agent) cs-uri-stem x-e\n\"2026-03-01\" \"00:00:17\"   \"a \"\"b\"\" c\"\t\"/x\"y \"\"\n", []string{`{"time":"2026-03-01T00:00:17Z","user_agent":"a \"b\" c","target":"\"/x\"y","x-e":""}`}},
	{"many blanks, other places", Options{}, "#Fields:  c-ip   date    time  cs-method\nh   2026-03-01      00:00:18     GET  \n", []string{`{"client":"h","time":"2026-03-01T00:00:18Z","method":"GET"}`}},
	{"local times", Options{}, "#Fields: date-local time-local s-ip\n2026-03-01 00:00:18.363 192.0.2.1\n", []string{`{"time":"2026-03-01T00:00:18.363Z","server_ip":"192.0.2.1"}`}},
	{"stand-ins", Options{}, "#Fields: date time c-ip c-port cs-uri x-H(protocol) cs(Host) s-operation c-agent cs-referred\n2026-03-01 00:00:17 192.0.2.7 5000 /a \"HTTP/1.1\" example.com GET curl -\n",
		[]string{`{"time":"2026-03-01T00:00:17Z","client":"192.0.2.7","client_port":5000,"target":"/a","protocol":"HTTP/1.1","server":"example.com","method":"GET","user_agent":"curl"}`}},
	{"stand-ins beside what they stand for", Options{}, "#Fields: date time cs-uri-path cs-uri cs-method\n2026-03-01 00:00:17 /p /u GET\n#Fields: date time cs-uri-path cs-uri cs-method s-operation\n2026-03-01 00:00:18 /p /u - GET\n",
		[]string{`{"time":"2026-03-01T00:00:17Z","cs-uri-path":"/p","target":"/u","method":"GET"}`, `{"time":"2026-03-01T00:00:18Z","cs-uri-path":"/p","target":"/u","s-operation":"GET"}`}},
	{"tabs", Options{}, "#Version: 1.0\n#Fields: date time cs-uri-stem x-host\n2026-03-01\t00:00:18\t/a b\texample.com\n", []string{`{"time":"2026-03-01T00:00:18Z","target":"/a b","x-host":"example.com"}`}},
	{"commas", Options{}, "#Fields: date-time,client-ip,x-count\n2026-03-01T00:00:18.125Z,\"a, b\",5\n", []string{`{"time":"2026-03-01T00:00:18.125Z","client-ip":"a, b","x-count":5}`}},
	{"a time of the day that #Date says", Options{}, "#Version: 1.0\n#Date: 12-Jan-1996 00:00:00\n#Fields: time cs-method cs-uri\n00:34:23 GET /a\n12:21:16.5 GET /b\n- GET /c\n24:00:00 GET /d\n",
		[]string{`{"time":"1996-01-12T00:34:23Z","method":"GET","target":"/a"}`, `{"time":"1996-01-12T12:21:16.5Z","method":"GET","target":"/b"}`, `{"method":"GET","target":"/c"}`, "! bad_value"}},
	{"a day that nobody can read", Options{}, "#Date: yesterday\n#Fields: time c-ip\n00:00:18 h\n", []string{`{"time_of_day":"00:00:18","client":"h"}`}},
	{"a time without a date", Options{}, "#Fields: time c-ip\n00:00:18 h\n", []string{`{"time_of_day":"00:00:18","client":"h"}`}},
	{"no proper time", Options{}, "#Fields: date time c-ip\n2026-03-01 noon h\nx y z\n", []string{"! bad_value", "! bad_value"}},
	{"what does not fit is kept", Options{}, "#Fields: date time s-ip sc-status\n2026-03-01 00:00:18 host \"a \"\"b\"\"\"\n", []string{`{"server_ip":"host","status":"a \"b\"","time":"2026-03-01T00:00:18Z"}`}},
	{"the same #Fields again", Options{}, "#Fields: date time c-ip\n2026-03-01 00:00:18 a\n#Software: x\n#Fields: date  time c-ip\n2026-03-01 00:00:18 b\n", []string{`{"time":"2026-03-01T00:00:18Z","client":"a"}`, `{"time":"2026-03-01T00:00:18Z","client":"b"}`}},
	{"other #Fields", Options{}, "#Fields: date time c-ip\n2026-03-01 00:00:18 a\n#Fields: date time s-port c-ip\n2026-03-01 00:00:18 80 b\n2026-03-01 00:00:19 c\n2026-03-01 00:00:19\n", []string{`{"time":"2026-03-01T00:00:18Z","client":"a"}`, `{"time":"2026-03-01T00:00:18Z","client":"b","server_port":80}`, `{"time":"2026-03-01T00:00:19Z","client":"c"}`, "! no_match"}},
	{"other #Fields of as many names", Options{}, "2026-03-01 00:00:18 x\n#Fields: date time c-ip\n2026-03-01 00:00:18 a\n#Fields: date time s-ip\n2026-03-01 00:00:18 192.0.2.1\n", []string{`{"time":"2026-03-01T00:00:18Z","client":"a"}`, `{"time":"2026-03-01T00:00:18Z","server_ip":"192.0.2.1"}`, "! no_match"}},
	{"names twice", Options{}, "#Fields: x x date time\n#Fields: x x date time\n1 2 2026-03-01 00:00:18\n", []string{`{"x":1,"x_2":2,"time":"2026-03-01T00:00:18Z"}`}},
	{"no #Fields", Options{}, "2026-03-01 00:00:17 192.0.2.1 GET / - 80 - 192.0.2.2 a - 200 0 0 15\n2026-03-01 00:00:17 192.0.2.1 GET / - 80 - 192.0.2.2 a 200 0 0 15\nx\n", []string{
		`{"time":"2026-03-01T00:00:17Z","server_ip":"192.0.2.1","method":"GET","target":"/","server_port":80,"client":"192.0.2.2","user_agent":"a","status":200,"substatus":0,"win32_status":0,"duration":15000000}`,
		`{"time":"2026-03-01T00:00:17Z","server_ip":"192.0.2.1","method":"GET","target":"/","server_port":80,"client":"192.0.2.2","user_agent":"a","status":200,"substatus":0,"win32_status":0,"duration":15000000}`, "! no_match"}},
	{"#Fields of the user's", Options{Header: "date time c-ip"}, "2026-03-01 00:00:17 a\n", []string{`{"time":"2026-03-01T00:00:17Z","client":"a"}`}},
	{"renamed", Options{Infer: infer.Options{Rename: map[string]string{"client": "who", "x-y": "y", "sc-status": "code"}}}, "#Fields: date time c-ip x-y sc-status\n2026-03-01 00:00:17 a b 200\n", []string{`{"time":"2026-03-01T00:00:17Z","who":"a","y":"b","code":200}`}},
	{"declared", Options{Infer: infer.Options{Fields: []infer.Declared{{Name: "status", Type: record.String}, {Name: "x-y", Type: record.Int}, {Name: "time", Type: record.String}}}}, "#Fields: date time sc-status x-y\n2026-03-01 00:00:17 200 5\n2026-03-01\t00:00:17 200 5\n2026-03-01 00:00:17 200 x\n", []string{`{"time":"2026-03-01 00:00:17","status":"200","x-y":5}`, `{"time":"2026-03-01 00:00:17","status":"200","x-y":5}`, "! bad_value"}},
	{"projection", Options{Infer: infer.Options{Project: []string{"status"}}}, iis + "2026-03-01 00:00:17 192.0.2.1 GET /a b=c 443 - h Mozilla/5.0+(X) 404 0 1405\n", []string{`{"status":404}`}},
	{"too long", Options{Line: 20}, "#Fields: date time\n2026-03-01 00:00:17\n2026-03-01 00:00:17.125\n", []string{`{"time":"2026-03-01T00:00:17Z"}`, "! too_long"}},
	{"UTF-8", Options{Reject: true}, "#Fields: date time c-ip\n2026-03-01 00:00:17 \xff\n\n", []string{"! bad_utf8", "! empty"}},
}

func TestTables(t *testing.T) {
	for _, c := range tables {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, rows(read(t, c.options, c.text))) })
	}
}

func TestDirectivesThatTheSampleDoesNotHave(t *testing.T) {
	bound := bind(t, Options{}, "#Fields: date time c-ip\n2026-03-01 00:00:18 a\n")
	batch := parse(bound, bound.NewWorker(), "#Date: now\n#Fields: date time c-ip\n2026-03-01 00:00:19 b\n#Fields: date time s-port c-ip\n2026-03-01 00:00:19 80 b\n")
	assert.Equal(t, []string{`{"time":"2026-03-01T00:00:19Z","client":"b"}`, "! no_match", "! no_match"}, rows(batch))
	assert.Equal(t, int64(2), batch.Continuations())
}

func TestOneRecord(t *testing.T) {
	line := "2026-03-01 00:00:17 192.0.2.1 GET / - 80 - 192.0.2.2 \"a\nb\" - 200 0 0 15"
	bound := bind(t, Options{}, line)
	batch := parse(bound, bound.NewRecordWorker(), line)
	require.Equal(t, 1, batch.Len())
	assert.Equal(t, "a\nb", batch.Column("user_agent").Text(0))
	assert.Equal(t, []string{"! no_match"}, rows(parse(bound, bound.NewRecordWorker(), "#Version: 1.0")))
	text := "#Fields: c-ip x-y\r\nhost 5" // directives in front of the record
	bound = bind(t, Options{}, text)
	assert.Equal(t, []string{`{"client":"host","x-y":5}`}, rows(parse(bound, bound.NewRecordWorker(), text)))
}

func TestBytesStay(t *testing.T) {
	batch := read(t, Options{Bytes: true}, "#Fields: date time cs-method x-y\n2026-03-01 00:00:17 G\xff \xfe\n")
	assert.Equal(t, []byte("G\xff"), batch.Column("method").Bytes(0))
	assert.Equal(t, []byte("\xfe"), batch.Column("x-y").Bytes(0))
}

func TestExplain(t *testing.T) {
	bound := bind(t, Options{}, "#Fields: date time s-ip\n#Fields: date time\n#Fields: time date\n")
	for _, c := range []struct {
		line string
		want record.Check
	}{
		{"2026-03-01 00:00:17 192.0.2.1", record.Check{OK: true}},
		{"#Date: x", record.Check{OK: true}},
		{"", record.Check{Fault: "empty", Expected: "values", Seen: "the end of the line"}},
		{"2026-03-01 noon h", record.Check{Fault: "bad_value", Element: "date time", Column: "time", Expected: "timestamp", Seen: "2026-03-01"}},
		{"a", record.Check{Fault: "no_match", Offset: 1, Expected: "3 or 2 (of which #Fields, cannot be told) or 2 (of which #Fields, cannot be told) values, as #Fields has names", Seen: "1 values"}},
		{"#Fields: x", record.Check{Fault: "no_match", Expected: "one of the #Fields lines that the stream begins with", Seen: "#Fields: x"}},
	} {
		assert.Equal(t, c.want, bound.NewWorker().Explain([]byte(c.line)), "%q", c.line)
	}
}

func TestRecords(t *testing.T) {
	p, err := Compile(Options{})
	require.NoError(t, err)
	for _, c := range []struct {
		text           string
		records, lines int
	}{
		{iis + "2026-03-01 00:00:17 192.0.2.1 GET /a b=c 443 - h Mozilla/5.0+(X) 404 0 1405\nx\n", 2, 3},
		{iis + "2026-03-01 00:00:17 192.0.2.1 GET\n", 1, 2},
		{"2026-03-01 00:00:17 192.0.2.1 GET / - 80 - 192.0.2.2 a - 200 0 0 15\n", 1, 1},
		{"192.0.2.7 - - [05/Mar/2026:07:09:10 +0000] \"GET / HTTP/1.1\" 404 19 \"-\" \"-\" 7 \"-\" \"-\" 0ms\n", 0, 1},
		{"2026-03-01 00:00:17 INFO a sentence that has just as many words as such a line has\n# a comment\n", 0, 2},
	} {
		records, lines := p.Records([]byte(c.text))
		assert.Equal(t, []int{c.records, c.lines}, []int{records, lines}, "%q", c.text)
	}
}

// TestCorpus reads the files of other projects, where they are at hand: every line is a record, a directive or blank.
func TestCorpus(t *testing.T) {
	const folder = "../../../../shared/corpus/lnav/files/"
	for name, want := range map[string]int{"logfile_w3c.1": 1, "logfile_w3c.3": 3, "logfile_w3c.4": 2} {
		data, err := os.ReadFile(folder + name)
		if err != nil {
			t.Skip("no corpus here")
		}
		batch := read(t, Options{}, string(data))
		assert.Equal(t, want, batch.Len(), name)
		for i := range batch.Rejects() {
			assert.Equal(t, record.Empty, batch.Fault(i), name)
		}
		assert.Zero(t, batch.Column("time").Nulls(), name)
	}
	data, err := os.ReadFile(folder + "logfile_w3c_big.0")
	require.NoError(t, err)
	batch := read(t, Options{}, string(data))
	assert.Zero(t, batch.Rejects())
	assert.Equal(t, 254, batch.Len()+int(batch.Continuations()))
}

func TestNoAllocationPerRecord(t *testing.T) {
	text := iis + strings.Repeat("2026-03-01 00:00:17 192.0.2.1 GET /a \"b \"\"c\"\" d e f g\" 443 - 2001:db8::1 Mozilla/5.0+(X) 404 0 1405\n2026-03-01\t00:00:17 x GET /a b 443 - h Mozilla/5.0+(X) 404 0 1405\n", 100)
	bound := bind(t, Options{}, text)
	rows, allocations := rig.Allocations(bound, text)
	assert.Equal(t, 200, rows)
	assert.LessOrEqual(t, allocations, 1.0)
}

// FuzzParse: nothing is lost, and no line knows its neighbours.
func FuzzParse(f *testing.F) {
	for i, c := range tables {
		f.Add(c.text, c.text, c.options.Header, uint8(i))
	}
	f.Fuzz(func(t *testing.T, sample, text, header string, mode uint8) {
		if len(sample) > 2000 || len(text) > 2000 {
			return
		}
		o := Options{Header: header, Reject: mode&1 != 0, Bytes: mode&2 != 0, Infer: infer.Options{Columns: 20}}
		if mode&4 != 0 {
			o.Line = 30
		}
		if mode&8 != 0 {
			o.Infer.Fields = []infer.Declared{{Name: "status", Type: record.Float}, {Name: "time", Type: record.String}}
		}
		if mode&16 != 0 {
			o.Infer.Rename = map[string]string{"client": "status", "time": "date", "x": "time"}
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
	text.WriteString(iis)
	for i := 0; text.Len() < 1<<20; i++ {
		fmt.Fprintf(&text, "2026-03-01 00:%02d:%02d 192.0.2.1 GET /api/v1/orders/%d - 443 - 198.51.100.%d Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64) 200 0 %d\n", i/60%60, i%60, i, i%256, i%3000)
	}
	bound := bind(b, Options{}, text.String())
	rig.Benchmark(b, bound, bound.NewWorker(), text.String())
}

// Behind a #Fields line that the sample does not have nobody knows which of the others a line of as many values has, wherever the input
// is cut.
func TestFieldsThatTheSampleDoesNotHave(t *testing.T) {
	bound := bind(t, Options{}, "#Fields: date time c-ip\n2026-03-01 00:00:18 192.0.2.1\n#Fields: c-ip date time\n192.0.2.1 2026-03-01 00:00:18\n")
	text := "#Fields: date time c-ip\n2026-03-01 00:00:18 192.0.2.1\n#Fields: date time s-ip\n2026-03-01 00:00:18 192.0.2.1\n#Fields: c-ip date time\n192.0.2.1 2026-03-01 00:00:18\n"
	batch := parse(bound, bound.NewWorker(), text)
	row := `{"time":"2026-03-01T00:00:18Z","client":"192.0.2.1"}`
	assert.Equal(t, []string{row, row, "! no_match", "! no_match"}, rows(batch))
	account(t, bound, batch, text)
}

// A line is taken apart alike 64 bytes at a time and value by value.
func TestLinesAreTakenApartAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	for range linetest.Rounds(20_000) {
		line := ""
		for range r.IntN(40) {
			line += []string{" ", "\t", ",", `"`, `""`, "-", "a", "text", "é", `"a b"`, strings.Repeat("x", r.IntN(90))}[r.IntN(11)]
		}
		data := append([]byte("<"+line+"\n"), make([]byte, scan.Slack)...)
		for _, g := range []grammar{blanks, tabs, commas} {
			one, other := &reader{grammar: g, Store: &texts.Store{Data: data}}, &reader{grammar: g, Store: &texts.Store{Data: data}}
			one.slowly(1, 1+len(line))
			other.slowly(other.swiftly(1, 1+len(line)), 1+len(line))
			require.Equal(t, one.cells, other.cells, "%q", line)
		}
	}
}
