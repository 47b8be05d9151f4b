package pattern

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func FuzzNginx(f *testing.F) {
	for _, seed := range []string{nginxCombined, "log_format m escape=json '{\"a\":\"$status\"}' \"x\\\"\" # c\n $pid;", "$uri$is_args$args", "${a}$$",
		"$remote_addr:$remote_port$time_local", "escape=none", "'", "log_format", "$request $request", "\\", "é$ü", "$host:$server_port$request_uri"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { checkCompiled(t, text, CompileNginx) })
}

func FuzzApache(f *testing.F) {
	for _, seed := range []string{apacheCombined, `LogFormat "%v:%p \"%r\" \\t" x`, "%!400,2{a}i%<U%q", "%{begin:%d %T}t.%{msec_frac}t %{end:sec}t", "%{", "%^ti", "%^",
		"CustomLog a b", "combined", "%X%t%h", "\"\\\"", "%{%}t", "%{%E}t%{%OS}t", "%\xff", "%{%%}t", "%{sec}t%{usec_frac}t"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { checkCompiled(t, text, CompileApache) })
}

// checkCompiled holds what is true of every text: an error points into it, a tree is well formed.
func checkCompiled(t *testing.T, text string, compile func(string) (*Tree, error)) {
	tree, err := compile(text)
	if err != nil {
		var e *Error
		require.ErrorAs(t, err, &e)
		assert.NotEmpty(t, e.Message)
		assert.True(t, 0 <= e.Pos && e.Pos <= len(text), "position %d of %d", e.Pos, len(text))
		assert.Less(t, len(e.Error()), 1000)
		return
	}
	values, seen := 0, map[string]bool{}
	for i, e := range tree.Elements {
		assert.True(t, 0 <= e.Pos && e.Pos <= len(text))
		assert.NotEmpty(t, e.Source)
		if e.Kind == KindLiteral {
			assert.NotEmpty(t, e.Literal)
			assert.NotContains(t, e.Literal, "\n")
			assert.False(t, i > 0 && tree.Elements[i-1].Kind == KindLiteral, "two literals in a row")
			continue
		}
		values++
		if i > 0 {
			before := tree.Elements[i-1]
			assert.True(t, before.Kind == KindLiteral || before.Width > 0 || e.Prefix != "", "%s%s", before.Source, e.Source)
		}
		assert.Equal(t, e.Kind == KindTime, e.Kind == KindTime && e.Layout != "")
		assert.GreaterOrEqual(t, e.Skip, 0)
		for _, field := range e.Fields() {
			assert.NotEmpty(t, field)
			assert.False(t, seen[field] && !e.Part, "%s twice", field)
			seen[field] = true
		}
	}
	assert.Positive(t, values)
	if tree.Else != nil {
		assert.Subset(t, tree.Fields(), tree.Else.Fields())
	}
	assert.Equal(t, strings.Count(tree.String(), "\n"), 0)
}

func FuzzFromConfiguration(f *testing.F) {
	f.Add("http { log_format a '$status'; log_format b \"${x}\"; }", "a")
	f.Add("LogFormat \"%h \\\"%r\\\"\" a\\\n\nErrorLogFormat \"%M\"", "error")
	f.Fuzz(func(t *testing.T, text, name string) {
		for _, language := range []string{"nginx", "apache", "loki"} {
			format, at, err := FromConfiguration(language, text, name)
			if err == nil && text[at:at+len(format)] != format {
				t.Fatalf("%q is not at %d", format, at)
			}
		}
	})
}
