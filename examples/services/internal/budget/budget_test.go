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
	first, second := b.Lease(), b.Lease()
	require.NoError(t, first.Grow(t.Context(), 60))
	require.NoError(t, second.Grow(t.Context(), 30))
	require.ErrorIs(t, second.Grow(t.Context(), 20), ErrExhausted)
	require.NoError(t, second.Grow(t.Context(), 10), "what was refused was not taken")
	require.ErrorIs(t, b.Lease().Grow(t.Context(), 1000), ErrNever, "more than there is at all")
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
	first, second := b.Lease(), b.Lease()
	require.NoError(t, first.Grow(t.Context(), 100))
	got := make(chan error)
	go func() { got <- second.Grow(t.Context(), 50) }()
	first.Release()
	require.NoError(t, <-got)
}
