package logstream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// session is the way in which input is taken, output is sent, and both are settled together.
type session interface {
	// Poll waits for messages, and gives at most so many.
	Poll(ctx context.Context, most int) kgo.Fetches
	// More gives what else is there already.
	More(most int) kgo.Fetches
	Begin() error
	Produce(ctx context.Context, r *kgo.Record, promise func(*kgo.Record, error))
	// Flush returns when all that was produced is acknowledged or has failed: promises have been told.
	Flush(ctx context.Context) error
	// Settle makes all output since Begin valid and all input since then done, or, when ok is false, neither. settled says which it was: the
	// group may have given the input to somebody else meanwhile.
	Settle(ctx context.Context, ok bool) (settled bool, err error)
	// Skip is Settle that takes input as done which was not even read.
	Skip(ctx context.Context, unread []*kgo.ErrDecompressTooLarge) (settled bool, err error)
	Close()
}

// exactlyOnce takes and sends in transactions.
type exactlyOnce struct{ *kgo.GroupTransactSession }

func (s exactlyOnce) Poll(ctx context.Context, most int) kgo.Fetches { return s.PollRecords(ctx, most) }
func (s exactlyOnce) More(most int) kgo.Fetches                      { return more(s.Client(), most) }
func (s exactlyOnce) Flush(ctx context.Context) error                { return s.Client().Flush(ctx) }

// more gives what the client has already.
func more(k *kgo.Client, most int) kgo.Fetches {
	return k.PollRecords(nil, most) //lint:ignore SA1012 nil means: without waiting
}

func (s exactlyOnce) Settle(ctx context.Context, ok bool) (bool, error) {
	return s.End(ctx, kgo.TransactionEndTry(ok))
}

// atLeastOnce commits offsets when the output has been acknowledged. Until then no partition moves to another member.
type atLeastOnce struct{ *kgo.Client }

func (s atLeastOnce) Poll(ctx context.Context, most int) kgo.Fetches {
	s.AllowRebalance()
	return s.PollRecords(ctx, most)
}
func (s atLeastOnce) More(most int) kgo.Fetches { return more(s.Client, most) }
func (s atLeastOnce) Begin() error              { return nil }

func (s atLeastOnce) Settle(ctx context.Context, ok bool) (bool, error) {
	if !ok {
		return false, errors.New("output was not acknowledged") // the group gives its input out again when this member ends
	}
	return true, s.CommitUncommittedOffsets(ctx) // of what was polled
}

func (s atLeastOnce) Close() { s.CloseAllowingRebalance() }

// transform makes output of messages of one partition, in their order, and adds it to a piece.
type transform interface {
	messages(in []*kgo.Record, to *piece) (counts, error)
	unread(*kgo.ErrDecompressTooLarge) kgo.Record
}

// processor is the loop from poll to settle.
type processor struct {
	session   session
	transform transform
	pieces    *pieces
	metrics   *metrics
	tracer    trace.Tracer
	log       *slog.Logger
	settle    time.Duration // how long a batch may take
	most      int           // messages in a batch
	ask       int           // messages to ask for at a time, as their size wants it
	unread    []*kgo.ErrDecompressTooLarge
}

// errUnsettled means that a batch could not be settled, or that whether it is settled is not known.
var errUnsettled = errors.New("settle")

// run works until ctx ends: then what was polled is settled, and nothing more is polled.
func (p *processor) run(ctx context.Context) error {
	defer p.session.Close()
	for {
		fetches := p.session.Poll(ctx, p.next(0, 0))
		if ctx.Err() != nil || fetches.IsClientClosed() {
			return nil
		}
		if err := p.errors(ctx, fetches); err != nil {
			return err
		}
		settled, err := true, error(nil)
		if !fetches.Empty() {
			settled, err = p.batch(context.WithoutCancel(ctx), fetches)
		}
		if err == nil && len(p.unread) > 0 {
			err = p.skip(context.WithoutCancel(ctx), settled)
		}
		if err != nil {
			return err
		}
	}
}

