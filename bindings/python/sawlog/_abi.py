"""The C interface as ctypes sees it: structs, constants, and one table of functions. Nothing else in the package declares a C function."""

import ctypes
from ctypes import POINTER, c_char, c_char_p, c_int32, c_int64, c_size_t, c_uint32, c_void_p, py_object
from typing import Any, Dict, List, Tuple

from . import _library

OK = 0
AGAIN = 1
E_ARGUMENT, E_HANDLE, E_OPTION, E_DEFINITION, E_FORMAT, E_IO, E_CODEC, E_MEMORY = -1, -2, -3, -4, -5, -6, -7, -8
E_CANCELLED, E_FORKED, E_BUSY, E_LIMIT, E_UNSUPPORTED, E_INTERNAL = -9, -10, -11, -12, -13, -99

T_BOOL, T_INT, T_UINT, T_FLOAT, T_TIMESTAMP, T_DURATION, T_STRING, T_IP, T_BYTES, T_LIST, T_MAP = range(1, 12)

COLUMN_DICTIONARY = 1
COPY = 1
ARROW_VIEW, ARROW_UTF8, ARROW_LARGE_UTF8, ARROW_DICTIONARY = 0, 1, 2, 3
ARROW_NO_DICTIONARY, ARROW_US, ARROW_MS = 4, 8, 16
JSON_LINES, JSON_DROP_NULLS = 1, 2


class Sized(ctypes.Structure):
    """A struct whose first field is its own size."""

    def __init__(self) -> None:
        super().__init__(ctypes.sizeof(self))


MESSAGE = 479


class Failure(Sized):
    """sawlog_error"""

    _fields_ = [
        ("struct_size", c_uint32),
        ("code", c_int32),
        ("detail", c_int32),
        ("line", c_int32),
        ("column", c_int32),
        ("offset", c_int64),
        ("message", c_char * (MESSAGE + 1)),
        ("hint", c_char * 240),
    ]


class Call(Sized):
    """sawlog_call"""

    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("cancel", POINTER(c_int32)),
        ("wait_ms", c_int32),
        ("reserved", c_int32),
        ("release", c_void_p),
        ("release_ctx", c_void_p),
    ]


class Bytes(ctypes.Structure):
    """sawlog_bytes"""

    _fields_ = [("data", c_void_p), ("len", c_size_t), ("owner", c_void_p)]


class ColumnMemory(Sized):
    """sawlog_column"""

    _fields_ = [
        ("struct_size", c_uint32),
        ("type", c_int32),
        ("flags", c_int32),
        ("n_buffers", c_int32),
        ("length", c_int64),
        ("null_count", c_int64),
        ("validity", c_void_p),
        ("data", c_void_p),
        ("buffers", POINTER(c_void_p)),
        ("buffer_sizes", POINTER(c_int64)),
        ("dictionary_length", c_int64),
        ("dictionary_offsets", c_void_p),
        ("dictionary_bytes", c_void_p),
        ("offsets", c_void_p),
        ("n_children", c_int32),
        ("first_child", c_int32),
    ]


class RejectMemory(Sized):
    """sawlog_reject"""

    _fields_ = [
        ("struct_size", c_uint32),
        ("fault", c_int32),
        ("source", c_int32),
        ("reserved", c_int32),
        ("line", c_int64),
        ("offset", c_int64),
        ("length", c_int64),
        ("raw", c_void_p),
        ("raw_len", c_size_t),
    ]


class ReadStats(Sized):
    """sawlog_read_stats"""

    _fields_ = [
        ("struct_size", c_uint32),
        ("sources_done", c_int32),
        ("bytes_in", c_int64),
        ("bytes_out", c_int64),
        ("bytes_total", c_int64),
        ("lines", c_int64),
        ("records", c_int64),
        ("continuations", c_int64),
        ("rejects", c_int64),
        ("rejects_by_fault", c_int64 * 16),
        ("nanoseconds", c_int64),
        ("filtered", c_int64),
    ]


class ProcessStats(Sized):
    """sawlog_stats"""

    _fields_ = [
        ("struct_size", c_uint32),
        ("generation", c_uint32),
        ("parsers", c_int64),
        ("streams", c_int64),
        ("readers", c_int64),
        ("batches", c_int64),
        ("batch_bytes", c_int64),
        ("go_heap_bytes", c_int64),
        ("go_gc_count", c_int64),
    ]


# Pointers to handles and structs are void pointers here: byref() of a struct, a Handle and an address are all taken.
P = c_void_p
Signature = Tuple[Any, List[Any]]

