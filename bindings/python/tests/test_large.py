"""A gigabyte, in a file, in one line and in a small gzip: the process hardly grows."""

import shutil
import tempfile
from pathlib import Path

import pytest

HEAD = """
import gc, gzip
from sawlog._abi import lib

MIB = 1 << 20
MOST = 64 * MIB

def memory(key):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(key)) * 1024

def begin():
    # The peak is counted anew, where the system does that.
    gc.collect()
    lib.release_memory()
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass
    return memory("VmRSS:")

def end(base):
    grown = memory("VmHWM:") - base
    assert grown < MOST, "%.1f MiB" % (grown / MIB)

def count(path, definition="combined"):
    rows = rejects = 0
    for batch in sawlog.open(path, definition):
        rows += len(batch)
        rejects += len(batch.rejects)
        last = batch.rejects[-1] if batch.rejects else None
    return rows, rejects, last
"""


@pytest.fixture
def folder():
    """On the disk of the checkout where there is one: /tmp may be memory."""
    build = Path(__file__).resolve().parents[3] / "build"
    path = tempfile.mkdtemp(prefix="large-", dir=str(build) if build.is_dir() else None)
    yield path
    shutil.rmtree(path)


def test_a_gigabyte_three_times_then_nothing_is_left(run, folder):
    run(
        HEAD
        + """
piece = samples.access(5000, bad=1000)
with open("a.log", "wb") as file:
    pieces = 0
    while file.tell() < 1_000_000_000:
        file.write(piece)
        pieces += 1
wanted = (pieces * 4995, pieces * 5)
sawlog.Parser("combined").parse(piece)
base = begin()
sizes = []
for _ in range(3):
    assert count("a.log")[:2] == wanted
    lib.release_memory()
    sizes.append(memory("VmRSS:"))
end(base)
assert max(sizes[1:]) <= sizes[0] * 1.05 + MIB, sizes
assert max(sizes) <= base + 16 * MIB, sizes
""",
        cwd=folder,
        timeout=120,
    )


@pytest.mark.parametrize("definition, line", [("combined", "samples.LINE"), ({"json": {}}, "'{\"a\": 1}'")])
def test_a_line_of_a_gigabyte(run, folder, definition, line):
    run(
        HEAD
        + """
line = %s.encode() + b"\\n"
size = 1_000_000_000
with open("a.log", "wb") as file:  # a hole reads as zeros and takes no disk
    file.write(line)
    file.seek(size, 1)
    file.write(b"\\n" + line)
base = begin()
rows, rejects, last = count("a.log", %r)
end(base)
assert (rows, rejects) == (2, 1)
reader = sawlog.open("a.log", %r)
found = [reject for batch in reader for reject in batch.rejects][0]
assert (found.fault, found.line, found.offset, found.length) == ("too_long", 2, len(line), size), found[:5]
assert len(found.raw) <= 2 * MIB
"""
        % (line, definition, definition),
        cwd=folder,
        timeout=120,
    )


def test_a_gigabyte_out_of_a_small_gzip(run, folder):
    run(
        HEAD
        + """
line = samples.LINE.encode() + b"\\n"
member = gzip.compress(bytes(16 * MIB))
with open("a.log.gz", "wb") as file:
    file.write(gzip.compress(line) + member * 64 + gzip.compress(b"\\n" + line))
    assert file.tell() < 2 * MIB
base = begin()
assert count("a.log.gz")[:2] == (2, 1)
try:
    sawlog.read("a.log.gz", "combined", limits={"bytes": 100 * MIB})
except sawlog.ReadError as error:
    assert error.code == "SAWLOG_E_LIMIT"
else:
    raise AssertionError("no limit")
end(base)
""",
        cwd=folder,
        timeout=120,
    )
