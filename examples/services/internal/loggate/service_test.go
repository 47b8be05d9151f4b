package loggate

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goccy/go-json"
	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/sawlog/sawlog/examples/services/internal/auth"
	"github.com/sawlog/sawlog/examples/services/internal/ingest"
	"github.com/sawlog/sawlog/examples/services/internal/store"
)

func TestMain(m *testing.M) {
	if file := os.Getenv(storeToLock); file != "" {
		lockUntilEnd(file)
		return
	}
	goleak.VerifyTestMain(m)
}

const access = `192.0.2.%d - - [05/Mar/2026:10:00:%02d +0000] "GET /a/%d HTTP/1.1" %d 12 "-" "agent"` + "\n"

func accessLog(lines int) string {
	var b strings.Builder
	for i := range lines {
		fmt.Fprintf(&b, access, i%250, i%60, i, 200+i%2*204)
	}
	return b.String()
}

// service is a gateway under test.
type service struct {
	*Service
	t      *testing.T
	client *http.Client
	key    string
	scheme string
}

func start(t *testing.T, change func(*Config)) *service {
	t.Helper()
	c := Default()
	c.Listen, c.Data, c.LogLevel = "127.0.0.1:0", filepath.Join(t.TempDir(), "x.db"), slog.LevelWarn
	if change != nil {
		change(&c)
	}
	s, err := Start(t.Context(), c, t.Output())
	require.NoError(t, err)
	transport, scheme := &http.Transport{}, "http"
	if c.TLSCert != "" {
		transport.TLSClientConfig, scheme = &tls.Config{InsecureSkipVerify: true}, "https"
	}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		require.NoError(t, s.Stop(ctx))
	})
	return &service{Service: s, t: t, client: &http.Client{Transport: transport, Timeout: 20 * time.Second}, scheme: scheme}
}

// do sends a request and reads the JSON of its answer into out.
func (s *service) do(method, path string, body io.Reader, out any, headers ...string) *http.Response {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.scheme+"://"+s.Addr().String()+path, body)
	require.NoError(s.t, err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if s.key != "" {
		r.Header.Set("X-API-Key", s.key)
	}
	response, err := s.client.Do(r)
	require.NoError(s.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	if out != nil {
		require.NoError(s.t, json.Unmarshal(text, out), "%s", text)
	}
	return response
}

type problemDocument struct {
	Type, Title, Detail, Instance string
	Status                        int
	Committed                     *ingest.Result
}

func (s *service) post(path, body string, headers ...string) ingest.Result {
	s.t.Helper()
	var r ingest.Result
	response := s.do("POST", path, strings.NewReader(body), &r, headers...)
	require.Equal(s.t, 200, response.StatusCode)
	return r
}

func (s *service) problem(method, path, body string, headers ...string) (problemDocument, http.Header) {
	s.t.Helper()
	var p problemDocument
	response := s.do(method, path, strings.NewReader(body), &p, headers...)
	assert.Equal(s.t, response.StatusCode, p.Status)
	assert.Equal(s.t, "application/problem+json", response.Header.Get("Content-Type"))
	assert.NotEmpty(s.t, p.Title)
	return p, response.Header
}

type found struct {
	Records []struct {
		ID, Source, Format, Level, Fault string
		Time                             time.Time
		Status                           int
		Fields                           map[string]any
	}
	Next string
}

func (s *service) search(query string) found {
	s.t.Helper()
	var f found
	require.Equal(s.t, 200, s.do("GET", "/v1/logs/search?"+query, nil, &f).StatusCode)
	return f
}

func (s *service) stats() store.Stats {
	s.t.Helper()
	var st store.Stats
	require.Equal(s.t, 200, s.do("GET", "/v1/stats", nil, &st).StatusCode)
	return st
}

func TestFromTextToAnswers(t *testing.T) {
	s := start(t, nil)
	assert.Equal(t, 200, s.do("GET", "/ready", nil, nil).StatusCode)
	assert.Zero(t, s.stats().Records)

	r := s.post("/v1/logs?source=web", accessLog(10)+"nonsense\n")
	assert.EqualValues(t, 10, r.Records)
	require.Len(t, r.Explained, 1)
	assert.EqualValues(t, 11, r.Explained[0].Line)
	s.post("/v1/logs", `{"time":"2026-03-05T09:00:00Z","level":"error","message":"disk full"}`, "X-Log-Source", "app", "X-Log-Format", "json")

	f := s.search("source=web&status=4xx&limit=3")
	require.Len(t, f.Records, 3)
	assert.Equal(t, 404, f.Records[0].Status)
	assert.Equal(t, "/a/9", f.Records[0].Fields["target"])
	f2 := s.search("source=web&status=4xx&limit=3&cursor=" + f.Next)
	require.Len(t, f2.Records, 2)
	assert.Empty(t, f2.Next)
	assert.Len(t, s.search("q=disk&severity=warn").Records, 1)
	assert.Len(t, s.search("fault=no_match").Records, 1)
	assert.Len(t, s.search("field.client=192.0.2.3&from=2026-03-05T10:00:00Z&to=2026-03-05T11:00:00Z").Records, 1)
	assert.Empty(t, s.search("source=none").Records)

	st := s.stats()
	assert.EqualValues(t, 12, st.Records)
	assert.EqualValues(t, 1, st.Rejects)
	assert.EqualValues(t, 5, st.Statuses["404"])

	s.post("/v1/logs?source=web", accessLog(1))
	assert.EqualValues(t, 13, s.stats().Records, "an answer made before a commit is not given after it")
	response := s.do("GET", "/metrics", nil, nil)
	assert.Equal(t, 200, response.StatusCode)
}

func TestTheSameOverHTTP2(t *testing.T) {
	s := start(t, nil)
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: &protocols}
	defer transport.CloseIdleConnections()
	s.client = &http.Client{Transport: transport}
	response := s.do("POST", "/v1/logs", strings.NewReader(accessLog(5000)), nil)
	assert.Equal(t, []int{200, 2}, []int{response.StatusCode, response.ProtoMajor})
	assert.EqualValues(t, 5000, s.stats().Records)
}

