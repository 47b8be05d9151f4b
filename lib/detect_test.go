package sawlog

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/formats"
	"github.com/sawlog/sawlog/lib/internal/detect"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares text with a file under testdata.
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "make it with: go test ./lib -run %s -update", t.Name())
	assert.Equal(t, string(want), text)
}

// samplesOf are the lines that a format's file says it reads.
func samplesOf(f formats.Format) (lines []string) {
	for _, s := range f.Samples {
		if s.Row != "" {
			lines = append(lines, s.Input)
		}
	}
	return lines
}

// A row for each format: which format its samples, all together, are taken for, and how many of them each other format would read.
func TestEachFormatWinsItsOwnSamples(t *testing.T) {
	t.Parallel()
	all, err := formats.All()
	require.NoError(t, err)
	var matrix strings.Builder
	for _, f := range all {
		lines := samplesOf(f)
		d := Detect([]byte(strings.Join(lines, "\n")))
		fmt.Fprintf(&matrix, "%s, %d samples: %s\n", f.Name, len(lines), d.Format)
		for _, c := range d.Candidates {
			if c.Matched > 0 {
				fmt.Fprintf(&matrix, "  %s %d\n", c.Format, c.Matched)
			}
		}
		want := f.Name
		if want == "nginx_combined" {
			want = "combined" // the same text: only who wrote it differs
		}
		assert.Equal(t, want, d.Format, d.Explain())
	}
	golden(t, "detection.txt", matrix.String())
}

func TestDetectionLooksBeyondTheFirstLine(t *testing.T) {
	t.Parallel()
	access, app := strings.Repeat(accessLine+"\n", 30), strings.Repeat(`{"level":"info","msg":"a=b c=d"}`+"\n", 30)
	pairs := strings.Repeat("level=info msg=\"hello there\" port=80\n", 30)
	for _, c := range []struct{ name, text, format string }{
		{"empty", "", "generic"}, {"blank", "\n\n\n", "generic"}, {"prose", strings.Repeat("It was a dark and stormy night.\n", 20), "generic"},
		{"prose with a sign", strings.Repeat("the answer is x=42, they said\n", 20), "generic"},
		{"a banner", "=== server 1.2 starting ===\nlistening=yes\n" + access, "combined"}, {"a trace in the middle", access + "panic: x\n\tat a.go:1\n\tat b.go:2\n" + access, "combined"},
		{"objects", app, "json"}, {"rclone", strings.Repeat("2026/03/05 07:09:10 INFO  : oak.txt: Copied (new)\n", 3), "go_std"}, {"blanks before the colons", `{ "a" : "b", "c" : 1 }` + "\n", "json"}, {"a journal with blanks", `{ "__CURSOR" : "s=1", "__REALTIME_TIMESTAMP" : "1772698150250123", "PRIORITY" : "4", "MESSAGE" : "x" }` + "\n", "journald_json"}, {"objects behind a banner", "starting\n{\n" + app, "json"}, {"pairs", pairs, "logfmt"}, {"pairs behind json", `{"a":1}` + "\n" + pairs, "logfmt"},
		{"a mark", "\ufeff" + access, "combined"}, {"CRLF", strings.ReplaceAll(access, "\n", "\r\n"), "combined"}, {"every byte", everyByte(), "generic"}, {"binary", strings.Repeat("\x00\x01\xff\n", 50), "generic"},
	} {
		d := Detect([]byte(c.text))
		assert.Equal(t, c.format, d.Format, "%s: %s", c.name, d.Explain())
		p, err := NewParser(d.Definition)
		require.NoError(t, err)
		assert.NotNil(t, p)
		assert.Contains(t, d.Explain(), d.Format)
	}
}

