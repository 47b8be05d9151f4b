package main

/*
#include "internal.h"
*/
import "C"

import (
	"runtime/debug"
	"time"
)

// A signal handler of the host that runs on the stack of Go's code finds at least so much of it.
const stackRoom = 64 << 10

// sawgo_arrive is called before the first call of a thread. Where Go code there meets memory that is not there, it panics, so that the call has
// an error: the host may have given us a file that it has mapped, which somebody makes shorter.
//
//export sawgo_arrive
func sawgo_arrive() {
	roomy(false)
	debug.SetPanicOnFault(true)
}

// roomy has a frame that makes the stack of who calls it large; it stays so (gcshrinkstackoff, build-library.sh).
//
//go:noinline
func roomy(use bool) {
	if use {
		var room [stackRoom]byte
		touch(&room)
	}
}

//go:noinline
func touch(room *[stackRoom]byte) { room[0]++ }

// sawgo_poller lets Go make its poller, as every timer does.
//
//export sawgo_poller
func sawgo_poller() { time.AfterFunc(time.Hour, func() {}).Stop() }
