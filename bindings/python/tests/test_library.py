"""Finding and loading the library: what is wrong is said."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import HERE, program
from sawlog import _abi, _host, _library

HEADER = HERE.parent.parent.parent / "capi" / "sawlog.h"
in_checkout = pytest.mark.skipif(not HEADER.exists(), reason="no C header beside the package")


def test_the_environment_comes_first(monkeypatch, tmp_path):
    monkeypatch.setenv("SAWLOG_LIBRARY", str(tmp_path / "x.so"))
    assert _library.candidates() == [str(tmp_path / "x.so")]
    with pytest.raises(ImportError, match=r"x\.so"):
        _library.find()


def test_then_the_package_then_the_checkout(monkeypatch):
    monkeypatch.delenv("SAWLOG_LIBRARY", raising=False)
    package, checkout = map(Path, _library.candidates())
    assert package.parent == Path(_library.__file__).parent
    assert checkout.parts[-3:-1] == ("build", "lib")


def test_a_missing_library_names_the_way_out():
    done = program("", env={"SAWLOG_LIBRARY": "/nowhere/libsawlog.so.1"})
    assert done.returncode == 1
    assert "ImportError" in done.stderr and "/nowhere/libsawlog.so.1" in done.stderr and "build.sh" in done.stderr


def test_a_broken_library_shows_the_real_reason(tmp_path):
    broken = tmp_path / "libsawlog.so.1"
    broken.write_bytes(b"no library")
    done = program("", env={"SAWLOG_LIBRARY": str(broken)})
    assert "ImportError: sawlog cannot load" in done.stderr and str(broken) in done.stderr


@pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler")
@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("unsigned sawlog_abi_version(void) { return 0; }", r"needs a library of ABI 1 or later; .*libsawlog\.so\.1 has ABI 0"),
        ("int x;", "is not sawlog's library"),
        ("unsigned sawlog_abi_version(void) { return 1; }", r"lacks the function sawlog_"),
    ],
)
def test_another_library_is_refused(tmp_path, source, message):
    (tmp_path / "x.c").write_text(source)
    library = tmp_path / "libsawlog.so.1"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(tmp_path / "x.c")], check=True)
    done = program("", env={"SAWLOG_LIBRARY": str(library)})
    assert done.returncode == 1 and re.search(message, done.stderr), done.stderr


def test_musl_is_recognised(tmp_path):
    maps = tmp_path / "maps"
    maps.write_text("7f00 r-xp 00 fe:01 1 /lib/ld-musl-x86_64.so.1\n")
    assert _library.on_musl(str(maps))
    maps.write_text("7f00 r-xp 00 fe:01 1 /lib/ld-musl-x86_64.so.1\n7f10 r-xp 00 fe:01 1 /opt/libsawlog.so.1\n")
    assert not _library.on_musl(str(maps))
    assert not _library.on_musl(str(tmp_path / "none"))
    assert "LD_PRELOAD" in _library.MUSL and "glibc" in _library.MUSL


def test_a_narrow_address_space_is_an_import_error():
    code = "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29)); import sawlog"
    done = subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, env=dict(os.environ, PYTHONPATH=str(HERE.parent)), text=True)
    assert done.returncode == 1 and "ImportError: sawlog cannot be loaded" in done.stderr and "limited to 512 MB" in done.stderr


@in_checkout
def test_every_function_is_in_the_header():
    declared = set(re.findall(r"\b(sawlog_\w+)\(", re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.S)))
    assert (set(_abi.RELEASING) | set(_abi.HELD)) <= declared
    assert not set(_abi.RELEASING) & set(_abi.HELD)


@in_checkout
def test_functions_that_enter_go_let_other_threads_run():
    entering = set(re.findall(r"/\* \[Go[^/]*?\*/\s*[\w ]+?\*? ?\*?(?:SAWLOG_\w+ )?(sawlog_\w+)\(", HEADER.read_text()))
    assert len(entering) > 15
    assert entering & set(_abi.HELD) == set()


@in_checkout
@pytest.mark.parametrize("name", ["Failure", "Call", "Bytes", "ColumnMemory", "RejectMemory", "ReadStats", "ProcessStats"])
def test_structs_are_those_of_the_header(name):
    kind = getattr(_abi, name)
    struct = {"Failure": "error", "ColumnMemory": "column", "RejectMemory": "reject", "ReadStats": "read_stats", "ProcessStats": "stats"}
    text = re.sub(r"/\*.*?\*/|SAWLOG_\w+", "", HEADER.read_text(), flags=re.S)
    body = re.search(r"typedef struct sawlog_%s \{(.*?)\} " % struct.get(name, name.lower()), text, re.S)
    fields = re.findall(r"(\w+)(?:\[\d+\])?\s*(?:,|;|\)\()", body.group(1))
    assert [field for field, *_ in kind._fields_] == [field for field in fields if field not in ("ctx", "void")]


@in_checkout
def test_the_names_of_python_are_those_that_the_library_asks_for():
    if not _host._api:
        pytest.skip("no CPython")
    comment = re.search(r"/\*((?:(?!\*/).)*)\*/\s*int32_t sawlog_py_bind", HEADER.read_text(), re.S).group(1)
    asked = set(re.findall(r"\b_?Py\w+_?\w*\b", comment.split("Functions, by CPython's names:")[1].split("Objects,")[0])) - {"Python"}
    assert asked <= set(_host._FUNCTIONS)
    assert _host.available


@pytest.mark.skipif(sys.version_info < (3, 12), reason="without a C extension only")
def test_a_subinterpreter_is_told_why():
    try:
        import _xxsubinterpreters as interpreters
    except ImportError:
        pytest.skip("no module for it")
    interpreter = interpreters.create()
    try:
        interpreters.run_string(interpreter, "try:\n    import sawlog\nexcept ImportError as error:\n    assert 'subinterpreter' in str(error)")
    finally:
        interpreters.destroy(interpreter)