// Formats that read the same text are told apart by what their values are like, and by text that one of them leaves unread.
func TestDetectionLooksAtValues(t *testing.T) {
	const request = ` [05/Mar/2026:07:09:10 +0000] "GET / HTTP/1.1" 200 615`
	const agent = request + ` "-" "curl/8.11.1"`
	lines := func(texts ...any) string {
		var b strings.Builder
		for i := 0; i < len(texts); i += 2 {
			b.WriteString(strings.Repeat(texts[i].(string)+"\n", texts[i+1].(int)))
		}
		return b.String()
	}
	for _, c := range []struct{ name, text, format string }{
		{"ratios of compression", lines("192.0.2.1 - -"+agent+` "2.41"`, 20), "nginx_combined"},
		{"some ratios", lines("192.0.2.1 - -"+agent+` "-"`, 38, "192.0.2.1 - ann"+agent+` "2.41"`, 2), "nginx_combined"},
		{"dashes, which a header that is not there gives", lines("192.0.2.1 - -"+agent+` "-"`, 20), "nginx_main"},
		{"addresses", lines("192.0.2.1 - -"+agent+` "-"`, 38, "192.0.2.1 - -"+agent+` "198.51.100.7, 192.0.2.9"`, 2), "nginx_main"},
		{"addresses, and numbers that somebody sends", lines("192.0.2.1 - -"+agent+` "198.51.100.7"`, 20, "192.0.2.1 - -"+agent+` "1"`, 2), "nginx_main"},
		{"more than a ratio", lines("192.0.2.1 - -"+agent+` 116075 "x"`, 20), "combined"},
		{"more behind some lines", lines("192.0.2.1 - -"+agent, 20, "192.0.2.1 - -"+agent+` "2.41"`, 3), "combined"},
		{"a user with a blank", lines("192.0.2.1 - John Doe"+agent, 20), "combined"},
		{"an ident and a user with a blank", lines("2001:db8::7 ident7 John Doe"+agent, 20), "combined"},
		{"a user with blanks and no agent", lines("192.0.2.1 - John A. Doe"+request, 20), "common"},
		{"a server without its port", lines("www.example.com 192.0.2.1 - -"+agent, 20), "vhost_combined"},
		{"what a proxy says in place of the client", lines("192.0.2.1, 198.51.100.7 - -"+agent, 20) + lines("192.0.2.1 - -"+agent, 10), "forwarded_combined"},
		{"a server and a user with a blank", lines("www.example.com:80 192.0.2.1 - John Doe"+agent, 20), "vhost_combined"},
		{"a server with its port, and names without a dot", lines("intranet:80 pc7 - -"+request, 20), "vhost_common"},
	} {
		d := Detect([]byte(c.text))
		assert.Equal(t, c.format, d.Format, "%s: %s", c.name, d.Explain())
		assert.InDelta(t, 1, d.Confidence, 0.06, c.name)
	}
	assert.Equal(t, "generic", Detect([]byte(lines("2026/03/05 07:09:10 +01:00 711 192.0.2.1: xmlrpc/registration.welcome", 20))).Format, "a time with an offset is not Go's")
}

// Objects of JSON that go over several lines are put together, where they make a format's records.
func TestDetectionPutsObjectsTogether(t *testing.T) {
	t.Parallel()
	pretty := "{\n  \"time\": \"2026-03-05T07:09:10Z\",\n  \"level\": \"info\",\n  \"user\": {\n    \"id\": 7\n  },\n  \"msg\": \"a\"\n}\n"
	trace := "{\"type\": \"server\", \"timestamp\": \"2026-03-05T07:09:10,123Z\", \"level\": \"WARN\", \"component\": \"o.e.n.Node\", \"message\": \"x\", \n\"stacktrace\": [\"java.lang.X: a\",\n\"at a.b.c(D.java:7)\"] }\n"
	line := "{\"type\": \"server\", \"timestamp\": \"2026-03-05T07:09:10,123Z\", \"level\": \"INFO\", \"component\": \"o.e.n.Node\", \"message\": \"y\"  }\n"
	for _, c := range []struct {
		name, text, format string
		rows, rejects      int
	}{
		{"printed with indentation", strings.Repeat(pretty, 50), "json", 50, 0},
		{"some have a trace", strings.Repeat(line+line+trace, 50), "json", 150, 0},
		{"a banner in front", "starting\n" + strings.Repeat(pretty, 50), "json", 50, 1},
		{"no JSON at all", strings.Repeat("{\n  a = 1;\n}\n", 50), "generic", 150, 0},
		{"whole lines", strings.Repeat(line, 50), "json", 50, 0},
	} {
		d := Detect([]byte(c.text))
		assert.Equal(t, c.format, d.Format, "%s: %s", c.name, d.Explain())
		p, err := NewParser(d.Definition)
		require.NoError(t, err)
		b := p.Parse([]byte(c.text))
		assert.Equal(t, []int{c.rows, c.rejects}, []int{b.Len(), b.Rejects()}, c.name)
		auto, err := NewParser("auto")
		require.NoError(t, err)
		b = auto.Parse([]byte(c.text))
		assert.Equal(t, []int{c.rows, c.rejects}, []int{b.Len(), b.Rejects()}, c.name)
	}
}