func TestProblems(t *testing.T) {
	s := start(t, func(c *Config) { c.MaxWire, c.MaxBody = 64<<10, 128<<10 })
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = io.WriteString(z, accessLog(100))
	require.NoError(t, z.Close())
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
		slug, detail       string
	}{
		"no such path":       {"GET", "/v2", "", nil, 404, "", ""},
		"no plain path":      {"GET", "/v1/../none", "", nil, 404, "", ""},
		"no such method":     {"DELETE", "/v1/logs", "", nil, 405, "", ""},
		"format":             {"POST", "/v1/logs?format=combind", "x", nil, 400, "format", "combined"},
		"a definition":       {"POST", "/v1/logs", "x", []string{"X-Log-Format", `{"grok":"%{X}","pattern_files":["/etc/passwd"]}`}, 400, "format", ""},
		"parameter":          {"POST", "/v1/logs?fromat=json", "x", nil, 400, "parameter", "format"},
		"source":             {"POST", "/v1/logs?source=%00", "x", nil, 400, "source", ""},
		"encoding":           {"POST", "/v1/logs", "x", []string{"Content-Encoding", "br"}, 415, "encoding", "gzip and zstd"},
		"broken gzip":        {"POST", "/v1/logs", zipped.String()[:zipped.Len()/2], nil, 400, "damaged", ""},
		"too large":          {"POST", "/v1/logs", strings.Repeat("x", 65<<10), nil, 413, "too-large", ""},
		"search, unknown":    {"GET", "/v1/logs/search?lvl=x", "", nil, 400, "parameter", "level"},
		"search, a field":    {"GET", "/v1/logs/search?client=x", "", nil, 400, "parameter", "field.NAME"},
		"search, limit":      {"GET", "/v1/logs/search?limit=0", "", nil, 400, "parameter", "1 to 1000"},
		"search, cursor":     {"GET", "/v1/logs/search?cursor=x", "", nil, 400, "parameter", "cursor"},
		"search, time":       {"GET", "/v1/logs/search?from=yesterday", "", nil, 400, "parameter", "RFC 3339"},
		"search, status":     {"GET", "/v1/logs/search?status=9xxx", "", nil, 400, "parameter", "4xx"},
		"search, field":      {"GET", "/v1/logs/search?field.a%22b=1", "", nil, 400, "parameter", ""},
		"search, no UTF-8":   {"GET", "/v1/logs/search?q=%ff", "", nil, 400, "parameter", "q: want UTF-8"},
		"search, no escape":  {"GET", "/v1/logs/search?limit=1&source=%zz", "", nil, 400, "parameter", "%zz"},
		"search, semicolon":  {"GET", "/v1/logs/search?source=web;level=error", "", nil, 400, "parameter", "semicolon"},
		"post, semicolon":    {"POST", "/v1/logs?source=web;format=json", "x", nil, 400, "parameter", "semicolon"},
		"stats, no escape":   {"GET", "/v1/stats?from=%", "", nil, 400, "parameter", "%"},
		"stats, parameter":   {"GET", "/v1/stats?x=1", "", nil, 400, "parameter", "from"},
		"stats, no such day": {"GET", "/v1/stats?to=2026-02-30T00:00:00Z", "", nil, 400, "parameter", "to"},
	} {
		t.Run(name, func(t *testing.T) {
			p, header := s.problem(c.method, c.path, c.body, c.headers...)
			assert.Equal(t, c.status, p.Status)
			if c.slug != "" {
				assert.Equal(t, "urn:loggate:problem:"+c.slug, p.Type)
			}
			assert.Contains(t, p.Detail, c.detail)
			assert.Contains(t, p.Instance, header.Get("X-Request-Id"))
		})
	}
	_, header := s.problem("DELETE", "/v1/logs", "")
	assert.Contains(t, header.Get("Allow"), "POST")
}

