package logstream

import (
	"bytes"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	sawlog "github.com/sawlog/sawlog/lib"
	arrowgo "github.com/sawlog/sawlog/lib/arrow"
)

// arrowOutput gives a message for each block: its rows as an Arrow IPC stream, with the offsets of the messages they come from.
type arrowOutput struct {
	options arrowgo.Options
}

// batch takes b over.
func (a *arrowOutput) batch(t *transformer, in []*kgo.Record, b *sawlog.Batch) error {
	defer b.Release()
	if b.Len() == 0 {
		return nil
	}
	start := len(t.arena)
	w, err := arrowgo.NewStreamWriter((*arena)(t), b.Schema(), a.options)
	if err != nil {
		return fmt.Errorf("arrow: %w", err)
	}
	if err := w.Write(b); err != nil {
		return fmt.Errorf("arrow: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("arrow: %w", err)
	}
	first, last := in[0], in[len(in)-1]
	value := t.arena[start:len(t.arena):len(t.arena)]
	if len(value) > t.most {
		t.arena = t.arena[:start]
		if len(in) == 1 {
			t.letter(first, first.Value, "too_large")
			return nil
		}
		return a.halves(t, in)
	}
	t.put(kgo.Record{Topic: t.records, Partition: first.Partition, Value: value, Timestamp: last.Timestamp, Headers: []kgo.RecordHeader{
		{Key: "content-type", Value: []byte("application/vnd.apache.arrow.stream")},
		{Key: "sawlog.offsets", Value: fmt.Appendf(nil, "%d-%d", first.Offset, last.Offset)},
	}})
	return nil
}

// halves writes the two halves of what was too large together. Their rejects have been dealt with.
func (a *arrowOutput) halves(t *transformer, in []*kgo.Record) error {
	middle := len(in) / 2
	for _, half := range [][]*kgo.Record{in[:middle], in[middle:]} {
		var block []byte
		for _, m := range half {
			block = append(append(block, bytes.TrimSuffix(m.Value, []byte("\n"))...), '\n')
		}
		if err := a.batch(t, half, t.parser.Parse(block)); err != nil {
			return err
		}
	}
	return nil
}

// arena appends to a transformer's arena what is written to it.
type arena transformer

func (a *arena) Write(p []byte) (int, error) {
	a.arena = append(a.arena, p...)
	return len(p), nil
}
