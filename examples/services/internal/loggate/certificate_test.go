package loggate

import (
	"crypto/tls"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/examples/services/internal/auth"
	"github.com/sawlog/sawlog/examples/services/internal/fulltest"
)

// TestRenewal: a new certificate serves without a restart; a damaged one, or half of a new one, leaves the one before in its place.
func TestRenewal(t *testing.T) {
	cert, key := fulltest.Certificate(t)
	c, err := readCertificate(cert, key, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	serves := func() []byte {
		t.Helper()
		c.looked = time.Time{} // time passes
		pair, err := c.get(nil)
		require.NoError(t, err)
		return pair.Certificate[0]
	}
	first := serves()
	replace := func(file, by string, at time.Time) {
		t.Helper()
		text, err := os.ReadFile(by)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, text, 0o600))
		require.NoError(t, os.Chtimes(file, at, at))
	}
	newCert, newKey := fulltest.Certificate(t)
	later := time.Now().Add(time.Minute)
	replace(cert, newCert, later)
	assert.Equal(t, first, serves(), "the key is the old one still")
	replace(key, newKey, later)
	second := serves()
	assert.NotEqual(t, first, second)
	require.NoError(t, os.Remove(cert))
	assert.Equal(t, second, serves())
}

// TestKeysComeAndGo without a restart; a file of keys that is damaged, or gone for a moment, lets in who was let in before.
func TestKeysComeAndGo(t *testing.T) {
	key, line := auth.NewKey("first", auth.Ingest)
	second, line2 := auth.NewKey("second", auth.Ingest)
	file := filepath.Join(t.TempDir(), "keys")
	require.NoError(t, os.WriteFile(file, []byte(line), 0o600))
	c := Config{KeysFile: file}
	known, err := renew("file of keys", slog.New(slog.DiscardHandler), c.authenticator, c.KeysFile, c.JWTPublicKey)
	require.NoError(t, err)
	may := func() (in []string) {
		known.looked = time.Time{} // time passes
		for _, k := range []string{key, second} {
			r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
			r.Header.Set("X-API-Key", k)
			if client, err := known.now().Client(r); err == nil {
				in = append(in, client.Name)
			}
		}
		return in
	}
	assert.Equal(t, []string{"first"}, may())
	later := time.Now()
	for _, c := range []struct {
		text string
		want []string
	}{{line + "\n" + line2, []string{"first", "second"}}, {"damaged", []string{"first", "second"}}, {line2, []string{"second"}}, {"", nil}} {
		require.NoError(t, os.WriteFile(file, []byte(c.text), 0o600))
		later = later.Add(time.Minute)
		require.NoError(t, os.Chtimes(file, later, later))
		assert.Equal(t, c.want, may(), c.text)
	}
	require.NoError(t, os.WriteFile(file, []byte(line), 0o600))
	assert.Equal(t, []string{"first"}, may())
	require.NoError(t, os.Remove(file))
	assert.Equal(t, []string{"first"}, may())
}

func TestTheCertificateServes(t *testing.T) {
	cert, key := fulltest.Certificate(t)
	s := start(t, func(c *Config) { c.TLSCert, c.TLSKey = cert, key })
	for _, protocol := range []string{"h2", "http/1.1"} {
		c, err := tls.Dial("tcp", s.Addr().String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{protocol}})
		require.NoError(t, err)
		assert.Equal(t, protocol, c.ConnectionState().NegotiatedProtocol)
		require.NoError(t, c.Close())
	}
	c := Default()
	c.Listen, c.Data, c.TLSCert, c.TLSKey = "127.0.0.1:0", filepath.Join(t.TempDir(), "x.db"), cert, cert
	_, err := Start(t.Context(), c, t.Output())
	require.ErrorContains(t, err, "-tls-key", "before it says that it listens")
}
