package logstream

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"
	rtm "runtime/metrics"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/trace/noop"
)

func transform1(t testing.TB) *transformer { return transform0(t, "combined", 1<<20) }

// kind is one side of a comparison.
type kind struct {
	name   string
	slower int // it gets so many times less to do
	transform
}

func kinds(t testing.TB) []kind {
	arrow := transform1(t)
	arrow.arrow = newArrowOutput()
	return []kind{{"regexp", 4, &baseline{records: "records", dead: "dead"}}, {"sawlog", 1, transform1(t)}, {"sawlog-arrow", 1, arrow}}
}

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
		for _, k := range kinds(b) {
			b.Run(fmt.Sprintf("%s/lines=%d", k.name, lines), func(b *testing.B) {
				b.SetBytes(int64(size))
				b.ReportAllocs()
				p := &piece{}
				for b.Loop() {
					for rest := in; len(rest) > 0; {
						n := cut(rest)
						_, err := k.messages(rest[:n], p)
						require.NoError(b, err)
						p.out, p.arena = p.out[:0], p.arena[:0]
						rest = rest[n:]
					}
				}
				b.ReportMetric(float64(b.N*len(in))/b.Elapsed().Seconds(), "messages/s")
			})
		}
	}
}

// limited ends a processor when all messages have been settled. It watches from the first quarter on: until then the group forms, and memory
// is touched for the first time.
type limited struct {
	session
	all, left, now int
	measured       int
	stop           context.CancelFunc
	use            usage
	waited         time.Duration // for brokers, with nothing to parse
	rss            memory
}

// memory is what the process has had, every few milliseconds.
type memory struct {
	mu  sync.Mutex
	had []int64
}

func (m *memory) watch(ctx context.Context) {
	for tick := time.NewTicker(20 * time.Millisecond); ctx.Err() == nil; <-tick.C {
		m.mu.Lock()
		m.had = append(m.had, resident())
		m.mu.Unlock()
	}
}

// forget is for what was before.
func (m *memory) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.had = nil
}

// halves are the peaks of the first half and of the second, in MiB.
func (m *memory) halves() (first, second float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	half := len(m.had) / 2
	return float64(slices.Max(m.had[:half])) / (1 << 20), float64(slices.Max(m.had[half:])) / (1 << 20)
}

// waits measures a call that waits.
func (l *limited) waits(begun time.Time) { l.waited += time.Since(begun) }

func (l *limited) Flush(ctx context.Context) error {
	defer l.waits(time.Now())
	return l.session.Flush(ctx)
}

func (l *limited) Poll(ctx context.Context, most int) kgo.Fetches {
	defer l.waits(time.Now())
	f := l.session.Poll(ctx, most)
	l.now = f.NumRecords()
	return f
}

func (l *limited) More(most int) kgo.Fetches {
	f := l.session.More(most)
	l.now += f.NumRecords()
	return f
}

func (l *limited) Wait(ctx context.Context, most int) kgo.Fetches {
	defer l.waits(time.Now())
	f := l.session.Wait(ctx, most)
	l.now += f.NumRecords()
	return f
}

func (l *limited) Settle(ctx context.Context, ok bool) (bool, error) {
	begun := time.Now()
	settled, err := l.session.Settle(ctx, ok)
	l.waits(begun)
	if !settled {
		return settled, err
	}
	switch l.left -= l.now; {
	case l.left <= 0:
		l.use = used().since(l.use)
		l.stop()
	case l.measured == 0 && l.left <= l.all-l.all/4:
		l.measured, l.waited, l.use = l.left, 0, used()
		l.rss.forget()
		l.use.wall, l.use.cpu = clocks() // what it took to ask does not count
	}
	return settled, err
}

// usage is what the process has used so far.
type usage struct {
	wall    time.Duration
	cpu     time.Duration
	mallocs uint64
	gc, all float64 // seconds of the collector, and of all work
}

var started = time.Now()

