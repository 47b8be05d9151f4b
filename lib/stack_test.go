package sawlog_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	sawlog "github.com/sawlog/sawlog/lib"
)

const traces = `2026-03-05 07:09:10 ERROR a.B - failed
java.lang.IllegalStateException: x
	at a.B.c(B.java:7)
Caused by: java.io.IOException: y
	... 5 more
2026-03-05 07:09:11 INFO a.B - two
lines
2026-03-05 07:09:12 ERROR a.B - both
more of it
Traceback (most recent call last):
  File "a.py", line 7, in f
ValueError: z
2026-03-05 07:09:13 said nothing
	at a.B.c(B.java:7)
2026-03-05 07:09:14 INFO a.B - last
`

func TestStack(t *testing.T) {
	const definition = `{"line": "{time:timestamp iso} {level:level} {logger} - {message}", "multiline": "time", "stack": "stack"`
	want := []string{
		`{"time":"2026-03-05T07:09:10Z","level":"ERROR","severity":3,"logger":"a.B","message":"failed","stack":"java.lang.IllegalStateException: x\n\tat a.B.c(B.java:7)\nCaused by: java.io.IOException: y\n\t... 5 more"}`,
		`{"time":"2026-03-05T07:09:11Z","level":"INFO","severity":6,"logger":"a.B","message":"two\nlines"}`,
		`{"time":"2026-03-05T07:09:12Z","level":"ERROR","severity":3,"logger":"a.B","message":"both\nmore of it","stack":"Traceback (most recent call last):\n  File \"a.py\", line 7, in f\nValueError: z"}`,
		`{"time":"2026-03-05T07:09:14Z","level":"INFO","severity":6,"logger":"a.B","message":"last"}`,
	}
	for _, c := range []struct{ more, text string }{{"", traces}, {"", strings.ReplaceAll(traces, "\n", "\r\n")}, {`, "names": "ecs"`, traces}, {`, "columns": ["message", "stack"]`, traces}, {`, "columns": ["message"]`, traces}, {`, "utf8": "bytes"`, traces}} {
		p, err := sawlog.NewParser(definition + c.more + "}")
		require.NoError(t, err, c.more)
		batch := p.Parse([]byte(c.text))
		require.Equal(t, len(want), batch.Len(), c.more)
		require.Equal(t, 1, batch.Rejects())
		assert.Equal(t, "2026-03-05 07:09:13 said nothing\n\tat a.B.c(B.java:7)", strings.ReplaceAll(string(batch.Reject(0).Raw), "\r", ""))
		assert.Equal(t, int64(15), batch.Lines())
		switch c.more {
		case "":
			for i := range want {
				assert.JSONEq(t, want[i], strings.ReplaceAll(string(batch.AppendJSON(nil, i, true)), `\r`, ""))
			}
		case `, "names": "ecs"`:
			assert.Contains(t, p.Schema().Names(), "error.stack_trace")
		case `, "columns": ["message", "stack"]`:
			assert.Equal(t, []string{"message", "stack"}, p.Schema().Names())
			assert.JSONEq(t, `{"message":"both\nmore of it","stack":"Traceback (most recent call last):\n  File \"a.py\", line 7, in f\nValueError: z"}`, string(batch.AppendJSON(nil, 2, true)))
		case `, "columns": ["message"]`:
			assert.Equal(t, []string{"message"}, p.Schema().Names())
		}
		batch.Release()
	}
	p, err := sawlog.NewParser(definition + "}")
	require.NoError(t, err)
	assert.True(t, p.Explain([]byte("2026-03-05 07:09:10 ERROR a.B - failed\n\tat a.B.c(B.java:7)")).OK)
	assert.False(t, p.Explain([]byte("2026-03-05 07:09:10 said\n\tat a.B.c(B.java:7)")).OK)
	batch := p.ParseRecord([]byte("2026-03-05 07:09:10 ERROR a.B - failed\n\tat a.B.c(B.java:7)\n"))
	assert.JSONEq(t, `{"time":"2026-03-05T07:09:10Z","level":"ERROR","severity":3,"logger":"a.B","message":"failed","stack":"\tat a.B.c(B.java:7)"}`, string(batch.AppendJSON(nil, 0, true)))
	batch.Release()
	_, err = sawlog.NewParser(`{"line": "{message}", "stack": "message"}`)
	assert.ErrorContains(t, err, `there is a field "message" already`)
}

// Empty lines around a trace are part of neither it nor the message; those inside of it are.
func TestStackBetweenEmptyLines(t *testing.T) {
	const text = "2026-03-05 07:09:10 ERROR a.B - failed\n\n\nTraceback (most recent call last):\n  File \"a.py\", line 7, in f\n\nValueError: z\n\n\n2026-03-05 07:09:11 INFO a.B - \n\n"
	for _, ending := range []string{"\n", "\r\n"} {
		p, err := sawlog.NewParser(`{"line": "{time:timestamp iso} {level:level} {logger} - {message}", "multiline": "time", "stack": "stack"}`)
		require.NoError(t, err)
		batch := p.Parse([]byte(strings.ReplaceAll(text, "\n", ending)))
		require.Equal(t, 2, batch.Len())
		assert.Equal(t, int64(11), batch.Lines())
		assert.JSONEq(t, `{"time":"2026-03-05T07:09:10Z","level":"ERROR","severity":3,"logger":"a.B","message":"failed","stack":"Traceback (most recent call last):\n  File \"a.py\", line 7, in f\n\nValueError: z"}`, strings.ReplaceAll(string(batch.AppendJSON(nil, 0, true)), `\r`, ""))
		batch.Release()
		assert.True(t, p.Explain([]byte("2026-03-05 07:09:10 ERROR a.B - failed"+ending+ending+"\tat a.B.c(B.java:7)")).OK)
	}
}
