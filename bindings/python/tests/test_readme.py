"""Every snippet of the README runs, in order, as one program."""

import gzip
import importlib.util
import lzma
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

import samples
from conftest import HERE

README = HERE.parent / "README.md"


SERVER = """
class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
if __name__ == "__main__":
    threading.Thread(target=server.serve_forever, daemon=True).start()
"""


def test_snippets_run(tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
    assert len(blocks) >= 8
    (tmp_path / "access.log.gz").write_bytes(gzip.compress(samples.access(2000, bad=100)))
    (tmp_path / "access.log.1.gz").write_bytes(gzip.compress(samples.access(50)))
    (tmp_path / "old.log.xz").write_bytes(lzma.compress(samples.access(77)))
    (tmp_path / "app.log").write_bytes(samples.pairs(100))
    code = "\n".join(blocks).replace('"https://logs.example.com/', '"http://127.0.0.1:%d/" % server.server_port + "')
    (tmp_path / "main.py").write_text("import http.server, threading\n" + SERVER + code, encoding="utf-8")
    out = output(["main.py"], tmp_path)
    assert "combined 1980 20" in out
    assert "\n1980\n77\n" in out  # from the server, and what Python has unpacked
    assert "{'no_match': 20}" in out
    assert "b'what is this?'" in out
    assert "columns" in out  # the hint of the refused definition
    assert re.search(r"\n\d+\n$", out)  # what the processes have counted


def output(arguments, folder):
    env = dict(os.environ, PYTHONPATH=str(HERE.parent))
    pipe = subprocess.PIPE
    done = subprocess.run([sys.executable, *arguments], cwd=str(folder), env=env, stdout=pipe, stderr=pipe, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def test_the_commands_run(tmp_path):
    """Every line of the console block, with what it needs beside it."""
    (tmp_path / "access.log.gz").write_bytes(gzip.compress(samples.access(300, bad=100)))
    (tmp_path / "access.log").write_bytes(samples.access(300))
    (tmp_path / "app.log").write_bytes(samples.pairs(100))
    blocks = re.findall(r"```console\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
    commands = [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ python ")]
    assert len(commands) >= 7
    for command in commands:
        if "parquet" not in command or importlib.util.find_spec("pyarrow"):
            output(shlex.split(command)[1:], tmp_path)
    assert (tmp_path / "report.html").stat().st_size > 1000


def test_the_page_about_spark(tmp_path, monkeypatch):
    """Its snippets, with a Spark and a Ray of our own that run what they are given in this process."""
    pyarrow = pytest.importorskip("pyarrow")
    folder = HERE.parent.parent.parent / "examples/spark"
    monkeypatch.syspath_prepend(str(folder))
    import sawlog_spark

    (tmp_path / "a.log").write_bytes(samples.access(300, bad=100))
    given = []

    class Data:
        def __init__(self, items, _schema=None):
            self.items = [item if isinstance(item, dict) else item._asdict() for item in items]

        def repartition(self, count):
            return self

        def mapInArrow(self, parse, schema):
            given.append(pyarrow.Table.from_batches(parse(iter(pyarrow.Table.from_pylist(self.items).to_batches()))))

        def map_batches(self, parse, batch_format, batch_size):
            given.append(pyarrow.concat_tables(table for item in self.items for table in parse(pyarrow.Table.from_pylist([item]))))

    spark, ray, types = mock.MagicMock(), mock.MagicMock(), mock.MagicMock()
    spark.createDataFrame, ray.data.from_items = Data, Data
    for name in ("pyspark", "pyspark.sql", "pyspark.sql.pandas", "pyspark.sql.pandas.types"):
        monkeypatch.setitem(sys.modules, name, types)
    monkeypatch.setitem(sys.modules, "ray", ray)
    blocks = re.findall(r"```python\n(.*?)```", (folder / "README.md").read_text(encoding="utf-8"), re.S)
    exec("\n".join(blocks).replace("/var/log/site/*", str(tmp_path / "*.log")), {"spark": spark})
    spark.dataSource.register.assert_called_once_with(sawlog_spark.LogSource)
    assert [table.num_rows for table in given] == [297, 3, 297]


def test_the_table_of_other_libraries_runs(tmp_path):
    """The column "write" of the first table, as far as the libraries are there."""
    import sawlog

    path = tmp_path / "access.log"
    path.write_bytes(samples.access(500))
    table = sawlog.read(path)
    names = {"table": table, "table_": table, "batch": table.batches[0]}
    for name in ("polars", "duckdb", "pyarrow", "pandas", "numpy"):
        try:
            names[name] = __import__(name)
        except ImportError:
            pass
    section = README.read_text(encoding="utf-8").split("## From a log to a table")[1].split("##")[0]
    ran = 0
    for to, cell in re.findall(r"^\| (\w+) \| (.+) \|$", section, re.M):
        if to in ("polars", "duckdb", "pyarrow", "pandas", "numpy") and to not in names:
            continue
        for code in re.findall(r"`([\w.]+\(.*?\)|[\w.]+\[.*?\]\..*?)`", cell):
            assert eval(code, dict(names)) is not None, code
            ran += 1
    assert ran >= 4


def test_the_readme_says_the_versions_that_are_built(tmp_path):
    project = (Path(HERE.parent) / "pyproject.toml").read_text(encoding="utf-8")
    assert 'requires-python = ">=3.8"' in project and "CPython 3.8" in README.read_text(encoding="utf-8")
