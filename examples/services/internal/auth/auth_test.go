package auth

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const secret = "a secret of at least thirty-two bytes"

var now = time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)

func sign(t *testing.T, method jwt.SigningMethod, key any, change func(jwt.MapClaims)) string {
	t.Helper()
	c := jwt.MapClaims{"sub": "ann", "scope": "ingest other", "iss": "us", "aud": "loggate", "exp": now.Add(time.Hour).Unix()}
	if change != nil {
		change(c)
	}
	text, err := jwt.NewWithClaims(method, c).SignedString(key)
	require.NoError(t, err)
	return text
}

func TestClient(t *testing.T) {
	key, line := NewKey("shipper", Ingest)
	other, _ := NewKey("other", Ingest, Search)
	keys, err := ParseKeys("# comment\n" + line + "\n\n")
	require.NoError(t, err)
	tokens, err := NewTokens(TokenOptions{Secret: secret, Issuer: "us", Audience: "loggate", Now: func() time.Time { return now }})
	require.NoError(t, err)
	a := &Authenticator{Keys: keys, Tokens: tokens}
	hs := func(change func(jwt.MapClaims)) string {
		return "Bearer " + sign(t, jwt.SigningMethodHS256, []byte(secret), change)
	}

	for name, c := range map[string]struct {
		header, value string
		err           error
		client        string
	}{
		"none":             {"X-Other", "x", ErrMissing, ""},
		"key":              {"X-API-Key", key, nil, "shipper"},
		"key as bearer":    {"Authorization", "bearer " + key, nil, "shipper"},
		"key, one letter":  {"X-API-Key", key[:len(key)-1] + "_", ErrInvalid, ""},
		"key, its hash":    {"X-API-Key", strings.Fields(line)[2], ErrInvalid, ""},
		"another key":      {"X-API-Key", other, ErrInvalid, ""},
		"token":            {"Authorization", hs(nil), nil, "ann"},
		"expired":          {"Authorization", hs(func(c jwt.MapClaims) { c["exp"] = now.Add(-time.Hour).Unix() }), ErrExpired, ""},
		"never expires":    {"Authorization", hs(func(c jwt.MapClaims) { delete(c, "exp") }), ErrInvalid, ""},
		"issuer":           {"Authorization", hs(func(c jwt.MapClaims) { c["iss"] = "them" }), ErrInvalid, ""},
		"audience":         {"Authorization", hs(func(c jwt.MapClaims) { c["aud"] = "x" }), ErrInvalid, ""},
		"no subject":       {"Authorization", hs(func(c jwt.MapClaims) { delete(c, "sub") }), ErrInvalid, ""},
		"another secret":   {"Authorization", "Bearer " + sign(t, jwt.SigningMethodHS256, []byte(secret+"x"), nil), ErrInvalid, ""},
		"not signed":       {"Authorization", "Bearer " + sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil), ErrInvalid, ""},
		"another method":   {"Authorization", "Bearer " + sign(t, jwt.SigningMethodHS512, []byte(secret), nil), ErrInvalid, ""},
		"no token":         {"Authorization", "Bearer x.y.z", ErrInvalid, ""},
		"unknown scheme":   {"Authorization", "Digest x", ErrMissing, ""},
		"bearer, no token": {"Authorization", "Bearer", ErrMissing, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
			r.Header.Set(c.header, c.value)
			client, err := a.Client(r)
			require.ErrorIs(t, err, c.err)
			assert.Equal(t, c.client, client.Name)
			assert.Equal(t, c.err == nil, client.May(Ingest))
			assert.False(t, client.May(Search))
		})
	}
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
	r.SetBasicAuth("anyone", key)
	client, err := a.Client(r)
	require.NoError(t, err)
	assert.Equal(t, "shipper", client.Name)
	assert.Equal(t, client, From(With(t.Context(), client)))
	assert.False(t, From(context.Background()).May(Ingest), "a context without a client may nothing")
}

func TestPublicKeys(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	for _, c := range []struct {
		public, private any
		method          jwt.SigningMethod
	}{{public, private, jwt.SigningMethodEdDSA}, {curve.Public(), curve, jwt.SigningMethodES256}} {
		der, err := x509.MarshalPKIXPublicKey(c.public)
		require.NoError(t, err)
		text := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
		tokens, err := NewTokens(TokenOptions{PublicKey: text, Now: func() time.Time { return now }})
		require.NoError(t, err)
		client, err := tokens.client(sign(t, c.method, c.private, nil))
		require.NoError(t, err)
		assert.Equal(t, "ann", client.Name)
		// The public key is no secret: a token signed with its text must not pass.
		_, err = tokens.client(sign(t, jwt.SigningMethodHS256, []byte(text), nil))
		require.ErrorIs(t, err, ErrInvalid)
	}
}

func TestMistakesInTheConfiguration(t *testing.T) {
	for text, want := range map[string]string{
		"a ingest":    "want NAME SCOPES HASH",
		"a dig 00":    `no scope "dig"`,
		"a ingest 00": "64 hexadecimal digits",
	} {
		_, err := ParseKeys(text)
		require.ErrorContains(t, err, want, text)
	}
	for _, o := range []TokenOptions{{Secret: "short"}, {Secret: secret, PublicKey: "x"}, {PublicKey: "x"}, {PublicKey: "-----BEGIN X-----\nAAAA\n-----END X-----\n"}} {
		_, err := NewTokens(o)
		require.Error(t, err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKIXPublicKey(curve.Public())
	require.NoError(t, err)
	_, err = NewTokens(TokenOptions{PublicKey: string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))})
	require.ErrorContains(t, err, "P-384, want P-256", "no token could ever be good")
	tokens, err := NewTokens(TokenOptions{})
	require.NoError(t, err)
	assert.Nil(t, tokens)
}
