package ndjson

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

func mapAliases() []infer.Alias {
	texts := func(name string, keys ...string) infer.Alias {
		return infer.Alias{Declared: infer.Declared{Name: name, Type: record.String}, Keys: keys}
	}
	maps := func(name string, keys ...string) infer.Alias {
		return infer.Alias{Declared: infer.Declared{Name: name, Type: record.Map}, Keys: keys}
	}
	level := texts("level", "lvl")
	level.Role, level.Beside = infer.Level, []string{"severity"}
	return []infer.Alias{maps("attributes", "_*"), maps("fields", "fields", "data"), level, texts("message", "msg", "fields.message")}
}

// What lines give whose schema comes from the first of them.
func TestMaps(t *testing.T) {
	for _, c := range []struct{ schema, lines, want string }{
		{"message string, fields map<string,string>, attributes map<string,string>", // a map takes what has no field
			`{"fields":{"message":"m","a":1,"b":{"c":[2]},"d":null,"e":"x\ty"},"_u":"v"}
			{"fields":{"later":true,"message":"n"},"_w":{}}
			{"fields":{}}
			{"fields":{"a":1,"a":2}}
			{"fields":"text","_":5}`,
			`{"message":"m","fields":{"a":"1","b":"{\"c\":[2]}","d":null,"e":"x\ty"},"attributes":{"u":"v"}}
			{"message":"n","fields":{"later":"true"},"attributes":{"w":"{}"}}
			{"fields":{}}
			{"fields":{"a":"2"}}
			{"attributes":{"":"5"},"fields":"text"}`},
		{"fields map<string,string>, attributes map<string,string>", "{\"data\":{\"x\":1}}\n{\"fields\":{\"x\":1}}", "{\"fields\":{\"x\":\"1\"}}\n{\"fields\":{\"x\":1}}"},
	} {
		lines := strings.ReplaceAll(c.lines, "\t\t\t", "")
		first, _, _ := strings.Cut(lines, "\n")
		bound := bind(t, Options{Infer: infer.Options{Aliases: mapAliases()}}, first)
		schema := bound.Schema()
		for _, field := range strings.Split(c.schema, ", ") {
			name, kind, _ := strings.Cut(field, " ")
			at := schema.Find(name)
			require.GreaterOrEqual(t, at, 0, name)
			assert.Equal(t, kind, schema.Fields[at].TypeName())
		}
		w := bound.NewWorker()
		for range 3 { // the walk must not learn them wrong
			got := rows(parse(bound, w, lines))
			for i, want := range strings.Split(strings.ReplaceAll(c.want, "\t\t\t", ""), "\n") {
				assert.JSONEq(t, want, got[i])
			}
		}
	}
}

// With Fixed all fields are there, and what comes later finds its column.
func TestFixed(t *testing.T) {
	o := Options{Infer: infer.Options{Aliases: mapAliases(), Fixed: true}, Levels: value.NewLevels(map[string]int{"30": 6})}
	for _, first := range []string{"", `{"x":1}`, `{"msg":null}`, `{"fields":{"x":1}}`} {
		bound := bind(t, o, first)
		for _, name := range []string{"attributes", "fields", "level", "severity", "message"} {
			assert.GreaterOrEqual(t, bound.Schema().Find(name), 0, name)
		}
		got := rows(parse(bound, bound.NewWorker(), `{"lvl":30,"msg":"m","_a":"b","fields":{"y":2}}`+"\n"+`{"lvl":"info"}`))
		assert.JSONEq(t, `{"level":"30","severity":6,"message":"m","attributes":{"a":"b"},"fields":{"y":"2"}}`, got[0], first)
		assert.JSONEq(t, `{"level":"info","severity":6}`, got[1], first)
	}
	o.Infer.Project = []string{"attributes", "level"}
	bound := bind(t, o, "")
	assert.Equal(t, []string{"level", "attributes"}, bound.Schema().Names())
	assert.JSONEq(t, `{"level":"30","attributes":{"a":"b"}}`, rows(parse(bound, bound.NewWorker(), `{"lvl":30,"msg":"m","_a":"b","fields":{"y":2}}`))[0])
}

