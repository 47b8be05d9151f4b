package loggate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/goccy/go-json"
	"go.opentelemetry.io/otel/trace"

	"github.com/sawlog/sawlog/examples/services/internal/auth"
	"github.com/sawlog/sawlog/examples/services/internal/budget"
	"github.com/sawlog/sawlog/examples/services/internal/cache"
	"github.com/sawlog/sawlog/examples/services/internal/cache/redis"
	"github.com/sawlog/sawlog/examples/services/internal/commit"
	"github.com/sawlog/sawlog/examples/services/internal/gate"
	"github.com/sawlog/sawlog/examples/services/internal/ingest"
	"github.com/sawlog/sawlog/examples/services/internal/limit"
	"github.com/sawlog/sawlog/examples/services/internal/parking"
	"github.com/sawlog/sawlog/examples/services/internal/store"
	"github.com/sawlog/sawlog/examples/services/internal/store/postgres"
	"github.com/sawlog/sawlog/examples/services/internal/store/sqlite"
	"github.com/sawlog/sawlog/examples/services/internal/syslogd"
	"github.com/sawlog/sawlog/examples/services/internal/telemetry"
)

// Version of the service.
const Version = "0.1.0"

// Service is a gateway that listens. Make it with Start.
type Service struct {
	config    Config
	telemetry *telemetry.Telemetry
	store     store.Store
	committer *commit.Committer
	cache     *cache.Cache
	metrics   *gate.Metrics
	gate      *gate.Gate
	syslog    *syslogd.Server
	syslogAt  struct{ tcp, tls, udp net.Addr } // where it listens
	lot       *parking.Lot
	server    *http.Server
	failed    chan error    // a server that ended by itself
	sweeping  chan struct{} // closed when expiry has ended
	stopSweep context.CancelFunc
	stopping  sync.Once
	stopped   error

	certificate *certificate // nil: without TLS
}

// Start opens the store, listens, and serves until Stop.
func Start(ctx context.Context, c Config, logs io.Writer) (s *Service, err error) {
	s = &Service{config: c, failed: make(chan error, 1)}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
		}
	}()
	if s.telemetry, err = telemetry.Start(ctx, telemetry.Options{Service: "loggate", Version: Version, Output: logs, Level: c.LogLevel, Text: c.LogText, OTLP: c.OTLPEndpoint}); err != nil {
		return s, err
	}
	if err = s.openStore(ctx); err != nil {
		return s, err
	}
	if err = s.assemble(); err != nil {
		return s, err
	}
	if c.TLSCert != "" {
		if s.certificate, err = readCertificate(c.TLSCert, c.TLSKey, s.telemetry.Log); err != nil {
			return s, err
		}
	}
	s.sweep(ctx)
	if err = s.listenSyslog(ctx); err != nil {
		return s, err
	}
	return s, s.listen(ctx)
}

func (s *Service) openStore(ctx context.Context) error {
	if s.config.DatabaseURL != "" {
		db, err := postgres.Open(ctx, s.config.DatabaseURL, postgres.Options{Tracer: s.telemetry.Tracer, Fail: func(err error) {
			s.telemetry.Log.Error("partitions", "error", err)
		}})
		if err != nil {
			return fmt.Errorf("store: %w", err)
		}
		s.store = store.Traced(db, s.tracer(), "postgresql")
		return nil
	}
	db, err := sqlite.Open(ctx, s.config.Data, sqlite.Options{})
	if err != nil {
		return fmt.Errorf("store %s: %w", s.config.Data, err)
	}
	s.store = store.Traced(db, s.tracer(), "sqlite")
	return nil
}

// writers is how many transactions run at once: SQLite has one writer, and PostgreSQL gets one with the next group while it flushes another.
func (s *Service) writers() int {
	if s.config.DatabaseURL != "" {
		return 2
	}
	return 1
}

func (s *Service) openCache() (cache.Backend, error) {
	if s.config.RedisURL != "" {
		return redis.Open(s.config.RedisURL, s.telemetry.Tracer)
	}
	return cache.NewMemory(int(s.config.CacheSize)), nil
}

func (s *Service) tracer() trace.Tracer {
	return s.telemetry.Tracer.Tracer("github.com/sawlog/sawlog/examples/services/loggate")
}

