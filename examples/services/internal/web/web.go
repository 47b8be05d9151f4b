// Package web is the middleware of an HTTP service: small pieces, each one concern, put together by Chain.
package web

import (
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"slices"
	"time"

	"github.com/sawlog/sawlog/examples/services/internal/problem"
	"github.com/sawlog/sawlog/examples/services/internal/telemetry"
)

// Middleware wraps a handler.
type Middleware func(http.Handler) http.Handler

// Chain puts middleware around a handler; the first sees a request first.
func Chain(h http.Handler, m ...Middleware) http.Handler {
	for _, wrap := range slices.Backward(m) {
		h = wrap(h)
	}
	return h
}

// RequestID takes the caller's X-Request-ID if it is a plain word, or makes one, and sends it back.
func RequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Request-Id")
		if !plain(id) {
			id = rand.Text()
		}
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(telemetry.WithRequestID(r.Context(), id)))
	})
}

// plain keeps what a stranger sends from being anything but a word in the log.
func plain(id string) bool {
	if len(id) < 8 || len(id) > 128 {
		return false
	}
	for _, c := range []byte(id) {
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

// Log writes one line a request: at debug when it went well, as nobody wants to read these.
func Log(log *slog.Logger) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			start, recorder := time.Now(), &recorder{ResponseWriter: w}
			next.ServeHTTP(recorder, r)
			level := slog.LevelDebug
			switch {
			case recorder.status >= 500:
				level = slog.LevelError
			case recorder.status >= 400:
				level = slog.LevelInfo
			}
			attrs := []slog.Attr{slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.String("route", r.Pattern), slog.Int("status", recorder.status),
				slog.Duration("duration", time.Since(start)), slog.Int64("bytes", recorder.bytes), slog.String("client", r.RemoteAddr)}
			attrs = append(attrs, recorder.notes...)
			if recorder.err != nil {
				attrs = append(attrs, slog.Any("error", recorder.err))
			}
			log.LogAttrs(r.Context(), level, "request", attrs...)
		})
	}
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
	err    error // what the client was not told
	notes  []slog.Attr
}

// Note adds to the request's line in the log.
func Note(w http.ResponseWriter, a slog.Attr) {
	if rec := recording(w); rec != nil {
		rec.notes = append(rec.notes, a)
	}
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(p)
	r.bytes += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// Recover makes a panic a 500 and a line in the log. http.ErrAbortHandler passes: it is net/http's own.
func Recover(log *slog.Logger) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				v := recover()
				if v == nil {
					return
				}
				if v == http.ErrAbortHandler {
					panic(v)
				}
				log.ErrorContext(r.Context(), "panic", slog.Any("value", v), slog.String("stack", string(debug.Stack())))
				if rec := recording(w); rec == nil || rec.status == 0 {
					(&problem.Problem{Status: 500, Slug: "internal", Title: "Internal error"}).Write(w, telemetry.RequestID(r.Context()))
				}
			}()
			next.ServeHTTP(w, r)
		})
	}
}

func recording(w http.ResponseWriter) *recorder {
	for {
		switch v := w.(type) {
		case *recorder:
			return v
		case interface{ Unwrap() http.ResponseWriter }:
			w = v.Unwrap()
		default:
			return nil
		}
	}
}

// unreadTime is how long the rest of a body is waited for that is not wanted: net/http reads some of it before it sends the answer, so that clients who
// send all before they look for one get it.
const unreadTime = 5 * time.Second

// Deadlines keep a slow client from holding a request: between two reads of the body no more than idle may pass, and all of it no more than
// total; the answer must be taken within total too. A body that the handler does not read, or not to its end, is waited for a moment only.
func Deadlines(idle, total time.Duration) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			control, end := http.NewResponseController(w), time.Now().Add(total)
			_ = control.SetWriteDeadline(end.Add(idle)) // recorders in tests have no deadlines
			if r.Body == nil || r.Body == http.NoBody {
				next.ServeHTTP(w, r)
				return
			}
			body := &paced{ReadCloser: r.Body, control: control, idle: idle, end: end}
			r.Body = body
			_ = control.SetReadDeadline(time.Now().Add(idle))
			defer func() {
				if !body.ended {
					_ = control.SetReadDeadline(time.Now().Add(min(idle, unreadTime)))
				}
			}()
			next.ServeHTTP(w, r)
		})
	}
}

type paced struct {
	io.ReadCloser
	control *http.ResponseController
	idle    time.Duration
	end     time.Time
	ended   bool
}

func (p *paced) Read(b []byte) (int, error) {
	deadline := time.Now().Add(p.idle)
	if deadline.After(p.end) {
		deadline = p.end
	}
	if err := p.control.SetReadDeadline(deadline); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	if time.Now().After(p.end) {
		return 0, os.ErrDeadlineExceeded
	}
	n, err := p.ReadCloser.Read(b)
	p.ended = p.ended || err == io.EOF
	return n, err
}

// CORS lets pages of the given origins read answers, without cookies: the service takes none.
func CORS(origins []string, methods, headers string) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			origin := r.Header.Get("Origin")
			if len(origins) > 0 {
				w.Header().Add("Vary", "Origin")
			}
			if origin == "" || !slices.Contains(origins, origin) {
				next.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Set("Access-Control-Expose-Headers", "X-Request-Id, Retry-After")
			if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
				w.Header().Set("Access-Control-Allow-Methods", methods)
				w.Header().Set("Access-Control-Allow-Headers", headers)
				w.Header().Set("Access-Control-Max-Age", "600")
				w.WriteHeader(http.StatusNoContent)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// Handler is a handler that returns its error. It must not have answered then.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Errors makes an error of a Handler a problem document, as explain says; a client that is gone gets nothing.
func Errors(h Handler, explain func(error) *problem.Problem) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		if err == nil {
			return
		}
		if rec := recording(w); rec != nil {
			rec.err = err
		}
		explain(err).Write(w, telemetry.RequestID(r.Context()))
	})
}
