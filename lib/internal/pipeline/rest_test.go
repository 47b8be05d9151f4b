package pipeline

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/source"
	"github.com/sawlog/sawlog/lib/record"
)

// parts are three blocks that lack something.
type parts struct {
	alloc   record.Allocator
	fails   func(b *source.Block) error // of the second one
	given   int
	dropped atomic.Int32
}

func (p *parts) Next() (source.Block, error) { return source.Block{}, errBug }
func (p *parts) Close()                      {}
func (p *parts) Read(b *source.Block) error {
	if b.Offset == 12 {
		return p.fails(b)
	}
	copy(b.Data, "one\ntwo\nten\n")
	return nil
}
func (p *parts) Drop() { p.dropped.Add(1) }

func (p *parts) NextRest(context.Context) (source.Block, error) {
	if p.given == 3 {
		return source.Block{}, io.EOF
	}
	p.given++
	data := p.alloc.Alloc(12 + scan.Slack)
	for i := range data {
		data[i] = '\n'
	}
	return source.Block{Data: data, N: 12, Offset: int64(12 * (p.given - 1)), Rest: p}, nil
}

func TestWhatIsMissingInABlockIsReadByItsWorker(t *testing.T) {
	failed := errors.New("a bad disk")
	texts := func(begin ...string) []string { return append(begin, "one", "two", "ten") }
	cases := map[string]struct {
		fails func(b *source.Block) error
		texts []string
		err   string
	}{
		"all":           {func(b *source.Block) error { copy(b.Data, "six\nten\ntwo\n"); return nil }, texts("one", "two", "ten", "six", "ten", "two"), "EOF"},
		"a part":        {func(b *source.Block) error { copy(b.Data, "six\n"); b.N = 4; return failed }, append(texts(), "six"), failed.Error()},
		"nothing":       {func(b *source.Block) error { b.N = 0; return failed }, texts(), failed.Error()},
		"an early end":  {func(b *source.Block) error { b.N = 0; return nil }, texts("one", "two", "ten"), "EOF"},
		"not even that": {func(b *source.Block) error { panic(errBug) }, texts(), errBug.Error()},
	}
	for name, c := range cases {
		for _, workers := range []int{2, 5} {
			alloc := &checked{}
			blocks := &parts{alloc: alloc, fails: c.fails}
			p := over(blocks, alloc, workers, false)
			out, err := collect(p)
			assert.ErrorContains(t, err, c.err, name)
			assert.Equal(t, c.texts, out.Texts, name)
			_, again := p.Next(context.Background())
			assert.Equal(t, err, again, "the end stays the end")
			p.Close()
			alloc.empty(t)
			late := int32(0) // the third block may still wait for its worker when the second fails
			if c.err != "EOF" {
				late = 1
			}
			assert.LessOrEqual(t, blocks.dropped.Load(), late, "each was read")
		}
	}
}
