package main

/*
#include "internal.h"
*/
import "C"

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// call is a context.Context over the caller's cancel flag and time. Err looks at the flag itself; only who asks for Done costs a
// goroutine, which has ended before the call does, since the flag is the caller's memory.
type call struct {
	flag     *int32
	deadline time.Time // zero: none
	once     sync.Once
	done     chan struct{}
	stop     chan struct{}
	ended    chan struct{}
}

// poll is how often the flag is looked at while the call waits for input.
const poll = 2 * time.Millisecond

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

// end stops watching.
func (c *call) end() {
	if c == nil {
		return
	}
	c.once.Do(func() {}) // from here on nobody begins to watch
	if c.stop != nil {
		close(c.stop)
		<-c.ended
	}
}

// Deadline is part of context.Context.
func (c *call) Deadline() (time.Time, bool) { return c.deadline, !c.deadline.IsZero() }

// Value is part of context.Context.
func (c *call) Value(any) any { return nil }

// Err is part of context.Context.
func (c *call) Err() error {
	if c.flag != nil && atomic.LoadInt32(c.flag) != 0 {
		return context.Canceled
	}
	if !c.deadline.IsZero() && !time.Now().Before(c.deadline) {
		return context.DeadlineExceeded
	}
	return nil
}

// Done is part of context.Context.
func (c *call) Done() <-chan struct{} {
	c.once.Do(func() {
		c.done, c.stop, c.ended = make(chan struct{}), make(chan struct{}), make(chan struct{})
		go c.watch()
	})
	return c.done
}

func (c *call) watch() {
	defer close(c.ended)
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for c.Err() == nil {
		select {
		case <-c.stop:
			return
		case <-ticker.C:
		}
	}
	close(c.done)
}
