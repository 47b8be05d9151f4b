package match

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/linetest"
	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// lanes are programs with quick steps, each with lines that these read all through, or nearly.
var lanes = []struct {
	front func(string) (*pattern.Tree, error)
	text  string
	lines []string
}{
	{pattern.CompileApache, `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i"`, []string{
		`192.0.2.7 - - [17/May/2026:10:05:03 +0200] "GET /a?b=1 HTTP/1.1" 200 2326 "https://example.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:147.0) Gecko/20100101 Firefox/147.0"`,
		`2001:db8::17 - ann [17/May/2026:10:05:59 +0200] "HEAD / HTTP/2.0" 304 - "-" "-"`,
		`192.0.2.8 i "" [17/May/2026:10:06:60 +0000] "PROPFIND /` + strings.Repeat("long/", 20) + ` HTTP/1.0" 207 12345678901 "" "a\"b` + strings.Repeat("\\x41", 20) + `"`}},
	{pattern.CompileNginx, `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"`, []string{
		`192.0.2.7 - - [17/May/2026:10:05:03 +0200] "GET /a?b=1 HTTP/1.1" 200 2326 "https://example.com/" "Mozilla/5.0 (X11; Linux x86_64)"`,
		`192.0.2.7 - - [17/May/2026:10:05:03 +0200] "GET  HTTP/1.1" 200 12345678 "-" "-"`,
		`192.0.2.7 x - a - b [17/May/2026:10:05:03 +0200] "GET /a?b=1 HTTP/1.1" 200 2326 "-" "-"`}},
	{pattern.CompileNginx, `$remote_addr - $remote_user [$time_iso8601] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time`, []string{
		`192.0.2.7 - - [2026-05-17T10:05:03+02:00] "POST /a HTTP/1.1" 200 0 "-" "curl/8.14.1" 0.003`,
		`192.0.2.7 - bob [2026-05-17T10:05:04+02:00] "GET /a HTTP/1.1" 499 7654321 "https://example.com/" "" -`}},
	{pattern.CompileLogback, "%d{yyyy-MM-dd HH:mm:ss,SSS} %-5p [%t] %c: %m%n", []string{
		`2026-03-02 07:59:58,004 INFO  [worker-16] com.example.web.Session: basket updated: 5 items`,
		`2026-03-02 07:59:59,999 ERROR [?] com.example.jobs.Queue::x: late`,
		`2026-03-02 08:00:00,122 LOUD  [a] b: c`,
		`2026-03-02 08:00:00,123 AUDITED [a] b] c: d`}},
	{pattern.CompileLogback, "%d{HH:mm:ss.SSS} [%t] %level * %logger -- %m%n", []string{
		`07:59:58.004 [a] DEBUG * x.y.Z -- m`, `07:59:58.005 [a] warn * x * y -- m`, `07:59:58.006 [] NOTICE * x --- m`}},
	{pattern.CompileLoki, `<ip> <_> "<path>" |<n>|<rest>`, []string{`192.0.2.7 x "/a b" |5|z`, `192.0.2.7  "/a" b" |5|z|z`}},
	{lines, "{a:word few} {n:int}/{m:int}\t{level:level trim}, {b:text null=-};{c:text escape=backslash}!", []string{
		"x 1/1234567\tINFO, -;a b!", "y 0/12345678\tINFO, a; b;c\\!d!", "z -1/7\tloud, -;;!"}},
	{lines, "{a:word} {d:duration s} {e:duration ms null=-};{f:float}|{g:float null=x},{u:uint null=-} {v:duration us}", []string{
		"x 0.003 17;1.5|12345678.25,5 8", "x 12.345678901 -;0|x,- 7", "x 1234567890.5 0.5;-1.5|1e5,18446744073709551615 0.5", "x 5 1.1234567;1.|.5,1.5 1.1234", "x 1m 2s;NaN|00.5,007 -3",
		"x 999999999.999999999 999999999.999999;123456789012345|1234567890123456,123456789012345 999999999.999"}},
	{pattern.CompileNginx, `$remote_addr "$request" $status $upstream_addr $upstream_response_time $body_bytes_sent "$http_referer" $request_time $connection [$time_local] "$http_user_agent"`, []string{
		`192.0.2.7 "GET /a HTTP/1.1" 200 198.51.100.7:80 0.003 17 "-" 0.004 5 [17/May/2026:10:05:03 +0200] "curl/8.14.1"`,
		`192.0.2.7 "GET /a HTTP/1.1" 502 198.51.100.7:80, 198.51.100.8:80 : - 0.003, - : 0.1 12345678 "https://example.com/" - 1234567 [17/May/2026:10:05:04 +0200] "-"`}},
	{lines, "{a:ip}; {b:word few} {n:int null=-}{r:more}", []string{ // the first is none of the quick ones
		"192.0.2.7; x 5", "::1; x -", "::1; y 1234567 and more", "192.0.2.7; x 12345678", "192.0.2.8; z - 7", "192.0.2.8; z 204"}},
}

