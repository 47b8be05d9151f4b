// Command capi is the C library: build it with -buildmode=c-shared or c-archive. The functions exported here are not the public ones;
// those are C (see internal.h) and come in through the table of reload.c.
package main

/*
#cgo CFLAGS: -std=gnu11 -O2 -fvisibility=hidden -Wall -Wextra -Wno-unused-parameter
#cgo valgrind CFLAGS: -DSAW_VALGRIND
#cgo sawlog_faults CFLAGS: -DSAW_FAULTS
#cgo linux LDFLAGS: -lpthread -ldl
#cgo windows CFLAGS: -D__USE_MINGW_ANSI_STDIO=1
#include "internal.h"
*/
import "C"

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"unsafe"

	"github.com/goccy/go-json"

	sawlog "github.com/sawlog/sawlog/lib"
)

func main() {}

//export sawgo_configure
func sawgo_configure(text *C.char, n C.size_t, config *C.saw_config, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	s, wrong := parseSettings(borrow(text, n))
	if wrong != nil {
		return fail(err, wrong)
	}
	*config = C.saw_config{number(s.gcPercent), number(s.memoryLimit), number(s.maxThreads), number(s.afterFork)}
	apply(config)
	return C.SAWLOG_OK
}

func number(v *int64) C.int64_t {
	if v == nil {
		return C.INT64_MIN
	}
	return C.int64_t(*v)
}

//export sawgo_apply
func sawgo_apply(config *C.saw_config) {
	defer ignore()
	apply(config)
}

func apply(config *C.saw_config) {
	if config.gc_percent != C.INT64_MIN {
		debug.SetGCPercent(int(config.gc_percent))
	}
	if config.memory_limit != C.INT64_MIN {
		limit := int64(config.memory_limit)
		if limit <= 0 {
			limit = math.MaxInt64
		}
		debug.SetMemoryLimit(limit)
	}
	if config.max_threads > 0 {
		use(int(config.max_threads))
	}
}

// workers is how many workers a reader has that does not say how many.
var workers atomic.Int64

func init() {
	use(runtime.GOMAXPROCS(0))
	// Go collects when its heap has grown to 4 MB: several times while formats are compiled for the first detection, which doubled what that
	// takes. At 12 MB it is still small. What GOGC says otherwise stays.
	if given := debug.SetGCPercent(collectAt); given != 100 {
		debug.SetGCPercent(given)
	}
}

const collectAt = 300

// use makes Go run on n processors and one more for the caller's threads: a thread of the host that comes into Go must not wait until a
// worker is at the end of its block. On one processor there are no workers, but while the host is at work between two calls, Go's monitor
// would take its only processor from the thread, give it back with the next call, and then look every 20 us whether to take it again.
func use(n int) {
	workers.Store(int64(n))
	runtime.GOMAXPROCS(n + 1)
}

//export sawgo_stats
func sawgo_stats(heap, collections *C.int64_t) {
	defer ignore()
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(samples)
	*heap, *collections = C.int64_t(samples[0].Value.Uint64()), C.int64_t(samples[1].Value.Uint64())
}

//export sawgo_release_memory
func sawgo_release_memory() C.int64_t {
	defer ignore()
	before := released()
	runtime.GC() // what a sync.Pool keeps goes with the second collection
	debug.FreeOSMemory()
	return C.int64_t(max(released()-before, 0))
}

func released() int64 {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return int64(samples[0].Value.Uint64())
}

//export sawgo_build_info
func sawgo_build_info(out *C.sawlog_bytes, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	return answer(out, buildInfo(), err)
}

//export sawgo_formats
func sawgo_formats(out *C.sawlog_bytes, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	all := sawlog.Formats()
	infos := make([]formatInfo, len(all))
	for i := range all {
		infos[i] = describe(all[i])
	}
	return answer(out, infos, err)
}

//export sawgo_describe
func sawgo_describe(name *C.char, n C.size_t, out *C.sawlog_bytes, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	info, wrong := sawlog.DescribeFormat(text(name, n))
	if wrong != nil {
		return fail(err, wrong)
	}
	return answer(out, describe(info), err)
}

// formatInfo is a format as the bindings show it: the definition as JSON in JSON, the fields as an object in their order.
type formatInfo struct {
	Name       string          `json:"name"`
	Title      string          `json:"title"`
	URL        string          `json:"url"`
	Aliases    []string        `json:"aliases,omitempty"`
	Definition json.RawMessage `json:"definition"`
	Fields     fieldList       `json:"fields"`
	Sample     string          `json:"sample"`
}

type fieldList []sawlog.FieldInfo

// MarshalJSON writes {name: type}, in the order of the fields.
func (l fieldList) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, f := range l {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, quote(f.Name)...), ':'), quote(f.Type)...)
	}
	return append(out, '}'), nil
}

func describe(f sawlog.FormatInfo) formatInfo {
	definition := json.RawMessage(f.Definition)
	if !json.Valid(definition) {
		definition = quote(f.Definition)
	}
	return formatInfo{Name: f.Name, Title: f.Title, URL: f.URL, Aliases: f.Aliases, Definition: definition, Fields: f.Fields, Sample: f.Sample}
}

//export sawgo_detect
func sawgo_detect(data *C.uint8_t, n C.size_t, opts *C.char, optsN C.size_t, out *C.sawlog_bytes, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	if _, wrong := sawlog.ParseOptions(text(opts, optsN)); wrong != nil {
		return fail(err, wrong)
	}
	return answer(out, sawlog.Detect(memoryAt(unsafe.Pointer(data), int(n))), err)
}

//export sawgo_detect_path
func sawgo_detect_path(path *C.char, n C.size_t, opts *C.char, optsN C.size_t, out *C.sawlog_bytes, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	o, wrong := sawlog.ParseOptions(text(opts, optsN))
	if wrong != nil {
		return fail(err, wrong)
	}
	d, wrong := sawlog.DetectPath(text(path, n), o)
	if wrong != nil {
		return fail(err, wrong)
	}
	return answer(out, d, err)
}
