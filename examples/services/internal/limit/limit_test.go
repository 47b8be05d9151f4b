package limit

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestRates(t *testing.T) {
	r := New(2, 3, 10)
	now := time.Unix(0, 0)
	allowed := func(name string) (n int) {
		for range 10 {
			if _, ok := r.Allow(name, now); ok {
				n++
			}
		}
		return n
	}
	assert.Equal(t, 3, allowed("a"), "the burst")
	assert.Equal(t, 3, allowed("b"), "another client has its own")
	wait, ok := r.Allow("a", now)
	assert.False(t, ok)
	assert.Equal(t, 500*time.Millisecond, wait, "being refused costs nothing")
	now = now.Add(wait)
	assert.Equal(t, 1, allowed("a"))

	for i := range 1000 {
		r.Allow(fmt.Sprint(i), now)
	}
	assert.Len(t, r.clients, 10)
	assert.Equal(t, 10, r.recent.Len())
}

func TestNoLimit(t *testing.T) {
	r := New(0, 0, 0)
	for range 1000 {
		_, ok := r.Allow("a", time.Time{})
		assert.True(t, ok)
	}
	assert.Empty(t, r.clients)
}
