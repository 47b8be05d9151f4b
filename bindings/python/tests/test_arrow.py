"""Arrow: batches, tables, readers and schemas go to pyarrow, polars, duckdb and pandas."""

import gc
import io
import json
import sys
import threading

import pytest

import samples
import sawlog

pyarrow = pytest.importorskip("pyarrow")
compute = pytest.importorskip("pyarrow.compute")

COUNT = 5000


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("arrow") / "access.log"
    path.write_bytes(samples.access(COUNT, bad=100))
    return path


@pytest.fixture(scope="module")
def table(path):
    return sawlog.read(path, "combined", block_size=64 * 1024)


@pytest.fixture(scope="module")
def batch(path):
    return sawlog.Parser("combined").parse(path.read_bytes())


def test_there_are_several_batches(table):
    assert len(table.batches) > 3
    assert len(table) == COUNT - COUNT // 100


def test_a_batch_as_a_record_batch(batch):
    made = pyarrow.record_batch(batch)
    made.validate(full=True)
    assert made.schema.field("target").type == pyarrow.string_view()
    assert made.schema.field("method").type == pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    assert made.schema.field("time").type == pyarrow.timestamp("ns", "UTC")
    assert made.schema.field("status").type == pyarrow.int64()
    assert {name: made.column(name).to_pylist() for name in ("status", "bytes", "method", "target")} == {
        name: batch[name].to_pylist() for name in ("status", "bytes", "method", "target")
    }


def test_pyarrow_rows_are_our_rows(batch):
    ours = [dict(row, time=None) for row in batch.rows()]
    theirs = [dict(row, time=None) for row in batch.to_pyarrow(time_unit="us").to_pylist()]
    assert theirs == ours
    assert batch.to_pyarrow(time_unit="us").column("time").to_pylist() == batch["time"].to_pylist()


@pytest.mark.parametrize("strings", ["view", "utf8", "large_utf8", "dictionary"])
@pytest.mark.parametrize("unit", ["ns", "us", "ms"])
def test_every_export(batch, table, strings, unit):
    types = {
        "view": pyarrow.string_view(),
        "utf8": pyarrow.string(),
        "large_utf8": pyarrow.large_string(),
        "dictionary": pyarrow.dictionary(pyarrow.int32(), pyarrow.string()),
    }
    for source in (batch, table):
        made = source.to_pyarrow(strings, unit)
        made.validate(full=True)
        assert made.schema.field("target").type == types[strings]
        assert made.schema.field("time").type == pyarrow.timestamp(unit, "UTC")
        assert made.column("target").to_pylist() == source["target"].to_pylist()


def test_wrong_exports_are_refused(batch):
    with pytest.raises(ValueError, match="large_utf8"):
        batch.to_pyarrow(strings="utf-8")
    with pytest.raises(ValueError, match="ns, us, ms"):
        batch.to_pyarrow(time_unit="s")


def test_a_table_as_a_table(table):
    made = pyarrow.table(table)
    made.validate(full=True)
    assert made.num_rows == len(table)
    assert made.column("bytes").num_chunks == len(table.batches)
    assert compute.sum(made["bytes"]).as_py() == sum(value or 0 for value in table["bytes"])


def test_a_schema_as_a_schema(batch, table):
    assert pyarrow.schema(batch.schema) == pyarrow.record_batch(batch).schema
    assert pyarrow.schema(table) == pyarrow.table(table).schema
    assert batch.schema.to_pyarrow() == pyarrow.schema(sawlog.Parser("combined").schema)


def test_a_requested_schema_is_honoured_where_it_can_be(batch):
    utf8 = batch.to_pyarrow("utf8", "us").schema
    got = pyarrow.record_batch(batch, schema=utf8)
    assert got.schema == utf8
    with pytest.raises(ValueError, match="columns"):
        batch.__arrow_c_array__(pyarrow.schema([pyarrow.field("x", pyarrow.int64())]).__arrow_c_schema__())


def test_a_reader_streams(path, table):
    reader = sawlog.open(path, "combined", block_size=64 * 1024)
    stream = pyarrow.RecordBatchReader.from_stream(reader)
    assert stream.schema == pyarrow.schema(table)
    made = stream.read_all()
    assert made.num_rows == len(table)
    assert made["target"].to_pylist() == table["target"].to_pylist()
    assert list(reader) == []
    assert reader.closed
    with pytest.raises(sawlog.Cancelled, match="went to an Arrow stream"):
        pyarrow.RecordBatchReader.from_stream(reader)


def test_a_reader_streams_what_is_left(path, table):
    reader = sawlog.open(path, "combined", block_size=64 * 1024)
    first = next(reader)
    made = pyarrow.table(reader)
    assert len(first) + made.num_rows == len(table)


class Breaking(io.BytesIO):
    """A file object that fails behind its data, when it may."""

    def __init__(self, data):
        super().__init__(data)
        self.may = threading.Event()

    def read1(self, size=-1):
        chunk = super().read1(size)
        if not chunk:
            assert self.may.wait(20)
            raise ZeroDivisionError("the disk is round")
        return chunk