func TestNobodyGetsInWithoutAKey(t *testing.T) {
	key, line := auth.NewKey("shipper", auth.Ingest)
	reader, line2 := auth.NewKey("reader", auth.Search)
	s := start(t, func(c *Config) { c.Keys = line + ";" + line2; c.Rate, c.Burst = 0.001, 3 })
	for _, path := range []string{"POST /v1/logs", "GET /v1/logs/search", "GET /v1/stats", "GET /v1/formats", "GET /metrics"} {
		method, path, _ := strings.Cut(path, " ")
		p, header := s.problem(method, path, accessLog(1))
		assert.Equal(t, 401, p.Status, path)
		assert.Contains(t, header.Get("WWW-Authenticate"), "Bearer")
		p, _ = s.problem(method, path, accessLog(1), "Authorization", "Bearer wrong")
		assert.Equal(t, 401, p.Status, path)
	}
	assert.Equal(t, 200, s.do("GET", "/health", nil, nil).StatusCode)
	s.key = reader
	p, _ := s.problem("POST", "/v1/logs", accessLog(1))
	assert.Equal(t, 403, p.Status)
	assert.Zero(t, s.stats().Records)
	s.key = key
	for range 3 {
		s.post("/v1/logs", accessLog(1))
	}
	p, header := s.problem("POST", "/v1/logs", accessLog(1))
	assert.Equal(t, 429, p.Status)
	assert.NotEmpty(t, header.Get("Retry-After"))
	s.key = reader
	assert.EqualValues(t, 3, s.stats().Records)
}

// TestAStoreThatGoesAway: 503 and Retry-After, and nothing is acknowledged that is not there afterwards.
func TestAStoreThatGoesAway(t *testing.T) {
	s := start(t, nil)
	s.post("/v1/logs", accessLog(10))
	require.NoError(t, s.store.Close())
	p, header := s.problem("POST", "/v1/logs", accessLog(10))
	assert.Equal(t, 503, p.Status)
	assert.NotEmpty(t, header.Get("Retry-After"))
	require.NotNil(t, p.Committed)
	assert.Zero(t, p.Committed.Records)
	p, _ = s.problem("GET", "/ready", "")
	assert.Equal(t, 503, p.Status)
	assert.Equal(t, 200, s.do("GET", "/health", nil, nil).StatusCode)
}

func TestAClientThatGoesAway(t *testing.T) {
	s := start(t, nil)
	for range 20 {
		c, err := net.Dial("tcp", s.Addr().String())
		require.NoError(t, err)
		_, err = io.WriteString(c, "POST /v1/logs HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"+accessLog(3))
		require.NoError(t, err)
		require.NoError(t, c.Close())
	}
	require.Eventually(t, func() bool { all, _ := s.lot.Open(); return all <= 1 }, 10*time.Second, 10*time.Millisecond)
	s.post("/v1/logs", accessLog(1))
	assert.EqualValues(t, 1, s.stats().Records, "half a request is not stored")
}

func TestASlowClient(t *testing.T) {
	s := start(t, func(c *Config) { c.BodyIdle = 50 * time.Millisecond })
	c, err := net.Dial("tcp", s.Addr().String())
	require.NoError(t, err)
	defer c.Close()
	_, err = io.WriteString(c, "POST /v1/logs HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nsome")
	require.NoError(t, err)
	require.NoError(t, c.SetReadDeadline(time.Now().Add(10*time.Second)))
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	assert.Equal(t, 408, response.StatusCode)
}

