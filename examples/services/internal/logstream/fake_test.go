package logstream

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// cluster is brokers in this process, with the three topics.
func cluster(t *testing.T, partitions int32) Config {
	t.Helper()
	c, err := kfake.NewCluster(kfake.NumBrokers(3), kfake.SeedTopics(partitions, "logs", "records", "dead-letters"))
	require.NoError(t, err)
	t.Cleanup(c.Close)
	config := Default()
	config.Brokers, config.Listen, config.Group = c.ListenAddrs(), "", strings.ReplaceAll(t.Name(), "/", "-")
	return config
}

func client(t *testing.T, c Config, options ...kgo.Opt) *kgo.Client {
	t.Helper()
	k, err := kgo.NewClient(append(options, kgo.SeedBrokers(c.Brokers...))...)
	require.NoError(t, err)
	t.Cleanup(k.Close)
	return k
}

// send produces numbered lines, every tenth of which is none.
func send(t *testing.T, c Config, partitions, from, to int) {
	t.Helper()
	k := client(t, c, kgo.DefaultProduceTopic("logs"), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	for i := from; i < to; i++ {
		value := line(i)
		if i%10 == 0 {
			value = fmt.Sprint("bad ", i)
		}
		k.Produce(t.Context(), &kgo.Record{Partition: int32(i % partitions), Value: []byte(value)}, func(_ *kgo.Record, err error) { assert.NoError(t, err) })
	}
	require.NoError(t, k.Flush(t.Context()))
}

// receive reads committed output until n numbers have come, and checks that they are in order within their partitions.
func receive(t *testing.T, c Config, n int) map[int]int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	k := client(t, c, kgo.ConsumeTopics("records", "dead-letters"), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	seen, last := map[int]int{}, map[string]int{}
	for len(seen) < n {
		fetches := k.PollFetches(ctx)
		require.NoError(t, ctx.Err(), "%d of %d came", len(seen), n)
		fetches.EachRecord(func(r *kgo.Record) {
			if reason := header(r, "sawlog.reason"); reason == tooLarge || reason == damaged {
				return
			}
			number := numberOf(t, r)
			seen[number]++
			where := fmt.Sprint(r.Topic, r.Partition)
			if seen[number] == 1 {
				assert.Greater(t, number+1, last[where], "in order")
				last[where] = number
			}
		})
	}
	return seen
}

func numberOf(t *testing.T, r *kgo.Record) (n int) {
	text := string(r.Value)
	var err error
	if r.Topic == "dead-letters" {
		_, err = fmt.Sscanf(text, "bad %d", &n)
	} else {
		_, rest, _ := strings.Cut(text, `"target":"/`)
		_, err = fmt.Sscanf(rest, "%d", &n)
	}
	require.NoError(t, err, text)
	return n
}

// running starts a processor; stop ends it and gives its error.
func running(t *testing.T, c Config) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Run(ctx, c, t.Output()) }()
	stopped := false
	stop = func() {
		if !stopped {
			stopped = true
			cancel()
			select {
			case err := <-done:
				assert.NoError(t, err)
			case <-time.After(20 * time.Second):
				t.Error("it does not end")
			}
		}
	}
	t.Cleanup(stop)
	return stop
}

func TestProcess(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"exactly once":  func(*Config) {},
		"at least once": func(c *Config) { c.AtLeastOnce = true },
		"small batches": func(c *Config) { c.Poll = 37 },
		"named":         func(c *Config) { c.Format = "combined" },
	} {
		t.Run(name, func(t *testing.T) {
			c := cluster(t, 3)
			change(&c)
			send(t, c, 3, 0, 1000)
			stop := running(t, c)
			receive(t, c, 1000)
			stop()
			// A second one goes on where the first ended, and two share the work.
			running(t, c)
			c.Transactional += "-2"
			running(t, c)
			send(t, c, 3, 1000, 2000)
			for n, times := range receive(t, c, 2000) {
				assert.Equal(t, 1, times, n)
			}
		})
	}
}

// TestWhatIsRefusedIsSentAgainSoon: brokers refuse output while they still write the end of the transaction before. That is over in milliseconds.
func TestWhatIsRefusedIsSentAgainSoon(t *testing.T) {
	fake, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "logs", "records", "dead-letters"))
	require.NoError(t, err)
	t.Cleanup(fake.Close)
	c := Default()
	c.Brokers, c.Listen, c.Format = fake.ListenAddrs(), "", "combined"
	send(t, c, 1, 1, 9)
	var refused atomic.Bool
	fake.ControlKey(int16(kmsg.Produce), func(r kmsg.Request) (kmsg.Response, error, bool) {
		fake.KeepControl()
		request := r.(*kmsg.ProduceRequest)
		if request.TransactionID == nil || refused.Swap(true) {
			return nil, nil, false
		}
		response := request.ResponseKind().(*kmsg.ProduceResponse)
		for _, topic := range request.Topics {
			of := kmsg.ProduceResponseTopic{Topic: topic.Topic, TopicID: topic.TopicID}
			for _, part := range topic.Partitions {
				of.Partitions = append(of.Partitions, kmsg.ProduceResponseTopicPartition{Partition: part.Partition, ErrorCode: kerr.ConcurrentTransactions.Code})
			}
			response.Topics = append(response.Topics, of)
		}
		return response, nil, true
	})
	begun := time.Now()
	running(t, c)
	receive(t, c, 8)
	assert.True(t, refused.Load())
	assert.Less(t, time.Since(begun), 4*time.Second)
}

