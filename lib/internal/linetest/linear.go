package linetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Linear holds run, which does something of size n, to time in proportion to that: of 16 times the size it may take 80 times as long, with the
// square of it it would take 256 times. Both are timed in turns in one run and the best of three counts, so that a machine that is busy changes
// little. What n takes should be a millisecond at least.
func Linear(t testing.TB, n int, run func(n int)) {
	t.Helper()
	once := func(n int) time.Duration {
		start := time.Now()
		run(n)
		return time.Since(start)
	}
	short, long := once(n), once(16*n)
	for range 2 {
		short, long = min(short, once(n)), min(long, once(16*n))
	}
	require.Less(t, long, 80*short+20*time.Millisecond, "16 times the size; once takes %v", short)
}
