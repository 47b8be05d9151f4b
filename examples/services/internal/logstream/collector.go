package logstream

import (
	"os"
	"runtime/debug"
)

// idle is memory that is never touched, so that it costs address space only. It is there for the collector to count: see RareCollections.
var idle []byte

// RareCollections makes the garbage collector run seldom, unless GOGC says how it is to run. What lives is little and bounded, so that with Go's
// own setting it would run each time some megabytes have come and gone; now it waits until as much has come and gone as lives, and idle with it.
func RareCollections() {
	if os.Getenv("GOGC") == "" && idle == nil {
		idle = make([]byte, 48<<20)
		debug.SetGCPercent(100)
	}
}
