"""The way to Arrow: PyCapsules of the Arrow C data interface, which pyarrow, polars, duckdb, pandas and others take without copying.

https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html
"""

import ctypes
from typing import Any, Dict, Optional, Sequence, Set, Tuple

from . import _abi, _call, _host
from ._abi import lib

SCHEMA, ARRAY, STREAM = b"arrow_schema", b"arrow_array", b"arrow_array_stream"

STRINGS: Dict[str, int] = {
    "view": _abi.ARROW_VIEW,
    "utf8": _abi.ARROW_UTF8,
    "large_utf8": _abi.ARROW_LARGE_UTF8,
    "dictionary": _abi.ARROW_DICTIONARY,
}
TIME_UNITS: Dict[str, int] = {"ns": 0, "us": _abi.ARROW_US, "ms": _abi.ARROW_MS}


def flags_of(strings: str, time_unit: str) -> int:
    if strings not in STRINGS:
        raise ValueError("strings is one of %s, not %r" % (", ".join(STRINGS), strings))
    if time_unit not in TIME_UNITS:
        raise ValueError("time_unit is one of %s, not %r" % (", ".join(TIME_UNITS), time_unit))
    return STRINGS[strings] | TIME_UNITS[time_unit]


class _Schema(ctypes.Structure):
    """struct ArrowSchema, as far as it is read here."""


_Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_void_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(_Schema))),
    ("dictionary", ctypes.POINTER(_Schema)),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]

_TEXT_FLAGS: Dict[bytes, int] = {
    b"vu": _abi.ARROW_VIEW,
    b"vz": _abi.ARROW_VIEW,
    b"u": _abi.ARROW_UTF8,
    b"z": _abi.ARROW_UTF8,
    b"U": _abi.ARROW_LARGE_UTF8,
    b"Z": _abi.ARROW_LARGE_UTF8,
}
_TIME_FLAGS: Dict[bytes, int] = {b"tsu": _abi.ARROW_US, b"tDu": _abi.ARROW_US, b"tsm": _abi.ARROW_MS, b"tDm": _abi.ARROW_MS}


def flags_for(requested: Any, fields: int) -> int:
    """The flags that come nearest to a requested schema, as the protocol asks: other types of texts and times where all columns agree."""
    if requested is None:
        return 0
    pointer = _host.capsule_pointer(requested, SCHEMA)
    schema = _Schema.from_address(pointer)
    if schema.n_children != fields:
        raise ValueError("the requested schema has %d columns, there are %d" % (schema.n_children, fields))
    texts: Set[int] = set()
    times: Set[int] = set()
    _collect(schema, texts, times)
    return _text_flags(texts) | (times.pop() if len(times) == 1 else 0)


def _collect(schema: _Schema, texts: Set[int], times: Set[int]) -> None:
    """What the columns ask for, those inside lists and maps too."""
    for i in range(schema.n_children):
        child = schema.children[i].contents
        form: bytes = child.format
        if child.dictionary:
            texts.add(_abi.ARROW_DICTIONARY)
        elif form in _TEXT_FLAGS:
            texts.add(_TEXT_FLAGS[form])
        elif form[:2] in (b"ts", b"tD"):
            times.add(_TIME_FLAGS.get(form[:3], 0))
        _collect(child, texts, times)


def _text_flags(wanted: Set[int]) -> int:
    if len(wanted) == 1:
        return wanted.pop()
    # Dictionary columns stay what they are when the other texts agree.
    plain = wanted - {_abi.ARROW_DICTIONARY}
    return plain.pop() if len(plain) == 1 else 0


def schema_capsule(schema_json: str, flags: int = 0) -> Any:
    capsule, pointer = _host.capsule(SCHEMA, 72)
    failure = _abi.Failure()
    text = schema_json.encode()
    _call.check(lib.schema_export_arrow(text, len(text), flags, pointer, ctypes.byref(failure)), failure)
    return capsule


def array_capsules(handle: Any, flags: int) -> Tuple[Any, Any]:
    schema, schema_pointer = _host.capsule(SCHEMA, 72)
    array, array_pointer = _host.capsule(ARRAY, 80)
    failure = _abi.Failure()
    _call.check(lib.batch_export_arrow(handle, flags, array_pointer, schema_pointer, ctypes.byref(failure)), failure)
    return schema, array


def stream_capsule(handles: Sequence[Any], flags: int) -> Any:
    """A stream of batches that have one schema; there is at least one."""
    capsule, pointer = _host.capsule(STREAM, 40)
    failure = _abi.Failure()
    array = (ctypes.c_void_p * len(handles))(*[handle.value for handle in handles])
    _call.check(lib.batches_export_stream(array, len(handles), flags, pointer, ctypes.byref(failure)), failure)
    return capsule


def reader_capsule(handle: Any, flags: int) -> Any:
    """The stream of a reader, which the library owns from now on."""
    capsule, pointer = _host.capsule(STREAM, 40)
    failure = _abi.Failure()
    _call.check(lib.reader_export_stream(handle, flags, pointer, ctypes.byref(failure)), failure)
    handle.forget()
    return capsule


class Exports(_call.Fixed):
    """What batches and tables have in common: a stream, and the ways to other libraries built on it."""

    __slots__ = ()

    schema: Any

    def _arrow_stream(self, flags: int) -> Any:
        raise NotImplementedError

    def _arrow_fields(self) -> int:
        raise NotImplementedError

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self._arrow_stream(flags_for(requested_schema, self._arrow_fields()))

    def __arrow_c_schema__(self) -> Any:
        return self.schema.__arrow_c_schema__()

    def to_pyarrow(self, strings: str = "utf8", time_unit: str = "ns") -> Any:
        raise NotImplementedError

    def to_polars(self) -> Any:
        """A polars.DataFrame; texts are not copied."""
        import polars

        return polars.DataFrame(self)

    def to_pandas(self, strings: str = "utf8", time_unit: str = "ns") -> Any:
        """A pandas.DataFrame, made by pyarrow."""
        return self.to_pyarrow(strings, time_unit).to_pandas()


class ArrayAs:
    """A batch that exports itself with given flags."""

    def __init__(self, handle: Any, flags: int) -> None:
        self._handle, self._flags = handle, flags

    def __arrow_c_array__(self, requested_schema: Optional[Any] = None) -> Tuple[Any, Any]:
        return array_capsules(self._handle, self._flags)


class StreamAs:
    """A table that exports itself with given flags."""

    def __init__(self, table: Exports, flags: int) -> None:
        self._table, self._flags = table, flags

    def __arrow_c_stream__(self, requested_schema: Optional[Any] = None) -> Any:
        return self._table._arrow_stream(self._flags)
