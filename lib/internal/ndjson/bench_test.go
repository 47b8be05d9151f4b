package ndjson

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/sawlog/sawlog/lib/internal/infer"
)

// flatLines makes lines of 11 flat keys, as a server writes them.
func flatLines(size int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(words ...string) string { return words[random.IntN(len(words))] }
	var b bytes.Buffer
	for ns := int64(0); b.Len() < size; ns += int64(random.IntN(20_000_000)) {
		fmt.Fprintf(&b, `{"ts":"2026-03-01T00:%02d:%02d.%09dZ","level":"%s","logger":"%s","caller":"%s:%d","msg":"%s","request_id":"%016x%016x","user_id":%d,"method":"%s","path":"%s/%d","status":%s,"latency_ms":%.3f}`+"\n",
			ns/60_000_000_000%60, ns/1_000_000_000%60, ns%1_000_000_000, pick("info", "info", "info", "warn", "debug", "error"), pick("cache", "http", "queue.worker", "store.orders"),
			pick("cache/lru.go", "server/http.go", "queue/worker.go"), random.IntN(400), pick("payment authorised", "upstream answered", "rate limit checked", "message published to queue"),
			random.Uint64(), random.Uint64(), random.IntN(2_000_000), pick("GET", "GET", "PUT", "POST"), pick("/api/v1/orders", "/static/js", "/login"), random.IntN(100_000),
			pick("200", "200", "200", "404", "500"), random.Float64()*1000)
	}
	return b.Bytes()
}

// deepLines makes lines of nested objects with arrays in them.
func deepLines(size int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	for b.Len() < size {
		fmt.Fprintf(&b, `{"version":6,"address":"206.251.255.64","load":{"timestamp":%d,"pid":%d},"connections":{"accepted":%d,"dropped":0,"idle":%d},"zones":{`, random.Uint32(), random.Uint32(), random.Uint32(), random.IntN(100))
		for z := range 8 {
			fmt.Fprintf(&b, `%s"zone%d.example.org":{"requests":%d,"responses":{"1xx":0,"2xx":%d,"3xx":%d,"4xx":%d,"5xx":%d},"up":true}`, ","[:min(z, 1)], z, random.Uint32(), random.Uint32(), random.Uint32(), random.Uint32(), random.IntN(1000))
		}
		b.WriteString(`},"peers":[`)
		for p := range 10 {
			fmt.Fprintf(&b, `%s{"id":%d,"server":"10.0.0.1:8080","backup":false,"weight":1,"requests":%d,"sent":%d}`, ","[:min(p, 1)], p, random.Uint32(), random.Uint64())
		}
		b.WriteString("]}\n")
	}
	return b.Bytes()
}

func benchmark(b *testing.B, lines []byte, o Options, plain bool) {
	bound := bind(b, o, string(lines[:bytes.LastIndexByte(lines[:min(len(lines), 1<<20)], '\n')+1]))
	w := bound.NewWorker().(*worker)
	w.plain = plain
	rig.Benchmark(b, bound, w, string(lines))
}

func BenchmarkFlat(b *testing.B) {
	fields := infer.Options{Fields: []infer.Declared{timeField("ts")}}
	narrow := fields
	narrow.Project = []string{"ts", "status"}
	lines := flatLines(1 << 20)
	b.Run("walk", func(b *testing.B) { benchmark(b, lines, Options{Infer: fields}, false) })
	b.Run("plain", func(b *testing.B) { benchmark(b, lines, Options{Infer: fields}, true) })
	b.Run("project", func(b *testing.B) { benchmark(b, lines, Options{Infer: narrow}, false) })
}

func BenchmarkDeep(b *testing.B) {
	lines := deepLines(1 << 20)
	b.Run("walk", func(b *testing.B) { benchmark(b, lines, Options{}, false) })
	b.Run("plain", func(b *testing.B) { benchmark(b, lines, Options{}, true) })
	b.Run("project", func(b *testing.B) {
		benchmark(b, lines, Options{Infer: infer.Options{Project: []string{"version"}}}, false)
	})
}

// BenchmarkShapes: each record has some of fourteen more keys, so that hardly two have the same.
func BenchmarkShapes(b *testing.B) {
	fields := infer.Options{Fields: []infer.Declared{timeField("ts")}}
	lines := shapesLines(1 << 20)
	b.Run("walk", func(b *testing.B) { benchmark(b, lines, Options{Infer: fields}, false) })
	b.Run("plain", func(b *testing.B) { benchmark(b, lines, Options{Infer: fields}, true) })
}

func shapesLines(size int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(words ...string) string { return words[random.IntN(len(words))] }
	var b bytes.Buffer
	tags := func(from, to int) {
		for k := from; k < to; k++ {
			if random.IntN(2) == 0 {
				fmt.Fprintf(&b, `"tag_%s%d":"%s",`, []string{"region", "zone", "host", "pod", "container", "build"}[k%6], k, pick("oak", "copper", "granite", "lantern", "harbour"))
			}
		}
	}
	for ns := int64(0); b.Len() < size; ns += int64(random.IntN(20_000_000)) {
		fmt.Fprintf(&b, `{"ts":"2026-03-01T00:%02d:%02d.%09dZ","level":"%s","logger":"%s",`, ns/60_000_000_000%60, ns/1_000_000_000%60, ns%1_000_000_000, pick("info", "info", "warn", "debug"), pick("http", "queue.worker", "store.orders"))
		tags(0, 5)
		fmt.Fprintf(&b, `"msg":"%s","request_id":"%016x%016x",`, pick("payment authorised", "upstream answered", "rate limit checked", "message published to queue"), random.Uint64(), random.Uint64())
		tags(5, 10)
		fmt.Fprintf(&b, `"user_id":%d,"method":"%s","path":"%s/%d",`, random.IntN(2_000_000), pick("GET", "GET", "PUT", "POST"), pick("/api/v1/orders", "/static/js", "/login"), random.IntN(100_000))
		tags(10, 14)
		fmt.Fprintf(&b, `"status":%s,"latency_ms":%.3f}`+"\n", pick("200", "200", "404", "500"), random.Float64()*1000)
	}
	return b.Bytes()
}

// BenchmarkEscapes: a page of text in each message, in which nothing is far from an escape.
func BenchmarkEscapes(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		return []string{"oak", "copper", "granite", "lantern", "harbour", "saffron"}[random.IntN(6)]
	}
	var text bytes.Buffer
	for text.Len() < 1<<20 {
		text.WriteString(`{"level":"info","msg":"`)
		for range 40 {
			fmt.Fprintf(&text, `%s\t\"%s\" \\%s caf`+"\u00e9"+`\u2028 at \u003c%s\u003e\n`, word(), word(), word(), word())
		}
		fmt.Fprintf(&text, `","user_id":%d}`+"\n", random.IntN(2_000_000))
	}
	b.Run("walk", func(b *testing.B) { benchmark(b, text.Bytes(), Options{}, false) })
	b.Run("plain", func(b *testing.B) { benchmark(b, text.Bytes(), Options{}, true) })
}
