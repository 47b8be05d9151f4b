"""Rows and values made in Python are those made in C: what PyPy users get."""

import pytest

import samples
import sawlog
from sawlog import _host

DATA = {
    "access": ("combined", samples.access(1500, bad=9)),
    "events": ({"json": {}, "fields": {"ts": "timestamp rfc3339"}}, samples.events(1500)),
    "late keys": (
        {"json": {}},
        b'{"a": 1, "b": {"c": 2, "e": {"f": null}}}\n' * 1100 + b'{"a": [1], "b": {"c": "x", "d": {"e": 1.5}}, "l": null}\n' * 3,
    ),
    "pairs": ({"logfmt": {}}, samples.pairs(300)),
    "times before 1970": (
        {"json": {}, "fields": {"t": "timestamp rfc3339", "d": "duration"}},
        b'{"t": "1969-12-31T23:59:59.9999999Z", "d": "-1.5us"}\n{"t": null}\n',
    ),
    "bytes": ({"json": {}, "utf8": "bytes"}, b'{"a": "x\xffy", "b": "plain"}\n{"a": null}\n'),
    "nothing": ("combined", b""),
}


@pytest.fixture(params=list(DATA))
def batch(request):
    definition, data = DATA[request.param]
    return sawlog.Parser(definition).parse(data)


def test_rows_are_equal(batch, monkeypatch):
    made_in_c = batch.to_pylist()
    monkeypatch.setattr(_host, "available", False)
    assert batch.to_pylist() == made_in_c


def test_columns_are_equal(batch, monkeypatch):
    made_in_c = batch.to_pydict()
    monkeypatch.setattr(_host, "available", False)
    made_in_python = batch.to_pydict()
    assert made_in_python == made_in_c
    for name, values in made_in_c.items():
        assert list(map(type, values)) == list(map(type, made_in_python[name]))


def test_single_values_are_equal(batch, monkeypatch):
    picked = {name: [batch[name][i] for i in range(0, len(batch), 97)] for name in batch.columns}
    monkeypatch.setattr(_host, "available", False)
    assert {name: [batch[name][i] for i in range(0, len(batch), 97)] for name in batch.columns} == picked


def test_lines_are_equal(monkeypatch):
    parser = sawlog.Parser("combined")
    lines = [samples.LINE, samples.DASHES, samples.NOT_A_LINE]
    in_c = [parser.parse_line(line) for line in lines]
    monkeypatch.setattr(_host, "available", False)
    in_python = [batch.row(0) if len(batch) else None for batch in map(parser.parse_record, lines)]
    assert in_python == in_c


def test_input_without_a_buffer_of_cpython(monkeypatch):
    data = samples.access(4000)
    parser = sawlog.Parser("combined")
    expected = parser.parse(data).to_pylist()
    monkeypatch.setattr(_host, "available", False)
    for given in (data, bytearray(data), memoryview(data), memoryview(b"x" + data)[1:]):
        assert parser.parse(given).to_pylist() == expected
    with pytest.raises(NotImplementedError, match="CPython"):
        parser.parse(data).__arrow_c_array__()
