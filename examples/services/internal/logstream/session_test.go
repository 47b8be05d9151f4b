package logstream

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// TestWaiting ends with new input, with the acknowledgement of output, or with its context, whichever is first.
func TestWaiting(t *testing.T) {
	c, err := kfake.NewCluster(kfake.NumBrokers(2), kfake.SeedTopics(2, "logs"))
	require.NoError(t, err)
	t.Cleanup(c.Close)
	release := make(chan struct{})
	const input, output = 0, 1 // partitions
	c.ControlKey(int16(kmsg.Produce), func(r kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		if r.(*kmsg.ProduceRequest).Topics[0].Partitions[0].Partition == output {
			c.SleepControl(func() { <-release })
		}
		return nil, nil, false
	})
	config := Config{Brokers: c.ListenAddrs()}
	k := client(t, config, kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{"logs": {input: kgo.NewOffset().AtStart()}}),
		kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerLinger(time.Minute))
	sender := client(t, config, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	assert.Zero(t, wait(ctx, k, 10).NumRecords(), "there is no output at all")

	acknowledged := make(chan error, 1)
	k.Produce(ctx, &kgo.Record{Topic: "logs", Partition: output}, func(_ *kgo.Record, err error) { acknowledged <- err })
	short, stop := context.WithTimeout(ctx, 100*time.Millisecond)
	defer stop()
	assert.Zero(t, wait(short, k, 10).NumRecords(), "neither comes")
	require.ErrorIs(t, short.Err(), context.DeadlineExceeded)
	go func() { sender.Produce(ctx, &kgo.Record{Topic: "logs", Partition: input}, nil) }()
	assert.Equal(t, 1, wait(ctx, k, 10).NumRecords())
	assert.Empty(t, acknowledged)

	go close(release)
	assert.Zero(t, wait(ctx, k, 10).NumRecords())
	assert.NoError(t, <-acknowledged)
	assert.NoError(t, ctx.Err())
}
