// Package limit gives each client its own rate.
package limit

import (
	"container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rates holds a token bucket for each client of late. It is bounded: beyond its size the client that was silent longest is forgotten,
// and starts with a full bucket when it comes back.
type Rates struct {
	mu      sync.Mutex
	rate    rate.Limit
	burst   int
	most    int
	clients map[string]*list.Element
	recent  *list.List // of *client, the latest first
}

type client struct {
	name   string
	bucket *rate.Limiter
}

// New gives every client perSecond, and burst at once; at most clients are remembered. perSecond 0 does not limit.
func New(perSecond float64, burst, clients int) *Rates {
	r := &Rates{rate: rate.Limit(perSecond), burst: max(burst, 1), most: max(clients, 1), clients: map[string]*list.Element{}, recent: list.New()}
	if perSecond <= 0 {
		r.rate = rate.Inf
	}
	return r
}

// Allow takes one from the client's bucket, or says how long to wait.
func (r *Rates) Allow(name string, now time.Time) (wait time.Duration, ok bool) {
	if r.rate == rate.Inf {
		return 0, true
	}
	reservation := r.bucket(name).ReserveN(now, 1)
	if wait = reservation.DelayFrom(now); wait == 0 {
		return 0, true
	}
	reservation.CancelAt(now)
	return wait, false
}

func (r *Rates) bucket(name string) *rate.Limiter {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.clients[name]; ok {
		r.recent.MoveToFront(e)
		return e.Value.(*client).bucket
	}
	c := &client{name, rate.NewLimiter(r.rate, r.burst)}
	r.clients[name] = r.recent.PushFront(c)
	if r.recent.Len() > r.most {
		last := r.recent.Back()
		delete(r.clients, last.Value.(*client).name)
		r.recent.Remove(last)
	}
	return c.bucket
}
