package share

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestAllows: clients take one at a time, in turns, until none may have more.
func TestAllows(t *testing.T) {
	for clients, each := range map[int]int64{1: 750, 2: 428, 3: 300, 10: 96} {
		own, free := make([]int64, clients), int64(1000)
		for more := true; more; {
			more = false
			for i := range own {
				if Allows(own[i], 1, free) {
					own[i]++
					free--
					more = true
				}
			}
		}
		for _, n := range own {
			assert.InDelta(t, each, n, 4, clients)
		}
		assert.True(t, Allows(0, 10, free), "one who comes with little")
	}
	assert.False(t, Allows(0, 11, 10))
	assert.True(t, Allows(0, 0, 0))
}
