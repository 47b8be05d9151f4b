package grok

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/record"
)

// benchLines are lines of the usual lengths, made up.
func benchLines(n int, line func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(line(i))
		b.WriteByte('\n')
	}
	return b.String()
}

func accessLine(i int) string {
	return fmt.Sprintf(`%d.149.%d.216 - - [17/May/2015:10:05:%02d +0000] "GET /presentations/logstash-monitorama-2013/images/kibana-%d.png HTTP/1.1" 200 %d "http://semicomplete.com/presentations/logstash-monitorama-2013/" "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.77 Safari/537.36"`, i%200+10, i%256, i%60, i, i*37%100000)
}

func serviceLine(i int) string {
	return fmt.Sprintf("2026-03-01T10:05:%02d.%03dZ  INFO [worker-%d] com.example.shop.OrderService - order %d for customer %d accepted after %d ms, %d items left in stock", i%60, i%1000, i%16, i, i*7, i%300, i%90)
}

func syslogLine(i int) string {
	return fmt.Sprintf("Jul 14 12:%02d:01 precision sshd[%d]: Accepted publickey for deploy from 10.0.%d.17 port %d ssh2", i%60, 1000+i, i%250, 30000+i)
}

var benchmarks = []struct {
	name, pattern string
	line          func(i int) string
	match         bool
}{
	{"combined", "%{COMBINEDAPACHELOG}", accessLine, true},
	{"combined cut", "%{COMBINEDAPACHELOG}", func(i int) string { return strings.TrimSuffix(accessLine(i), `"`) }, false},
	{"combined wrong status", "%{COMBINEDAPACHELOG}", func(i int) string { return strings.Replace(accessLine(i), `" 200 `, `" ok `, 1) }, false},
	{"combined wrong size", "%{COMBINEDAPACHELOG}", func(i int) string { return strings.Replace(accessLine(i), `" 200 `, `" 200 x`, 1) }, false},
	{"combined wrong month", "%{COMBINEDAPACHELOG}", func(i int) string { return strings.Replace(accessLine(i), `/May/`, `/Mxy/`, 1) }, false},
	{"combined no user", "%{COMBINEDAPACHELOG}", func(i int) string { return strings.Replace(accessLine(i), ` - - [`, ` - [`, 1) }, false},
	{"combined every other", "%{COMBINEDAPACHELOG}", func(i int) string {
		return strings.Replace(accessLine(i), `" 200 `, []string{`" ok `, `" 200 `}[i%2], 1)
	}, false},
	{"service wrong level", `^%{TIMESTAMP_ISO8601:time}\s+%{LOGLEVEL:level} \[%{DATA:thread}\] %{NOTSPACE:logger} - %{GREEDYDATA:message}$`, func(i int) string { return strings.Replace(serviceLine(i), "INFO", "KNOW", 1) }, false},
	{"service wrong number", `^%{TIMESTAMP_ISO8601:time}\s+%{LOGLEVEL:level} \[%{DATA:thread}\] %{NOTSPACE:logger} - order %{INT:order:int} for customer %{INT:customer:int} %{GREEDYDATA:message}$`, func(i int) string { return strings.Replace(serviceLine(i), "customer ", "customer x", 1) }, false},
	{"service", `^%{TIMESTAMP_ISO8601:time}\s+%{LOGLEVEL:level} \[%{DATA:thread}\] %{NOTSPACE:logger} - %{GREEDYDATA:message}$`, serviceLine, true},
	{"service body", `%{TIMESTAMP_ISO8601:time}\s+%{LOGLEVEL:level} \[%{DATA:thread}\] %{NOTSPACE:logger} - order %{INT:order:int} for customer %{INT:customer:int} accepted after %{NUMBER:ms:float} ms`, serviceLine, true},
	{"service other", `%{TIMESTAMP_ISO8601:time}\s+%{LOGLEVEL:level} \[%{DATA:thread}\] %{NOTSPACE:logger} - order %{INT:order:int} for customer %{INT:customer:int} refused after %{NUMBER:ms:float} ms`, serviceLine, false},
	{"data chain", `%{DATA:a} %{DATA:b} %{DATA:c} %{DATA:d} stock`, serviceLine, true},
	{"data chain none", `%{DATA:a} %{DATA:b} %{DATA:c} %{DATA:d} %{GREEDYDATA:e} \[x\]`, serviceLine, false},
	{"data chain early", `%{DATA:a} %{DATA:b} %{DATA:c} %{DATA:d} %{GREEDYDATA:e} \[worker`, serviceLine, false},
	{"syslog", `%{SYSLOGBASE} %{GREEDYDATA:message}`, syslogLine, true},
	{"proxy", `%{SYSLOGTIMESTAMP:time} %{HOSTNAME:host} (?:%{WORD:unit} )?%{WORD:program}: %{IP:client}:%{INT:port} %{NOTSPACE:backend}/%{NOTSPACE:server} (?:%{INT:wait}|-)/%{INT:took} (?:\{%{DATA:headers}\} )?"%{WORD:method} %{NOTSPACE:target}"`, func(i int) string {
		return fmt.Sprintf(`Jul 14 12:%02d:01 gate-1 proxy: 10.0.%d.17:%d shop/web-%d -/%d {www.example.com} "GET /articles/%d"`, i%60, i%250, 30000+i, i%9, i%500, i)
	}, true},
}

func BenchmarkParse(b *testing.B) {
	for _, c := range benchmarks {
		b.Run(c.name, func(b *testing.B) {
			const lines = 2000
			p, err := Compile(Options{Patterns: []string{c.pattern}})
			require.NoError(b, err)
			data, n := rig.Block(benchLines(lines, c.line))
			w := p.NewWorker()
			builder := record.NewBuilder(p.Schema(), record.Heap, Present)
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				builder.Start(lines)
				builder.Begin(data, n, false)
				w.Parse(builder, data, n)
				batch := builder.Finish()
				if (batch.Len() == lines) != c.match {
					b.Fatalf("%d of %d lines", batch.Len(), lines)
				}
				batch.Release()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*lines), "ns/line")
		})
	}
}
