"""Rejects: nothing is lost."""

import copy
import pickle

import pytest

import samples
import sawlog


@pytest.fixture(scope="module")
def parser():
    return sawlog.Parser("combined")


def test_a_reject_keeps_place_and_reason(parser):
    data = "\n".join([samples.LINE, "wrong one", samples.DASHES, "", "wrong ü two\r", samples.LINE]).encode()
    batch = parser.parse(data)
    assert len(batch) == 3
    first, blank, second = batch.rejects
    assert (first.source, first.line, first.length, first.fault, first.raw) == (0, 2, 9, "no_match", b"wrong one")
    assert first.offset == data.index(b"wrong one")
    assert (blank.line, blank.length, blank.fault, blank.raw) == (4, 0, "empty", b"")
    assert (second.line, second.raw, second.text) == (5, "wrong ü two".encode(), "wrong ü two")
    assert data[second.offset : second.offset + second.length] == second.raw


def test_rejects_are_a_sequence(parser):
    rejects = parser.parse(b"a\nb\nc\n").rejects
    assert len(rejects) == 3
    assert [reject.raw for reject in rejects] == [b"a", b"b", b"c"]
    assert rejects[-1].raw == b"c" and [reject.raw for reject in rejects[::2]] == [b"a", b"c"]
    for index in (3, -4):
        with pytest.raises(IndexError):
            rejects[index]
    assert repr(rejects) == "<3 sawlog rejects>"


def test_lines_add_up_whatever_is_in_them(parser):
    for data in (b"", b"\n", b"\n\n\n", b"x", b"\r\n", b"\r", b"a\rb\n", b"\0\n\0", bytes(range(256)) * 50, samples.access(500, bad=3)):
        batch = parser.parse(data)
        lines = data.count(b"\n") + (not data.endswith(b"\n") and data != b"")
        assert len(batch) + len(batch.rejects) == batch.lines == lines
        for reject in batch.rejects:
            assert data[reject.offset : reject.offset + reject.length] == reject.raw


def test_rejects_of_json():
    data = b'{"a": 1}\n[1]\n{"a": \n"x"\n{"a": 2}\n{} {}\n'
    batch = sawlog.Parser({"json": {}}).parse(data)
    assert batch["a"].to_pylist() == [1, 2]
    assert [(reject.line, reject.fault) for reject in batch.rejects] == [(2, "not_object"), (3, "bad_json"), (4, "not_object"), (6, "bad_json")]


def test_a_long_line_is_cut(parser, tmp_path):
    data = samples.LINE.encode() + b"\n" + b"y" * 5000 + b"\n" + samples.LINE.encode() + b"\n"
    definition = {"format": "combined", "limits": {"line": 1000}}
    path = tmp_path / "long.log"
    path.write_bytes(data)
    for batch in (sawlog.Parser(definition).parse(data), sawlog.read(path, definition)):
        assert len(batch) == 2
        (reject,) = batch.rejects
        assert (reject.fault, reject.line, reject.length, len(reject.raw)) == ("too_long", 2, 5000, 1000)


def test_rejects_outlive_their_batch(parser):
    rejects = parser.parse(b"one\ntwo\n").rejects
    parser.parse(b"other\nlines\n")
    assert [reject.raw for reject in rejects] == [b"one", b"two"]


def test_every_reject_can_be_explained(parser):
    for reject in parser.parse(samples.access(50, bad=5)).rejects:
        explanation = parser.explain(reject.raw)
        assert not explanation and explanation.fault == reject.fault


def test_rejects_are_copied_as_a_list(parser, tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(samples.access(300))
    for rejects in (parser.parse(samples.access(300)).rejects, parser.read(path).rejects, parser.parse(b"").rejects):
        for again in (pickle.loads(pickle.dumps(rejects)), copy.copy(rejects), copy.deepcopy(rejects)):
            assert type(again) is list and again == list(rejects)
