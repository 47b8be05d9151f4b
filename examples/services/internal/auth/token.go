package auth

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Tokens checks JSON Web Tokens. Which algorithm they must have follows from the key: a token cannot choose.
type Tokens struct {
	key    any
	parser *jwt.Parser
}

// TokenOptions say what a token must be.
type TokenOptions struct {
	Secret    string // HS256; at least 32 bytes
	PublicKey string // or the text of a PEM file: RSA (RS256), P-256 (ES256) or Ed25519 (EdDSA)
	Issuer    string // "": any
	Audience  string // "": any
	Now       func() time.Time
}

// NewTokens makes the check; nil without a key.
func NewTokens(o TokenOptions) (*Tokens, error) {
	var key any
	var method string
	switch {
	case o.Secret != "" && o.PublicKey != "":
		return nil, errors.New("tokens: a secret or a public key, not both")
	case o.Secret != "":
		if len(o.Secret) < 32 {
			return nil, errors.New("tokens: the secret is shorter than 32 bytes")
		}
		key, method = []byte(o.Secret), "HS256"
	case o.PublicKey != "":
		var err error
		if key, method, err = publicKey(o.PublicKey); err != nil {
			return nil, err
		}
	default:
		return nil, nil
	}
	options := []jwt.ParserOption{jwt.WithValidMethods([]string{method}), jwt.WithExpirationRequired(), jwt.WithLeeway(30 * time.Second)}
	if o.Issuer != "" {
		options = append(options, jwt.WithIssuer(o.Issuer))
	}
	if o.Audience != "" {
		options = append(options, jwt.WithAudience(o.Audience))
	}
	if o.Now != nil {
		options = append(options, jwt.WithTimeFunc(o.Now))
	}
	return &Tokens{key: key, parser: jwt.NewParser(options...)}, nil
}

func publicKey(text string) (key any, method string, err error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, "", errors.New("tokens: the public key is not PEM")
	}
	if key, err = x509.ParsePKIXPublicKey(block.Bytes); err != nil {
		return nil, "", fmt.Errorf("tokens: public key: %w", err)
	}
	switch k := key.(type) {
	case *rsa.PublicKey:
		return k, "RS256", nil
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P256() {
			return nil, "", fmt.Errorf("tokens: a public key of curve %s, want P-256", k.Curve.Params().Name)
		}
		return k, "ES256", nil
	case ed25519.PublicKey:
		return k, "EdDSA", nil
	}
	return nil, "", fmt.Errorf("tokens: a public key of type %T", key)
}

// claims are the registered ones, and scope as OAuth writes it: words with blanks between them (RFC 8693).
type claims struct {
	jwt.RegisteredClaims
	Scope string `json:"scope"`
}

func (t *Tokens) client(token string) (Client, error) {
	var c claims
	_, err := t.parser.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return t.key, nil })
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return Client{}, fmt.Errorf("%w: %w", ErrExpired, err)
	case err != nil:
		return Client{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	case c.Subject == "":
		return Client{}, fmt.Errorf("%w: no subject", ErrInvalid)
	}
	client := Client{Name: c.Subject}
	for word := range strings.FieldsSeq(c.Scope) {
		if slices.Contains(scopes, Scope(word)) {
			client.Scopes = append(client.Scopes, Scope(word))
		}
	}
	return client, nil
}
