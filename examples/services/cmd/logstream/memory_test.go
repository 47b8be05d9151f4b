package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sawlog/sawlog/examples/services/internal/fulltest"
)

// TestMemoryIsFlat runs the program under a load that does not end, and watches the memory it has. In the tests of all services that is for a
// moment; SERVICES_MINUTES is for how many minutes, and SERVICES_RATE how many lines a second: 0 is as many as there can be.
func TestMemoryIsFlat(t *testing.T) {
	fulltest.Long(t)
	minutes, rate := 0.4, 20_000
	_, _ = fmt.Sscan(os.Getenv("SERVICES_MINUTES"), &minutes)
	_, _ = fmt.Sscan(os.Getenv("SERVICES_RATE"), &rate)
	for _, lines := range []int{1, 100} {
		t.Run(fmt.Sprintf("lines=%d", lines), func(t *testing.T) {
			l := newLoad(t, lines, rate)
			program := fulltest.Run(t, []string{"KAFKA_BROKERS=" + l.seeds}, "-format", "combined", "-listen", "", "-log-level", "WARN")
			go l.run(t.Context())
			go l.follow(t.Context())
			had := watch(t, l, program.Process.Pid, time.Duration(minutes*float64(time.Minute)))
			assert.NoError(t, program.Stop(syscall.SIGTERM))
			require.Greater(t, l.done.Load(), l.atWarm, "it works all the time")
			first, second := mean(had[:len(had)/2]), mean(had[len(had)/2:])
			t.Logf("%d lines a message: %.0f messages/s; first half %.0f MiB, second half %.0f MiB (%+.1f %%), highest %.0f MiB", lines, l.speed, first, second, 100*(second/first-1), slices.Max(had))
			assert.Less(t, slices.Max(had), 600.0, "MiB")
			if minutes >= 3 { // else it is no proof of anything
				assert.InEpsilon(t, first, second, 0.05)
			}
		})
	}
}

// TestMemoryOfBombs has the program, as it is set by itself, read batches that are a hundred kilobytes on the wire and ninety megabytes in
// memory: it takes one or two at a time.
func TestMemoryOfBombs(t *testing.T) {
	const bombs, size = 12, 90 << 20
	_, seeds := brokers(t, 1)
	k, err := kgo.NewClient(kgo.SeedBrokers(seeds...), kgo.ConsumeTopics("dead-letters"), kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.RecordPartitioner(kgo.RoundRobinPartitioner()),
		kgo.ProducerBatchCompression(kgo.GzipCompression()), kgo.ProducerBatchMaxBytes(size+1<<10), kgo.MaxBufferedBytes(2*size))
	require.NoError(t, err)
	defer k.Close()
	value := bytes.Repeat([]byte("x"), size)
	for range bombs {
		require.NoError(t, k.ProduceSync(t.Context(), &kgo.Record{Topic: "logs", Value: value}).FirstErr())
	}
	program := fulltest.Run(t, []string{"KAFKA_BROKERS=" + seeds[0]}, "-format", "combined", "-listen", "", "-log-level", "WARN")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	came, highest := 0, 0.0
	for came < bombs {
		moment, stop := context.WithTimeout(ctx, 20*time.Millisecond)
		came += k.PollFetches(moment).NumRecords()
		stop()
		require.NoError(t, ctx.Err(), "%d of %d came", came, bombs)
		highest = max(highest, resident(t, program.Process.Pid))
	}
	t.Logf("%d batches of %d MiB, highest memory %.0f MiB", came, size>>20, highest)
	assert.Less(t, highest, 1200.0)
	assert.NoError(t, program.Stop(syscall.SIGTERM))
}

