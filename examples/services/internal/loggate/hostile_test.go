package loggate

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	logs "go.opentelemetry.io/proto/otlp/logs/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	"google.golang.org/protobuf/proto"

	"github.com/sawlog/sawlog/examples/services/internal/auth"
)

// TestTokens: who has one gets in until it expires.
func TestTokens(t *testing.T) {
	secret := strings.Repeat("secret", 8)
	s := start(t, func(c *Config) { c.JWTSecret = secret })
	token := func(left time.Duration) string {
		text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"sub": "ann", "scope": "ingest search", "exp": time.Now().Add(left).Unix()}).SignedString([]byte(secret))
		require.NoError(t, err)
		return "Bearer " + text
	}
	s.post("/v1/logs", accessLog(1), "Authorization", token(time.Hour))
	p, header := s.problem("POST", "/v1/logs", accessLog(1), "Authorization", token(-time.Hour))
	assert.Equal(t, 401, p.Status)
	assert.Contains(t, p.Detail+p.Title, "expired")
	assert.Contains(t, header.Get("WWW-Authenticate"), "Bearer")
}

// TestASlowHead is a slow loris: heads that never end, sent drop by drop. Their connections end, and others are served meanwhile.
func TestASlowHead(t *testing.T) {
	s := start(t, func(c *Config) { c.HeaderTime = 200 * time.Millisecond })
	begin := time.Now()
	var all sync.WaitGroup
	for range 20 {
		c, err := net.Dial("tcp", s.Addr().String())
		require.NoError(t, err)
		all.Go(func() {
			defer c.Close()
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				_, _ = io.Copy(io.Discard, c) // until the server closes
			}()
			drops := strings.NewReader("POST /v1/logs HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X-A: b\r\n", 10_000))
			for {
				select {
				case <-ended:
					return
				case <-time.After(10 * time.Millisecond):
					_, _ = io.CopyN(c, drops, 3)
				}
			}
		})
	}
	s.post("/v1/logs", accessLog(1))
	all.Wait()
	assert.Less(t, time.Since(begin), 5*time.Second)
	require.Eventually(t, func() bool { open, _ := s.lot.Open(); return open <= 1 }, 5*time.Second, 10*time.Millisecond)
}

// TestABodyThatNobodyReads does not hold its connection: the answer does not wait for a stranger who does not go on sending.
func TestABodyThatNobodyReads(t *testing.T) {
	_, line := auth.NewKey("shipper", auth.Ingest)
	s := start(t, func(c *Config) { c.Keys, c.BodyIdle = line, 200*time.Millisecond })
	for path, status := range map[string]string{"/none": "404", "/v1/logs": "401", "/health": "405"} {
		c, err := net.Dial("tcp", s.Addr().String())
		require.NoError(t, err)
		defer c.Close()
		_, err = io.WriteString(c, "POST "+path+" HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
		require.NoError(t, err)
		require.NoError(t, c.SetDeadline(time.Now().Add(5*time.Second)))
		answer, err := io.ReadAll(c)
		require.NoError(t, err, path)
		assert.Contains(t, string(answer), "HTTP/1.1 "+status)
	}
}

// TestSlowReaders search and do not take their answers: what waits for them is bounded.
func TestSlowReaders(t *testing.T) {
	s := start(t, func(c *Config) { c.Memory = 24 << 20 })
	for i := range 40 {
		s.post("/v1/logs?format=json", fmt.Sprintf(`{"n":%d,"message":%q}`, i, strings.Repeat("x", 200<<10)))
	}
	statuses := make(chan string, 10)
	for i := range cap(statuses) {
		c, err := net.Dial("tcp", s.Addr().String())
		require.NoError(t, err)
		defer c.Close()
		require.NoError(t, c.(*net.TCPConn).SetReadBuffer(4096))
		_, err = fmt.Fprintf(c, "GET /v1/logs/search?limit=1000&from=-%dh HTTP/1.1\r\nHost: x\r\n\r\n", i+1)
		require.NoError(t, err)
		go func() {
			head := make([]byte, len("HTTP/1.1 200"))
			_, _ = io.ReadFull(c, head)
			statuses <- string(head[len(head)-3:])
		}()
	}
	got := map[string]int{}
	for range cap(statuses) {
		got[<-statuses]++
	}
	assert.LessOrEqual(t, got["200"], 2, "%v", got)
	assert.Positive(t, got["200"])
	assert.Equal(t, cap(statuses), got["200"]+got["429"], "%v", got)
}

// output is what a service logs, from several goroutines.
type output struct {
	mu sync.Mutex
	bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.Buffer.Write(p)
}

// TestTheRouteIsKnown: a request is matched once, and log and metrics know its route.
func TestTheRouteIsKnown(t *testing.T) {
	var out output
	c := Default()
	c.Listen, c.Data, c.LogLevel = "127.0.0.1:0", filepath.Join(t.TempDir(), "x.db"), slog.LevelDebug
	started, err := Start(t.Context(), c, &out)
	require.NoError(t, err)
	s := &service{Service: started, t: t, client: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}, scheme: "http"}
	s.post("/v1/logs?format=combined", accessLog(1))
	s.problem("GET", "/none", "")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, s.Stop(ctx))
	assert.Contains(t, out.String(), `"path":"/v1/logs","route":"POST /v1/logs","status":200`)
	assert.Contains(t, out.String(), `"who":"anonymous"`)
	assert.Contains(t, out.String(), `"path":"/none","route":"","status":404`)
}

