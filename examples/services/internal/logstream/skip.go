package logstream

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// The brokers hand out messages in the batches that their producers have made, compressed. A batch that is larger than -batch when it is not
// compressed any more is not read: it may be a bomb. The client does not go beyond it by itself.

// errSkipped means that the session ends here, and the next one goes on behind what was skipped.
var errSkipped = errors.New("a batch was skipped")

// skip gives a dead letter for each batch that could not be read, and takes both as done, if what is before it is.
func (p *processor) skip(ctx context.Context, settled bool) error {
	unread := p.unread
	p.unread = nil
	if !settled {
		return errSkipped // it comes again, here or elsewhere
	}
	ctx, cancel := context.WithTimeout(ctx, p.settle)
	defer cancel()
	if err := p.session.Begin(); err != nil {
		return fmt.Errorf("%w: begin: %w", errUnsettled, err)
	}
	b := &batch{}
	for _, u := range unread {
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
	settled, err := p.session.Skip(ctx, unread)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnsettled, err)
	}
	for _, u := range unread {
		p.log.ErrorContext(ctx, "a batch is larger than -batch: skipped", "topic", u.Topic, "partition", u.Partition, "offset", u.Offset, "next", u.NextOffset, "settled", settled)
	}
	p.metrics.skip(ctx, unread, settled)
	return errSkipped
}

// unread is the dead letter of a batch: it says which messages are in it.
func (t *transformer) unread(u *kgo.ErrDecompressTooLarge) kgo.Record {
	return t.letter(&kgo.Record{Topic: u.Topic, Partition: u.Partition, Offset: u.Offset}, nil, "batch_too_large",
		kgo.RecordHeader{Key: "sawlog.offsets", Value: fmt.Appendf(nil, "%d-%d", u.Offset, u.NextOffset-1)})
}

// Skip has the offsets behind what was skipped in the transaction, where those of messages are.
func (s exactlyOnce) Skip(ctx context.Context, unread []*kgo.ErrDecompressTooLarge) (bool, error) {
	return s.End(kgo.PreTxnCommitFnContext(ctx, func(r *kmsg.TxnOffsetCommitRequest) error {
		for _, u := range unread {
			addOffset(r, u)
		}
		return nil
	}), kgo.TryCommit)
}

func addOffset(r *kmsg.TxnOffsetCommitRequest, u *kgo.ErrDecompressTooLarge) {
	at := slices.IndexFunc(r.Topics, func(t kmsg.TxnOffsetCommitRequestTopic) bool { return t.Topic == u.Topic })
	if at < 0 {
		topic := kmsg.NewTxnOffsetCommitRequestTopic()
		topic.Topic = u.Topic
		at, r.Topics = len(r.Topics), append(r.Topics, topic)
	}
	partition := kmsg.NewTxnOffsetCommitRequestTopicPartition()
	partition.Partition, partition.Offset, partition.LeaderEpoch = u.Partition, u.NextOffset, u.Epoch
	r.Topics[at].Partitions = append(r.Topics[at].Partitions, partition)
}

// Skip commits the last offset of what was skipped.
func (s atLeastOnce) Skip(ctx context.Context, unread []*kgo.ErrDecompressTooLarge) (bool, error) {
	var last []*kgo.Record
	for _, u := range unread {
		last = append(last, &kgo.Record{Topic: u.Topic, Partition: u.Partition, Offset: u.NextOffset - 1, LeaderEpoch: u.Epoch})
	}
	err := s.CommitRecords(ctx, last...)
	return err == nil, err
}
