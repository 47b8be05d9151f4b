// Package commit writes batches of many callers in few transactions: while one transaction is on its way to the disk, what arrives
// meanwhile is gathered for the next (group commit). There is no timer: an idle store writes at once, a busy one in large groups.
package commit

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/sawlog/sawlog/examples/services/internal/store"
)

// ErrBusy means that more is waiting than the committer may hold.
var ErrBusy = errors.New("too much is waiting to be stored")

// ErrClosed means that the committer takes no more.
var ErrClosed = errors.New("the service is shutting down")

// Options bound a Committer. Zero values have defaults.
type Options struct {
	Writers    int           // transactions at once; 1
	Queue      int           // batches that wait; 256
	GroupRows  int           // records in one transaction, about; 20,000
	GroupBytes int           // their size, about; 8 MiB
	Patience   time.Duration // how long a caller waits for a place in the queue; 1 s
	Timeout    time.Duration // of one transaction; 10 s
	Tracer     trace.Tracer  // nil: no spans
	// Client tells whose a batch is, by the context of its caller: clients have their turns. nil: all are one.
	Client func(ctx context.Context) string
	// Done is told about each transaction that succeeded, before its callers are.
	Done func(ctx context.Context, g Group)
}

// Group describes one transaction.
type Group struct {
	Batches, Records int
	Took             time.Duration
	Oldest           time.Time // the earliest record
}

// Committer gathers and writes. Make it with New.
type Committer struct {
	store   store.Store
	options Options
	queue   *queue
	closing chan struct{}
	once    sync.Once
	writers sync.WaitGroup
	callers sync.WaitGroup
	mu      sync.RWMutex // held while closing changes hands, so that no caller slips in behind

	failures atomic.Int64
	away     atomic.Pointer[time.Time] // when the last transaction found the store away; nil: it did not
}

type job struct {
	batch   *store.Batch                // from the time when it is taken on
	waiting atomic.Pointer[store.Batch] // until then: a caller that leaves takes it away, as nobody pays for its memory any more
	rows    int
	bytes   int
	ctx     context.Context
	done    chan error
}

// take takes the batch of a job on; it has none when the caller has left.
func (j *job) take() bool {
	j.batch = j.waiting.Swap(nil)
	return j.batch != nil
}

// New starts a committer for a store.
func New(s store.Store, o Options) *Committer {
	o.Writers, o.Queue = or(o.Writers, 1), or(o.Queue, 256)
	o.GroupRows, o.GroupBytes = or(o.GroupRows, 20_000), or(o.GroupBytes, 8<<20)
	o.Patience, o.Timeout = or(o.Patience, time.Second), or(o.Timeout, 10*time.Second)
	if o.Tracer == nil {
		o.Tracer = noop.NewTracerProvider().Tracer("")
	}
	if o.Client == nil {
		o.Client = func(context.Context) string { return "" }
	}
	c := &Committer{store: s, options: o, queue: newQueue(o.Queue), closing: make(chan struct{})}
	for range o.Writers {
		c.writers.Go(c.write)
	}
	return c
}

func or[T int | time.Duration](value, standard T) T {
	if value > 0 {
		return value
	}
	return standard
}

// Commit returns nil when the batch is in the store for good. After any other error it may be there or not, but for ErrBusy and
// ErrClosed: then it is not.
func (c *Committer) Commit(ctx context.Context, b *store.Batch) error {
	if len(b.Records) == 0 {
		return nil
	}
	if !c.enter() {
		return ErrClosed
	}
	defer c.callers.Done()
	j := &job{rows: len(b.Records), bytes: b.Bytes, ctx: ctx, done: make(chan error, 1)}
	j.waiting.Store(b)
	if err := c.queue.put(ctx, c.options.Client(ctx), j, c.options.Patience); err != nil {
		return err
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		j.waiting.Store(nil)
		return ctx.Err()
	}
}

