package main

/*
#include "internal.h"
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"syscall"
	"unicode/utf8"
	"unsafe"

	sawlog "github.com/sawlog/sawlog/lib"
)

// fail writes an error for C and gives its status; SAWLOG_OK for nil.
func fail(to *C.sawlog_error, err error) C.int32_t {
	if err == nil {
		return C.SAWLOG_OK
	}
	to.line, to.column, to.offset = 0, 0, -1
	var format *sawlog.FormatError
	var read *sawlog.ReadError
	switch {
	case errors.As(err, &format):
		codes := map[sawlog.Kind]C.int32_t{sawlog.KindOption: C.SAWLOG_E_OPTION, sawlog.KindDefinition: C.SAWLOG_E_DEFINITION, sawlog.KindFormat: C.SAWLOG_E_FORMAT}
		to.line, to.column, to.offset = C.int32_t(format.Line), C.int32_t(format.Column), C.int64_t(format.Offset)
		return write(to, codeOf(codes, format.Kind), 0, format.Message, format.Hint)
	case errors.Is(err, context.Canceled):
		return write(to, C.SAWLOG_E_CANCELLED, 0, "the call was cancelled", "")
	case errors.Is(err, context.DeadlineExceeded):
		return C.SAWLOG_AGAIN
	case errors.Is(err, errMemory):
		return write(to, C.SAWLOG_E_MEMORY, 0, err.Error(), "")
	case errors.As(err, &read):
		codes := map[sawlog.Kind]C.int32_t{sawlog.KindIO: C.SAWLOG_E_IO, sawlog.KindCodec: C.SAWLOG_E_CODEC, sawlog.KindLimit: C.SAWLOG_E_LIMIT}
		clear := strings.TrimPrefix(err.Error(), "sawlog: ")
		code := write(to, codeOf(codes, read.Kind), errnoOf(err), clear, "")
		to.offset = C.int64_t(read.Offset)
		return code
	case errnoOf(err) != 0:
		return write(to, C.SAWLOG_E_IO, errnoOf(err), err.Error(), "")
	}
	return write(to, C.SAWLOG_E_INTERNAL, 0, err.Error(), "")
}

func codeOf(codes map[sawlog.Kind]C.int32_t, kind sawlog.Kind) C.int32_t {
	if code, ok := codes[kind]; ok {
		return code
	}
	return C.SAWLOG_E_INTERNAL
}

// errnoOf is the system's number for err, 0 when it has none.
func errnoOf(err error) C.int32_t {
	const noEntry, noAccess = 2, 13 // ENOENT and EACCES everywhere
	var errno syscall.Errno
	switch {
	case runtime.GOOS != "windows" && errors.As(err, &errno): // there it is a number of the system's, not of C's
		return C.int32_t(errno)
	case errors.Is(err, fs.ErrNotExist):
		return noEntry
	case errors.Is(err, fs.ErrPermission):
		return noAccess
	}
	return 0
}

// write fills all of to but the position.
func write(to *C.sawlog_error, code, detail C.int32_t, message, hint string) C.int32_t {
	to.code, to.detail = code, detail
	put(unsafe.Slice((*byte)(unsafe.Pointer(&to.message)), len(to.message)), message)
	put(unsafe.Slice((*byte)(unsafe.Pointer(&to.hint)), len(to.hint)), hint)
	return code
}

// put writes s NUL-terminated, as valid UTF-8, cut at a character.
func put(to []byte, s string) {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", "\ufffd"), "\ufffd")
	if len(s) > len(to)-1 {
		n := len(to) - 1
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n]
	}
	to[copy(to, s)] = 0
}

// guard ends every exported function: a panic becomes SAWLOG_E_INTERNAL, with where it came from. It must be deferred directly.
func guard(err *C.sawlog_error, rc *C.int32_t) {
	if r := recover(); r != nil {
		*rc = panicked(err, r)
	}
}

// ignore is guard for functions without a status.
func ignore() { _ = recover() }

func panicked(to *C.sawlog_error, reason any) C.int32_t {
	to.line, to.column, to.offset = 0, 0, -1
	if err, ok := reason.(error); ok && errors.Is(err, errMemory) {
		return write(to, C.SAWLOG_E_MEMORY, 0, errMemory.Error(), "")
	}
	if where, ok := reason.(interface{ Addr() uintptr }); ok {
		const noAddress = 14 // EFAULT everywhere
		return write(to, C.SAWLOG_E_IO, noAddress, fmt.Sprintf("there is no memory to be read at %#x", where.Addr()),
			"a mapped file that has become shorter, or a length that is too large")
	}
	return write(to, C.SAWLOG_E_INTERNAL, 0, fmt.Sprintf("a bug in sawlog: %v%s", reason, stack()), "please report it")
}

// stack is the innermost eight functions that panicked, one line each.
func stack() string {
	var b strings.Builder
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for n, more, inside := 0, true, false; more && n < 8; {
		var f runtime.Frame
		f, more = frames.Next()
		if f.Function == "runtime.gopanic" {
			inside = true
			continue
		}
		if inside && !strings.HasPrefix(f.Function, "runtime.") {
			name := f.Function[strings.LastIndexByte(f.Function, '/')+1:]
			file := f.File[strings.LastIndexByte(f.File, '/')+1:]
			fmt.Fprintf(&b, "\n  %s %s:%d", name, file, f.Line)
			n++
		}
	}
	return b.String()
}
