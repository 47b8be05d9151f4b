"""Logs as Spark tables: a Python data source (Spark 4), and the same by mapInArrow (Spark 3.5 too).

::

    import sawlog_spark
    spark.dataSource.register(sawlog_spark.LogSource)
    logs = spark.read.format("sawlog").option("format", "combined").load("/var/log/site/*")
    logs.groupBy("status").count().show()

    sawlog_spark.by_map_in_arrow(spark, "/var/log/site/*", {"format": "combined"})     # the same table

Every executor needs the package sawlog, and pyarrow. Files without compression are cut into splits of `splitBytes` (32 MiB), so that many
workers share one file; a compressed file is one split, and so is every file of a definition whose records have several lines or a header.
What is no record is left out, and counted: `rejects` is a function below.
"""

import functools
import glob
import json
import os
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

import pyarrow as pa

try:
    from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
except ImportError:  # Spark 3.5: mapInArrow only
    DataSource = DataSourceReader = InputPartition = object

SPLIT = 32 << 20
BLOCK = 4 << 20  # parsed at a time: batches stay small against an executor's memory
SAMPLE = 1 << 20

#: Options that are Spark's or ours; all others are keys of a sawlog definition.
OURS = {"path", "paths", "splitBytes"}


class Split(NamedTuple):
    """The lines that begin in [start, end) of a file; end None: all of it."""

    path: str
    start: int = 0
    end: Optional[int] = None


def definition_of(options: Any) -> str:
    """The definition in Spark's options, whose keys come in lower case and whose values are text: {"format": "combined"}, or {"definition": JSON}."""
    given = {key: value for key, value in dict(options).items() if key.lower() not in {word.lower() for word in OURS}}
    if "definition" in given:
        return str(given["definition"])
    return json.dumps(given or {"format": "auto"})


@functools.lru_cache(maxsize=8)
def parser_of(definition: str) -> Any:
    """A parser for each definition in a process. The library is loaded here and not at import: Spark's daemon forks its workers, and must not have loaded it."""
    import sawlog

    return sawlog.Parser(json.loads(definition))


def files(paths: str) -> List[str]:
    """Files by a path, a folder or a pattern, with absolute names: an executor has another working directory."""
    found: List[str] = []
    for path in paths.split(","):
        path = os.path.abspath(path)
        matches = [path] if os.path.exists(path) else sorted(glob.glob(path))
        for match in matches:
            found += sorted(os.path.join(match, name) for name in os.listdir(match)) if os.path.isdir(match) else [match]
    found = [path for path in found if os.path.isfile(path)]
    if not found:
        raise FileNotFoundError(f"no file fits {paths}")
    return found


MAGIC = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ", b"\x04\x22\x4d\x18", b"\xff\x06\x00\x00sNaPpY")


def compressed(path: str) -> bool:
    with open(path, "rb") as file:
        return file.read(10).startswith(MAGIC)


#: Engines and keys of definitions for which a piece from the middle of a file means nothing: there is a header, or records have several lines.
WHOLE = {"csv", "w3c", "zeek", "mysql_slow", "journald_export", "multiline", "framing", "envelope"}


def splittable(definition: str) -> bool:
    """Whether each line is a record by itself. Many built-in formats join lines: tracebacks belong to their record."""
    import sawlog

    keys = json.loads(definition)
    info = parser_of(definition).info
    builtin = {known.name: known.definition for known in sawlog.formats()}.get(info["format"], {})
    return not (WHOLE & {*keys, *builtin, info["engine"]} or keys.get("json", {}).get("document"))


def splits(paths: str, size: int, definition: str) -> List[Split]:
    """All pieces of about size bytes. The cuts fall anywhere in a line: read says whose line that is."""
    all_splits = []
    for path in files(paths):
        total = os.path.getsize(path)
        if total <= size or not splittable(definition) or compressed(path):
            all_splits.append(Split(path))
        else:
            all_splits += [Split(path, start, min(start + size, total)) for start in range(0, total, size)]
    return all_splits


def blocks(split: Split) -> Iterator[bytes]:
    """The lines that begin in a split, in pieces that end with a line. A line belongs to the split in which it begins, so that it is read once."""
    with open(split.path, "rb") as file:
        if split.start > 0:
            file.seek(split.start - 1)
            file.readline()  # the line under way belongs to the split before
        while file.tell() < split.end:
            data = file.read(min(BLOCK, split.end - file.tell()))
            yield data if data.endswith(b"\n") else data + file.readline()


def batches(split: Split, definition: str) -> Iterator[Any]:
    """sawlog's batches of a split."""
    parser = parser_of(definition)
    if split.end is not None:
        for block in blocks(split):
            yield parser.parse(block)
        return
    import sawlog

    with sawlog.open(split.path, **json.loads(definition), threads=1) as reader:
        yield from reader