// bomb produces a message into a partition that is little on the wire and large in memory.
func bomb(t *testing.T, c Config, partition int32) (offset int64) {
	t.Helper()
	k := client(t, c, kgo.DefaultProduceTopic("logs"), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchCompression(kgo.GzipCompression()))
	r, err := k.ProduceSync(t.Context(), &kgo.Record{Partition: partition, Value: make([]byte, 500<<10)}).First()
	require.NoError(t, err)
	return r.Offset
}

// TestABatchThatIsTooLarge: a dead letter says which messages were not read, once, and all others come out.
func TestABatchThatIsTooLarge(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"exactly once":  func(*Config) {},
		"at least once": func(c *Config) { c.AtLeastOnce = true },
	} {
		t.Run(name, func(t *testing.T) {
			c := cluster(t, 3)
			c.Batch = 64 << 10
			change(&c)
			want := []string{fmt.Sprint("logs/0/", bomb(t, c, 0))} // the first of all, and what the format is detected by comes behind it
			send(t, c, 3, 0, 300)
			want = append(want, fmt.Sprint("logs/1/", bomb(t, c, 1)))
			send(t, c, 3, 300, 600)
			want = append(want, fmt.Sprint("logs/1/", bomb(t, c, 1)), fmt.Sprint("logs/2/", bomb(t, c, 2))) // the last of their partitions
			stop := running(t, c)
			for n, times := range receive(t, c, 600) {
				assert.Equal(t, 1, times, n)
			}
			assert.ElementsMatch(t, want, lettersOf(t, c, tooLarge, 1, len(want)))
			stop()
			running(t, c) // it does not meet them again
			send(t, c, 3, 600, 900)
			receive(t, c, 900)
			assert.Len(t, lettersOf(t, c, tooLarge, 1, len(want)), len(want))
		})
	}
}

// lettersOf is where the batches of so many messages stand that were not read for a reason: at least n, and what comes within a moment.
func lettersOf(t *testing.T, c Config, reason string, messages int64, n int) (sources []string) {
	t.Helper()
	k := client(t, c, kgo.ConsumeTopics("dead-letters"), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	for {
		patience := 500 * time.Millisecond
		if len(sources) < n {
			patience = 20 * time.Second
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		fetches := k.PollFetches(ctx)
		cancel()
		if fetches.Empty() {
			return sources
		}
		fetches.EachRecord(func(r *kgo.Record) {
			if header(r, "sawlog.reason") == reason {
				source := header(r, "sawlog.source")
				offset, err := strconv.ParseInt(source[strings.LastIndexByte(source, '/')+1:], 10, 64)
				assert.NoError(t, err)
				assert.Equal(t, fmt.Sprint(offset, "-", offset+messages-1), header(r, "sawlog.offsets"))
				sources = append(sources, source)
			}
		})
	}
}

func TestTopicsThatDoNotFit(t *testing.T) {
	c := cluster(t, 3)
	c.Output = "none"
	require.ErrorIs(t, Run(t.Context(), c, t.Output()), ErrTopics)
	fake, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(3, "logs"), kfake.SeedTopics(2, "records", "dead-letters"))
	require.NoError(t, err)
	defer fake.Close()
	c.Brokers, c.Output = fake.ListenAddrs(), "records"
	require.ErrorContains(t, Run(t.Context(), c, t.Output()), "records has 2 partitions, logs has 3")
	c = cluster(t, 1)
	c.Format = "combind"
	require.ErrorContains(t, Run(t.Context(), c, t.Output()), "combined")
}

func TestConfiguration(t *testing.T) {
	_, err := Parse(nil, nil, t.Output())
	require.NoError(t, err)
	for args, want := range map[string]string{"-as xml": "json or arrow", "-output logs": "input again", "-poll 0": "above 0", "-group=": "names", "-damaged ignore": "stop or skip", "-format combind": "combined", "-broker x": "-brokers", "-otlp grpc://collector:4317": "want one like"} {
		_, err := Parse(strings.Fields(args), nil, t.Output())
		require.ErrorContains(t, err, want)
	}
}

// TestHealth: the process is healthy while it waits for something to detect the format by, and ready when it has joined its group.
func TestHealth(t *testing.T) {
	c := cluster(t, 3)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c.Listen = l.Addr().String()
	require.NoError(t, l.Close())
	says := func(path string, status int) {
		t.Helper()
		require.Eventually(t, func() bool {
			r, err := http.Get("http://" + c.Listen + path)
			if err != nil {
				return false
			}
			defer r.Body.Close()
			return r.StatusCode == status
		}, 10*time.Second, 10*time.Millisecond, path)
	}
	running(t, c)
	says("/health", 200)
	says("/ready", 503)
	says("/metrics", 200)
	send(t, c, 3, 0, 10)
	says("/ready", 200)
}
