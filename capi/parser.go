package main

/*
#include "internal.h"
*/
import "C"

import (
	"sync/atomic"
	"unsafe"

	sawlog "github.com/sawlog/sawlog/lib"
)

// parser is what a sawlog_parser stands for.
type parser struct {
	*sawlog.Parser
	schemas schemas
	single  *sawlog.Parser // the same, in Go's memory
	// Those for small texts that no call is using; none when the schema depends on the input. They go with the parser: a sync.Pool would keep
	// it and them for another collection or two, so that a host that makes many parsers has the more of them the larger the heap is.
	idle  [idle]atomic.Pointer[sawlog.RecordParser]
	sheet atomic.Pointer[sheet]
}

var parsers table[parser]

//export sawgo_parser_new
func sawgo_parser_new(definition *C.char, n C.size_t, out *C.uint32_t, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	fault("export")
	p, wrong := newParser(text(definition, n))
	if wrong != nil {
		return fail(err, wrong)
	}
	*out = C.uint32_t(parsers.add(p))
	return C.SAWLOG_OK
}

func newParser(definition string) (*parser, error) {
	single, err := sawlog.NewParser(definition)
	if err != nil {
		return nil, err
	}
	return &parser{Parser: single.WithAllocator(memory{}), single: single}, nil
}

//export sawgo_parser_free
func sawgo_parser_free(number C.uint32_t) {
	defer ignore()
	if p := parsers.remove(uint32(number)); p != nil {
		p.schemas.close()
		if s := p.sheet.Load(); s != nil {
			C.saw_host_schema_release(s.twin)
		}
	}
}

//export sawgo_parser_info
func sawgo_parser_info(number C.uint32_t, out *C.sawlog_bytes, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	return answer(out, parsers.get(uint32(number)).Info(), err)
}

//export sawgo_parser_explain
func sawgo_parser_explain(number C.uint32_t, line *C.uint8_t, n C.size_t, out *C.sawlog_bytes, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	return answer(out, parsers.get(uint32(number)).Explain(memoryAt(unsafe.Pointer(line), int(n))), err)
}

//export sawgo_parse
func sawgo_parse(number C.uint32_t, data *C.uint8_t, n C.size_t, how *C.sawlog_call, out **C.sawlog_batch, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	p := parsers.get(uint32(number))
	input := memoryAt(unsafe.Pointer(data), int(n))
	if n <= C.SAW_SMALL && p.Schema() != nil && how.cancel == nil && how.wait_ms == 0 {
		return p.once(input, out, err, (*sawlog.RecordParser).ParseText)
	}
	ctx := callContext(how)
	defer ctx.end()
	b, wrong := p.ParseContext(ctx.context(), input)
	if wrong != nil {
		return fail(err, wrong)
	}
	hand(b, &p.schemas, n <= C.SAW_SMALL, input, out)
	return C.SAWLOG_OK
}

//export sawgo_parse_record
func sawgo_parse_record(number C.uint32_t, data *C.uint8_t, n C.size_t, out **C.sawlog_batch, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	fault("record")
	p := parsers.get(uint32(number))
	line := memoryAt(unsafe.Pointer(data), int(n))
	if p.Schema() == nil { // its columns are those of this line alone
		r, wrong := p.single.NewRecordParser(line)
		if wrong != nil {
			return fail(err, wrong)
		}
		defer r.Close()
		copyOut(r.Parse(line), &p.schemas, out)
		return C.SAWLOG_OK
	}
	return p.once(line, out, err, (*sawlog.RecordParser).Parse)
}

// once parses a small text in memory that is used again.
func (p *parser) once(text []byte, out **C.sawlog_batch, err *C.sawlog_error, parse func(*sawlog.RecordParser, []byte) *sawlog.Batch) C.int32_t {
	r := p.take()
	if r == nil {
		var wrong error
		if r, wrong = p.single.NewRecordParser(text); wrong != nil {
			return fail(err, wrong)
		}
	}
	if b := parse(r, text); !p.copyRow(b, *out) {
		copyOut(b, &p.schemas, out)
	}
	if len(text) <= keepUpTo { // a state that has seen a huge line would keep its memory
		p.put(r)
	}
	return C.SAWLOG_OK
}

const (
	keepUpTo = 64 << 10
	idle     = 4
)

func (p *parser) take() *sawlog.RecordParser {
	for i := range p.idle {
		if r := p.idle[i].Load(); r != nil && p.idle[i].CompareAndSwap(r, nil) {
			return r
		}
	}
	return nil
}

func (p *parser) put(r *sawlog.RecordParser) {
	for i := range p.idle {
		if p.idle[i].Load() == nil && p.idle[i].CompareAndSwap(nil, r) {
			return
		}
	}
}
