package loggate

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/examples/services/internal/fulltest"
)

func TestLoki(t *testing.T) {
	s := start(t, nil)
	body := `{"streams":[
	 {"stream":{"job":"web"},"values":[["1772704800000000000",` + fmt.Sprintf("%q", strings.TrimSpace(fmt.Sprintf(access, 1, 1, 1, 200))) + `],["1772704800000000000",` + fmt.Sprintf("%q", strings.TrimSpace(fmt.Sprintf(access, 2, 2, 2, 404))) + `,{"pod":"p1"}]]},
	 {"stream":{"job":"app","format":"logfmt"},"values":[["1772704800000000001","level=error msg=\"it broke\""]]},
	 {"stream":{"job":"odd","format":"combined"},"values":[["1772704800000000002","no access log"]]}]}`
	response := s.do("POST", "/loki/api/v1/push", strings.NewReader(body), nil, "Content-Type", "application/json")
	require.Equal(t, 204, response.StatusCode)
	f := s.search("source=web&status=404")
	require.Len(t, f.Records, 1)
	assert.Equal(t, map[string]any{"job": "web"}, f.Records[0].Fields["labels"])
	assert.Equal(t, map[string]any{"pod": "p1"}, f.Records[0].Fields["metadata"])
	f = s.search("source=app&level=error")
	require.Len(t, f.Records, 1)
	assert.Equal(t, time.Unix(1772704800, 1).UTC(), f.Records[0].Time, "the time of the envelope, as the line has none")
	f = s.search("source=odd&fault=no_match&q=access+log")
	require.Len(t, f.Records, 1)
	assert.Equal(t, time.Unix(1772704800, 2).UTC(), f.Records[0].Time)

	for _, bad := range []string{`{`, `{"streams":[{"values":[["x"]]}]}`} {
		p, _ := s.problem("POST", "/loki/api/v1/push", bad)
		assert.Equal(t, 400, p.Status)
		assert.Equal(t, "urn:loggate:problem:malformed", p.Type)
	}
	p, _ := s.problem("POST", "/loki/api/v1/push", "x", "Content-Type", "text/plain")
	assert.Equal(t, 400, p.Status)
	assert.EqualValues(t, 4, s.stats().Records)
}

func TestOTLP(t *testing.T) {
	s := start(t, nil)
	body := `{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"logRecords":[
	 {"timeUnixNano":"1772704800000000005","severityNumber":17,"severityText":"ERROR","body":{"stringValue":"it broke"},"attributes":[{"key":"n","value":{"intValue":"7"}}]}]}]},
	 {"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"old"}},{"key":"sawlog.format","value":{"stringValue":"logfmt"}}]},"scopeLogs":[{"logRecords":[
	 {"timeUnixNano":"1772704800000000006","body":{"stringValue":"level=warn msg=x"},"traceId":"5b8efff798038103d269b633813fc60c"}]}]}]}`
	response := s.do("POST", "/otlp/v1/logs", strings.NewReader(body), &struct{}{}, "Content-Type", "application/json")
	require.Equal(t, 200, response.StatusCode)
	assert.Equal(t, "application/json", response.Header.Get("Content-Type"))
	f := s.search("source=shop&severity=error&field.n=7&q=broke")
	require.Len(t, f.Records, 1)
	f = s.search("source=old&level=warn")
	require.Len(t, f.Records, 1)
	assert.Equal(t, "5b8efff798038103d269b633813fc60c", f.Records[0].Fields["trace_id"])
	p, _ := s.problem("POST", "/otlp/v1/logs", strings.Replace(body, "logfmt", "logfmd", 1))
	assert.Equal(t, "urn:loggate:problem:format", p.Type)
	p, _ = s.problem("POST", "/v1/logs", "\xff", "Content-Type", "application/x-protobuf")
	assert.Equal(t, "urn:loggate:problem:malformed", p.Type, "protobuf goes to OTLP")
	assert.EqualValues(t, 2, s.stats().Records)
}

