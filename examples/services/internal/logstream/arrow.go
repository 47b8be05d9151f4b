package logstream

import (
	"bytes"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	sawlog "github.com/sawlog/sawlog/lib"
	arrowgo "github.com/sawlog/sawlog/lib/arrow"
)

// arrowOutput gives a message for each piece: its rows as an Arrow IPC stream, with the offsets of the messages they come from.
type arrowOutput struct {
	options arrowgo.Options
	writer  *arrowgo.Writer
	schema  *sawlog.Schema // the writer's
}

func newArrowOutput() *arrowOutput {
	return &arrowOutput{options: arrowgo.Options{Allocator: &columns{}}}
}

// batch takes b over.
func (a *arrowOutput) batch(t *transformer, in []*kgo.Record, b *sawlog.Batch, to *piece) error {
	defer b.Release()
	if b.Len() == 0 {
		return nil
	}
	start := len(to.arena)
	if err := a.write(to, b); err != nil {
		return fmt.Errorf("arrow: %w", err)
	}
	first, last := in[0], in[len(in)-1]
	value := to.arena[start:len(to.arena):len(to.arena)]
	if len(value) > t.most {
		to.arena = to.arena[:start]
		if len(in) == 1 {
			to.add(t.letter(first, first.Value, tooLong))
			return nil
		}
		return a.halves(t, in, to)
	}
	to.add(kgo.Record{Topic: t.records, Partition: first.Partition, Value: value, Timestamp: last.Timestamp, Headers: []kgo.RecordHeader{
		{Key: "content-type", Value: []byte("application/vnd.apache.arrow.stream")},
		{Key: "sawlog.offsets", Value: fmt.Appendf(nil, "%d-%d", first.Offset, last.Offset)},
	}})
	return nil
}

// write writes a stream of one batch: who reads a message needs no other.
func (a *arrowOutput) write(to *piece, b *sawlog.Batch) (err error) {
	if a.writer == nil || a.schema != b.Schema() {
		a.schema = b.Schema()
		a.writer, err = arrowgo.NewStreamWriter(to, a.schema, a.options)
	} else {
		err = a.writer.Again(to)
	}
	if err != nil {
		return err
	}
	if err := a.writer.Write(b); err != nil {
		return err
	}
	return a.writer.Close()
}

// halves writes the two halves of what was too large together. Their rejects have been dealt with.
func (a *arrowOutput) halves(t *transformer, in []*kgo.Record, to *piece) error {
	middle := len(in) / 2
	for _, half := range [][]*kgo.Record{in[:middle], in[middle:]} {
		var block []byte
		for _, m := range half {
			block = append(append(block, bytes.TrimSuffix(m.Value, []byte("\n"))...), '\n')
		}
		if err := a.batch(t, half, t.parser.Parse(block), to); err != nil {
			return err
		}
	}
	return nil
}

// columns is the memory in which texts are gathered for a stream: it is used again for the next one.
type columns struct{ free shelves[byte] }

const keptColumns = 16 << 20

// Allocate is for memory.Allocator.
func (c *columns) Allocate(size int) []byte {
	b := c.free.take(size)[:size]
	clear(b)
	return b
}

// Reallocate is for memory.Allocator.
func (c *columns) Reallocate(size int, b []byte) []byte {
	if size <= cap(b) {
		old := len(b)
		b = b[:size]
		clear(b[min(old, size):])
		return b
	}
	to := c.Allocate(size)
	copy(to, b)
	c.Free(b)
	return to
}

// Free is for memory.Allocator.
func (c *columns) Free(b []byte) { c.free.put(b, keptColumns) }
