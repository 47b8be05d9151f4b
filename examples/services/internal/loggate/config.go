// Package loggate puts the gateway together from its parts, runs it and stops it.
package loggate

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/sawlog/sawlog/examples/services/internal/config"
	"github.com/sawlog/sawlog/examples/services/internal/ingest"
	"github.com/sawlog/sawlog/examples/services/internal/telemetry"
)

// Config is everything that can be set. Default has values that work without any.
type Config struct {
	Listen      string
	TLSCert     string
	TLSKey      string
	ReusePort   bool
	Connections int

	SyslogTCP string
	SyslogUDP string
	SyslogTLS string

	Data        string
	DatabaseURL string
	Retention   time.Duration
	Group       config.Size
	RedisURL    string
	CacheSize   config.Size
	CacheTTL    time.Duration

	Keys         string
	KeysFile     string
	JWTSecret    string
	JWTPublicKey string
	JWTIssuer    string
	JWTAudience  string
	Insecure     bool
	OpenMetrics  bool
	CORS         config.Words

	Formats    string
	Rate       float64
	Burst      int
	MaxWire    config.Size
	MaxBody    config.Size
	MaxLine    config.Size
	Memory     config.Size
	HeaderTime time.Duration
	BodyIdle   time.Duration
	BodyTime   time.Duration
	SearchTime time.Duration
	Drain      time.Duration
	DrainDelay time.Duration

	LogLevel     slog.Level
	LogText      bool
	OTLPEndpoint string
}

// Default is what holds when nothing is set.
func Default() Config {
	return Config{
		Listen: "127.0.0.1:8080", Data: "loggate.db", Retention: 30 * 24 * time.Hour, Group: 8 << 20, CacheSize: 32 << 20, CacheTTL: 30 * time.Second,
		Burst: 100, MaxWire: 64 << 20, MaxBody: 256 << 20, MaxLine: 256 << 10, Memory: 256 << 20,
		HeaderTime: 10 * time.Second, BodyIdle: 15 * time.Second, BodyTime: 5 * time.Minute, SearchTime: 10 * time.Second, Drain: 20 * time.Second, LogLevel: slog.LevelInfo,
	}
}

const intro = `loggate takes log text over HTTP, parses it with sawlog, stores the records and answers searches.
It runs without any setting: records go to loggate.db in this folder, and only this machine is served.

  loggate [flags]                     serve until SIGTERM or SIGINT
  loggate key NAME [SCOPE,SCOPE]      make an API key (scopes: ingest, search, metrics)
  loggate check [URL]                 exit status 0 when GET URL answers 200: a health check without a shell; without a URL it asks
                                      the loggate that runs here with the same variables
  loggate -version

Exit status: 64 when a setting is wrong, 1 for any other failure. Flags, their defaults, and the variables that set them too:`

// Parse reads arguments and environment (os.Environ) on top of the defaults. With flag.ErrHelp the help, or the version, was written to w.
func Parse(args, environ []string, w io.Writer) (Config, error) {
	c := Default()
	s := &config.Set{FlagSet: flag.NewFlagSet("loggate", flag.ContinueOnError), Prefix: "LOGGATE", Intro: intro, Version: Version,
		Names:    map[string]string{"database-url": "DATABASE_URL", "redis-url": "REDIS_URL", "otlp": "OTEL_EXPORTER_OTLP_ENDPOINT"},
		Commands: []string{"key", "check"}}
	c.flags(s)
	if err := s.Parse(args, environ, w); err != nil {
		return c, err
	}
	return c, c.check()
}

