package csv

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

func flag(b bool) *bool { return &b }

var tables = []struct {
	name    string
	options Options
	text    string
	want    []string
}{
	{"header", Options{}, "time,level,n\n10:00,info,5\n10:01,warn,\n", []string{`{"time":"10:00","level":"info","n":5}`, `{"time":"10:01","level":"warn"}`}},
	{"none", Options{Header: flag(false)}, "a,b\nc,d\n", []string{`{"column_1":"a","column_2":"b"}`, `{"column_1":"c","column_2":"d"}`}},
	{"told", Options{Header: flag(true)}, "a,b\nc,d\n", []string{`{"a":"c","b":"d"}`}},
	{"words only are no header", Options{}, "a,b\nc,d\n", []string{`{"column_1":"a","column_2":"b"}`, `{"column_1":"c","column_2":"d"}`}},
	{"header above numbers", Options{}, "word,amount\nx,1\n", []string{`{"word":"x","amount":1}`}},
	{"one line is a record", Options{}, "time,level\n", []string{`{"column_1":"time","column_2":"level"}`}},
	{"header again", Options{Header: flag(true)}, "a,b\r\n1,2\na,b\n3,4\n", []string{`{"a":1,"b":2}`, `{"a":3,"b":4}`}},
	{"names that repeat or lack", Options{Header: flag(true)}, "a,,a, b \n1,2,3,4\n", []string{`{"a":1,"column_2":2,"a_2":3,"b":4}`}},
	{"names of the user's", Options{Names: []string{"x", "y"}}, "1,2\n", []string{`{"x":1,"y":2}`}},
	{"names and a header", Options{Names: []string{"x", "y"}, Header: flag(true)}, "a,b\n1,2\n", []string{`{"x":1,"y":2}`}},
	{"quotes", Options{Header: flag(false)}, `foo,bar,"foo "", bar"` + "\n" + `"",x"y,""""` + "\n", []string{`{"column_1":"foo","column_2":"bar","column_3":"foo \", bar"}`, `{"column_1":"","column_2":"x\"y","column_3":"\""}`}},
	{"quoted numbers", Options{Header: flag(false)}, `"1","x"` + "\n" + `2,""` + "\n", []string{`{"column_1":1,"column_2":"x"}`, `{"column_1":2,"column_2":""}`}},
	{"text behind quotes", Options{Header: flag(false)}, `"a"b"c",d` + "\n", []string{`{"column_1":"ab\"c\"","column_2":"d"}`}},
	{"text behind quotes, to the letter", Options{Header: flag(false), Strict: true}, `"a"b,d` + "\n1,2\n", []string{`{"column_1":1,"column_2":2}`, "! no_match"}},
	{"a quote that is open", Options{Header: flag(false)}, `a,"b` + "\n1,2\n", []string{`{"column_1":1,"column_2":2}`, "! no_match"}},
	{"backslash", Options{Header: flag(false), Backslash: true}, `"a \"b\",\\\n",c` + "\n", []string{`{"column_1":"a \"b\",\\\n","column_2":"c"}`}},
	{"backslash is text", Options{Header: flag(false)}, `"C:\",c` + "\n", []string{`{"column_1":"C:\\","column_2":"c"}`}},
	{"ragged", Options{Header: flag(true)}, "a,b\n1\n1,2,3,x\n", []string{`{"a":1}`, `{"a":1,"b":2,"column_3":3,"column_4":"x"}`}},
	{"ragged, to the letter", Options{Header: flag(true), Strict: true}, "a,b\n1\n1,2,3\n1,2\n", []string{`{"a":1,"b":2}`, "! no_match", "! no_match"}},
	{"ragged without header", Options{Header: flag(false)}, "first,line\nsecond,line,with\n", []string{`{"column_1":"first","column_2":"line"}`, `{"column_1":"second","column_2":"line","column_3":"with"}`}},
	{"tabs", Options{}, "ts\tn\n1\t2\n", []string{`{"ts":1,"n":2}`}},
	{"semicolons", Options{}, "ts;n\n1,5;2\n2,5;3\n", []string{`{"ts":"1,5","n":2}`, `{"ts":"2,5","n":3}`}},
	{"sep", Options{}, "sep=|\nts|n\na,b|2\nsep=|\n", []string{`{"ts":"a,b","n":2}`}},
	{"blanks", Options{Delimiter: " ", Header: flag(false)}, "foo bar\n", []string{`{"column_1":"foo","column_2":"bar"}`}},
	{"blank lines", Options{Header: flag(false)}, "a,b\n\n  \n\r\n", []string{`{"column_1":"a","column_2":"b"}`, "! empty", "! empty", "! empty"}},
	{"a line of delimiters", Options{Delimiter: "\t", Header: flag(false)}, "\t\n", []string{`{"column_1":"","column_2":""}`}},
	{"dash is text", Options{Header: flag(false)}, "1,-\n", []string{`{"column_1":1,"column_2":"-"}`}},
	{"digits survive", Options{Header: flag(false)}, "007,100018002000001906146520,1.1.1,1.50,-0,true\n", []string{`{"column_1":"007","column_2":"100018002000001906146520","column_3":"1.1.1","column_4":1.5,"column_5":"-0","column_6":true}`}},
	{"projection", Options{Header: flag(true), Infer: infer.Options{Project: []string{"b"}}}, "a,b\n1,2,3\n", []string{`{"b":2}`}},
	{"too long", Options{Header: flag(false), Line: 4}, "a,b\nabc,d\n", []string{`{"column_1":"a","column_2":"b"}`, "! too_long"}},
	{"UTF-8", Options{Header: flag(false), Reject: true}, "a,b\n\xff,b\n", []string{`{"column_1":"a","column_2":"b"}`, "! bad_utf8"}},
	{"declared", Options{Header: flag(true), Infer: infer.Options{Fields: []infer.Declared{{Name: "n", Type: record.Int}, {Name: "s", Type: record.String, Dictionary: true}}}},
		"n,s\n1,x\ny,x\n,\"q\"\"q\"\n", []string{`{"n":1,"s":"x"}`, `{"s":"q\"q"}`, "! bad_value"}},
}

