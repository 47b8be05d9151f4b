"""The command line: what it prints, writes and answers with."""

import csv
import fcntl
import gzip
import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import samples
import sawlog
from conftest import HERE
from sawlog.cli import options
from sawlog.cli.summary import Numbers, Times

ENV = dict(os.environ, PYTHONPATH=str(HERE.parent))


def run(*arguments: Any, data: bytes = b"", **more: Any) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "sawlog", *map(str, arguments)]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, env=ENV, **more)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log.gz"
    path.write_bytes(gzip.compress(samples.access(300, bad=100)))
    return path


def test_detect(log: Path) -> None:
    done = run("detect", log)
    assert done.returncode == 0 and b": combined, confidence" in done.stdout and b"nginx_combined" in done.stdout and b"klog" not in done.stdout
    assert b"klog" in run("detect", "--all", log).stdout
    found = json.loads(run("detect", "--json", "-", data=samples.access(20)).stdout)
    assert found["format"] == "combined" and sawlog.Parser(found["definition"]).format == "combined"


def test_formats() -> None:
    assert b"combined" in run("formats").stdout
    one = run("formats", "combined").stdout.decode()
    assert "status" in one and "user_agent" in one and "https://" in one
    assert json.loads(run("formats", "combined", "--json").stdout)["fields"]["status"] == "int"
    assert {one["name"] for one in json.loads(run("formats", "--json").stdout)} == {one.name for one in sawlog.formats()}
    done = run("formats", "combinde")
    assert done.returncode == 2 and b"did you mean combined" in done.stderr


def test_parse_to_json(log: Path) -> None:
    done = run("parse", log, "--columns", "status,client")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0 and len(rows) == 297 and set(rows[0]) == {"status", "client"}
    assert b"3 of 300 lines are no records: 3 no_match" in done.stderr
    again = run("parse", "-", "--format", "combined", data=gzip.decompress(log.read_bytes()))
    assert len(again.stdout.splitlines()) == 297
    assert b'"user":null' in run("parse", log, "--nulls").stdout


def test_parse_to_csv_arrow_and_parquet(log: Path, tmp_path: Path) -> None:
    table = sawlog.read(log)
    rows = list(csv.DictReader(io.StringIO(run("parse", log, "--to", "csv").stdout.decode())))
    assert [int(row["status"]) for row in rows] == list(table["status"])
    assert [row["target"] for row in rows] == list(table["target"])
    assert rows[0]["time"] == "2026-01-01T00:00:00Z"
    pyarrow = pytest.importorskip("pyarrow")
    arrow = pyarrow.ipc.open_stream(run("parse", log, "--to", "arrow").stdout).read_all()
    assert arrow["status"].to_pylist() == list(table["status"])
    path = tmp_path / "out.parquet"
    assert run("parse", log, "--to", "parquet", "-o", path).returncode == 0
    parquet = pytest.importorskip("pyarrow.parquet")
    assert parquet.read_table(path)["bytes"].to_pylist() == list(table["bytes"])
    empty = run("parse", "-", "--format", "combined", "--to", "arrow")
    assert pyarrow.ipc.open_stream(empty.stdout).read_all().num_rows == 0


def test_definitions_of_ones_own(tmp_path: Path) -> None:
    line = b"192.0.2.1 took=12 user=ann\n"
    for arguments in (
        ("--grok", "%{IP:ip} took=%{INT:n:int}"),
        ("--regex", r"^(?P<ip>\S+) took=(?P<n>\d+)", "--field", "n=int"),
        ("--dissect", "%{ip} took=%{n} %{}", "--field", "n=int"),
        ("--definition", '{"dissect": "%{ip} took=%{n} %{}", "fields": {"n": "int"}}'),
        ("--regex", r"^(?P<ip>\S+) took=(?P<n>\d+)", "--option", 'fields={"n": "int"}'),
    ):
        assert json.loads(run("parse", "-", *arguments, data=line).stdout) == {"ip": "192.0.2.1", "n": 12}, arguments
    path = tmp_path / "definition.json"
    path.write_text('{"loki": "<ip> took=<n> <_>"}')
    assert json.loads(run("parse", "-", "--definition", "@%s" % path, data=line).stdout) == {"ip": "192.0.2.1", "n": "12"}


def test_rejects_and_status(log: Path, tmp_path: Path) -> None:
    path = tmp_path / "rejects"
    assert run("parse", log, "--rejects", path, "--max-rejects", "3").returncode == 0
    assert path.read_text() == "100\tno_match\tline 99 is none\n200\tno_match\tline 199 is none\n300\tno_match\tline 299 is none\n"
    assert run("parse", log, "--max-rejects", "2").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("parse", "none.log"), b"none.log"),
        (("parse", "-", "--format", "combinde"), b"did you mean"),
        (("parse", "-", "--grok", "%{WORT:x}"), b"WORT"),
        (("parse", "-", "--format", "json", "--field", "x"), b"NAME=TYPE"),
        (("parse", "-", "--to", "xml"), b"invalid choice"),
        (("parse",), b"required"),
        (("templates", "-", "--format", "combined", "--column", "status"), b"there is no column of texts"),
        (("templates", "-", "--top", "-1"), b"a number from 1 on"),
        (("parse", "-", "--option", "where"), b"KEY=JSON"),
        (("parse", "-", "--definition", ""), b"format"),
        ((), b"required"),
    ],
)
def test_wrong_use(arguments: Any, message: bytes) -> None:
    done = run(*arguments)
    assert done.returncode == 2 and message in done.stderr and b"Traceback" not in done.stderr


