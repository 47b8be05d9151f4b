package logstream

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.opentelemetry.io/otel/trace/noop"
)

// garbled is a batch of n messages that says it is gzip, and is not. Its sum is right.
func garbled(n int32) []byte {
	raw := (&kmsg.RecordBatch{PartitionLeaderEpoch: -1, Magic: 2, Attributes: 1, LastOffsetDelta: n - 1, ProducerID: -1, ProducerEpoch: -1, FirstSequence: -1,
		NumRecords: n, Records: []byte("this is no gzip")}).AppendTo(nil)
	binary.BigEndian.PutUint32(raw[8:], uint32(len(raw)-12))
	return summed(raw)
}

func summed(raw []byte) []byte {
	binary.BigEndian.PutUint32(raw[17:], crc32.Checksum(raw[21:], crc32.MakeTable(crc32.Castagnoli)))
	return raw
}

// garble produces such a batch of two messages, and gives the offset of the first.
func garble(t *testing.T, c Config, partition int32) (offset int64) {
	t.Helper()
	k := client(t, c)
	topics, err := kadm.NewClient(k).ListTopics(t.Context(), "logs")
	require.NoError(t, err)
	topic := topics["logs"]
	part := kmsg.NewProduceRequestTopicPartition()
	part.Partition, part.Records = partition, garbled(2)
	to := kmsg.NewProduceRequestTopic()
	to.Topic, to.TopicID, to.Partitions = "logs", topic.ID, []kmsg.ProduceRequestTopicPartition{part}
	r := kmsg.NewPtrProduceRequest()
	r.Acks, r.TimeoutMillis, r.Topics = -1, 5000, []kmsg.ProduceRequestTopic{to}
	response, err := r.RequestWith(t.Context(), k.Broker(int(topic.Partitions[partition].Leader)))
	require.NoError(t, err)
	got := response.Topics[0].Partitions[0]
	require.NoError(t, kerr.ErrorForCode(got.ErrorCode))
	return got.BaseOffset
}

// marked produces a number as send does, in a transaction: a marker is behind it, which takes up an offset.
func marked(t *testing.T, c Config, partition int32, n int) {
	t.Helper()
	k := client(t, c, kgo.DefaultProduceTopic("logs"), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.TransactionalID(t.Name()))
	require.NoError(t, k.BeginTransaction())
	require.NoError(t, k.ProduceSync(t.Context(), &kgo.Record{Partition: partition, Value: []byte(line(n))}).FirstErr())
	require.NoError(t, k.EndTransaction(t.Context(), kgo.TryCommit))
}

// TestADamagedBatch is skipped, by option: a dead letter says which messages were not read, once, and all others come out.
func TestADamagedBatch(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"exactly once":  func(*Config) {},
		"at least once": func(c *Config) { c.AtLeastOnce = true },
	} {
		t.Run(name, func(t *testing.T) {
			c := cluster(t, 3)
			c.Damaged = "skip"
			change(&c)
			var want []string
			damage := func(partition int32) {
				want = append(want, fmt.Sprint("logs/", partition, "/", garble(t, c, partition)))
			}
			damage(0) // the first of all, and what the format is detected by comes behind it
			damage(0)
			send(t, c, 3, 0, 300)
			damage(1)
			send(t, c, 3, 300, 600)
			marked(t, c, 1, 601)
			damage(1) // the last of their partitions
			damage(2)
			stop := running(t, c)
			for n, times := range receive(t, c, 601) {
				assert.Equal(t, 1, times, n)
			}
			assert.ElementsMatch(t, want, lettersOf(t, c, damaged, 2, len(want)))
			stop()
			running(t, c) // it does not meet them again
			send(t, c, 3, 602, 900)
			receive(t, c, 601+298)
			assert.Len(t, lettersOf(t, c, damaged, 2, len(want)), len(want))
		})
	}
}

// TestADamagedBatchEndsTheProcessor otherwise, with its offsets, after what stands before it.
func TestADamagedBatchEndsTheProcessor(t *testing.T) {
	for name, format := range map[string]string{"named": "combined", "detected": "auto"} {
		t.Run(name, func(t *testing.T) {
			c := cluster(t, 3)
			c.Format = format
			send(t, c, 3, 0, 300)
			at := garble(t, c, 1)
			send(t, c, 3, 300, 600)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			err := Run(ctx, c, t.Output())
			require.ErrorIs(t, err, ErrDamaged)
			require.ErrorContains(t, err, fmt.Sprintf("logs/1: the messages at offsets %d to %d are damaged: ", at, at+1))
			require.ErrorContains(t, err, "-damaged skip")
			for n, times := range receive(t, c, 100) {
				assert.Equal(t, 1, times, n)
			}
			assert.Empty(t, lettersOf(t, c, damaged, 2, 0))
			c.Damaged = "skip" // and this time it goes on
			running(t, c)
			for n, times := range receive(t, c, 600) {
				assert.Equal(t, 1, times, n)
			}
		})
	}
}

