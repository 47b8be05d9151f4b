"""Batch: columns of equal length, and the lines that fitted none."""

import ctypes
from typing import Any, Dict, Iterator, List, Optional, Tuple

from . import _abi, _call, _host, _pure, arrow
from ._abi import lib
from .column import Column, column_of
from .rejects import NO_REJECTS, Rejects
from .schema import Schema, schema_of

__all__ = ["Batch"]

Row = Dict[str, Any]

#: Rows are made in slices: the first ones soon, the others at little cost for each.
FIRST_SLICE, SLICE = 64, 1024


class Batch(arrow.Exports):
    """The records of a piece of a log as typed columns.

    A batch never changes, may be used by several threads at once, and keeps the memory it needs alive. It goes to Arrow libraries without
    copying: ``pyarrow.record_batch(batch)``, ``polars.DataFrame(batch)``, ``duckdb.sql("from batch")``.
    """

    __slots__ = ("__weakref__", "_columns", "_handle", "_schema")

    # What is not asked for is not made: a batch comes after its text has gone through the caches, and all that is executed for it is slow.
    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._schema: Optional[Schema] = None

    @property
    def schema(self) -> Schema:
        """The names and types of the columns."""
        schema = self._schema
        if schema is None:
            size = ctypes.c_size_t()
            text = lib.batch_schema_json(self._handle, ctypes.byref(size))
            schema = schema_of(ctypes.string_at(text, size.value))
            self._columns: List[Optional[Column]] = [None] * len(schema)
            self._schema = schema
        return schema

    @property
    def columns(self) -> Tuple[str, ...]:
        """The names of the columns."""
        return self.schema.names

    @property
    def lines(self) -> int:
        """How many lines of the input the batch accounts for: rows, their further lines, and rejects."""
        return int(lib.batch_lines(self._handle))

    @property
    def rejects(self) -> Rejects:
        """The lines that are no records, as a sequence of ``Reject``."""
        return Rejects(self._handle) if self._handle.rejects else NO_REJECTS

    def __len__(self) -> int:
        rows: int = self._handle.rows
        return rows

    def __bool__(self) -> bool:
        return True  # a batch of rejects only is still a batch: ``while batch := ...`` must not end at it

    def __contains__(self, name: object) -> bool:
        return name in self.schema.names

    def __getitem__(self, name: str) -> Column:
        if not isinstance(name, str):
            raise TypeError("a column's name is needed, not %s; batch.rows() gives the rows" % type(name).__name__)
        at = self.schema.find(name)
        column = self._columns[at]
        if column is None:
            column = self._columns[at] = column_of(self._handle, at, self.schema[at])
        return column

    def rows(self) -> Iterator[Row]:
        """The rows as dicts, made as they are asked for. Nested fields are dicts in dicts."""
        start, size, rows = 0, FIRST_SLICE, len(self)
        while start < rows:
            yield from self._slice(start, min(size, rows - start))
            start, size = start + size, SLICE

    __iter__ = rows

    def row(self, index: int) -> Row:
        """One row."""
        return self._slice(_call.position(index, len(self), "the batch has %d rows"), 1)[0]

    def to_pylist(self) -> List[Row]:
        """All rows as a list of dicts."""
        return [row for row in self.rows()]

    def to_pydict(self) -> Dict[str, List[Any]]:
        """All columns as lists."""
        return {name: self[name].to_pylist() for name in self.columns}

    def _slice(self, start: int, count: int) -> List[Row]:
        if _host.available:
            made: List[Row] = lib.py_rows(self._handle, start, count)
            return made
        return _pure.rows(self.schema, [self[name]._values(start, count) for name in self.columns], count)

    def to_json(self, *, lines: bool = False, nulls: bool = True) -> str:
        """The rows as one JSON array, or as an object a line. Times are RFC 3339 in UTC, with all their digits."""
        flags = (_abi.JSON_LINES if lines else 0) | (0 if nulls else _abi.JSON_DROP_NULLS)
        out, failure = _call.Text(), _abi.Failure()
        status = lib.batch_to_json(self._handle, 0, -1, flags, ctypes.byref(out), ctypes.byref(failure))
        _call.check(status, failure)
        return out.text()

    def __arrow_c_array__(self, requested_schema: Any = None) -> Tuple[Any, Any]:
        return arrow.array_capsules(self._handle, arrow.flags_for(requested_schema, len(self.schema)))

    def _arrow_stream(self, flags: int) -> Any:
        return arrow.stream_capsule([self._handle], flags)

    def _arrow_fields(self) -> int:
        return len(self.schema)

    def to_pyarrow(self, strings: str = "utf8", time_unit: str = "ns") -> Any:
        """A pyarrow.RecordBatch.

        strings: ``"view"`` copies nothing (few functions of pyarrow compute with it yet), ``"utf8"``, ``"large_utf8"``, ``"dictionary"``.
        time_unit: ``"ns"``, ``"us"`` or ``"ms"``.
        """
        import pyarrow

        return pyarrow.record_batch(arrow.ArrayAs(self._handle, arrow.flags_of(strings, time_unit)))

    def __repr__(self) -> str:
        return "<sawlog.Batch: %d rows, %d rejects, %s>" % (len(self), len(self.rejects), ", ".join(self.columns))

    def __reduce__(self) -> Any:
        raise TypeError("a sawlog.Batch cannot be pickled: send batch.to_pyarrow(), or the lines and the parser")
