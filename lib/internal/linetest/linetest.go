// Package linetest is what the tests of engines that read lines have in common. Nothing but tests imports it.
package linetest

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Rounds is how many of n rounds over random input there are: a tenth of them in a short run.
func Rounds(n int) int {
	if testing.Short() {
		return max(n/10, 1)
	}
	return n
}

// Bound is an engine that knows its columns.
type Bound interface {
	Schema() *record.Schema
	NewWorker() record.Worker
}

// Rig says how an engine is tested.
type Rig struct {
	Present   bool   // how a Builder's columns start out
	Noise     string // bytes that mean something to the engine: they stand behind each block, where they must not matter
	Directive string // how lines begin that say how those behind them are read; "" where there are none
}

// Block puts text into memory as workers get it: a line feed at the end, and slack filled with what must not matter.
func (r Rig) Block(text string) ([]byte, int) {
	n := len(text)
	b := make([]byte, n+1+scan.Slack)
	copy(b, text)
	if n > 0 && text[n-1] != '\n' {
		b[n] = '\n'
		n++
	}
	for i := n; i < len(b); i++ {
		b[i] = r.Noise[i%len(r.Noise)]
	}
	return b[:n], n
}

// Parse parses pieces of a stream into one batch.
func (r Rig) Parse(bound Bound, w record.Worker, pieces ...string) *record.Batch {
	b := record.NewBuilder(bound.Schema(), record.Heap, r.Present)
	b.Start(1)
	for _, text := range pieces {
		data, n := r.Block(text)
		b.Begin(data, n, false)
		w.Parse(b, data, n)
		for line := range bytes.Lines(data[:n]) { // as who reads the stream in order does
			if r.Directive != "" && bytes.HasPrefix(line, []byte(r.Directive)) {
				b.Before = bytes.TrimRight(line, "\r\n")
			}
		}
	}
	return b.Finish()
}

// Allocations is how many rows text gives, and how often a worker that knows it allocates for all of them.
func (r Rig) Allocations(bound Bound, text string) (rows int, allocations float64) {
	data, n := r.Block(text)
	w := bound.NewWorker()
	b := record.NewBuilder(bound.Schema(), record.Heap, r.Present)
	var batch record.Batch
	parse := func() {
		b.Restart()
		b.Begin(data, n, false)
		w.Parse(b, data, n)
		b.FinishInto(&batch)
	}
	parse()
	rows = batch.Len()
	return rows, testing.AllocsPerRun(10, parse)
}

// Benchmark measures how fast a worker reads text.
func (r Rig) Benchmark(b *testing.B, bound Bound, w record.Worker, text string) {
	data, n := r.Block(text)
	builder := record.NewBuilder(bound.Schema(), record.Heap, r.Present)
	b.SetBytes(int64(n))
	rows := 0
	for b.Loop() {
		builder.Start(8192)
		builder.Begin(data, n, false)
		w.Parse(builder, data, n)
		batch := builder.Finish()
		rows += batch.Len()
		batch.Release()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
}

// Account checks what holds for any input: records, asides and rejects are the lines; rejects stand where they say, and can be
// explained; a line alone gives what it gives in the block.
func (r Rig) Account(t testing.TB, bound Bound, batch *record.Batch, text string) {
	t.Helper()
	data, n := r.Block(text)
	lines := bytes.SplitAfter(data[:n], []byte("\n"))
	lines = lines[:len(lines)-1]
	require.Equal(t, int64(len(lines)), batch.Lines())
	require.Equal(t, batch.Lines(), int64(batch.Len()+batch.Rejects())+batch.Continuations())
	w := bound.NewWorker()
	for i := range batch.Rejects() {
		reject := batch.Reject(i)
		require.Equal(t, string(data[reject.Offset:int(reject.Offset)+len(reject.Raw)]), string(reject.Raw))
		require.Equal(t, int64(bytes.Count(data[:reject.Offset], []byte("\n"))), reject.Line-1)
		line := data[reject.Offset : reject.Offset+reject.Length]
		check := w.Explain(line)
		if r.Directive == "" || check.Fault != "no_match" { // alone it may not tell which header it follows
			require.Equal(t, reject.Fault.String(), check.Fault, "%q", line)
		}
		require.True(t, check.Offset >= 0 && check.Offset <= len(line), "%+v", check)
	}
	var pieces []string
	for _, line := range lines {
		pieces = append(pieces, string(line))
	}
	require.Equal(t, Dump(batch), Dump(r.Parse(bound, bound.NewWorker(), pieces...)))
}

// Told parses text, of which a missing last newline is added, and gives the rows as JSON without nulls, the rejects as "fault line: raw", and how
// many lines it was.
func (r Rig) Told(bound interface{ Schema() *record.Schema }, w record.Worker, text string) (rows, rejects []string, lines int) {
	if text == "" {
		text = "\n"
	}
	b := record.NewBuilder(bound.Schema(), record.Heap, r.Present)
	b.Start(1)
	data, n := r.Block(text)
	b.Begin(data, n, false)
	w.Parse(b, data, n)
	batch := b.Finish()
	for i := range batch.Len() {
		rows = append(rows, string(batch.AppendJSON(nil, i, true)))
	}
	for i := range batch.Rejects() {
		reject := batch.Reject(i)
		rejects = append(rejects, fmt.Sprintf("%s %d: %s", reject.Fault, reject.Line, reject.Raw))
	}
	return rows, rejects, int(batch.Lines())
}

// Rows are the rows as JSON without nulls; rejects as "! fault".
func Rows(b *record.Batch) []string {
	lines := []string{}
	for i := range b.Len() {
		lines = append(lines, string(b.AppendJSON(nil, i, true)))
	}
	for i := range b.Rejects() {
		lines = append(lines, "! "+b.Reject(i).Fault.String())
	}
	return lines
}

// Dump is all that a batch says.
func Dump(b *record.Batch) string {
	text := b.Schema().String() + "\n"
	for i := range b.Len() {
		text += string(b.AppendJSON(nil, i, false)) + "\n"
	}
	for i := range b.Rejects() {
		r := b.Reject(i)
		text += fmt.Sprintf("%s %d %d %d %q\n", r.Fault, r.Line, r.Offset, r.Length, r.Raw)
	}
	return text + fmt.Sprint(b.Lines(), b.Continuations())
}
