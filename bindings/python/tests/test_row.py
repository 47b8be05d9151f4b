"""Lazy rows: what they give is what parse_line gives, and they are good mappings."""

import copy
import gc
import pickle
import threading
from collections.abc import Mapping

import pytest

import samples
import sawlog

NESTED = '{"a": {"b": 1, "c": {"d": "x"}}, "e": null, "f": 2.5}'


@pytest.fixture(scope="module")
def parser():
    return sawlog.Parser("combined")


@pytest.mark.parametrize(
    "definition, line",
    [
        ("combined", samples.LINE),
        ("combined", samples.DASHES),
        ("combined", samples.LINE.encode() + b"\r\n"),
        ("combined", samples.LINE.replace("GET", "GET\udcff")),
        ({"json": {}}, NESTED),
        ({"logfmt": {}}, "a=1 b=two c"),
        ({"syslog": {}}, '<34>1 2026-03-02T08:00:00Z h a 1 m [x y="z"] text'),
    ],
)
def test_a_row_is_what_parse_line_gives(definition, line):
    parser = sawlog.Parser(definition)
    whole, row = parser.parse_line(line), parser.parse_row(line)
    assert isinstance(row, sawlog.Row) and isinstance(row, Mapping)
    assert row == whole and whole == row and row.to_dict() == whole and dict(row) == whole
    assert list(row) == list(whole) and len(row) == len(whole)
    assert list(row.items()) == list(whole.items())
    for name, value in whole.items():
        assert row[name] == value and name in row and row.get(name) == value


def test_what_a_row_does_not_have(parser):
    row = parser.parse_row(samples.LINE)
    assert "nothing" not in row and 5 not in row and "\ud800" not in row
    assert row.get("nothing") is None and row.get("nothing", 7) == 7
    for key in ("nothing", 5, "\ud800", None):
        with pytest.raises(KeyError):
            row[key]
    with pytest.raises(TypeError):
        row["status"] = 1
    with pytest.raises(TypeError):
        hash(row)
    assert row != parser.parse_row(samples.DASHES)


def test_names_that_are_not_the_same_object(parser):
    row = parser.parse_row(samples.LINE)
    name = "".join(["sta", "tus"])
    assert row[name] == 200 and name in row


def test_a_line_that_does_not_fit_has_no_row(parser):
    assert parser.parse_row("nothing of the kind") is None
    assert parser.parse_row("") is None
    for wrong in (5, None, ["x"]):
        with pytest.raises(TypeError):
            parser.parse_row(wrong)
        with pytest.raises(TypeError):
            parser.parse_line(wrong)


def test_rows_outlive_their_parser():
    function = sawlog.Parser("combined").parse_row
    rows = [function(samples.LINE) for _ in range(1000)]
    del function
    gc.collect()
    assert {row["status"] for row in rows} == {200}


def test_rows_are_copied_as_dicts(parser):
    row = parser.parse_row(samples.LINE)
    for other in (pickle.loads(pickle.dumps(row)), copy.copy(row), copy.deepcopy(row)):
        assert type(other) is dict and other == row
    assert repr(row).startswith("<sawlog.Row {'client'")


def test_a_row_made_by_hand_is_empty():
    if hasattr(sawlog.Row, "_all"):
        pytest.skip("the class in Python")
    with pytest.raises(sawlog.Error, match="parse_row"):
        sawlog.Row()["status"]
    with pytest.raises(sawlog.Error):
        len(sawlog.Row())


def test_a_subclass_keeps_its_own_parse_line():
    class Louder(sawlog.Parser):
        def parse_line(self, line):
            return "my own"

    parser = Louder("combined")
    assert parser.parse_line("x") == "my own"
    assert parser.parse_row(samples.LINE)["status"] == 200


def test_rows_by_several_threads(parser):
    wrong = []

    def work():
        for _ in range(2000):
            row = parser.parse_row(samples.LINE)
            if row["status"] != 200 or parser.parse_line(samples.LINE)["bytes"] != row["bytes"]:
                wrong.append(row)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