// Logs of several kinds, each with something at its head that points elsewhere.
func TestDetectionIsNotMisled(t *testing.T) {
	java := "2026-03-05 07:09:10,003 - ERROR [main:QuorumPeerMain@113] - Unexpected\n" + strings.Repeat("\tat org.example.Some.method(Some.java:17)\n", 6) + "Caused by: java.io.IOException: reset\n\t... 12 more\n"
	logcat := strings.Repeat("03-05 07:09:10.003  1702  2395 D WindowManager: a=1 b=2 {\"x\":1}\n", 20)
	redis := strings.Repeat("1:M 05 Mar 2026 07:09:10.003 * Ready to accept connections\n", 5)
	syslog := strings.Repeat("Mar  5 07:09:10 gate stored[19939]: level=info msg=\"x\" GET / HTTP/1.1\n", 20)
	cloud := "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method\n" + strings.Repeat("2026-03-05\t07:09:10\tLAX1\t0\t2001:db8::7\tGET\tx.cloudfront.net\t/x\t000\t-\t-\t-\t-\tError\tMR==\texample.com\thttps\t99\t0.001\n", 3)
	flows := "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n2 1 eni-1 192.0.2.7 198.51.100.9 49761 3389 6 20 4249 1772698150 1772698200 REJECT OK\n"
	audit := strings.Repeat("type=USER_LOGIN msg=audit(1772694550.123:912): pid=2 uid=0 auid=1000 ses=1 msg='op=login id=1000 exe=\"/usr/sbin/sshd\" res=success'\x1dUID=\"root\" AUID=\"ann\" ID=\"ann\"\n", 3)
	for _, c := range []struct{ name, text, format string }{
		{"a short file with its header", cloud, "aws_cloudfront"}, {"names in front", flows, "aws_vpc_flow"}, {"a control byte in each line", audit, "auditd"},
		{"what ausearch puts between events", strings.Repeat("----\ntime->Thu Mar  5 07:09:10 2026\n"+audit, 2), "auditd"},
		{"what the kernel writes with dmesg --time-format iso", "2026-03-05T07:09:10,003000+01:00 usb 1-1: new device\n2026-03-05T07:09:10,003000+01:00 Linux version 6.1.0\n", "kernel"},
		{"the same form of another program", "2026-03-05T07:09:10,003000+01:00 started\n2026-03-05T07:09:10,003000+01:00 sold 7 of 9\n", "generic"},
		{"a syslog with pairs of which some are PowerDNS' too", strings.Repeat("Mar  5 07:09:10 fw1 shopd: msg=\"x\" level=\"3\" user=\"ann\"\n", 9), "syslog"},
		{"a level with two blanks behind what is no zone", strings.Repeat("2026-03-05 07:09:10 main thread ERROR:  lost\n", 9), "generic"},
		{"levels with as many blanks as PostgreSQL has, of gem", strings.Repeat("ERROR:  Error installing oak:\nERROR:  Failed to build\n", 9), "python_logging"},
		{"and of uvicorn", "INFO:     Started server process [7]\nWARNING:  Invalid HTTP request received.\nERROR:    Exception in ASGI application\n", "python_logging"},
		{"a time in brackets, and what is no word of the kernel", strings.Repeat("[Thu Mar  5 07:09:10 2026] 192.0.2.7:52100 Accepted\n", 9), "generic"},
		{"nor what is a word of anybody's", "[Thu Mar  5 07:09:10 2026] INFO: started\n[Thu Mar  5 07:09:10 2026] Output written\n[Thu Mar  5 07:09:11 2026] Calling ann\n[Thu Mar  5 07:09:11 2026] tunnel up\n", "generic"},
		{"seconds in brackets, but not as the kernel writes them", strings.Repeat("[12.3] ready\n[12.345] sold\n", 9), "generic"},
		{"stack traces outnumber the records", strings.Repeat(java, 20), "zookeeper"},
		{"a trace first", "\tat org.example.Some.method(Some.java:17)\n" + strings.Repeat(java, 3), "zookeeper"},
		{"a banner drawn with letters", strings.Repeat("          _._    _.-``__ ''-._   Redis 7.2 (00000000/0) 64 bit\n", 12) + redis, "redis"},
		{"the marks of logcat", "--------- beginning of main\n" + logcat + "--------- beginning of system\n" + logcat, "android_logcat"},
		{"a first line of another format", accessLine + "\n" + logcat, "android_logcat"},
		{"a last line of another format", logcat + accessLine, "android_logcat"},
		{"a first line of JSON", `{"level":"info","msg":"starting"}` + "\n" + syslog, "syslog"},
		{"syslog in the middle of prose", strings.Repeat("hello\n", 10) + syslog + strings.Repeat("bye\n", 10), "syslog"},
		{"ISO times are not yet syslog", strings.Repeat("2026-03-05 07:09:10 started with x=1, y=2\n", 20), "generic"},
		{"a host in capitals is no level", strings.Repeat("2026-03-05T07:09:10.003+01:00 DC01 kernel: x\n2026-03-05T07:09:10.003+01:00 DC01 sshd[7]: y\n", 9), "syslog"},
		{"nor where a blank is in the time", strings.Repeat("2026-03-05 07:09:10 SRVDB kernel: x\n", 9), "syslog"},
		{"what a web server sends to syslog, behind ISO times", strings.Repeat("2026-03-05T07:09:10+01:00 gate nginx: 192.0.2.9 - - [05/Mar/2026:07:09:10 +0100] \"GET / HTTP/1.1\" 200 2 \"-\" \"curl\"\n", 9), "syslog"},
		{"and with a blank in them", strings.Repeat("2026-03-05 07:09:10 gate httpd[7]: 192.0.2.9 - - [05/Mar/2026:07:09:10 +0100] \"GET / HTTP/1.1\" 200 2\n", 9), "syslog"},
		{"a level of one's own where nothing else reads it", "2026-03-05 07:09:10,003 [main] AUDIT org.example.Shop - sold\n", "log4j"},
		{"a few of one's own", "2026-03-05 07:09:10,003 INFO shop: open\n" + strings.Repeat("2026-03-05 07:09:10,003 AUDIT shop: sold\n", 9), "log4j"},
		{"a firewall, behind a relay that writes ISO times", strings.Repeat("2026-03-05T07:09:10+01:00 192.0.2.1 id=firewall sn=7 m=98 msg=\"opened\"\n", 9), "syslog"},
		{"cells behind a time", strings.Repeat("20260305-22:15:29:606|Step_LSC|30002312|onStandStepChanged 3579\n", 20), "generic"},
		{"cells behind a word and a time", strings.Repeat("[WEB] 2026/03/05 - 07:09:10 | 200 |     45.1us | GET\n", 20) + "[WEB-debug] GET /oak\n", "generic"},
		{"tabs behind a time, and traces", strings.Repeat("2026-03-05 07:09:10 [id=7]\tlost\tx: failed\n"+"at a.b.C(D.java:7)\n", 20), "generic"},
		{"cells, the second of which is a time", strings.Repeat("17,2026-03-05 07:09:10,ann,in\n", 20), "csv"},
		{"cells, one of which may be a time", strings.Repeat("2026-03-05 07:09:10,ann,in\nnever,bob,out\n", 20), "csv"},
		{"levels are no services", strings.Repeat("INFO  | ann called x | pool-7\nWARN  | bob called y | pool-9\n", 20), "csv"},
		{"cells behind a time under a header", "at,who,what\n" + strings.Repeat("2026-03-05 07:09:10,ann,in\n", 20), "csv"},
		{"a service of VMware's that writes like any other in Java", "2026-03-05T07:09:10.003Z [pool-2-thread-18] INFO  opId=a-1 com.example.Pool - took 4 millis\n", "log4j"},
		{"bars around a thread, not around a message", strings.Repeat("2026-03-05 07:09:10,003 | INFO  | main | org.example.Shop | up and running\n", 3), "log4j"},
		{"an offset where MySQL has the number of a thread", "2026-03-05 07:09:10 -0700 [info] started\n", "python_logging"},
		{"times as PHP writes them", "[05-Mar-2026 07:09:10] INFO: started\n", "generic"},
		{"pairs with bars between them", strings.Repeat("time=1772694550|product=VPN-1 & FireWall-1|action=Drop|src=192.0.2.7|\n", 3), "key_value"},
		{"pairs with commas between them", strings.Repeat("date=2026-03-05,time=07:09:10,devname=\"FG1\",msg=\"a, b=c\"\n", 3), "key_value"},
		{"pairs within a few values", strings.Repeat("at=2026-03-05 labels=a=1,b=2 level=info msg=x\n", 3), "logfmt"},
		{"one line", "1:M 05 Mar 2026 07:09:10.003 * Ready to accept connections", "redis"},
	} {
		d := Detect([]byte(c.text))
		assert.Equal(t, c.format, d.Format, "%s: %s", c.name, d.Explain())
		p, err := NewParser(d.Definition)
		require.NoError(t, err)
		if batch := p.Parse([]byte(c.text)); strings.HasPrefix(c.format, "au") || strings.HasPrefix(c.format, "aws") {
			assert.Zero(t, batch.Rejects(), c.name)
		}
		for _, candidate := range d.Candidates {
			assert.Equal(t, candidate.Format == d.Format, candidate.Why == "", "%s: %+v", c.name, candidate)
		}
	}
}