func clocks() (wall, cpu time.Duration) {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Since(started), time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func used() usage {
	wall, cpu := clocks()
	var m runtime.MemStats
	runtime.GC() // the samples are brought up to date by a collection
	runtime.ReadMemStats(&m)
	s := []rtm.Sample{{Name: "/cpu/classes/gc/total:cpu-seconds"}, {Name: "/cpu/classes/gc/mark/idle:cpu-seconds"}, {Name: "/cpu/classes/total:cpu-seconds"}, {Name: "/cpu/classes/idle:cpu-seconds"}}
	rtm.Read(s)
	return usage{wall: wall, cpu: cpu, mallocs: m.Mallocs, gc: s[0].Value.Float64() - s[1].Value.Float64(),
		all: s[2].Value.Float64() - s[3].Value.Float64() - s[1].Value.Float64()}
}

func (u usage) since(v usage) usage {
	return usage{wall: u.wall - v.wall, cpu: u.cpu - v.cpu, mallocs: u.mallocs - v.mallocs, gc: u.gc - v.gc, all: u.all - v.all}
}

// resident is the process's memory, 0 where the system does not say.
func resident() (bytes int64) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, pages int64
	_, _ = fmt.Sscan(string(text), &size, &pages)
	return pages * int64(os.Getpagesize())
}

// BenchmarkBroker is the whole loop against real brokers (KAFKA_BROKERS), on one core with -cpu 1: poll, transform, produce, transaction.
// What a message costs in processor time, allocations and the collector's share are those of the whole process, Kafka's client included; they
// say what one core can do also where brokers and others share the machine, unlike messages/s; waiting-% is the time in which there was nothing
// to do but to wait for brokers. The growth of memory is from the highest of the first half to that of the second. Latency is from a message's timestamp until
// its output can be read, at 100 messages a second.
func BenchmarkBroker(b *testing.B) {
	seeds := os.Getenv("KAFKA_BROKERS")
	if seeds == "" {
		b.Skip("it needs Kafka: set KAFKA_BROKERS")
	}
	RareCollections() // as the program has it
	for _, lines := range []int{1, 100} {
		n := 3_000_000
		if lines == 100 {
			n = 100_000
		}
		c, size := filled(b, seeds, n, lines)
		for _, k := range kinds(b) {
			b.Run(fmt.Sprintf("%s/lines=%d", k.name, lines), func(b *testing.B) {
				for b.Loop() {
					c.Group, c.Transactional = fmt.Sprint("bench", time.Now().UnixNano()), fmt.Sprint("bench", time.Now().UnixNano())
					l := process(b, c, k, n/k.slower)
					count := float64(l.measured)
					b.ReportMetric(count/l.use.wall.Seconds(), "messages/s")
					b.ReportMetric(count*float64(size)/float64(n)/1e6/l.use.wall.Seconds(), "MB/s")
					b.ReportMetric(count/l.use.cpu.Seconds(), "messages/cpu-s")
					b.ReportMetric(100*l.waited.Seconds()/l.use.wall.Seconds(), "waiting-%")
					b.ReportMetric(count*float64(size)/float64(n)/1e6/l.use.cpu.Seconds(), "MB/cpu-s")
					b.ReportMetric(float64(l.use.mallocs)/count, "allocs/message")
					b.ReportMetric(100*l.use.gc/max(l.use.all, 1e-9), "gc-%")
					first, second := l.rss.halves()
					b.ReportMetric(max(first, second), "rss-MiB")
					b.ReportMetric(second-first, "rss-growth-MiB")
					p50, p99 := latency(b, c, k, lines)
					b.ReportMetric(p50, "p50-ms")
					b.ReportMetric(p99, "p99-ms")
				}
			})
		}
	}
}

// filled makes topics with n messages.
func filled(b *testing.B, seeds string, n, lines int) (c Config, size int) {
	c = Default()
	c.Brokers = strings.Split(seeds, ",")
	name := fmt.Sprint("bench", time.Now().UnixNano())
	c.Input, c.Output, c.Dead = name, "records", "dead"
	k, err := kgo.NewClient(kgo.SeedBrokers(c.Brokers...), kgo.DefaultProduceTopic(name), kgo.RecordPartitioner(kgo.RoundRobinPartitioner()), kgo.ProducerLinger(20*time.Millisecond))
	require.NoError(b, err)
	defer k.Close()
	_, err = kadm.NewClient(k).CreateTopics(b.Context(), 6, 1, nil, name, "records", "dead")
	require.NoError(b, err)
	for i := range n {
		value := packed(i, lines)
		size += len(value)
		k.Produce(b.Context(), &kgo.Record{Value: []byte(value)}, func(_ *kgo.Record, err error) { assert.NoError(b, err) })
	}
	require.NoError(b, k.Flush(b.Context()))
	return c, size
}