func (c *Committer) enter() bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	select {
	case <-c.closing:
		return false
	default:
		c.callers.Add(1)
		return true
	}
}

// Waiting is how many batches wait, and how many may.
func (c *Committer) Waiting() (now, most int) { return c.queue.waiting(), c.queue.most }

// Failures is how many transactions have failed.
func (c *Committer) Failures() int64 { return c.failures.Load() }

// Away tells whether the last transaction found the store away, and not longer ago than that: after it somebody has to try.
func (c *Committer) Away(within time.Duration) bool {
	at := c.away.Load()
	return at != nil && time.Since(*at) < within
}

// failed notes how a transaction ended.
func (c *Committer) failed(err error) {
	now := time.Now()
	c.failures.Add(1)
	if errors.Is(err, store.ErrUnavailable) {
		c.away.Store(&now)
	}
}

// Close takes no more batches, writes those that wait, and returns when all callers have their answer.
func (c *Committer) Close() {
	c.once.Do(func() {
		c.mu.Lock()
		close(c.closing)
		c.mu.Unlock()
		c.callers.Wait()
		c.queue.close()
	})
	c.writers.Wait()
}

func (c *Committer) write() {
	var group []*job
	for first := c.queue.take(true); first != nil; first = c.queue.take(true) {
		group = c.gather(append(group[:0], first))
		c.commit(group)
		clear(group)
	}
}

// gather takes what is waiting already.
func (c *Committer) gather(group []*job) []*job {
	rows, bytes := group[0].rows, group[0].bytes
	for rows < c.options.GroupRows && bytes < c.options.GroupBytes {
		j := c.queue.take(false)
		if j == nil {
			return group
		}
		group = append(group, j)
		rows, bytes = rows+j.rows, bytes+j.bytes
	}
	return group
}

func (c *Committer) commit(group []*job) {
	live := group[:0]
	for _, j := range group {
		if j.ctx.Err() != nil || !j.take() { // nobody waits for it any more, and it was never acknowledged
			j.done <- j.ctx.Err()
			continue
		}
		live = append(live, j)
	}
	if len(live) == 0 {
		return
	}
	err := c.append(live)
	if err != nil && len(live) > 1 && !errors.Is(err, store.ErrUnavailable) {
		// One batch that the store refuses must not take the others with it.
		for _, j := range live {
			j.done <- c.append([]*job{j})
		}
		return
	}
	for _, j := range live {
		j.done <- err
	}
}

func (c *Committer) append(group []*job) error {
	// The cancellation of one caller is not the group's.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(group[0].ctx), c.options.Timeout)
	defer cancel()
	ctx, span := c.span(ctx, group)
	defer span.End()
	batches, g, start := make([]*store.Batch, len(group)), Group{Batches: len(group)}, time.Now()
	for i, j := range group {
		batches[i] = j.batch
		g.Records += len(j.batch.Records)
		for k := range j.batch.Records {
			if t := j.batch.Records[k].Time; g.Oldest.IsZero() || t.Before(g.Oldest) {
				g.Oldest = t
			}
		}
	}
	span.SetAttributes(attribute.Int("loggate.batches", g.Batches), attribute.Int("loggate.records", g.Records))
	if err := c.store.Append(ctx, batches); err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, "append")
		c.failed(err)
		return err
	}
	c.away.Store(nil)
	if g.Took = time.Since(start); c.options.Done != nil {
		c.options.Done(ctx, g)
	}
	return nil
}

// span is the transaction's. It can have one parent only, the first caller's; the others are linked.
func (c *Committer) span(ctx context.Context, group []*job) (context.Context, trace.Span) {
	var links []trace.Link
	for _, j := range group[1:] {
		if s := trace.SpanContextFromContext(j.ctx); s.IsValid() {
			links = append(links, trace.Link{SpanContext: s})
		}
	}
	return c.options.Tracer.Start(ctx, "commit", trace.WithLinks(links...))
}
