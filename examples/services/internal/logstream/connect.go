package logstream

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

// Access is how brokers are reached: in the clear and by everybody, unless it says more.
type Access struct {
	TLS      bool
	CA       string // file with the certificates of authorities; "": the system's
	Cert     string // files with this client's own certificate and key
	Key      string
	SASL     string // plain, scram-sha-256 or scram-sha-512; "": none
	User     string
	Password string
}

func (a *Access) check() error {
	var errs []error
	if (a.CA != "" || a.Cert != "" || a.Key != "") && !a.TLS {
		errs = append(errs, errors.New("-tls-ca, -tls-cert and -tls-key want -tls"))
	}
	if (a.Cert == "") != (a.Key == "") {
		errs = append(errs, errors.New("-tls-cert and -tls-key go together"))
	}
	if (a.SASL == "") != (a.User == "" && a.Password == "") {
		errs = append(errs, errors.New("-sasl, -sasl-user and -sasl-password go together"))
	}
	if _, known := a.mechanism(); !known {
		errs = append(errs, fmt.Errorf("-sasl %q: plain, scram-sha-256 or scram-sha-512", a.SASL))
	}
	return errors.Join(errs...)
}

func (a *Access) mechanism() (m sasl.Mechanism, known bool) {
	switch a.SASL {
	case "":
		return nil, true
	case "plain":
		return plain.Auth{User: a.User, Pass: a.Password}.AsMechanism(), true
	case "scram-sha-256":
		return scram.Auth{User: a.User, Pass: a.Password}.AsSha256Mechanism(), true
	case "scram-sha-512":
		return scram.Auth{User: a.User, Pass: a.Password}.AsSha512Mechanism(), true
	}
	return nil, false
}

// connect is what every client of the brokers has. The files are read each time, so that they may be renewed.
func (c *Config) connect() ([]kgo.Opt, error) {
	options := []kgo.Opt{kgo.SeedBrokers(c.Brokers...), kgo.ClientID("logstream")}
	if m, _ := c.Access.mechanism(); m != nil {
		options = append(options, kgo.SASL(m))
	}
	if !c.Access.TLS {
		return options, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if file := c.Access.CA; file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("-tls-ca: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("-tls-ca: there is no certificate in %s", file)
		}
	}
	if c.Access.Cert != "" {
		pair, err := tls.LoadX509KeyPair(c.Access.Cert, c.Access.Key)
		if err != nil {
			return nil, fmt.Errorf("-tls-cert and -tls-key: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return append(options, kgo.DialTLSConfig(config)), nil
}

// client is one with more options.
func (c *Config) client(more ...kgo.Opt) (*kgo.Client, error) {
	options, err := c.connect()
	if err != nil {
		return nil, err
	}
	client, err := kgo.NewClient(append(options, more...)...)
	if err != nil {
		return nil, fmt.Errorf("kafka: %w", err)
	}
	return client, nil
}
