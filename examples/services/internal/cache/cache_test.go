package cache

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// outcomes counts what a cache says.
type outcomes struct {
	mu sync.Mutex
	n  map[Outcome]int
}

func (o *outcomes) seen(what Outcome) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.n == nil {
		o.n = map[Outcome]int{}
	}
	o.n[what]++
}

func TestCache(t *testing.T) {
	var o outcomes
	c := New(NewMemory(1<<20), time.Minute, time.Second, o.seen)
	loads := 0
	get := func() string {
		value, err := c.Do(t.Context(), "k", func(context.Context) ([]byte, error) {
			loads++
			return fmt.Append(nil, loads), nil
		})
		require.NoError(t, err)
		return string(value)
	}
	assert.Equal(t, "1", get())
	assert.Equal(t, "1", get())
	c.Step(t.Context())
	assert.Equal(t, "2", get())
	assert.Equal(t, map[Outcome]int{Hit: 1, Miss: 2}, o.n)

	bad := errors.New("bad")
	_, err := c.Do(t.Context(), "e", func(context.Context) ([]byte, error) { return nil, bad })
	require.ErrorIs(t, err, bad)
	value, err := c.Do(t.Context(), "e", func(context.Context) ([]byte, error) { return []byte("ok"), nil })
	require.NoError(t, err)
	assert.Equal(t, "ok", string(value), "an error is not remembered")
}

func TestOneLoadForAll(t *testing.T) {
	var o outcomes
	c := New(NewMemory(1<<20), time.Minute, time.Minute, o.seen)
	begun, finish := make(chan struct{}), make(chan struct{})
	var loads atomic.Int64
	load := func(ctx context.Context) ([]byte, error) {
		loads.Add(1)
		close(begun)
		<-finish
		return []byte("v"), ctx.Err()
	}
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := c.Do(ctx, "k", load)
		left <- err
	}()
	<-begun
	leave() // the first caller goes away: the load goes on
	require.ErrorIs(t, <-left, context.Canceled)
	var callers sync.WaitGroup
	for range 20 {
		callers.Go(func() {
			value, err := c.Do(t.Context(), "k", load)
			assert.NoError(t, err)
			assert.Equal(t, "v", string(value))
		})
	}
	time.Sleep(5 * time.Millisecond)
	close(finish)
	callers.Wait()
	assert.EqualValues(t, 1, loads.Load())
}

// TestACommitWhileLoading: what was loaded before a commit is not what is found after it.
func TestACommitWhileLoading(t *testing.T) {
	c := New(NewMemory(1<<20), time.Minute, time.Minute, nil)
	data := "old"
	load := func(context.Context) ([]byte, error) { return []byte(data), nil }
	_, err := c.Do(t.Context(), "k", func(ctx context.Context) ([]byte, error) {
		value, err := load(ctx)
		data = "new"
		c.Step(ctx)
		return value, err
	})
	require.NoError(t, err)
	value, err := c.Do(t.Context(), "k", load)
	require.NoError(t, err)
	assert.Equal(t, "new", string(value))
}

type away struct{ Memory }

var errAway = errors.New("connection refused")

func (*away) Generation(context.Context) (int64, error) { return 0, errAway }
func (*away) Step(context.Context) error                { return errAway }

func TestABackendThatIsAway(t *testing.T) {
	var o outcomes
	c := New(&away{}, time.Minute, time.Minute, o.seen)
	for i := range 3 {
		value, err := c.Do(t.Context(), "k", func(context.Context) ([]byte, error) { return fmt.Append(nil, i), nil })
		require.NoError(t, err)
		assert.Equal(t, fmt.Sprint(i), string(value))
	}
	c.Step(t.Context())
	assert.Equal(t, map[Outcome]int{Failed: 4}, o.n)
}

func TestMemory(t *testing.T) {
	m := NewMemory(1000)
	now := time.Unix(0, 0)
	m.now = func() time.Time { return now }
	get := func(key string) bool {
		_, found, err := m.Get(t.Context(), key)
		require.NoError(t, err)
		return found
	}
	for i := range 100 {
		require.NoError(t, m.Set(t.Context(), fmt.Sprint(i), make([]byte, 100), time.Minute))
		assert.True(t, get("0") || i > 3, "what is used stays: %d", i)
	}
	assert.LessOrEqual(t, m.recent.Len(), 4)
	assert.GreaterOrEqual(t, m.left, 0)
	assert.True(t, get("99"))
	now = now.Add(time.Minute)
	assert.False(t, get("99"))
	require.NoError(t, m.Set(t.Context(), "big", make([]byte, 2000), time.Minute))
	assert.False(t, get("big"))
	assert.Equal(t, 1000, m.left)
}
