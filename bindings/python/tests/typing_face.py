"""Not run: mypy --strict reads it, as a user's program that uses every name."""

import datetime
from typing import Any, Dict, Iterator, List, Optional, Tuple

from typing_extensions import assert_type

import sawlog


def parse(data: bytes, line: str) -> Tuple[sawlog.Batch, Optional[Dict[str, Any]], sawlog.Explanation]:
    parser = sawlog.Parser("combined", columns=["status"], year=2026)
    with parser.stream(limits={"line": 100}) as stream:
        batch: Optional[sawlog.Batch] = stream.feed(bytearray(data))
        batch = stream.flush()
    schema: Optional[sawlog.Schema] = parser.schema
    assert schema is not None and batch is not None
    kind: str = schema["status"].type
    print(kind, parser.definition["format"])
    return parser.parse(memoryview(data)), parser.parse_line(line), parser.explain(line.encode())


def look(batch: sawlog.Batch) -> List[int]:
    names: Tuple[str, ...] = batch.columns
    column: sawlog.Column = batch[names[0]]
    view: memoryview = memoryview(column)
    rows: Iterator[Dict[str, Any]] = batch.rows()
    print(next(rows), column.to_pylist(), column.null_count, column.type, len(batch), batch.to_json(lines=True))
    for reject in batch.rejects:
        place: Tuple[int, int, int, int] = (reject.source, reject.line, reject.offset, reject.length)
        print(place, reject.fault.upper(), reject.raw.decode())
    return view.tolist()


def read(path: str, now: datetime.datetime) -> float:
    with sawlog.open([path], nginx="$status", now=now, threads=2) as reader:
        for batch in reader:
            look(batch)
        stats: sawlog.Stats = reader.stats
        detection: Optional[sawlog.Detection] = reader.detection
        print(reader.schema.names, detection.explain() if detection else "", stats.rejects.get("no_match", 0))
    parser = sawlog.Parser("combined")
    assert_type(parser.open(path), sawlog.Reader)  # an Any would pass for anything
    assert_type(parser.read(path), sawlog.Table)
    assert_type(sawlog.open(path).read(), sawlog.Table)
    table: sawlog.Table = sawlog.read(path, parser={"json": {}})
    print(table.to_pyarrow(strings="view", time_unit="us"), table.to_polars(), table.to_pandas(), len(table), table["status"][0])
    try:
        found: sawlog.Detection = sawlog.detect(path)
        print(found.format, found.confidence, [candidate.why for candidate in found.candidates])
    except sawlog.ReadError as error:
        print(error.errno, error.filename)
    except sawlog.FormatError as error:
        print(error.position, error.offset, error.line, error.column, error.hint)
    for known in sawlog.formats():
        print(known.name, known.title, known.fields["time"], known.sample, known.definition)
    return stats.seconds
