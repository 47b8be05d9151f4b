package ndjson

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/linetest"
	"github.com/sawlog/sawlog/lib/record"
)

// What lines give whose schema comes from the first of them.
func TestAliases(t *testing.T) {
	for _, c := range []struct{ schema, lines, want string }{
		{"time timestamp, level string, severity uint, message string", // all in columns
			`{"ts":"2026-03-01T00:00:00Z","level":"Info","msg":"x"}
			{"ts":"","level":"x","msg":""}
			{"level":30,"msg":true,"ts":null}
			{"level":"w\u0061rn","msg":"\n"}`,
			`{"time":"2026-03-01T00:00:00Z","level":"Info","severity":6,"message":"x"}
			{"level":"x","message":""}
			{"level":"30","message":"true"}
			{"level":"warn","severity":4,"message":"\n"}`},
		{"time timestamp, level string, severity uint", // what does not fit is kept under the field's name
			`{"ts":"2026-03-01T00:00:00Z","level":"info"}
			{"ts":"later","level":["info"]}
			{"ts":{"s":1},"level":{}}
			{"time":"2026-03-01T00:00:01Z"}
			{"ts":"x","time":"y"}`,
			`{"time":"2026-03-01T00:00:00Z","level":"info","severity":6}
			{"level":["info"],"time":"later"}
			{"level":{},"time":{"s":1}}
			{"time":"2026-03-01T00:00:01Z"}
			{"time":"y","ts":"x"}`},
		{"time string", "{\"ts\":\"yesterday\"}\n{\"ts\":\"2026-03-01T00:00:00Z\"}", "{\"time\":\"yesterday\"}\n{\"time\":\"2026-03-01T00:00:00Z\"}"},
		{"time float", `{"ts":1.5}`, `{"time":1.5}`},
		{"line int", "{\"line\":\"12\"}\n{\"line\":7}\n{\"line\":\"x\"}\n{\"line\":7.5}", "{\"line\":12}\n{\"line\":7}\n{\"line\":\"x\"}\n{\"line\":7.5}"},
		{"line string", `{"line":"x"}`, `{"line":"x"}`},
		// An object does not stand for a field, but what is in it may; the rest of it is shown beside.
		{"level string, severity uint, log.x int", "{\"log\":{\"level\":\"e\",\"x\":1}}\n{\"log\":{\"level\":\"e\",\"y\":1}}", "{\"level\":\"e\",\"severity\":3,\"log\":{\"x\":1}}\n{\"level\":\"e\",\"log\":{\"y\":1},\"severity\":3}"},
		{"error string, error.c int", "{\"error\":{\"a\":\"x\",\"c\":1}}\n{\"error\":{\"a\":[],\"c\":\"y\",\"d\":{\"e\":2}}}", "{\"error\":\"x\",\"error.c\":1}\n{\"error\":{\"a\":[]},\"error.c\":\"y\",\"error.d\":{\"e\":2}}"},
		{"level.x int, level string, severity uint", `{"level":{"x":1},"c":"d"}`, `{"level.x":1,"level":"d","severity":7}`},
		// The caller is split where it can be.
		{"file string, line int", "{\"caller\":\"a\\\\b.go:7\"}\n{\"caller\":\"main\"}\n{\"caller\":3}", "{\"file\":\"a\\\\b.go\",\"line\":7}\n{\"caller\":\"main\"}\n{\"caller\":3}"},
		{"file string, line int", "{\"caller\":\"a.go:7\"}\n", `{"file":"a.go","line":7}`},
		{"caller string", `{"caller":"main"}`, `{"caller":"main"}`},
		{"caller string, line int", `{"caller":"a.go:7","line":8}`, `{"caller":"a.go:7","line":8}`},
		// A name that is taken already.
		{"level string, severity uint", `{"level":"info","severity":"high"}`, `{"level":"info","severity":"high"}`},
		{"level string, severity uint", `{"level":null}`, `{}`},
	} {
		lines := strings.ReplaceAll(c.lines, "\t", "")
		first, _, _ := strings.Cut(lines, "\n")
		bound := bind(t, Options{Infer: infer.Options{Aliases: aliases()}}, first)
		assert.Equal(t, c.schema+", _overflow string", bound.Schema().String())
		w := bound.NewWorker()
		for range 2 {
			got := rows(parse(bound, w, lines))
			assert.Equal(t, strings.Split(strings.ReplaceAll(strings.TrimSpace(c.want), "\t", ""), "\n"), got)
		}
	}
}

// A caller that is none, where the sample had only such that are split.
func TestLateCaller(t *testing.T) {
	o := Options{Infer: infer.Options{Aliases: aliases()}}
	bound := bind(t, o, `{"caller":"a.go:7"}`)
	for range 2 {
		w := bound.NewWorker()
		assert.Equal(t, []string{`{"file":"b.go","line":8}`, `{"caller":"main"}`, `{"file":"c.go","line":9}`},
			rows(parse(bound, w, "{\"caller\":\"b.go:8\"}\n{\"caller\":\"main\"}\n{\"caller\":\"c.go:9\"}\n")))
	}
}

