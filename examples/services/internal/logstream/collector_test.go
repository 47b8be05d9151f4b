package logstream

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the collector is to count takes no memory, also where the heap has been larger before.
func TestIdleMemoryTakesNone(t *testing.T) {
	if resident() == 0 {
		t.Skip("it needs /proc/self/statm")
	}
	var used [][]byte
	for range 1000 {
		part := make([]byte, 100<<10)
		for i := 0; i < len(part); i += 4096 {
			part[i] = 1
		}
		used = append(used, part)
	}
	runtime.KeepAlive(used)
	used = nil
	runtime.GC()
	before := resident()
	idle := make([]byte, 256<<20)
	untouch(idle)
	require.Less(t, resident()-before, int64(100<<20))
	runtime.KeepAlive(idle)
}
