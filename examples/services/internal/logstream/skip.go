package logstream

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// errSkipped means that the session ends here, and the next one goes on behind what was skipped.
var errSkipped = errors.New("a batch was skipped")

// skip gives a dead letter for each batch that could not be read, and takes both as done, if what is before it is.
func (p *processor) skip(ctx context.Context, settled bool) error {
	batches := p.unread
	p.unread = nil
	if !settled {
		return errSkipped // it comes again, here or elsewhere
	}
	ctx, cancel := context.WithTimeout(ctx, p.settle)
	defer cancel()
	for i, u := range batches {
		located, err := p.session.Locate(ctx, u, p.skipDamaged)
		if err != nil {
			return err
		}
		batches[i] = located
	}
	if err := p.session.Begin(); err != nil {
		return fmt.Errorf("%w: begin: %w", errUnsettled, err)
	}
	b := &batch{}
	for _, u := range batches {
		letter := p.transform.unread(u)
		p.session.Produce(ctx, &letter, func(_ *kgo.Record, err error) {
			if err != nil {
				b.fail(err)
			}
		})
	}
	if err := errors.Join(p.session.Flush(ctx), b.error()); err != nil {
		_, wrong := p.session.Settle(ctx, false)
		return fmt.Errorf("%w: %w", errUnsettled, errors.Join(err, wrong))
	}
	settled, err := p.session.Skip(ctx, batches)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnsettled, err)
	}
	for _, u := range batches {
		p.log.ErrorContext(ctx, "a batch cannot be read: skipped", "topic", u.topic, "partition", u.partition, "offset", u.offset, "next", u.next, "reason", u.reason, "error", u.cause, "settled", settled)
	}
	if settled {
		p.metrics.skip(ctx, batches)
	}
	return errSkipped
}

func (s exactlyOnce) Locate(ctx context.Context, u unread, skip bool) (unread, error) {
	return u.located(ctx, s.Client(), skip)
}

func (s atLeastOnce) Locate(ctx context.Context, u unread, skip bool) (unread, error) {
	return u.located(ctx, s.Client, skip)
}

// Skip has the offsets behind what was skipped in the transaction, where those of messages are.
func (s exactlyOnce) Skip(ctx context.Context, batches []unread) (bool, error) {
	return s.End(kgo.PreTxnCommitFnContext(ctx, func(r *kmsg.TxnOffsetCommitRequest) error {
		for _, u := range batches {
			addOffset(r, u)
		}
		return nil
	}), kgo.TryCommit)
}

func addOffset(r *kmsg.TxnOffsetCommitRequest, u unread) {
	at := slices.IndexFunc(r.Topics, func(t kmsg.TxnOffsetCommitRequestTopic) bool { return t.Topic == u.topic })
	if at < 0 {
		topic := kmsg.NewTxnOffsetCommitRequestTopic()
		topic.Topic = u.topic
		at, r.Topics = len(r.Topics), append(r.Topics, topic)
	}
	partition := kmsg.NewTxnOffsetCommitRequestTopicPartition()
	partition.Partition, partition.Offset, partition.LeaderEpoch = u.partition, u.next, u.epoch
	r.Topics[at].Partitions = append(r.Topics[at].Partitions, partition)
}

// Skip commits the last offset of what was skipped.
func (s atLeastOnce) Skip(ctx context.Context, batches []unread) (bool, error) {
	var last []*kgo.Record
	for _, u := range batches {
		last = append(last, &kgo.Record{Topic: u.topic, Partition: u.partition, Offset: u.next - 1, LeaderEpoch: u.epoch})
	}
	err := s.CommitRecords(ctx, last...)
	return err == nil, err
}
