"""What stands around the lines of a format, and what is done to its records."""

import io

import pytest

import sawlog

LINES = b"""{"log":"{\\"level\\":\\"ERROR\\",\\"status\\":503,\\"user\\":\\"ann\\",\\"note\\":\\"to x@exam","stream":"stdout","time":"2026-03-05T08:09:10Z"}
{"log":"ple.com\\"}\\n","stream":"stdout","time":"2026-03-05T08:09:11Z"}
{"level":"info","status":200}
neither
"""  # noqa: E501


def test_envelope_where_constants_and_redact():
    parser = sawlog.Parser(
        json={},
        envelope=["docker_json", "none"],
        where={"status": ">= 500", "level": ["error", "warn"]},
        constants={"service": "shop", "shard": 3},
        redact=["email", {"columns": ["user"], "action": "hash", "key": "k"}],
    )
    batch = parser.parse(LINES)
    (row,) = batch.rows()
    assert row["level"] == "ERROR" and row["note"] == "to ***" and row["stream"] == "stdout"
    assert (row["service"], row["shard"]) == ("shop", 3)
    assert len(row["user"]) == 16
    assert [reject.raw for reject in batch.rejects] == [b"***"]


def test_filtered_records_are_counted():
    reader = sawlog.open(io.BytesIO(b'{"a":1}\n{"a":2}\nx\n'), json={}, where={"a": [1, None]})
    assert [row["a"] for batch in reader for row in batch.rows()] == [1]
    stats = reader.stats
    assert (stats.lines, stats.records, stats.filtered, stats.rejected) == (3, 1, 1, 1)


def test_several_formats_say_which_each_row_had():
    parser = sawlog.Parser(formats=["common", {"json": {}, "name": "mine"}])
    assert parser.parse_line('{"a":1}')["_format"] == "mine"
    assert [engine["how"] for engine in parser.describe()][-1] == "an engine of its own"


def test_a_wrong_condition_names_what_is_near():
    with pytest.raises(sawlog.FormatError, match="did you mean status"):
        sawlog.Parser("combined", where={"statsu": 1})
