package commit

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/sawlog/sawlog/examples/services/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// slow is a store whose transactions end when the test lets them.
type slow struct {
	store.Store
	begun   chan int // records of a transaction that has begun
	results chan error
	calls   atomic.Int64
}

func (s *slow) Append(ctx context.Context, batches []*store.Batch) error {
	s.calls.Add(1)
	n := 0
	for _, b := range batches {
		n += len(b.Records)
	}
	s.begun <- n
	select {
	case err := <-s.results:
		return err
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", store.ErrUnavailable, ctx.Err())
	}
}

func newSlow() *slow { return &slow{begun: make(chan int, 100), results: make(chan error, 100)} }

func one() *store.Batch { return &store.Batch{Records: make([]store.Record, 1), Bytes: 1} }

// send commits in the background and gives its result.
func send(ctx context.Context, c *Committer, b *store.Batch) <-chan error {
	result := make(chan error, 1)
	go func() { result <- c.Commit(ctx, b) }()
	return result
}

func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	require.Eventually(t, ok, 5*time.Second, time.Millisecond, what)
}

func waiting(c *Committer) int { n, _ := c.Waiting(); return n }

func TestWhatArrivesMeanwhileIsOneGroup(t *testing.T) {
	s := newSlow()
	var groups []Group
	c := New(s, Options{Done: func(_ context.Context, g Group) { groups = append(groups, g) }})
	first := send(t.Context(), c, one())
	assert.Equal(t, 1, <-s.begun)
	var rest []<-chan error
	for range 20 {
		rest = append(rest, send(t.Context(), c, one()))
	}
	wait(t, "all wait", func() bool { return waiting(c) == 20 })
	s.results <- nil
	require.NoError(t, <-first)
	assert.Equal(t, 20, <-s.begun)
	s.results <- nil
	for _, r := range rest {
		require.NoError(t, <-r)
	}
	c.Close()
	require.Len(t, groups, 2)
	assert.Equal(t, 20, groups[1].Batches)
	require.ErrorIs(t, c.Commit(t.Context(), one()), ErrClosed)
}

func TestGroupsAreBounded(t *testing.T) {
	s := newSlow()
	c := New(s, Options{GroupRows: 5})
	go func() {
		for range 10 { // at most one for each batch
			s.results <- nil
		}
	}()
	var all []<-chan error
	for range 10 {
		all = append(all, send(t.Context(), c, one()))
	}
	most := 0
	for _, r := range all {
		require.NoError(t, <-r)
	}
	c.Close()
	for len(s.begun) > 0 {
		most = max(most, <-s.begun)
	}
	assert.LessOrEqual(t, most, 5)
}

func TestAFullQueueIsBusy(t *testing.T) {
	s := newSlow()
	c := New(s, Options{Queue: 1, Patience: time.Millisecond})
	a := send(t.Context(), c, one())
	<-s.begun
	b := send(t.Context(), c, one())
	wait(t, "one waits", func() bool { return waiting(c) == 1 })
	require.ErrorIs(t, c.Commit(t.Context(), one()), ErrBusy)
	s.results <- nil
	s.results <- nil
	require.NoError(t, <-a)
	require.NoError(t, <-b)
	c.Close()
	assert.EqualValues(t, 2, s.calls.Load())
}

type clientKey struct{}

// TestClientsHaveTheirTurns: one who sends much waits behind itself, and does not take the places of others.
func TestClientsHaveTheirTurns(t *testing.T) {
	s := newSlow()
	c := New(s, Options{Queue: 40, Patience: time.Millisecond, GroupRows: 1, Client: func(ctx context.Context) string { return ctx.Value(clientKey{}).(string) }})
	greedy, modest := context.WithValue(t.Context(), clientKey{}, "greedy"), context.WithValue(t.Context(), clientKey{}, "modest")
	all := []<-chan error{send(greedy, c, one())}
	assert.Equal(t, 1, <-s.begun)
	for n := range 30 { // three quarters
		all = append(all, send(greedy, c, one()))
		wait(t, "it waits", func() bool { return waiting(c) == n+1 })
	}
	require.ErrorIs(t, c.Commit(greedy, one()), ErrBusy)
	large := one()
	large.Records = make([]store.Record, 7) // to be told from the others
	mine := send(modest, c, large)
	wait(t, "there is a place", func() bool { return waiting(c) == 31 })
	go func() {
		for range 32 {
			s.results <- nil
		}
	}()
	require.NoError(t, <-mine)
	var order []int
	for _, r := range all {
		require.NoError(t, <-r)
	}
	for len(s.begun) > 0 {
		order = append(order, <-s.begun)
	}
	assert.Contains(t, order[:2], 7, "%v", order)
	c.Close()
}

