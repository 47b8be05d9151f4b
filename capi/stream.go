package main

/*
#include "internal.h"
*/
import "C"

import (
	"unsafe"

	sawlog "github.com/sawlog/sawlog/lib"
)

// stream is what a sawlog_stream stands for.
type stream struct {
	*sawlog.Stream
	schemas schemas
}

var streams table[stream]

//export sawgo_stream_new
func sawgo_stream_new(number C.uint32_t, opts *C.char, n C.size_t, out *C.uint32_t, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	o, wrong := sawlog.ParseOptions(text(opts, n))
	if wrong != nil {
		return fail(err, wrong)
	}
	s, wrong := parsers.get(uint32(number)).Stream(o)
	if wrong != nil {
		return fail(err, wrong)
	}
	*out = C.uint32_t(streams.add(&stream{Stream: s}))
	return C.SAWLOG_OK
}

//export sawgo_stream_feed
func sawgo_stream_feed(number C.uint32_t, data *C.uint8_t, n C.size_t, how *C.sawlog_call, out **C.sawlog_batch, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	s := streams.get(uint32(number))
	if c := callContext(how); c != nil && c.Err() != nil {
		return fail(err, c.Err())
	}
	b, wrong := s.Feed(memoryAt(unsafe.Pointer(data), int(n)))
	return s.pass(b, wrong, out, err)
}

//export sawgo_stream_flush
func sawgo_stream_flush(number C.uint32_t, out **C.sawlog_batch, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	s := streams.get(uint32(number))
	b, wrong := s.Flush()
	return s.pass(b, wrong, out, err)
}

// pass hands a batch on, when there is one.
func (s *stream) pass(b *sawlog.Batch, wrong error, out **C.sawlog_batch, err *C.sawlog_error) C.int32_t {
	if wrong == nil && b != nil {
		hand(b, &s.schemas, b.InputBytes() <= C.SAW_SMALL, nil, out)
	}
	return fail(err, wrong)
}

//export sawgo_stream_free
func sawgo_stream_free(number C.uint32_t) {
	defer ignore()
	if s := streams.remove(uint32(number)); s != nil {
		s.Close()
		s.schemas.close()
	}
}
