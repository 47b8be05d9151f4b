package main

/*
#include "internal.h"
*/
import "C"

import "time"

// A signal handler of the host that runs on the stack of Go's code finds at least so much of it.
const stackRoom = 64 << 10

//export sawgo_arrive
func sawgo_arrive() { roomy(false) }

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
