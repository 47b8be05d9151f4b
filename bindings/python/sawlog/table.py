"""Table: all batches of a log."""

from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

from . import _call, arrow
from .batch import Batch
from .column import Chunked
from .detect import Detection
from .parser import Parser
from .reader import Reader
from .reader import open as open_reader
from .rejects import Joined
from .schema import Schema
from .stats import Stats

__all__ = ["Table", "read"]


def read(source: Any, parser: Union[Parser, str, Mapping[str, Any], None] = None, **options: Any) -> "Table":
    """Reads a whole log into memory. Takes what ``sawlog.open`` takes."""
    with open_reader(source, parser, **options) as reader:
        return reader.read()


class Table(arrow.Exports):
    """All batches of a log. It goes to Arrow libraries without copying: ``polars.DataFrame(table)``, ``duckdb.sql("from logs")``,
    ``pyarrow.table(table)``, ``pandas.DataFrame.from_arrow(table)``.
    """

    __slots__ = ("__weakref__", "batches", "definition", "detection", "format", "schema", "sources", "stats")

    def __init__(self, batches: Sequence[Batch], schema: Schema, stats: Stats, reader: Reader) -> None:
        #: The batches in the order of the input.
        self.batches: Tuple[Batch, ...] = tuple(batches)
        #: The names and types of the columns.
        self.schema: Schema = self.batches[0].schema if self.batches else schema
        #: What was read, how much of it was rejected, and how long it took.
        self.stats: Stats = stats
        #: As those of the Reader.
        self.format: Optional[str] = reader.format
        self.definition: Dict[str, Any] = reader.definition
        self.detection: Optional[Detection] = reader.detection
        self.sources: Tuple[str, ...] = reader.sources

    @property
    def columns(self) -> Tuple[str, ...]:
        """The names of the columns."""
        return self.schema.names

    @property
    def rejects(self) -> Joined:
        """The lines that are no records, as a sequence of ``Reject``."""
        return Joined(batch.rejects for batch in self.batches)

    def __len__(self) -> int:
        return sum(map(len, self.batches))

    def __bool__(self) -> bool:
        return True

    def __contains__(self, name: object) -> bool:
        return name in self.schema.names

    def __getitem__(self, name: str) -> Chunked:
        if not isinstance(name, str):
            raise TypeError("a column's name is needed, not %s; table.rows() gives the rows" % type(name).__name__)
        field = self.schema[self.schema.find(name)]
        return Chunked(field, [batch[name] for batch in self.batches])

    def rows(self) -> Iterator[Dict[str, Any]]:
        """The rows as dicts, made as they are asked for."""
        for batch in self.batches:
            yield from batch.rows()

    __iter__ = rows

    def row(self, index: int) -> Dict[str, Any]:
        """One row."""
        at = _call.position(index, len(self), "the table has %d rows")
        for batch in self.batches:
            if at < len(batch):
                break
            at -= len(batch)
        return batch.row(at)

    def to_pylist(self) -> List[Dict[str, Any]]:
        """All rows as a list of dicts."""
        return [row for row in self.rows()]

    def to_pydict(self) -> Dict[str, List[Any]]:
        """All columns as lists."""
        return {name: self[name].to_pylist() for name in self.columns}

    def to_json(self, *, lines: bool = False, nulls: bool = True) -> str:
        """The rows as one JSON array, or as an object a line."""
        parts = [batch.to_json(lines=lines, nulls=nulls) for batch in self.batches if len(batch)]
        if lines:
            return "".join(parts)
        return "[" + ",".join(part.strip()[1:-1].strip() for part in parts) + "]"

    def _filled(self) -> Tuple[Batch, ...]:
        """At least one batch: an empty one stands for an empty log, so that its columns are known."""
        return self.batches or (Parser(self.definition or None).parse(b""),)

    def _arrow_stream(self, flags: int) -> Any:
        return arrow.stream_capsule([batch._handle for batch in self._filled()], flags)

    def _arrow_fields(self) -> int:
        return len(self._filled()[0].schema)

    def to_pyarrow(self, strings: str = "utf8", time_unit: str = "ns") -> Any:
        """A pyarrow.Table.

        strings: ``"view"`` copies nothing (few functions of pyarrow compute with it yet), ``"utf8"``, ``"large_utf8"``, ``"dictionary"``.
        time_unit: ``"ns"``, ``"us"`` or ``"ms"``.
        """
        import pyarrow

        return pyarrow.table(arrow.StreamAs(self, arrow.flags_of(strings, time_unit)))

    def __repr__(self) -> str:
        return "<sawlog.Table: %d rows, %d rejects, %s>" % (len(self), len(self.rejects), ", ".join(self.columns))

    def __reduce__(self) -> Any:
        raise TypeError("a sawlog.Table cannot be pickled: send table.to_pyarrow(), or the path")
