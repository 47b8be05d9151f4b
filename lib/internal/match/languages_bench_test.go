package match

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/record"
)

func TestLanguagesAllocateNothingPerRecord(t *testing.T) {
	for _, c := range []struct {
		front      func(string) (*pattern.Tree, error)
		text, line string
	}{
		{pattern.CompileDissect, "%{+a/2} %{+a/1} %{b->}  %{c}", "1 2 3      4"},
		{pattern.CompileLogsQL, "a=<a> b=<b>", `a="x \"y\" z and more" b=2`},
		{goaccess, "COMBINED", `10.0.0.1 - - [17/May/2015:10:05:40 +0000] "GET / HTTP/1.1" 200 5 "-" "x"`},
		{pattern.CompileHAProxy, "httplog", `127.0.0.1:39759 [09/Dec/2013:12:59:46.633] f b/s 0/51536/1/48082/-1 200 83285 - - ---- 87/87/87/1/0 0/67 {x|y} "GET / HTTP/1.1"`},
		{pattern.CompileEnvoy, "default", `[2016-04-15T20:17:00.310Z] "GET / HTTP/1.1" 200 - 0 0 0 - "-" "-" "-" "-" "-"`},
		{pattern.CompileLogback, "%d [%t] %-5p %c - %m%n", `2026-03-05 08:09:10,250 [pool-1 thread-2] DEBUG a.B - x - y`},
		{pattern.CompilePostgres, "%m [%p] %q%u@%d ", `2026-03-05 08:09:10.250 UTC [17] LOG:  x`},
	} {
		p := compileWith(t, c.front, c.text, Options{})
		data, n := block(strings.Repeat(c.line+"\n", 2000))
		w := p.NewWorker()
		b := record.NewBuilder(p.Schema(), record.Heap, true)
		b.Start(2001)
		b.Begin(data, n, false)
		run := func() {
			b.Row, b.Side = 0, b.Side[:0]
			w.Parse(b, data, n)
		}
		run()
		assert.Less(t, testing.AllocsPerRun(3, run), 5.0, c.text)
	}
}

func BenchmarkLanguages(b *testing.B) {
	for _, c := range []struct {
		name       string
		front      func(string) (*pattern.Tree, error)
		text, line string
	}{
		{"dissect", pattern.CompileDissect, `%{clientip} %{ident} %{auth} [%{ts}] "%{verb} %{request} HTTP/%{version}" %{status} %{size} "%{referer}" "%{agent}"`,
			`83.149.9.216 - - [17/May/2015:10:05:03 +0000] "GET /presentations/logstash-monitorama-2013/images/kibana-search.png HTTP/1.1" 200 203023 "http://semicomplete.com/presentations/logstash-monitorama-2013/" "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.77 Safari/537.36"`},
		{"goaccess", goaccess, "COMBINED",
			`83.149.9.216 - - [17/May/2015:10:05:03 +0000] "GET /presentations/logstash-monitorama-2013/images/kibana-search.png HTTP/1.1" 200 203023 "http://semicomplete.com/presentations/logstash-monitorama-2013/" "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.77 Safari/537.36"`},
		{"logback", pattern.CompileLogback, "%d [%t] %-5p %c - %m%n", `2026-03-05 08:09:10,250 [http-nio-8080-exec-2] INFO  org.example.shop.OrderService - order 4711 of customer 12 was paid in 3 parts`},
		{"logback spring", pattern.CompileLogback, "spring", `2026-03-05T09:09:10.250+01:00  INFO 17 --- [           main] o.s.b.w.embedded.tomcat.TomcatWebServer  : Tomcat started on port(s): 8080 (http) with context path ''`},
		{"haproxy", pattern.CompileHAProxy, "httplog", `127.0.0.1:39759 [09/Dec/2013:12:59:46.633] f b/s 0/51536/1/48082/-1 200 83285 - - ---- 87/87/87/1/0 0/67 {x|y} "GET /some/path/of/it HTTP/1.1"`},
		{"envoy", pattern.CompileEnvoy, "default", `[2016-04-15T20:17:00.310Z] "POST /api/v1/locations HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "nsq2http" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "locations" "tcp://10.0.2.1:80"`},
		{"logsql", pattern.CompileLogsQL, `level=<level> msg=<msg> `, `ts=2026-03-05T08:09:10Z caller=x.go:17 level=info msg="an order was paid" id=4711`},
	} {
		b.Run(c.name, func(b *testing.B) {
			p := compileWith(b, c.front, c.text, Options{})
			data, n := block(strings.Repeat(c.line+"\n", 4000))
			w := p.NewWorker()
			builder := record.NewBuilder(p.Schema(), record.Heap, true)
			builder.Start(4001)
			builder.Begin(data, n, false)
			b.SetBytes(int64(n))
			for b.Loop() {
				builder.Row, builder.Side = 0, builder.Side[:0]
				w.Parse(builder, data, n)
			}
		})
	}
}
