package main

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func watching() (calls int, runs bool) {
	watched.Lock()
	defer watched.Unlock()
	return len(watched.calls), watched.runs
}

func TestFlagsAreWatchedUntilTheCallEnds(t *testing.T) {
	var flags [3]int32
	calls := make([]*call, len(flags))
	for i := range flags {
		calls[i] = &call{flag: &flags[i]}
		assert.Equal(t, calls[i].Done(), calls[i].Done(), "it is one channel")
	}
	n, runs := watching()
	assert.Equal(t, 3, n)
	assert.True(t, runs)
	calls[0].end()
	n, _ = watching()
	assert.Equal(t, 2, n, "nobody looks at the flag of a call that has ended")

	atomic.StoreInt32(&flags[1], 1)
	select {
	case <-calls[1].Done():
	case <-time.After(10 * time.Second):
		t.Fatal("the flag was not seen")
	}
	assert.Equal(t, context.Canceled, calls[1].Err())
	assert.NoError(t, calls[2].Err())
	calls[1].end()
	calls[2].end()
	assert.Eventually(t, func() bool { n, runs := watching(); return n == 0 && !runs }, 10*time.Second, time.Millisecond, "the goroutine stays")

	late := &call{deadline: time.Now().Add(3 * time.Millisecond)}
	select {
	case <-late.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("the time was not seen")
	}
	assert.Equal(t, context.DeadlineExceeded, late.Err())
	late.end()
}

// A host may have one flag for several readers, and take it back while some of their calls are still under way.
func TestACancelledCallStaysSo(t *testing.T) {
	var flag int32
	c := &call{flag: &flag}
	defer c.end()
	assert.NoError(t, c.Err())
	atomic.StoreInt32(&flag, 1)
	<-c.Done()
	atomic.StoreInt32(&flag, 0)
	assert.Equal(t, context.Canceled, c.Err())
	assert.NoError(t, (&call{flag: &flag}).Err(), "the next call goes on")
}