// The colours of a terminal are taken out of a log that has them in most of its lines, by the definition that detection gives.
func TestDetectionOfColours(t *testing.T) {
	line := "1:M 05 Mar 2026 07:09:10.003 * Ready"
	text := strings.Repeat("\x1b[32m1:M \x1b[0m05 Mar 2026 07:09:10.003 * \x1b[1mReady\x1b[0m\n", 20)
	d := Detect([]byte(text))
	assert.Equal(t, "redis", d.Format, d.Explain())
	assert.JSONEq(t, `{"format":"redis","strip_ansi":true}`, d.Definition)
	want, err := NewParser("redis")
	require.NoError(t, err)
	row := string(want.Parse([]byte(line)).AppendJSON(nil, 0, true))
	for _, definition := range []string{d.Definition, "auto"} {
		p, err := NewParser(definition)
		require.NoError(t, err)
		batch := p.Parse([]byte(text))
		require.Equal(t, 20, batch.Len(), definition)
		assert.Equal(t, row, string(batch.AppendJSON(nil, 19, true)))
		r, err := p.OpenReader(strings.NewReader(text), Options{})
		require.NoError(t, err)
		batch, err = r.Next()
		require.NoError(t, err)
		assert.Equal(t, row, string(batch.AppendJSON(nil, 0, true)))
		require.NoError(t, r.Close())
	}
	assert.JSONEq(t, `{"format":"redis"}`, Detect([]byte(strings.Repeat(line+"\n", 20)+text[:60])).Definition)
}

