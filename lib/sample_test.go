package sawlog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The columns are those of the first entries, of which each has several lines.
func TestColumnsOfEntriesDoNotDependOnHowTheInputIsCut(t *testing.T) {
	var input strings.Builder
	for i := range 1100 {
		fmt.Fprintf(&input, "__CURSOR=%d\n__REALTIME_TIMESTAMP=1772694550250000\n", i)
		if i == 600 {
			input.WriteString("LATE=1\n")
		}
		input.WriteString("MESSAGE=up\n\n")
	}
	for _, c := range []struct {
		definition string
		late       bool
	}{{`{"journald_export": {}}`, true}, {`{"journald_export": {}, "sample_records": 600}`, false}, {`{"journald_export": {}, "sample_records": 601, "meta": ["line"]}`, true}} {
		p, err := NewParser(c.definition)
		require.NoError(t, err)
		b := p.Parse([]byte(input.String()))
		assert.Equal(t, c.late, b.Schema().Find("LATE") >= 0, c.definition)
		var want outcome
		want.add(b)
		r, err := p.OpenReader(strings.NewReader(input.String()), Options{BlockSize: 3000, Threads: 2})
		require.NoError(t, err)
		require.Equal(t, want, readAll(t, r), c.definition)
		s, err := p.Stream(Options{})
		require.NoError(t, err)
		require.Equal(t, want, feed(t, s, input.String()[:40000], input.String()[40000:]), c.definition)
	}
}

// A live stream gives its records as they come where the options say how many are enough.
func TestASampleOfOneRecord(t *testing.T) {
	for definition, line := range map[string]string{
		`{"format": "json", "sample_records": 1}`:                      `{"msg":"up"}`,
		`{"format": "logfmt", "sample_records": 1}`:                    `msg=up`,
		`{"sample_records": 1}`:                                        `{"msg":"up"}`,
		`{"format": "json", "envelope": "cri", "sample_records": 1}`:   `2026-03-05T08:09:10Z stdout F {"msg":"up"}`,
		`{"json": {"sample_records": 1}, "envelope": "cri"}`:           `2026-03-05T08:09:10Z stdout F {"msg":"up"}`,
		`{"formats": ["common", "json"], "sample_records": 1}`:         `{"msg":"up"}`,
		`{"format": "json", "sample_records": 1, "redact": ["email"]}`: `{"msg":"up"}`,
		`{"journald_export": {}, "sample_records": 1}`:                 "MESSAGE=up\n",
	} {
		p, err := NewParser(definition)
		require.NoError(t, err)
		s, err := p.Stream(Options{})
		require.NoError(t, err)
		for range 3 {
			b, err := s.Feed([]byte(line + "\n"))
			require.NoError(t, err)
			if assert.NotNil(t, b, definition) {
				assert.Equal(t, 1, b.Len(), definition)
				b.Release()
			}
		}
		s.Close()
	}
}