#: Calls that may take long or enter Go: other Python threads run meanwhile.
RELEASING: Dict[str, Signature] = {
    "sawlog_build_info": (c_char_p, []),
    "sawlog_configure": (c_int32, [c_char_p, c_size_t, P]),
    "sawlog_get_stats": (c_int32, [P]),
    "sawlog_release_memory": (c_int64, []),
    "sawlog_formats_json": (c_int32, [P, P]),
    "sawlog_format_describe": (c_int32, [c_char_p, c_size_t, P, P]),
    "sawlog_detect": (c_int32, [P, c_size_t, c_char_p, c_size_t, P, P]),
    "sawlog_detect_path": (c_int32, [c_char_p, c_size_t, c_char_p, c_size_t, P, P]),
    "sawlog_parser_new": (c_int32, [c_char_p, c_size_t, P, P]),
    "sawlog_parser_free": (None, [P]),
    "sawlog_parser_info_json": (c_int32, [P, P, P]),
    "sawlog_parser_explain": (c_int32, [P, c_char_p, c_size_t, P, P]),
    "sawlog_parse": (c_int32, [P, P, c_size_t, P, P, P]),
    "sawlog_parse_record": (c_int32, [P, c_char_p, c_size_t, P, P]),
    "sawlog_stream_new": (c_int32, [P, c_char_p, c_size_t, P, P]),
    "sawlog_stream_feed": (c_int32, [P, P, c_size_t, P, P, P]),
    "sawlog_stream_flush": (c_int32, [P, P, P]),
    "sawlog_stream_free": (None, [P]),
    "sawlog_open_path": (c_int32, [P, c_char_p, c_size_t, c_char_p, c_size_t, P, P]),
    "sawlog_open_fd": (c_int32, [P, c_int32, c_int32, c_char_p, c_size_t, P, P]),
    "sawlog_reader_next": (c_int32, [P, P, P, P]),
    "sawlog_reader_info_json": (c_int32, [P, P, P, P]),
    "sawlog_reader_free": (None, [P]),
    "sawlog_batch_free": (None, [P]),
    "sawlog_batch_export_arrow": (c_int32, [P, c_uint32, P, P, P]),
    "sawlog_batches_export_stream": (c_int32, [P, c_int64, c_uint32, P, P]),
    "sawlog_reader_export_stream": (c_int32, [P, c_uint32, P, P]),
    "sawlog_batch_to_json": (c_int32, [P, c_int64, c_int64, c_uint32, P, P]),
    "sawlog_batches_to_ipc": (c_int32, [P, c_int64, c_uint32, P, P]),
    "sawlog_templates_new": (c_int32, [c_char_p, c_size_t, P, P]),
    "sawlog_templates_load": (c_int32, [c_char_p, c_size_t, P, P]),
    "sawlog_templates_add": (c_int32, [P, c_char_p, c_size_t, P, P]),
    "sawlog_templates_add_lines": (c_int32, [P, c_char_p, c_size_t, P, c_size_t, P, P]),
    "sawlog_templates_add_column": (c_int32, [P, P, c_int32, P, P]),
    "sawlog_templates_list_json": (c_int32, [P, P, P]),
    "sawlog_templates_match_json": (c_int32, [P, c_char_p, c_size_t, P, P]),
    "sawlog_templates_resolve": (c_int32, [P, P, c_size_t, P]),
    "sawlog_templates_merge": (c_int32, [P, P, P]),
    "sawlog_templates_save": (c_int32, [P, P, P]),
    "sawlog_templates_free": (None, [P]),
}

#: Calls of nanoseconds that stay in C, and those that make Python objects: the GIL is kept.
HELD: Dict[str, Signature] = {
    "sawlog_version": (c_char_p, []),
    "sawlog_status_name": (c_char_p, [c_int32]),
    "sawlog_fault_name": (c_char_p, [c_int32]),
    "sawlog_bytes_release": (None, [P]),
    "sawlog_reader_stats": (c_int32, [P, P]),
    "sawlog_batch_rows": (c_int64, [P]),
    "sawlog_batch_lines": (c_int64, [P]),
    "sawlog_batch_schema_json": (P, [P, P]),
    "sawlog_batch_column": (c_int32, [P, c_int32, P]),
    "sawlog_batch_reject_count": (c_int64, [P]),
    "sawlog_batch_reject": (c_int32, [P, c_int64, P]),
    "sawlog_schema_export_arrow": (c_int32, [c_char_p, c_size_t, c_uint32, P, P]),
    "sawlog_py_bind": (c_int32, [P, P, c_size_t]),
    "sawlog_py_rows": (py_object, [P, c_int64, c_int64]),
    "sawlog_py_column": (py_object, [P, c_int32, c_int64, c_int64]),
    "sawlog_py_line_function": (py_object, [py_object, c_int32]),
    "sawlog_py_row_type": (py_object, []),
    "sawlog_py_next_function": (py_object, [py_object]),
    "sawlog_py_capsule_free": (None, [P]),
    "sawlog_py_alloc": (P, [c_size_t]),
    "sawlog_py_buffer_release": (None, [P]),
}


class Functions:
    """The functions of both tables as attributes."""

    def __init__(self) -> None:
        self.path, released, held = _library.load()
        self._declare(released, RELEASING)
        self._declare(held, HELD)

    def _declare(self, library: Any, table: Dict[str, Signature]) -> None:
        for name, (result, arguments) in table.items():
            try:
                function = getattr(library, name)
            except AttributeError:
                raise ImportError("%s lacks the function %s" % (self.path, name)) from None
            function.restype, function.argtypes = result, arguments
            setattr(self, name[len("sawlog_") :], function)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError("no function sawlog_%s in the tables of _abi.py" % name)


lib = Functions()
