"""The command parse: a log to JSON lines, CSV, Arrow or Parquet."""

import argparse
import contextlib
import csv
import datetime
import importlib
import io
import json
import sys
from typing import Any, Iterable, List

from ..batch import Batch
from ..column import Column
from ..errors import FormatError
from ..reader import Reader
from .options import Progress, add_reading, open_input


def add(commands: Any) -> None:
    parser = commands.add_parser("parse", help="a log to JSON lines, CSV, Arrow or Parquet")
    parser.add_argument("file", nargs="+", metavar="FILE")
    parser.add_argument("--to", choices=tuple(WRITERS), default="json", help="json: an object a line (the default); arrow: an IPC stream")
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write it (-, the standard output)")
    parser.add_argument("--nulls", action="store_true", help="json: write nulls too")
    parser.add_argument("--rejects", metavar="FILE", help="where to write the lines that are no records: number, reason and text, tab-separated")
    parser.add_argument("--max-rejects", type=int, metavar="N", help="exit with status 1 when there are more")
    add_reading(parser)
    parser.set_defaults(run=_parse)


def _parse(arguments: argparse.Namespace) -> int:
    if arguments.to in NEEDS_PYARROW:
        _pyarrow(arguments.to)
    with open_input(arguments) as reader, contextlib.ExitStack() as files:
        rejects = _writing(arguments.rejects, files) if arguments.rejects else None
        output = _writing(arguments.output or "-", files)
        if arguments.to in NEEDS_PYARROW and output.isatty():
            raise FormatError("--to %s is nothing to look at: give -o FILE, or a pipe" % arguments.to)
        WRITERS[arguments.to](reader, _noting(Progress(reader, arguments).batches(), rejects, output), output, arguments)
        output.flush()
        stats = reader.stats
    if stats.rejected:
        reasons = ", ".join("%d %s" % (count, fault) for fault, count in stats.rejects.items())
        print("sawlog: %d of %d lines are no records: %s" % (stats.rejected, stats.lines, reasons), file=sys.stderr)
    return 1 if arguments.max_rejects is not None and stats.rejected > arguments.max_rejects else 0


def _writing(path: str, files: contextlib.ExitStack) -> Any:
    return sys.stdout.buffer if path == "-" else files.enter_context(open(path, "wb"))


def _noting(batches: Iterable[Batch], file: Any, output: Any) -> Iterable[Batch]:
    """Of a live input nothing stays in a buffer until the next line comes."""
    for batch in batches:
        if file:
            for reject in batch.rejects:
                file.write(b"%d\t%s\t%s\n" % (reject.line, reject.fault.encode(), reject.raw))
            file.flush()
        yield batch
        output.flush()


def _json(reader: Reader, batches: Iterable[Batch], output: Any, arguments: argparse.Namespace) -> None:
    for batch in batches:
        output.write(batch.to_json(lines=True, nulls=arguments.nulls).encode("utf-8", "replace"))


def _csv(reader: Reader, batches: Iterable[Batch], output: Any, arguments: argparse.Namespace) -> None:
    text = io.TextIOWrapper(output, encoding="utf-8", newline="", write_through=True)
    try:
        writer = csv.writer(_Lines(text), lineterminator=_Lines.ENDING)
        writer.writerow(reader.schema.names)
        for batch in batches:
            writer.writerows(zip(*(_cells(batch[name]) for name in batch.columns)))
    finally:
        text.detach()


class _Lines:
    """Rows that csv ends as it does by default, since only then all its versions quote what has a carriage return in it."""

    ENDING = "\r\n"

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._write = text.write

    def write(self, row: str) -> None:
        self._write(row[: -len(self.ENDING)] + "\n")


def _cells(column: Column) -> List[Any]:
    """As in JSON: times and durations have all their nanoseconds, which datetime and timedelta have not."""
    if column.type == "timestamp":
        return [None if value is None else _time(value, nanoseconds) for value, nanoseconds in zip(column, memoryview(column))]
    if column.type == "duration":
        return [None if value is None else nanoseconds for value, nanoseconds in zip(column, memoryview(column))]
    if column.type == "float":
        return [None if value is None else _float(value) for value in column]
    return [_cell(value) for value in column]


def _float(value: float) -> str:
    """769, not 769.0: as in JSON, and as the other languages write it."""
    return "%.0f" % value if value.is_integer() and abs(value) < 1e21 else repr(value)


def _time(value: datetime.datetime, nanoseconds: int) -> str:
    fraction = "%09d" % (nanoseconds % 1000000000)
    return value.strftime("%Y-%m-%dT%H:%M:%S") + ("." + fraction.rstrip("0") if fraction.strip("0") else "") + "Z"


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, (str, int, float)):
        return ("true" if value else "false") if isinstance(value, bool) else value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return json.dumps(value, default=str, ensure_ascii=False)


def _pyarrow(kind: str) -> Any:
    try:
        import pyarrow
    except ImportError:
        raise ImportError("--to %s needs the package pyarrow: pip install pyarrow" % kind) from None
    return pyarrow


def _arrow(reader: Reader, batches: Iterable[Batch], output: Any, arguments: argparse.Namespace) -> None:
    pyarrow = _pyarrow("arrow")
    writer = None
    for batch in batches:
        record = pyarrow.record_batch(batch.to_pyarrow())
        writer = writer or pyarrow.ipc.new_stream(output, record.schema)
        writer.write_batch(record)
    writer = writer or pyarrow.ipc.new_stream(output, pyarrow.schema(reader.schema))
    writer.close()


def _parquet(reader: Reader, batches: Iterable[Batch], output: Any, arguments: argparse.Namespace) -> None:
    pyarrow = _pyarrow("parquet")
    parquet = importlib.import_module("pyarrow.parquet")
    writer = None
    for batch in batches:
        table = pyarrow.Table.from_batches([batch.to_pyarrow()])
        writer = writer or parquet.ParquetWriter(output, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is None:
        writer = parquet.ParquetWriter(output, pyarrow.schema(reader.schema))
    writer.close()


WRITERS = {"json": _json, "csv": _csv, "arrow": _arrow, "parquet": _parquet}
NEEDS_PYARROW = ("arrow", "parquet")
