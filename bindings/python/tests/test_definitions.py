"""What is said of wrong definitions is the same as in Go: message, hint and place, word for word."""

import json
from pathlib import Path

import pytest

import sawlog

FILE = Path(__file__).resolve().parents[3] / "lib" / "testdata" / "definitions.jsonl"
ROOM = {"message": 480, "hint": 240}  # of sawlog_error, with the NUL


def cut(text, room):
    """What fits, whole characters."""
    return text.encode()[: room - 1].decode("utf-8", "ignore")


@pytest.mark.skipif(not FILE.exists(), reason="not in a checkout")
def test_what_is_said_of_bad_definitions():
    cases = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    assert len(cases) >= 200
    for case in cases:
        with pytest.raises(sawlog.FormatError) as caught:
            sawlog.Parser(case["definition"])
        error = caught.value
        said = {"message": error.message, "hint": error.hint or "", "offset": -1 if error.offset is None else error.offset}
        assert said == {
            "message": cut(case["message"], ROOM["message"]),
            "hint": cut(case["hint"], ROOM["hint"]),
            "offset": case["offset"],
        }, case["definition"]
        assert (error.line or 0, error.column or 0) == (case["line"], case["column"]), case["definition"]
        assert error.code == {1: "SAWLOG_E_OPTION", 2: "SAWLOG_E_DEFINITION", 3: "SAWLOG_E_FORMAT"}[case["kind"]]