// watch notes the memory of a process in MiB, from the second minute on, or the second quarter of a short time.
func watch(t *testing.T, l *load, pid int, long time.Duration) (had []float64) {
	warm, each := min(time.Minute, long/4), min(5*time.Second, long/20)
	begun, warmAt := time.Now(), time.Time{}
	tick := time.NewTicker(each)
	defer tick.Stop()
	for time.Since(begun) < long {
		<-tick.C
		now := resident(t, pid)
		sent, done := l.sent.Load(), l.done.Load()
		t.Logf("%5.0f s  %4.0f MiB  %10d messages settled, %7d behind", time.Since(begun).Seconds(), now, done, sent-done)
		if time.Since(begun) < warm {
			continue
		}
		if len(had) == 0 {
			l.atWarm, warmAt = done, time.Now()
		}
		had = append(had, now)
	}
	l.speed = float64(l.done.Load()-l.atWarm) / time.Since(warmAt).Seconds()
	return had
}

func mean(v []float64) (sum float64) {
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// resident is a process's memory in MiB.
func resident(t *testing.T, pid int) (mib float64) {
	t.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skip("it needs /proc: ", err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if rest, ok := strings.CutPrefix(s.Text(), "VmRSS:"); ok {
			_, err := fmt.Sscan(rest, &mib)
			require.NoError(t, err)
			return mib / 1024
		}
	}
	t.Fatal("the process has ended")
	return 0
}

// load sends messages to a broker of its own.
type load struct {
	seeds      string
	client     *kgo.Client
	messages   []string
	rate       int64 // messages a second; 0: no bound
	ahead      int64 // how many messages may be behind at most
	sent, done atomic.Int64
	atWarm     int64
	speed      float64
}

func newLoad(t *testing.T, lines, rate int) *load {
	t.Setenv("HEAP", "768m")
	kafka := fulltest.Start(t, "kafka")
	l := &load{seeds: kafka.Env["KAFKA_BROKERS"], rate: int64(rate / lines), ahead: int64(1_000_000 / lines)}
	if rate > 0 {
		l.rate = max(1, l.rate)
	}
	for n := range 1000 {
		var b strings.Builder
		for i := range lines {
			n := n*lines + i
			fmt.Fprintf(&b, `192.0.2.%d - - [05/Mar/2026:10:00:%02d +0000] "GET /articles/%d?page=2 HTTP/1.1" 200 %d "https://www.example.com/articles/" "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"`+"\n", n%250, n%60, n, 1000+n)
		}
		l.messages = append(l.messages, strings.TrimSuffix(b.String(), "\n"))
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(l.seeds), kgo.DefaultProduceTopic("logs"), kgo.RecordPartitioner(kgo.RoundRobinPartitioner()), kgo.ProducerLinger(20*time.Millisecond))
	require.NoError(t, err)
	t.Cleanup(client.Close)
	l.client = client
	// what was read is deleted soon: the load may last
	keep := map[string]*string{"retention.bytes": kadm.StringPtr("134217728"), "segment.bytes": kadm.StringPtr("16777216"), "file.delete.delay.ms": kadm.StringPtr("1000")}
	topics, err := kadm.NewClient(client).CreateTopics(t.Context(), partitions, 1, keep, "logs", "records", "dead-letters")
	require.NoError(t, err)
	require.NoError(t, topics.Error())
	return l
}

// run sends until ctx ends.
func (l *load) run(ctx context.Context) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	begun := time.Now()
	for ctx.Err() == nil {
		<-tick.C
		until := l.done.Load() + l.ahead
		if l.rate > 0 {
			until = min(until, int64(time.Since(begun).Seconds()*float64(l.rate)))
		}
		for n := l.sent.Load(); n < until && ctx.Err() == nil; n = l.sent.Add(1) {
			l.client.Produce(ctx, &kgo.Record{Value: []byte(l.messages[n%int64(len(l.messages))])}, nil)
		}
	}
}

// follow asks the broker how many messages the processor has settled, until ctx ends.
func (l *load) follow(ctx context.Context) {
	for tick := time.NewTicker(200 * time.Millisecond); ctx.Err() == nil; <-tick.C {
		offsets, err := kadm.NewClient(l.client).FetchOffsets(ctx, "logstream")
		if err != nil {
			continue
		}
		n := int64(0)
		offsets.Each(func(o kadm.OffsetResponse) { n += max(0, o.At) })
		l.done.Store(n)
	}
}
