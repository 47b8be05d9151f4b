package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/sawlog/sawlog/lib/internal/source"
	"github.com/sawlog/sawlog/lib/record"
)

// checked is an allocator that knows what is out, and spoils what comes back.
type checked struct {
	mu    sync.Mutex
	out   map[*byte]int
	most  int // were out at once
	wrong int // were freed twice, or never given
}

func (c *checked) Alloc(n int) []byte {
	b := record.Heap.Alloc(n)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.out == nil {
		c.out = map[*byte]int{}
	}
	c.out[&b[0]] = n
	c.most = max(c.most, len(c.out))
	return b
}

func (c *checked) Free(b []byte) {
	c.mu.Lock()
	if _, ok := c.out[&b[0]]; !ok {
		c.wrong++
	}
	delete(c.out, &b[0])
	c.mu.Unlock()
	for i := range b[:min(len(b), 4096)] {
		b[i] = 0xee
	}
}

func (c *checked) left() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.out)
}

// empty waits a little for what a goroutine that is ending still holds.
func (c *checked) empty(t testing.TB) {
	t.Helper()
	assert.Eventually(t, func() bool { return c.left() == 0 }, 10*time.Second, time.Millisecond, "allocations were not given back")
	assert.Zero(t, c.wrong)
}

const limit = 12 // longest line of these tests

// liner is a worker whose records are lines; those that begin with "bad" do not fit, and at "panic" it panics.
type liner struct{}

func (liner) Parse(b *record.Builder, data []byte, n int) {
	for i := 0; i < n; {
		stop := i + bytes.IndexByte(data[i:n], '\n')
		end := stop
		if end > i && data[end-1] == '\r' {
			end--
		}
		if b.Row == b.Cap {
			b.Grow()
		}
		switch text := string(data[i:end]); {
		case len(text) > limit:
			b.RejectCut(record.TooLong, i, i+limit, int64(len(text)))
		case text == "":
			b.Reject(record.Empty, i, end)
		case strings.HasPrefix(text, "bad"):
			b.Reject(record.NoMatch, i, end)
		case text == "panic":
			panic(errBug)
		default:
			b.SetText(&b.Cols[0], data, i, end-i)
			b.Next()
		}
		i = stop + 1
	}
}

func (liner) Explain([]byte) record.Check { return record.Check{} }

var errBug = fmt.Errorf("a bug in the parser")

var schema = record.MustSchema(record.Field{Name: "text", Type: record.String})

// start begins a run over texts, none of them live.
func start(alloc record.Allocator, size, workers int, live bool, texts ...io.Reader) *Pipeline {
	var inputs []source.Input
	for _, text := range texts {
		in := source.Reader(text)
		in.Live = live
		inputs = append(inputs, in)
	}
	return over(source.New(inputs, source.Options{Size: size, Line: limit, Alloc: alloc}), alloc, workers, live)
}

func over(blocks Blocks, alloc record.Allocator, workers int, live bool) *Pipeline {
	return New(blocks, Options{Schema: schema, Present: true, NewWorker: func() record.Worker { return liner{} }, Alloc: alloc, Workers: workers, Live: live})
}

// outcome is everything a run gives.
type outcome struct {
	Texts, Rejects []string
	Lines, Bytes   int64
}

func (o *outcome) add(b *record.Batch) {
	for i := range b.Len() {
		o.Texts = append(o.Texts, b.Columns()[0].Text(i))
	}
	for i := range b.Rejects() {
		r := b.Reject(i)
		o.Rejects = append(o.Rejects, fmt.Sprintf("input %d line %d at %d: %s, %d bytes, %q", r.Source, r.Line, r.Offset, r.Fault, r.Length, r.Raw))
	}
	o.Lines += b.Lines()
	o.Bytes += b.InputBytes()
	b.Release()
}

func collect(p *Pipeline) (out outcome, err error) {
	for {
		b, err := p.Next(context.Background())
		if err != nil {
			return out, err
		}
		out.add(b)
	}
}

// expected is the same made by hand.
func expected(texts ...string) (out outcome) {
	for number, text := range texts {
		at, n := 0, 0
		for _, l := range strings.SplitAfter(text, "\n") {
			if l == "" {
				continue
			}
			n++
			content := strings.TrimSuffix(strings.TrimSuffix(l, "\n"), "\r")
			fault := record.NoFault
			switch {
			case len(content) > limit:
				fault = record.TooLong
			case content == "":
				fault = record.Empty
			case strings.HasPrefix(content, "bad"):
				fault = record.NoMatch
			default:
				out.Texts = append(out.Texts, content)
			}
			if fault != record.NoFault {
				out.Rejects = append(out.Rejects, fmt.Sprintf("input %d line %d at %d: %s, %d bytes, %q", number, n, at, fault, len(content), content[:min(len(content), limit)]))
			}
			at += len(l)
		}
		out.Lines += int64(n)
		out.Bytes += int64(len(text))
	}
	return out
}
