"""Spark with two workers gives what one process gives: python test_spark.py (it needs pyspark, pyarrow, pandas<3, and sawlog's library)."""

import collections
import gzip
import json
import os
import sys
import tempfile

import pyarrow as pa
import sawlog_spark

LINE = '192.0.2.%d - - [05/Mar/2026:10:%02d:%02d +0000] "GET /%d HTTP/1.1" %d %d "-" "agent \u00fc"\n'


def make_logs(folder):
    """Two plain files and a compressed one, with lines that are no records, and none that ends at a split's end."""
    for name in ("a.log", "b.log", "c.log.gz"):
        with (gzip.open if name.endswith(".gz") else open)(os.path.join(folder, name), "wt", encoding="utf-8") as file:
            for i in range(5000):
                file.write("no record\n" if i % 500 == 0 else LINE % (i % 250, i // 60 % 60, i % 60, i, 200 + i % 3 * 102, i))
    with open(os.path.join(folder, "d.json"), "w", encoding="utf-8") as file:
        for i in range(3000):
            file.write(json.dumps({"time": "2026-03-05T10:00:00Z", "n": i, "nested": {"a": "x" * (i % 7)}}) + "\n")


def in_one_process(path, definition):
    tables = [sawlog_spark.conform(b.to_pyarrow(strings="utf8", time_unit="us"), sawlog_spark.schema_of(path, definition))
              for file in sawlog_spark.files(path) for b in sawlog_spark.batches(sawlog_spark.Split(file), definition)]
    return pa.Table.from_batches(tables)


def rows(table):
    return collections.Counter(json.dumps(row, default=str, sort_keys=True) for row in table.to_pylist())


def test_splits(folder):
    """Whatever the size of splits, each line is read once."""
    path = os.path.join(folder, "a.log")
    with open(path, "rb") as file:
        text = file.read()
    for size in (1000, 4097, 100_000, len(text), 1 << 30):
        pieces = sawlog_spark.splits(path, size, '{"format": "combined"}')
        if len(pieces) > 1:
            assert b"".join(b for piece in pieces for b in sawlog_spark.blocks(piece)) == text, size
    assert len(sawlog_spark.splits(os.path.join(folder, "c.log.gz"), 1000, "{}")) == 1, "a compressed file is one split"
    for whole in ('{"format": "csv"}', '{"format": "iis"}', '{"format": "zeek"}', '{"csv": {}}'):
        assert len(sawlog_spark.splits(path, 1000, whole)) == 1, f"a file with a header is one split: {whole}"
    for joined in ('{"format": "python_logging"}', '{"format": "mysql_slow"}', '{"format": "postgres"}', '{"format": "combined", "multiline": "java"}', '{"format": "auto", "envelope": ["cri"]}'):
        assert len(sawlog_spark.splits(path, 1000, joined)) == 1, f"a file of records of several lines is one split: {joined}"
    for lines in ('{"format": "combined"}', '{"format": "json"}', '{"json": {}}', '{"grok": "%{WORD:a}"}', '{"format": "syslog"}'):
        assert len(sawlog_spark.splits(path, 1000, lines)) > 1, lines


def test_tracebacks(folder):
    """A record keeps its traceback, however small the splits are asked to be."""
    path = os.path.join(folder, "app.txt")
    with open(path, "w", encoding="utf-8") as file:
        for i in range(300):
            file.write(f"2026-03-05 10:00:00,{i:03} - shop - ERROR - it broke\n" + "Traceback (most recent call last):\n" + '  File "shop.py", line 7, in sell\n' * 5 + "ValueError: no\n")
    definition = sawlog_spark.settled('{"format": "auto"}', path)
    read = [batch for split in sawlog_spark.splits(path, 1000, definition) for batch in sawlog_spark.batches(split, definition)]
    assert sum(len(batch) for batch in read) == 300 and not sum(len(batch.rejects) for batch in read), definition


def connect():
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable  # workers use this interpreter, not the first on PATH
    builder = SparkSession.builder.master(os.environ.get("MASTER", "local-cluster[2,1,1024]"))
    for key, value in {
        "spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1",
        "spark.executorEnv.PYTHONPATH": os.environ.get("PYTHONPATH", ""), "spark.sql.session.timeZone": "UTC",
    }.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def test_spark(folder):
    spark = connect()
    spark.sparkContext.setLogLevel("ERROR")
    spark.dataSource.register(sawlog_spark.LogSource)
    for path, options in ((os.path.join(folder, "*.log*"), {"format": "combined"}), (os.path.join(folder, "*.log*"), {}), (os.path.join(folder, "d.json"), {"format": "json"})):
        definition = sawlog_spark.settled(sawlog_spark.definition_of(options), path)
        want = rows(in_one_process(path, definition))
        reader = spark.read.format("sawlog").option("splitBytes", 40_000)
        for key, value in options.items():
            reader = reader.option(key, value)
        table = reader.load(path)
        partitions = table.rdd.getNumPartitions()
        assert rows(table.toArrow()) == want, "the data source"
        assert rows(sawlog_spark.by_map_in_arrow(spark, path, options, 40_000).toArrow()) == want, "mapInArrow"
        print(f"{definition}: {sum(want.values())} records from {partitions} splits, equal to one process by both ways")
    lost = sawlog_spark.rejects(spark, os.path.join(folder, "*.log*"), {"format": "combined"}, 40_000)
    assert lost.count() == 30 and {row.text for row in lost.collect()} == {"no record"}
    table.createOrReplaceTempView("logs")
    assert spark.sql("select max(n) from logs").first()[0] == 2999
    spark.stop()


def main():
    with tempfile.TemporaryDirectory() as folder:
        make_logs(folder)
        test_splits(folder)
        test_tracebacks(folder)
        test_spark(folder)
    print("3 passed, 0 failed, 0 skipped")


if __name__ == "__main__":
    main()
