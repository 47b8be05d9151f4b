package logstream

import (
	"iter"
	"math"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	sawlog "github.com/sawlog/sawlog/lib"
)

// parts cuts a message between records.
func (t *transformer) parts(m *kgo.Record) iter.Seq[part] {
	return func(yield func(part) bool) {
		first := counts{messages: 1, bytes: int64(len(m.Value))}
		s, err := t.parser.Stream(sawlog.Options{})
		if err != nil {
			yield(t.noPart(m, first))
			return
		}
		defer s.Close()
		for chunk := range slices.Chunk(m.Value, pieceBytes) {
			b, err := s.Feed(chunk)
			if err != nil {
				yield(t.noPart(m, first))
				return
			}
			if b != nil {
				if !yield(t.part(m, b, first)) {
					return
				}
				first = counts{}
			}
		}
		b, err := s.Flush()
		switch {
		case err != nil:
			yield(t.noPart(m, first))
		case b != nil:
			yield(t.part(m, b, first))
		case first.messages > 0: // it holds nothing
			yield(func(*piece) (counts, error) { return first, nil })
		}
	}
}

// part is for a batch of the records of m, and releases it.
func (t *transformer) part(m *kgo.Record, b *sawlog.Batch, count counts) part {
	return func(to *piece) (counts, error) {
		own := *m
		end := min(b.Offset+b.InputBytes(), int64(len(m.Value)))
		own.Value = m.Value[min(b.Offset, end):end]
		in := []*kgo.Record{&own}
		t.ends = append(t.ends[:0], math.MaxInt64)
		count.records += int64(b.Len())
		count.rejects += t.deadLetters(in, b, to)
		if t.arrow != nil {
			return count, t.arrow.batch(t, in, b, to)
		}
		t.rows(&own, b, 0, b.Len(), to)
		b.Release()
		return count, nil
	}
}

// noPart is for a message of which no record can be made.
func (t *transformer) noPart(m *kgo.Record, count counts) part {
	return func(to *piece) (counts, error) {
		count.rejects++
		to.add(t.letter(m, m.Value, "no_match"))
		return count, nil
	}
}
