"""A batch: columns, rows, rejects and JSON."""

import copy
import datetime
import json
import pickle

import pytest

import samples
import sawlog

UTC = datetime.timezone.utc


@pytest.fixture(scope="module")
def batch():
    return sawlog.Parser("combined").parse(samples.access(5000, bad=50))


@pytest.fixture(scope="module")
def events():
    return sawlog.Parser({"json": {}, "fields": {"ts": "timestamp rfc3339"}}).parse(samples.events(500))


def test_every_line_is_accounted_for(batch):
    assert len(batch) == 4900
    assert len(batch.rejects) == 100
    assert batch.lines == 5000


def test_columns_by_name(batch):
    assert "status" in batch and "nothing" not in batch
    assert set(batch.columns) == set(batch.schema.names)
    assert len(batch["status"]) == 4900
    assert batch["status"] is batch["status"]


def test_an_unknown_column_names_the_nearest(batch):
    with pytest.raises(KeyError, match="did you mean status"):
        batch["stauts"]
    with pytest.raises(TypeError, match=r"rows\(\)"):
        batch[0]


def test_rows_come_lazily_and_in_order(batch):
    rows = batch.rows()
    assert next(rows)["target"].startswith("/path/0/")
    rest = list(rows)
    assert len(rest) == 4899
    numbers = [int(row["target"].split("/")[2]) for row in rest]
    assert numbers == sorted(numbers)
    assert list(batch) == batch.to_pylist()


def test_rows_and_columns_agree(batch):
    columns = batch.to_pydict()
    for i, row in enumerate(batch.rows()):
        assert row == {name: columns[name][i] for name in batch.columns}


def test_single_rows(batch):
    rows = batch.to_pylist()
    assert batch.row(0) == rows[0]
    assert batch.row(-1) == rows[-1]
    for index in (4900, -4901):
        with pytest.raises(IndexError):
            batch.row(index)


@pytest.mark.parametrize("index", ["status", None, 1.0])
def test_a_wrong_index_is_a_type_error(batch, index, tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(samples.access(300))
    table = sawlog.read(path)
    for get in (batch.row, table.row, batch["status"].__getitem__, table["status"].__getitem__, batch.rejects.__getitem__, table.rejects.__getitem__):
        with pytest.raises(TypeError, match="interpreted as an integer"):
            get(index)


def test_types_of_values(batch):
    row = batch.row(0)
    assert row["time"] == datetime.datetime(2026, 1, 1, tzinfo=UTC)
    assert type(row["status"]) is int and type(row["target"]) is str


def test_nested_objects_are_nested_in_rows(events):
    lines = [json.loads(line) for line in samples.events(500).splitlines()]
    for row, line in zip(events.rows(), lines):
        if line["user"] is None:
            assert "user" not in row or row["user"] is None
        else:
            assert row["user"] == line["user"]
        for key in ("level", "n", "ratio", "ok", "msg"):
            assert row[key] == line[key]
        assert json.loads(row["tags"]) == line["tags"] if isinstance(row["tags"], str) else row["tags"] == line["tags"]


def test_late_keys_and_odd_values_are_in_the_rows():
    many = b'{"a": 1, "b": {"c": 2}}\n' * 3000
    odd = b'{"a": "text", "b": {"c": 3, "d": [1, {"e": null}]}, "late": {"x": true}}\n'
    batch = sawlog.Parser({"json": {}}).parse(many + odd + many)
    assert len(batch) == 6001
    row = batch.row(3000)
    assert row["a"] == "text"
    assert row["b"] == {"c": 3, "d": [1, {"e": None}]}
    assert row["late"] == {"x": True}
    assert batch.row(0)["a"] == 1 and batch.row(6000)["b"] == {"c": 2}


def test_json_of_a_batch(batch, events):
    assert [row["target"] for row in json.loads(batch.to_json())] == batch["target"].to_pylist()
    lines = batch.to_json(lines=True).splitlines()
    assert len(lines) == len(batch)
    assert json.loads(lines[0])["status"] == batch.row(0)["status"]
    assert any(value is None for value in json.loads(lines[0]).values())
    assert not any(value is None for value in json.loads(batch.to_json(lines=True, nulls=False).splitlines()[0]).values())
    assert [row["n"] for row in json.loads(events.to_json())] == list(range(500))


def test_json_keeps_all_digits_of_a_time():
    parser = sawlog.Parser({"json": {}, "fields": {"t": "timestamp rfc3339"}})
    batch = parser.parse(b'{"t": "2026-03-05T14:20:31.123456789Z"}\n')
    assert "2026-03-05T14:20:31.123456789Z" in batch.to_json()
    assert memoryview(batch["t"])[0] % 1000 == 789


def test_an_empty_batch():
    batch = sawlog.Parser("combined").parse(b"")
    assert len(batch) == 0 and batch
    assert batch.to_pylist() == [] and list(batch.rejects) == []
    assert json.loads(batch.to_json()) == []
    assert batch["status"].to_pylist() == []
    assert memoryview(batch["status"]).tolist() == []


def test_projection_leaves_only_what_was_asked_for():
    batch = sawlog.Parser("combined", columns=["bytes", "status"]).parse(samples.access(10))
    assert set(batch.columns) == {"bytes", "status"}
    assert set(batch.row(0)) == {"bytes", "status"}


def test_a_batch_is_not_pickled_and_is_its_own_copy(batch):
    for kept in (batch, batch["status"], batch["target"]):
        with pytest.raises(TypeError, match="to_pyarrow"):
            pickle.dumps(kept)
        assert copy.copy(kept) is kept and copy.deepcopy([kept])[0] is kept


def test_no_number_of_a_handle_goes_elsewhere(batch):
    for way in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="copied or pickled"):
            way(batch._handle)
        with pytest.raises(TypeError, match="send the parser"):
            way(sawlog.Parser("combined").stream())


def test_it_says_what_it_is(batch):
    assert "4900 rows, 100 rejects" in repr(batch)
    assert "status: int" in repr(batch.schema)
    assert "status: int, 4900 values" in repr(batch["status"])