// TestMetricsAreReadWhileItStarts: the exporter asks for them at any time. (The race detector looks on.)
func TestMetricsAreReadWhileItStarts(t *testing.T) {
	collector := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(collector.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	t.Setenv("OTEL_METRIC_EXPORT_INTERVAL", "1")
	for range 10 {
		start(t, func(c *Config) { c.OTLPEndpoint = collector.URL })
	}
}

// TestStrangersMakeNoMetrics: what a request says of itself, before anybody knows whose it is, does not make series that stay.
func TestStrangersMakeNoMetrics(t *testing.T) {
	s := start(t, nil)
	ask := func(method, host string) {
		request, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.Addr().String()+"/v1/stats", nil)
		require.NoError(t, err)
		request.Host = host
		response, err := s.client.Do(request)
		require.NoError(t, err)
		_, _ = io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
	series := func() int {
		response, err := s.client.Get("http://" + s.Addr().String() + "/metrics")
		require.NoError(t, err)
		defer response.Body.Close()
		page, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return strings.Count(string(page), "http_server_request_duration_seconds_count{")
	}
	ask("GET", "one.example")
	ask("BREW", "one.example")
	before := series()
	require.Positive(t, before)
	for i := range 5 {
		ask("GET", fmt.Sprintf("host%d.example:%d", i, 8000+i))
		ask(fmt.Sprintf("BREW%d", i), "one.example")
	}
	assert.Equal(t, before, series())
}

// TestASmallDocumentThatBecomesLarge: what a resource and its records have in common is stored with each of them, and an empty record is two bytes
// to send. Neither takes memory that nobody has paid for.
func TestASmallDocumentThatBecomesLarge(t *testing.T) {
	s := start(t, func(c *Config) { c.Memory = 32 << 20 })
	text := func(n int) *common.AnyValue {
		return &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: strings.Repeat("v", n)}}
	}
	document := func(resource *resourcepb.Resource, records int) string {
		list := make([]*logs.LogRecord, records)
		for i := range list {
			list[i] = &logs.LogRecord{}
		}
		body, err := proto.Marshal(&logs.LogsData{ResourceLogs: []*logs.ResourceLogs{{Resource: resource, ScopeLogs: []*logs.ScopeLogs{{LogRecords: list}}}}})
		require.NoError(t, err)
		return string(body)
	}
	large := &resourcepb.Resource{Attributes: []*common.KeyValue{{Key: "k", Value: text(20_000)}}}
	for name, c := range map[string]struct {
		path, kind, body string
		status           int
	}{
		"a large resource":      {"/otlp/v1/logs", "application/x-protobuf", document(large, 20_000), http.StatusRequestEntityTooLarge},
		"empty records":         {"/otlp/v1/logs", "application/x-protobuf", document(nil, 1_000_000), http.StatusRequestEntityTooLarge},
		"empty records in JSON": {"/otlp/v1/logs", "application/json", `{"resourceLogs":[{"scopeLogs":[{"logRecords":[` + strings.Repeat("{},", 1_000_000) + `{}]}]}]}`, http.StatusRequestEntityTooLarge},
		"large labels": {"/loki/api/v1/push", "application/json", `{"streams":[{"stream":{"k":"` + strings.Repeat("v", 20_000) + `"},"values":[` + strings.Repeat(`["0","a"],`, 20_000) + `["0","a"]]}]}`,
			http.StatusRequestEntityTooLarge},
		"what is usual": {"/otlp/v1/logs", "application/x-protobuf", document(&resourcepb.Resource{Attributes: []*common.KeyValue{{Key: "k", Value: text(500)}}}, 5_000), http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+s.Addr().String()+c.path, strings.NewReader(c.body))
			require.NoError(t, err)
			request.Header.Set("Content-Type", c.kind)
			response, err := s.client.Do(request)
			require.NoError(t, err)
			response.Body.Close()
			assert.Equal(t, c.status, response.StatusCode)
		})
	}
}

