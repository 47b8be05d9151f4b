package sawlog

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/formats"
)

// declared are definitions of fields that not every value fits, with lines that do and lines that do not.
var declared = map[string]string{
	`{"json": {}, "fields": {"n": "int", "t": "timestamp rfc3339", "ip": "ip", "l": "list<int>", "a.f": "float", "ok": "bool"}}`: `{"n":1,"t":"2026-03-05T07:09:10Z","ip":"192.0.2.1","l":[1,2],"a":{"f":1.5,"g":"x"},"ok":true,"s":"x"}
{"n":"x","s":"y"}
{"t":"yesterday","s":"y"}
{"ip":"300.0.0.1"}
{"l":[1,"x"]}
{"a":{"g":"y","f":"x"}}
{"ok":"perhaps"}
{"s":"z"}
`,
	`{"logfmt": {}, "fields": {"n": "int", "t": "timestamp rfc3339", "d": "duration s", "ok": "bool", "ip": "ip"}}`:   "n=1 t=2026-03-05T07:09:10Z d=1.5 ok=true ip=192.0.2.1 s=x\nn=x s=y\nt=x s=y\nd=x\nok=perhaps\nip=x\nn=2 n=x\ns=z\n",
	`{"keyvalue": {}, "fields": {"n": "int", "t": "timestamp rfc3339", "d": "duration s", "ok": "bool", "ip": "ip"}}`: "n=1 t=2026-03-05T07:09:10Z d=1.5 ok=true ip=192.0.2.1 s=x\nn=x s=y\nt=x s=y\nd=x\nok=perhaps\nip=x\nn=2 n=x\ns=z\n",
	`{"csv": {"header": true}, "fields": {"n": "int", "t": "timestamp rfc3339", "f": "float"}}`:                       "n,t,f,s\n1,2026-03-05T07:09:10Z,1.5,x\nx,,,\n,x,,\n,,x,\n,,,y\n",
	`{"dissect": "%{n} %{f} %{s}", "fields": {"n": "int", "f": "float"}}`:                                             "1 1.5 x\nx 1 y\n1 x y\n2 2 z\n",
}

// Which lines are records does not depend on the columns that are wanted, and what the wanted ones hold neither.
func TestRejectsDoNotDependOnProjection(t *testing.T) {
	all, err := formats.All()
	require.NoError(t, err)
	texts := map[string]string{}
	for _, f := range all {
		var lines []string
		for _, s := range f.Samples {
			lines = append(lines, s.Input)
			for cut := 3; cut < len(s.Input) && !strings.Contains(s.Input, "\n"); cut += 11 {
				lines = append(lines, s.Input[:cut], s.Input[:cut]+"x"+s.Input[cut+1:])
			}
		}
		texts[fmt.Sprintf(`{"format": %q}`, f.Name)] = strings.Join(lines, "\n") + "\n"
	}
	for definition, text := range declared {
		texts[definition] = text
	}
	for definition, text := range texts {
		t.Run(definition, func(t *testing.T) {
			t.Parallel()
			p, err := NewParser(definition)
			require.NoError(t, err)
			whole := p.Parse([]byte(text))
			defer whole.Release()
			names := whole.Schema().Names()
			for start := range min(len(names), 4) {
				var wanted []string
				for i := start; i < len(names); i += 4 {
					wanted = append(wanted, names[i])
				}
				sameRecords(t, whole, definition, text, wanted)
			}
		})
	}
}

func sameRecords(t *testing.T, whole *Batch, definition, text string, wanted []string) {
	list, err := json.Marshal(wanted)
	require.NoError(t, err)
	p, err := NewParser(strings.TrimSuffix(definition, "}") + `, "columns": ` + string(list) + "}")
	require.NoError(t, err)
	part := p.Parse([]byte(text))
	defer part.Release()
	require.Subset(t, part.Schema().Names(), wanted)
	assert.Equal(t, refusedLines(whole), refusedLines(part), "%v", wanted)
	if whole.Schema().Find("_overflow") >= 0 {
		return // it has what the wanted columns do not take, and a column that is called by its name is no alias
	}
	for _, name := range wanted {
		assert.Equal(t, whole.Column(name).Nulls(), part.Column(name).Nulls(), name)
	}
}

func refusedLines(b *Batch) (refused []string) {
	for i := range b.Rejects() {
		r := b.Reject(i)
		refused = append(refused, fmt.Sprintf("%d %s %s", r.Line, r.Fault, r.Raw))
	}
	return refused
}

// Any text may be the name of a column that is shown, and a column that is not shown never takes another one's name.
func TestNamesOfHiddenColumnsAreFree(t *testing.T) {
	for definition, want := range map[string]string{
		`{"json": {}}`: `{"0":"a","\u0000":"b","\u0000n":2,"n":3}`,
		`{"json": {}, "columns": ["0", "\u0000n"], "fields": {"n": "int", "\u0000": "string"}}`: `{"0":"a","\u0000n":2}`,
	} {
		p, err := NewParser(definition)
		require.NoError(t, err)
		batch := p.Parse([]byte(`{"0":"a","\u0000":"b","\u0000n":2,"n":3}` + "\n" + `{"n":"x"}` + "\n"))
		require.JSONEq(t, want, string(batch.AppendJSON(nil, 0, true)), definition)
		batch.Release()
	}
}

// A map that no record of the sample has is a column of nulls.
func TestAMapThatIsAskedForMayBeMissing(t *testing.T) {
	p, err := NewParser(`{"format": "caddy", "columns": ["request_headers", "method"]}`)
	require.NoError(t, err)
	for _, input := range []string{"", "no JSON\n", `{"level":"info","ts":1772694550.25,"logger":"http.log.access","msg":"handled request","request":{"method":"GET"},"status":200}` + "\n"} {
		b := p.Parse([]byte(input))
		at := b.Schema().Find("request_headers")
		require.GreaterOrEqual(t, at, 0)
		assert.Equal(t, "map<string,list<string>>", b.Schema().Fields[at].TypeName())
		assert.Equal(t, b.Len(), b.Columns()[at].Nulls())
		b.Release()
	}
}

// What a vocabulary writes otherwise is found though other columns are stored in front of it and not shown.
func TestAVocabularyWithColumnsThatAreNotShown(t *testing.T) {
	const input = "#Fields: date time c-ip cs-method cs-version sc-bytes\n2026-03-05 07:09:10 192.0.2.1 GET HTTP/1.1 5\n2026-03-05 07:09:10 192.0.2.1 GET HTTP/2.0 6\n"
	for definition, want := range map[string]string{
		`{"format": "w3c", "names": "ecs", "columns": ["bytes", "protocol"]}`:                       `{"http.version":"1.1","http.response.body.bytes":5}{"http.version":"2.0","http.response.body.bytes":6}`,
		`{"format": "w3c", "names": "ecs", "columns": ["bytes"], "where": {"protocol": "\"2.0\""}}`: `{"http.response.body.bytes":6}`,
	} {
		p, err := NewParser(definition)
		require.NoError(t, err)
		var got string
		b := p.Parse([]byte(input))
		for i := range b.Len() {
			got += string(b.AppendJSON(nil, i, true))
		}
		assert.Equal(t, want, got, definition)
		b.Release()
	}
}