// TestSourcesOfCollectors: the name of one sender does not lose what all others have sent with it.
func TestSourcesOfCollectors(t *testing.T) {
	s := start(t, nil)
	path := "/var/log/pods/" + strings.Repeat("é", 100) + "/app/0.log"
	body, err := json.Marshal(map[string]any{"streams": []any{
		map[string]any{"stream": map[string]string{"filename": path}, "values": [][]string{{"1772704800000000000", "one"}}},
		map[string]any{"stream": map[string]string{"job": "a\nb"}, "values": [][]string{{"1772704800000000000", "two"}}},
		map[string]any{"stream": map[string]string{"job": "web"}, "values": [][]string{{"1772704800000000000", "three"}}},
	}})
	require.NoError(t, err)
	require.Equal(t, 204, s.do("POST", "/loki/api/v1/push", bytes.NewReader(body), nil, "Content-Type", "application/json").StatusCode)
	export := `{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"` + strings.Repeat("x", 300) + `"}}]},"scopeLogs":[{"logRecords":[{"body":{"stringValue":"four"}}]}]}]}`
	require.Equal(t, 200, s.do("POST", "/otlp/v1/logs", strings.NewReader(export), &struct{}{}, "Content-Type", "application/json").StatusCode)
	sources := s.stats().Sources
	for name := range sources {
		assert.LessOrEqual(t, len(name), 128)
		assert.True(t, utf8.ValidString(name), name)
	}
	for _, want := range []string{"a\ufffdb", "web", strings.Repeat("x", 128)} {
		assert.Contains(t, sources, want)
	}
	require.Len(t, s.search("q=one").Records, 1)
	assert.Equal(t, map[string]any{"filename": path}, s.search("q=one").Records[0].Fields["labels"], "all of it is kept")
	p, _ := s.problem("POST", "/v1/logs?source="+strings.Repeat("x", 129), "a\n")
	assert.Equal(t, "urn:loggate:problem:source", p.Type, "who sends for itself is told")
}

const message = "<%d>1 2026-03-05T10:00:00Z host app %d id - message %d"

func TestSyslog(t *testing.T) {
	cert, key := fulltest.Certificate(t)
	s := start(t, func(c *Config) {
		c.SyslogTCP, c.SyslogUDP, c.SyslogTLS, c.TLSCert, c.TLSKey = "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0", cert, key
	})
	tcp, err := net.Dial("tcp", s.syslogAt.tcp.String())
	require.NoError(t, err)
	encrypted, err := tls.Dial("tcp", s.syslogAt.tls.String(), &tls.Config{InsecureSkipVerify: true})
	require.NoError(t, err)
	udp, err := net.Dial("udp", s.syslogAt.udp.String())
	require.NoError(t, err)
	for i := range 100 {
		text := fmt.Sprintf(message, 34+i%2, i, i)
		for _, c := range []net.Conn{tcp, encrypted} {
			if i%2 == 0 {
				_, err = io.WriteString(c, text+"\n")
			} else {
				_, err = fmt.Fprintf(c, "%d %s", len(text), text)
			}
			require.NoError(t, err)
		}
		if i < 10 {
			_, err = io.WriteString(udp, text)
			require.NoError(t, err)
		}
	}
	require.NoError(t, tcp.Close())
	require.NoError(t, encrypted.Close())
	require.NoError(t, udp.Close())
	require.Eventually(t, func() bool { return s.stats().Records == 210 }, 10*time.Second, 20*time.Millisecond)
	assert.Len(t, s.search("limit=500&severity=2&source=syslog").Records, 105)
	assert.Len(t, s.search("field.msgid=id&q=message+99").Records, 2)
}