// TestBodiesThatAreNone are their clients' fault, and no alarm: the answer is no 500, and neither is what is counted.
func TestBodiesThatAreNone(t *testing.T) {
	s := start(t, nil)
	const head = "POST /v1/logs HTTP/1.1\r\nHost: x\r\n"
	for name, text := range map[string]string{"no chunk": head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "a chunk too short": head + "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n"} {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", s.Addr().String())
			require.NoError(t, err)
			defer c.Close()
			_, err = io.WriteString(c, text)
			require.NoError(t, err)
			require.NoError(t, c.SetDeadline(time.Now().Add(10*time.Second)))
			answer, _ := io.ReadAll(c)
			assert.Contains(t, string(answer), "HTTP/1.1 400 ")
			assert.Contains(t, string(answer), "urn:loggate:problem:incomplete")
		})
	}
	c, err := net.Dial("tcp", s.Addr().String())
	require.NoError(t, err)
	_, err = io.WriteString(c, head+"Content-Length: 1000\r\n\r\nabc")
	require.NoError(t, err)
	time.Sleep(50 * time.Millisecond) // it is being read
	require.NoError(t, c.(*net.TCPConn).SetLinger(0))
	require.NoError(t, c.Close()) // a reset
	metrics := func() string {
		response, err := s.client.Get("http://" + s.Addr().String() + "/metrics")
		require.NoError(t, err)
		defer response.Body.Close()
		page, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return string(page)
	}
	require.Eventually(t, func() bool { return strings.Contains(metrics(), `type="incomplete"} 3`) }, 10*time.Second, 20*time.Millisecond)
	assert.NotContains(t, metrics(), `http_response_status_code="500"`)
}

// TestOneWhoFloods does not take what is for others: its own requests are 429, and others' are stored.
func TestOneWhoFloods(t *testing.T) {
	flood, line := auth.NewKey("flood", auth.Ingest)
	modest, line2 := auth.NewKey("modest", auth.Ingest, auth.Search)
	s := start(t, func(c *Config) { c.Keys, c.Memory = line+";"+line2, 24<<20 })
	var refused atomic.Bool
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range 40 { // each holds memory for as long as it can, with a body that does not end
		all.Go(func() {
			for ctx.Err() == nil {
				body, feed := io.Pipe()
				go func() {
					_, _ = feed.Write([]byte(accessLog(5000)))
					<-ctx.Done()
					_ = feed.CloseWithError(ctx.Err())
				}()
				r, err := http.NewRequestWithContext(ctx, "POST", "http://"+s.Addr().String()+"/v1/logs", body)
				if err != nil {
					return
				}
				r.Header.Set("X-API-Key", flood)
				if response, err := s.client.Do(r); err == nil {
					t.Log(response.StatusCode)
					refused.CompareAndSwap(false, response.StatusCode == http.StatusTooManyRequests && response.Header.Get("Retry-After") != "")
					response.Body.Close()
				}
			}
		})
	}
	require.Eventually(t, refused.Load, 10*time.Second, 10*time.Millisecond)
	s.key = modest
	for range 20 {
		s.post("/v1/logs?source=modest", accessLog(100))
	}
	cancel()
	all.Wait()
	assert.Len(t, s.search("source=modest&limit=1000&field.target=/a/7").Records, 20)
}