func (c *Config) flags(s *config.Set) {
	s.StringVar(&c.Listen, "listen", c.Listen, "`ADDRESS` of HTTP/1.1 and HTTP/2, cleartext too")
	s.StringVar(&c.TLSCert, "tls-cert", c.TLSCert, "`FILE` with the certificate chain (PEM); with -tls-key, HTTP is served over TLS only; both are read again when they change")
	s.StringVar(&c.TLSKey, "tls-key", c.TLSKey, "`FILE` with the certificate's key")
	s.BoolVar(&c.ReusePort, "reuse-port", c.ReusePort, "share the ports with other processes of loggate, those of syslog too (SO_REUSEPORT)")
	s.IntVar(&c.Connections, "connections", c.Connections, "connections at most: for one more a silent one is closed, and where none is silent it is answered 503; 0: what the limit of open files allows")

	s.StringVar(&c.SyslogTCP, "syslog-tcp", c.SyslogTCP, "`ADDRESS` of syslog over TCP, both framings; it knows no keys")
	s.StringVar(&c.SyslogUDP, "syslog-udp", c.SyslogUDP, "`ADDRESS` of syslog over UDP")
	s.StringVar(&c.SyslogTLS, "syslog-tls", c.SyslogTLS, "`ADDRESS` of syslog over TLS, with -tls-cert and -tls-key")

	s.StringVar(&c.Data, "data", c.Data, "`FILE` of the embedded store (SQLite)")
	s.StringVar(&c.DatabaseURL, "database-url", c.DatabaseURL, "`URL` of PostgreSQL, in place of the embedded store")
	s.DurationVar(&c.Retention, "retention", c.Retention, "how long records are kept; 0: for good")
	s.Var(&c.Group, "group", "`SIZE` of one transaction, about")
	s.StringVar(&c.RedisURL, "redis-url", c.RedisURL, "`URL` of Redis for the cache, in place of this process's memory")
	s.Var(&c.CacheSize, "cache-size", "`SIZE` of the cache in this process")
	s.DurationVar(&c.CacheTTL, "cache-ttl", c.CacheTTL, "how long an answer is remembered at most")

	s.StringVar(&c.Keys, "keys", c.Keys, "API keys: `LINES` as loggate key prints them, semicolons do for line ends")
	s.StringVar(&c.KeysFile, "keys-file", c.KeysFile, "`FILE` of such lines; it is read again when it changes")
	s.StringVar(&c.JWTSecret, "jwt-secret", c.JWTSecret, "`TEXT` that tokens are signed with (HS256); better as a variable, arguments can be seen")
	s.StringVar(&c.JWTPublicKey, "jwt-public-key", c.JWTPublicKey, "`FILE` with the public key of tokens (PEM: RSA, P-256, Ed25519); it is read again when it changes")
	s.StringVar(&c.JWTIssuer, "jwt-issuer", c.JWTIssuer, "issuer that tokens must have")
	s.StringVar(&c.JWTAudience, "jwt-audience", c.JWTAudience, "audience that tokens must have")
	s.BoolVar(&c.Insecure, "insecure", c.Insecure, "serve other machines without keys and tokens")
	s.BoolVar(&c.OpenMetrics, "open-metrics", c.OpenMetrics, "/metrics without a key")
	s.Var(&c.CORS, "cors", "`ORIGINS` whose pages may search: https://logs.example.com,...")

	s.StringVar(&c.Formats, "formats", c.Formats, "`FILE` of own formats: {\"NAME\": DEFINITION, ...}")
	s.Float64Var(&c.Rate, "rate", c.Rate, "requests a second for each client; 0: any number")
	s.IntVar(&c.Burst, "burst", c.Burst, "requests that a client may send at once")
	s.Var(&c.MaxWire, "max-wire", "`SIZE` of a body as sent")
	s.Var(&c.MaxBody, "max-body", "`SIZE` of a body after decompression")
	s.Var(&c.MaxLine, "max-line", "`SIZE` of a line")
	s.Var(&c.Memory, "memory", "`SIZE` of memory for the bodies of all requests together, and as much for the answers of all searches")
	s.DurationVar(&c.HeaderTime, "header-time", c.HeaderTime, "how long the head of a request may take")
	s.DurationVar(&c.BodyIdle, "body-idle", c.BodyIdle, "how long a body may pause")
	s.DurationVar(&c.BodyTime, "body-time", c.BodyTime, "how long a body may take")
	s.DurationVar(&c.SearchTime, "search-time", c.SearchTime, "how long a search may take")
	s.DurationVar(&c.Drain, "drain", c.Drain, "how long requests may go on after SIGTERM")
	s.DurationVar(&c.DrainDelay, "drain-delay", c.DrainDelay, "how long of it new ones are still taken, while /ready says no: as long as load balancers need to notice")

	s.TextVar(&c.LogLevel, "log-level", c.LogLevel, "`LEVEL`: DEBUG, INFO, WARN, ERROR")
	s.BoolVar(&c.LogText, "log-text", c.LogText, "log as text, not JSON")
	s.StringVar(&c.OTLPEndpoint, "otlp", c.OTLPEndpoint, "`URL` for traces, metrics and logs by OTLP/HTTP; the other OTEL_ variables count too")
}

func (c *Config) check() error {
	var errs []error
	errs = append(errs, telemetry.CheckURL(c.OTLPEndpoint))
	if (c.TLSCert == "") != (c.TLSKey == "") {
		errs = append(errs, errors.New("-tls-cert and -tls-key go together"))
	}
	if c.SyslogTLS != "" && c.TLSCert == "" {
		errs = append(errs, errors.New("-syslog-tls needs -tls-cert and -tls-key"))
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		errs = append(errs, fmt.Errorf("-listen: %w", err))
	}
	if !c.authenticates() && !c.Insecure && !Loopback(host) {
		errs = append(errs, fmt.Errorf("-listen %s serves other machines, and there are no keys and no tokens: set -keys, -keys-file, -jwt-secret or -jwt-public-key, or say -insecure", c.Listen))
	}
	if c.MaxLine < 1<<10 || c.Memory < 16<<20 || c.MaxWire < 1 || c.MaxBody < 1 || c.Group < 1 {
		errs = append(errs, errors.New("-max-line is at least 1KiB and -memory 16MiB; -max-wire, -max-body and -group are above 0"))
	}
	if takes := config.Size(ingest.Options{Line: int(c.MaxLine)}.Takes()); c.Memory < takes {
		errs = append(errs, fmt.Errorf("-memory %s is less than one body with lines of -max-line %s may take, which is %s", &c.Memory, &c.MaxLine, &takes))
	}
	if c.Connections < 0 || c.Rate < 0 || c.Burst < 1 {
		errs = append(errs, errors.New("-connections and -rate are not below 0, and -burst is at least 1"))
	}
	if c.HeaderTime <= 0 || c.BodyIdle <= 0 || c.BodyTime <= 0 || c.SearchTime <= 0 || c.Drain <= 0 || c.CacheTTL <= 0 {
		errs = append(errs, errors.New("times are above 0"))
	}
	if c.DrainDelay < 0 || c.DrainDelay >= max(c.Drain, 1) {
		errs = append(errs, errors.New("-drain-delay is shorter than -drain"))
	}
	return errors.Join(errs...)
}

// HealthURL is where this machine asks whether the service is well.
func (c *Config) HealthURL() string {
	scheme := "http"
	if c.TLSCert != "" {
		scheme = "https"
	}
	host, port, _ := net.SplitHostPort(c.Listen)
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return scheme + "://" + net.JoinHostPort(host, port) + "/health"
}

func (c *Config) authenticates() bool {
	return c.Keys != "" || c.KeysFile != "" || c.JWTSecret != "" || c.JWTPublicKey != ""
}

// Loopback tells whether a host is this machine alone.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