// A format that is given does not read colours by itself, and says so where they are all that does not fit.
func TestExplainHintsAtColours(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		definition, line string
		hint             bool
	}{
		{"redis", "\x1b[32m1:M \x1b[0m05 Mar 2026 07:09:10.003 * Ready", true},
		{"redis", "1:M 05 Mar 2026 07:09:10.003 * \x1b[1mReady\x1b[0m", false}, // it fits
		{"redis", "\x1b[32mno line of Redis\x1b[0m", false},
		{"redis", "\x1b1:M 05 Mar 2026 07:09:10.003 * Ready", false}, // an escape that begins no sequence
		{`{"format": "redis", "strip_ansi": true}`, "\x1b[32mno line of Redis\x1b[0m", false},
		{`{"dissect": "%{at} %{code} %{text}", "fields": {"code": "int"}, "where": {"code": "> 1"}}`, "a \x1b[31m7\x1b[0m b\n", true},
		{`{"grok": "%{INT:code} %{WORD:text}$"}`, "7 \x1b[1mword\x1b[0m\r\n", true},
		{"logfmt", "", false},
	} {
		p, err := NewParser(c.definition)
		require.NoError(t, err)
		check := p.Explain([]byte(c.line))
		assert.Equal(t, c.hint, strings.Contains(check.Hint, "strip_ansi"), "%s: %+v", c.line, check)
	}
}

