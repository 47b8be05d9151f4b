"""Values and rows made in Python from the memory of a batch: for interpreters without CPython's functions. Equal to what C makes."""

import json
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, Dict, Iterator, List, Optional, Set, Tuple

from . import _abi, _memory
from .schema import Schema

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
Row = Dict[str, Any]
Place = Tuple[str, ...]


def instant(nanoseconds: int) -> datetime:
    """Python's times end at the microsecond: the rest is cut off, always towards the past."""
    return EPOCH + timedelta(microseconds=nanoseconds // 1000)


def span(nanoseconds: int) -> timedelta:
    return timedelta(microseconds=nanoseconds // 1000)


def column_values(memory: _abi.ColumnMemory, owner: Any, start: int, count: int) -> List[Any]:
    """The values [start, start + count) of a column as Python objects."""
    values = _decoders[memory.type](memory, owner, start, count)
    if memory.null_count and memory.validity:
        valid = _memory.view(memory.validity, (memory.length + 7) // 8, owner)
        return [values[i] if valid[(start + i) >> 3] >> ((start + i) & 7) & 1 else None for i in range(count)]
    return values


def _words(code: str, convert: Optional[Callable[[Any], Any]] = None) -> Callable[..., List[Any]]:
    def decode(memory: _abi.ColumnMemory, owner: Any, start: int, count: int) -> List[Any]:
        values = _memory.view(memory.data, memory.length * 8, owner, code)[start : start + count].tolist()
        return list(map(convert, values)) if convert else values

    return decode


def _bits(memory: _abi.ColumnMemory, owner: Any, start: int, count: int) -> List[Any]:
    bits = _memory.view(memory.data, (memory.length + 7) // 8, owner)
    return [bool(bits[i >> 3] >> (i & 7) & 1) for i in range(start, start + count)]


def _texts(memory: _abi.ColumnMemory, owner: Any, start: int, count: int) -> List[Any]:
    return [str(piece, "utf-8", "replace") for piece in _pieces(memory, owner, start, count)]


def _raw(memory: _abi.ColumnMemory, owner: Any, start: int, count: int) -> List[Any]:
    return list(map(bytes, _pieces(memory, owner, start, count)))


def _pieces(memory: _abi.ColumnMemory, owner: Any, start: int, count: int) -> Iterator[memoryview]:
    if memory.flags & _abi.COLUMN_DICTIONARY:
        words = dictionary(memory, owner)
        for index in _memory.view(memory.data, memory.length * 4, owner, "i")[start : start + count]:
            yield words[index] if words else memoryview(b"")
        return
    # A view is 16 bytes: the length, then up to 12 bytes of text, or 4 bytes of it, the buffer's number and the place in it.
    data = _memory.view(memory.data, memory.length * 16, owner)
    numbers = data.cast("i")
    buffers = [_memory.view(memory.buffers[k], memory.buffer_sizes[k], owner) for k in range(memory.n_buffers)]
    for i in range(start, start + count):
        size = numbers[4 * i]
        if size <= 12:
            yield data[16 * i + 4 : 16 * i + 4 + size]
        else:
            place = numbers[4 * i + 3]
            yield buffers[numbers[4 * i + 2]][place : place + size]


def _lists(memory: _abi.ColumnMemory, owner: Any, start: int, count: int) -> List[Any]:
    ends, (items,) = _inside(memory, owner, start, count)
    return [items[a:b] for a, b in zip(ends, ends[1:])]


def _maps(memory: _abi.ColumnMemory, owner: Any, start: int, count: int) -> List[Any]:
    ends, (keys, values) = _inside(memory, owner, start, count)
    return [dict(zip(keys[a:b], values[a:b])) for a, b in zip(ends, ends[1:])]


def _inside(memory: _abi.ColumnMemory, owner: Any, start: int, count: int) -> Tuple[List[int], List[List[Any]]]:
    """The elements of some rows, and where among them each row's begin and end."""
    ends = _memory.view(memory.offsets, (memory.length + 1) * 4, owner, "i")[start : start + count + 1].tolist()
    first, size = ends[0], ends[-1] - ends[0]
    children = [_memory.column(owner, memory.first_child + k) for k in range(memory.n_children)]
    return [end - first for end in ends], [column_values(child, owner, first, size) for child in children]


def dictionary(memory: _abi.ColumnMemory, owner: Any) -> List[memoryview]:
    """The texts of a dictionary column, by index."""
    offsets = _memory.view(memory.dictionary_offsets, (memory.dictionary_length + 1) * 4, owner, "i")
    if len(offsets) < 2:
        return []
    texts = _memory.view(memory.dictionary_bytes, offsets[-1], owner)
    return [texts[offsets[k] : offsets[k + 1]] for k in range(memory.dictionary_length)]


_decoders: Dict[int, Callable[..., List[Any]]] = {
    _abi.T_BOOL: _bits,
    _abi.T_INT: _words("q"),
    _abi.T_UINT: _words("Q"),
    _abi.T_FLOAT: _words("d"),
    _abi.T_TIMESTAMP: _words("q", instant),
    _abi.T_DURATION: _words("q", span),
    _abi.T_STRING: _texts,
    _abi.T_IP: _texts,
    _abi.T_BYTES: _raw,
    _abi.T_LIST: _lists,
    _abi.T_MAP: _maps,
}


def rows(schema: Schema, columns: List[List[Any]], count: int) -> List[Row]:
    """Rows of columns: names that have a path are put there, the overflow column is merged in."""
    places = [field.path or (field.name,) for field in schema]
    overflow = next((i for i, field in enumerate(schema) if field.overflow), -1)
    if overflow < 0 and all(len(place) == 1 for place in places):
        names = [place[0] for place in places]
        return [dict(zip(names, values)) for values in zip(*columns)] if columns else [{} for _ in range(count)]
    objects = {place[:depth] for i, place in enumerate(places) if i != overflow for depth in range(1, len(place))}
    return [_nested(places, objects, overflow, [column[i] for column in columns]) for i in range(count)]


def _nested(places: List[Place], objects: Set[Place], overflow: int, values: List[Any]) -> Row:
    row: Row = {}
    for i, (place, value) in enumerate(zip(places, values)):
        if i != overflow:
            _put(row, place, value)
    _prune(row, (), objects)
    if overflow >= 0 and values[overflow] is not None:
        _merge(row, json.loads(values[overflow]))
    return row


def _put(row: Row, place: Place, value: Any) -> None:
    for key in place[:-1]:
        row = row.setdefault(key, {})
    row[place[-1]] = value


def _prune(row: Row, place: Place, objects: Set[Place]) -> None:
    """An object of which nothing is there is left out. (A map may be empty.)"""
    for key, value in list(row.items()):
        if (*place, key) in objects and isinstance(value, dict):
            _prune(value, (*place, key), objects)
            if all(leaf is None for leaf in value.values()):
                del row[key]


def _merge(row: Row, more: Row) -> None:
    for key, value in more.items():
        there = row.get(key)
        if isinstance(there, dict) and isinstance(value, dict):
            _merge(there, value)
        else:
            row[key] = value
