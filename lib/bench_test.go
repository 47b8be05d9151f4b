package sawlog

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// benchInputs are files of about 32 MB, and how each is read. SAWLOG_BENCH_DIR may name a folder with combined.log, ndjson.jsonl and
// logfmt.log to be read instead.
func benchInputs(b *testing.B) []struct {
	name string
	path string
	o    Options
} {
	inputs := []struct {
		name string
		path string
		o    Options
	}{
		{"combined", "combined.log", Options{Format: "combined"}},
		{"ndjson", "ndjson.jsonl", Options{JSON: &JSONOptions{}, Fields: map[string]string{"ts": "timestamp rfc3339"}}},
		{"logfmt", "logfmt.log", Options{Logfmt: &LogfmtOptions{}, Fields: map[string]string{"ts": "timestamp rfc3339"}}},
	}
	dir := os.Getenv("SAWLOG_BENCH_DIR")
	for i := range inputs {
		if dir != "" {
			inputs[i].path = filepath.Join(dir, inputs[i].path)
			continue
		}
		var text strings.Builder
		for k := 0; text.Len() < 32<<20; k++ {
			text.WriteString(benchLine(inputs[i].name, k))
		}
		inputs[i].path = filepath.Join(b.TempDir(), inputs[i].path)
		require.NoError(b, os.WriteFile(inputs[i].path, []byte(text.String()), 0o600))
	}
	return inputs
}

func benchLine(name string, k int) string {
	second, level := k/20%60, [...]string{"info", "debug", "warn", "error"}[k*7%4]
	switch name {
	case "combined":
		return fmt.Sprintf("10.%d.%d.%d - - [17/May/2026:10:%02d:%02d +0000] \"GET /articles/%d/oak-lantern?page=%d HTTP/1.1\" %d %d \"https://www.example.com/tags/%d\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36\"\n",
			k%250, k*3%250, k*7%250, k/1200%60, second, k*31%100000, k%9, 200+k%2*104, k*977%100000, k%500)
	case "ndjson":
		return fmt.Sprintf(`{"ts":"2026-03-01T%02d:%02d:%02d.%09dZ","level":"%s","logger":"http","msg":"request completed","request_id":"%032x","user_id":%d,"path":"/api/v1/orders/%d","status":%d,"latency_ms":%d.%03d}`+"\n",
			k/72000%24, k/1200%60, second, k*7919%1e9, level, k, k*31%2000000, k*17%100000, 200+k%2*104, k%900, k%1000)
	}
	return fmt.Sprintf("ts=2026-03-01T%02d:%02d:%02d.%09dZ level=%s logger=http msg=\"request completed\" request_id=%032x user_id=%d path=/api/v1/orders/%d status=%d latency_ms=%d.%03d\n",
		k/72000%24, k/1200%60, second, k*7919%1e9, level, k, k*31%2000000, k*17%100000, 200+k%2*104, k%900, k%1000)
}

// BenchmarkRead is the whole way: from a file in the page cache to batches, on one worker and on two.
func BenchmarkRead(b *testing.B) {
	for _, input := range benchInputs(b) {
		info, err := os.Stat(input.path)
		require.NoError(b, err)
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/threads=%d", input.name, threads), func(b *testing.B) {
				b.SetBytes(info.Size())
				b.ReportAllocs()
				for b.Loop() {
					o := input.o
					o.Threads = threads
					r, err := Open(input.path, o)
					require.NoError(b, err)
					for batch, err := range r.Batches() {
						require.NoError(b, err)
						batch.Release()
					}
					require.NoError(b, r.Close())
				}
			})
		}
	}
}
