package main

/*
#include "internal.h"
*/
import "C"

import (
	"errors"
	"io"
	"strconv"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/goccy/go-json"

	sawlog "github.com/sawlog/sawlog/lib"
)

// reader is what a sawlog_reader stands for.
type reader struct {
	*sawlog.Reader
	schemas  schemas
	progress *C.saw_progress // in the handle
}

var readers table[reader]

//export sawgo_open_path
func sawgo_open_path(number C.uint32_t, path *C.char, n C.size_t, opts *C.char, optsN C.size_t, progress *C.saw_progress, out *C.uint32_t, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	o, wrong := readingOptions(opts, optsN)
	if wrong != nil {
		return fail(err, wrong)
	}
	paths := pathsOf(text(path, n))
	var r *sawlog.Reader
	if number == 0 {
		r, wrong = sawlog.OpenPaths(paths, o)
	} else {
		r, wrong = parsers.get(uint32(number)).Open(paths, o)
	}
	return keep(r, wrong, progress, out, err)
}

func readingOptions(opts *C.char, n C.size_t) (sawlog.Options, error) {
	o, err := sawlog.ParseOptions(text(opts, n))
	o.Allocator = memory{}
	if o.Threads == 0 {
		o.Threads = int(workers.Load())
	}
	return o, err
}

// pathsOf reads a path or a JSON array of paths.
func pathsOf(text string) []string {
	var list []string
	if len(text) > 0 && text[0] == '[' && json.Unmarshal([]byte(text), &list) == nil {
		return list
	}
	return []string{text}
}

func keep(r *sawlog.Reader, wrong error, progress *C.saw_progress, out *C.uint32_t, err *C.sawlog_error) C.int32_t {
	if wrong != nil {
		return fail(err, wrong)
	}
	made := &reader{Reader: r, progress: progress}
	made.report()
	*out = C.uint32_t(readers.add(made))
	return C.SAWLOG_OK
}

//export sawgo_open_fd
func sawgo_open_fd(number C.uint32_t, fd, closeFD C.int32_t, opts *C.char, optsN C.size_t, progress *C.saw_progress, out *C.uint32_t, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	o, wrong := readingOptions(opts, optsN)
	if wrong != nil {
		return fail(err, wrong)
	}
	// The reader works on a duplicate: it may be closed at any time, and the caller's descriptor only goes when all went well.
	own, wrong := duplicate(int(fd))
	if wrong != nil {
		return fail(err, &sawlog.ReadError{Kind: sawlog.KindIO, Path: "fd " + strconv.Itoa(int(fd)), Err: wrong})
	}
	var r *sawlog.Reader
	if number == 0 {
		r, wrong = sawlog.OpenFile(own, o)
	} else {
		r, wrong = parsers.get(uint32(number)).OpenFile(own, o)
	}
	if wrong != nil {
		_ = own.Close()
	} else if closeFD != 0 {
		closeDescriptor(int(fd))
	}
	return keep(r, wrong, progress, out, err)
}

//export sawgo_reader_next
func sawgo_reader_next(number C.uint32_t, how *C.sawlog_call, out **C.sawlog_batch, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	r := readers.get(uint32(number))
	ctx := callContext(how)
	defer ctx.end()
	b, wrong := r.NextContext(ctx.context())
	r.report()
	if errors.Is(wrong, io.EOF) {
		return C.SAWLOG_OK
	}
	if wrong != nil {
		return fail(err, wrong)
	}
	hand(b, &r.schemas, b.InputBytes() <= C.SAW_SMALL, nil, out)
	return C.SAWLOG_OK
}

// A call goes on taking batches for so long, since somebody waits for it, and up to so many bytes of input: more would leave the cache
// before the caller comes to look at the first.
const (
	takeFor   = 10 * time.Millisecond
	takeBytes = 6 << 20
)

//export sawgo_reader_take
func sawgo_reader_take(number C.uint32_t, how *C.sawlog_call, out **C.sawlog_batch, most C.int64_t, taken *C.int64_t, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	r := readers.get(uint32(number))
	ctx := callContext(how)
	defer ctx.end()
	list := unsafe.Slice(out, int(most))
	begun, bytes := time.Now(), int64(0)
	for i := range list {
		if i > 0 && (bytes >= takeBytes || !r.Ready() || time.Since(begun) > takeFor) {
			break
		}
		b, wrong := r.NextContext(ctx.context())
		r.report()
		if errors.Is(wrong, io.EOF) || wrong != nil && i > 0 { // the next call tells it again
			break
		}
		if wrong != nil {
			return fail(err, wrong)
		}
		bytes += b.InputBytes()
		hand(b, &r.schemas, b.InputBytes() <= C.SAW_SMALL, nil, &list[i])
		*taken = C.int64_t(i + 1)
	}
	return C.SAWLOG_OK
}

//export sawgo_reader_info
func sawgo_reader_info(number C.uint32_t, how *C.sawlog_call, out *C.sawlog_bytes, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	ctx := callContext(how)
	defer ctx.end()
	info, wrong := readers.get(uint32(number)).InfoContext(ctx.context())
	if wrong != nil {
		return fail(err, wrong)
	}
	return answer(out, info, err)
}

//export sawgo_reader_schema
func sawgo_reader_schema(number C.uint32_t, out **C.saw_schema, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	r := readers.get(uint32(number))
	s, wrong := r.Schema()
	if wrong != nil {
		return fail(err, wrong)
	}
	*out = r.schemas.twinOf(s, nil)
	return C.SAWLOG_OK
}

//export sawgo_reader_free
func sawgo_reader_free(number C.uint32_t) {
	defer ignore()
	if r := readers.remove(uint32(number)); r != nil {
		_ = r.Close()
		r.schemas.close()
	}
}

// report writes the figures where C readers see them. One thread at a time is here; the turn is odd meanwhile.
func (r *reader) report() {
	s := r.Stats()
	r.progress.stats.struct_size = C.sizeof_sawlog_read_stats
	turn := (*uint64)(unsafe.Pointer(&r.progress.turn))
	atomic.AddUint64(turn, 1)
	defer atomic.AddUint64(turn, 1)
	figures(&r.progress.stats, &s)
}

// figures writes stats as C sees them.
func figures(to *C.sawlog_read_stats, s *sawlog.Stats) {
	to.sources_done = C.int32_t(s.SourcesDone)
	to.bytes_in, to.bytes_out, to.bytes_total = C.int64_t(s.BytesIn), C.int64_t(s.BytesOut), C.int64_t(s.BytesTotal)
	to.lines, to.records, to.continuations, to.rejects = C.int64_t(s.Lines), C.int64_t(s.Records), C.int64_t(s.Continuations), C.int64_t(s.Rejects)
	for i, n := range s.Faults {
		to.rejects_by_fault[i] = C.int64_t(n)
	}
	to.nanoseconds = C.int64_t(s.Elapsed)
	to.filtered = C.int64_t(s.Filtered)
}