func process(b *testing.B, c Config, tr transform, n int) *limited {
	m, err := newMetrics(metricnoop.NewMeterProvider(), c.Input)
	require.NoError(b, err)
	s, err := c.session(m, new(atomic.Bool))
	require.NoError(b, err)
	ctx, cancel := context.WithTimeout(b.Context(), 5*time.Minute)
	defer cancel()
	debug.FreeOSMemory() // what came before does not count
	l := &limited{session: s, all: n, left: n, stop: cancel}
	go l.rss.watch(ctx)
	require.NoError(b, c.processor(l, tr, m).run(ctx))
	require.LessOrEqual(b, l.left, 0, "not all was settled in time")
	require.Positive(b, l.measured, "all was settled at once")
	return l
}

// latency sends 100 messages a second for five seconds, and gives the milliseconds until their output can be read: the half and the 99th
// percentile. Output may hold several messages (Arrow): each counts as long as its output took.
func latency(b *testing.B, c Config, tr transform, lines int) (p50, p99 float64) {
	const total = 500
	c.Group, c.Transactional = c.Group+"-live", c.Transactional+"-live"
	c.Input = c.Group // a topic of its own
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	out, err := kgo.NewClient(kgo.SeedBrokers(c.Brokers...), kgo.ConsumeTopics(c.Output), kgo.ConsumeResetOffset(kgo.NewOffset().AtEnd()), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.FetchMaxWait(10*time.Millisecond))
	require.NoError(b, err)
	defer out.Close()
	in, err := kgo.NewClient(kgo.SeedBrokers(c.Brokers...), kgo.DefaultProduceTopic(c.Input), kgo.ProducerLinger(0))
	require.NoError(b, err)
	defer in.Close()
	_, err = kadm.NewClient(in).CreateTopics(ctx, 6, 1, nil, c.Input)
	require.NoError(b, err)
	short, stop := context.WithTimeout(ctx, time.Second)
	out.PollFetches(short) // from here on
	stop()

	working, end := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- c.work(working, tr) }()
	in.Produce(ctx, &kgo.Record{Value: []byte(packed(0, lines))}, nil)
	for n := 0; n == 0 && ctx.Err() == nil; { // the group has formed
		n = out.PollFetches(ctx).NumRecords()
	}
	var sender sync.WaitGroup
	sender.Go(func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for i := range total {
			<-tick.C
			in.Produce(ctx, &kgo.Record{Value: []byte(packed(i, lines))}, nil)
		}
	})
	var took []float64
	for len(took) < total && ctx.Err() == nil {
		out.PollFetches(ctx).EachRecord(func(r *kgo.Record) {
			for range messagesIn(r) {
				took = append(took, float64(time.Since(r.Timestamp).Microseconds())/1000)
			}
		})
	}
	sender.Wait()
	end()
	require.NoError(b, <-ended)
	require.GreaterOrEqual(b, len(took), total, "of the messages came")
	slices.Sort(took)
	return took[len(took)/2], took[len(took)*99/100]
}

// messagesIn is how many input messages an output message holds.
func messagesIn(r *kgo.Record) int {
	for _, h := range r.Headers {
		var first, last int
		if n, _ := fmt.Sscanf(string(h.Value), "%d-%d", &first, &last); h.Key == "sawlog.offsets" && n == 2 {
			return last - first + 1
		}
	}
	return 1
}

// work is a processor until ctx ends.
func (c *Config) work(ctx context.Context, tr transform) error {
	m, err := newMetrics(metricnoop.NewMeterProvider(), c.Input)
	if err != nil {
		return err
	}
	s, err := c.session(m, new(atomic.Bool))
	if err != nil {
		return err
	}
	return c.processor(s, tr, m).run(ctx)
}

func (c *Config) processor(s session, tr transform, m *metrics) *processor {
	return &processor{session: s, transform: tr, pieces: newPieces(), metrics: m, settle: c.Settle, most: c.Poll, log: slog.New(slog.DiscardHandler), tracer: noop.NewTracerProvider().Tracer("")}
}
