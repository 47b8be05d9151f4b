"""Columns: sequences of Python values, and memory for those who calculate."""

import array
import datetime
import gc
import math

import pytest

import samples
import sawlog

UTC = datetime.timezone.utc
SECOND = 10**9


@pytest.fixture(scope="module")
def batch():
    return sawlog.Parser("combined").parse(samples.access(3000))


@pytest.fixture(scope="module")
def typed():
    """All types in one batch."""
    definition = {
        "json": {},
        "fields": {"t": "timestamp rfc3339", "d": "duration", "u": "uint", "f": "float", "b": "bool", "i": "int", "ip": "ip"},
    }
    lines = [
        '{"t": "1969-12-31T23:59:59.999999999Z", "d": "1h5m", "u": 18446744073709551615, "f": 0.1, "b": true, "i": -5, "s": "x", "ip": "::1"}',
        '{"t": "2026-03-05T14:20:31.000001999Z", "d": "1.5ms", "u": 0, "f": -1e300, "b": false, "i": 9007199254740993, "s": "", "ip": "10.0.0.1"}',
        '{"t": null, "d": null, "u": null, "f": null, "b": null, "i": null, "s": null, "ip": null}',
    ]
    return sawlog.Parser(definition).parse("\n".join(lines))


def test_values_of_all_types(typed):
    assert len(typed) == 3, [reject for reject in typed.rejects]
    before = datetime.datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    after = datetime.datetime(2026, 3, 5, 14, 20, 31, 1, tzinfo=UTC)
    expected = {
        "t": [before, after, None],
        "d": [datetime.timedelta(hours=1, minutes=5), datetime.timedelta(microseconds=1500), None],
        "u": [2**64 - 1, 0, None],
        "f": [0.1, -1e300, None],
        "b": [True, False, None],
        "i": [-5, 2**53 + 1, None],
        "s": ["x", "", None],
        "ip": ["::1", "10.0.0.1", None],
    }
    for name, values in expected.items():
        assert typed[name].to_pylist() == values
        assert typed[name].null_count == 1
        assert [type(value) for value in typed[name]] == [type(value) for value in values]


@pytest.mark.parametrize(("name", "code"), [("t", "q"), ("d", "q"), ("i", "q"), ("u", "Q"), ("f", "d")])
def test_numbers_are_buffers(typed, name, code):
    view = memoryview(typed[name])
    assert (view.format, view.itemsize, view.shape, view.readonly) == (code, 8, (3,), True)
    assert view[2] == 0
    assert len(bytes(view)) == 24
    assert array.array(code, view).tolist() == view.tolist()


def test_times_and_durations_are_nanoseconds(typed):
    assert memoryview(typed["t"])[0] == -1
    assert memoryview(typed["t"])[1] % SECOND == 1999
    assert memoryview(typed["d"]).tolist() == [3900 * SECOND, 1500000, 0]
    assert math.isclose(memoryview(typed["f"])[1], -1e300)


def test_texts_are_no_buffers(typed):
    for name in ("s", "b", "ip"):
        with pytest.raises(TypeError):
            memoryview(typed[name])


def test_memory_lives_as_long_as_its_views(batch):
    parser = sawlog.Parser("combined")
    expected = batch["bytes"].to_pylist()
    view = memoryview(parser.parse(samples.access(3000))["bytes"])
    part = view[10:20]
    del view
    gc.collect()
    parser.parse(samples.access(3000, seed=2))
    assert part.tolist() == [value or 0 for value in expected[10:20]]


def test_views_cannot_be_written(batch):
    with pytest.raises(TypeError):
        memoryview(batch["status"])[0] = 1


def test_validity(batch):
    values, validity = batch["bytes"].to_pylist(), batch["bytes"].validity
    assert [value is not None for value in values] == [bool(validity[i >> 3] >> (i & 7) & 1) for i in range(len(values))]
    assert batch["status"].null_count == 0 and batch["status"].validity is None


def test_dictionaries(batch):
    method = batch["method"]
    assert batch.schema["method"].dictionary
    assert [method.dictionary[i] for i in method.indices] == method.to_pylist()
    assert batch["target"].dictionary is None and batch["target"].indices is None


def test_a_column_is_a_sequence(batch):
    column, values = batch["status"], batch["status"].to_pylist()
    assert (column[0], column[-1], column[2999]) == (values[0], values[-1], values[2999])
    assert column[5:10] == values[5:10]
    assert column[::-700] == values[::-700]
    assert column[10:5] == []
    assert list(column) == values
    assert list(reversed(column)) == values[::-1]
    assert 404 in column and 999 not in column
    assert column.count(404) == values.count(404)
    assert column.index(404) == values.index(404)
    assert column == batch["status"] and column != batch["bytes"]
    for index in (3000, -3001):
        with pytest.raises(IndexError):
            column[index]


def test_long_and_short_texts(batch):
    for name in ("target", "user_agent", "referer", "client"):
        for value in batch[name]:
            assert value is None or isinstance(value, str)
    assert max(map(len, batch["target"])) > 12 > min(map(len, batch["client"])) - 1
