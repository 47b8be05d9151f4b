package logstream

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	rtm "runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/trace/noop"
)

// baseline does what the transformer does, as it is mostly written: a regular expression, a struct, encoding/json. It is what the benchmarks
// compare with.
type baseline struct {
	records, dead string
	out           []kgo.Record
	count         counts
}

var combined = regexp.MustCompile(`^(\S+) (\S+) (\S+) \[([^\]]+)\] "([A-Z]+) (\S+) HTTP/([0-9.]+)" (\d{3}) (\d+|-) "([^"]*)" "([^"]*)"$`)

type combinedRecord struct {
	Client    string    `json:"client"`
	Ident     *string   `json:"ident,omitempty"`
	User      *string   `json:"user,omitempty"`
	Time      time.Time `json:"time"`
	Method    string    `json:"method"`
	Target    string    `json:"target"`
	Protocol  string    `json:"protocol"`
	Status    int       `json:"status"`
	Bytes     *int64    `json:"bytes,omitempty"`
	Referer   *string   `json:"referer,omitempty"`
	UserAgent *string   `json:"user_agent,omitempty"`
}

func text(s string) *string {
	if s == "-" {
		return nil
	}
	return &s
}

func (b *baseline) reset()               { b.out, b.count = nil, counts{} }
func (b *baseline) output() []kgo.Record { return b.out }
func (b *baseline) counted() counts      { return b.count }

func (b *baseline) messages(in []*kgo.Record) error {
	for _, m := range in {
		b.count.messages++
		b.count.bytes += int64(len(m.Value))
		var out bytes.Buffer
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(false)
		for line := range strings.SplitSeq(strings.TrimSuffix(string(m.Value), "\n"), "\n") {
			r, err := parseCombined(line)
			if err != nil {
				b.count.rejects++
				b.out = append(b.out, kgo.Record{Topic: b.dead, Partition: m.Partition, Key: m.Key, Value: []byte(line), Timestamp: m.Timestamp,
					Headers: []kgo.RecordHeader{{Key: "reason", Value: []byte(err.Error())}}})
				continue
			}
			b.count.records++
			if err := encoder.Encode(r); err != nil {
				return err
			}
		}
		if out.Len() > 0 {
			b.out = append(b.out, kgo.Record{Topic: b.records, Partition: m.Partition, Key: m.Key, Value: out.Bytes()[:out.Len()-1], Headers: m.Headers, Timestamp: m.Timestamp})
		}
	}
	return nil
}

func parseCombined(line string) (r combinedRecord, err error) {
	f := combined.FindStringSubmatch(line)
	if f == nil {
		return r, fmt.Errorf("no match")
	}
	r = combinedRecord{Client: f[1], Ident: text(f[2]), User: text(f[3]), Method: f[5], Target: f[6], Protocol: "HTTP/" + f[7], Referer: text(f[10]), UserAgent: text(f[11])}
	if r.Time, err = time.Parse("02/Jan/2006:15:04:05 -0700", f[4]); err != nil {
		return r, err
	}
	r.Time = r.Time.UTC()
	if r.Status, err = strconv.Atoi(f[8]); err != nil {
		return r, err
	}
	if f[9] != "-" {
		n, err := strconv.ParseInt(f[9], 10, 64)
		if err != nil {
			return r, err
		}
		r.Bytes = &n
	}
	return r, nil
}

// long is a line as busy sites have it.
func long(n int) string {
	return fmt.Sprintf(`192.0.2.%d - - [05/Mar/2026:10:00:%02d +0000] "GET /articles/%d?page=2 HTTP/1.1" 200 %d "https://www.example.com/articles/" "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"`, n%250, n%60, n, 1000+n)
}

func packed(n, lines int) string {
	var b strings.Builder
	for i := range lines {
		b.WriteString(long(n*lines+i) + "\n")
	}
	return b.String()
}