@pytest.mark.skipif(sys.platform != "linux", reason="a socket that is closed says nothing of what was not read elsewhere")
def test_an_error_of_the_file_object_is_no_end_of_the_stream(path, monkeypatch):
    shown = []
    monkeypatch.setattr(threading, "excepthook", lambda args: shown.append(args.exc_value))
    file, rows = Breaking(path.read_bytes()), 0
    stream = pyarrow.RecordBatchReader.from_stream(sawlog.open(file, "combined"))
    file.may.set()
    with pytest.raises(OSError, match="<Breaking>: after %d bytes" % path.stat().st_size):
        for batch in stream:
            rows += batch.num_rows
    assert rows == COUNT - COUNT // 100
    assert [str(error) for error in shown] == ["the disk is round"]


def test_what_happens_to_a_file_object_that_nobody_reads_any_more_is_not_shown(monkeypatch):
    shown = []
    monkeypatch.setattr(threading, "excepthook", lambda args: shown.append(args.exc_value))
    file = Breaking(samples.access(3))
    reader = sawlog.open(file, "combined")
    stream = pyarrow.RecordBatchReader.from_stream(reader)
    assert stream.read_next_batch().num_rows == 3
    del stream
    gc.collect()
    file.may.set()
    reader._pump._thread.join(20)
    assert shown == []


def test_a_file_object_that_has_failed_already_makes_no_stream():
    file = Breaking(samples.access(3))
    reader = sawlog.open(file, "combined")
    assert len(next(reader)) == 3
    file.may.set()
    reader._pump._thread.join(20)
    with pytest.raises(ZeroDivisionError, match="round"):
        pyarrow.table(reader)


def test_a_stream_that_fails_says_so(tmp_path):
    import gzip

    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress(samples.access(20000))[:-5000])
    with pytest.raises((OSError, pyarrow.ArrowInvalid), match="(?i)gzip|unexpected|truncated|ends|damaged"):
        pyarrow.table(sawlog.open(path, "combined"))


def test_empty_logs_have_columns(tmp_path):
    path = tmp_path / "empty.log"
    path.write_bytes(b"")
    made = pyarrow.table(sawlog.read(path, "combined"))
    assert made.num_rows == 0 and "status" in made.column_names
    assert pyarrow.record_batch(sawlog.Parser("combined").parse(b"")).num_rows == 0


def test_arrow_data_outlives_everything(path):
    def make():
        return pyarrow.record_batch(sawlog.Parser("combined").parse(path.read_bytes())).column("target")

    column = make()
    gc.collect()
    sawlog.Parser("combined").parse(samples.access(COUNT, seed=9))
    column.validate(full=True)
    assert column.to_pylist() == sawlog.read(path, "combined")["target"].to_pylist()


def test_capsules_nobody_takes_are_freed(batch, table):
    for _ in range(50):
        batch.__arrow_c_array__()
        batch.__arrow_c_stream__()
        batch.__arrow_c_schema__()
        table.__arrow_c_stream__()


def test_json_with_nested_names():
    batch = sawlog.Parser({"json": {}}).parse(samples.events(200))
    made = batch.to_pyarrow()
    assert "user.id" in made.schema.names
    assert made.column("n").to_pylist() == list(range(200))
    assert made.column("ok").to_pylist() == [json.loads(line)["ok"] for line in samples.events(200).splitlines()]


def test_polars(batch, table, path):
    polars = pytest.importorskip("polars")
    for source in (batch, table):
        frame = polars.DataFrame(source)
        assert frame.height == len(source)
        assert frame["target"].to_list() == source["target"].to_pylist()
        assert frame["method"].to_list() == source["method"].to_pylist()
        assert frame["bytes"].sum() == sum(value or 0 for value in source["bytes"])
        assert source.to_polars().equals(frame)
    assert frame.schema["time"] == polars.Datetime("ns", "UTC")
    assert polars.DataFrame(sawlog.open(path, "combined")).height == len(table)


def test_duckdb(batch, table, path):
    """Every shape of source, found by the name of a variable as users do it."""
    duckdb = pytest.importorskip("duckdb")
    query = "select method, count(*) n, sum(bytes) b from source group by method order by method"

    def groups(source):
        return duckdb.sql(query).fetchall()

    expected = groups(table.to_pyarrow())
    assert sum(row[1] for row in expected) == len(table)
    assert sum(row[2] for row in expected) == sum(value or 0 for value in table["bytes"])
    for source in (table, batch, sawlog.open(path, "combined"), batch.to_pyarrow()):
        assert groups(source) == expected


def test_pandas(batch, table):
    pandas = pytest.importorskip("pandas")
    for source in (batch, table):
        frame = source.to_pandas()
        assert len(frame) == len(source)
        assert frame["status"].tolist() == source["status"].to_pylist()
        assert frame["target"].tolist() == source["target"].to_pylist()
        assert str(frame["time"].dtype) == "datetime64[ns, UTC]"
    if hasattr(pandas.DataFrame, "from_arrow"):
        frame = pandas.DataFrame.from_arrow(table)
        assert frame["status"].tolist() == table["status"].to_pylist()
        assert frame["target"].tolist() == table["target"].to_pylist()


def test_numpy_sees_the_memory_of_a_column(batch):
    numpy = pytest.importorskip("numpy")
    values = numpy.asarray(batch["status"])
    assert values.dtype == numpy.int64 and not values.flags.owndata
    assert values.tolist() == batch["status"].to_pylist()
    times = numpy.asarray(batch["time"]).view("datetime64[ns]")
    assert str(times[0]) == "2026-01-01T00:00:00.000000000"
