package grok

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// block is text as a worker wants it; a missing last newline is added.
func block(text string) ([]byte, int) {
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	data := make([]byte, len(text)+scan.Slack)
	n := copy(data, text)
	for i := n; i < len(data); i++ {
		data[i] = "\n \"\\-19["[i%8]
	}
	return data, n
}

// parse gives rows as JSON and rejects as "fault line: raw".
func parse(p *Plan, w record.Worker, text string) (rows, rejects []string) {
	data, n := block(text)
	b := record.NewBuilder(p.Schema(), record.Heap, Present)
	b.Start(1)
	b.Begin(data, n, false)
	w.Parse(b, data, n)
	batch := b.Finish()
	for r := range batch.Len() {
		rows = append(rows, string(batch.AppendJSON(nil, r, true)))
	}
	for i := range batch.Rejects() {
		reject := batch.Reject(i)
		rejects = append(rejects, fmt.Sprintf("%s %d: %s", reject.Fault, reject.Line, reject.Raw))
	}
	if got, want := batch.Lines(), int64(bytes.Count(data[:n], []byte("\n"))); got != want {
		panic(fmt.Sprintf("%d lines became %d", want, got))
	}
	return rows, rejects
}