// TestTheHeadOfADamagedBatch is believed as far as the log goes.
func TestTheHeadOfADamagedBatch(t *testing.T) {
	good := garbled(3)
	at := func(offset uint64) []byte {
		raw := bytes.Clone(good)
		binary.BigEndian.PutUint64(raw, offset)
		return raw
	}
	changed := func(change func(raw []byte)) []byte {
		raw := at(100)
		change(raw)
		return raw
	}
	empty := summed(changed(func(raw []byte) { raw[22], raw[60] = 0, 0 })[:61]) // no messages, as compaction leaves it
	binary.BigEndian.PutUint32(empty[8:], 61-12)
	for name, c := range map[string]struct {
		raw   []byte
		first int64 // -1: not believed
		next  int64
		cause string
	}{
		"compression":                 {at(100), 100, 103, "unable to decompress"},
		"and what is behind it":       {append(at(100), at(103)...), 100, 103, "unable to decompress"},
		"begun before":                {at(99), 100, 102, "unable to decompress"},
		"compacted":                   {at(150), 150, 153, "unable to decompress"},
		"sum":                         {changed(func(raw []byte) { raw[70] ^= 1 }), 100, 103, "crc"},
		"cut":                         {at(100)[:70], 100, 103, "70 bytes of a batch of 76"},
		"shorter than its head":       {changed(func(raw []byte) { raw[11] = 20 }), 100, 103, "bytes of a batch of 32"},
		"nothing wrong":               {empty, 100, 103, ""},
		"too short for a head":        {at(100)[:60], -1, 0, ""},
		"an old version":              {changed(func(raw []byte) { raw[16] = 1 }), -1, 0, ""},
		"it ends before it begins":    {changed(func(raw []byte) { raw[23] = 0xff }), -1, 0, ""},
		"it ends behind the log":      {changed(func(raw []byte) { raw[25] = 0xff }), -1, 0, ""},
		"it ends before the position": {at(50), -1, 0, ""},
	} {
		part := &kmsg.FetchResponseTopicPartition{Partition: 1, HighWatermark: 200, RecordBatches: c.raw}
		b, ok := unread{topic: "logs", partition: 1, offset: 100}.batch(part)
		require.Equal(t, c.first >= 0, ok, name)
		if !ok {
			continue
		}
		assert.Equal(t, []int64{c.first, c.next}, []int64{b.offset, b.next}, name)
		if c.cause == "" {
			assert.NoError(t, b.cause, name)
		} else {
			assert.ErrorContains(t, b.cause, c.cause, name)
		}
	}
}

// TestDamageIsLookedFor in the log: what a broker says of a partition is no damage, and what is not there any more neither.
func TestDamageIsLookedFor(t *testing.T) {
	part := func(topic string, err error) kgo.FetchTopicPartition {
		return kgo.FetchTopicPartition{Topic: topic, FetchPartition: kgo.FetchPartition{Partition: 1, LogStartOffset: 7, Err: err}}
	}
	for _, err := range []error{nil, kerr.TopicAuthorizationFailed, &kgo.ErrDataLoss{}, kgo.ErrClientClosed, fmt.Errorf("x: %w", context.Canceled)} {
		_, is := unreadOf(part("logs", err))
		assert.False(t, is, "%v", err)
	}
	_, is := unreadOf(part("", errors.New("of the group")))
	assert.False(t, is)
	u, is := unreadOf(part("logs", errors.New("bad sum")))
	require.True(t, is)
	assert.Equal(t, int64(7), u.offset)
	u.offset = 0

	c := cluster(t, 3)
	send(t, c, 3, 0, 9)
	_, err := u.located(t.Context(), client(t, c), true)
	require.EqualError(t, err, "fetch logs/1 from offset 0: bad sum (it is damaged no more)")
	garble(t, c, 1)
	found, err := u.located(t.Context(), client(t, c), true)
	require.NoError(t, err)
	assert.Equal(t, []int64{3, 5}, []int64{found.offset, found.next})
}

// TestDamageIsMetOnce: the client tries again, and the batch ends with it.
func TestDamageIsMetOnce(t *testing.T) {
	p := &processor{log: slog.New(slog.DiscardHandler)}
	part := func(partition int32) kgo.Fetches {
		return kgo.Fetches{{Topics: []kgo.FetchTopic{{Topic: "logs", Partitions: []kgo.FetchPartition{{Partition: partition, Err: errors.New("bad sum")}}}}}}
	}
	for _, n := range []int32{1, 1, 2, 1} {
		require.NoError(t, p.errors(t.Context(), part(n)))
	}
	require.Len(t, p.unread, 2)
	assert.Equal(t, []int32{1, 2}, []int32{p.unread[0].partition, p.unread[1].partition})

	s := &scripted{pieces: [][]string{{`{"n":1}`}, {`{"n":2}`}}}
	p = &processor{session: s, transform: transform0(t, "json", 1<<20), pieces: newPieces(), most: 100, log: slog.New(slog.DiscardHandler), unread: []unread{{}}}
	require.NoError(t, p.fill(t.Context(), &batch{begun: time.Now(), span: noop.Span{}}, s.next(100)))
	assert.Equal(t, []string{`{"n":1}`}, s.produced)
}
