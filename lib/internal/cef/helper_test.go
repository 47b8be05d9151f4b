package cef

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/linetest"
	"github.com/sawlog/sawlog/lib/record"
)

var rig = linetest.Rig{Present: Present, Noise: "=|\\\n:\t a"}

func compile(t testing.TB, o Options) *Plan {
	t.Helper()
	p, err := Compile(o)
	require.NoError(t, err)
	return p
}

func parse(bound *Plan, w record.Worker, pieces ...string) *record.Batch {
	return rig.Parse(bound, w, pieces...)
}

func read(t testing.TB, o Options, text string) *record.Batch {
	t.Helper()
	p := compile(t, o)
	batch := parse(p, p.NewWorker(), text)
	account(t, p, batch, text)
	return batch
}

func account(t testing.TB, bound *Plan, batch *record.Batch, text string) {
	t.Helper()
	rig.Account(t, bound, batch, text)
}

func rows(b *record.Batch) []string { return linetest.Rows(b) }

func dump(b *record.Batch) string { return linetest.Dump(b) }
