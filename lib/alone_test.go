package sawlog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/formats"
)

// Behind a line that does not fit, at whatever byte it goes wrong, a line gives what it gives alone: nothing of a reject is left.
func TestALineGivesTheSameBehindAReject(t *testing.T) {
	t.Parallel()
	all, err := formats.All()
	require.NoError(t, err)
	definitions := map[string][]string{
		`{"json": {}, "fields": {"l": "list<int>", "a.b": "string"}}`: {`{"m":{"a":[1,{"b":"c\n"}]},"l":[1,2,3],"a":{"b":"x\ty"},"other":{"deep":[[1],[2]]}}`},
		`{"syslog": {"rfc": 5424}}`:                                   {`<34>1 2026-03-01T10:00:00Z h a - - [x@1 a="1" b="\"2\""][y@1 c="3"] text`},
		`{"grok": "%{WORD:a} %{NUMBER:b:int} \\[%{DATA:c}\\]"}`:       {"word 12 [data]"},
	}
	for _, f := range all {
		for _, s := range f.Samples {
			definition := fmt.Sprintf(`{"format": %q}`, f.Name)
			definitions[definition] = append(definitions[definition], s.Input)
		}
	}
	for definition, lines := range definitions {
		p, err := NewParser(definition)
		require.NoError(t, err, definition)
		for _, line := range lines {
			if strings.Contains(line, "\n") {
				continue
			}
			aloneBehind(t, p, definition, line)
		}
	}
}

func aloneBehind(t *testing.T, p *Parser, definition, line string) {
	alone := p.Parse([]byte(line + "\n"))
	defer alone.Release()
	if alone.Len() != 1 {
		return // a header, or a refused line
	}
	want := string(alone.AppendJSON(nil, 0, false))
	step := 1
	if testing.Short() {
		step = 29
	}
	for cut := 0; cut < len(line); cut += step {
		both := p.Parse([]byte(line[:cut] + "\n" + line + "\n"))
		if both.Rejects() == 1 && both.Len() == 1 {
			if !assert.Equal(t, want, string(both.AppendJSON(nil, 0, false)), "%s behind %q", definition, line[:cut]) {
				return
			}
		}
		both.Release()
	}
}