// TestNamesOfEnvelopes: what a line and its envelope both have is kept, once each, and the envelope's has the name.
func TestNamesOfEnvelopes(t *testing.T) {
	s := start(t, nil)
	line := `{"message":"m","labels":{"own":9007199254740993},"line_labels":1,"trace_id":"t1","attributes":[1],"note":"\"labels\":"}`
	body, err := json.Marshal(map[string]any{"streams": []any{map[string]any{"stream": map[string]string{"job": "web", "format": "json"}, "values": []any{[]any{"1772704800000000000", line}, []any{"1772704800000000001", `{"message":"\"labels\":"}`}}}}})
	require.NoError(t, err)
	require.Equal(t, 204, s.do("POST", "/loki/api/v1/push", bytes.NewReader(body), nil, "Content-Type", "application/json").StatusCode)
	fields := s.search("source=web&field.labels.job=web&field.note=%22labels%22:").Records[0].Fields
	assert.Equal(t, map[string]any{"job": "web", "format": "json"}, fields["labels"])
	assert.Equal(t, map[string]any{"own": 9007199254740993.0}, fields["line_line_labels"])
	assert.Equal(t, []any{1.0, "t1", "m"}, []any{fields["line_labels"], fields["trace_id"], fields["message"]})
	assert.Len(t, s.search("field.line_line_labels.own=9007199254740993").Records, 1, "every digit")
	assert.Len(t, s.search("q=%22labels%22:").Records, 1, "a text that only looks alike")

	export, err := json.Marshal(map[string]any{"resourceLogs": []any{map[string]any{
		"resource":  map[string]any{"attributes": []any{map[string]any{"key": "sawlog.format", "value": map[string]any{"stringValue": "json"}}}},
		"scopeLogs": []any{map[string]any{"logRecords": []any{map[string]any{"traceId": "5b8efff798038103d269b633813fc60c", "body": map[string]any{"stringValue": line}}}}},
	}}})
	require.NoError(t, err)
	require.Equal(t, 200, s.do("POST", "/otlp/v1/logs", bytes.NewReader(export), &struct{}{}, "Content-Type", "application/json").StatusCode)
	fields = s.search("source=otlp").Records[0].Fields
	assert.Equal(t, []any{"5b8efff798038103d269b633813fc60c", "t1", map[string]any{"own": 9007199254740993.0}}, []any{fields["trace_id"], fields["line_trace_id"], fields["labels"]})
}

// TestSharedPorts: two processes have the same ports, those of syslog too.
func TestSharedPorts(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it has no SO_REUSEPORT")
	}
	cert, key := fulltest.Certificate(t)
	shared := func(c *Config) {
		c.ReusePort, c.SyslogTCP, c.SyslogUDP, c.SyslogTLS, c.TLSCert, c.TLSKey = true, "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0", cert, key
	}
	first := start(t, shared)
	second := start(t, func(c *Config) {
		shared(c)
		c.Listen, c.SyslogTCP, c.SyslogUDP, c.SyslogTLS = first.Addr().String(), first.syslogAt.tcp.String(), first.syslogAt.udp.String(), first.syslogAt.tls.String()
	})
	assert.Equal(t, first.syslogAt, second.syslogAt)
}

// TestSyslogWaitsForTheStore: over TCP nothing is lost while the store refuses for a while.
func TestSyslogWaitsForTheStore(t *testing.T) {
	s := start(t, func(c *Config) { c.SyslogTCP = "127.0.0.1:0" })
	c, err := net.Dial("tcp", s.syslogAt.tcp.String())
	require.NoError(t, err)
	defer c.Close()
	// Another process takes SQLite's only writer.
	lock := lockStore(t, s.config.Data)
	for i := range 50 {
		_, err = fmt.Fprintf(c, message+"\n", 34, i, i)
		require.NoError(t, err)
	}
	time.Sleep(100 * time.Millisecond)
	assert.Zero(t, s.stats().Records)
	lock()
	require.Eventually(t, func() bool { return s.stats().Records == 50 }, 20*time.Second, 20*time.Millisecond)
}
