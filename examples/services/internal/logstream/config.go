// Package logstream is the processor between Kafka topics: log lines in, typed records and dead letters out.
package logstream

import (
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/sawlog/sawlog/examples/services/internal/config"
	"github.com/sawlog/sawlog/examples/services/internal/telemetry"
)

// Config is everything that can be set.
type Config struct {
	Brokers       config.Words
	Access        Access
	Input         string
	Output        string
	Dead          string
	Group         string
	Format        string
	As            string // json or arrow
	AtLeastOnce   bool
	Transactional string
	Poll          int
	Message       config.Size
	Batch         config.Size
	Damaged       string // stop or skip
	Settle        time.Duration
	Listen        string
	LogLevel      slog.Level
	LogText       bool
	OTLPEndpoint  string
}

// Default is what holds when nothing is set. The transactional id is one of its own for each process: with a name given by -transactional-id
// instead, a process that starts again ends at once what its predecessor left open, else that ends by its timeout.
func Default() Config {
	host, err := os.Hostname()
	if err != nil {
		host = "host"
	}
	return Config{
		Brokers: config.Words{"127.0.0.1:9092"}, Input: "logs", Output: "records", Dead: "dead-letters", Group: "logstream", Format: auto, As: "json",
		Transactional: "logstream-" + host + "-" + rand.Text()[:8], Poll: 500_000, Message: 900 << 10, Batch: 128 << 20, Damaged: "stop", Settle: 30 * time.Second, Listen: "127.0.0.1:8081", LogLevel: slog.LevelInfo,
	}
}

const intro = `logstream takes messages of log lines from a Kafka topic, parses them with sawlog, and sends typed records to another topic. Lines that
are no records go to a dead-letter topic, with the reason in headers. Output partitions are those of the input, and keep its order.

  logstream [flags]     work until SIGTERM or SIGINT
  logstream -version

Exit status: 64 when a setting is wrong, 1 for any other failure. Flags, their defaults, and the variables that set them too:`

// Parse reads arguments and environment (os.Environ) on top of the defaults. With flag.ErrHelp the help, or the version, was written to w.
func Parse(args, environ []string, w io.Writer) (Config, error) {
	c := Default()
	s := &config.Set{FlagSet: flag.NewFlagSet("logstream", flag.ContinueOnError), Prefix: "LOGSTREAM", Intro: intro, Version: Version,
		Names: map[string]string{"brokers": "KAFKA_BROKERS", "otlp": "OTEL_EXPORTER_OTLP_ENDPOINT"}}
	s.Var(&c.Brokers, "brokers", "`LIST` of host:port")
	s.BoolVar(&c.Access.TLS, "tls", false, "talk to the brokers over TLS")
	s.StringVar(&c.Access.CA, "tls-ca", "", "`FILE` with the certificates of those who have signed the brokers' (PEM); empty: as the system has them")
	s.StringVar(&c.Access.Cert, "tls-cert", "", "`FILE` with a certificate of our own, where brokers ask for one")
	s.StringVar(&c.Access.Key, "tls-key", "", "`FILE` with its key")
	s.StringVar(&c.Access.SASL, "sasl", "", "`MECHANISM` by which brokers know us: plain, scram-sha-256 or scram-sha-512")
	s.StringVar(&c.Access.User, "sasl-user", "", "`NAME` by which they do")
	s.StringVar(&c.Access.Password, "sasl-password", "", "`TEXT`; better as a variable, arguments can be seen")
	s.StringVar(&c.Input, "input", c.Input, "`TOPIC` of log lines, one or more in a message")
	s.StringVar(&c.Output, "output", c.Output, "`TOPIC` of records, with at least as many partitions")
	s.StringVar(&c.Dead, "dead", c.Dead, "`TOPIC` of dead letters, with at least as many partitions")
	s.StringVar(&c.Group, "group", c.Group, "consumer `GROUP`")
	s.StringVar(&c.Format, "format", c.Format, "`NAME` of a format, or a definition in JSON; auto: as the first messages look")
	s.StringVar(&c.As, "as", c.As, "json (for each message its records, one a line) or arrow (IPC streams of many messages' records)")
	s.BoolVar(&c.AtLeastOnce, "at-least-once", c.AtLeastOnce, "without transactions: after a crash records may come twice")
	s.StringVar(&c.Transactional, "transactional-id", c.Transactional, "`ID` of the transactions, of this process alone")
	s.IntVar(&c.Poll, "poll", c.Poll, "messages in one transaction at most; what is there bounds it too, and a quarter of a second, or one where messages lag behind")
	s.Var(&c.Message, "message", "`SIZE` of an output message at most")
	s.Var(&c.Batch, "batch", "`SIZE` of a producer's batch of messages, decompressed, at most: a larger one is not read, and a dead letter has its offsets; all messages in memory take at most twice as much, or 64MiB")
	s.StringVar(&c.Damaged, "damaged", c.Damaged, "stop with an error that says where it stands, or skip a producer's batch that cannot be read: a dead letter has its offsets")
	s.DurationVar(&c.Settle, "settle", c.Settle, "how long a batch may take, until the process gives up and ends")
	s.StringVar(&c.Listen, "listen", c.Listen, "`ADDRESS` of /health, /ready and /metrics; empty: none")
	s.TextVar(&c.LogLevel, "log-level", c.LogLevel, "`LEVEL`: DEBUG, INFO, WARN, ERROR")
	s.BoolVar(&c.LogText, "log-text", c.LogText, "log as text, not JSON")
	s.StringVar(&c.OTLPEndpoint, "otlp", c.OTLPEndpoint, "`URL` for traces, metrics and logs by OTLP/HTTP; the other OTEL_ variables count too")
	if err := s.Parse(args, environ, w); err != nil {
		return c, err
	}
	return c, c.check()
}

func (c *Config) check() error {
	errs := []error{c.Access.check(), telemetry.CheckURL(c.OTLPEndpoint)}
	if len(c.Brokers) == 0 || c.Input == "" || c.Output == "" || c.Dead == "" || c.Group == "" {
		errs = append(errs, errors.New("brokers, topics and group need names"))
	}
	if c.Input == c.Output || c.Input == c.Dead {
		errs = append(errs, errors.New("the output would be input again"))
	}
	if c.As != "json" && c.As != "arrow" {
		errs = append(errs, fmt.Errorf("-as %q: json or arrow", c.As))
	}
	if c.Damaged != "stop" && c.Damaged != "skip" {
		errs = append(errs, fmt.Errorf("-damaged %q: stop or skip", c.Damaged))
	}
	if c.Format != auto {
		if _, err := parserOf(c.Format); err != nil {
			errs = append(errs, fmt.Errorf("-format: %w", err))
		}
	}
	if c.Poll < 1 || c.Message < 1<<10 || c.Batch < 1<<10 || c.Batch > 1<<30 || c.Settle <= 0 {
		errs = append(errs, errors.New("-poll, -message (at least 1KiB), -batch (1KiB to 1GiB) and -settle are above 0"))
	}
	return errors.Join(errs...)
}
