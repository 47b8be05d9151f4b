// Package budget bounds the memory of all requests together.
package budget

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/semaphore"
)

// ErrExhausted means that other requests hold all the memory there is for requests.
var ErrExhausted = errors.New("no memory left for this request")

// ErrNever means that there will not be so much memory for one request, however long it waits.
var ErrNever = errors.New("more memory for one request than there is for all")

// Budget is a number of bytes to share.
type Budget struct {
	bytes    int64
	free     *semaphore.Weighted
	patience time.Duration
}

// New makes a budget. Who asks for more than is left waits for others to give back, but not longer than patience.
func New(bytes int64, patience time.Duration) *Budget {
	return &Budget{bytes: bytes, free: semaphore.NewWeighted(bytes), patience: patience}
}

// Lease is what one request has taken. It is for one goroutine at a time.
type Lease struct {
	budget *Budget
	held   int64
}

// Lease begins one with nothing taken.
func (b *Budget) Lease() *Lease { return &Lease{budget: b} }

// Grow takes n more bytes.
func (l *Lease) Grow(ctx context.Context, n int64) error {
	if l.held+n > l.budget.bytes {
		return ErrNever
	}
	if !l.budget.free.TryAcquire(n) {
		wait, cancel := context.WithTimeout(ctx, l.budget.patience)
		defer cancel()
		if l.budget.free.Acquire(wait, n) != nil {
			if err := ctx.Err(); err != nil {
				return err
			}
			return ErrExhausted
		}
	}
	l.held += n
	return nil
}

// Release gives everything back. The lease can grow again.
func (l *Lease) Release() {
	l.budget.free.Release(l.held)
	l.held = 0
}
