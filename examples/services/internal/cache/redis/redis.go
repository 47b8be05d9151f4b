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
	until  atomic.Pointer[time.Time] // no calls before this
	owed   atomic.Bool               // a step is to be made
	latest atomic.Int64              // the highest generation that was seen
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
	if until := b.until.Load(); until != nil && now.Before(*until) { // by the monotonic clock: the other may be set back
		return ErrAway
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err := f(ctx)
	if err != nil && !errors.Is(err, redis.Nil) && !errors.Is(err, context.Canceled) {
		until := now.Add(pause)
		b.until.Store(&until)
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
	before := b.latest.Load()
	err = b.call(ctx, func(ctx context.Context) (err error) {
		n, err = b.client.Get(ctx, generator).Int64()
		return err
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return 0, err
	}
	return b.checked(ctx, n, before)
}

// checked gives a generation that is not below any that was seen before it was asked for. One that is says that Redis has lost it: it was emptied, had no room for it, or came
// back from an old copy. Then a new one begins, by the time, as answers, or some that are still on their way there, may have a number that would come
// again.
func (b *Backend) checked(ctx context.Context, n, before int64) (int64, error) {
	if n == 0 || n < before {
		more := max(before, b.now().UnixMicro()) + 1 - n
		err := b.call(ctx, func(ctx context.Context) (err error) {
			n, err = b.client.IncrBy(ctx, generator, more).Result()
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	for {
		latest := b.latest.Load()
		if n <= latest || b.latest.CompareAndSwap(latest, n) {
			return n, nil
		}
	}
}

// Step is cache.Backend's.
func (b *Backend) Step(ctx context.Context) error {
	b.owed.Store(true)
	ctx = context.WithoutCancel(ctx)
	n, before := int64(0), b.latest.Load()
	err := b.call(ctx, func(ctx context.Context) (err error) {
		n, err = b.client.Incr(ctx, generator).Result()
		return err
	})
	if err == nil {
		_, err = b.checked(ctx, max(n-1, 0), before) // of what was there before: nothing is a loss too
	}
	if err == nil {
		b.owed.Store(false)
	}
	return err
}

// Close is cache.Backend's.
func (b *Backend) Close() error { return b.client.Close() }
