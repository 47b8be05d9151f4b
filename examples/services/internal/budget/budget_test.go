package budget

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBudget(t *testing.T) {
	b := New(100, time.Millisecond)
	first, second := b.Lease("a"), b.Lease("b")
	require.NoError(t, first.Grow(t.Context(), 60))
	require.NoError(t, second.Grow(t.Context(), 30))
	require.ErrorIs(t, second.Grow(t.Context(), 20), ErrExhausted)
	require.NoError(t, second.Grow(t.Context(), 10), "what was refused was not taken")
	require.ErrorIs(t, b.Lease("c").Grow(t.Context(), 1000), ErrNever, "more than there is at all")
	require.ErrorIs(t, second.Grow(t.Context(), 61), ErrNever, "with what it has")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, second.Grow(ctx, 10), context.Canceled)
	first.Release()
	first.Release()
	require.NoError(t, second.Grow(t.Context(), 60))
	assert.EqualValues(t, 100, second.held)
}

func TestWhoWaitsGetsWhatIsGivenBack(t *testing.T) {
	b := New(100, 5*time.Second)
	first, second := b.Lease("a"), b.Lease("b")
	require.NoError(t, first.Grow(t.Context(), 100))
	got := make(chan error)
	go func() { got <- second.Grow(t.Context(), 50) }()
	first.Release()
	require.NoError(t, <-got)
}

// TestOneClientLeavesRoom for others, whatever it wants, and has all that others have given back when they are gone.
func TestOneClientLeavesRoom(t *testing.T) {
	b := New(1000, time.Millisecond)
	var greedy []*Lease
	var err error
	for err == nil {
		l := b.Lease("greedy")
		if err = l.Grow(t.Context(), 10); err == nil {
			greedy = append(greedy, l)
		}
	}
	require.ErrorIs(t, err, ErrShare)
	assert.Len(t, greedy, 75)
	modest := b.Lease("modest")
	require.NoError(t, modest.Grow(t.Context(), 200), "three quarters of what is left after it")
	require.NoError(t, modest.Grow(t.Context(), 50), "and, for its only request, whatever there is")
	require.ErrorIs(t, b.Lease("third").Grow(t.Context(), 10), ErrExhausted)
	modest.Release()
	require.NoError(t, b.Lease("third").Grow(t.Context(), 10))
	for _, l := range greedy {
		l.Release()
	}
	assert.EqualValues(t, 990, b.free)
	assert.Len(t, b.clients, 1)
	assert.Empty(t, b.waiting)
}

// TestWhoHasItsShareHoldsUpNobody though it has come first; who wants much does, or it would never have it.
func TestWhoHasItsShareHoldsUpNobody(t *testing.T) {
	b := New(100, 5*time.Second)
	first, second := b.Lease("greedy"), b.Lease("greedy")
	require.NoError(t, first.Grow(t.Context(), 60))
	grow := func(l *Lease, n int64) <-chan error {
		got := make(chan error, 1)
		go func() { got <- l.Grow(t.Context(), n) }()
		return got
	}
	waits := func(n int) {
		require.Eventually(t, func() bool { b.mu.Lock(); defer b.mu.Unlock(); return len(b.waiting) == n }, time.Second, time.Millisecond)
	}
	share := grow(second, 30)
	waits(1)
	other := b.Lease("other")
	require.NoError(t, other.Grow(t.Context(), 5))
	much := b.Lease("much")
	whole := grow(much, 90)
	waits(2)
	little := grow(b.Lease("little"), 5)
	waits(3)
	other.Release()
	first.Release()
	require.NoError(t, <-share)
	second.Release()
	require.NoError(t, <-whole)
	require.NoError(t, <-little)
}
