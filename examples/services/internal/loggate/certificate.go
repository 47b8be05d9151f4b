package loggate

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificate is the one in the files of -tls-cert and -tls-key. They are read again when they have changed: certificates are renewed every few
// weeks, and nobody restarts a gateway for that.
type certificate struct {
	cert, key string
	log       *slog.Logger

	mu     sync.Mutex
	pair   *tls.Certificate
	stamp  [2]time.Time // of the files, when they were read
	looked time.Time
}

// lookEvery is how often it is asked whether the files have changed.
const lookEvery = 10 * time.Second

// readCertificate fails when there is none to begin with.
func readCertificate(cert, key string, log *slog.Logger) (*certificate, error) {
	c := &certificate{cert: cert, key: key, log: log}
	if err := c.read(c.stamps()); err != nil {
		return nil, fmt.Errorf("-tls-cert and -tls-key: %w", err)
	}
	return c, nil
}

func (c *certificate) config() *tls.Config {
	return &tls.Config{GetCertificate: c.get, MinVersion: tls.VersionTLS12}
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.looked).Abs() >= lookEvery {
		c.looked = now
		if stamp := c.stamps(); stamp != c.stamp {
			// Of two files one may be new already and the other not yet: the pair before serves meanwhile.
			if err := c.read(stamp); err != nil {
				c.log.Error("the certificate has changed and cannot be read", "error", err)
			} else {
				c.log.Info("the certificate was read again", "file", c.cert)
			}
		}
	}
	return c.pair, nil
}

func (c *certificate) read(stamp [2]time.Time) error {
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return err
	}
	c.pair, c.stamp = &pair, stamp
	return nil
}

func (c *certificate) stamps() (at [2]time.Time) {
	for i, file := range []string{c.cert, c.key} {
		if info, err := os.Stat(file); err == nil {
			at[i] = info.ModTime()
		}
	}
	return at
}
