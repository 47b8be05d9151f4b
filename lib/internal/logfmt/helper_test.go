package logfmt

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/linetest"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

var (
	rig = linetest.NewEngine(linetest.Rig{Present: Present, Noise: "=\" \\0\n,t"}, Compile)

	bind, block, rows = rig.Bind, rig.Block, linetest.Rows
)

func timeField(name string) infer.Declared { return clockField(name, "rfc3339") }

func clockField(name, layout string) infer.Declared {
	compiled := timestamp.MustCompile(layout)
	return infer.Declared{Name: name, Type: record.Timestamp, RFC3339: layout == "rfc3339",
		Words: func() infer.Read { return compiled.NewClock(timestamp.Options{}).Parse }}
}

func durationField(name, unit string) infer.Declared {
	return infer.Declared{Name: name, Type: record.Duration, Words: func() infer.Read { return value.ReadDuration(value.Unit(unit)) }}
}

// aliases are fields under several keys, with all roles.
func aliases() []infer.Alias {
	text := func(name string, keys ...string) infer.Alias {
		return infer.Alias{Declared: infer.Declared{Name: name, Type: record.String}, Keys: keys}
	}
	at := infer.Alias{Declared: clockField("time", "auto"), Keys: []string{"time", "t"}}
	at.RFC3339 = true
	level, caller := text("level", "level", "a"), text("caller", "caller", "b")
	level.Role, level.Beside = infer.Level, []string{"severity"}
	caller.Role, caller.Beside = infer.Caller, []string{"file", "line"}
	line := infer.Alias{Declared: infer.Declared{Name: "line", Type: record.Int}, Keys: []string{"line", "n"}}
	return []infer.Alias{at, level, text("message", "msg", "s"), caller, line}
}

// parse parses text in one block.
func parse(bound *Bound, w record.Worker, text string) *record.Batch {
	return rig.Parse(bound, w, text)
}

// read infers from text and parses it twice with one worker, so that the walk knows all shapes the second time, and checks that the
// plain parser agrees.
func read(t testing.TB, o Options, text string) *record.Batch {
	t.Helper()
	return compare(t, bind(t, o, text), text)
}

func compare(t testing.TB, bound *Bound, text string) *record.Batch {
	t.Helper()
	plain := bound.NewWorker().(*worker)
	plain.plain = true
	want := parse(bound, plain, text)
	w, bare := bound.NewWorker(), bound.NewWorker().(*worker)
	bare.quick.on = false
	for range 2 {
		require.Equal(t, dump(want), dump(parse(bound, w, text)), "%q", text)
		require.Equal(t, dump(want), dump(parse(bound, bare, text)), "without vectors: %q", text)
	}
	return want
}

// dump is all that a batch says, one line a row or reject, memory of the numbers included.
func dump(b *record.Batch) []string {
	lines := []string{b.Schema().String()}
	for i := range b.Columns() {
		c := &b.Columns()[i]
		for row := range b.Len() {
			if c.Field().Type.Text() && !c.IsNull(row) {
				lines = append(lines, c.Text(row))
			} else if c.Field().Type == record.Bool {
				lines = append(lines, fmt.Sprint(c.Value(row)))
			}
		}
		if !c.Field().Type.Text() {
			lines = append(lines, string(c.Data()))
		}
		lines = append(lines, string(c.Validity()[:(b.Len()+7)/8]))
	}
	for i := range b.Rejects() {
		r := b.Reject(i)
		lines = append(lines, r.Fault.String()+" "+string(r.Raw), time.Duration(r.Line).String()+time.Duration(r.Offset).String()+time.Duration(r.Length).String())
	}
	return append(lines, time.Duration(b.Lines()).String(), time.Duration(b.Continuations()).String())
}
