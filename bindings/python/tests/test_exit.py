"""The end of the interpreter: whatever is alive then, the process ends well and in time."""

import pytest

ENDINGS = {
    "a parser and a batch": """
        parser = sawlog.Parser("combined")
        batch = parser.parse(samples.access(3000))
        column, view = batch["status"], memoryview(batch["status"])
    """,
    "capsules": """
        batch = sawlog.Parser("combined").parse(samples.access(3000))
        capsules = [batch.__arrow_c_array__(), batch.__arrow_c_stream__(), batch.__arrow_c_schema__()]
        class Cycle:
            pass
        cycle = Cycle()
        cycle.me, cycle.capsules = cycle, capsules
    """,
    "a reader half way": """
        open("a.log", "wb").write(samples.access(30000))
        reader = sawlog.open("a.log", "combined", block_size=4096)
        next(reader)
    """,
    "a reader on a silent pipe": """
        read, write = os.pipe()
        reader = sawlog.open(read, "combined")
    """,
    "a thread that waits in a reader": """
        read, write = os.pipe()
        reader = sawlog.open(read, "combined")
        threading.Thread(target=lambda: list(reader), daemon=True).start()
        time.sleep(0.1)
    """,
    "a thread that parses": """
        parser, data = sawlog.Parser("combined"), samples.access(100000)
        def work():
            while True:
                parser.parse(data)
        threading.Thread(target=work, daemon=True).start()
        time.sleep(0.1)
    """,
    "a pump": """
        import io
        class Endless:
            def read(self, size):
                return samples.LINE.encode() + b"\\n"
        reader = sawlog.open(Endless(), "combined")
        next(reader)
    """,
    "rows half way": """
        rows = sawlog.Parser("combined").parse(samples.access(5000)).rows()
        next(rows)
    """,
    "a stream": """
        stream = sawlog.Parser("combined").stream()
        stream.feed(b"half a li")
    """,
    "work in atexit": """
        import atexit
        parser = sawlog.Parser("combined")
        def last():
            assert len(parser.parse(samples.access(30000))) == 30000
            print("worked")
        atexit.register(last)
    """,
    "an object that is collected late": """
        class Late:
            def __init__(self):
                self.parser = sawlog.Parser("combined")
            def __del__(self):
                self.parser.parse_line("x")
        sys.late = Late()
    """,
}


@pytest.mark.parametrize("ending", list(ENDINGS))
def test_ends_well(run, ending, tmp_path):
    out = run(ENDINGS[ending], timeout=30, cwd=str(tmp_path))
    assert out == ("worked\n" if ending == "work in atexit" else "")