// TestTheBaselineDoesTheSame, or the comparison would say nothing.
func TestTheBaselineDoesTheSame(t *testing.T) {
	in := messages(long(1), packed(1, 5), "bad", strings.ReplaceAll(long(3), `"https`, `"a <b> & c`))
	ours, theirs := transform1(t), &baseline{records: "records", dead: "dead"}
	require.NoError(t, ours.messages(in))
	require.NoError(t, theirs.messages(in))
	assert.Equal(t, theirs.counted(), ours.counted())
	shownOf := func(tr transform) (all []string) {
		for _, r := range tr.output() {
			for l := range strings.SplitSeq(string(r.Value), "\n") {
				var v any
				if json.Unmarshal([]byte(l), &v) == nil {
					sorted, err := json.Marshal(v)
					require.NoError(t, err)
					l = string(sorted)
				}
				all = append(all, r.Topic+string(r.Key)+l)
			}
		}
		slices.Sort(all)
		return all
	}
	assert.Equal(t, shownOf(theirs), shownOf(ours))
}

func transform1(t testing.TB) *transformer { return transform0(t, "combined", 1<<20) }

// BenchmarkParsing is without a broker: messages to output messages.
func BenchmarkParsing(b *testing.B) {
	for _, lines := range []int{1, 100} {
		var values []string
		size := 0
		for i := range 20_000 / lines {
			values = append(values, packed(i, lines))
			size += len(values[i])
		}
		in := messages(values...)
		for name, tr := range kinds(b) {
			b.Run(fmt.Sprintf("%s/lines=%d", name, lines), func(b *testing.B) {
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					tr.reset()
					require.NoError(b, tr.messages(in))
				}
				b.ReportMetric(float64(b.N*len(in))/b.Elapsed().Seconds(), "messages/s")
			})
		}
	}
}

func kinds(t testing.TB) map[string]transform {
	return map[string]transform{"sawlog": transform1(t), "regexp": &baseline{records: "records", dead: "dead"}}
}

// limited ends a processor when n messages have been settled.
type limited struct {
	session
	left int
	now  int
	stop context.CancelFunc
}

func (l *limited) Poll(ctx context.Context) kgo.Fetches {
	f := l.session.Poll(ctx)
	l.now = f.NumRecords()
	return f
}

func (l *limited) Settle(ctx context.Context, ok bool) (bool, error) {
	settled, err := l.session.Settle(ctx, ok)
	if settled {
		if l.left -= l.now; l.left <= 0 {
			l.stop()
		}
	}
	return settled, err
}

// BenchmarkBroker is the whole loop against real brokers (KAFKA_BROKERS), on one core with -cpu 1: poll, transform, produce, transaction. Allocations
// and the collector's share are those of the whole process, Kafka's client included. Latency is from a message's timestamp until its output
// can be read, at 100 messages a second.
func BenchmarkBroker(b *testing.B) {
	seeds := os.Getenv("KAFKA_BROKERS")
	if seeds == "" {
		b.Skip("it needs Kafka: set KAFKA_BROKERS")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as the program has it
	for _, lines := range []int{1, 100} {
		n := 100_000
		if lines == 100 {
			n = 3_000
		}
		c, size := filled(b, seeds, n, lines)
		for name, tr := range kinds(b) {
			b.Run(fmt.Sprintf("%s/lines=%d", name, lines), func(b *testing.B) {
				for b.Loop() {
					c.Group, c.Transactional = fmt.Sprint("bench", time.Now().UnixNano()), fmt.Sprint("bench", time.Now().UnixNano())
					var before, after runtime.MemStats
					runtime.GC()
					runtime.ReadMemStats(&before)
					gc, cpu := seconds()
					took := process(b, c, tr, n)
					gc2, cpu2 := seconds()
					runtime.ReadMemStats(&after)
					b.ReportMetric(float64(n)/took.Seconds(), "messages/s")
					b.ReportMetric(float64(size)/1e6/took.Seconds(), "MB/s")
					b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(n), "allocs/message")
					b.ReportMetric(100*(gc2-gc)/max(cpu2-cpu, 1e-9), "gc-%")
					b.ReportMetric(latency(b, c, tr, lines), "p99-ms")
				}
			})
		}
	}
}