// assemble makes everything between the store and the listener.
func (s *Service) assemble() error {
	c := &s.config
	metrics, err := gate.NewMetrics(s.telemetry.Meter)
	if err != nil {
		return err
	}
	authenticate, err := c.authenticate(s.telemetry.Log)
	if err != nil {
		return err
	}
	definitions, err := c.definitions()
	if err != nil {
		return err
	}
	formats, err := ingest.NewFormats(definitions, 10_000)
	if err != nil {
		return err
	}
	backend, err := s.openCache()
	if err != nil {
		return err
	}
	s.cache = cache.New(backend, c.CacheTTL, c.SearchTime, metrics.Looked)
	s.committer = commit.New(s.store, commit.Options{Writers: s.writers(), GroupBytes: int(c.Group), Timeout: lastTransaction, Tracer: s.tracer(), Client: who, Done: func(ctx context.Context, g commit.Group) {
		s.cache.Step(ctx) // before the callers have their answer: they find what they stored
		metrics.Committed(ctx, g)
	}})
	memory := budget.New(int64(c.Memory), time.Second)
	ingester := ingest.New(formats, s.committer.Commit, memory, ingest.Options{MaxBody: int64(c.MaxBody), Line: int(c.MaxLine)})
	s.syslog = syslogd.New(ingester, s.telemetry.Log, syslogd.Options{Message: int(c.MaxLine), Memory: memory, Seen: metrics.Syslog})
	s.gate = gate.New(gate.Parts{
		Store: s.store, Committer: s.committer, Ingester: ingester, Memory: memory, Answers: budget.New(int64(c.Memory), time.Second), Cache: s.cache, Auth: authenticate, Rates: limit.New(c.Rate, c.Burst, 10_000), Metrics: metrics,
		Log: s.telemetry.Log, Tracer: s.telemetry.Tracer, Meter: s.telemetry.Meter, Propagator: s.telemetry.Propagator, Scrape: s.telemetry.Metrics,
	}, gate.Options{
		MaxWire: int64(c.MaxWire), BodyIdle: c.BodyIdle, BodyTotal: c.BodyTime, SearchTime: c.SearchTime, MaxAnswers: int64(c.Memory), CORS: c.CORS,
		OpenMetrics: c.OpenMetrics || authenticate == nil,
	})
	s.metrics = metrics
	return errors.Join(
		metrics.Gauge("loggate.commit.waiting", "Batches that wait for a transaction", "{batch}", func() int64 { n, _ := s.committer.Waiting(); return int64(n) }),
		metrics.Counter("loggate.commit.failures", "Transactions that failed", "{transaction}", s.committer.Failures),
		metrics.Gauge("loggate.syslog.connections", "Open connections of syslog", "{connection}", s.syslog.Open),
		metrics.Counter("loggate.syslog.refused", "Connections of syslog that were closed because there were too many", "{connection}", s.syslog.Refused),
	)
}

// who is the client of a request; of what comes by syslog nobody knows whose it is, and all of it is one client's.
func who(ctx context.Context) string { return auth.From(ctx).Who() }

// authenticate tells who sent a request, as the files with keys say now; nil without any.
func (c *Config) authenticate(log *slog.Logger) (func(*http.Request) (auth.Client, error), error) {
	if !c.authenticates() {
		return nil, nil
	}
	known, err := renew("file of keys", log, c.authenticator, c.KeysFile, c.JWTPublicKey)
	if err != nil {
		return nil, err
	}
	return func(r *http.Request) (auth.Client, error) { return known.now().Client(r) }, nil
}

func (c *Config) authenticator() (*auth.Authenticator, error) {
	lines := c.Keys
	if c.KeysFile != "" {
		text, err := os.ReadFile(c.KeysFile)
		if err != nil {
			return nil, fmt.Errorf("-keys-file: %w", err)
		}
		lines += "\n" + string(text)
	}
	keys, err := auth.ParseKeys(lines)
	if err != nil {
		return nil, err
	}
	options := auth.TokenOptions{Secret: c.JWTSecret, Issuer: c.JWTIssuer, Audience: c.JWTAudience}
	if c.JWTPublicKey != "" {
		text, err := os.ReadFile(c.JWTPublicKey)
		if err != nil {
			return nil, fmt.Errorf("-jwt-public-key: %w", err)
		}
		options.PublicKey = string(text)
	}
	tokens, err := auth.NewTokens(options)
	return &auth.Authenticator{Keys: keys, Tokens: tokens}, err
}

