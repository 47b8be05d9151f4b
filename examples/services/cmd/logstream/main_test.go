package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
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

// brokers starts one or three, and makes the topics.
func brokers(t *testing.T, n int) (*fulltest.Component, []string) {
	t.Helper()
	fulltest.Long(t)
	t.Setenv("HEAP", "384m")
	kafka := fulltest.Start(t, "kafka", fmt.Sprint(n))
	seeds := strings.Split(kafka.Env["KAFKA_BROKERS"], ",")
	k, err := kgo.NewClient(kgo.SeedBrokers(seeds...))
	require.NoError(t, err)
	defer k.Close()
	topics, err := kadm.NewClient(k).CreateTopics(t.Context(), partitions, int16(n), nil, "logs", "records", "dead-letters")
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

// number is how many messages the test sends: SERVICES_MESSAGES, or a few.
func number() int {
	n := 200_000
	_, _ = fmt.Sscan(os.Getenv("SERVICES_MESSAGES"), &n)
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
	kafka, seeds := brokers(t, 3)
	total := number()
	start := func(name string) *fulltest.Process {
		return fulltest.Run(t, []string{"KAFKA_BROKERS=" + strings.Join(seeds, ",")}, "-format", "combined", "-transactional-id", name, "-listen", "", "-log-level", "WARN")
	}
	first, second := start("one"), start("two")
	sent := make(chan error, 1)
	go func() { sent <- send(t.Context(), seeds, 0, total) }()

	c := newCheck(t, seeds, total)
	back := make(chan struct{})
	c.until(total/2 + 1)
	t.Logf("%.1f s: %d of %d came; killing a processor and the broker that leads the group", time.Since(c.begun).Seconds(), c.distinct, total)
	_ = first.Stop(syscall.SIGKILL)
	node := coordinator(t, c.out)
	go func() {
		defer close(back)
		kafka.Again("crash", node)
		time.Sleep(2 * time.Second)
		start("one")
		kafka.Again("node", node)
	}()
	c.until(total)
	require.NoError(t, <-sent)
	<-back
	c.end()
	assert.NoError(t, second.Stop(syscall.SIGTERM), "it drains and ends by itself")
}

// check looks at what comes out.
type check struct {
	t          *testing.T
	out        *kgo.Client
	begun      time.Time
	seen       []uint8 // how often each number came
	distinct   int
	last       map[string]int // the newest number of each output partition
	disordered int
}

func newCheck(t *testing.T, seeds []string, total int) *check {
	out, err := kgo.NewClient(kgo.SeedBrokers(seeds...), kgo.ConsumeTopics("records", "dead-letters"), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	require.NoError(t, err)
	t.Cleanup(out.Close)
	return &check{t: t, out: out, begun: time.Now(), seen: make([]uint8, total), last: map[string]int{}}
}

// until waits until so many different messages have come.
func (c *check) until(n int) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 3*time.Minute+time.Duration(len(c.seen))*time.Millisecond)
	defer cancel()
	for c.distinct < n {
		fetches := c.out.PollFetches(ctx)
		require.NoError(c.t, ctx.Err(), "%d of %d came", c.distinct, n)
		fetches.EachRecord(c.take)
	}
}

func (c *check) take(r *kgo.Record) {
	n := numberOf(r)
	if c.seen[n]++; c.seen[n] == 1 {
		c.distinct++
	}
	where := fmt.Sprint(r.Topic, r.Partition)
	if before, some := c.last[where]; some && before >= n || n%partitions != int(r.Partition) {
		c.disordered++
	}
	c.last[where] = n
}

// end is for when all have come: none twice, and in the order of their partitions.
func (c *check) end() {
	c.t.Helper()
	took := time.Since(c.begun)
	time.Sleep(2 * time.Second) // what comes twice may come late
	late, stop := context.WithTimeout(c.t.Context(), 2*time.Second)
	defer stop()
	c.out.PollFetches(late).EachRecord(c.take)
	twice := 0
	for _, times := range c.seen {
		if times > 1 {
			twice++
		}
	}
	assert.Zero(c.t, twice, "came twice")
	assert.Zero(c.t, c.disordered, "came out of order, or in another partition")
	c.t.Logf("%d messages, %d lost, %d twice, %d out of order, %.1f s", len(c.seen), len(c.seen)-c.distinct, twice, c.disordered, took.Seconds())
}

