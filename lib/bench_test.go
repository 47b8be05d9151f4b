package sawlog

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// benchInput is a file of about 32 MB and how it is read.
type benchInput struct {
	name string
	file string // its name in the folder that SAWLOG_BENCH_DIR names, when that is set
	o    Options
	line func(k int) string
}

var benchCases = []benchInput{
	{"combined", "combined.log", Options{Format: "combined"}, combinedLine},
	{"combined-gz", "combined.log.gz", Options{Format: "combined"}, combinedLine},
	{"two-columns", "combined.log", Options{Format: "combined", Columns: []string{"time", "status"}}, combinedLine},
	{"grok", "combined.log", Options{Grok: TextList{"%{COMBINEDAPACHELOG}"}, Fields: map[string]string{"bytes": "int", "response": "int"}}, combinedLine},
	{"refused", "refused.log", Options{Format: "combined"}, refusedLine},
	{"ndjson", "ndjson.jsonl", Options{JSON: &JSONOptions{}, Fields: map[string]string{"ts": "timestamp rfc3339"}}, ndjsonLine},
	{"ndjson-deep", "ndjson-deep.jsonl", Options{JSON: &JSONOptions{}}, deepLine},
	{"logfmt", "logfmt.log", Options{Logfmt: &LogfmtOptions{}, Fields: map[string]string{"ts": "timestamp rfc3339"}}, logfmtLine},
	{"syslog3164", "syslog3164.log", Options{Syslog: &SyslogOptions{}, Year: 2005}, syslog3164Line},
	{"sparse", "sparse.log", Options{Syslog: &SyslogOptions{}, Year: 2005}, sparseLine},
	{"syslog5424", "syslog5424.log", Options{Syslog: &SyslogOptions{RFC: 5424}}, syslog5424Line},
	{"pattern", "pattern.log", Options{Logback: "%d{yyyy-MM-dd HH:mm:ss,SSS} %p [%t] %c: %m%n"}, patternLine},
}

