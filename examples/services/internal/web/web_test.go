package web

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/examples/services/internal/problem"
	"github.com/sawlog/sawlog/examples/services/internal/telemetry"
)

// do sends a request through middleware to a handler, and gives the answer and the log.
func do(t *testing.T, r *http.Request, h Handler) (*httptest.ResponseRecorder, string) {
	t.Helper()
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	explain := func(err error) *problem.Problem {
		var p *problem.Problem
		if errors.As(err, &p) {
			return p
		}
		return &problem.Problem{Status: 500, Title: "Internal error", Err: err}
	}
	w := httptest.NewRecorder()
	Chain(Errors(h, explain), RequestID, Log(log), Recover(log), Deadlines(time.Second, time.Second), CORS([]string{"https://example.com"}, "GET", "Authorization")).ServeHTTP(w, r)
	return w, out.String()
}

func request(t *testing.T, method string, headers ...string) *http.Request {
	r := httptest.NewRequestWithContext(t.Context(), method, "/path", strings.NewReader("body"))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func TestRequestID(t *testing.T) {
	for given, kept := range map[string]bool{"abcdef-0123": true, "short": false, "with\nline break": false, strings.Repeat("x", 200): false, "": false} {
		seen := ""
		w, _ := do(t, request(t, "GET", "X-Request-Id", given), func(_ http.ResponseWriter, r *http.Request) error {
			seen = telemetry.RequestID(r.Context())
			return nil
		})
		assert.Equal(t, seen, w.Header().Get("X-Request-Id"))
		assert.Equal(t, kept, seen == given, given)
		assert.NotEmpty(t, seen)
	}
}

func TestErrorsAndPanics(t *testing.T) {
	for name, c := range map[string]struct {
		h      Handler
		status int
		body   string
		logs   string
	}{
		"fine":    {func(w http.ResponseWriter, _ *http.Request) error { _, err := io.WriteString(w, "ok"); return err }, 200, "ok", "level=DEBUG"},
		"problem": {func(http.ResponseWriter, *http.Request) error { return &problem.Problem{Status: 404, Title: "Nothing"} }, 404, "Nothing", "level=INFO"},
		"secret":  {func(http.ResponseWriter, *http.Request) error { return errors.New("dsn=secret") }, 500, "Internal error", "dsn=secret"},
		"panic":   {func(http.ResponseWriter, *http.Request) error { panic("dsn=secret") }, 500, "Internal error", "web_test.go"},
		"panic behind the answer": {func(w http.ResponseWriter, _ *http.Request) error {
			_, _ = io.WriteString(w, "begun")
			panic("late")
		}, 200, "begun", "late"},
	} {
		t.Run(name, func(t *testing.T) {
			w, log := do(t, request(t, "GET"), c.h)
			assert.Equal(t, c.status, w.Code)
			assert.Contains(t, w.Body.String(), c.body)
			assert.NotContains(t, w.Body.String(), "secret")
			assert.Contains(t, log, c.logs)
		})
	}
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() {
		do(t, request(t, "GET"), func(http.ResponseWriter, *http.Request) error { panic(http.ErrAbortHandler) })
	})
}

func TestCORS(t *testing.T) {
	called := false
	h := func(http.ResponseWriter, *http.Request) error { called = true; return nil }
	w, _ := do(t, request(t, "OPTIONS", "Origin", "https://example.com", "Access-Control-Request-Method", "GET"), h)
	assert.Equal(t, 204, w.Code)
	assert.Equal(t, "https://example.com", w.Header().Get("Access-Control-Allow-Origin"))
	assert.False(t, called)
	w, _ = do(t, request(t, "GET", "Origin", "https://example.org"), h)
	assert.Empty(t, w.Header().Get("Access-Control-Allow-Origin"))
	assert.Equal(t, "Origin", w.Header().Get("Vary"))
	assert.True(t, called)
}

// TestSlowBodies has clients that stop sending, and clients that never stop sending slowly.
func TestSlowBodies(t *testing.T) {
	got := make(chan error, 1)
	handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		got <- err
	})
	server := httptest.NewServer(Chain(handler, Deadlines(100*time.Millisecond, 300*time.Millisecond)))
	defer server.Close()
	for name, pause := range map[string]time.Duration{"silent": time.Hour, "drop by drop": 20 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", server.Listener.Addr().String())
			require.NoError(t, err)
			defer c.Close()
			_, err = io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
			require.NoError(t, err)
			tick := time.NewTicker(pause)
			defer tick.Stop()
			for end := time.After(5 * time.Second); ; {
				select {
				case <-tick.C:
					_, _ = c.Write([]byte("x"))
				case err := <-got:
					var e net.Error
					require.ErrorAs(t, err, &e)
					assert.True(t, e.Timeout())
					return
				case <-end:
					t.Fatal("the body is still being read")
				}
			}
		})
	}
}
