"""A reader: batches from everything that has bytes."""

import bz2
import codecs
import errno
import gzip
import io
import lzma
import os
import pathlib
import socket
import sys
import threading
import time
import types
import urllib.request
from http.client import IncompleteRead

import pytest

import samples
import sawlog

COUNT = 6000


@pytest.fixture(scope="module")
def data():
    return samples.access(COUNT, bad=500)


@pytest.fixture(scope="module")
def rows(data):
    return sawlog.Parser("combined").parse(data).to_pylist()


@pytest.fixture(scope="module")
def path(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("reader") / "access.log"
    path.write_bytes(data)
    return path


def pipe_of(data):
    read, write = os.pipe()

    def pour():
        with os.fdopen(write, "wb") as file:
            file.write(data)

    threading.Thread(target=pour, daemon=True).start()
    return read


def socket_of(data):
    ours, theirs = socket.socketpair()

    def pour():
        with theirs:
            theirs.sendall(data)

    threading.Thread(target=pour, daemon=True).start()
    return ours


class OnlyRead:
    """The least a file object can be."""

    def __init__(self, data):
        self._file = io.BytesIO(data)

    def read(self, size):
        return self._file.read(min(size, 1000))


SOURCES = {
    "path": lambda path, data: path,
    "str": lambda path, data: str(path),
    "bytes": lambda path, data: os.fsencode(path),
    "relative": lambda path, data: os.path.relpath(path),
    "list": lambda path, data: [path],
    "generator": lambda path, data: (item for item in [str(path)]),
    "glob": lambda path, data: str(path.parent / "acc*.log"),
    "binary file": lambda path, data: path.open("rb"),
    "raw file": lambda path, data: path.open("rb", buffering=0),
    "text file": lambda path, data: path.open(encoding="utf-8"),
    "latin file": lambda path, data: path.open(encoding="latin-1"),
    "writable file": lambda path, data: path.open("r+b"),
    "fd": lambda path, data: os.open(path, os.O_RDONLY),
    "pipe": lambda path, data: pipe_of(data),
    "buffered pipe": lambda path, data: os.fdopen(pipe_of(data), "rb"),
    "text pipe": lambda path, data: os.fdopen(pipe_of(data), encoding="utf-8"),
    "socket": lambda path, data: socket_of(data),
    "socket file": lambda path, data: socket_of(data).makefile("rb"),
    "BytesIO": lambda path, data: io.BytesIO(data),
    "StringIO": lambda path, data: io.StringIO(data.decode()),
    "TextIOWrapper": lambda path, data: io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"),
    "gzip.open": lambda path, data: gzip.open(io.BytesIO(gzip.compress(data))),
    "gzip text": lambda path, data: gzip.open(io.BytesIO(gzip.compress(data)), "rt", encoding="utf-8"),
    "compressed BytesIO": lambda path, data: io.BytesIO(gzip.compress(data)),
    "bz2": lambda path, data: bz2.open(io.BytesIO(bz2.compress(data))),
    "StreamReader": lambda path, data: codecs.getreader("utf-8")(io.BytesIO(data)),
    "read only": lambda path, data: OnlyRead(data),
}


@pytest.mark.parametrize("kind", list(SOURCES))
def test_every_source_gives_the_same(kind, path, data, rows):
    source = SOURCES[kind](path, data)
    try:
        table = sawlog.read(source, "combined")
        assert table.to_pylist() == rows
        assert len(table.rejects) == COUNT // 500
        assert table.stats.records == len(rows)
    finally:
        if isinstance(source, int):
            os.close(source)  # it stayed ours
        elif hasattr(source, "close"):
            source.close()


def test_reading_goes_on_where_the_file_stands(path, data, rows):
    skip = data.index(b"\n", 5000) + 1
    before = data[:skip].count(b"\n")
    with path.open("rb") as file:
        file.read(skip)
        assert sawlog.read(file, "combined").to_pylist() == rows[before:]
    with path.open("rb") as file:
        for _ in range(before):
            next(file)
        assert sawlog.read(file, "combined").to_pylist() == rows[before:]
    with path.open() as file:
        for _ in range(before):
            file.readline()
        assert sawlog.read(file, "combined").to_pylist() == rows[before:]
    with path.open() as file:
        for _ in range(before):
            next(file)
        assert sawlog.read(file, "combined").to_pylist() == rows[before:]
    with os.fdopen(pipe_of(data), "rb") as file:
        for _ in range(before):
            file.readline()
        assert sawlog.read(file, "combined").to_pylist() == rows[before:]


@pytest.mark.parametrize("mode", ["rb", "r"])
def test_a_file_object_has_its_own_name(mode, path, tmp_path):
    with open(path, mode) as file:
        assert sawlog.read(file).sources == (str(path),)
    assert sawlog.read(io.BytesIO(samples.access(9))).sources == ("<BytesIO>",)
    cut = tmp_path / "cut.log.gz"
    cut.write_bytes(gzip.compress(samples.access(900))[:-20])
    with open(cut, "rb") as file, pytest.raises(sawlog.ReadError, match="^.*/cut.log.gz: after"):
        sawlog.read(file)


def test_standard_input(run, data):
    code = "print(len(sawlog.read(%s, 'combined')))"
    for source in ("sys.stdin.buffer", "sys.stdin", "0"):
        assert run(code % source, input=data.decode()) == "%d\n" % (COUNT - COUNT // 500)


@pytest.mark.parametrize("options", [{}, {"threads": 1}, {"threads": 2}, {"block_size": 4096}, {"block_size": 4096, "threads": 3}])
def test_threads_and_blocks_change_nothing(path, rows, options):
    table = sawlog.read(path, "combined", **options)
    assert table.to_pylist() == rows
    assert [reject.line for reject in table.rejects] == list(range(500, COUNT + 1, 500))


@pytest.mark.parametrize("compress", [gzip.compress, lambda data: gzip.compress(data[:9999]) + gzip.compress(data[9999:])])
def test_compressed_files(tmp_path, data, rows, compress):
    path = tmp_path / "access.log.gz"
    path.write_bytes(compress(data))
    assert sawlog.read(path, "combined").to_pylist() == rows


def test_bzip2_is_read(tmp_path, data, rows):
    path = tmp_path / "access.log.1"
    path.write_bytes(bz2.compress(data[:900]) + bz2.compress(data[900:], 1))
    assert sawlog.read(path).to_pylist() == rows
    assert sawlog.detect(path).format == "combined"
    path.write_bytes(bz2.compress(data)[:-9])
    with pytest.raises(sawlog.ReadError, match="ends early"):
        sawlog.read(path)


def test_other_compressions_are_refused_and_read_by_python(tmp_path, data, rows):
    path = tmp_path / "access.log.1"
    path.write_bytes(lzma.compress(data))
    for way in (sawlog.read, sawlog.detect):
        with pytest.raises(sawlog.ReadError, match="compressed by xz, which is not read here") as caught:
            way(path)
        assert caught.value.code == "SAWLOG_E_CODEC"
    with lzma.open(path) as file:
        assert sawlog.read(file).to_pylist() == rows


def test_many_files_in_order(tmp_path, data, rows):
    for i in range(3):
        (tmp_path / ("%d.log" % i)).write_bytes(data)
    table = sawlog.read([tmp_path / "2.log", tmp_path / "0.log", tmp_path / "1.log"], "combined")
    assert len(table) == 3 * len(rows)
    assert [os.path.basename(source) for source in table.sources] == ["2.log", "0.log", "1.log"]
    assert {reject.source for reject in table.rejects} == {0, 1, 2}
    assert len(sawlog.read(str(tmp_path / "*.log"), "combined")) == 3 * len(rows)


def test_names_that_are_hard(tmp_path, data):
    for name in ("[a].log", "x*y.log", "ü€.log", "with space.log", '["q"].log'):
        path = tmp_path / name
        path.write_bytes(data)
        assert len(sawlog.read(path, "combined")) == COUNT - COUNT // 500, name
        assert len(sawlog.read([path], "combined")) == COUNT - COUNT // 500, name


@pytest.mark.skipif(sys.platform != "linux", reason="names are Unicode elsewhere")
def test_names_that_are_no_utf8(tmp_path, data):
    path = os.path.join(os.fsencode(tmp_path), b"caf\xe9.log")
    with open(path, "wb") as file:
        file.write(data)
    assert len(sawlog.read(path, "combined")) == COUNT - COUNT // 500
    assert len(sawlog.read(os.fsdecode(path), "combined")) == COUNT - COUNT // 500


def test_ways_to_name_the_format(path, rows):
    parser = sawlog.Parser("combined")
    for table in (
        sawlog.read(path),
        sawlog.read(path, format="combined"),
        sawlog.read(path, parser),
        sawlog.read(path, parser=parser),
        sawlog.read(path, {"format": "combined"}),
        parser.read(path),
        parser.open(path).read(),
    ):
        assert table["status"].to_pylist() == [row["status"] for row in rows]
    assert sawlog.read(path, format="combined", columns=["status"]).columns == ("status",)
    assert sawlog.read(path, "combined", columns=["status"], threads=1).columns == ("status",)


def test_detection_is_told(path):
    with sawlog.open(path) as reader:
        assert reader.format == "combined"
        assert reader.detection.format == "combined" and reader.detection.confidence > 0.5
        assert "combined" in reader.detection.explain()
        assert "status" in reader.schema.names
        assert len(next(reader)) > 0
    with sawlog.open(path, "combined") as reader:
        assert reader.detection is None
        assert reader.sources == (str(path),)


def test_stats_add_up(path, data, rows):
    reader = sawlog.open(path, "combined", block_size=16384)
    seen, lines = [], 0
    for batch in reader:
        lines += batch.lines
        seen.append(reader.stats)
    stats = reader.stats
    assert lines == stats.lines == COUNT
    assert stats.records == len(rows)
    assert stats.rejects == {"no_match": COUNT // 500} and stats.rejected == COUNT // 500
    assert stats.bytes == stats.bytes_stored == stats.bytes_total == len(data)
    assert stats.progress == 1.0
    assert stats.seconds > 0
    assert [s.lines for s in seen] == sorted(s.lines for s in seen)
    reader.close()
    assert reader.stats == stats


def test_stats_while_another_thread_reads():
    read, write = os.pipe()
    reader = sawlog.open(read, "combined")
    got = []
    thread = threading.Thread(target=lambda: got.extend(reader))
    thread.start()
    os.write(write, samples.access(10))
    assert reader.stats.progress is None
    os.close(write)
    thread.join(10)
    assert not thread.is_alive() and sum(map(len, got)) == 10
    assert reader.stats.records == 10
    os.close(read)


def test_threads_may_share_a_reader(path, rows):
    reader = sawlog.open(path, "combined", block_size=8192)
    batches = []
    threads = [threading.Thread(target=lambda: batches.extend(reader)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(map(len, batches)) == len(rows)


def test_a_reader_ends_once(path):
    reader = sawlog.open(path, "combined")
    assert len(list(reader)) > 0
    assert list(reader) == []
    assert next(reader, None) is None


def test_a_closed_reader_says_so(path):
    reader = sawlog.open(path, "combined")
    reader.close()
    reader.close()
    assert reader.closed
    with pytest.raises(sawlog.Cancelled, match="closed"):
        next(reader)


def test_closing_early_leaves_the_batches(path, rows):
    with sawlog.open(path, "combined", block_size=8192) as reader:
        first = next(reader)
    assert first.to_pylist() == rows[: len(first)]


def test_close_wakes_a_thread_that_waits():
    read, write = os.pipe()
    reader = sawlog.open(read, "combined")
    caught = []

    def wait():
        try:
            next(reader)
        except BaseException as error:
            caught.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.1)
    start = time.monotonic()
    reader.close()
    thread.join(5)
    assert not thread.is_alive() and time.monotonic() - start < 0.5
    assert isinstance(caught[0], sawlog.Cancelled)
    os.close(read)
    os.close(write)


def test_a_live_pipe_gives_what_is_there():
    read, write = os.pipe()
    with sawlog.open(read, "combined") as reader:
        os.write(write, samples.access(3))
        start = time.monotonic()
        assert len(next(reader)) == 3
        assert time.monotonic() - start < 2
        os.write(write, samples.access(2))
        assert len(next(reader)) == 2
        os.close(write)
        assert list(reader) == []
    os.close(read)


@pytest.mark.parametrize("mode", ["rb", "r"])
def test_a_live_file_object_gives_what_is_there(run, mode):
    run(
        """
        read, write = os.pipe()
        with os.fdopen(read, sys.argv[1]) as file, sawlog.open(file, "combined") as reader:
            os.write(write, samples.access(3))
            batch = next(reader)
            assert 1 <= len(batch) <= 3
            os.close(write)
            assert len(batch) + sum(map(len, reader)) == 3
        """,
        mode,
        timeout=20,
    )


def test_descriptors_do_not_leak(path, data):
    def open_descriptors():
        return len(os.listdir("/proc/self/fd"))

    sawlog.read(path)
    before = open_descriptors()
    for _ in range(5):
        sawlog.read(path)
        with path.open("rb") as file:
            sawlog.read(file)
        sawlog.read(io.BytesIO(data))
        sawlog.open(io.BytesIO(data)).close()
        with pytest.raises(sawlog.FormatError):
            sawlog.open(io.BytesIO(data), unknown=1)
    for _ in range(50):
        if open_descriptors() <= before:
            break
        time.sleep(0.1)  # the threads that pumped are about to end
    assert open_descriptors() <= before


def test_another_thread_may_be_importing_sockets(monkeypatch, path, rows):
    monkeypatch.setitem(sys.modules, "socket", types.ModuleType("socket"))
    with open(path, "rb") as file:
        assert sawlog.read(file, "combined").to_pylist() == rows


class Pausing:
    """What a raw non-blocking stream does: None is no end."""

    def __init__(self, data):
        self.chunks = iter([data[:1000], None, data[1000:]])

    def read(self, size):
        return next(self.chunks, b"")


@pytest.mark.parametrize("mode", ["rb", "r", "object"])
def test_a_pause_is_not_taken_for_the_end(mode, data, rows):
    end, inlet = os.pipe()
    os.set_blocking(end, False)
    with open(inlet, "wb") as file, open(end, "r" if mode == "r" else "rb") as outlet:
        with pytest.raises(BlockingIOError, match="give its descriptor"):
            sawlog.read(Pausing(data) if mode == "object" else outlet, "combined")
        reader = sawlog.open(outlet.fileno(), "combined")  # the library waits itself
        file.write(data[:1000])
        file.flush()
        first = next(reader)
        writing = threading.Thread(target=lambda: (file.write(data[1000:]), file.close()))
        writing.start()
        assert first.to_pylist() + reader.read().to_pylist() == rows
        writing.join()


ENDINGS = [ZeroDivisionError, ConnectionResetError, BrokenPipeError, lambda text: OSError(errno.ENOTCONN, text)]


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_error_of_the_file_object_comes_after_its_data(ending, data):
    class Failing(OnlyRead):
        def read(self, size):
            chunk = super().read(size)
            if not chunk:
                raise ending("the disk is round")
            return chunk

    reader = sawlog.open(Failing(data), "combined")
    total = 0
    with pytest.raises(type(ending("")), match="round"):
        for batch in reader:
            total += len(batch)
    assert total == COUNT - COUNT // 500


def test_compressed_data_that_a_file_object_cannot_give_to_its_end_ends_with_its_error(data):
    packed = gzip.compress(data)

    class Failing(OnlyRead):
        def read(self, size):
            chunk = super().read(size)
            if not chunk:
                raise ConnectionResetError("the line is down")
            return chunk

    with pytest.raises(ConnectionResetError, match="down"):
        sawlog.read(Failing(packed[: len(packed) // 2]), "combined")


def test_a_program_may_be_slower_than_the_timeout_of_its_sockets(rows, data):
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(0.05)
    try:
        seen = []
        for batch in sawlog.open(io.BytesIO(data), "combined", block_size=50000, threads=1):
            time.sleep(0.2 if len(seen) < 2000 else 0)
            seen.extend(batch.rows())
    finally:
        socket.setdefaulttimeout(before)
    assert seen == rows


def test_under_gevent_a_file_object_is_read_by_a_genuine_thread(run):
    run(
        """
        import _thread, io, types
        genuine = _thread.start_new_thread
        class Monkey(types.ModuleType):
            is_module_patched = staticmethod(lambda name: True)
            get_original = staticmethod(lambda module, name: genuine if name == "start_new_thread" else getattr(sys.modules[module], name))
        sys.modules["gevent.monkey"] = Monkey("gevent.monkey")
        threading.Thread.start = lambda thread: None  # never its turn
        assert len(sawlog.read(io.BytesIO(samples.access(3000)), "combined")) == 3000
        """,
        timeout=20,
    )


@pytest.fixture
def server():
    """What makes a server of HTTP that promises so many bytes and gives these; the URL."""
    from http.server import BaseHTTPRequestHandler, HTTPServer

    servers = []

    def serve(promised, given):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", str(promised))
                self.end_headers()
                self.wfile.write(given)

            def log_message(self, *_):
                pass

        servers.append(HTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return "http://127.0.0.1:%d/" % servers[-1].server_port

    yield serve
    for one in servers:
        one.shutdown()
        one.server_close()


def test_an_answer_of_http_that_breaks_off_is_no_end(server, data, rows):
    half = data[: data.index(b"\n", len(data) // 2) + 1]
    with urllib.request.urlopen(server(len(data), data)) as body:
        assert sawlog.read(body, "combined").to_pylist() == rows
    with urllib.request.urlopen(server(len(data), half)) as body:
        body.read(data.index(b"\n") + 1)
        reader, seen = sawlog.open(body, "combined"), []
        with pytest.raises(IncompleteRead, match="%d more expected" % (len(data) - len(half))):
            seen.extend(reader.rows())
    assert seen == rows[1 : 1 + len(seen)] and len(seen) > len(rows) // 3


@pytest.mark.parametrize("nonsense", [None, 1.5, object(), True, bytearray(b"x"), [1, 2]])
def test_what_is_no_source(nonsense):
    with pytest.raises(TypeError):
        sawlog.open(nonsense)


def test_a_table(path, data, rows):
    table = sawlog.read(path, block_size=32768)
    assert len(table) == len(rows) == sum(map(len, table.batches))
    assert list(table) == rows == table.to_pylist()
    status = table["status"]
    assert len(status) == len(rows) and list(status) == status.to_pylist()
    assert (status[0], status[-1], status[3000]) == (rows[0]["status"], rows[-1]["status"], rows[3000]["status"])
    assert status[10:20] == [row["status"] for row in rows[10:20]]
    assert table["bytes"].null_count == sum(row["bytes"] is None for row in rows)
    assert table.to_pydict()["target"] == [row["target"] for row in rows]
    assert len(table.to_json(lines=True).splitlines()) == len(rows)
    import json

    assert len(json.loads(table.to_json())) == len(rows)
    assert table.rejects[0] == next(iter(table.rejects)) and table.rejects[-1] == table.rejects[len(table.rejects) - 1]
    assert (table.row(0), table.row(3000), table.row(-1)) == (rows[0], rows[3000], rows[-1])
    assert table["status"] == status == sawlog.read(path, block_size=65536)["status"] and status != table["bytes"]
    assert table.batches[1]["status"] != status and sawlog.read(path, block_size=1 << 30)["status"].chunks[0] == status
    assert table.format == "combined" and table.detection.format == "combined"
    assert "%d rows" % len(rows) in repr(table)
    with pytest.raises(KeyError):
        table["nothing"]
    for sequence in (table.rejects, status):
        with pytest.raises(IndexError):
            sequence[10**6]
    with pytest.raises(IndexError, match="the table has"):
        table.row(len(rows))


def test_paths_are_not_patterns_when_they_exist(tmp_path, data):
    path = pathlib.Path(tmp_path / "a?.log")
    path.write_bytes(data)
    (tmp_path / "ab.log").write_bytes(data + data)
    assert len(sawlog.read(path, "combined")) == COUNT - COUNT // 500


def test_a_source_has_one_name_everywhere(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(b"x\n")
    definition = {"dissect": "%{a}", "meta": ["source"]}
    parser = sawlog.Parser(definition)
    packed = tmp_path / "a.log.gz"
    packed.write_bytes(gzip.compress(b"x\n"))
    fd = os.open(path, os.O_RDONLY)
    for make, name in (
        (lambda: path, str(path)),
        (lambda: open(path, "rb"), str(path)),
        (lambda: open(path), str(path)),
        (lambda: gzip.open(packed), str(packed)),
        (lambda: io.BytesIO(b"x\n"), "<BytesIO>"),
        (lambda: os.lseek(fd, 0, os.SEEK_SET) or fd, "fd %d" % fd),
    ):
        for how in (definition, parser, sawlog.Parser(definition).definition):
            with sawlog.open(make(), how) as reader:
                assert [row["_source"] for row in reader.rows()] == [name] == list(reader.sources) == list(reader.info["sources"])
    os.close(fd)
    for how, more in ((None, definition), (parser, {}), (definition, {})):
        with sawlog.open(io.BytesIO(b"x\n"), how, source_name="gate.log", **more) as reader:
            assert [row["_source"] for row in reader.rows()] == ["gate.log"] == list(reader.sources)
    with pytest.raises(sawlog.ReadError, match="gate.log: after 2 bytes: something that is not gzip"):
        sawlog.read(io.BytesIO(packed.read_bytes() + b"x"), parser, source_name="gate.log")


@pytest.mark.parametrize("given", ["combined", '{"format": "combined"}', {"format": "combined"}, None])
def test_a_definition_of_any_kind_goes_with_a_file_object(given):
    assert len(sawlog.read(io.BytesIO(samples.access(5)), given)) == 5


@pytest.mark.parametrize("given", ['{"format": "combinde"}', "combinde", '{"format": "combined",', '{"dissect": "%{a"}'])
def test_a_wrong_definition_says_the_same_of_paths_and_of_file_objects(given, path):
    said = []
    for source in (path, io.BytesIO(b"x\n")):
        with pytest.raises(sawlog.FormatError) as error:
            sawlog.open(source, given)
        said.append((str(error.value), error.value.position, error.value.line, error.value.column, error.value.hint))
    assert said[0] == said[1]