// benchPath is where the input stands, made when it is not there.
func (in *benchInput) benchPath(b *testing.B) string {
	if dir := os.Getenv("SAWLOG_BENCH_DIR"); dir != "" {
		path := filepath.Join(dir, in.file)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	var text bytes.Buffer
	for k := 0; text.Len() < 32<<20; k++ {
		text.WriteString(in.line(k))
	}
	if strings.HasSuffix(in.file, ".gz") {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, err := w.Write(text.Bytes())
		require.NoError(b, err)
		require.NoError(b, w.Close())
		text = packed
	}
	path := filepath.Join(b.TempDir(), in.file)
	require.NoError(b, os.WriteFile(path, text.Bytes(), 0o600))
	return path
}

func combinedLine(k int) string {
	return fmt.Sprintf("10.%d.%d.%d - - [17/May/2026:10:%02d:%02d +0000] \"GET /articles/%d/oak-lantern?page=%d HTTP/1.1\" %d %d \"https://www.example.com/tags/%d\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36\"\n",
		k%250, k*3%250, k*7%250, k/1200%60, k/20%60, k*31%100000, k%9, 200+k%2*104, k*977%100000, k%500)
}

// refusedLine has no last quote, so that it shows only at its end that it does not fit.
func refusedLine(k int) string { return strings.TrimSuffix(combinedLine(k), "\"\n") + "\n" }

func benchTime(k int) string {
	return fmt.Sprintf("2026-03-01T%02d:%02d:%02d.%09dZ", k/72000%24, k/1200%60, k/20%60, k*7919%1e9)
}

var benchLevels = [...]string{"info", "debug", "warn", "error"}

func ndjsonLine(k int) string {
	return fmt.Sprintf(`{"ts":"%s","level":"%s","logger":"http","msg":"request completed","request_id":"%032x","user_id":%d,"path":"/api/v1/orders/%d","status":%d,"latency_ms":%d.%03d}`+"\n",
		benchTime(k), benchLevels[k*7%4], k, k*31%2000000, k*17%100000, 200+k%2*104, k%900, k%1000)
}

// deepLine is a status of 256 leaves in three levels.
func deepLine(k int) string {
	var line strings.Builder
	fmt.Fprintf(&line, `{"version":1,"time":"%s","zones":{`, benchTime(k))
	for zone := range 32 {
		fmt.Fprintf(&line, `%s"zone%02d":{"processing":%d,"requests":{"total":%d,"current":%d},"state":"up","sent":%d,"received":%d,"ratio":%d.%d5,"backup":false}`,
			[]string{"", ","}[min(zone, 1)], zone, k%7, k*zone, k%3, k*977+zone, k*463, k%10, zone)
	}
	return line.String() + "}}\n"
}

func logfmtLine(k int) string {
	return fmt.Sprintf("ts=%s level=%s logger=http msg=\"request completed\" request_id=%032x user_id=%d path=/api/v1/orders/%d status=%d latency_ms=%d.%03d\n",
		benchTime(k), benchLevels[k*7%4], k, k*31%2000000, k*17%100000, 200+k%2*104, k%900, k%1000)
}

func syslog3164Line(k int) string {
	return fmt.Sprintf("Jun %2d %02d:%02d:%02d mercury %s[%d]: session opened for user %d by (uid=0)\n",
		k/1728000%28+1, k/72000%24, k/1200%60, k/20%60, [...]string{"sshd", "su(pam_unix)", "crond", "ftpd"}[k*7%4], k*31%32768, k%100)
}

// sparseLine is a line of syslog forty seconds behind the one before.
func sparseLine(k int) string {
	return fmt.Sprintf("Jun %2d %02d:%02d:%02d", k/2160%28+1, k/90%24, k*2/3%60, k*40%60) + syslog3164Line(k)[len("Jun  1 00:00:00"):]
}

func syslog5424Line(k int) string {
	return fmt.Sprintf("<%d>1 %s web-%02d.example.net %s %d ID%d [exampleSDID@32473 iut=\"%d\" eventSource=\"Application\"][origin@32473 ip=\"192.0.2.%d\"] order placed in %d us\n",
		k%192, benchTime(k)[:26]+"Z", k%30, [...]string{"orders", "auth", "nginx", "cache"}[k*7%4], k*31%65536, k%30, k%9, k%250, k*977%100000)
}

func patternLine(k int) string {
	return fmt.Sprintf("2026-03-01 %02d:%02d:%02d,%03d %s [worker-%d] com.example.service.orders.OrderService: order %d placed in %d us\n",
		k/72000%24, k/1200%60, k/20%60, k*53%1000, [...]string{"INFO", "DEBUG", "WARN", "ERROR"}[k*7%4], k%16, k*31%100000, k*977%100000)
}

// BenchmarkRead is the whole way: from a file in the page cache to batches, on one worker and on two.
func BenchmarkRead(b *testing.B) {
	for i := range benchCases {
		input := &benchCases[i]
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/threads=%d", input.name, threads), func(b *testing.B) {
				path, o := input.benchPath(b), input.o
				o.Threads = threads
				b.SetBytes(benchRead(b, path, o, nil))
				b.ReportAllocs()
				for b.Loop() {
					benchRead(b, path, o, nil)
				}
			})
		}
	}
}

// BenchmarkReadJSON is the way from a file to rows as JSON text.
func BenchmarkReadJSON(b *testing.B) {
	path, o := benchCases[0].benchPath(b), Options{Format: "combined", Threads: 1}
	var text []byte
	render := func(batch *Batch) {
		text = text[:0]
		for i := range batch.Len() {
			text = append(batch.AppendJSON(text, i, false), '\n')
		}
	}
	b.SetBytes(benchRead(b, path, o, render))
	b.ReportAllocs()
	for b.Loop() {
		benchRead(b, path, o, render)
	}
}

// benchRead reads a file once, and tells how many bytes of text it had.
func benchRead(b *testing.B, path string, o Options, use func(*Batch)) int64 {
	r, err := Open(path, o)
	require.NoError(b, err)
	for batch, err := range r.Batches() {
		require.NoError(b, err)
		if use != nil {
			use(batch)
		}
		batch.Release()
	}
	require.NoError(b, r.Close())
	return r.Stats().BytesOut
}
