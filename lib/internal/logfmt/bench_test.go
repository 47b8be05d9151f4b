package logfmt

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// lines makes lines of 12 keys, as a server writes them.
func lines(size int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(words ...string) string { return words[random.IntN(len(words))] }
	var b bytes.Buffer
	for ns := int64(0); b.Len() < size; ns += int64(random.IntN(20_000_000)) {
		fmt.Fprintf(&b, `ts=2026-03-01T00:%02d:%02d.%09dZ level=%s logger=%s caller=%s:%d msg="%s" request_id=%016x%016x user_id=%d method=%s path=%s/%d status=%s latency_ms=%.3f`+"\n",
			ns/60_000_000_000%60, ns/1_000_000_000%60, ns%1_000_000_000, pick("info", "info", "info", "warn", "debug", "error"), pick("cache", "http", "queue.worker", "store.orders"),
			pick("cache/lru.go", "server/http.go", "queue/worker.go"), random.IntN(400), pick("payment authorised", "upstream answered", "rate limit checked", "message published to queue"),
			random.Uint64(), random.Uint64(), random.IntN(2_000_000), pick("GET", "GET", "PUT", "POST"), pick("/api/v1/orders", "/static/js", "/login"), random.IntN(100_000),
			pick("200", "200", "200", "404", "500"), random.Float64()*1000)
	}
	return b.Bytes()
}

func benchmark(b *testing.B, text []byte, o Options, plain bool) {
	bound := bind(b, o, string(text[:bytes.LastIndexByte(text[:min(len(text), 1<<20)], '\n')+1]))
	w := bound.NewWorker().(*worker)
	w.plain = plain
	rig.Benchmark(b, bound, w, string(text))
}

func BenchmarkParse(b *testing.B) {
	fields := infer.Options{Fields: []infer.Declared{timeField("ts")}}
	narrow := fields
	narrow.Project = []string{"ts", "status"}
	text := lines(1 << 20)
	b.Run("walk", func(b *testing.B) { benchmark(b, text, Options{Infer: fields}, false) })
	b.Run("plain", func(b *testing.B) { benchmark(b, text, Options{Infer: fields}, true) })
	b.Run("project", func(b *testing.B) { benchmark(b, text, Options{Infer: narrow}, false) })
}

// BenchmarkFile reads the blocks of the file named by SAWLOG_BENCH_LOGFMT, whose first key is ts.
func BenchmarkFile(b *testing.B) {
	name := os.Getenv("SAWLOG_BENCH_LOGFMT")
	if name == "" {
		b.Skip("SAWLOG_BENCH_LOGFMT is not set")
	}
	text, err := os.ReadFile(name)
	if err != nil {
		b.Fatal(err)
	}
	const size = 1 << 20
	var blocks [][]byte
	for len(text) > 0 {
		stop := bytes.LastIndexByte(text[:min(len(text), size)], '\n') + 1
		blocks = append(blocks, text[:stop])
		text = text[stop:]
	}
	block := make([]byte, size+scan.Slack)
	bound := bind(b, Options{Infer: infer.Options{Fields: []infer.Declared{timeField("ts")}}}, string(blocks[0]))
	w := bound.NewWorker()
	builder := record.NewBuilder(bound.Schema(), record.Heap, Present)
	best := make([]time.Duration, len(blocks))
	rows, total := 0, 0
	for b.Loop() {
		rows, total = 0, 0
		for i, source := range blocks {
			start := time.Now()
			n := copy(block, source)
			builder.Start(8192)
			builder.Begin(block, n, false)
			w.Parse(builder, block, n)
			batch := builder.Finish()
			rows += batch.Len()
			total += n
			batch.Release()
			if took := time.Since(start); took < best[i] || best[i] == 0 {
				best[i] = took
			}
		}
	}
	b.SetBytes(int64(total))
	b.ReportMetric(float64(rows), "rows")
	// On a machine with other work to do the average says little: each block's best time does.
	sum := time.Duration(0)
	for _, took := range best {
		sum += took
	}
	b.ReportMetric(float64(total)/sum.Seconds()/1e6, "best-MB/s")
}
