package logstream

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// The brokers hand out messages in the batches that their producers have made, compressed. A batch that is larger than -batch when it is not
// compressed any more is not read: it may be a bomb. One that is damaged cannot be. The client does not go beyond either by itself.

// unread is such a batch.
type unread struct {
	topic     string
	partition int32
	offset    int64 // of its first message; until it has been located, where the log starts
	next      int64 // the offset behind it; 0 until it has been located
	epoch     int32
	reason    string
	cause     error
}

const (
	tooLarge = "batch_too_large"
	damaged  = "batch_damaged"
)

// ErrDamaged is a batch of messages that cannot be read.
var ErrDamaged = errors.New("damaged")

// unreadOf tells whether a partition's error is that a batch cannot be read. What a broker or the client itself says of a partition is no such
// error; of others only locate knows.
func unreadOf(part kgo.FetchTopicPartition) (u unread, ok bool) {
	var large *kgo.ErrDecompressTooLarge
	var lost *kgo.ErrDataLoss
	var refused *kerr.Error
	switch err := part.Err; {
	case errors.As(err, &large):
		return unread{large.Topic, large.Partition, large.Offset, large.NextOffset, large.Epoch, tooLarge, err}, true
	case err == nil, part.Topic == "", errors.Is(err, errNoRoom), errors.As(err, &lost), errors.As(err, &refused), errors.Is(err, kgo.ErrClientClosed), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return u, false
	}
	return unread{topic: part.Topic, partition: part.Partition, offset: max(0, part.LogStartOffset), reason: damaged, cause: part.Err}, true
}

func (u unread) samePlace(v unread) bool { return u.topic == v.topic && u.partition == v.partition }

// located is u with its offsets: the client does not say those of a damaged batch. They are an error unless damaged batches are to be skipped.
func (u unread) located(ctx context.Context, k *kgo.Client, skip bool) (unread, error) {
	if u.next > 0 {
		return u, nil
	}
	if committed, ok := k.CommittedOffsets()[u.topic][u.partition]; ok {
		u.offset = max(u.offset, committed.Offset)
	}
	found, err := u.locate(ctx, k)
	if err != nil {
		return u, fmt.Errorf("fetch %s/%d from offset %d: %w (%w)", u.topic, u.partition, u.offset, u.cause, err)
	}
	if !skip {
		return u, fmt.Errorf("%s/%d: the messages at offsets %d to %d are %w: %w; -damaged skip goes on behind them", u.topic, u.partition, found.offset, found.next-1, ErrDamaged, found.cause)
	}
	return found, nil
}

// locate reads one batch after the other from u.offset on, until one is damaged. Those before it have no messages for readers, as markers of
// transactions; the client has read them, within -batch, so that they need no bound here.
func (u unread) locate(ctx context.Context, k *kgo.Client) (unread, error) {
	topics, err := kadm.NewClient(k).ListTopics(ctx, u.topic)
	if err != nil {
		return u, err
	}
	topic := topics[u.topic]
	for {
		part, err := fetchOne(ctx, k.Broker(int(topic.Partitions[u.partition].Leader)), u, topic.ID)
		if err != nil {
			return u, err
		}
		if len(part.RecordBatches) == 0 {
			return u, errors.New("it is damaged no more") // it was on its way
		}
		b, ok := u.batch(part)
		if !ok {
			return u, errors.New("so damaged that where it ends is not known")
		}
		if b.cause != nil {
			return b, nil
		}
		u.offset = b.next
	}
}

// fetchOne fetches the batch that u.offset is in.
func fetchOne(ctx context.Context, broker *kgo.Broker, u unread, id kadm.TopicID) (*kmsg.FetchResponseTopicPartition, error) {
	part := kmsg.NewFetchRequestTopicPartition()
	part.Partition, part.FetchOffset, part.PartitionMaxBytes = u.partition, u.offset, 1 // a broker gives one batch at least
	topic := kmsg.NewFetchRequestTopic()
	topic.Topic, topic.TopicID, topic.Partitions = u.topic, id, []kmsg.FetchRequestTopicPartition{part}
	r := kmsg.NewPtrFetchRequest()
	r.MaxBytes, r.SessionEpoch, r.Topics = 1, -1, []kmsg.FetchRequestTopic{topic}
	response, err := broker.RetriableRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	got := response.(*kmsg.FetchResponse)
	if err := kerr.ErrorForCode(got.ErrorCode); err != nil {
		return nil, err
	}
	if len(got.Topics) != 1 || len(got.Topics[0].Partitions) != 1 {
		return nil, errors.New("the broker's answer is not about the partition")
	}
	return &got.Topics[0].Partitions[0], kerr.ErrorForCode(got.Topics[0].Partitions[0].ErrorCode)
}

// batch is the first batch of an answer, with the cause when it is damaged. It fails when its head cannot be believed: what it says of the
// batch's end is outside of the log then, or before where it should be.
func (u unread) batch(part *kmsg.FetchResponseTopicPartition) (b unread, ok bool) {
	const head = 61 // bytes: offset 8, length 4, epoch 4, version 1, sum 4, attributes 2, last offset 4 and what does not matter here
	raw := part.RecordBatches
	if len(raw) < head || raw[16] != 2 {
		return u, false
	}
	first := int64(binary.BigEndian.Uint64(raw))
	last := first + int64(int32(binary.BigEndian.Uint32(raw[23:])))
	if first > last || last < u.offset || last >= part.HighWatermark {
		return u, false
	}
	end := 12 + int64(binary.BigEndian.Uint32(raw[8:]))
	one := *part
	one.RecordBatches = raw[:min(end, int64(len(raw)))]
	read, _ := kgo.ProcessFetchPartition(kgo.ProcessFetchPartitionOpts{Topic: u.topic, Partition: u.partition, Offset: u.offset}, &one, kgo.DefaultDecompressor(), nil)
	b = unread{u.topic, u.partition, max(first, u.offset), last + 1, int32(binary.BigEndian.Uint32(raw[12:])), damaged, read.Err}
	if end > int64(len(raw)) || end < head {
		b.cause = fmt.Errorf("%d bytes of a batch of %d", len(raw), end)
	}
	return b, true
}

// unread is the dead letter of a batch: it says which messages are in it.
func (t *transformer) unread(u unread) kgo.Record {
	headers := []kgo.RecordHeader{{Key: "sawlog.offsets", Value: fmt.Appendf(nil, "%d-%d", u.offset, u.next-1)}}
	if u.reason == damaged {
		headers = append(headers, kgo.RecordHeader{Key: "sawlog.error", Value: []byte(u.cause.Error())})
	}
	return t.letter(&kgo.Record{Topic: u.topic, Partition: u.partition, Offset: u.offset}, nil, u.reason, headers...)
}
