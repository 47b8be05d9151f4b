"""The public face: names, types, style."""

import inspect
import subprocess
import sys

import pytest

import sawlog
from conftest import HERE

ROOT = HERE.parent

PROMISED = {
    "Parser": ["parse", "parse_line", "explain", "schema", "definition", "stream"],
    "Batch": ["columns", "rows", "rejects", "to_json", "to_pyarrow", "to_polars", "to_pandas", "schema"],
    "Table": ["columns", "rows", "rejects", "to_json", "to_pyarrow", "to_polars", "to_pandas", "schema", "batches"],
    "Reader": ["stats", "schema", "close", "detection", "format"],
    "Column": ["to_pylist", "null_count", "type"],
    "Detection": ["format", "confidence", "candidates", "explain", "definition"],
    "Reject": ["source", "line", "offset", "length", "fault", "raw"],
    "Format": ["name", "title", "fields", "sample"],
}
PROTOCOLS = {
    "Batch": ["__arrow_c_array__", "__arrow_c_stream__", "__arrow_c_schema__", "__len__", "__getitem__"],
    "Table": ["__arrow_c_stream__", "__arrow_c_schema__", "__len__", "__getitem__"],
    "Reader": ["__arrow_c_stream__", "__arrow_c_schema__", "__iter__", "__next__", "__enter__", "__exit__"],
    "Schema": ["__arrow_c_schema__", "__len__", "__getitem__"],
}
SELF_EVIDENT = ("name", "type", "null_count", "closed", "index")


def test_names_are_promises():
    for table in (PROMISED, PROTOCOLS):
        for name, members in table.items():
            for member in members:
                assert hasattr(getattr(sawlog, name), member), (name, member)
    assert {"open", "read", "detect", "formats", "Error", "FormatError", "ReadError", "Cancelled", "ForkError"} <= set(sawlog.__all__)
    assert sorted(sawlog.__all__, key=str.lower) and all(hasattr(sawlog, name) for name in sawlog.__all__)
    assert sawlog.__version__.count(".") == 2


def test_everything_public_is_explained():
    for name in sawlog.__all__:
        thing = getattr(sawlog, name)
        assert inspect.getdoc(thing), name
        if inspect.isclass(thing):
            for member, value in vars(thing).items():
                spoken = inspect.isfunction(value) or isinstance(value, property)
                if spoken and not member.startswith("_") and member not in SELF_EVIDENT:
                    assert inspect.getdoc(getattr(thing, member)), "%s.%s" % (name, member)


def test_modules_are_small():
    for path in sorted((ROOT / "sawlog").glob("*.py")):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path


def test_it_needs_nothing_else(run):
    run(
        """
        loaded = {name.partition(".")[0] for name in sys.modules}
        assert not loaded & {"pyarrow", "polars", "pandas", "numpy", "duckdb"}, loaded
        """
    )


def test_import_is_cheap():
    """What takes longer to import than all of sawlog stays out until it is needed."""
    code = "import sys\nsys.path.insert(0, %r)\nimport sawlog\nprint(*sys.modules)" % str(ROOT)
    loaded = subprocess.run([sys.executable, "-S", "-c", code], stdout=subprocess.PIPE, check=True, text=True).stdout.split()
    assert "sawlog" in loaded
    assert not {"inspect", "dataclasses", "pickle", "socket", "difflib", "asyncio", "subprocess"} & set(loaded)


SOURCES = ["sawlog", "tests", "hatch_build.py"]
CHECKERS = {
    "mypy": ["mypy", "--strict", "sawlog", "tests/typing_face.py"],
    "ruff": ["ruff", "check", "--no-cache", *SOURCES],
    "ruff format": ["ruff", "format", "--no-cache", "--check", *SOURCES],
}


@pytest.mark.skipif(sys.version_info < (3, 10), reason="the tools need a newer Python")
@pytest.mark.parametrize("checker", list(CHECKERS))
def test_checkers_are_content(checker, tmp_path):
    module, *arguments = CHECKERS[checker]
    pytest.importorskip(module)
    cache = ["--cache-dir", str(tmp_path)] if module == "mypy" else []
    command = [sys.executable, "-m", module, *arguments, *cache]
    done = subprocess.run(command, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