def read(split: Split, definition: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Arrow batches of a split, all with one schema."""
    for batch in batches(split, definition):
        if len(batch):
            yield conform(batch.to_pyarrow(strings="utf8", time_unit="us"), schema)


def conform(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with exactly the schema's columns: in open formats, as JSON, the columns depend on the piece of the input."""
    columns = []
    for field in schema:
        at = batch.schema.get_field_index(field.name)
        if at < 0:
            columns.append(pa.nulls(batch.num_rows, field.type))
        else:
            column = batch.column(at)
            if column.type != field.type:
                column = column.cast(field.type, safe=False)
            columns.append(column)
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def spark_type(kind: pa.DataType) -> pa.DataType:
    """The type that Spark takes: no unsigned numbers, no views, no dictionaries."""
    if pa.types.is_uint64(kind):
        return pa.decimal128(20, 0)
    if pa.types.is_list(kind):
        return pa.list_(spark_type(kind.value_type))
    if pa.types.is_map(kind):
        return pa.map_(pa.string(), spark_type(kind.item_type))
    if pa.types.is_dictionary(kind):
        return spark_type(kind.value_type)
    return kind


def schema_of(paths: str, definition: str) -> pa.Schema:
    """The schema: the definition's own, or, when it depends on the input, that of the beginning of the first file. Runs on the driver."""
    import sawlog

    with sawlog.open(files(paths)[0], **json.loads(definition), threads=1) as reader:
        found = next(iter(reader), None)
        batch = found.to_pyarrow(strings="utf8", time_unit="us") if found is not None else None
        fields = batch.schema if batch is not None else pa.schema(reader.schema)
    return pa.schema([pa.field(field.name, spark_type(field.type), nullable=True) for field in fields])


def settled(definition: str, paths: str) -> str:
    """The definition with its format detected, once for all executors."""
    import sawlog

    if json.loads(definition).get("format") != "auto":
        return definition
    return json.dumps({"format": sawlog.detect(files(paths)[0]).format})


class LogSource(DataSource):
    """spark.read.format("sawlog")"""

    @classmethod
    def name(cls) -> str:
        return "sawlog"

    def _settled(self) -> Tuple[str, str]:
        paths = self.options["path"]
        return paths, settled(definition_of(self.options), paths)

    def schema(self) -> Any:
        from pyspark.sql.pandas.types import from_arrow_schema

        paths, definition = self._settled()
        return from_arrow_schema(schema_of(paths, definition))

    def reader(self, schema: Any) -> Any:
        paths, definition = self._settled()
        ours = schema_of(paths, definition)
        wanted = pa.schema([ours.field(name) for name in schema.fieldNames()])  # a schema of the user's may leave columns out
        return LogReader(paths, int(self.options.get("splitBytes", SPLIT)), definition, wanted)


class LogPartition(InputPartition):
    def __init__(self, split: Split) -> None:
        self.split = split


class LogReader(DataSourceReader):
    def __init__(self, paths: str, size: int, definition: str, schema: pa.Schema) -> None:
        self.paths, self.size, self.definition, self.arrow = paths, size, definition, schema

    def partitions(self) -> List[LogPartition]:
        return [LogPartition(split) for split in splits(self.paths, self.size, self.definition)]

    def read(self, partition: LogPartition) -> Iterator[pa.RecordBatch]:
        return read(partition.split, self.definition, self.arrow)


def by_map_in_arrow(spark: Any, paths: str, options: Dict[str, Any], size: int = SPLIT) -> Any:
    """The table by DataFrame.mapInArrow: a table of splits goes in, one split a task, and records come out."""
    from pyspark.sql.pandas.types import from_arrow_schema

    definition = settled(definition_of(options), paths)
    schema = schema_of(paths, definition)

    def parse(tables: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for table in tables:
            for row in table.to_pylist():
                yield from read(Split(row["path"], row["start"], row["end"]), definition, schema)

    pieces = splits(paths, size, definition)
    return _table(spark, pieces).mapInArrow(parse, from_arrow_schema(schema))


def rejects(spark: Any, paths: str, options: Dict[str, Any], size: int = SPLIT) -> Any:
    """The lines that are no records: path, fault, text."""
    definition = settled(definition_of(options), paths)

    def parse(tables: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for table in tables:
            for row in table.to_pylist():
                split = Split(row["path"], row["start"], row["end"])
                for batch in batches(split, definition):
                    found = [(split.path, reject.fault, bytes(reject.raw).decode("utf-8", "replace")) for reject in batch.rejects]
                    if found:
                        yield pa.RecordBatch.from_arrays([pa.array(column, pa.string()) for column in zip(*found)], names=["path", "fault", "text"])

    return _table(spark, splits(paths, size, definition)).mapInArrow(parse, "path string, fault string, text string")


def _table(spark: Any, pieces: List[Split]) -> Any:
    return spark.createDataFrame(pieces, "path string, start long, end long").repartition(len(pieces))
