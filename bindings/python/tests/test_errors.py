"""Errors: what is refused, where, and what to write instead."""

import copy
import errno
import gzip
import os
import pickle

import pytest

import samples
import sawlog


def test_the_family():
    assert issubclass(sawlog.FormatError, (sawlog.Error, ValueError)) and issubclass(sawlog.FormatError, sawlog.Error)
    assert issubclass(sawlog.ReadError, OSError) and issubclass(sawlog.ReadError, sawlog.Error)
    assert issubclass(sawlog.Cancelled, sawlog.Error) and issubclass(sawlog.ForkError, sawlog.Error)
    assert not issubclass(sawlog.Error, (ValueError, OSError))


def test_an_unknown_format_names_the_nearest():
    with pytest.raises(sawlog.FormatError, match="combined") as caught:
        sawlog.Parser("combind")
    assert "combined" in caught.value.hint
    assert caught.value.code == "SAWLOG_E_FORMAT"


def test_an_unknown_key_has_a_position_and_names_the_nearest():
    with pytest.raises(sawlog.FormatError) as caught:
        sawlog.Parser({"format": "combined", "colums": ["status"]})
    error = caught.value
    assert "colums" in str(error) and "columns" in error.hint
    assert error.code == "SAWLOG_E_OPTION"
    line, column = error.position
    assert (line, column) == (error.line, error.column) == (1, error.definition.index('"colums"') + 1)
    assert error.offset == error.definition.index('"colums"')


@pytest.mark.parametrize(
    "definition",
    [
        {"format": "combined", "nginx": "$status"},
        {"nginx": 7},
        {"format": "combined", "fields": {"status": "integer"}},
        {"format": "combined", "fields": {"nowhere": "int"}},
        {"format": "combined", "columns": ["nowhere"]},
        {"format": "combined", "zone": "Mars/Olympus"},
        {"format": "combined", "limits": {"line": -1}},
        {"format": "combined", "utf8": "klingon"},
        {"apache": "%{unfinished"},
        '{"format": ',
        '{"format": "combined"} x',
        "",
        " ",
    ],
    ids=repr,
)
def test_broken_definitions_are_refused(definition):
    with pytest.raises(sawlog.FormatError) as caught:
        sawlog.Parser(definition)
    assert caught.value.message


@pytest.mark.parametrize("definition", [7, ["combined"], object(), 1.5])
def test_what_is_no_definition(definition):
    with pytest.raises(TypeError):
        sawlog.Parser(definition)


@pytest.mark.parametrize("value", [object(), 1j, float("nan"), b"x"])
def test_values_json_cannot_hold(value):
    with pytest.raises(sawlog.FormatError):
        sawlog.Parser("combined", zone=value)


