package main

/*
#include "internal.h"
*/
import "C"

import (
	"bytes"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/goccy/go-json"

	sawlog "github.com/sawlog/sawlog/lib"
	"github.com/sawlog/sawlog/lib/record"
)

// schemaFrom reads the schema's JSON back.
func schemaFrom(c *C.saw_schema) (*record.Schema, error) {
	var list []sawlog.SchemaField
	if err := json.Unmarshal(memoryAt(unsafe.Pointer(c.json), int(c.json_n)), &list); err != nil {
		return nil, err
	}
	fields := make([]record.Field, len(list))
	for i, f := range list {
		field, err := record.ParseTypeName(f.Type)
		if err != nil {
			return nil, err
		}
		field.Name, field.Dictionary, field.Path, field.Overflow = f.Name, f.Dictionary, f.Path, f.Overflow
		fields[i] = field
	}
	return record.NewSchema(fields)
}

// schemas keeps the C twin of the schema that was used last: most parsers have only one.
type schemas struct {
	mu     sync.Mutex
	last   *sawlog.Schema
	twin   *C.saw_schema // one reference
	closed bool
}

// twinOf is a new reference to the C twin of s: to hint, if that is one (after fork() the parent's may be there).
func (k *schemas) twinOf(s *sawlog.Schema, hint *C.saw_schema) *C.saw_schema {
	k.mu.Lock()
	if k.twin != nil && k.last == s {
		twin := retain(k.twin)
		k.mu.Unlock()
		return twin
	}
	defer k.mu.Unlock()
	if k.twin != nil && slices.EqualFunc(k.last.Fields, s.Fields, sameField) {
		k.last = s
		return retain(k.twin)
	}
	text, err := json.MarshalWithOption(sawlog.DescribeSchema(s), json.DisableHTMLEscape())
	if err != nil {
		panic(err)
	}
	var twin *C.saw_schema
	if hint != nil && bytes.Equal(text, memoryAt(unsafe.Pointer(hint.json), int(hint.json_n))) {
		twin = retain(hint)
	} else if twin = C.saw_host_schema_parse((*C.char)(unsafe.Pointer(unsafe.SliceData(text))), C.size_t(len(text))); twin == nil {
		panic(errMemory)
	}
	if !k.closed {
		C.saw_host_schema_release(k.twin)
		k.last, k.twin = s, retain(twin)
	}
	return twin
}

func sameField(a, b record.Field) bool {
	if a.Type.Nested() && a.TypeName() != b.TypeName() {
		return false
	}
	return a.Name == b.Name && a.Type == b.Type && a.Dictionary == b.Dictionary && a.Overflow == b.Overflow && slices.Equal(a.Inferred(), b.Inferred()) && slices.Equal(a.Path, b.Path)
}

func retain(s *C.saw_schema) *C.saw_schema {
	atomic.AddInt64((*int64)(unsafe.Pointer(&s.refs)), 1)
	return s
}

// become gives c a schema, of which it takes over a reference.
func become(c *C.sawlog_batch, schema *C.saw_schema) {
	if c.schema == schema { // as mostly: it needs no second one
		atomic.AddInt64((*int64)(unsafe.Pointer(&schema.refs)), -1)
		return
	}
	if c.schema != nil {
		C.saw_host_schema_release(c.schema)
	}
	c.schema = schema
}

// close lets the twin go; calls that still run make their own.
func (k *schemas) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	C.saw_host_schema_release(k.twin)
	k.last, k.twin, k.closed = nil, nil, true
}
