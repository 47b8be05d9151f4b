"""The wheel: one for all Pythons of a platform, with the library inside."""

import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

from conftest import HERE
from sawlog import _abi

ROOT = HERE.parent

pytest.importorskip("hatchling")


def build(kind, out, **env):
    code = "import os; os.chdir(%r); from hatchling import build; print(build.build_%s(%r))" % (str(ROOT), kind, str(out))
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ, **env))
    assert done.returncode == 0, done.stderr
    return out / done.stdout.split()[-1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    library = folder / "libsawlog.so.1"
    shutil.copy(_abi.lib.path, library)
    tag = "manylinux_2_17_x86_64.manylinux2014_x86_64"
    return build("wheel", folder, SAWLOG_WHEEL_LIBRARY=str(library), SAWLOG_WHEEL_PLATFORM=tag)


def test_its_name_and_content(wheel):
    assert wheel.name == "sawlog-0.1.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
    with zipfile.ZipFile(wheel) as file:
        names = set(file.namelist())
        assert {"sawlog/__init__.py", "sawlog/py.typed", "sawlog/libsawlog.so.1"} <= names
        assert not [name for name in names if "test" in name or name.endswith((".h", ".go", ".pyc"))]
        meta = file.read("sawlog-0.1.0.dist-info/WHEEL").decode()
        assert "Root-Is-Purelib: false" in meta
        assert "Tag: py3-none-manylinux_2_17_x86_64" in meta
    assert not (ROOT / "sawlog" / "libsawlog.so.1").exists()  # the checkout stays as it was


def links(page):
    return re.findall(r"\]\(([^)#][^)]*)\)", page)


def test_its_page_has_no_link_that_leads_nowhere(wheel, tmp_path):
    import tarfile

    with zipfile.ZipFile(wheel) as file:
        of_wheel = file.read("sawlog-0.1.0.dist-info/METADATA").decode()
    with tarfile.open(build("sdist", tmp_path)) as file:
        of_sdist = file.extractfile("sawlog-0.1.0/PKG-INFO").read().decode()
    before = (ROOT / "README.md").read_text(encoding="utf-8")
    for page in (of_wheel, of_sdist):
        assert "Description-Content-Type: text/markdown" in page and "# sawlog" in page
        assert links(page) and len(links(page)) == len(links(before))
        for link in links(page):
            assert link.startswith("https://"), link
            inside = link.partition("https://github.com/sawlog/sawlog/blob/HEAD/")[2].partition("#")[0]
            assert (ROOT.parent.parent / inside).exists(), link


def test_it_runs_from_where_it_is_installed(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as file:
        file.extractall(tmp_path)
    code = "import sawlog; print(sawlog._abi.lib.path); print(sawlog.Parser('combined').parse_line('x'))"
    env = {key: value for key, value in os.environ.items() if key != "SAWLOG_LIBRARY"}
    done = subprocess.run([sys.executable, "-c", code], cwd=str(tmp_path), env=dict(env, PYTHONPATH=str(tmp_path)), stdout=subprocess.PIPE, text=True)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [str(tmp_path / "sawlog" / "libsawlog.so.1"), "None"]


def test_the_source_archive_has_what_a_build_needs(tmp_path):
    import tarfile

    archive = build("sdist", tmp_path)
    with tarfile.open(archive) as file:
        names = {name.partition("/")[2] for name in file.getnames()}
    assert {"pyproject.toml", "hatch_build.py", "README.md", "sawlog/__init__.py", "go/go.mod", "go/go.sum", "go/capi/sawlog.h", "LICENSE"} <= names
    assert any(name.startswith("go/lib/formats/") and name.endswith(".fmt") for name in names)
    assert not [name for name in names if name.endswith((".so.1", ".pyc"))]
