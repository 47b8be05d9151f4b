package loggate

import (
	"crypto/tls"
	"fmt"
	"log/slog"
)

// certificate is the one in the files of -tls-cert and -tls-key.
type certificate struct{ *renewed[*tls.Certificate] }

func readCertificate(cert, key string, log *slog.Logger) (*certificate, error) {
	r, err := renew("certificate", log, func() (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(cert, key)
		return &pair, err
	}, cert, key)
	if err != nil {
		return nil, fmt.Errorf("-tls-cert and -tls-key: %w", err)
	}
	return &certificate{r}, nil
}

func (c *certificate) config() *tls.Config {
	return &tls.Config{GetCertificate: c.get, MinVersion: tls.VersionTLS12}
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.now(), nil }