// TestStopLosesNothing stops while clients send: what was acknowledged is in the file.
func TestStopLosesNothing(t *testing.T) {
	s := start(t, nil)
	var acknowledged sync.Map
	var clients sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for i := range 8 {
		clients.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				id := fmt.Sprintf("c%d-%d", i, n)
				response, err := s.client.Post("http://"+s.Addr().String()+"/v1/logs?format=json", "", strings.NewReader(`{"message":"`+id+`"}`))
				if err != nil {
					return
				}
				_, _ = io.Copy(io.Discard, response.Body)
				response.Body.Close()
				if response.StatusCode == 200 {
					acknowledged.Store(id, true)
				}
			}
		})
	}
	time.Sleep(100 * time.Millisecond)
	stop, done := context.WithTimeout(t.Context(), 10*time.Second)
	defer done()
	require.NoError(t, s.Stop(stop))
	cancel()
	clients.Wait()

	again := start(t, func(c *Config) { c.Data = s.config.Data })
	stored := map[string]bool{}
	for next := ""; ; {
		f := again.search("limit=1000&cursor=" + next)
		for _, r := range f.Records {
			stored[r.Fields["message"].(string)] = true
		}
		if next = f.Next; next == "" {
			break
		}
	}
	n := 0
	acknowledged.Range(func(id, _ any) bool { n++; return assert.True(t, stored[id.(string)], id) })
	assert.Positive(t, n)
}

func TestOwnFormats(t *testing.T) {
	file := filepath.Join(t.TempDir(), "formats.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"shop": {"dissect": "%{level}|%{message}"}, "web": "combined", "errors": {"format": "combined", "where": {"status": ">= 400"}}}`), 0o600))
	s := start(t, func(c *Config) { c.Formats = file })
	s.post("/v1/logs?format=shop", "WARN|sold out\n")
	assert.Equal(t, "WARN", s.search("format=shop").Records[0].Level)
	assert.EqualValues(t, 2, s.post("/v1/logs?format=web", accessLog(2)).Records)
	var known struct{ Own []string }
	require.Equal(t, 200, s.do("GET", "/v1/formats", nil, &known).StatusCode)
	assert.Equal(t, []string{"errors", "shop", "web"}, known.Own)
	r := s.post("/v1/logs?format=errors", accessLog(10)+"nonsense\n")
	assert.Equal(t, []int64{11, 5, 5, 1}, []int64{r.Lines, r.Records, r.Filtered, r.Rejects}, "every line is counted")
	require.Equal(t, 200, s.do("GET", "/v1/stats?from=&to=", nil, &known).StatusCode)
}

func TestConfiguration(t *testing.T) {
	_, err := Parse(nil, nil, io.Discard)
	require.NoError(t, err, "it runs without any")
	for args, want := range map[string]string{
		"-listen 0.0.0.0:8080": "no keys and no tokens", "-listen 8080": "missing port", "-tls-cert x": "go together",
		"-memory 1KiB": "16MiB", "-max-line 64MiB -memory 128MiB": "-max-line 64MiB", "-max-wire 0": "above 0", "-rate -1": "below 0", "-otlp collector:4318": "want one like", "-burst 0": "at least 1", "-drain 5s -drain-delay 5s": "shorter than -drain", "-drain 0s": "above 0", "-log-level loud": "loud", "-retention 1w": "30d", "-keysfile x": "-keys-file",
	} {
		_, err := Parse(strings.Fields(args), nil, io.Discard)
		require.ErrorContains(t, err, want, args)
	}
	_, err = Parse([]string{"-listen", ":8080", "-insecure"}, nil, io.Discard)
	require.NoError(t, err)
	for listen, want := range map[string]string{"0.0.0.0:8080": "http://127.0.0.1:8080/health", ":80": "http://127.0.0.1:80/health", "[::]:1": "http://127.0.0.1:1/health", "192.0.2.1:1": "http://192.0.2.1:1/health", "[::1]:1": "http://[::1]:1/health"} {
		assert.Equal(t, want, (&Config{Listen: listen}).HealthURL())
	}
	assert.Equal(t, "https://127.0.0.1:8080/health", (&Config{Listen: "0.0.0.0:8080", TLSCert: "x"}).HealthURL())

	c := Default()
	c.Listen, c.Data = "127.0.0.1:0", filepath.Join(t.TempDir(), "no", "such", "folder")
	_, err = Start(t.Context(), c, io.Discard)
	require.Error(t, err)
	for _, bad := range []func(*Config){
		func(c *Config) { c.Keys = "x" }, func(c *Config) { c.KeysFile = "/none" }, func(c *Config) { c.JWTSecret = "short" },
		func(c *Config) { c.JWTPublicKey = "/none" }, func(c *Config) { c.Formats = "/none" },
	} {
		c := Default()
		c.Listen, c.Data = "127.0.0.1:0", filepath.Join(t.TempDir(), "x.db")
		bad(&c)
		_, err = Start(t.Context(), c, io.Discard)
		require.Error(t, err)
	}
}