// next is how many messages to ask for, given how many have just come and what they weighed.
func (p *processor) next(messages, bytes int64) int {
	if p.ask == 0 {
		p.ask = firstAsked
	}
	if messages > 0 {
		p.ask = int(min(max(batchBytes*messages/max(bytes, 1), 1), int64(p.most)))
	}
	return min(p.ask, p.most)
}

// errors logs what went wrong with partitions and with the group: the client tries again by itself, except where it cannot.
func (p *processor) errors(ctx context.Context, fetches kgo.Fetches) (fatal error) {
	fetches.EachError(func(topic string, partition int32, err error) {
		var lost *kgo.ErrDataLoss
		var large *kgo.ErrDecompressTooLarge
		switch {
		case errors.As(err, &large):
			p.unread = append(p.unread, large) // what is before it comes first
		case errors.As(err, &lost):
			p.log.ErrorContext(ctx, "the broker has lost messages", "topic", topic, "partition", partition, "error", err)
		case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		case passing(err):
			p.log.WarnContext(ctx, "the group cannot be joined now", "error", err)
		default:
			p.log.ErrorContext(ctx, "fetch", "topic", topic, "partition", partition, "error", err)
			fatal = fmt.Errorf("fetch %s/%d: %w", topic, partition, err)
		}
	})
	return fatal
}

// passing tells whether an error is the group's and will pass: its broker is away, or busy. The client goes on trying to join.
func passing(err error) bool {
	var group *kgo.ErrGroupSession
	var refused *kerr.Error
	return errors.As(err, &group) && (!errors.As(err, &refused) || refused.Retriable)
}

// batch transforms what was polled and what else there is, sends it, and settles both.
func (p *processor) batch(ctx context.Context, first kgo.Fetches) (settled bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, p.settle)
	defer cancel()
	ctx, span := p.tracer.Start(ctx, "process", trace.WithSpanKind(trace.SpanKindConsumer))
	defer span.End()
	b := &batch{begun: time.Now(), span: span}
	if err := p.session.Begin(); err != nil {
		return false, fmt.Errorf("%w: begin: %w", errUnsettled, err)
	}
	failed := p.fill(ctx, b, first)
	unsent := errors.Join(p.session.Flush(ctx), b.error())
	produced := time.Since(b.begun)
	settled, err = p.session.Settle(ctx, failed == nil && unsent == nil)
	span.SetAttributes(attribute.Int64("logstream.messages", b.count.messages), attribute.Int64("logstream.records", b.count.records),
		attribute.Int64("logstream.rejects", b.count.rejects), attribute.Bool("logstream.settled", settled))
	if all := errors.Join(failed, unsent, err); all != nil {
		span.RecordError(all)
		span.SetStatus(codes.Error, "not settled")
		if failed != nil {
			return false, fmt.Errorf("batch: %w", all)
		}
		if err != nil {
			return false, fmt.Errorf("%w: %w", errUnsettled, all)
		}
		// Brokers were away for longer than a batch may take. Nothing of it is valid, and its input comes again.
		p.log.ErrorContext(ctx, "sent again", "error", unsent)
	}
	if !settled && unsent == nil {
		p.log.InfoContext(ctx, "the group has given partitions to others meanwhile: the batch comes again there", "messages", b.count.messages)
	}
	p.log.DebugContext(ctx, "batch", "messages", b.count.messages, "produced", produced, "settled", time.Since(b.begun))
	p.metrics.batch(ctx, b, settled)
	return settled, nil
}

// fill takes what was polled and what else there is, until the batch is full or nothing is there. What the client has is taken from it whole,
// so that it fetches more meanwhile.
func (p *processor) fill(ctx context.Context, b *batch, polled kgo.Fetches) error {
	for {
		before := b.count
		if err := b.take(ctx, p, polled); err != nil {
			return err
		}
		if b.full(p.most) || b.error() != nil {
			return nil
		}
		polled = p.session.More(min(p.next(b.count.messages-before.messages, b.count.bytes-before.bytes), p.most-int(b.count.messages)))
		if err := p.errors(ctx, polled); err != nil {
			return err
		}
		if polled.Empty() {
			return nil
		}
	}
}