// filled makes topics with n messages.
func filled(b *testing.B, seeds string, n, lines int) (c Config, size int) {
	c = Default()
	c.Brokers, c.Poll = strings.Split(seeds, ","), 20_000
	name := fmt.Sprint("bench", time.Now().UnixNano())
	c.Input, c.Output, c.Dead = name, "records", "dead"
	k, err := kgo.NewClient(kgo.SeedBrokers(c.Brokers...), kgo.DefaultProduceTopic(name), kgo.RecordPartitioner(kgo.RoundRobinPartitioner()))
	require.NoError(b, err)
	defer k.Close()
	_, err = kadm.NewClient(k).CreateTopics(b.Context(), 6, 1, nil, name, name+"-live", "records", "dead")
	require.NoError(b, err)
	for i := range n {
		value := packed(i, lines)
		size += len(value)
		k.Produce(b.Context(), &kgo.Record{Value: []byte(value)}, func(_ *kgo.Record, err error) { assert.NoError(b, err) })
	}
	require.NoError(b, k.Flush(b.Context()))
	return c, size
}

func process(b *testing.B, c Config, tr transform, n int) time.Duration {
	m, err := newMetrics(metricnoop.NewMeterProvider(), c.Input)
	require.NoError(b, err)
	s, err := c.session(m)
	require.NoError(b, err)
	ctx, cancel := context.WithTimeout(b.Context(), 2*time.Minute)
	defer cancel()
	p := &processor{session: &limited{session: s, left: n, stop: cancel}, transform: tr, metrics: m, settle: c.Settle, log: slog.New(slog.DiscardHandler), tracer: noop.NewTracerProvider().Tracer("")}
	begin := time.Now()
	require.NoError(b, p.run(ctx))
	return time.Since(begin)
}

// seconds of the collector, and of all work.
func seconds() (gc, all float64) {
	s := []rtm.Sample{{Name: "/cpu/classes/gc/total:cpu-seconds"}, {Name: "/cpu/classes/total:cpu-seconds"}, {Name: "/cpu/classes/idle:cpu-seconds"}}
	runtime.GC() // the samples are brought up to date by a collection
	rtm.Read(s)
	return s[0].Value.Float64(), s[1].Value.Float64() - s[2].Value.Float64()
}

// latency sends 100 messages a second for five seconds, and gives the 99th percentile of the milliseconds until their output can be read.
func latency(b *testing.B, c Config, tr transform, lines int) float64 {
	const total = 500
	c.Input += "-live"
	var took []float64
	var wait sync.WaitGroup
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	k, err := kgo.NewClient(kgo.SeedBrokers(c.Brokers...), kgo.DefaultProduceTopic(c.Input), kgo.ConsumeTopics(c.Output), kgo.ConsumeResetOffset(kgo.NewOffset().AtEnd()), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.FetchMaxWait(10*time.Millisecond))
	require.NoError(b, err)
	defer k.Close()
	short, stop := context.WithTimeout(ctx, time.Second)
	k.PollFetches(short) // from here on
	stop()
	wait.Go(func() { process(b, c, tr, total+1) })
	k.Produce(ctx, &kgo.Record{Value: []byte(packed(0, lines))}, nil)
	for n := 0; n == 0 && ctx.Err() == nil; { // the group has formed
		n = k.PollFetches(ctx).NumRecords()
	}
	wait.Go(func() {
		for len(took) < total && ctx.Err() == nil {
			k.PollFetches(ctx).EachRecord(func(r *kgo.Record) { took = append(took, float64(time.Since(r.Timestamp).Microseconds())/1000) })
		}
	})
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for i := range total {
		<-tick.C
		k.Produce(ctx, &kgo.Record{Value: []byte(packed(i, lines))}, nil)
	}
	wait.Wait()
	slices.Sort(took)
	if len(took) < total {
		return -1
	}
	return took[len(took)*99/100]
}