def test_help_names_every_pattern_language() -> None:
    page = (HERE.parent.parent.parent / "lib/formats/LANGUAGES.md").read_text(encoding="utf-8")
    languages = [name for name in re.findall(r"^## (\w+)$", page, re.M) if name != "line"]  # a list, which a definition has
    assert sorted(languages) == sorted(options.LANGUAGES)
    help = run("parse", "--help").stdout.decode().split()
    for language in languages:
        assert "--" + language.replace("_", "-") in help, language
    assert b"Exit status" in run("--help").stdout


def test_templates(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_bytes(samples.pairs(50) + b'level=warn msg="disk full"\n')
    done = run("templates", path)
    assert done.stdout.decode().split("\n")[:2] == ["      50  request <*> done", "       1  disk full"]
    assert json.loads(run("templates", path, "--top", "1", "--json").stdout)["count"] == 50


class Page(HTMLParser):
    VOID = ("meta", "rect")

    def __init__(self) -> None:
        super().__init__()
        self.open: Any = []
        self.text = ""

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        if tag not in self.VOID or tag == "rect":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_report(log: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    done = run("report", log, "-o", path)
    assert done.returncode == 0 and b"297 records, 3 rejects" in done.stdout
    page = Page()
    page.feed(path.read_text())
    assert not page.open
    assert "line 99 is none" in page.text and "status" in page.text and "median" in page.text
    assert "<script" not in path.read_text() and "http://" not in path.read_text().split("</style>")[0]
    hostile = tmp_path / "x.log"
    hostile.write_text('level=info msg="<script>alert(1)</script>"\n')
    assert "<script" not in run("report", hostile).stdout.decode()


def test_csv_has_all_digits_and_its_names_without_a_row() -> None:
    data = b"2026-03-05T07:09:10.123456789Z 12ns\n1969-12-31T23:59:59.5Z 1.5s\n2026-03-05T07:09:10Z -\n"
    args = ("parse", "-", "--dissect", "%{time} %{took}", "--field", "time=timestamp rfc3339", "--field", "took=duration", "--to", "csv")
    assert run(*args, data=data).stdout == b"time,took\n2026-03-05T07:09:10.123456789Z,12\n1969-12-31T23:59:59.5Z,1500000000\n"
    assert run(*args, data=b"").stdout == b"time,took\n"


def test_rejects_are_written_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "rejects"
    run("parse", "-", "--format", "common", "--rejects", path, data=b"a\xff\n")
    assert path.read_bytes() == b"1\tno_match\ta\xff\n"


def test_templates_of_an_access_log_are_those_of_its_targets(log: Path) -> None:
    assert sum(int(line.split()[0]) for line in run("templates", log).stdout.splitlines()) == 297


def test_a_definition_that_is_no_json_is_named(log: Path) -> None:
    done = run("parse", log, "--definition", '{"format":')
    assert done.returncode == 2 and b"--definition is no JSON" in done.stderr


def test_a_closed_pipe_is_no_error(log: Path) -> None:
    command = "%s -m sawlog parse %s | head -n 1" % (sys.executable, log)
    done = subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, env=ENV)
    assert len(done.stdout.splitlines()) == 1 and b"Traceback" not in done.stderr and b"Exception" not in done.stderr


def test_a_progress_bar_on_a_terminal_only(tmp_path: Path) -> None:
    path = tmp_path / "long.log"
    path.write_bytes(samples.access(60000))
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 25, 40, 0, 0))
    command = [sys.executable, "-m", "sawlog", "parse", str(path), "--to", "csv", "-o", os.devnull]
    process = subprocess.Popen(command, stderr=theirs, env=ENV)
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # the other side is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert process.wait(60) == 0
    assert b"MB/s" in shown and b"[#" in shown
    assert max(map(len, shown.split(b"\r"))) < 40  # a line that is broken could not be overwritten
    assert b"records" not in run("parse", path, "-o", os.devnull).stderr


def test_pieces() -> None:
    assert [options.size(count) for count in (0, 999, 1500, 2.5e6, 7e12, 9e15)] == ["0 B", "999 B", "1.5 kB", "2.5 MB", "7.0 TB", "9000.0 TB"]
    stats = sawlog.Stats(bytes=3_000_000, bytes_stored=5, bytes_total=10, records=12, rejects={"empty": 1}, seconds=1.0)
    assert options.line_of(stats, width=4) == "[##  ]  50 %  3.0 MB/s  12 records  1 rejects  1 s left"
    batch = sawlog.Parser({"json": {}, "fields": {"t": "timestamp unix_s"}}).parse("".join('{"n": %d, "t": %d}\n' % (i, i * 60) for i in range(1000)))
    numbers = Numbers()
    numbers.add(batch["n"])
    assert (numbers.low, numbers.high, numbers.mean, numbers.quantiles(0.5)) == (0, 999, 499.5, [500])
    times = Times()
    times.add(batch["t"])
    assert len(times.bars) <= Times.BARS and sum(times.bars.values()) == 1000 and times.width % 60_000_000_000 == 0


