package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/examples/services/internal/fulltest"
	"github.com/sawlog/sawlog/examples/services/internal/ingest"
)

func TestMain(m *testing.M) { fulltest.Main(m, main) }

// program is loggate in a process of its own.
type program struct {
	*fulltest.Process
	t    testing.TB
	base string

	answered atomic.Int64 // requests of load
}

// start starts it with the embedded store and the cache in memory, unless env names others: what is set for other tests does not count.
func start(t testing.TB, env []string, args ...string) *program {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	p := &program{t: t, base: "http://" + address}
	p.Process = fulltest.Run(t, append([]string{"DATABASE_URL=", "REDIS_URL="}, env...), append([]string{"-listen", address, "-log-level", "ERROR"}, args...)...)
	require.Eventually(t, func() bool { return p.status("GET", "/ready", "") == 200 }, 20*time.Second, 20*time.Millisecond)
	return p
}

// status sends a request and gives the answer's status, 0 for none.
func (p *program) status(method, path, body string) int {
	status, _ := p.do(method, path, body)
	return status
}

var client = &http.Client{Timeout: 20 * time.Second}

func (p *program) do(method, path, body string) (status int, answer []byte) {
	r, err := http.NewRequest(method, p.base+path, strings.NewReader(body))
	require.NoError(p.t, err)
	response, err := client.Do(r)
	if err != nil {
		return 0, nil
	}
	defer response.Body.Close()
	answer, _ = io.ReadAll(response.Body)
	return response.StatusCode, answer
}

// stored gives the messages in the store, each with how often it is there.
func (p *program) stored() map[string]int {
	all := map[string]int{}
	for next := ""; ; {
		var page struct {
			Records []struct{ Fields struct{ Message string } }
			Next    string
		}
		status, answer := p.do("GET", "/v1/logs/search?limit=1000&cursor="+next, "")
		require.Equal(p.t, 200, status, "%s", answer)
		require.NoError(p.t, json.Unmarshal(answer, &page))
		for _, r := range page.Records {
			all[r.Fields.Message]++
		}
		if next = page.Next; next == "" {
			return all
		}
	}
}

// load sends numbered records from several clients until stop is closed, and gives those that were acknowledged.
func (p *program) load(clients int, name string, stop <-chan struct{}) (acknowledged map[string]bool) {
	acknowledged = map[string]bool{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				var body bytes.Buffer
				var ids []string
				for i := range 20 {
					ids = append(ids, fmt.Sprintf("%s-%d-%d-%d", name, c, n, i))
					fmt.Fprintf(&body, `{"message":%q}`+"\n", ids[i])
				}
				if p.status("POST", "/v1/logs?format=json", body.String()) == 200 {
					p.answered.Add(1)
					mu.Lock()
					for _, id := range ids {
						acknowledged[id] = true
					}
					mu.Unlock()
				} else {
					time.Sleep(10 * time.Millisecond)
				}
			}
		})
	}
	all.Wait()
	return acknowledged
}

// once calls f a moment after so many requests of load have been answered.
func (p *program) once(requests int64, f func()) {
	for begun := time.Now(); p.answered.Load() < requests && time.Since(begun) < 30*time.Second; {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(100 * time.Millisecond)
	f()
}

func (p *program) mustHave(acknowledged map[string]bool) {
	p.t.Helper()
	stored := p.stored()
	lost := 0
	for id := range acknowledged {
		if stored[id] != 1 {
			lost++
		}
	}
	assert.Zero(p.t, lost, "acknowledged, but lost or there twice")
	assert.Greater(p.t, len(acknowledged), 100)
	p.t.Logf("%d records acknowledged, %d in the store, %d lost", len(acknowledged), len(stored), lost)
}

// TestKill kills the program with -9 while clients send: what was acknowledged is there afterwards.
func TestKill(t *testing.T) {
	t.Run("embedded", func(t *testing.T) { kill(t, nil, "-data", filepath.Join(t.TempDir(), "x.db")) })
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Setenv("DURABLE", "1")
		kill(t, []string{"DATABASE_URL=" + fulltest.Start(t, "postgres").Env["DATABASE_URL"]})
	})
}

func kill(t *testing.T, env []string, args ...string) {
	all := map[string]bool{}
	for round := range 3 {
		p := start(t, env, args...)
		stop := make(chan struct{})
		go p.once(10, func() {
			_ = p.Stop(syscall.SIGKILL)
			close(stop)
		})
		for id := range p.load(8, fmt.Sprint("r", round), stop) {
			all[id] = true
		}
	}
	start(t, env, args...).mustHave(all)
}

// TestTerm: on SIGTERM it ends by itself, with exit status 0, and has answered or refused all.
func TestTerm(t *testing.T) {
	data := filepath.Join(t.TempDir(), "x.db")
	p := start(t, nil, "-data", data)
	stop := make(chan struct{})
	go p.once(10, func() {
		assert.NoError(t, p.Stop(syscall.SIGTERM))
		close(stop)
	})
	acknowledged := p.load(4, "t", stop)
	start(t, nil, "-data", data).mustHave(acknowledged)
}

