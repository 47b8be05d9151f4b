package ndjson

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/linetest"
	"github.com/sawlog/sawlog/lib/record"
)

var (
	rig = linetest.NewEngine(linetest.Rig{Present: Present, Noise: "}\"]\\0\n,t"}, Compile)

	bind, block, rows = rig.Bind, rig.Block, linetest.Rows
)

// readTime reads RFC 3339 the slow way.
func readTime() infer.Read {
	return func(b []byte, i int) (int64, int, bool) {
		rest := b[i:]
		end := bytes.IndexAny(rest, "\"\n")
		if end < 0 {
			return 0, 0, false
		}
		at, err := time.Parse(time.RFC3339Nano, string(rest[:end]))
		return at.UnixNano(), i + end, err == nil
	}
}

func timeField(name string) infer.Declared {
	return infer.Declared{Name: name, Type: record.Timestamp, Words: readTime, RFC3339: true}
}

// aliases are fields under several keys, with all roles.
func aliases() []infer.Alias {
	text := func(name string, keys ...string) infer.Alias {
		return infer.Alias{Declared: infer.Declared{Name: name, Type: record.String}, Keys: keys}
	}
	at := infer.Alias{Declared: timeField("time"), Keys: []string{"time", "ts", "e"}}
	level, caller := text("level", "level", "c", "log.level"), text("caller", "caller", "b")
	level.Role, level.Beside = infer.Level, []string{"severity"}
	caller.Role, caller.Beside = infer.Caller, []string{"file", "line"}
	line := infer.Alias{Declared: infer.Declared{Name: "line", Type: record.Int}, Keys: []string{"line", "late"}}
	return []infer.Alias{at, level, text("message", "msg", "d", "a.a"), caller, line, text("error", "err", "error.a", "a.b")}
}

// parse parses text in one block.
func parse(bound *Bound, w record.Worker, text string) *record.Batch {
	return rig.Parse(bound, w, text)
}

// read infers from text and parses it twice with one worker, so that the walk knows all shapes the second time, and checks that the
// plain parser agrees.
func read(t testing.TB, o Options, text string) *record.Batch {
	t.Helper()
	bound := bind(t, o, text)
	plain := bound.NewWorker().(*worker)
	plain.plain = true
	want := parse(bound, plain, text)
	w := bound.NewWorker()
	for range 2 {
		same(t, want, parse(bound, w, text))
	}
	return want
}

func same(t testing.TB, want, got *record.Batch) {
	t.Helper()
	require.Equal(t, dump(want), dump(got))
}

// dump is all that a batch says, one line a row or reject, memory of the numbers included.
func dump(b *record.Batch) []string {
	lines := []string{b.Schema().String()}
	for i := range b.Len() {
		lines = append(lines, string(b.AppendJSON(nil, i, false)))
	}
	for i := range b.Rejects() {
		r := b.Reject(i)
		lines = append(lines, r.Fault.String()+" "+string(r.Raw), time.Duration(r.Line).String()+time.Duration(r.Offset).String())
	}
	for i := range b.Columns() {
		if c := &b.Columns()[i]; !c.Field().Type.Text() {
			lines = append(lines, string(c.Data()), string(c.Validity()[:(b.Len()+7)/8]))
		}
	}
	lines = append(lines, string(b.Buffers()[0]), time.Duration(b.Lines()).String(), time.Duration(b.Continuations()).String())
	return lines
}