func TestTables(t *testing.T) {
	for _, c := range tables {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, rows(read(t, c.options, c.text))) })
	}
}

func TestWhatComesLaterDoesNotChangeTheSchema(t *testing.T) {
	bound := bind(t, Options{}, "time,n,b\nx,1,true\n")
	batch := parse(bound, bound.NewWorker(), "y,2.5,maybe\nz,\"q\"\"\",\"\"\nw,9007199254740993,false,1,\"\"\"\",x\n")
	assert.Equal(t, []string{`{"b":"maybe","n":2.5,"time":"y"}`, `{"n":"q\"","time":"z"}`, `{"b":false,"column_4":1,"column_5":"\"","column_6":"x","n":9007199254740993,"time":"w"}`}, rows(batch))
	assert.Equal(t, "time string, n int, b bool, _overflow string", batch.Schema().String())
}

func TestTimesAreDeclared(t *testing.T) {
	clock := timestamp.MustCompile("%Y-%m-%d %H:%M:%S")
	o := Options{Header: flag(true), Infer: infer.Options{Rename: map[string]string{"at": "time"}, Fields: []infer.Declared{{Name: "time", Type: record.Timestamp, Words: func() infer.Read { return clock.NewClock(timestamp.Options{}).Parse }}}}}
	assert.Equal(t, []string{`{"time":"2026-03-01T10:11:12Z","n":1}`, "! bad_value"}, rows(read(t, o, "at,n\n\"2026-03-01 10:11:12\",1\n2026-03-01,1\n")))
}

func TestBytesStay(t *testing.T) {
	batch := read(t, Options{Bytes: true, Header: flag(false)}, "foo,b\xff\xff\n")
	assert.Equal(t, "foo", batch.Column("column_1").Text(0))
	assert.Equal(t, []byte("b\xff\xff"), batch.Column("column_2").Bytes(0))
	assert.Equal(t, record.Bytes, batch.Column("column_2").Field().Type)
	assert.Equal(t, `{"column_1":"b\ufffd"}`, jsonOf(read(t, Options{Header: flag(false)}, "b\xff\n")))
}

