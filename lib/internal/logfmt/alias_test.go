package logfmt

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sawlog/sawlog/lib/internal/infer"
)

// What lines give whose schema comes from the first of them.
func TestAliases(t *testing.T) {
	for _, c := range []struct{ schema, lines, want string }{
		{"time timestamp, level string, severity uint, message string",
			`t=2026-03-01T00:00:00Z level=Info msg="x y"
			t="2026-03-01 00:00:01" level="wa\u0072n" msg
			t= level=30 msg=1
			t=1772694550.25 level
			level=error level=debug`,
			`{"time":"2026-03-01T00:00:00Z","level":"Info","severity":6,"message":"x y"}
			{"time":"2026-03-01T00:00:01Z","level":"warn","severity":4,"message":"true"}
			{"level":"30","message":"1"}
			{"time":"2026-03-05T07:09:10.25Z","level":"true"}
			{"level":"debug","severity":7}`},
		{"time timestamp, x string", // what does not fit is kept under the field's name
			`t=2026-03-01T00:00:00Z x=1a
			t=later x=2
			t=5 t=later x=3
			t=later t=5 x=4
			t time=x x=5`,
			`{"time":"2026-03-01T00:00:00Z","x":"1a"}
			{"time":"later","x":"2"}
			{"time":"later","x":"3"}
			{"time":"1970-01-01T00:00:05Z","x":"4"}
			{"t":true,"time":"x","x":"5"}`},
		{"time string", "t=14:05\nt=5", "{\"time\":\"14:05\"}\n{\"time\":\"5\"}"},
		{"line int", "line=\"12\"\nn=7\nline=x", "{\"line\":12}\n{\"n\":7}\n{\"line\":\"x\"}"},
		{"file string, line int", "caller=a.go:7\ncaller=\"b\\\\c.go:8\"\ncaller=main", "{\"file\":\"a.go\",\"line\":7}\n{\"file\":\"b\\\\c.go\",\"line\":8}\n{\"caller\":\"main\"}"},
		{"caller string, line int", "caller=a.go:7 n=3", `{"caller":"a.go:7","line":3}`},
		{"caller string", "caller=main\ncaller=a.go:7", "{\"caller\":\"main\"}\n{\"caller\":\"a.go:7\"}"},
		{"level string, severity uint", "a=info severity=high", `{"level":"info","severity":"high"}`},
	} {
		lines := strings.ReplaceAll(c.lines, "\t", "")
		first, _, _ := strings.Cut(lines, "\n")
		bound := bind(t, Options{Infer: infer.Options{Aliases: aliases()}}, first)
		assert.Equal(t, c.schema+", _overflow string", bound.Schema().String())
		assert.Equal(t, strings.Split(strings.ReplaceAll(c.want, "\t", ""), "\n"), rows(compare(t, bound, lines)))
	}
}

// What overflows has the names that the columns have.
func TestRenamedOverflow(t *testing.T) {
	o := Options{Infer: infer.Options{Rename: map[string]string{"a": "first", "late": "last"}}}
	bound := bind(t, o, "a=1")
	assert.Equal(t, []string{`{"first":1}`, `{"first":"x","last":2}`, `{"a":"x","first":"y"}`, `{"last":1,"late":2}`},
		rows(compare(t, bound, "a=1\na=x late=2\na=x first=y\nlast=1 late=2\n")))
}