def test_what_comes_live_goes_out_at_once(tmp_path: Path) -> None:
    env = {name: value for name, value in ENV.items() if name != "PYTHONUNBUFFERED"}
    command = [sys.executable, "-m", "sawlog", "parse", "-", "--format", "combined", "--rejects", str(tmp_path / "rejects")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env) as program:
        assert program.stdin and program.stdout
        for _ in range(3):
            program.stdin.write(samples.access(1))
            program.stdin.flush()
            assert json.loads(program.stdout.readline())["status"]
        program.stdin.write(b"no record\n" + samples.access(1))
        program.stdin.flush()
        program.stdout.readline()
        assert (tmp_path / "rejects").read_bytes() == b"4\tno_match\tno record\n"
        program.stdin.close()


def test_the_standard_input_among_files(log: Path) -> None:
    done = run("parse", "-", log, "--format", "combined", "--columns", "status", data=samples.access(5))
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 5 + 297


def test_an_input_is_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(samples.access(5))
    for command, file in (("parse", path), ("parse", tmp_path / "*.log"), ("report", path)):
        done = run(command, file, "-o", path)
        assert done.returncode == 2 and b"one of the inputs" in done.stderr
    with open(path, "rb") as standard:
        done = subprocess.run([sys.executable, "-m", "sawlog", "parse", "-", "-o", str(path)], stdin=standard, stderr=subprocess.PIPE, env=ENV)
    assert done.returncode == 2 and path.read_bytes() == samples.access(5)


@pytest.mark.parametrize("closed, status, said", [(0, 2, b"the standard input is closed"), (1, 0, b""), (2, 0, b"")])
def test_a_closed_stream_is_no_traceback(log: Path, closed: int, status: int, said: bytes) -> None:
    files = ["-"] if closed == 0 else [str(log)]
    command = ["sh", "-c", 'exec "$@" %d>&-' % closed, "sh", sys.executable, "-m", "sawlog", "parse", *files, "--format", "combined"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENV)
    assert done.returncode == status and said in done.stderr and b"Traceback" not in done.stderr
    if closed == 2:
        assert len(done.stdout.splitlines()) == 297


def test_output_is_utf8_whatever_the_locale(tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"\xff\xc3\xa9.log")
    with open(path, "wb") as file:
        file.write(b"level=info msg=caf\xc3\xa9\n")
    env = dict(ENV, LC_ALL="C", PYTHONIOENCODING="ascii")
    for arguments, want in ((["templates"], b"caf\xc3\xa9"), (["detect"], b"\xff\xc3\xa9.log: logfmt")):
        done = subprocess.run([sys.executable, "-m", "sawlog", *arguments, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
        assert done.returncode == 0 and want in done.stdout, done.stderr


def test_csv_has_numbers_as_json_has_them() -> None:
    values = [b"769", b"-0", b"0.1", b"1e+300", b"1e-07", b"1e+21", b"100000000000000000000", b"1.2345678901234569e+23"]
    data = b"".join(b"x=%s\n" % value for value in values)
    how = ["parse", "-", "--format", "logfmt", "--field", "x=float", "--columns", "x"]
    assert run(*how, "--to", "csv", data=data).stdout.splitlines()[1:] == values
    assert run(*how, data=data).stdout.splitlines() == [b'{"x":%s}' % value for value in values]


def test_a_dash_is_the_standard_output(log: Path, tmp_path: Path) -> None:
    for extra in ([], ["--to", "csv"]):
        assert run("parse", log, *extra, "-o", "-", cwd=tmp_path).stdout == run("parse", log, *extra).stdout
    assert run("parse", log, "-o", os.devnull, "--rejects", "-", cwd=tmp_path).stdout.count(b"\tno_match\t") == 3
    assert run("report", log, "-o", "-", cwd=tmp_path).stdout.startswith(b"<!doctype html>")
    assert not (tmp_path / "-").exists()


def test_columns_are_not_written_to_a_terminal(log: Path) -> None:
    pytest.importorskip("pyarrow")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "sawlog", "parse", str(log), "--to", "arrow"]
    done = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, env=ENV)
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 2 and b"give -o FILE, or a pipe" in done.stderr


def test_csv_quotes_what_would_end_a_line() -> None:
    data = b'{"x":"a\\rb"}\n{"y":1}\n{"x":"l1\\nl2"}\n{"x":"a\\"b,"}\n'
    assert run("parse", "-", "--to", "csv", "--columns", "x", data=data).stdout == b'x\n"a\rb"\n""\n"l1\nl2"\n"a""b,"\n'
