package logstream

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"runtime"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"
	"go.opentelemetry.io/otel/trace"
)

// transform makes output of messages of one partition, in their order, and adds it to a piece.
type transform interface {
	messages(in []*kgo.Record, to *piece) (counts, error)
	// parts is messages of a large one, part by part.
	parts(m *kgo.Record) iter.Seq[part]
	unread(unread) kgo.Record
}

// part adds the output of a part of a message to a piece.
type part func(to *piece) (counts, error)

// processor is the loop from poll to settle.
type processor struct {
	input     string // topic
	group     string
	session   session
	transform transform
	pieces    *pieces
	metrics   *metrics
	tracer    trace.Tracer
	log       *slog.Logger
	settle    time.Duration // how long a batch may take
	most      int           // messages in a batch
	unread    []unread

	topics func(context.Context) error // tells whether they still fit together; may be nil

	skipDamaged bool // batches
	noRoom      bool // for what the brokers have: a poll said so
	unsent      bool // the last batch comes again, as its output was not taken
}

// errUnsettled means that a batch could not be settled, or that whether it is settled is not known.
var errUnsettled = errors.New("settle")

// run works until ctx ends: then what was polled is settled, and nothing more is polled.
func (p *processor) run(ctx context.Context) error {
	defer p.session.Close()
	for {
		fetches := p.session.Poll(ctx, p.most)
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
		if p.noRoom && fetches.Empty() {
			p.makeRoom(ctx)
		}
		p.noRoom = false
		if p.unsent {
			pause(ctx, time.Second) // whatever it is, it may be over then, and is no load until then
		}
		p.unsent = false
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// makeRoom is for when nothing is under way and there is no room nevertheless: the client has dropped messages, which only the collector finds.
func (p *processor) makeRoom(ctx context.Context) {
	runtime.GC()
	pause(ctx, 10*time.Millisecond)
}

// errors logs what went wrong with partitions and with the group: the client tries again by itself, except where it cannot.
func (p *processor) errors(ctx context.Context, fetches kgo.Fetches) (fatal error) {
	fetches.EachPartition(func(part kgo.FetchTopicPartition) {
		if part.Err == nil {
			return
		}
		err, topic, partition := part.Err, part.Topic, part.Partition
		var lost *kgo.ErrDataLoss
		if u, ok := unreadOf(part); ok {
			if !slices.ContainsFunc(p.unread, u.samePlace) { // the client may have tried again
				p.unread = append(p.unread, u) // what is before it comes first
			}
			return
		}
		switch {
		case errors.Is(err, errNoRoom): // the client fetches it again
			p.noRoom = true
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

// refused tells whether brokers will not take output ever: it would be made and sent again without end.
func refused(err error) bool {
	return slices.ContainsFunc([]error{kerr.MessageTooLarge, kerr.RecordListTooLarge, kerr.InvalidRecord, kerr.InvalidTopicException, kerr.PolicyViolation,
		kerr.TopicAuthorizationFailed, kerr.ClusterAuthorizationFailed, kerr.TransactionalIDAuthorizationFailed}, func(e error) bool { return errors.Is(err, e) })
}

// batch transforms what was polled and what else there is, sends it, and settles both.
func (p *processor) batch(ctx context.Context, first kgo.Fetches) (settled bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, p.settle)
	defer cancel()
	ctx, span := p.tracer.Start(ctx, "process "+p.input, trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(semconv.MessagingSystemKafka,
		semconv.MessagingOperationTypeProcess, semconv.MessagingOperationName("process"), semconv.MessagingDestinationName(p.input), semconv.MessagingConsumerGroupName(p.group)))
	defer span.End()
	b := &batch{begun: time.Now(), span: span}
	if err := p.session.Begin(); err != nil {
		return false, fmt.Errorf("%w: begin: %w", errUnsettled, err)
	}
	failed := p.fill(ctx, b, first)
	unsent := errors.Join(p.session.Flush(ctx), b.error())
	produced := time.Since(b.begun)
	settled, err = p.session.Settle(ctx, failed == nil && unsent == nil)
	span.SetAttributes(semconv.MessagingBatchMessageCount(int(b.count.messages)), attribute.Int64("logstream.records", b.count.records),
		attribute.Int64("logstream.rejects", b.count.rejects), attribute.Bool("logstream.settled", settled))
	if all := errors.Join(failed, unsent, err); all != nil {
		span.RecordError(all)
		span.SetStatus(codes.Error, "not settled")
		if failed != nil {
			return false, fmt.Errorf("batch: %w", all)
		}
		if misfit := p.misfit(ctx, unsent); misfit != nil {
			return false, fmt.Errorf("output: %w: %w", misfit, all)
		}
		if err != nil {
			return false, fmt.Errorf("%w: %w", errUnsettled, all)
		}
		if refused(unsent) {
			return false, fmt.Errorf("output: %w", unsent)
		}
		// Brokers were away for longer than a batch may take. Nothing of it is valid, and its input comes again.
		p.log.ErrorContext(ctx, "sent again", "error", unsent)
		p.unsent = unsent != nil
	}
	if !settled && unsent == nil {
		p.log.InfoContext(ctx, "the group has given partitions to others meanwhile: the batch comes again there", "messages", b.count.messages)
	}
	p.log.DebugContext(ctx, "batch", "messages", b.count.messages, "produced", produced, "settled", time.Since(b.begun))
	p.metrics.batch(ctx, b, settled)
	return settled, nil
}

// misfit is what is wrong with the topics when output was not taken: somebody has removed one, or given the input partitions that the outputs do not
// have, so that the same output would be refused for as long as that is so.
func (p *processor) misfit(ctx context.Context, unsent error) error {
	if unsent == nil || p.topics == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := p.topics(ctx); errors.Is(err, ErrTopics) {
		return err
	}
	return nil // they fit, or nobody answers
}

// fill takes what was polled and what else there is, until the batch is full or nothing is there. What the client has is taken from it whole,
// so that it fetches more meanwhile. Where the brokers have more, what comes while they acknowledge the output belongs to the batch too: that
// time is lost otherwise.
func (p *processor) fill(ctx context.Context, b *batch, polled kgo.Fetches) error {
	until, cancel := context.WithDeadline(ctx, b.begun.Add(behindTime))
	defer cancel()
	for {
		if err := b.take(ctx, p, polled); err != nil {
			return err
		}
		if b.full(p.most) || b.error() != nil || len(p.unread) > 0 {
			return nil
		}
		most := p.most - int(b.count.messages)
		if polled = p.session.More(most); len(polled) == 0 && b.behind() {
			polled = p.session.Wait(until, most)
		}
		if err := p.errors(ctx, polled); err != nil {
			return err
		}
		if polled.Empty() {
			return nil
		}
	}
}