// The name of a file decides between formats that fit alike, and only between those.
func TestDetectionByName(t *testing.T) {
	access := strings.Repeat(accessLine+"\n", 20)
	assert.Equal(t, "combined", Detect([]byte(access)).Format)
	assert.Equal(t, "combined", DetectNamed([]byte(access), "/var/log/apache2/access.log").Format)
	assert.Equal(t, "nginx_combined", DetectNamed([]byte(access), "/var/log/Nginx/access.log").Format)
	assert.Equal(t, "json", DetectNamed([]byte(strings.Repeat(`{"a":1}`+"\n", 20)), "nginx.log").Format)
	path := filepath.Join(t.TempDir(), "nginx-access.log")
	require.NoError(t, os.WriteFile(path, []byte(access), 0o600))
	d, err := DetectPath(path, Options{})
	require.NoError(t, err)
	assert.Equal(t, "nginx_combined", d.Format)
	r, err := Open(path, Options{})
	require.NoError(t, err)
	info, err := r.Info()
	require.NoError(t, err)
	assert.Equal(t, "nginx_combined", info.Format)
	require.NoError(t, r.Close())
}

// What is detected does not depend on how the beginning comes.
func TestDetectionDoesNotDependOnCuts(t *testing.T) {
	t.Parallel()
	text := "started\n" + strings.Repeat("1:M 05 Mar 2026 07:09:10.003 * Ready to accept connections\n", 3000)
	for _, size := range []int{1, 7, 4096, 1 << 20} {
		if size == 1 && testing.Short() {
			continue
		}
		r, err := OpenReader(&pieces{text, size}, Options{BlockSize: max(size, 64)})
		require.NoError(t, err)
		info, err := r.Info()
		require.NoError(t, err)
		assert.Equal(t, "redis", info.Format)
		assert.Equal(t, Detect([]byte(text)), *info.Detection)
		require.NoError(t, r.Close())
	}
}

// pieces gives a text in pieces of a size.
type pieces struct {
	text string
	size int
}

func (p *pieces) Read(b []byte) (int, error) {
	if p.text == "" {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), p.size)], p.text)
	p.text = p.text[n:]
	return n, nil
}

func everyByte() string {
	b := make([]byte, 256)
	for i := range b {
		b[i] = byte(i)
	}
	return strings.Repeat(string(b), 40)
}

func TestFormatsAreListed(t *testing.T) {
	all := Formats()
	require.NotEmpty(t, all)
	for _, f := range all {
		assert.NotEmpty(t, f.Title, f.Name)
		assert.True(t, strings.HasPrefix(f.URL, "https://"), f.Name)
		assert.NotEmpty(t, f.Sample, f.Name)
		p, err := NewParser(f.Name)
		require.NoError(t, err)
		open := p.Schema() == nil && formats.Find(f.Name).Signature == nil
		assert.Equal(t, open, len(f.Fields) == 0, f.Name)
		for _, alias := range f.Aliases {
			described, err := DescribeFormat(alias)
			require.NoError(t, err)
			assert.Equal(t, f.Name, described.Name)
		}
	}
	_, err := DescribeFormat("combind")
	assert.ErrorContains(t, err, "combined")
}

