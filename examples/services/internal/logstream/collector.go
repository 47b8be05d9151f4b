package logstream

import (
	"os"
	"runtime/debug"
)

// idle is memory that is never touched, so that it costs address space only. It is there for the collector to count: see RareCollections.
var idle []byte

// RareCollections makes the garbage collector run seldom, unless GOGC says how it is to run. What lives is little and bounded, so that with Go's
// own setting it would run each time some megabytes have come and gone; now it waits for half of idle, and for half of what lives: memory grows
// with what lives less than it would.
func RareCollections() {
	if os.Getenv("GOGC") == "" && idle == nil {
		idle = make([]byte, 256<<20)
		untouch(idle)
		debug.SetGCPercent(50)
	}
}
