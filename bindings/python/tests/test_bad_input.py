"""Bad input: a clear error or a reject, and the process lives on."""

import os
import random
import threading

import pytest

import samples
import sawlog

DEFINITIONS = ["combined", {"json": {}}, {"logfmt": {}}, "auto"]


@pytest.mark.parametrize("definition", DEFINITIONS, ids=str)
def test_noise(definition):
    pick = random.Random(7)
    parser = sawlog.Parser(definition)
    for size in (1, 10, 1000, 100000):
        data = bytes(pick.randrange(256) for _ in range(size))
        batch = parser.parse(data)
        assert len(batch) + len(batch.rejects) == batch.lines
        assert len(batch.to_pylist()) == len(batch)
        batch.to_json().encode()


@pytest.mark.parametrize("definition", DEFINITIONS, ids=str)
@pytest.mark.parametrize(
    "data", [b"", b"\n", b"\0" * 4096, b"\xff\xfe" * 999, b"\n" * 10000, b"{" * 9999, b'"' * 5001, b"[" * 100000], ids=lambda d: repr(d[:4])
)
def test_odd_files(definition, data, tmp_path):
    path = tmp_path / "odd.log"
    path.write_bytes(data)
    table = sawlog.read(path, definition)
    lines = data.count(b"\n") + (data != b"" and not data.endswith(b"\n"))
    assert len(table) + len(table.rejects) == lines


def test_cut_anywhere():
    data = samples.access(20)
    parser = sawlog.Parser("combined")
    for end in range(0, len(data), 7):
        batch = parser.parse(data[:end])
        assert len(batch) + len(batch.rejects) == data[:end].count(b"\n") + (end > 0 and data[end - 1] != 10)


def test_invalid_utf8():
    line = samples.LINE.encode().replace(b"Mozilla", b"Mo\xff\xfezilla")
    assert "Mo�" in sawlog.Parser("combined").parse(line)["user_agent"][0]
    raw = sawlog.Parser("combined", utf8="bytes").parse(line)["user_agent"][0]
    assert raw.startswith(b"Mo\xff\xfezilla")
    (reject,) = sawlog.Parser("combined", utf8="reject").parse(line).rejects
    assert reject.fault == "bad_utf8" and reject.raw == line


def test_a_file_that_shrinks(tmp_path):
    path = tmp_path / "shrinks.log"
    path.write_bytes(samples.access(100000))
    with sawlog.open(path, "combined", block_size=65536, threads=1) as reader:
        count = len(next(reader))
        os.truncate(path, 1000)
        try:
            count += sum(map(len, reader))
        except sawlog.ReadError:
            pass
    assert 0 < count < 100000


def test_a_file_that_grows(tmp_path):
    path = tmp_path / "grows.log"
    path.write_bytes(samples.access(1000))
    with sawlog.open(path, "combined", block_size=4096, threads=1) as reader:
        count = len(next(reader))
        with path.open("ab") as file:
            file.write(samples.access(1000))
        count += sum(map(len, reader))
    assert 1000 <= count <= 2000


def test_long_lines_in_bounded_memory(run, tmp_path):
    path = tmp_path / "long.log"
    with path.open("wb") as file:
        file.write(samples.LINE.encode() + b"\n")
        file.truncate(file.tell() + (256 << 20))  # a hole of NUL bytes: one line
        file.seek(0, os.SEEK_END)
        file.write(b"\n" + samples.LINE.encode() + b"\n")
    out = run(
        """
        import resource
        sawlog.Parser("combined").parse_line(samples.LINE)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        table = sawlog.read(sys.argv[1], "combined")
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        print(len(table), [(r.line, r.fault, r.length, len(r.raw)) for r in table.rejects])
        assert grown < 96 * 1024, grown
        """,
        str(path),
    )
    assert out == "2 [(2, 'too_long', %d, %d)]\n" % (256 << 20, 1 << 20)


def test_devices_and_odd_files(tmp_path):
    assert len(sawlog.read("/dev/null", "combined")) == 0
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    thread = threading.Thread(target=lambda: fifo.write_bytes(samples.access(100)))
    thread.start()
    assert len(sawlog.read(fifo, "combined")) == 100
    thread.join()
