// Package auth tells who is asking: by an API key, of which only the hash is known here, or by a JSON Web Token.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Scope is what a client may do.
type Scope string

// The scopes.
const (
	Ingest  Scope = "ingest"
	Search  Scope = "search"
	Metrics Scope = "metrics"
)

var scopes = []Scope{Ingest, Search, Metrics}

var (
	// ErrMissing is a request without key or token.
	ErrMissing = errors.New("no API key and no token")
	// ErrInvalid is a key that is not known, or a token that is not good. What is wrong with it is in the chain, for the log only.
	ErrInvalid = errors.New("the API key or token is not valid")
	// ErrExpired is a token that was good.
	ErrExpired = errors.New("the token has expired")
	// ErrScope is a client who may not do this.
	ErrScope = errors.New("this client may not do that")
)

// Client is who asks.
type Client struct {
	Name    string
	Scopes  []Scope
	Address string // of one whom nobody knows
}

// Who is by what clients are told apart where they share something: by their names, or, where nobody is known, by their addresses.
func (c Client) Who() string {
	if c.Address != "" {
		return c.Address
	}
	return c.Name
}

// May tells whether the client has a scope.
func (c Client) May(s Scope) bool { return slices.Contains(c.Scopes, s) }

// Anonymous may do everything: for a service without keys, on a loopback address.
var Anonymous = Client{Name: "anonymous", Scopes: scopes}

type contextKey struct{}

// With puts a client into a context.
func With(ctx context.Context, c Client) context.Context {
	return context.WithValue(ctx, contextKey{}, c)
}

// From is the client of a context; a client who may do nothing when there is none.
func From(ctx context.Context) Client {
	c, _ := ctx.Value(contextKey{}).(Client)
	return c
}

// Keys are API keys by the SHA-256 of their text. The keys are 256 random bits, which no dictionary holds: a slow hash would protect
// nothing more and would cost every request. Looking the hash up in a map tells by its timing nothing about the key.
type Keys map[[sha256.Size]byte]Client

const keyPrefix = "lg_" // lets tools that look for leaked secrets find them

// NewKey makes a key and its line for the configuration.
func NewKey(name string, s ...Scope) (key, line string) {
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // never fails
	key = keyPrefix + base64.RawURLEncoding.EncodeToString(secret[:])
	hash := sha256.Sum256([]byte(key))
	words := make([]string, len(s))
	for i := range s {
		words[i] = string(s[i])
	}
	return key, fmt.Sprintf("%s %s %s", name, strings.Join(words, ","), hex.EncodeToString(hash[:]))
}

// ParseKeys reads "NAME SCOPE,SCOPE HASH" from lines; # begins a comment. A semicolon does for a line's end, for environment variables.
func ParseKeys(text string) (Keys, error) {
	keys := Keys{}
	for n, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == ';' }) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) != 3 {
			return nil, fmt.Errorf("key %d: want NAME SCOPES HASH, not %d words", n+1, len(words))
		}
		client := Client{Name: words[0]}
		for word := range strings.SplitSeq(words[1], ",") {
			if !slices.Contains(scopes, Scope(word)) {
				return nil, fmt.Errorf("key %d: no scope %q: there are %v", n+1, word, scopes)
			}
			client.Scopes = append(client.Scopes, Scope(word))
		}
		hash, err := hex.DecodeString(words[2])
		if err != nil || len(hash) != sha256.Size {
			return nil, fmt.Errorf("key %d: the hash is not %d hexadecimal digits (loggate key NAME makes one)", n+1, 2*sha256.Size)
		}
		keys[[sha256.Size]byte(hash)] = client
	}
	return keys, nil
}

// Authenticator knows keys and tokens.
type Authenticator struct {
	Keys   Keys
	Tokens *Tokens // nil: none are taken
}

// Client is who sent a request: by "Authorization: Bearer", where keys and tokens go alike, or by X-API-Key.
func (a *Authenticator) Client(r *http.Request) (Client, error) {
	credential := r.Header.Get("X-API-Key")
	if credential == "" {
		scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		switch {
		case strings.EqualFold(scheme, "Bearer"):
			credential = strings.TrimSpace(rest)
		case strings.EqualFold(scheme, "Basic"): // shippers that know nothing else: the key is the password
			_, credential, _ = r.BasicAuth()
		}
	}
	if credential == "" {
		return Client{}, ErrMissing
	}
	if strings.HasPrefix(credential, keyPrefix) || a.Tokens == nil {
		if client, known := a.Keys[sha256.Sum256([]byte(credential))]; known {
			return client, nil
		}
		return Client{}, ErrInvalid
	}
	return a.Tokens.client(credential)
}
