// Package gate is loggate's HTTP face: routes, what they take and answer, and how errors look outside.
package gate

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/sawlog/sawlog/examples/services/internal/auth"
	"github.com/sawlog/sawlog/examples/services/internal/budget"
	"github.com/sawlog/sawlog/examples/services/internal/cache"
	"github.com/sawlog/sawlog/examples/services/internal/commit"
	"github.com/sawlog/sawlog/examples/services/internal/ingest"
	"github.com/sawlog/sawlog/examples/services/internal/limit"
	"github.com/sawlog/sawlog/examples/services/internal/problem"
	"github.com/sawlog/sawlog/examples/services/internal/store"
	"github.com/sawlog/sawlog/examples/services/internal/web"
)

// Parts are what a gate is made of.
type Parts struct {
	Store     store.Store
	Committer *commit.Committer
	Ingester  *ingest.Ingester
	Memory    *budget.Budget // of bodies
	Answers   *budget.Budget // of searches
	Cache     *cache.Cache
	Auth      func(*http.Request) (auth.Client, error) // who sent a request; nil: everybody may do everything
	Rates     *limit.Rates
	Metrics   *Metrics

	Log        *slog.Logger
	Tracer     trace.TracerProvider
	Meter      metric.MeterProvider
	Propagator propagation.TextMapPropagator
	Scrape     http.Handler // what /metrics shows
}

// Options bound requests.
type Options struct {
	MaxWire     int64         // bytes of a body as sent
	BodyIdle    time.Duration // between two reads of a body
	BodyTotal   time.Duration // for all of it
	SearchTime  time.Duration // for one search in the store
	MaxAnswers  int64         // bytes of Answers
	CORS        []string      // origins whose pages may search
	OpenMetrics bool          // /metrics without a key
}

// Gate answers requests.
type Gate struct {
	Parts
	options  Options
	draining atomic.Bool
}

// New makes a gate.
func New(p Parts, o Options) *Gate { return &Gate{Parts: p, options: o} }

// Drain makes /ready say no, so that load balancers send nothing more.
func (g *Gate) Drain() { g.draining.Store(true) }

// Handler is all of it.
func (g *Gate) Handler() http.Handler {
	mux := http.NewServeMux()
	ingesting := g.allow(auth.Ingest)
	searching := g.allow(auth.Search)
	mux.Handle("POST /v1/logs", g.handle(g.postLogs, ingesting))
	mux.Handle("POST /loki/api/v1/push", g.handle(g.pushLoki, ingesting))
	mux.Handle("POST /otlp/v1/logs", g.handle(g.pushOTLP, ingesting))
	mux.Handle("GET /v1/logs/search", g.handle(g.search, searching))
	mux.Handle("GET /v1/stats", g.handle(g.stats, searching))
	mux.Handle("GET /v1/formats", g.handle(g.formats, searching))
	mux.Handle("GET /health", g.handle(g.health))
	mux.Handle("GET /ready", g.handle(g.ready))
	metrics := []web.Middleware{g.allow(auth.Metrics)}
	if g.options.OpenMetrics {
		metrics = nil
	}
	mux.Handle("GET /metrics", web.Chain(g.Scrape, metrics...))

	return matched(mux, web.Chain(http.HandlerFunc(g.dispatch),
		g.traced(),
		web.RequestID,
		web.Log(g.Log),
		web.Recover(g.Log),
		web.Deadlines(g.options.BodyIdle, g.options.BodyTotal),
		web.CORS(g.options.CORS, "GET", "Authorization, X-API-Key, X-Request-Id, traceparent"),
	))
}

type matchKey struct{}

// matched finds the route of a request, once: middleware sees it in r.Pattern, dispatch finds the handler in the context. (Routes have no
// variable parts: with those, the mux itself would have to serve the request.)
func matched(mux *http.ServeMux, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler, pattern := mux.Handler(r)
		r = r.WithContext(context.WithValue(r.Context(), matchKey{}, handler))
		r.Pattern = pattern
		next.ServeHTTP(w, r)
	})
}

// dispatch serves by the route that was found. What has none is answered with a problem document, as all other errors are.
func (g *Gate) dispatch(w http.ResponseWriter, r *http.Request) {
	handler, _ := r.Context().Value(matchKey{}).(http.Handler)
	if r.Pattern != "" {
		trace.SpanFromContext(r.Context()).SetAttributes(route(r.Pattern))
		handler.ServeHTTP(w, r)
		return
	}
	web.Errors(func(w http.ResponseWriter, r *http.Request) error {
		probe := &statusOnly{header: w.Header()}
		handler.ServeHTTP(probe, r) // the mux's own knows whether the path or the method is wrong, and which methods are right
		if probe.status < 400 {     // it knows a plainer path: nobody has to be sent there
			w.Header().Del("Location")
			probe.status = http.StatusNotFound
		}
		return &problem.Problem{Status: probe.status, Title: http.StatusText(probe.status)}
	}, g.explain).ServeHTTP(w, r)
}

// traced makes a span and measures each request; both are named by route, never by path: routes are few.
func (g *Gate) traced() web.Middleware {
	return otelhttp.NewMiddleware("http", otelhttp.WithTracerProvider(g.Tracer), otelhttp.WithMeterProvider(g.Meter), otelhttp.WithPropagators(g.Propagator),
		otelhttp.WithFilter(func(r *http.Request) bool { // leaves out what is asked for every few seconds
			return r.URL.Path != "/health" && r.URL.Path != "/ready" && r.URL.Path != "/metrics"
		}),
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
			if r.Pattern != "" {
				return r.Pattern
			}
			return r.Method
		}))
}

// route is the path of a pattern, as semantic conventions want it.
func route(pattern string) attribute.KeyValue {
	_, path, _ := strings.Cut(pattern, " ")
	return semconv.HTTPRoute(path)
}

func (g *Gate) handle(h web.Handler, m ...web.Middleware) http.Handler {
	return web.Chain(web.Errors(h, g.explain), m...)
}

type statusOnly struct {
	header http.Header
	status int
}

func (s *statusOnly) Header() http.Header         { return s.header }
func (s *statusOnly) Write(p []byte) (int, error) { return len(p), nil }
func (s *statusOnly) WriteHeader(status int)      { s.status = status }

// allow lets clients in who have a scope, at their rate.
func (g *Gate) allow(s auth.Scope) web.Middleware {
	return func(next http.Handler) http.Handler {
		return web.Errors(func(w http.ResponseWriter, r *http.Request) error {
			client := auth.Anonymous
			client.Address, _, _ = net.SplitHostPort(r.RemoteAddr)
			if g.Auth != nil {
				var err error
				if client, err = g.Auth(r); err != nil {
					w.Header().Set("WWW-Authenticate", `Bearer realm="loggate"`)
					return err
				}
			}
			web.Note(w, slog.String("who", client.Name)) // it is a name that the operator, or who issues tokens, has given
			trace.SpanFromContext(r.Context()).SetAttributes(attribute.String("loggate.client", client.Name))
			if !client.May(s) {
				return auth.ErrScope
			}
			if wait, ok := g.Rates.Allow(client.Who(), time.Now()); !ok {
				return &problem.Problem{Status: http.StatusTooManyRequests, Slug: "rate", Title: "Too many requests", RetryAfter: max(wait, time.Second)}
			}
			next.ServeHTTP(w, r.WithContext(auth.With(r.Context(), client)))
			return nil
		}, g.explain)
	}
}
