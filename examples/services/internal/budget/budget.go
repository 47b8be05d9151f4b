// Package budget bounds the memory of all requests together, and what one client may have of it.
package budget

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/sawlog/sawlog/examples/services/internal/share"
)

// ErrExhausted means that other requests hold all the memory there is for requests.
var ErrExhausted = errors.New("no memory left for this request")

// ErrShare means that the other requests of the same client hold what one client may have.
var ErrShare = errors.New("this client's requests hold all the memory that is for one client")

// ErrNever means that there will not be so much memory for one request, however long it waits.
var ErrNever = errors.New("more memory for one request than there is for all")

// Budget is a number of bytes to share.
type Budget struct {
	bytes    int64
	patience time.Duration

	mu      sync.Mutex
	free    int64
	clients map[string]*client // those who hold something
	waiting []*waiter          // in the order in which they came
}

type client struct {
	held   int64
	leases int
}

type waiter struct {
	lease *Lease
	bytes int64
	done  chan struct{} // closed when it has them
}

// New makes a budget. Who asks for more than is left waits for others to give back, but not longer than patience.
func New(bytes int64, patience time.Duration) *Budget {
	return &Budget{bytes: bytes, free: bytes, patience: patience, clients: map[string]*client{}}
}

// Lease is what one request has taken. It is for one goroutine at a time.
type Lease struct {
	budget *Budget
	client string
	held   int64
}

// Lease begins one of a client's with nothing taken.
func (b *Budget) Lease(client string) *Lease { return &Lease{budget: b, client: client} }

// Grow takes n more bytes.
func (l *Lease) Grow(ctx context.Context, n int64) error {
	if l.held+n > l.budget.bytes {
		return ErrNever
	}
	if n <= 0 {
		return nil
	}
	w := l.budget.ask(l, n)
	if w == nil {
		return nil
	}
	patience := time.NewTimer(l.budget.patience)
	defer patience.Stop()
	select {
	case <-w.done:
		return nil
	case <-patience.C:
	case <-ctx.Done():
	}
	return l.budget.leave(ctx, w)
}

// ask takes bytes at once where they are there and nobody waits for as much; else it gives one who waits.
func (b *Budget) ask(l *Lease, n int64) *waiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := &waiter{lease: l, bytes: n}
	if len(b.waiting) == 0 && b.fits(w) {
		b.take(w)
		return nil
	}
	w.done = make(chan struct{})
	b.waiting = append(b.waiting, w)
	b.serve()
	return w
}

// fits tells whether one may have what it waits for. The only request of a client may have whatever there is.
func (b *Budget) fits(w *waiter) bool {
	c := b.clients[w.lease.client]
	if c == nil || c.leases == 1 && c.held == w.lease.held {
		return w.bytes <= b.free
	}
	return share.Allows(c.held, w.bytes, b.free)
}

func (b *Budget) take(w *waiter) {
	c := b.clients[w.lease.client]
	if c == nil {
		c = &client{}
		b.clients[w.lease.client] = c
	}
	if w.lease.held == 0 {
		c.leases++
	}
	c.held += w.bytes
	w.lease.held += w.bytes
	b.free -= w.bytes
}

// serve gives to those who wait, in their order. Who wants more than there is holds up those behind it, or it would wait for ever where others want
// little; who has its share already does not.
func (b *Budget) serve() {
	kept := b.waiting[:0]
	for i, w := range b.waiting {
		if w.bytes > b.free {
			kept = append(kept, b.waiting[i:]...)
			break
		}
		if !b.fits(w) {
			kept = append(kept, w)
			continue
		}
		b.take(w)
		close(w.done)
	}
	clear(b.waiting[len(kept):])
	b.waiting = kept
}

// leave ends waiting, unless it has just been given what it waits for.
func (b *Budget) leave(ctx context.Context, w *waiter) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := slices.Index(b.waiting, w)
	if at < 0 {
		return nil
	}
	b.waiting = slices.Delete(b.waiting, at, at+1)
	enough := w.bytes <= b.free
	b.serve() // it may have held up others
	if err := ctx.Err(); err != nil {
		return err
	}
	if enough && !b.fits(w) {
		return ErrShare
	}
	return ErrExhausted
}

// Release gives everything back. The lease can grow again.
func (l *Lease) Release() {
	if l.held == 0 {
		return
	}
	b := l.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.clients[l.client]
	c.held -= l.held
	if c.leases--; c.leases == 0 {
		delete(b.clients, l.client)
	}
	b.free += l.held
	l.held = 0
	b.serve()
}
