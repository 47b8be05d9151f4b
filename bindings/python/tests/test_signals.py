"""Signals: Ctrl-C is answered at once, and the host's own handlers keep working. Each case has a process of its own."""

import signal

import pytest

import samples
from conftest import program

DEFAULT_INT = "signal.signal(signal.SIGINT, signal.default_int_handler)\n"


def test_ctrl_c_during_a_long_parse(run):
    """At random times; it is raised within 50 ms (mostly: the machine may be busy), and nothing is left behind."""
    run(
        DEFAULT_INT
        + """
import random
data = samples.access(20000) * 60
parser = sawlog.Parser("combined", limits={"line": 4096})
pick = random.Random(3)
late, hit = [], 0
for i in range(15):
    sent = []
    def kill():
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)
    timer = threading.Timer(pick.random() * 0.1, kill)
    try:
        timer.start()
        while True:
            parser.parse(data)
    except KeyboardInterrupt:
        late.append(time.monotonic() - sent[0])
        hit += 1
    timer.join()
assert hit == 15
late.sort()
assert late[len(late) // 3] < 0.05 and late[-1] < 2, late
assert len(parser.parse(data)) == 1200000
""",
        timeout=120,
    )


def test_ctrl_c_while_reading(run, tmp_path):
    path = tmp_path / "big.log"
    path.write_bytes(samples.access(20000) * 20)
    run(
        DEFAULT_INT
        + """
late = []
for i in range(10):
    sent = []
    def kill():
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)
    timer = threading.Timer(0.01 * i, kill)
    try:
        timer.start()
        while True:
            sawlog.read(sys.argv[1], "combined")
    except KeyboardInterrupt:
        late.append(time.monotonic() - sent[0])
    timer.join()
late.sort()
assert late[len(late) // 3] < 0.05 and late[-1] < 2, late
time.sleep(0.2)
assert len(os.listdir("/proc/self/task")) < 30
""",
        str(path),
        timeout=120,
    )


def test_ctrl_c_while_waiting_for_a_pipe(run):
    run(
        DEFAULT_INT
        + """
read, write = os.pipe()
for use in (lambda reader: next(reader), lambda reader: reader.info):
    reader = sawlog.open(read)
    threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    start = time.monotonic()
    try:
        use(reader)
    except KeyboardInterrupt:
        assert 0.15 < time.monotonic() - start < 0.4, time.monotonic() - start
    else:
        raise SystemExit("no KeyboardInterrupt")
    reader.close()
    assert time.monotonic() - start < 0.6
"""
    )


def test_reading_goes_on_after_an_interrupt(run):
    run(
        DEFAULT_INT
        + """
read, write = os.pipe()
reader = sawlog.open(read, "combined")
threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    next(reader)
except KeyboardInterrupt:
    pass
os.write(write, samples.access(5))
os.close(write)
assert sum(map(len, reader)) == 5
"""
    )


def test_a_handler_may_close_the_reader(run):
    run(
        """
        read, write = os.pipe()
        reader = sawlog.open(read, "combined")
        signal.signal(signal.SIGALRM, lambda *_: reader.close())
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        try:
            next(reader)
        except sawlog.Cancelled:
            pass
        else:
            raise SystemExit("not cancelled")
        """
    )


def test_alarms_at_1_khz(run):
    run(
        """
        count = [0]
        signal.signal(signal.SIGALRM, lambda *_: count.__setitem__(0, count[0] + 1))
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        parser = sawlog.Parser("combined")
        data = samples.access(20000)
        start = time.monotonic()
        while time.monotonic() - start < 2:
            assert len(parser.parse(data)) == 20000
            assert parser.parse_line(samples.LINE)["status"] == 200
        signal.setitimer(signal.ITIMER_REAL, 0)
        assert count[0] > 50, count
        """
    )


def test_profiling_signals(run):
    run(
        """
        count = [0]
        signal.signal(signal.SIGPROF, lambda *_: count.__setitem__(0, count[0] + 1))
        signal.setitimer(signal.ITIMER_PROF, 0.005, 0.005)
        parser, data = sawlog.Parser("combined"), samples.access(20000)
        for _ in range(50):
            parser.parse(data)
        signal.setitimer(signal.ITIMER_PROF, 0)
        assert count[0] > 0
        """
    )


@pytest.mark.parametrize("when", ["before", "after"])
def test_faulthandler_reports_and_the_process_dies(when):
    enable = "import faulthandler; faulthandler.enable()\n"
    code = "import ctypes\nsawlog.Parser('combined').parse(samples.access(10000))\nctypes.string_at(8)"
    head = "import sys\n" + enable if when == "before" else ""
    done = program((head if head else "") + ("" if head else enable) + code)
    assert done.returncode == -signal.SIGSEGV
    assert "Fatal Python error: Segmentation fault" in done.stderr
    assert "goroutine" not in done.stderr


def test_a_broken_pipe_stays_an_exception(run):
    run(
        """
        sawlog.Parser("combined").parse(samples.access(10))
        read, write = os.pipe()
        os.close(read)
        try:
            os.write(write, b"x")
        except BrokenPipeError:
            pass
        else:
            raise SystemExit("no BrokenPipeError")
        """
    )


def test_closing_a_pumped_reader_raises_no_sigpipe(run):
    run(
        """
        import io
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        for _ in range(5):
            reader = sawlog.open(io.BytesIO(samples.access(30000)), "combined", block_size=4096)
            next(reader)
            reader.close()
        time.sleep(0.2)
        """
    )


def test_the_host_keeps_its_urgent_signal(run):
    run(
        """
        count = [0]
        signal.signal(signal.SIGURG, lambda *_: count.__setitem__(0, count[0] + 1))
        parser, data = sawlog.Parser("combined"), samples.access(20000)
        for _ in range(20):
            parser.parse(data)
        assert count == [0], count
        os.kill(os.getpid(), signal.SIGURG)
        time.sleep(0.05)
        assert count == [1], count
        """
    )