// TestPostgresGoesAway has PostgreSQL stopped, away for a minute, and back, while clients send.
func TestPostgresGoesAway(t *testing.T) {
	t.Setenv("DURABLE", "1")
	db := fulltest.Start(t, "postgres")
	t.Setenv("PORT", fulltest.Port(db.Env["DATABASE_URL"])) // it comes back on its port
	p := start(t, []string{"DATABASE_URL=" + db.Env["DATABASE_URL"]})
	stop := make(chan struct{})
	result := make(chan map[string]bool)
	go func() { result <- p.load(4, "pg", stop) }()
	time.Sleep(500 * time.Millisecond)
	db.Again("stop")
	r, err := http.Post(p.base+"/v1/logs?format=json", "", strings.NewReader(`{"message":"away"}`))
	require.NoError(t, err)
	defer r.Body.Close()
	assert.Equal(t, 503, r.StatusCode)
	assert.NotEmpty(t, r.Header.Get("Retry-After"))
	assert.Equal(t, 503, p.status("GET", "/ready", ""))
	assert.Equal(t, 200, p.status("GET", "/health", ""))
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Second) {
		require.Equal(t, 200, p.status("GET", "/health", ""), "it lives on")
	}
	db.Again("start")
	require.Eventually(t, func() bool { return p.status("GET", "/ready", "") == 200 }, 20*time.Second, 50*time.Millisecond)
	time.Sleep(500 * time.Millisecond)
	close(stop)
	p.mustHave(<-result)
}

// TestAFullDisk fills a small file system: 503 and Retry-After, nothing acknowledged is lost, and with room again it goes on.
func TestAFullDisk(t *testing.T) {
	fulltest.Long(t)
	disk := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("it needs a small file system, which root can mount: %s", out)
	}
	t.Cleanup(func() { assert.NoError(t, exec.Command("umount", disk).Run()) })
	filler := filepath.Join(disk, "filler")
	require.NoError(t, os.WriteFile(filler, make([]byte, 6<<20), 0o600))
	p := start(t, nil, "-data", filepath.Join(disk, "x.db"))
	acknowledged, n := map[string]bool{}, 0
	post := func() (status int, retry string) {
		var body bytes.Buffer
		var ids []string
		for range 100 {
			n++
			ids = append(ids, fmt.Sprint("m", n))
			fmt.Fprintf(&body, `{"message":"m%d","text":%q}`+"\n", n, strings.Repeat("x", 200))
		}
		response, err := client.Post(p.base+"/v1/logs?format=json", "", &body)
		require.NoError(t, err)
		defer response.Body.Close()
		if response.StatusCode == 200 {
			for _, id := range ids {
				acknowledged[id] = true
			}
		}
		return response.StatusCode, response.Header.Get("Retry-After")
	}
	status, retry := 200, ""
	for i := 0; i < 2000 && status == 200; i++ {
		status, retry = post()
	}
	require.Equal(t, 503, status, "the disk is full")
	assert.NotEmpty(t, retry)
	assert.Equal(t, 503, p.status("GET", "/ready", ""))
	p.mustHave(acknowledged)
	require.NoError(t, os.Remove(filler))
	require.Eventually(t, func() bool { status, _ := post(); return status == 200 }, 20*time.Second, 100*time.Millisecond, "with room again")
	p.mustHave(acknowledged)
	require.NoError(t, p.Stop(syscall.SIGTERM))
}

// TestRedisGoesAway: answers are right, whether Redis is there or not.
func TestRedisGoesAway(t *testing.T) {
	db, cache := fulltest.Start(t, "postgres"), fulltest.Start(t, "redis")
	p := start(t, []string{"DATABASE_URL=" + db.Env["DATABASE_URL"], "REDIS_URL=" + cache.Env["REDIS_URL"]})
	other := start(t, []string{"DATABASE_URL=" + db.Env["DATABASE_URL"], "REDIS_URL=" + cache.Env["REDIS_URL"]})
	n := 0
	check := func() {
		t.Helper()
		for range 3 {
			require.Equal(t, 200, p.status("POST", "/v1/logs?format=json", `{"message":"x"}`))
			n++
			for _, each := range []*program{p, other, p, other} {
				status, answer := each.do("GET", "/v1/stats", "")
				require.Equal(t, 200, status)
				assert.Contains(t, string(answer), fmt.Sprintf(`"records":%d,`, n))
			}
		}
	}
	check()
	cache.Again("stop")
	check()
	t.Setenv("PORT", fulltest.Port(cache.Env["REDIS_URL"]))
	cache.Again("start")
	time.Sleep(2500 * time.Millisecond)
	check()
}