// jsonOf is the first row in ASCII.
func jsonOf(b *record.Batch) string {
	return strings.ReplaceAll(string(b.AppendJSON(nil, 0, true)), "\ufffd", `\ufffd`)
}

func TestOneRecord(t *testing.T) {
	line := "a,\"b\nc\",d\ne"
	bound := bind(t, Options{Delimiter: ",", Header: flag(false), Names: []string{"x", "y", "z"}}, line)
	batch := parse(bound, bound.NewRecordWorker(), line)
	assert.Equal(t, []string{`{"x":"a","y":"b\nc","z":"d\ne"}`}, rows(batch))
	assert.Equal(t, int64(3), batch.Lines())
	// A header is no record, even alone.
	bound = bind(t, Options{Header: flag(true)}, "a,b")
	assert.Equal(t, []string{"! no_match"}, rows(parse(bound, bound.NewRecordWorker(), "a,b")))
}

func TestNothingToSampleWhereAllIsSaid(t *testing.T) {
	fields := []infer.Declared{{Name: "x", Type: record.Int}, {Name: "y", Type: record.String}}
	p, err := Compile(Options{Delimiter: ",", Names: []string{"a", "y"}, Infer: infer.Options{Fields: fields, Rename: map[string]string{"a": "x"}}})
	require.NoError(t, err)
	assert.Zero(t, p.SampleBytes())
	p, err = Compile(Options{Delimiter: ",", Names: []string{"x", "z"}, Infer: infer.Options{Fields: fields}})
	require.NoError(t, err)
	assert.NotZero(t, p.SampleBytes())
}

func TestWrongOptions(t *testing.T) {
	for _, c := range []struct {
		options Options
		want    string
	}{
		{Options{Delimiter: ",,"}, "delimiter is one character of ASCII"},
		{Options{Delimiter: "§"}, "delimiter is one character of ASCII"},
		{Options{Delimiter: "\""}, "delimiter is one character of ASCII"},
		{Options{Names: []string{"a", "a"}}, `columns: "a"`},
		{Options{Names: []string{""}}, `columns: ""`},
		{Options{Infer: infer.Options{Fields: []infer.Declared{{Name: "t", Type: record.Timestamp}}}}, "layout"},
	} {
		_, err := Compile(c.options)
		assert.ErrorContains(t, err, c.want)
	}
}

func TestExplain(t *testing.T) {
	bound := bind(t, Options{Header: flag(true), Strict: true, Line: 20, Infer: infer.Options{Fields: []infer.Declared{{Name: "n", Type: record.Int}}}}, "n,s\n1,x\n")
	for _, c := range []struct {
		line string
		want record.Check
	}{
		{"2,x", record.Check{OK: true}},
		{"n,s", record.Check{OK: true}},
		{"2,x\ny", record.Check{OK: true}},
		{"", record.Check{Fault: "empty", Expected: "cells", Seen: "the end of the line"}},
		{"x,y", record.Check{Fault: "bad_value", Element: "n", Column: "n", Expected: "int", Seen: "x"}},
		{`1,"y`, record.Check{Fault: "no_match", Offset: 4, Expected: "a closing quote", Seen: "the end of the line"}},
		{`1,"y"z`, record.Check{Fault: "no_match", Offset: 5, Expected: "a delimiter behind the closing quote", Seen: "z"}},
		{"1", record.Check{Fault: "no_match", Offset: 1, Expected: "2 cells, not 1", Seen: "the end of the line"}},
		{strings.Repeat("x", 21), record.Check{Fault: "too_long", Offset: 20, Expected: "at most 20 bytes", Seen: "21 bytes"}},
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
		{"a,b,c\n1,2,3\n1,2,3\n1,2\n", 3, 4},
		{"one line, of text, here\n", 0, 1},
		{"a;b;c\n1;2;3\n1;2;3\n", 3, 3},
		{"some text\nwithout\ncommas\n", 0, 3},
	} {
		records, lines := p.Records([]byte(c.text))
		assert.Equal(t, []int{c.records, c.lines}, []int{records, lines}, "%q", c.text)
	}
}

