package commit

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/sawlog/sawlog/examples/services/internal/share"
)

// queue is what waits for a transaction. Clients have their turns in it, one batch of each after the other, and none may fill it: see package share.
// What is a client's own keeps its order.
type queue struct {
	most int

	mu      sync.Mutex
	some    sync.Cond // there is something, or the end
	now     int
	lines   map[string][]*job
	turns   []string // clients with something in their lines
	callers []*caller
	closed  bool
}

// caller waits for a place.
type caller struct {
	client string
	job    *job
	placed chan struct{} // closed when it has one
}

func newQueue(most int) *queue {
	q := &queue{most: most, lines: map[string][]*job{}}
	q.some.L = &q.mu
	return q
}

// put waits for a place, but not longer than patience.
func (q *queue) put(ctx context.Context, client string, j *job, patience time.Duration) error {
	c := q.ask(client, j)
	if c == nil {
		return nil
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-c.placed:
		return nil
	case <-timer.C:
		return q.leave(c, ErrBusy)
	case <-ctx.Done():
		return q.leave(c, ctx.Err())
	}
}

func (q *queue) ask(client string, j *job) *caller {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.fits(client) {
		q.place(client, j)
		return nil
	}
	c := &caller{client, j, make(chan struct{})}
	q.callers = append(q.callers, c)
	return c
}

// leave ends waiting with why, unless there was a place just now.
func (q *queue) leave(c *caller, why error) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	at := slices.Index(q.callers, c)
	if at < 0 {
		return nil
	}
	q.callers = slices.Delete(q.callers, at, at+1)
	return why
}

func (q *queue) fits(client string) bool {
	own := len(q.lines[client])
	return own == 0 && q.now < q.most || share.Allows(int64(own), 1, int64(q.most-q.now))
}

func (q *queue) place(client string, j *job) {
	if len(q.lines[client]) == 0 {
		q.turns = append(q.turns, client)
	}
	q.lines[client] = append(q.lines[client], j)
	q.now++
	q.some.Signal()
}

// take gives the next one, and waits for it where it may. There is none when the queue is closed, or nothing is there now.
func (q *queue) take(wait bool) *job {
	q.mu.Lock()
	defer q.mu.Unlock()
	for wait && q.now == 0 && !q.closed {
		q.some.Wait()
	}
	if q.now == 0 {
		return nil
	}
	client := q.turns[0]
	q.turns = append(q.turns[:0], q.turns[1:]...)
	line := q.lines[client]
	j := line[0]
	line[0] = nil
	if line = line[1:]; len(line) > 0 {
		q.lines[client] = line
		q.turns = append(q.turns, client)
	} else {
		delete(q.lines, client)
	}
	q.now--
	q.callers = slices.DeleteFunc(q.callers, func(c *caller) bool { // in their order, but for those who have their share
		fits := q.fits(c.client)
		if fits {
			q.place(c.client, c.job)
			close(c.placed)
		}
		return fits
	})
	return j
}

// waiting is how many are in it.
func (q *queue) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.now
}

// close is called when nobody puts anything in any more.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.some.Broadcast()
}