// garble changes a few bytes of a line.
func garble(random *rand.Rand, line string) string {
	const odd = "\"\\ \r\t-[]:;,.0a\x01\xff"
	b := []byte(line)
	for range random.IntN(3) {
		at := random.IntN(len(b) + 1)
		switch random.IntN(3) {
		case 0:
			b = append(b[:at:at], b[min(at+1+random.IntN(4), len(b)):]...)
		case 1:
			b = append(b[:at:at], append([]byte{odd[random.IntN(len(odd))]}, b[at:]...)...)
		default:
			if at < len(b) {
				b[at] = odd[random.IntN(len(odd))]
			}
		}
	}
	return string(b)
}

// Lines are the same rows and rejects by quick steps, by either kind of search, as by the steps themselves; in one batch, and in several of
// one builder, whose dictionaries are others then.
func TestTheLaneChangesNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 3))
	rig := linetest.Rig{Present: true, Noise: "\"\\x \n9"}
	for _, c := range lanes {
		p := compileWith(t, c.front, c.text, Options{})
		some := compileWith(t, c.front, c.text, Options{Columns: p.Schema().Names()[:2]})
		for range linetest.Rounds(20) {
			var text strings.Builder
			for range 200 {
				line := c.lines[random.IntN(len(c.lines))]
				if random.IntN(2) == 0 {
					line = garble(random, line)
				}
				text.WriteString(line + []string{"\n", "\r\n"}[random.IntN(8)/7])
			}
			for _, p := range []*Program{p, some} {
				slow, quick, narrow := p.newWorker(), p.newWorker(), p.newWorker()
				slow.asked, quick.asked, narrow.asked = true, true, true
				quick.stretches, narrow.stretches = quick.quicken(), narrow.quicken()
				quick.wider = scan.Wider()
				want := linetest.Dump(rig.Parse(p, slow, text.String()))
				require.Equal(t, want, linetest.Dump(rig.Parse(p, quick, text.String())), c.text)
				require.Equal(t, want, linetest.Dump(rig.Parse(p, narrow, text.String())), c.text)
				require.Equal(t, want, linetest.Dump(rig.Parse(p, quick, text.String())), "%s, again", c.text)
			}
		}
	}
}

// What the lane is for goes by it from the first byte to the last, but for what stands in front of its stretches.
func TestTheLaneReadsWholeLines(t *testing.T) {
	for _, k := range []int{0, 1, 2, 3, 7, 8, 9} {
		c := lanes[k]
		p := compileWith(t, c.front, c.text, Options{})
		w := p.newWorker()
		w.asked, w.stretches = true, w.quicken()
		line := c.lines[0] + "\n"
		data, n := block(line + line)
		b := record.NewBuilder(p.Schema(), record.Heap, true)
		b.Start(1)
		b.Begin(data, n, false)
		w.Parse(b, data, n) // learns
		require.Equal(t, 2, b.Lines(), c.text)
		b.Grow()
		w.bind(b)
		at, before := 0, &w.ahead
		for i := range w.stretches {
			end, fault := w.run(b, data, before, 0, at)
			require.Equal(t, record.NoFault, fault)
			s := &w.stretches[i]
			k, stop := w.quickly(b, data, s, end)
			assert.Len(t, s.quick, k, c.text)
			at, before = stop, &s.behind
		}
		last := w.stretches[len(w.stretches)-1]
		assert.Equal(t, []int{len(p.steps), n / 2}, []int{last.first + len(last.quick), at}, c.text)
		assert.Len(t, w.stretches, map[bool]int{false: 1, true: 2}[strings.Contains(c.text, "$upstream")], c.text)
	}
}