func TestOneBadBatchDoesNotTakeTheOthers(t *testing.T) {
	s := newSlow()
	c := New(s, Options{})
	first := send(t.Context(), c, one())
	<-s.begun
	a, b := send(t.Context(), c, one()), send(t.Context(), c, one())
	wait(t, "two wait", func() bool { return waiting(c) == 2 })
	bad := errors.New("this one")
	for _, err := range []error{nil, bad, nil, bad} { // first; the group; then each alone
		s.results <- err
	}
	require.NoError(t, <-first)
	errs := []error{<-a, <-b}
	assert.ElementsMatch(t, []error{nil, bad}, errs)
	c.Close()
	assert.EqualValues(t, 4, s.calls.Load())
}

// TestAStoreThatIsAwayIsAskedOnce: to ask for each batch alone would only ask it more often.
func TestAStoreThatIsAwayIsAskedOnce(t *testing.T) {
	s := newSlow()
	c := New(s, Options{})
	first := send(t.Context(), c, one())
	<-s.begun
	a, b := send(t.Context(), c, one()), send(t.Context(), c, one())
	wait(t, "two wait", func() bool { return waiting(c) == 2 })
	s.results <- nil
	s.results <- fmt.Errorf("dial: %w", store.ErrUnavailable)
	require.NoError(t, <-first)
	require.ErrorIs(t, <-a, store.ErrUnavailable)
	require.ErrorIs(t, <-b, store.ErrUnavailable)
	assert.True(t, c.Away(time.Minute))
	assert.False(t, c.Away(0), "it is worth a try again")
	s.results <- nil
	require.NoError(t, c.Commit(t.Context(), one()))
	assert.False(t, c.Away(time.Minute))
	assert.EqualValues(t, 1, c.Failures())
	c.Close()
	assert.EqualValues(t, 3, s.calls.Load())
}

func TestACallerThatLeavesIsNotWritten(t *testing.T) {
	s := newSlow()
	c := New(s, Options{})
	first := send(t.Context(), c, one())
	<-s.begun
	ctx, cancel := context.WithCancel(t.Context())
	gone := send(ctx, c, one())
	wait(t, "it waits", func() bool { return waiting(c) == 1 })
	cancel()
	require.ErrorIs(t, <-gone, context.Canceled)
	s.results <- nil
	require.NoError(t, <-first)
	c.Close()
	assert.EqualValues(t, 1, s.calls.Load())
}

// TestACallerThatLeavesTakesItsBatch: it has paid for the memory, and does so no more, while the store takes its time.
func TestACallerThatLeavesTakesItsBatch(t *testing.T) {
	s := newSlow()
	c := New(s, Options{})
	first := send(t.Context(), c, one())
	<-s.begun
	ctx, cancel := context.WithCancel(t.Context())
	freed := make(chan struct{})
	var left []<-chan error
	func() { // no variable here holds it
		b := one()
		runtime.AddCleanup(b, func(struct{}) { close(freed) }, struct{}{})
		left = append(left, send(ctx, c, b))
	}()
	wait(t, "it waits", func() bool { return waiting(c) == 1 })
	cancel()
	require.ErrorIs(t, <-left[0], context.Canceled)
	wait(t, "the batch is gone, its place in the queue is not", func() bool {
		runtime.GC()
		select {
		case <-freed:
			return waiting(c) == 1
		default:
			return false
		}
	})
	s.results <- nil
	require.NoError(t, <-first)
	c.Close()
}

func TestATransactionHasATimeout(t *testing.T) {
	c := New(newSlow(), Options{Timeout: time.Millisecond})
	require.ErrorIs(t, c.Commit(t.Context(), one()), store.ErrUnavailable)
	c.Close()
}

// TestCloseLosesNothing closes while many commit: each caller has nil and is written, or ErrClosed and is not.
func TestCloseLosesNothing(t *testing.T) {
	s := &counting{}
	c := New(s, Options{Writers: 2})
	var ok, closed atomic.Int64
	var callers sync.WaitGroup
	for range 50 {
		callers.Go(func() {
			for range 100 {
				switch err := c.Commit(t.Context(), one()); {
				case err == nil:
					ok.Add(1)
				case errors.Is(err, ErrClosed):
					closed.Add(1)
				default:
					t.Error(err)
				}
			}
		})
	}
	time.Sleep(2 * time.Millisecond)
	c.Close()
	callers.Wait()
	assert.Equal(t, ok.Load(), s.n.Load())
	assert.EqualValues(t, 5000, ok.Load()+closed.Load())
}

type counting struct {
	store.Store
	n atomic.Int64
}

func (s *counting) Append(_ context.Context, batches []*store.Batch) error {
	s.n.Add(int64(len(batches)))
	return nil
}
