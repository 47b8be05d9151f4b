package linetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/record"
)

// Engine is a Rig for an engine that decides its columns by a sample.
type Engine[O any, P interface {
	Bind(sample []byte) (B, error)
}, B Bound] struct {
	Rig
	compile func(O) (P, error)
}

// NewEngine makes an Engine.
func NewEngine[O any, P interface {
	Bind(sample []byte) (B, error)
}, B Bound](rig Rig, compile func(O) (P, error)) *Engine[O, P, B] {
	return &Engine[O, P, B]{rig, compile}
}

// Bind compiles the options and binds them to a sample.
func (e *Engine[O, P, B]) Bind(t testing.TB, options O, sample string) B {
	t.Helper()
	p, err := e.compile(options)
	require.NoError(t, err)
	b, err := p.Bind([]byte(sample))
	require.NoError(t, err)
	return b
}

// Read binds the options to text, parses it and takes account of it.
func (e *Engine[O, P, B]) Read(t testing.TB, options O, text string) *record.Batch {
	t.Helper()
	bound := e.Bind(t, options, text)
	batch := e.Parse(bound, bound.NewWorker(), text)
	e.Account(t, bound, batch, text)
	return batch
}
