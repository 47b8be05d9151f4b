package logstream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// session is the way in which input is taken, output is sent, and both are settled together.
type session interface {
	// Poll waits for messages; the caller settles them before it polls again.
	Poll(ctx context.Context) kgo.Fetches
	Begin() error
	Produce(ctx context.Context, r *kgo.Record, promise func(*kgo.Record, error))
	// Settle makes all output since Begin valid and its input done, or, when ok is false, neither. settled says which it was: the group may
	// have given the input to somebody else meanwhile.
	Settle(ctx context.Context, ok bool) (settled bool, err error)
	Close()
}

// exactlyOnce takes and sends in transactions.
type exactlyOnce struct {
	*kgo.GroupTransactSession
	most int
}

func (s *exactlyOnce) Poll(ctx context.Context) kgo.Fetches { return s.PollRecords(ctx, s.most) }

func (s *exactlyOnce) Settle(ctx context.Context, ok bool) (bool, error) {
	return s.End(ctx, kgo.TransactionEndTry(ok))
}

// atLeastOnce commits offsets when the output has been acknowledged. Until then no partition moves to another member.
type atLeastOnce struct {
	*kgo.Client
	most   int
	polled []*kgo.Record
}

func (s *atLeastOnce) Poll(ctx context.Context) kgo.Fetches {
	s.AllowRebalance()
	f := s.PollRecords(ctx, s.most)
	s.polled = f.Records()
	return f
}

func (s *atLeastOnce) Begin() error { return nil }

func (s *atLeastOnce) Settle(ctx context.Context, ok bool) (bool, error) {
	if err := s.Flush(ctx); err != nil {
		return false, err
	}
	if !ok {
		return false, errors.New("output was not acknowledged") // the group gives its input out again when this member ends
	}
	return true, s.CommitRecords(ctx, s.polled...)
}

func (s *atLeastOnce) Close() { s.CloseAllowingRebalance() }

// transform makes output of messages. What it gives is valid until the next reset.
type transform interface {
	reset()
	messages(ofOnePartition []*kgo.Record) error
	output() []kgo.Record
	counted() counts
}

// processor is the loop from poll to settle.
type processor struct {
	session   session
	transform transform
	metrics   *metrics
	tracer    trace.Tracer
	log       *slog.Logger
	settle    time.Duration // how long settling may take
}

// run works until ctx ends: then what was polled is settled, and nothing more is polled.
func (p *processor) run(ctx context.Context) error {
	defer p.session.Close()
	for {
		fetches := p.session.Poll(ctx)
		if ctx.Err() != nil || fetches.IsClientClosed() {
			return nil
		}
		if err := p.errors(ctx, fetches); err != nil {
			return err
		}
		if fetches.Empty() {
			continue
		}
		if err := p.batch(context.WithoutCancel(ctx), fetches); err != nil {
			return err
		}
	}
}

// errors logs what went wrong with partitions: the client tries again by itself, except where it cannot.
func (p *processor) errors(ctx context.Context, fetches kgo.Fetches) (fatal error) {
	fetches.EachError(func(topic string, partition int32, err error) {
		var lost *kgo.ErrDataLoss
		switch {
		case errors.As(err, &lost):
			p.log.ErrorContext(ctx, "the broker has lost messages", "topic", topic, "partition", partition, "error", err)
		case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		default:
			p.log.ErrorContext(ctx, "fetch", "topic", topic, "partition", partition, "error", err)
			fatal = fmt.Errorf("fetch %s/%d: %w", topic, partition, err)
		}
	})
	return fatal
}

// batch transforms what was polled, sends it, and settles both.
func (p *processor) batch(ctx context.Context, fetches kgo.Fetches) error {
	ctx, cancel := context.WithTimeout(ctx, p.settle)
	defer cancel()
	ctx, span := p.tracer.Start(ctx, "process", trace.WithSpanKind(trace.SpanKindConsumer), trace.WithLinks(links(fetches)...))
	defer span.End()
	begin := time.Now()
	if err := p.session.Begin(); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	p.transform.reset()
	var failed error
	fetches.EachPartition(func(part kgo.FetchTopicPartition) {
		if failed == nil && len(part.Records) > 0 {
			failed = p.transform.messages(part.Records)
		}
	})
	var unsent error
	if failed == nil {
		unsent = p.produce(ctx)
	}
	produced := time.Since(begin)
	settled, err := p.session.Settle(ctx, failed == nil && unsent == nil)
	count := p.transform.counted()
	span.SetAttributes(attribute.Int64("logstream.messages", count.messages), attribute.Int64("logstream.records", count.records),
		attribute.Int64("logstream.rejects", count.rejects), attribute.Bool("logstream.settled", settled))
	if all := errors.Join(failed, unsent, err); all != nil {
		span.RecordError(all)
		span.SetStatus(codes.Error, "not settled")
		if failed != nil || err != nil {
			return fmt.Errorf("settle: %w", all)
		}
		// Brokers were away for longer than a batch may take. Nothing of it is valid, and its input comes again.
		p.log.ErrorContext(ctx, "sent again", "error", unsent)
	}
	if !settled && unsent == nil {
		p.log.InfoContext(ctx, "the group has given partitions to others meanwhile: the batch comes again there", "messages", count.messages)
	}
	p.log.DebugContext(ctx, "batch", "messages", count.messages, "produced", produced, "settled", time.Since(begin))
	p.metrics.batch(ctx, fetches, count, settled, time.Since(begin))
	return nil
}

// produce sends all output and waits until all of it is acknowledged.
func (p *processor) produce(ctx context.Context) error {
	var (
		waiting sync.WaitGroup
		once    sync.Once
		failed  error
	)
	records := p.transform.output()
	waiting.Add(len(records))
	promise := func(_ *kgo.Record, err error) {
		if err != nil {
			once.Do(func() { failed = fmt.Errorf("produce: %w", err) })
		}
		waiting.Done()
	}
	for i := range records {
		p.session.Produce(ctx, &records[i], promise)
	}
	waiting.Wait()
	return failed
}

// maxLinks bounds how many traces a batch names.
const maxLinks = 32

// links are the traces that messages of a batch belong to, by their header traceparent. Output messages carry the header on.
func links(fetches kgo.Fetches) (all []trace.Link) {
	fetches.EachRecord(func(r *kgo.Record) {
		if len(all) == maxLinks {
			return
		}
		for _, h := range r.Headers {
			if h.Key == "traceparent" {
				if s := spanContext(string(h.Value)); s.IsValid() {
					all = append(all, trace.Link{SpanContext: s})
				}
			}
		}
	})
	return all
}
