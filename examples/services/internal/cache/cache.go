// Package cache remembers answers. It is cache-aside: what goes wrong with the cache is a miss, never an error of the caller's.
//
// Each key carries the generation of the data, which every commit steps: an answer that was made before a commit is not found after it.
package cache

import (
	"context"
	"strconv"
	"time"

	"golang.org/x/sync/singleflight"
)

// Backend keeps values. All methods may be called at once.
type Backend interface {
	Get(ctx context.Context, key string) (value []byte, found bool, err error)
	Set(ctx context.Context, key string, value []byte, ttl time.Duration) error
	// Generation is a number that Step changes.
	Generation(ctx context.Context) (int64, error)
	Step(ctx context.Context) error
	Close() error
}

// Outcome is what became of a look-up, for counting.
type Outcome string

// Outcomes.
const (
	Hit    Outcome = "hit"
	Miss   Outcome = "miss"
	Shared Outcome = "shared" // somebody else was loading the same
	Failed Outcome = "error"  // the backend is away
)

// Cache is a backend, and one load at a time for each key.
type Cache struct {
	backend Backend
	ttl     time.Duration
	timeout time.Duration // of loading
	flight  singleflight.Group
	seen    func(Outcome)
}

// New makes a cache. seen, which may be nil, is told each outcome.
func New(b Backend, ttl, timeout time.Duration, seen func(Outcome)) *Cache {
	if seen == nil {
		seen = func(Outcome) {}
	}
	return &Cache{backend: b, ttl: ttl, timeout: timeout, seen: seen}
}

// Do gives the value of a key: the remembered one, or what load gives, which is then remembered. Callers who want the same at the same
// time share one load, which goes on when the first of them leaves.
func (c *Cache) Do(ctx context.Context, key string, load func(ctx context.Context) ([]byte, error)) ([]byte, error) {
	generation, err := c.backend.Generation(ctx) // before loading: what is loaded is at least as new
	away := err != nil
	key = strconv.FormatInt(generation, 10) + ":" + key
	if !away {
		value, found, err := c.backend.Get(ctx, key)
		if found {
			c.seen(Hit)
			return value, nil
		}
		away = err != nil
	}
	first := false
	result := c.flight.DoChan(key, func() (any, error) {
		first = true
		detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.timeout)
		defer cancel()
		value, err := load(detached)
		if err == nil && !away {
			_ = c.backend.Set(detached, key, value, c.ttl) // an error costs only the next load
		}
		return value, err
	})
	select {
	case r := <-result:
		c.seen(outcome(away, first))
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.([]byte), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func outcome(away, first bool) Outcome {
	switch {
	case away:
		return Failed
	case first:
		return Miss
	}
	return Shared
}

// Step forgets everything, because the data has changed. When the backend is away nothing in it can be found either way.
func (c *Cache) Step(ctx context.Context) {
	if c.backend.Step(ctx) != nil {
		c.seen(Failed)
	}
}

// Close closes the backend.
func (c *Cache) Close() error { return c.backend.Close() }
