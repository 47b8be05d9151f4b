"""Every snippet of the README runs, in order, as one program."""

import gzip
import re
from pathlib import Path

import samples
from conftest import HERE

README = HERE.parent / "README.md"


def test_snippets_run(run, tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
    assert len(blocks) >= 5
    (tmp_path / "access.log.gz").write_bytes(gzip.compress(samples.access(2000, bad=100)))
    (tmp_path / "app.log").write_bytes(samples.pairs(100))
    out = run("\n".join(blocks), cwd=str(tmp_path))
    assert "combined 1980 20" in out
    assert "b'what is this?'" in out
    assert "columns" in out  # the hint of the refused definition


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
