package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sawlog/sawlog/examples/services/internal/fulltest"
)

func TestMain(m *testing.M) { fulltest.Main(m, main) }

const partitions = 6

// brokers starts three and makes the topics.
func brokers(t *testing.T) (*fulltest.Component, []string) {
	t.Helper()
	fulltest.Long(t)
	t.Setenv("HEAP", "384m")
	kafka := fulltest.Start(t, "kafka", "3")
	seeds := strings.Split(kafka.Env["KAFKA_BROKERS"], ",")
	k, err := kgo.NewClient(kgo.SeedBrokers(seeds...))
	require.NoError(t, err)
	defer k.Close()
	topics, err := kadm.NewClient(k).CreateTopics(t.Context(), partitions, 3, nil, "logs", "records", "dead-letters")
	require.NoError(t, err)
	require.NoError(t, topics.Error())
	for _, seed := range seeds { // a processor gives up soon when the broker that it asks does not know its topics
		one, err := kgo.NewClient(kgo.SeedBrokers(seed))
		require.NoError(t, err)
		defer one.Close()
		require.Eventually(t, func() bool {
			known, err := kadm.NewClient(one).ListTopics(t.Context(), "logs", "records", "dead-letters")
			return err == nil && known.Error() == nil
		}, time.Minute, 100*time.Millisecond, "%s does not know the topics", seed)
	}
	return kafka, seeds
}

// number is how many messages the test sends: LOGSTREAM_MESSAGES, or a few.
func number() int {
	n := 200_000
	_, _ = fmt.Sscan(os.Getenv("LOGSTREAM_MESSAGES"), &n)
	return n
}

// coordinator is the number of the broker that leads the processors' group.
func coordinator(t *testing.T, k *kgo.Client) string {
	t.Helper()
	found := kadm.NewClient(k).FindGroupCoordinators(t.Context(), "logstream")["logstream"]
	require.NoError(t, found.Err)
	return fmt.Sprint(found.NodeID)
}

// TestExactlyOnce has two processors and three brokers; in the middle of the messages one processor and one broker are killed with -9, the one
// that leads the group, and both come back. Every message comes out exactly once, as a record or as a dead letter, and in the order of its partition.
func TestExactlyOnce(t *testing.T) {
	kafka, seeds := brokers(t)
	total := number()
	start := func(name string) *fulltest.Process {
		return fulltest.Run(t, []string{"KAFKA_BROKERS=" + strings.Join(seeds, ",")}, "-format", "combined", "-transactional-id", name, "-listen", "", "-log-level", "WARN")
	}
	first, second := start("one"), start("two")
	sent := make(chan error, 1)
	go func() { sent <- send(t.Context(), seeds, total) }()

	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute+time.Duration(total)*time.Millisecond)
	defer cancel()
	out, err := kgo.NewClient(kgo.SeedBrokers(seeds...), kgo.ConsumeTopics("records", "dead-letters"), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	require.NoError(t, err)
	defer out.Close()
	seen, distinct, begin := make([]uint8, total), 0, time.Now()
	last, disordered := map[string]int{}, 0 // the newest number of each output partition
	killed, back := false, make(chan struct{})
	for distinct < total {
		fetches := out.PollFetches(ctx)
		require.NoError(t, ctx.Err(), "%d of %d came", distinct, total)
		fetches.EachRecord(func(r *kgo.Record) {
			n := numberOf(r)
			if seen[n]++; seen[n] == 1 {
				distinct++
			}
			where := fmt.Sprint(r.Topic, r.Partition)
			if before, some := last[where]; some && before >= n || n%partitions != int(r.Partition) {
				disordered++
			}
			last[where] = n
		})
		if !killed && distinct > total/2 {
			killed = true
			t.Logf("%.1f s: %d of %d came; killing a processor and the broker that leads the group", time.Since(begin).Seconds(), distinct, total)
			_ = first.Stop(syscall.SIGKILL)
			node := coordinator(t, out)
			go func() {
				defer close(back)
				kafka.Again("crash", node)
				time.Sleep(2 * time.Second)
				start("one")
				kafka.Again("node", node)
			}()
		}
	}
	require.NoError(t, <-sent)
	<-back
	time.Sleep(2 * time.Second) // what comes twice may come late
	late, stop := context.WithTimeout(t.Context(), 2*time.Second)
	defer stop()
	out.PollFetches(late).EachRecord(func(r *kgo.Record) { seen[numberOf(r)]++ })
	twice := 0
	for _, times := range seen {
		if times > 1 {
			twice++
		}
	}
	assert.Zero(t, twice, "came twice")
	assert.Zero(t, disordered, "came out of order, or in another partition")
	t.Logf("%d messages, 0 lost, %d twice, %d out of order, %.1f s with the kills", total, twice, disordered, time.Since(begin).Seconds())
	assert.NoError(t, second.Stop(syscall.SIGTERM), "it drains and ends by itself")
}

// send produces numbered lines; every hundredth is none.
func send(ctx context.Context, seeds []string, total int) error {
	k, err := kgo.NewClient(kgo.SeedBrokers(seeds...), kgo.DefaultProduceTopic("logs"), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.MaxBufferedRecords(20_000), kgo.ProducerLinger(5*time.Millisecond))
	if err != nil {
		return err
	}
	defer k.Close()
	failed := make(chan error, 1)
	for i := range total {
		value := fmt.Sprintf(`192.0.2.1 - - [05/Mar/2026:10:00:00 +0000] "GET /%d HTTP/1.1" 200 12 "-" "agent"`, i)
		if i%100 == 0 {
			value = fmt.Sprint("bad ", i)
		}
		k.Produce(ctx, &kgo.Record{Partition: int32(i % partitions), Value: []byte(value)}, func(_ *kgo.Record, err error) {
			if err != nil {
				select {
				case failed <- err:
				default:
				}
			}
		})
	}
	if err := k.Flush(ctx); err != nil {
		return err
	}
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

func numberOf(r *kgo.Record) (n int) {
	text := string(r.Value)
	if rest, ok := strings.CutPrefix(text, "bad "); ok {
		text = rest
	} else if _, rest, ok := strings.Cut(text, `"target":"/`); ok {
		text = rest
	}
	if _, err := fmt.Sscanf(text, "%d", &n); err != nil {
		panic(fmt.Sprintf("not a message of this test: %q", r.Value))
	}
	return n
}
