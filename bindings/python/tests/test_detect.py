"""Detection and the built-in formats."""

import io
import pathlib

import pytest

import samples
import sawlog


@pytest.mark.parametrize(
    ("data", "name"),
    [(samples.access(200), "combined"), (samples.events(200), "json"), (samples.pairs(200), "logfmt")],
)
def test_formats_are_found(data, name, tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(data)
    for given in (data, bytearray(data), memoryview(data), data.decode(), path, str(path)):
        found = sawlog.detect(given)
        assert found and found.format == name
        assert 0.5 < found.confidence <= 1
        assert found.candidates[0].format == name
        assert found.candidates[0].matched <= found.candidates[0].lines
        assert name in found.explain() and found.explain() == str(found)
        assert "more formats: no line fits" in found.explain() and "cef: 0 of" not in found.explain()
        assert "more formats" not in found.explain(all=True) and "cef: 0 of" in found.explain(all=True)


def test_what_was_found_can_be_used():
    data = samples.access(200, bad=50)
    found = sawlog.detect(data)
    batch = sawlog.Parser(found.definition).parse(data)
    assert (len(batch), len(batch.rejects)) == (196, 4)


def test_nothing_is_found_in_nothing():
    found = sawlog.detect(b"")
    assert not found and found.confidence == 0
    assert found.format in (None, "generic")
    assert found.explain().startswith("no format fits")


def test_a_text_is_a_path_when_it_looks_like_one(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        sawlog.detect(str(tmp_path / "missing.log"))
    assert isinstance(caught.value, sawlog.ReadError)
    with pytest.raises(sawlog.ReadError):
        sawlog.detect(pathlib.Path("missing.log"))
    assert sawlog.detect(samples.LINE).format == "combined"
    (tmp_path / "access.log").write_bytes(samples.access(20))
    assert sawlog.detect(str(tmp_path / "*.log")).format == "combined"
    with pytest.raises(FileNotFoundError, match="no file fits the pattern"):
        sawlog.detect(str(tmp_path / "*.txt"))


def test_what_is_neither():
    with pytest.raises(TypeError):
        sawlog.detect(7)
    with pytest.raises(TypeError, match=r"not BytesIO; sawlog.open\(file\).detection"):
        sawlog.detect(io.BytesIO(b"x"))


def test_colours_are_named_where_nothing_else_is_wrong():
    line = "\x1b[31m192.0.2.1 up\x1b[0m"
    why = sawlog.Parser(dissect="%{client} %{state}", fields={"client": "ip"}).explain(line)
    assert not why and "strip_ansi" in why.hint and why.hint in str(why)
    assert sawlog.Parser(dissect="%{client} %{state}", fields={"client": "ip"}, strip_ansi=True).explain(line).hint == ""


def test_all_formats_are_listed():
    formats = {format.name: format for format in sawlog.formats()}
    assert {"common", "combined"} <= set(formats)
    combined = formats["combined"]
    assert combined.title and combined.sample
    assert combined.fields["status"] == "int"


@pytest.mark.parametrize("format", sawlog.formats(), ids=lambda format: format.name)
def test_every_format_reads_its_sample(format):
    parser = sawlog.Parser(format.name)
    assert parser.parse_record(format.sample).rejects[:1] == []
    assert len(sawlog.Parser(format.definition).parse_record(format.sample)) == 1
