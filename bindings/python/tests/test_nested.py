"""Lists and maps: rows, columns, Arrow, and the same made in Python."""

import json

import pytest

import sawlog
from sawlog import _host

LINES = (
    b'<165>1 2003-08-24T05:14:15.5Z h a p m [x@1 k="v" note="say \\"hi\\" to \xc3\xa4ll \\]"][y] hi\n'
    b"<34>1 - - - - - -\n"
    b'<34>1 2003-08-24T05:14:15Z h a p m [z a="" a="twice"] end\n'
)
MAPS = [{"x@1": {"k": "v", "note": 'say "hi" to \u00e4ll ]'}, "y": {}}, None, {"z": {"a": "twice"}}]
TYPE = "map<string,map<string,string>>"


@pytest.fixture(scope="module", params=[1, 700])
def times(request):
    return request.param


@pytest.fixture(scope="module")
def parser():
    return sawlog.Parser({"syslog": {}})


@pytest.fixture(scope="module")
def batch(parser, times):
    return parser.parse(LINES * times)


def test_rows(batch, times):
    assert [row["structured_data"] for row in batch.rows()] == MAPS * times
    assert [row["structured_data"] for row in json.loads(batch.to_json())] == MAPS * times


def test_one_line(parser, batch):
    for i, line in enumerate(LINES.splitlines()):
        assert parser.parse_line(line) == batch.row(i)


def test_the_column(batch, times):
    column = batch["structured_data"]
    assert (column.type, batch.schema["structured_data"].type) == (TYPE, TYPE)
    assert (len(column), column.null_count) == (3 * times, times)
    assert column.to_pylist() == list(column) == MAPS * times
    assert (column[0], column[1], column[-1], column[1:3]) == (MAPS[0], None, MAPS[2], MAPS[1:])
    assert len(column.validity) == (3 * times + 7) // 8
    assert column.indices is None and column.dictionary is None


def test_the_columns_inside(batch, times):
    keys, values = batch["structured_data"].children
    assert (keys.name, keys.type, values.name, values.type) == ("key", "string", "value", "map<string,string>")
    assert keys.to_pylist() == ["x@1", "y", "z"] * times
    assert batch["structured_data"].offsets.tolist()[:4] == [0, 2, 2, 3]
    inner_keys, inner_values = values.children
    assert inner_keys.to_pylist()[:4] == ["k", "note", "a", "a"]
    assert inner_values[2:4] == ["", "twice"]
    assert inner_values.children == () and inner_values.offsets is None
    assert [len(column) for column in (keys, values, inner_keys)] == [3 * times, 3 * times, 4 * times]


def test_no_buffer(batch):
    with pytest.raises(TypeError, match="NestedColumn"):
        memoryview(batch["structured_data"])


def test_made_in_python(batch, monkeypatch):
    rows, column, part = batch.to_pylist(), batch["structured_data"].to_pylist(), batch["structured_data"][1:3]
    monkeypatch.setattr(_host, "available", False)
    assert batch.to_pylist() == rows
    assert batch["structured_data"].to_pylist() == column
    assert batch["structured_data"][1:3] == part


def test_bytes_inside():
    parser = sawlog.Parser({"syslog": {}, "utf8": "bytes"})
    row = parser.parse_line(b'<34>1 - - - - - [x a="\xff"]')
    assert row["structured_data"] == {"x": {"a": b"\xff"}}


def test_an_empty_map_is_kept_where_rows_nest():
    from sawlog import _pure
    from sawlog.schema import Schema

    schema = Schema(
        [{"name": "m", "type": TYPE}, {"name": "a.b", "type": "int", "path": ["a", "b"]}, {"name": "a.m", "type": TYPE, "path": ["a", "m"]}]
    )
    assert _pure.rows(schema, [[{}, None], [None, None], [{"x": {}}, None]], 2) == [{"m": {}, "a": {"b": None, "m": {"x": {}}}}, {"m": None}]


def pairs(value):
    """Maps as Arrow libraries show them: pairs."""
    return None if value is None else [(key, list(inner.items())) for key, inner in value.items()]


@pytest.mark.parametrize("strings", ["view", "utf8", "large_utf8", "dictionary"])
@pytest.mark.parametrize("unit", ["ns", "us", "ms"])
def test_pyarrow(batch, times, strings, unit):
    pyarrow = pytest.importorskip("pyarrow")
    made = batch.to_pyarrow(strings, unit)
    made.validate(full=True)
    column = made.column("structured_data")
    assert pyarrow.types.is_map(column.type) and pyarrow.types.is_map(column.type.item_type)
    text = {"view": pyarrow.string_view(), "utf8": pyarrow.string(), "large_utf8": pyarrow.large_string()}
    assert column.type.key_type == text.get(strings, pyarrow.dictionary(pyarrow.int32(), pyarrow.string()))
    expected = [pairs(value) for value in MAPS]
    expected[2] = [("z", [("a", ""), ("a", "twice")])]
    assert column.to_pylist() == expected * times
    assert made.schema == pyarrow.record_batch(batch, schema=made.schema).schema


def test_pyarrow_schema_and_stream(batch, parser, tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    assert pyarrow.schema(batch.schema) == pyarrow.record_batch(batch).schema == pyarrow.schema(parser.schema)
    path = tmp_path / "s.log"
    path.write_bytes(LINES * 3000)
    table = sawlog.read(path, parser, block_size=65536)
    assert len(table.batches) > 2
    made = pyarrow.table(table)
    made.validate(full=True)
    assert made.num_rows == 9000
    reader = pyarrow.RecordBatchReader.from_stream(sawlog.open(path, parser))
    assert reader.read_all()["structured_data"].to_pylist() == made["structured_data"].to_pylist()


def unpaired(value):
    """A map as a dict, where a library shows pairs."""
    if isinstance(value, list):
        value = {entry["key"]: entry["value"] for entry in value}
    return {key: unpaired(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def test_polars(batch, times):
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(batch)
    assert list(map(unpaired, frame["structured_data"].to_list())) == MAPS * times


def test_duckdb(parser, times):
    duckdb = pytest.importorskip("duckdb")
    lines = parser.parse(b"".join(LINES.splitlines(True)[:2]) * times)  # it refuses maps with a key that comes twice
    asked = "select structured_data['x@1']['note'], cardinality(structured_data), count(*) from lines group by all order by all"
    assert duckdb.sql(asked).fetchall() == [(MAPS[0]["x@1"]["note"], 2, times), (None, None, times)]
    del lines


def test_names_may_hold_anything():
    batch = sawlog.Parser({"json": {}}).parse('{"foo\\u0000bar": 1, "a": {"b\\u0000c": {"": 2}}, "": 3}\n')
    assert batch.rows().__next__() == {"foo\0bar": 1, "a": {"b\0c": {"": 2}}, "": 3}
    assert sawlog.Parser({"json": {}}).parse_line('{"foo\\u0000bar": 1}') == {"foo\0bar": 1}