// TestCollector sends telemetry to a real collector: the trace goes from the request through the transaction into the database.
func TestCollector(t *testing.T) {
	db, cache, collector := fulltest.Start(t, "postgres"), fulltest.Start(t, "redis"), fulltest.Start(t, "otelcol")
	p := start(t, []string{"DATABASE_URL=" + db.Env["DATABASE_URL"], "REDIS_URL=" + cache.Env["REDIS_URL"], "OTEL_EXPORTER_OTLP_ENDPOINT=" + collector.Env["OTEL_EXPORTER_OTLP_ENDPOINT"]},
		"-log-level", "DEBUG")
	const trace = "0af7651916cd43dd8448eb211c80319c"
	for _, path := range []string{"POST /v1/logs?format=json", "GET /v1/stats"} {
		method, path, _ := strings.Cut(path, " ")
		r, err := http.NewRequest(method, p.base+path, strings.NewReader(`{"message":"x"}`))
		require.NoError(t, err)
		r.Header.Set("Traceparent", "00-"+trace+"-b7ad6b7169203331-01")
		response, err := client.Do(r)
		require.NoError(t, err)
		require.Equal(t, 200, response.StatusCode)
		response.Body.Close()
	}
	require.NoError(t, p.Stop(syscall.SIGTERM)) // sends what is left
	// The collector is not stopped before all is in its file: its pipelines share one exporter of files, and the first to end closes it.
	var spans map[string]bool
	var text []byte
	missing := func() (all []string) {
		var err error
		text, err = os.ReadFile(collector.File("telemetry.jsonl"))
		require.NoError(t, err)
		spans = spansOf(t, text, trace)
		for _, want := range []string{"POST /v1/logs", "GET /v1/stats", "commit", "append", "stats", "BEGIN", "COMMIT", "get"} {
			if !spans[want] {
				all = append(all, "span "+want)
			}
		}
		for _, want := range []string{"resourceMetrics", "http.server.request.duration", "loggate.commit.duration", "resourceLogs"} {
			if !bytes.Contains(text, []byte(want)) {
				all = append(all, want)
			}
		}
		return all
	}
	for end := time.Now().Add(20 * time.Second); len(missing()) > 0 && time.Now().Before(end); {
		time.Sleep(50 * time.Millisecond)
	}
	t.Log("spans of the trace:", spans)
	assert.Empty(t, missing())
}

// spansOf gives the names of a trace's spans in what the collector has written. Its last line may not be complete yet.
func spansOf(t *testing.T, text []byte, trace string) map[string]bool {
	t.Helper()
	spans := map[string]bool{}
	for line := range bytes.Lines(text) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			break
		}
		var v struct {
			ResourceSpans []struct {
				ScopeSpans []struct {
					Spans []struct{ TraceID, Name string }
				}
			}
		}
		require.NoError(t, json.Unmarshal(line, &v))
		for _, r := range v.ResourceSpans {
			for _, s := range r.ScopeSpans {
				for _, span := range s.Spans {
					if span.TraceID == trace {
						spans[span.Name] = true
					}
				}
			}
		}
	}
	return spans
}

func TestKeyAndCheck(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, key(&out, []string{"shipper", "ingest,search"}))
	assert.Contains(t, out.String(), "shipper ingest,search ")
	require.Error(t, key(&out, []string{"shipper", "dig"}))
	require.Error(t, key(&out, nil))
	p := start(t, nil, "-data", filepath.Join(t.TempDir(), "x.db"))
	require.NoError(t, check([]string{p.base + "/health"}))
	require.Error(t, check([]string{p.base + "/none"}))
	t.Setenv("LOGGATE_LISTEN", strings.TrimPrefix(p.base, "http://"))
	require.NoError(t, check(nil), "where the variables say")
	require.Error(t, check([]string{"a", "b"}))
	var r ingest.Result
	status, answer := p.do("POST", "/v1/logs", "level=info msg=a\n")
	require.Equal(t, 200, status)
	require.NoError(t, json.Unmarshal(answer, &r))
	assert.Equal(t, "logfmt", r.Format)
}

// TestCheckOverTLS: a health check asks its own machine, which its certificate does not name.
func TestCheckOverTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	require.NoError(t, check([]string{server.URL + "/health"}))
}

// TestStatus: a setting that is wrong is told from what may be better the next time, so that a supervisor need not try again.
func TestStatus(t *testing.T) {
	for _, c := range []struct {
		env, args []string
		want      int
	}{
		{nil, []string{"-lisen", "x"}, 64},
		{nil, []string{"chek", "http://127.0.0.1:1/health"}, 64},
		{nil, []string{"key"}, 64},
		{[]string{"LOGGATE_MEMORY=much"}, nil, 64},
		{[]string{"LOGGATE_DATABASE_URL=postgres://127.0.0.1/x"}, nil, 64},
		{nil, []string{"-listen", "127.0.0.1:0", "-data", "/no/such/folder/x.db"}, 1},
		{nil, []string{"check", "http://127.0.0.1:1/health"}, 1},
		{nil, []string{"-version"}, 0},
		{nil, []string{"-h"}, 0},
	} {
		p := fulltest.Run(t, append([]string{"DATABASE_URL=", "REDIS_URL="}, c.env...), c.args...)
		_, ended := p.Ended(20 * time.Second)
		require.True(t, ended, c.args)
		assert.Equal(t, c.want, p.ProcessState.ExitCode(), "%v %v", c.env, c.args)
	}
}
