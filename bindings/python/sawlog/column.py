"""Column: one field over the rows of a batch."""

import sys
from typing import TYPE_CHECKING, Any, Iterator, List, Optional, Sequence, Tuple, Union, overload

from . import _abi, _call, _host, _memory, _pure
from ._abi import lib
from ._exporter import Exporter, exporting
from .schema import Field, inner_fields

__all__ = ["Column"]

#: How many values are made at once while iterating.
SLICE = 1024

_CODES = {_abi.T_INT: "q", _abi.T_UINT: "Q", _abi.T_FLOAT: "d", _abi.T_TIMESTAMP: "q", _abi.T_DURATION: "q"}


class Column(Exporter, _call.Fixed, Sequence[Any]):
    """The values of one field, as a sequence of Python objects; None is null.

    Columns of numbers, times and durations are buffers too: ``memoryview(column)``, ``numpy.asarray(column)`` show the batch's own memory,
    in which times and durations are int64 nanoseconds and null is 0 (see ``validity``).
    """

    __slots__ = ("_at", "_handle", "_memory", "field")

    def __init__(self, handle: Any, at: int, field: Field) -> None:
        self._handle = handle
        self._at = at
        self.field = field
        self._memory = _memory.column(handle, at)
        self._1 = self._view()

    def _view(self) -> Optional[memoryview]:
        return None

    if TYPE_CHECKING:

        def __buffer__(self, flags: int) -> memoryview: ...

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def type(self) -> str:
        """``string int uint float bool timestamp duration ip bytes``, ``list<...>``, ``map<string,...>``"""
        return self.field.type

    @property
    def null_count(self) -> int:
        return int(self._memory.null_count)

    @property
    def validity(self) -> Optional[memoryview]:
        """One bit a row, least significant first, 1 is a value; None when no value is null."""
        if not self._memory.null_count:
            return None
        return _memory.view(self._memory.validity, (len(self) + 7) // 8, self._handle)

    @property
    def indices(self) -> Optional[memoryview]:
        """The int32 indices of a dictionary column; None for other columns."""
        if not self.field.dictionary:
            return None
        return _memory.view(self._memory.data, len(self) * 4, self._handle, "i")

    @property
    def dictionary(self) -> Optional[List[str]]:
        """The texts that the indices of a dictionary column mean; None for other columns."""
        if not self.field.dictionary:
            return None
        return [str(piece, "utf-8", "replace") for piece in _pure.dictionary(self._memory, self._handle)]

    @property
    def offsets(self) -> Optional[memoryview]:
        """Where the elements of each row of a list or map stand among ``children``: int32, one more than rows; None for other columns."""
        if not self._memory.n_children:
            return None
        return _memory.view(self._memory.offsets, (len(self) + 1) * 4, self._handle, "i")

    @property
    def children(self) -> Tuple["Column", ...]:
        """The elements of all rows as columns: those of a list; the keys and the values of a map; none for other columns."""
        first = self._memory.first_child
        return tuple(column_of(self._handle, first + k, field) for k, field in enumerate(inner_fields(self.type)))

    def to_pylist(self) -> List[Any]:
        """All values: datetime in UTC for timestamps, timedelta for durations, str for addresses, list and dict for lists and maps."""
        return self._values(0, len(self))

    def _values(self, start: int, count: int) -> List[Any]:
        if _host.available:
            values: List[Any] = lib.py_column(self._handle, self._at, start, count)
            return values
        return _pure.column_values(self._memory, self._handle, start, count)

    def __len__(self) -> int:
        return int(self._memory.length)

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, len(self), SLICE):
            yield from self._values(start, min(SLICE, len(self) - start))

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> List[Any]: ...
    def __getitem__(self, index: Union[int, slice]) -> Any:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step == 1:
                return self._values(start, max(stop - start, 0))
            return self.to_pylist()[index]
        return self._values(_call.position(index, len(self), "the column has %d values"), 1)[0]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Column):
            return self.type == other.type and self.to_pylist() == other.to_pylist()
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> Any:
        raise TypeError("a sawlog.Column cannot be pickled: send column.to_pylist(), or batch.to_pyarrow()")

    def __repr__(self) -> str:
        return "<sawlog.Column %s: %s, %d values, %d null>" % (self.name, self.type, len(self), self.null_count)


@exporting
class NumberColumn(Column):
    """A column of 64-bit words: it has a buffer."""

    __slots__ = ()

    def _view(self) -> memoryview:
        return _memory.view(self._memory.data, len(self) * 8, self._handle, _CODES[self._memory.type])

    if sys.version_info >= (3, 12) or sys.implementation.name == "pypy":

        def __buffer__(self, flags: int) -> memoryview:
            view: memoryview = self._1
            return view


class NestedColumn(Column):
    """A column of lists or maps: no buffer of its own, but ``offsets`` and ``children`` have them."""

    __slots__ = ()


class Chunked(_call.Fixed, Sequence[Any]):
    """One field over all batches of a table."""

    __slots__ = ("_ends", "chunks", "field")

    def __init__(self, field: Field, chunks: List[Column]) -> None:
        self.field = field
        #: The column of each batch.
        self.chunks: Tuple[Column, ...] = tuple(chunks)
        self._ends: List[int] = []
        for chunk in self.chunks:
            self._ends.append(len(chunk) + (self._ends[-1] if self._ends else 0))

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def type(self) -> str:
        return self.field.type

    @property
    def null_count(self) -> int:
        return sum(chunk.null_count for chunk in self.chunks)

    def to_pylist(self) -> List[Any]:
        return [value for chunk in self.chunks for value in chunk.to_pylist()]

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[Any]:
        for chunk in self.chunks:
            yield from chunk

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> List[Any]: ...
    def __getitem__(self, index: Union[int, slice]) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        index = _call.position(index, len(self), "the column has %d values")
        k = _chunk_of(self._ends, index)
        return self.chunks[k][index - (self._ends[k - 1] if k else 0)]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (Column, Chunked)):
            return self.type == other.type and self.to_pylist() == other.to_pylist()
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> Any:
        raise TypeError("a column of sawlog cannot be pickled: send column.to_pylist(), or table.to_pyarrow()")

    def __repr__(self) -> str:
        return "<sawlog column %s: %s, %d values in %d chunks>" % (self.name, self.type, len(self), len(self.chunks))


def _chunk_of(ends: List[int], index: int) -> int:
    from bisect import bisect_right

    return bisect_right(ends, index)


def column_of(handle: Any, at: int, field: Field) -> Column:
    """The column in the class that fits its type."""
    numbers = field.type in ("int", "uint", "float", "timestamp", "duration")
    nested = field.type.endswith(">")
    return (NumberColumn if numbers else NestedColumn if nested else Column)(handle, at, field)
