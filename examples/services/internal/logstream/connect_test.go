package logstream

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sawlog/sawlog/examples/services/internal/fulltest"
)

// TestAccess: brokers that want TLS and a password are reached by every client that there is, and refuse who has neither.
func TestAccess(t *testing.T) {
	cert, key := fulltest.Certificate(t)
	pair, err := tls.LoadX509KeyPair(cert, key)
	require.NoError(t, err)
	for _, mechanism := range []string{"plain", "scram-sha-256", "scram-sha-512"} {
		t.Run(mechanism, func(t *testing.T) {
			fake, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "logs", "records", "dead-letters"), kfake.TLS(&tls.Config{Certificates: []tls.Certificate{pair}}),
				kfake.EnableSASL(), kfake.Superuser(map[string]string{"plain": "PLAIN", "scram-sha-256": "SCRAM-SHA-256", "scram-sha-512": "SCRAM-SHA-512"}[mechanism], "shop", "s3cret"))
			require.NoError(t, err)
			defer fake.Close()
			c := Default() // the format is detected: by a client of its own
			c.Brokers, c.Listen, c.Access = fake.ListenAddrs(), "", Access{TLS: true, CA: cert, SASL: mechanism, User: "shop", Password: "s3cret"}
			require.NoError(t, c.check())
			k, err := c.client(kgo.ConsumeTopics("records"), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
			require.NoError(t, err)
			defer k.Close()
			require.NoError(t, k.ProduceSync(t.Context(), &kgo.Record{Topic: "logs", Value: []byte(line(1))}).FirstErr())
			stop := running(t, c)
			assert.Len(t, k.PollFetches(t.Context()).Records(), 1)
			stop()

			c.Access.Password = "wrong"
			err = Run(t.Context(), c, t.Output())
			require.Error(t, err)
			assert.NotContains(t, err.Error(), "wrong")
			c.Access.CA = ""
			require.ErrorContains(t, Run(t.Context(), c, t.Output()), "certificate")
		})
	}
}

func TestAccessIsChecked(t *testing.T) {
	file := filepath.Join(t.TempDir(), "none.pem")
	require.NoError(t, os.WriteFile(file, []byte("none"), 0o600))
	for want, a := range map[string]Access{
		"want -tls":            {CA: "x"},
		"-tls-key go together": {TLS: true, Cert: "x"},
		"-sasl-user":           {SASL: "plain"},
		"-sasl, ":              {User: "x", Password: "y"},
		"scram-sha-512":        {SASL: "scram", User: "x", Password: "y"},
	} {
		require.ErrorContains(t, a.check(), want)
	}
	for want, a := range map[string]Access{"no certificate": {TLS: true, CA: file}, "no such file": {TLS: true, CA: file + ".no"}, "-tls-key": {TLS: true, Cert: file, Key: file}} {
		c := Config{Access: a}
		_, err := c.client()
		require.ErrorContains(t, err, want)
	}
}