func TestNoAllocationPerRecord(t *testing.T) {
	text := strings.Repeat("2026-03-01,\"a \"\"quoted\"\" text that is long\",5,1.5,,true\n", 200)
	bound := bind(t, Options{Header: flag(false)}, text)
	rows, allocations := rig.Allocations(bound, text)
	assert.Equal(t, 200, rows)
	assert.LessOrEqual(t, allocations, 1.0)
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
		o := Options{Strict: mode&1 != 0, Backslash: mode&2 != 0, Reject: mode&4 != 0, Bytes: mode&8 != 0, Infer: infer.Options{Columns: 20}}
		if mode&16 != 0 {
			o.Header = flag(mode&32 != 0)
		}
		if mode&64 != 0 {
			o.Line = 30
		}
		if mode&128 != 0 {
			o.Infer.Fields = []infer.Declared{{Name: "a", Type: record.Int}, {Name: "column_1", Type: record.Bool}}
		}
		bound := bind(t, o, sample)
		batch := parse(bound, bound.NewWorker(), text)
		account(t, bound, batch, text)
		for i := range batch.Len() {
			require.True(t, json.Valid(batch.AppendJSON(nil, i, false)))
		}
	})
}

// FuzzRoundTrip: what is written as CSV comes back.
func FuzzRoundTrip(f *testing.F) {
	f.Add("a\"b", "c,d", "\n")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		line := ""
		for _, cell := range []string{a, b, c} {
			line += `,"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		}
		line = line[1:]
		bound := bind(t, Options{Delimiter: ",", Names: []string{"a", "b", "c"}, Bytes: true}, "x,x,x")
		batch := parse(bound, bound.NewRecordWorker(), line+"\n")
		require.Equal(t, 1, batch.Len(), "%q", line)
		for i, cell := range []string{a, b, c} {
			require.Equal(t, cell, batch.Columns()[i].Text(0))
		}
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
			Args         struct{ Delimiter string }
			Input        any
			Expect       []any
			Error        bool
		}
		if json.Unmarshal(lines.Bytes(), &c) != nil || c.Function != "parse_csv" {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			delimiter := c.Args.Delimiter
			if delimiter == "" {
				delimiter = ","
			}
			p, err := Compile(Options{Delimiter: delimiter, Header: flag(false), Bytes: true})
			if c.Error {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			input := decoded(t, c.Input)
			bound, err := p.Bind([]byte(input))
			require.NoError(t, err)
			batch := parse(bound, bound.NewWorker(), input)
			for i, want := range c.Expect {
				assert.Equal(t, decoded(t, want), batch.Columns()[i].Text(0))
			}
			for i := len(c.Expect); i < len(batch.Columns()) && batch.Len() > 0; i++ {
				assert.True(t, batch.Columns()[i].IsNull(0))
			}
		})
	}
}

// decoded is a text of the corpus, where bytes that are no UTF-8 stand in base64.
func decoded(t *testing.T, v any) string {
	if m, ok := v.(map[string]any); ok {
		b, err := base64.StdEncoding.DecodeString(m["$b64"].(string))
		require.NoError(t, err)
		return string(b)
	}
	return v.(string)
}

func BenchmarkParse(b *testing.B) {
	var text strings.Builder
	for i := 0; text.Len() < 1<<20; i++ {
		fmt.Fprintf(&text, "2026-03-01T00:00:%02d.%03dZ,%d,info,\"worker.queue, main\",192.0.2.%d,GET,/api/v1/orders/%d,200,%.3f,\"said \"\"no\"\"\"\n", i%60, i%1000, i*7, i%256, i*13, float64(i%1000)/7)
	}
	for _, c := range []struct {
		name    string
		options Options
	}{{"all", Options{}}, {"project", Options{Infer: infer.Options{Project: []string{"column_8"}}}}} {
		b.Run(c.name, func(b *testing.B) {
			bound := bind(b, c.options, text.String())
			rig.Benchmark(b, bound, bound.NewWorker(), text.String())
		})
	}
}
