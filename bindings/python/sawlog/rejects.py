"""Rejects: the lines that are no records, kept with their place and their reason."""

import ctypes
from bisect import bisect_right
from typing import Any, Iterable, List, NamedTuple, Sequence, Tuple, Union, overload

from . import _abi, _call
from ._abi import lib

__all__ = ["Reject"]


class Reject(NamedTuple):
    """A line that did not fit."""

    #: Which of the reader's inputs, from 0; ``reader.sources`` has their names.
    source: int
    #: Number of the line in its source, from 1.
    line: int
    #: Where it begins, in bytes from 0, after decompression.
    offset: int
    #: Its length in bytes without the line ending; more than ``len(raw)`` when it is longer than the limit (``too_long``).
    length: int
    #: Why: ``no_match too_long bad_value bad_json not_object bad_utf8 empty too_deep bad_frame``.
    fault: str
    #: The line itself.
    raw: bytes

    @property
    def text(self) -> str:
        """The line as text, with U+FFFD for what is no UTF-8."""
        return self.raw.decode("utf-8", "replace")


class Rejects(Sequence[Reject]):
    """The rejects of a batch, made when asked for."""

    __slots__ = ("_count", "_handle")

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._count: int = handle.rejects

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Reject: ...
    @overload
    def __getitem__(self, index: slice) -> List[Reject]: ...
    def __getitem__(self, index: Union[int, slice]) -> Union[Reject, List[Reject]]:
        if isinstance(index, slice):
            return [self._get(i) for i in range(*index.indices(self._count))]
        return self._get(_call.position(index, len(self), "there are %d rejects"))

    def _get(self, index: int) -> Reject:
        memory = _abi.RejectMemory()
        status = lib.batch_reject(self._handle, index, ctypes.byref(memory))
        if status != _abi.OK:
            raise IndexError("no reject %d" % index)
        raw = ctypes.string_at(memory.raw, memory.raw_len) if memory.raw_len else b""
        return Reject(memory.source, memory.line, memory.offset, memory.length, fault_name(memory.fault), raw)

    def __repr__(self) -> str:
        return "<%d sawlog rejects>" % self._count

    def __reduce__(self) -> Tuple[Any, ...]:
        return list, (list(self),)


class _Nothing:
    rejects = 0


#: Of the many batches that have none.
NO_REJECTS = Rejects(_Nothing)


class Joined(Sequence[Reject]):
    """The rejects of several batches, one after the other."""

    __slots__ = ("_ends", "_parts")

    def __init__(self, parts: Iterable[Rejects]) -> None:
        self._parts = [part for part in parts if len(part)]
        self._ends: List[int] = []
        for part in self._parts:
            self._ends.append(len(part) + (self._ends[-1] if self._ends else 0))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, index: int) -> Reject: ...
    @overload
    def __getitem__(self, index: slice) -> List[Reject]: ...
    def __getitem__(self, index: Union[int, slice]) -> Union[Reject, List[Reject]]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        index = _call.position(index, len(self), "there are %d rejects")
        part = bisect_right(self._ends, index)
        return self._parts[part][index - (self._ends[part - 1] if part else 0)]

    def __repr__(self) -> str:
        return "<%d sawlog rejects>" % len(self)

    def __reduce__(self) -> Tuple[Any, ...]:
        return list, (list(self),)


def fault_name(fault: int) -> str:
    name: bytes = lib.fault_name(fault)
    return name.decode()