func TestInstants(t *testing.T) {
	at := infer.Alias{Declared: timeField("time"), Keys: []string{"instant", "timeMillis"}}
	bound := bind(t, Options{Infer: infer.Options{Aliases: []infer.Alias{at}, Fixed: true}}, `{"instant":{"epochSecond":1,"nanoOfSecond":5}}`)
	lines := `{"instant":{"epochSecond":1493121664,"nanoOfSecond":118000001}}
{"instant":{"nanoOfSecond" : 118000000, "epochSecond" : 1493121664}}
{"instant":{"epochSecond":7}}
{"instant":{"epochSecond":-7}}
{"instant":{"epochSecond":7,"nanoOfSecond":1000000000}}
{"instant":"2026-03-05T07:09:10Z"}`
	want := []string{`{"time":"2017-04-25T12:01:04.118000001Z"}`, `{"time":"2017-04-25T12:01:04.118Z"}`, `{"time":"1970-01-01T00:00:07Z"}`, `{"time":{"epochSecond":-7}}`,
		`{"time":{"epochSecond":7,"nanoOfSecond":1000000000}}`, `{"time":"2026-03-05T07:09:10Z"}`}
	w := bound.NewWorker()
	for range 2 {
		got := rows(parse(bound, w, lines))
		for i := range want {
			assert.JSONEq(t, want[i], got[i])
		}
	}
}

func TestMatching(t *testing.T) {
	s, err := infer.CompileSignature([]map[string]string{{"level": "int", "log.level": "none", "msg": "string?"}, {"log.level": "string", "@version": "=1"}})
	require.NoError(t, err)
	for line, want := range map[string]int{
		`{"level":30}`: 1, `{"level":30,"msg":"x"}`: 1, `{"level":30,"msg":5}`: 0, `{"level":30,"msg":null}`: 1, `{"level":"30"}`: 0, `{"level":null}`: 0, `{"level":30,"log.level":"x"}`: 0,
		`{"level":30,"log":{"level":"x"}}`: 0, `{"level":30,"log":"x"}`: 1, `{"log":{"level":"x"},"@version":"1"}`: 1, `{"log.level":"x","@version":1}`: 1, `{"log.level":"x","@version":2}`: 0,
		`{"level":"x","level":30}`: 1, `[]`: 0, `x`: 0, ``: 0, "{\"level\":30}\r\n{\"level\":40}\n\n{}": 2,
	} {
		assert.Equal(t, want, Matching([]byte(line), s), line)
	}
}

// Objects whose members go to a map are walked as any other value, and give what the plain parser gives.
func TestMapsAreWalked(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 8))
	word := func() string { return []string{"x", "", "an \\n escape", "\\u00e9", "text"}[r.IntN(5)] }
	value := func() string {
		return []string{`"` + word() + `"`, "1", "-2.5e3", "true", "null", `["` + word() + `","y"]`, "[]", `{"b":{"c":[2]}}`, "{}", `{"message":"inside"}`}[r.IntN(10)]
	}
	object := func() string {
		var members []string
		for _, key := range []string{"message", "user", "a", "b", "b", "\\u0061", "late"} {
			if r.IntN(4) == 0 {
				continue
			}
			v := value()
			if r.IntN(3) > 0 {
				v = `"` + word() + `"`
			}
			members = append(members, `"`+key+`":`+v)
		}
		return "{" + strings.Join(members, ",") + "}"
	}
	user := infer.Alias{Declared: infer.Declared{Name: "user", Type: record.String, First: true}, Keys: []string{"data.user"}}
	lists := infer.Alias{Declared: infer.Declared{Name: "data", Type: record.Map}, Keys: []string{"data"}, Lists: true}
	for _, project := range [][]string{nil, {"message", "level"}, {"fields"}, {"data", "user"}} {
		for _, aliases := range [][]infer.Alias{mapAliases(), mapAliases()[1:], {lists, user, mapAliases()[3]}} {
			var lines []string
			for range 200 {
				line := `{"lvl":"info","fields":` + object() + `,"data":` + object() + `,"n":` + []string{"1", "2.5", "x"}[r.IntN(21)/10] + `}`
				if r.IntN(10) == 0 {
					line = strings.Replace(line, `"fields":{`, `"fields":`+value()+`,"_own":{`, 1)
				}
				lines = append(lines, line)
			}
			text := strings.Join(lines, "\n")
			bound := bind(t, Options{Infer: infer.Options{Aliases: aliases, Project: project}}, text)
			plain, w := bound.newWorker(false), bound.newWorker(false)
			plain.plain = true
			want := rows(parse(bound, plain, text))
			for range 2 { // what is written anew stands in another order
				got := rows(parse(bound, w, text))
				for k := range lines {
					require.Equal(t, want[k], got[k], lines[k])
				}
			}
		}
	}
}

// A record whose maps have other members than those before is no new shape.
func TestMapsAreOneShape(t *testing.T) {
	for _, looked := range []bool{false, true} {
		got, size := walked(t, Options{Infer: infer.Options{Aliases: mapAliases()[1:]}}, `{"fields":{"message":"m","a":1},"lvl":"info"}
{"fields":{"b":[1],"message":"n"},"lvl":"warn"}
{"fields":{},"lvl":"warn"}
`, looked)
		require.Equal(t, size, got)
	}
}