def test_unknown_reading_options(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(samples.access(1))
    for options in ({"thread": 2}, {"threads": "two"}, {"threads": -1}, {"codec": "rar"}):
        with pytest.raises(sawlog.FormatError):
            sawlog.open(path, "combined", **options)
        with pytest.raises(sawlog.FormatError):
            sawlog.open(path, sawlog.Parser("combined"), **options)
    with pytest.raises(sawlog.FormatError, match="threads"):
        sawlog.open(path, "combined", thread=2)
    with pytest.raises(sawlog.FormatError):
        sawlog.Parser("combined", threads=2)
    with pytest.raises(sawlog.FormatError):
        sawlog.open(path, sawlog.Parser("combined"), columns=["status"])


def test_a_missing_file_is_a_file_not_found(tmp_path):
    path = tmp_path / "missing.log"
    for way in (sawlog.open, sawlog.read, sawlog.detect):
        with pytest.raises(FileNotFoundError) as caught:
            way(path)
        error = caught.value
        assert isinstance(error, sawlog.ReadError)
        assert error.errno == errno.ENOENT and error.filename == str(path)
        assert "missing.log" in str(error)
        assert str(error).count("missing.log") == 1


def test_of_several_files_the_one_is_named(tmp_path):
    there, missing, cut = tmp_path / "there.log", tmp_path / "missing.log", tmp_path / "cut.log.gz"
    there.write_bytes(samples.access(9))
    cut.write_bytes(gzip.compress(samples.access(9))[:-20])
    for wrong in (missing, cut):
        with pytest.raises(sawlog.ReadError) as caught:
            sawlog.read([there, wrong], "combined")
        assert caught.value.filename == str(wrong) and str(caught.value).count(wrong.name) == 1


@pytest.mark.parametrize("log", [samples.access(3), samples.access(9000), samples.access(9000).decode(), b"x" * 10000])
def test_a_log_in_the_place_of_a_path(log):
    for way in (sawlog.open, sawlog.read):
        with pytest.raises(sawlog.ReadError, match="Parser.parse") as caught:
            way(log)
        assert len(str(caught.value)) < 300 and caught.value.errno in (errno.ENOENT, errno.ENAMETOOLONG)


def test_pieces_of_a_log_in_the_place_of_paths():
    def pieces():
        yield samples.access(3)
        raise AssertionError("all of it was asked for")

    with pytest.raises(sawlog.ReadError, match=r"Parser\.stream") as caught:
        sawlog.open(pieces())
    assert len(str(caught.value)) < 300


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(sawlog.ReadError) as caught:
        sawlog.read(tmp_path)
    assert isinstance(caught.value, IsADirectoryError)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path):
    path = tmp_path / "secret.log"
    path.write_bytes(b"x")
    path.chmod(0)
    with pytest.raises(PermissionError):
        sawlog.read(path)


def test_a_closed_descriptor():
    read, write = os.pipe()
    os.close(read)
    os.close(write)
    with pytest.raises(OSError):
        sawlog.open(read)


def test_the_wrong_end_of_a_pipe_is_refused():
    read, write = os.pipe()
    try:
        with pytest.raises(sawlog.ReadError) as caught:
            sawlog.read(write)
        assert caught.value.errno == errno.EBADF
    finally:
        os.close(read)
        os.close(write)


def test_a_cut_gzip_gives_what_was_there_then_the_error(tmp_path):
    data = samples.access(30000)
    path = tmp_path / "cut.log.gz"
    path.write_bytes(gzip.compress(data)[:-2000])
    total, reader = 0, sawlog.open(path, "combined")
    with pytest.raises(sawlog.ReadError, match="cut.log.gz|gzip|unexpected|truncated|ends") as caught:
        for batch in reader:
            total += len(batch)
    assert caught.value.code == "SAWLOG_E_CODEC"
    assert caught.value.filename == str(path) and "the compressed data ends early" in str(caught.value)
    assert 20000 < total < 30000
    assert next(reader, None) is None


def test_a_limit_on_what_comes_out_of_a_small_file(tmp_path):
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"x" * 100 + b"\n" + b"\0" * (64 << 20)))
    with pytest.raises(sawlog.ReadError) as caught:
        sawlog.read(path, "combined", limits={"bytes": 1 << 20})
    assert caught.value.code == "SAWLOG_E_LIMIT" and "bomb.gz" in str(caught.value) and "limit" in str(caught.value)


def test_errors_can_be_sent_to_another_process():
    with pytest.raises(sawlog.FormatError) as caught:
        sawlog.Parser({"format": "combined", "colums": []})
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value) and again.position == caught.value.position and again.hint == caught.value.hint
    assert again.code == caught.value.code == "SAWLOG_E_OPTION"


@pytest.mark.parametrize("copied", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_read_errors_can_be_sent_too(copied, tmp_path):
    cut = tmp_path / "cut.log.gz"
    cut.write_bytes(gzip.compress(samples.access(9))[:-20])
    for path in (tmp_path / "missing.log", tmp_path, cut):
        with pytest.raises(sawlog.ReadError) as caught:
            sawlog.read(path, "combined")
        error, again = caught.value, copied(caught.value)
        assert type(again) is type(error) and str(again) == str(error)
        assert (again.errno, again.filename, again.code) == (error.errno, error.filename, error.code)
