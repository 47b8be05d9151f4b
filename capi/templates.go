package main

/*
#include "internal.h"
*/
import "C"

import (
	"unsafe"

	sawlog "github.com/sawlog/sawlog/lib"
)

var templates table[sawlog.Templates]

//export sawgo_templates_new
func sawgo_templates_new(options *C.char, n C.size_t, out *C.uint32_t, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	o, wrong := sawlog.ParseTemplateOptions(text(options, n))
	if wrong != nil {
		return fail(err, wrong)
	}
	*out = C.uint32_t(templates.add(sawlog.NewTemplates(o)))
	return C.SAWLOG_OK
}

//export sawgo_templates_load
func sawgo_templates_load(saved *C.uint8_t, n C.size_t, out *C.uint32_t, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	t, wrong := sawlog.LoadTemplates(memoryAt(unsafe.Pointer(saved), int(n)))
	if wrong != nil {
		return fail(err, wrong)
	}
	*out = C.uint32_t(templates.add(t))
	return C.SAWLOG_OK
}

//export sawgo_templates_add
func sawgo_templates_add(number C.uint32_t, texts *C.saw_span, n C.size_t, ids *C.int64_t, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	t, to := templates.get(uint32(number)), unsafe.Slice(ids, int(n))
	for i, s := range unsafe.Slice(texts, int(n)) {
		to[i] = 0
		if s.at != nil {
			to[i] = C.int64_t(t.Add(memoryAt(unsafe.Pointer(s.at), int(s.n))))
		}
	}
	return C.SAWLOG_OK
}

//export sawgo_templates_add_lines
func sawgo_templates_add_lines(number C.uint32_t, data *C.uint8_t, n C.size_t, ids *C.int64_t, room C.size_t, lines *C.size_t, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	var to []int64
	if room > 0 {
		to = unsafe.Slice((*int64)(unsafe.Pointer(ids)), int(room))[:0] // what has no room there goes on in memory of Go
	}
	got := templates.get(uint32(number)).AddLines(to, memoryAt(unsafe.Pointer(data), int(n)))
	*lines = C.size_t(len(got))
	return C.SAWLOG_OK
}

//export sawgo_templates_list
func sawgo_templates_list(number C.uint32_t, out *C.sawlog_bytes, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	return answer(out, templates.get(uint32(number)).List(), err)
}

//export sawgo_templates_match
func sawgo_templates_match(number C.uint32_t, message *C.uint8_t, n C.size_t, out *C.sawlog_bytes, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	id, form, values, ok := templates.get(uint32(number)).Match(memoryAt(unsafe.Pointer(message), int(n)))
	if !ok {
		return answer(out, nil, err)
	}
	return answer(out, match{id, form, append([]string{}, values...)}, err)
}

type match struct {
	ID     int64    `json:"id"`
	Text   string   `json:"text"`
	Values []string `json:"values"`
}

//export sawgo_templates_resolve
func sawgo_templates_resolve(number C.uint32_t, ids *C.int64_t, n C.size_t, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	t := templates.get(uint32(number))
	list := unsafe.Slice(ids, int(n))
	for i, id := range list {
		now, _ := t.Resolve(int64(id))
		list[i] = C.int64_t(now)
	}
	return C.SAWLOG_OK
}

//export sawgo_templates_merge
func sawgo_templates_merge(number, other C.uint32_t, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	templates.get(uint32(number)).Merge(templates.get(uint32(other)))
	return C.SAWLOG_OK
}

//export sawgo_templates_save
func sawgo_templates_save(number C.uint32_t, out *C.sawlog_bytes, err *C.sawlog_error) (rc C.int32_t) {
	defer guard(err, &rc)
	saved, wrong := templates.get(uint32(number)).Save()
	if wrong == nil {
		wrong = give(out, saved)
	}
	return fail(err, wrong)
}

//export sawgo_templates_free
func sawgo_templates_free(number C.uint32_t) {
	defer ignore()
	templates.remove(uint32(number))
}