// What lines of a format need is in all that it reads.
func TestWhatLinesNeed(t *testing.T) {
	t.Parallel()
	all, err := formats.All()
	require.NoError(t, err)
	tell := 0
	for i := range contenders() {
		c := &contenders()[i]
		at := slices.IndexFunc(all, func(f formats.Format) bool { return f.Name == c.format.Name })
		count, _ := c.eyes()
		fits := 0
		for _, s := range all[at].Samples {
			lines := bytes.Split([]byte(s.Input), newline)
			matched := count(detect.Join(lines)).Matched
			if matched > 0 && c.needs.In([]byte(s.Input)) {
				fits++
			} else if c.format.Needs == nil { // what these say is in some lines of each log
				assert.Zero(t, matched, "%s.fmt:%d", c.format.Name, s.Line)
			}
		}
		if c.format.Needs != nil {
			assert.Greater(t, 2*fits, len(samplesOf(all[at])), c.format.Name)
		}
		if !c.needs.In([]byte("neither this nor that")) {
			tell++
		}
	}
	assert.Greater(t, tell, 40, "of so many formats a line tells at once that it has not got them")
}

// Objects with a time, a level and a message are whoever's. Only a writer's own order of keys, or keys of its own, tell that they are its.
func TestDetectionOfObjectsThatAnybodyWrites(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ line, format string }{
		{`{"time":"2026-03-05T07:09:10.003Z","level":"info","msg":"hello"}`, "json"},
		{`{"time":"2026-03-05T07:09:10.003Z","level":"info","message":"hello","status":200}`, "json"},
		{`{"ts":"2026-03-05T07:09:10.003Z","level":"info","logger":"http","msg":"hello","status":200}`, "json"},
		{`{"ts":1772694550.25,"level":"info","msg":"hello"}`, "json"},
		{`{"timestamp":"2026-03-05T07:09:10.003Z","level":"INFO","message":"hello"}`, "json"},
		{`{"level":"INFO","msg":"hello"}`, "json"},
		{`{"message":"hello","level":"info","time":"2026-03-05T07:09:10Z"}`, "json"},
		{`{"level":"info","message":"hello","timestamp":"2026-03-05T07:09:10Z"}`, "json"},
		{`{"time":"2026-03-05T07:09:10Z","msg":"hello","level":"warn","user":"ann"}`, "json"},
		{`{"level":"info","ts":1772694550.25,"caller":"main.go:7","msg":"hello","a":{"msg":1}}`, "zap_json"},
		{`{"level":"info","user":"ann","time":"2026-03-05T07:09:10Z","message":"hello"}`, "zerolog"},
		{`{"animal":"walrus","level":"info","msg":"hello","time":"2026-03-05T07:09:10Z"}`, "logrus_json"},
		{`{"time":"2026-03-05T07:09:10.000000001Z","level":"INFO","msg":"hello","user":"ann"}`, "slog_json"},
		{`{"level":30,"time":1772694550250,"pid":7,"hostname":"gate","msg":"hello"}`, "pino"},
		{`time=2026-03-05T07:09:10Z level=info msg=hello`, "logfmt"},
		{`time="2026-03-05T07:09:10Z" level=info msg=hello`, "logrus_text"},
		{`time=2026-03-05T07:09:10.250Z level=INFO msg=hello`, "slog_text"},
	} {
		d := Detect([]byte(strings.Repeat(c.line+"\n", 20)))
		assert.Equal(t, c.format, d.Format, "%s: %s", c.line, d.Explain())
	}
}

// However long a line is, detection takes time that is linear in it. (A quarter of a MiB of letters took a minute, so that this would not end.)
func TestDetectionOfALongLine(t *testing.T) {
	t.Parallel()
	for i, text := range []string{"x", "1", "é", " ", "Jan ", "1:", "x ", "[1] ", "\xff"} {
		if testing.Short() && i > 1 {
			break
		}
		for _, end := range []string{"\n", "x\n"} { // a line of blanks alone is none
			d := Detect(append(bytes.Repeat([]byte(text), (1<<20-2)/len(text)), end...))
			assert.NotEmpty(t, d.Format, "%q", text)
		}
	}
}

// A line of colours alone is an empty line.
func TestDetectionOfColoursAlone(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "generic", Detect([]byte("\x1b[0m\n\x1b[0m\n")).Format)
	d := Detect([]byte("\x1b[0m\n" + strings.Repeat("\x1b[32m2026-03-05 07:09:10 INFO up\x1b[0m\n\x1b[0m\n", 3)))
	assert.Equal(t, 1.0, d.Confidence)
	assert.Contains(t, d.Definition, `"strip_ansi":true`)
}