// definitions are the operator's formats. A definition is a name, as text, or an object.
func (c *Config) definitions() (map[string]string, error) {
	if c.Formats == "" {
		return nil, nil
	}
	text, err := os.ReadFile(c.Formats)
	if err != nil {
		return nil, fmt.Errorf("-formats: %w", err)
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, fmt.Errorf("-formats %s: %w", c.Formats, err)
	}
	definitions := make(map[string]string, len(raw))
	for name, definition := range raw {
		var word string
		if json.Unmarshal(definition, &word) != nil {
			word = string(definition)
		}
		definitions[name] = word
	}
	return definitions, nil
}

func (s *Service) listen(ctx context.Context) error {
	l, err := listener(s.config.ReusePort)
	if err != nil {
		return err
	}
	listener, err := l.Listen(ctx, "tcp", s.config.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	s.lot = parking.New(listener, parking.Options{Most: s.config.connections()})
	if err := s.metrics.Gauge("loggate.connections", "Open connections", "{connection}", func() int64 { n, _ := s.lot.Open(); return int64(n) }); err != nil {
		return errors.Join(err, s.lot.Close())
	}
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	s.server = &http.Server{
		Handler: s.gate.Handler(), Protocols: &protocols, ConnState: s.lot.ConnState,
		ReadHeaderTimeout: s.config.HeaderTime, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(s.telemetry.Log.Handler(), slog.LevelDebug),
	}
	if s.certificate != nil {
		s.server.TLSConfig = s.certificate.config()
	}
	go func() {
		if s.certificate != nil {
			s.failed <- s.server.ServeTLS(s.lot, "", "")
		} else {
			s.failed <- s.server.Serve(s.lot)
		}
	}()
	s.telemetry.Log.InfoContext(ctx, "listening", "address", listener.Addr().String(), "store", s.config.storeName(), "keys", s.config.authenticates())
	return nil
}

func (c *Config) storeName() string {
	if c.DatabaseURL != "" {
		return "postgresql"
	}
	return c.Data
}

// connections is how many there may be: some open files are left for the store and everything else.
func (c *Config) connections() int {
	const others = 256
	limit := openFiles()
	if n := c.Connections; n > 0 && (limit == 0 || n < limit-others) {
		return n
	}
	return max(limit-others, 0)
}

// Addr is where HTTP is served.
func (s *Service) Addr() net.Addr { return s.lot.Addr() }

// Failed gives the error of a server that ended by itself.
func (s *Service) Failed() <-chan error { return s.failed }

// Stop lets requests finish, stores what they brought, and closes everything, in the order in which it depends on each other. ctx bounds it.
// A second call waits for the first.
func (s *Service) Stop(ctx context.Context) error {
	s.stopping.Do(func() { s.stopped = s.stop(ctx) })
	return s.stopped
}

func (s *Service) stop(ctx context.Context) error {
	var errs []error
	if s.gate != nil {
		s.gate.Drain()
	}
	if s.server != nil {
		select {
		case <-time.After(s.config.DrainDelay):
		case <-ctx.Done():
		}
		if err := s.server.Shutdown(ctx); err != nil { // a request did not finish in time: it gets no answer
			errs = append(errs, fmt.Errorf("requests: %w", err), s.server.Close())
		}
	}
	if s.syslog != nil {
		errs = append(errs, s.syslog.Close(ctx))
	}
	if s.committer != nil {
		s.committer.Close()
	}
	if s.stopSweep != nil {
		s.stopSweep()
		<-s.sweeping
	}
	if s.cache != nil {
		errs = append(errs, s.cache.Close())
	}
	if s.store != nil {
		errs = append(errs, s.closeStore(ctx))
	}
	if s.telemetry != nil {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
		defer cancel()
		s.telemetry.End(last)
	}
	return errors.Join(errs...)
}

// What may come after the time for requests: a transaction that is under way, connections of the store, and telemetry. A supervisor has to wait for
// all of it.
const (
	lastTransaction = 10 * time.Second
	lastConnections = time.Second
	lastWords       = 4 * time.Second

	// AfterDrain is all of it.
	AfterDrain = lastTransaction + lastConnections + lastWords
)

// closeStore does not wait long for a store that does not answer: what it was told and has not acknowledged, nobody was told of.
func (s *Service) closeStore(ctx context.Context) error {
	closed := make(chan error, 1)
	go func() { closed <- s.store.Close() }()
	select {
	case err := <-closed:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-closed:
		return err
	case <-time.After(lastConnections):
		return errors.New("the store does not answer, so that its connections are not closed")
	}
}
