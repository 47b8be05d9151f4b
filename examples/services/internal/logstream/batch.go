package logstream

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel/trace"
)

// batch is what is settled together.
type batch struct {
	begun  time.Time
	span   trace.Span
	links  int // of the span
	taken  []taken
	more   map[int32]bool // by partition: the brokers had more than was taken
	count  counts
	failed atomic.Pointer[error] // the first output message's that was not acknowledged
}

// taken is what a poll has brought of a partition.
type taken struct {
	partition int32
	lag       int64 // messages behind the last one
	oldest    time.Time
}

func takenOf(part kgo.FetchTopicPartition) taken {
	last := part.Records[len(part.Records)-1]
	return taken{part.Partition, max(0, part.HighWatermark-last.Offset-1), part.Records[0].Timestamp}
}

// note keeps what a poll has brought of a partition. Messages of a transaction that is open still are not there to be read.
func (b *batch) note(part kgo.FetchTopicPartition) {
	if len(part.Records) == 0 {
		return
	}
	if b.more == nil {
		b.more = map[int32]bool{}
	}
	b.taken = append(b.taken, takenOf(part))
	b.more[part.Partition] = part.Records[len(part.Records)-1].Offset+1 < min(part.HighWatermark, part.LastStableOffset)
}

// behind tells whether the brokers had more than was taken of them.
func (b *batch) behind() bool {
	for _, more := range b.more {
		if more {
			return true
		}
	}
	return false
}

// counts is what became of messages.
type counts struct {
	messages, bytes, records, rejects int64
}

func (c *counts) add(d counts) {
	c.messages += d.messages
	c.bytes += d.bytes
	c.records += d.records
	c.rejects += d.rejects
}

// A batch ends with what is there already. While messages come as fast as they are worked on, it ends after some time, because what is not
// settled cannot be read; and later when they lag behind anyway, because settling costs the time of some round trips.
const (
	batchTime  = 250 * time.Millisecond
	behindTime = time.Second
)

func (b *batch) full(most int) bool {
	age := time.Since(b.begun)
	return b.count.messages >= int64(most) || age > behindTime || age > batchTime && !b.behind()
}

func (b *batch) fail(err error) {
	first := fmt.Errorf("produce: %w", err)
	b.failed.CompareAndSwap(nil, &first)
}

func (b *batch) error() error {
	if err := b.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// take transforms what was polled, and sends it without waiting, piece by piece. After each piece the client's goroutines have their turn: on
// one core they would wait otherwise, and the brokers for them.
func (b *batch) take(ctx context.Context, p *processor, polled kgo.Fetches) (err error) {
	polled.EachPartition(func(part kgo.FetchTopicPartition) {
		b.note(part)
		b.link(part.Records)
		for rest := part.Records; len(rest) > 0 && err == nil && b.error() == nil; {
			n := cut(rest)
			if len(rest[0].Value) > largeMessage { // it is alone
				err = b.large(ctx, p, rest[0])
			} else {
				err = b.piece(ctx, p, rest[:n])
			}
			rest = rest[n:]
			runtime.Gosched()
		}
	})
	return err
}

// large is for one message of many lines: its parts are pieces. The collector takes it when all of them are acknowledged.
func (b *batch) large(ctx context.Context, p *processor, m *kgo.Record) error {
	for part := range p.transform.parts(m) {
		if err := b.send(ctx, p, nil, part); err != nil || b.error() != nil {
			return err
		}
		runtime.Gosched()
	}
	return nil
}

func (b *batch) piece(ctx context.Context, p *processor, in []*kgo.Record) error {
	return b.send(ctx, p, in, func(to *piece) (counts, error) { return p.transform.messages(in, to) })
}

// send makes a piece, and sends its output.
func (b *batch) send(ctx context.Context, p *processor, in []*kgo.Record, fill part) error {
	piece, err := p.pieces.take(ctx)
	if err != nil { // the brokers have not taken anything for long: it is as if this had been sent and not been acknowledged
		b.fail(err)
		return nil
	}
	piece.in, piece.batch = in, b
	count, err := fill(piece)
	if err != nil {
		return err
	}
	b.count.add(count)
	promise := piece.acknowledged
	piece.left.Store(int64(len(piece.out)) + 1)
	for i := range piece.out {
		p.session.Produce(ctx, &piece.out[i], promise)
	}
	piece.done()
	return nil
}

// maxLinks bounds how many traces a batch names.
const maxLinks = 32

// link names the traces that messages belong to, by their header traceparent. Output messages carry the header on.
func (b *batch) link(in []*kgo.Record) {
	if !b.span.IsRecording() {
		return
	}
	for _, r := range in {
		for _, h := range r.Headers {
			if h.Key != "traceparent" || b.links == maxLinks {
				continue
			}
			if s := spanContext(string(h.Value)); s.IsValid() {
				b.links++
				b.span.AddLink(trace.Link{SpanContext: s})
			}
		}
	}
}
