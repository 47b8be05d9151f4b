"""The cases that all languages share: those under lib/testdata/cases, and the samples of every built-in format."""

import datetime
import json
import re
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple

import pytest

import sawlog

LIB = Path(__file__).resolve().parents[3] / "lib"
CASES = sorted((LIB / "testdata" / "cases").glob("*.json"))
FORMATS = sorted((LIB / "formats").glob("*.fmt"))
pytestmark = pytest.mark.skipif(not CASES, reason="the cases stand beside the sources of the library")

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
RFC3339 = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z")


def micros(text: str) -> int:
    """Microseconds since 1970 of a time as JSON has it: what a datetime can hold."""
    whole, fraction = RFC3339.fullmatch(text).groups()
    moment = datetime.datetime.strptime(whole + "+0000", "%Y-%m-%dT%H:%M:%S%z")
    return (moment - EPOCH) // datetime.timedelta(microseconds=1) + int((fraction or "").ljust(6, "0")[:6])


def same(want: Any, got: Any) -> bool:
    """Is the Python value got what JSON says? Nulls that JSON leaves out are None here."""
    if isinstance(got, dict):
        return isinstance(want, dict) and all(same(want.get(key), value) for key, value in got.items()) and set(want) <= set(got)
    if isinstance(got, list):
        return isinstance(want, list) and len(want) == len(got) and all(map(same, want, got))
    if isinstance(got, datetime.datetime):
        return isinstance(want, str) and micros(want) == (got - EPOCH) // datetime.timedelta(microseconds=1)
    if isinstance(got, datetime.timedelta):
        return isinstance(want, int) and want // 1000 == got // datetime.timedelta(microseconds=1)
    if isinstance(got, bytes):
        return isinstance(want, str) and want.encode() == got
    if got is None:
        return want in (None, {})
    return type(want) is type(got) and want == got


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_shared_cases(path: Path) -> None:
    for case in json.loads(path.read_text("utf-8")):
        parser = sawlog.Parser(case["definition"])
        assert parser.warnings == case.get("warnings", []), case["name"]
        batch = parser.parse(case["input"])
        want = case.get("rows", [])
        assert [json.loads(line) for line in batch.to_json(lines=True, nulls=False).splitlines()] == want, case["name"]
        for expected, row in zip(want, batch.rows()):
            assert same(expected, dict(row)), (case["name"], expected, dict(row))
        rejects = [{"fault": r.fault, "line": r.line, "offset": r.offset, "raw": r.text} for r in batch.rejects]
        assert rejects == case.get("rejects", []), case["name"]


class Sample(NamedTuple):
    input: str
    row: Dict[str, Any]
    fault: str


def samples(path: Path) -> Iterator[Sample]:
    """The samples of a format's file: lines, then the row or the fault that they must give. The definition comes first."""
    for block in path.read_text("utf-8").split("\n\n")[1:]:
        lines: List[str] = [line for line in block.split("\n") if not line.startswith("#> ")]
        while lines and not lines[-1]:
            lines.pop()
        if not lines:
            continue
        text, verdict = "\n".join(lines[:-1]), lines[-1]
        if verdict.startswith("=> "):
            yield Sample(text, json.loads(verdict[3:]), "")
        else:
            yield Sample(text, {}, verdict.split()[1])


@pytest.mark.parametrize("path", FORMATS, ids=lambda path: path.stem)
def test_samples_of_formats(path: Path) -> None:
    year = json.loads(path.read_text("utf-8").split("\n\n")[0]).get("sample_year")
    parser = sawlog.Parser(path.stem, year=year) if year else sawlog.Parser(path.stem)
    seen = 0
    for sample in samples(path):
        row = parser.parse_line(sample.input)
        if sample.fault:
            assert row is None, sample.input
            assert parser.explain(sample.input).fault == sample.fault, sample.input
        else:
            assert row is not None and same(sample.row, row), (sample.input, sample.row, row)
        seen += 1
    assert seen > 1


def test_the_comparison_can_fail() -> None:
    assert not same({"a": 1}, {"a": 2})
    assert not same({"a": 1, "b": 2}, {"a": 1})
    assert not same({"a": 1}, {"a": 1.0})
    assert not same({}, {"a": 0})
    assert not same({"t": "2026-03-02T07:00:00Z"}, {"t": EPOCH})
