package zeek

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/linetest"
	"github.com/sawlog/sawlog/lib/record"
)

var rig = linetest.Rig{Present: Present, Noise: "-1.\n\t#,\\", Directive: "#fields"}

func bind(t testing.TB, o Options, sample string) *Bound {
	t.Helper()
	p, err := Compile(o)
	require.NoError(t, err)
	b, err := p.Bind([]byte(sample))
	require.NoError(t, err)
	return b
}

func parse(bound *Bound, w record.Worker, pieces ...string) *record.Batch {
	return rig.Parse(bound, w, pieces...)
}

// read infers from text and parses it.
func read(t testing.TB, o Options, text string) *record.Batch {
	t.Helper()
	bound := bind(t, o, text)
	batch := parse(bound, bound.NewWorker(), text)
	account(t, bound, batch, text)
	return batch
}

func account(t testing.TB, bound *Bound, batch *record.Batch, text string) {
	t.Helper()
	rig.Account(t, bound, batch, text)
}

func rows(b *record.Batch) []string { return linetest.Rows(b) }
