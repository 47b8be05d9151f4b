"""Memory: flat over many rounds, and nothing of the library's own is left."""

import pytest

HEAD = """
import gc

def resident():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

def alive():
    import ctypes
    from sawlog import _abi
    gc.collect()
    stats = _abi.ProcessStats()
    assert _abi.lib.get_stats(ctypes.byref(stats)) == 0
    return stats.parsers, stats.streams, stats.readers, stats.batches

def flat(work, rounds=60, allowed=11 << 20):
    for _ in range(rounds // 3):
        work()
    before = resident()
    for _ in range(2 * rounds // 3):
        work()
    # What collectors have not come to yet goes up and down; what is lost is there at the lowest point too.
    lowest = resident()
    for _ in range(rounds // 3):
        work()
        lowest = min(lowest, resident())
    assert lowest - before < allowed, lowest - before
    assert alive() == (0, 0, 0, 0), alive()

data = samples.access(20000, bad=100)
open("a.log", "wb").write(data)
"""

WORK = {
    "parse": "sawlog.Parser('combined').parse(data)",
    "rows": "list(sawlog.Parser('combined').parse(data).rows())",
    "columns": "[memoryview(sawlog.Parser('combined').parse(data)['status']).tolist() for _ in range(2)]",
    "lines": "p = sawlog.Parser('combined'); [p.parse_line(samples.LINE) for _ in range(3000)]",
    "columns that each text decides": """
    parser = sawlog.Parser(json={})
    for _ in range(20):
        parser.parse("\\n".join('{"k%d":1}' % k for k in range(300)))
""",
    "rejects": "list(sawlog.Parser('combined').parse(data).rejects)",
    "read": "sawlog.read('a.log').to_pylist()",
    "half a reader": "next(sawlog.open('a.log', block_size=4096))",
    "json": "sawlog.Parser('combined').parse(data).to_json()",
    "bytearray": "sawlog.Parser('combined').parse(bytearray(data)); sawlog.Parser('combined').parse(bytearray(data), copy=False)",
    "text": "sawlog.Parser('combined').parse(data.decode())",
    "capsules": "b = sawlog.Parser('combined').parse(data); b.__arrow_c_array__(); b.__arrow_c_stream__(); b.schema.__arrow_c_schema__()",
    "errors": """
    for bad in ("nope", {"json": {}, "x": 1}):
        try:
            sawlog.Parser(bad)
        except sawlog.FormatError:
            pass
    try:
        sawlog.open("missing.log")
    except sawlog.ReadError:
        pass
""",
    "stream": "s = sawlog.Parser('combined').stream(); s.feed(data); s.flush()",
    "detect": "sawlog.detect(data)",
    "pump": "import io; sawlog.read(io.BytesIO(data), 'combined')",
}


@pytest.mark.parametrize("name", list(WORK))
def test_memory_is_flat(run, name, tmp_path):
    code = WORK[name]
    body = code if code.startswith("\n") else "\n    " + code + "\n"
    run(HEAD + "\ndef work():" + body + "\nflat(work)\n", cwd=str(tmp_path), timeout=120)


def test_a_stream_of_arrow_that_nobody_reads_is_freed(run, tmp_path):
    run(HEAD + "\ndef work():\n    sawlog.open('a.log', 'combined').__arrow_c_stream__()\n\nflat(work)\n", cwd=str(tmp_path), timeout=120)


def test_a_big_file_in_little_memory(run, tmp_path):
    run(
        HEAD
        + """
with open("big.log", "wb") as file:
    for _ in range(100):
        file.write(data)
import resource
count = 0
for batch in sawlog.open("a.log", "combined"):
    count += len(batch)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count = 0
for batch in sawlog.open("big.log", "combined"):
    count += len(batch)
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
assert count == 1980000, count
assert grown < 64 * 1024, grown
""",
        cwd=str(tmp_path),
        timeout=120,
    )
