package zeek

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// block puts text into memory as workers get it: a line feed at the end, and slack filled with what must not matter.
func block(text string) ([]byte, int) {
	n := len(text)
	b := make([]byte, n+1+scan.Slack)
	copy(b, text)
	if n > 0 && text[n-1] != '\n' {
		b[n] = '\n'
		n++
	}
	for i := n; i < len(b); i++ {
		b[i] = "-1.\n\t#,\\"[i%8]
	}
	return b[:n], n
}

func bind(t testing.TB, o Options, sample string) *Bound {
	t.Helper()
	p, err := Compile(o)
	require.NoError(t, err)
	b, err := p.Bind([]byte(sample))
	require.NoError(t, err)
	return b
}

func parse(bound *Bound, w record.Worker, pieces ...string) *record.Batch {
	b := record.NewBuilder(bound.Schema(), record.Heap, Present)
	b.Start(1)
	for _, text := range pieces {
		data, n := block(text)
		b.Begin(data, n, false)
		w.Parse(b, data, n)
		for line := range bytes.Lines(data[:n]) { // as who reads the stream in order does
			if bytes.HasPrefix(line, []byte("#fields")) {
				b.Before = bytes.TrimRight(line, "\r\n")
			}
		}
	}
	return b.Finish()
}

// read infers from text and parses it.
func read(t testing.TB, o Options, text string) *record.Batch {
	t.Helper()
	bound := bind(t, o, text)
	batch := parse(bound, bound.NewWorker(), text)
	account(t, bound, batch, text)
	return batch
}

// rows are the rows as JSON without nulls; rejects as "! fault".
func rows(b *record.Batch) []string {
	lines := []string{}
	for i := range b.Len() {
		lines = append(lines, string(b.AppendJSON(nil, i, true)))
	}
	for i := range b.Rejects() {
		lines = append(lines, "! "+b.Reject(i).Fault.String())
	}
	return lines
}

// account checks what holds for any input: records, asides and rejects are the lines; rejects stand where they say, and can be
// explained; a line alone gives what it gives in the block.
func account(t testing.TB, bound *Bound, batch *record.Batch, text string) {
	t.Helper()
	data, n := block(text)
	lines := bytes.SplitAfter(data[:n], []byte("\n"))
	lines = lines[:len(lines)-1]
	require.Equal(t, int64(len(lines)), batch.Lines())
	require.Equal(t, batch.Lines(), int64(batch.Len()+batch.Rejects())+batch.Continuations())
	w := bound.NewWorker()
	for i := range batch.Rejects() {
		r := batch.Reject(i)
		require.Equal(t, string(data[r.Offset:int(r.Offset)+len(r.Raw)]), string(r.Raw))
		require.Equal(t, int64(bytes.Count(data[:r.Offset], []byte("\n"))), r.Line-1)
		line := data[r.Offset : r.Offset+r.Length]
		check := w.Explain(line)
		require.Contains(t, []string{r.Fault.String(), "no_match"}, check.Fault, "%q", line) // alone it may not tell which header it follows
		require.True(t, check.Offset >= 0 && check.Offset <= len(line), "%+v", check)
	}
	var pieces []string
	for _, line := range lines {
		pieces = append(pieces, string(line))
	}
	require.Equal(t, dump(batch), dump(parse(bound, bound.NewWorker(), pieces...)))
}

// dump is all that a batch says.
func dump(b *record.Batch) string {
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
