//go:build sawlog_faults

package main

/*
#include <stdlib.h>
static const char *wanted(void) { return getenv("SAWLOG_FAULT"); }
*/
import "C"

// fault panics at the point that the environment variable SAWLOG_FAULT names. It asks C, since Go knows only the environment of the
// process's start.
func fault(point string) {
	if name := C.wanted(); name != nil && C.GoString(name) == point {
		panic("injected at " + point)
	}
}
