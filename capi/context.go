package main

/*
#include "internal.h"
*/
import "C"

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// call is a context.Context over the caller's cancel flag and time. Err looks at the flag itself; only who asks for Done has it watched,
// until the call ends, since the flag is the caller's memory. What was seen once stays: the caller may take the flag back at any time.
type call struct {
	flag     *int32
	deadline time.Time // zero: none
	done     chan struct{}
	seen     atomic.Int32
}

// What a call has seen.
const (
	cancelled = iota + 1
	late
)

// watched are the calls whose flags are looked at while they wait for input, all by one goroutine: starting and ending one for each call
// would be two more switches of threads for each. It stays for a while when there is nothing to do.
var watched struct {
	sync.Mutex
	calls []*call
	runs  bool // the goroutine
}

const (
	poll    = 2 * time.Millisecond // how often it looks
	lingers = 50                   // and how often in vain before it ends
)

// callContext reads a sawlog_call; nil when there is nothing to watch.
func callContext(how *C.sawlog_call) *call {
	if how.cancel == nil && how.wait_ms == 0 {
		return nil
	}
	c := &call{flag: (*int32)(unsafe.Pointer(how.cancel))}
	if how.wait_ms > 0 {
		c.deadline = time.Now().Add(time.Duration(how.wait_ms) * time.Millisecond)
	}
	return c
}

// context is c, or the background for nil.
func (c *call) context() context.Context {
	if c == nil {
		return context.Background()
	}
	return c
}

// end stops watching: afterwards nobody looks at the flag.
func (c *call) end() {
	if c == nil || c.done == nil {
		return
	}
	watched.Lock()
	defer watched.Unlock()
	if i := slices.Index(watched.calls, c); i >= 0 {
		watched.calls = slices.Delete(watched.calls, i, i+1)
	}
}

// Deadline is part of context.Context.
func (c *call) Deadline() (time.Time, bool) { return c.deadline, !c.deadline.IsZero() }

// Value is part of context.Context.
func (c *call) Value(any) any { return nil }

// Err is part of context.Context.
func (c *call) Err() error {
	if c.seen.Load() == 0 {
		c.see()
	}
	switch c.seen.Load() {
	case cancelled:
		return context.Canceled
	case late:
		return context.DeadlineExceeded
	}
	return nil
}

// see looks at the flag and the time. Of two goroutines the first says what it was.
func (c *call) see() {
	if c.flag != nil && atomic.LoadInt32(c.flag) != 0 {
		c.seen.CompareAndSwap(0, cancelled)
	} else if !c.deadline.IsZero() && !time.Now().Before(c.deadline) {
		c.seen.CompareAndSwap(0, late)
	}
}

// Done is part of context.Context. Only the goroutine of the call asks for it.
func (c *call) Done() <-chan struct{} {
	if c.done == nil {
		c.done = make(chan struct{})
		watched.Lock()
		defer watched.Unlock()
		watched.calls = append(watched.calls, c)
		if !watched.runs {
			watched.runs = true
			go watch()
		}
	}
	return c.done
}

func watch() {
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for vain := 0; look(&vain); {
		<-ticker.C
	}
}

// look tells the calls that are done; false: the goroutine is not needed any more.
func look(vain *int) bool {
	watched.Lock()
	defer watched.Unlock()
	if *vain++; len(watched.calls) > 0 {
		*vain = 0
	}
	watched.calls = slices.DeleteFunc(watched.calls, func(c *call) bool {
		if c.Err() == nil {
			return false
		}
		close(c.done)
		return true
	})
	watched.runs = *vain < lingers
	return watched.runs
}
