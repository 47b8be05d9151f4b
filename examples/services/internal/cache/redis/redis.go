// Package redis is a cache's backend that several processes share.
//
// Redis may die: its callers must not wait for it. Every call has a short timeout, and after an error none is made for a moment. A step of
// the generation that could not be made is made up for before anything is read again.
package redis

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	urls "net/url"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/extra/redisotel/v9"
	"github.com/redis/go-redis/v9"
	"go.opentelemetry.io/otel/trace"
)

// ErrAway is a Redis that did not answer a moment ago.
var ErrAway = errors.New("redis is away")

const (
	timeout   = 100 * time.Millisecond
	pause     = 2 * time.Second
	prefix    = "loggate:"
	generator = prefix + "generation"
	maxValue  = 1 << 20 // a larger answer is not worth its way
)

// Backend is a Redis server.
type Backend struct {
	client *redis.Client
	until  atomic.Int64 // no calls before this, Unix nanoseconds
	owed   atomic.Bool  // a step is to be made
	now    func() time.Time
}

// Open does not connect: a Redis that is away now may come.
func Open(url string, tracer trace.TracerProvider) (*Backend, error) {
	o, err := redis.ParseURL(url)
	if wrong := (*urls.Error)(nil); errors.As(err, &wrong) { // which says all of the URL, with its password
		return nil, errors.New("redis URL: it is none: want redis://:PASSWORD@HOST:PORT/DB, with what is special in the password percent-encoded")
	}
	if err != nil {
		return nil, fmt.Errorf("redis URL: %w", err)
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = timeout, timeout, timeout, timeout
	o.MaxRetries, o.DialerRetries = -1, 1
	o.ContextTimeoutEnabled = true
	client := redis.NewClient(o)
	if tracer != nil {
		if err := redisotel.InstrumentTracing(client, redisotel.WithTracerProvider(tracer), redisotel.WithDBStatement(false)); err != nil {
			return nil, errors.Join(fmt.Errorf("redis: %w", err), client.Close())
		}
	}
	return &Backend{client: client, now: time.Now}, nil
}

// call runs f unless Redis was away a moment ago. redis.Nil is no error.
func (b *Backend) call(ctx context.Context, f func(ctx context.Context) error) error {
	now := b.now()
	if now.UnixNano() < b.until.Load() {
		return ErrAway
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err := f(ctx)
	if err != nil && !errors.Is(err, redis.Nil) && !errors.Is(err, context.Canceled) {
		b.until.Store(now.Add(pause).UnixNano())
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	return err
}

// name is a key of ours for a key of any length.
func name(key string) string {
	hash := sha256.Sum256([]byte(key))
	return prefix + hex.EncodeToString(hash[:])
}

// Get is cache.Backend's.
func (b *Backend) Get(ctx context.Context, key string) (value []byte, found bool, err error) {
	err = b.call(ctx, func(ctx context.Context) (err error) {
		value, err = b.client.Get(ctx, name(key)).Bytes()
		return err
	})
	if errors.Is(err, redis.Nil) {
		return nil, false, nil
	}
	return value, err == nil, err
}

// Set is cache.Backend's.
func (b *Backend) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if len(value) > maxValue {
		return nil
	}
	return b.call(ctx, func(ctx context.Context) error { return b.client.Set(ctx, name(key), value, ttl).Err() })
}

// Generation is cache.Backend's.
func (b *Backend) Generation(ctx context.Context) (n int64, err error) {
	if b.owed.Load() {
		if err := b.Step(ctx); err != nil {
			return 0, err
		}
	}
	err = b.call(ctx, func(ctx context.Context) (err error) {
		n, err = b.client.Get(ctx, generator).Int64()
		return err
	})
	if errors.Is(err, redis.Nil) { // nothing was stored yet, or Redis lost it: then it lost the answers too, or they end with their time
		return 0, nil
	}
	return n, err
}

// Step is cache.Backend's.
func (b *Backend) Step(ctx context.Context) error {
	b.owed.Store(true)
	err := b.call(context.WithoutCancel(ctx), func(ctx context.Context) error { return b.client.Incr(ctx, generator).Err() })
	if err == nil {
		b.owed.Store(false)
	}
	return err
}

// Close is cache.Backend's.
func (b *Backend) Close() error { return b.client.Close() }