func TestCallers(t *testing.T) {
	assert.Equal(t, []string{`{"file":"a\\b.go","line":7}`, `{"caller":"main"}`, `{"caller":"3"}`, `{"caller":""}`},
		rows(read(t, Options{Infer: infer.Options{Aliases: aliases()}}, "{\"caller\":\"a\\\\b.go:7\"}\n{\"caller\":\"main\"}\n{\"caller\":3}\n{\"caller\":\"\"}\n")))
}

func TestAliasesOfTheUser(t *testing.T) {
	line := `{"ts":"2026-03-01T00:00:00Z","level":"info","msg":"m","caller":"a.go:1","severity":"x"}`
	for _, c := range []struct {
		o    infer.Options
		want string
	}{
		{infer.Options{Project: []string{"severity", "line"}}, "severity uint, line int"},
		{infer.Options{Project: []string{"level", "caller", "time"}}, "time timestamp, level string, caller string"},
		{infer.Options{Project: []string{"ts", "time", "msg"}}, "ts string, msg string, time timestamp"},
		{infer.Options{Rename: map[string]string{"msg": "text", "ts": "when"}}, "when string, level string, severity uint, text string, file string, line int, _overflow string"},
		{infer.Options{Rename: map[string]string{"severity": "level"}}, "time timestamp, message string, file string, line int, level string, severity uint, _overflow string"},
		{infer.Options{Fields: []infer.Declared{{Name: "time", Type: record.String}, {Name: "msg", Type: record.Bytes}, {Name: "level", Type: record.Bytes}}},
			"time string, level bytes, msg bytes, file string, line int, severity string, _overflow string"},
		{infer.Options{Fields: []infer.Declared{{Name: "severity", Type: record.String}, {Name: "line", Type: record.Float}}},
			"time timestamp, level string, message string, caller string, severity string, line float, _overflow string"},
	} {
		c.o.Aliases = aliases()
		assert.Equal(t, c.want, bind(t, Options{Infer: c.o}, line).Schema().String(), "%+v", c.o)
	}
	assert.Equal(t, "severity uint, time timestamp", bind(t, Options{Infer: infer.Options{Aliases: aliases(), Project: []string{"severity", "time"}}}, `{}`).Schema().String())
}

// What overflows has the names that the columns have.
func TestRenamedOverflow(t *testing.T) {
	o := Options{Infer: infer.Options{Rename: map[string]string{"a": "first", "d": "object", "b.a": "inner", "b.late": "after", "late": "last", "gone": "object.x"}}}
	sample := `{"a":1,"b":{"a":2,"c":3},"d":{"e":4}}`
	bound := bind(t, o, sample)
	text := sample + `
{"a":"x","b":{"a":"y","c":"z"},"d":{"e":"w","f":{"g":1}}}
{"b":{"late":[1],"other":2},"late":3,"d":5}
{"a":"x","first":1,"b":{"a":{"q":1}},"inner":2}
{"late":1,"last":2}
{"b":{"a":{}}}
`
	for range 2 {
		assert.Equal(t, []string{
			`{"first":1,"inner":2,"b":{"c":3},"object":{"e":4}}`,
			`{"b":{"c":"z"},"first":"x","inner":"y","object":{"e":"w","f":{"g":1}}}`,
			`{"after":[1],"b":{"other":2},"last":3,"object":5}`,
			`{"a":"x","b":{"a":{"q":1}},"first":1,"inner":2}`,
			`{"last":2,"late":1}`,
			`{"inner":{}}`,
		}, rows(parse(bound, bound.NewWorker(), text)))
	}
}

// What a line costs is in proportion to its length, also where each of many members has to be told from many names: 80,000 of them took five
// seconds when every one was compared with all others, and take less than a tenth of one.
func TestManyRenamedMembersOverflow(t *testing.T) {
	bound := bind(t, Options{Infer: infer.Options{Rename: map[string]string{"x": "a"}}}, `{"x":1,"a":{"b":1}}`)
	linetest.Linear(t, 3000, func(n int) {
		var inside, beside strings.Builder
		for i := range n {
			fmt.Fprintf(&inside, `,"k%d":1`, i)
			fmt.Fprintf(&beside, `,"t%d":1`, i)
		}
		text := `{"a":{` + inside.String()[1:] + `}` + beside.String() + `,"a.k7":2}` + "\n"
		got := rows(parse(bound, bound.NewWorker(), text))
		require.Len(t, got, 1)
		assert.Contains(t, got[0], `"a.k8":1`)
		assert.Contains(t, got[0], `"a.k7":2`) // the name is taken: the other one keeps its key
		assert.Contains(t, got[0], `"a":{"k7":1}`)
	})
}