// TestBrokersAreAway: all brokers are killed with -9 in the middle of the messages, and are away for longer than a batch may take. The processor
// waits, and goes on by itself.
func TestBrokersAreAway(t *testing.T) {
	const total, step = 100_000, 1000
	kafka, seeds := brokers(t, 1)
	address := freeAddress(t)
	p := fulltest.Run(t, []string{"KAFKA_BROKERS=" + seeds[0]}, "-format", "combined", "-listen", address, "-settle", "5s", "-log-level", "ERROR")
	health := func() int {
		r, err := http.Get("http://" + address + "/health")
		if err != nil {
			return 0
		}
		defer r.Body.Close()
		return r.StatusCode
	}
	sent := make(chan error, 1)
	go func() {
		var err error
		for from := 0; from < total && err == nil; from += step {
			err = send(t.Context(), seeds, from, from+step)
			time.Sleep(50 * time.Millisecond)
		}
		if err != nil {
			t.Log("no more is sent:", err) // or what does not come is only missing
		}
		sent <- err
	}()
	c := newCheck(t, seeds, total)
	c.until(total / 4)
	kafka.Again("crash", "1")
	require.Empty(t, sent, "there is more to come")
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(time.Second) {
		require.Equal(t, 200, health(), "it lives on")
	}
	kafka.Again("node", "1")
	c.until(total)
	require.NoError(t, <-sent)
	c.end()
	assert.NoError(t, p.Stop(syscall.SIGTERM))
}

// TestNoBrokerAtAll: one that is away when the processor starts ends it, with an error that says which.
func TestNoBrokerAtAll(t *testing.T) {
	fulltest.Long(t)
	address := freeAddress(t)
	p := fulltest.Run(t, []string{"KAFKA_BROKERS=" + address}, "-listen", "")
	err, ended := p.Ended(time.Minute)
	assert.True(t, ended, "it waits without end")
	require.Error(t, err)
}

func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// TestCollector sends telemetry to a real collector: the span of a batch is linked with the trace that its message belongs to.
func TestCollector(t *testing.T) {
	_, seeds := brokers(t, 1)
	collector := fulltest.Start(t, "otelcol")
	p := fulltest.Run(t, []string{"KAFKA_BROKERS=" + seeds[0], "OTEL_EXPORTER_OTLP_ENDPOINT=" + collector.Env["OTEL_EXPORTER_OTLP_ENDPOINT"]}, "-format", "json", "-listen", "")
	k, err := kgo.NewClient(kgo.SeedBrokers(seeds...), kgo.ConsumeTopics("records"), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	require.NoError(t, err)
	defer k.Close()
	const trace = "0af7651916cd43dd8448eb211c80319c"
	header := kgo.RecordHeader{Key: "traceparent", Value: []byte("00-" + trace + "-b7ad6b7169203331-01")}
	require.NoError(t, k.ProduceSync(t.Context(), &kgo.Record{Topic: "logs", Value: []byte(`{"message":"x"}`), Headers: []kgo.RecordHeader{header}}).FirstErr())
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out := k.PollFetches(ctx).Records()
	require.Len(t, out, 1)
	assert.Equal(t, []kgo.RecordHeader{header}, out[0].Headers, "the trace goes on behind it")
	require.NoError(t, p.Stop(syscall.SIGTERM)) // sends what is left
	missing := func() (all []string) {
		text, err := os.ReadFile(collector.File("telemetry.jsonl"))
		require.NoError(t, err)
		for _, want := range []string{`"name":"process logs"`, `"links":[{"traceId":"` + trace, `"name":"logstream.messages"`, `"name":"logstream.latency"`, "resourceLogs", `"stringValue":"logstream"`} {
			if !strings.Contains(string(text), want) {
				all = append(all, want)
			}
		}
		return all
	}
	for end := time.Now().Add(20 * time.Second); len(missing()) > 0 && time.Now().Before(end); {
		time.Sleep(50 * time.Millisecond)
	}
	assert.Empty(t, missing())
}

// send produces numbered lines; every hundredth is none.
func send(ctx context.Context, seeds []string, from, to int) error {
	k, err := kgo.NewClient(kgo.SeedBrokers(seeds...), kgo.DefaultProduceTopic("logs"), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.MaxBufferedRecords(20_000), kgo.UnknownTopicRetries(-1), kgo.ProducerLinger(5*time.Millisecond))
	if err != nil {
		return err
	}
	defer k.Close()
	failed := make(chan error, 1)
	for i := from; i < to; i++ {
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
