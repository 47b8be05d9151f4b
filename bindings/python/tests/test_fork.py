"""fork() without exec: parsers and batches work in the child, readers and streams say ForkError. Each case has a process of its own."""

import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="fork is supported on Linux only")


def test_a_parser_of_the_parent_in_a_pool(run):
    run(
        """
        import multiprocessing
        parser = sawlog.Parser("combined")
        assert parser.parse_line(samples.LINE)["status"] == 200
        def work(i):
            batch = parser.parse(samples.access(200, seed=i))
            return len(batch), parser.parse_line(samples.LINE)["bytes"], os.getpid()
        if __name__ == "__main__":
            with multiprocessing.get_context("fork").Pool(4) as pool:
                done = pool.map(work, range(200), chunksize=5)
            assert [(a, b) for a, b, _ in done] == [(200, 5120)] * 200
            assert os.getpid() not in {pid for _, _, pid in done}
        """
    )


def test_a_hundred_forks_under_load(run):
    run(
        """
        parser = sawlog.Parser("combined")
        data = samples.access(500)
        stop = threading.Event()
        def hammer():
            while not stop.is_set():
                parser.parse(data)
        threads = [threading.Thread(target=hammer) for _ in range(3)]
        [thread.start() for thread in threads]
        failed = 0
        for i in range(100):
            pid = os.fork()
            if pid == 0:
                try:
                    got = []
                    racers = [threading.Thread(target=lambda: got.append(len(parser.parse(data)))) for _ in range(4)]
                    [racer.start() for racer in racers]
                    [racer.join() for racer in racers]
                    ok = got == [500] * 4 and parser.parse_line(samples.LINE)["status"] == 200
                    grandchild = os.fork()
                    if grandchild == 0:
                        os._exit(5 if len(parser.parse(data)) == 500 else 6)
                    ok = ok and os.waitpid(grandchild, 0)[1] == 5 << 8
                    os._exit(7 if ok else 8)
                except BaseException:
                    import traceback
                    traceback.print_exc()
                finally:
                    os._exit(9)
            failed += os.waitpid(pid, 0)[1] != 7 << 8
        stop.set()
        [thread.join() for thread in threads]
        assert failed == 0, failed
        """,
        timeout=240,
    )


def test_a_batch_of_the_parent_in_the_child(run):
    run(
        """
        batch = sawlog.Parser("combined").parse(samples.access(1000, bad=10))
        rows = batch.to_pylist()
        pid = os.fork()
        if pid == 0:
            try:
                assert batch.to_pylist() == rows
                assert memoryview(batch["status"])[0] == rows[0]["status"]
                assert len(list(batch.rejects)) == 100
                batch.__arrow_c_array__()
                del batch
                os._exit(7)
            finally:
                os._exit(8)
        assert os.waitpid(pid, 0)[1] == 7 << 8
        """
    )


def test_readers_and_streams_of_the_parent_say_so(run, tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(b"x\n" * 100000)
    run(
        """
        parser = sawlog.Parser("combined")
        reader = sawlog.open(sys.argv[1], parser, block_size=4096)
        stream = parser.stream()
        stream.feed(b"x")
        next(reader)
        pid = os.fork()
        if pid == 0:
            try:
                for use in (lambda: next(reader), lambda: reader.info, lambda: stream.feed(b"y"), lambda: stream.flush()):
                    try:
                        use()
                    except sawlog.ForkError:
                        pass
                    else:
                        os._exit(6)
                reader.stats
                reader.close()
                stream.close()
                assert len(sawlog.read(sys.argv[1], "combined").rejects) == 100000
                os._exit(7)
            finally:
                os._exit(8)
        assert os.waitpid(pid, 0)[1] == 7 << 8
        assert sum(len(batch.rejects) for batch in reader) > 0
        """,
        str(path),
    )


def test_a_child_that_closes_what_another_thread_was_reading(run):
    run(
        """
        read, write = os.pipe()
        reader = sawlog.open(read, "combined")
        thread = threading.Thread(target=lambda: list(reader))
        thread.start()
        time.sleep(0.1)
        pid = os.fork()
        if pid == 0:
            try:
                next(reader)  # the other thread held the reader's lock when the process was forked
            except sawlog.ForkError:
                reader.close()
                reader.stats
                os._exit(7)
            os._exit(8)
        assert os.waitpid(pid, 0)[1] == 7 << 8
        os.close(write)
        thread.join(10)
        assert not thread.is_alive()
        """
    )


def test_generations(run):
    run(
        """
        parser = sawlog.Parser("combined")
        def deeper(n):
            assert parser.parse_line(samples.LINE)["status"] == 200
            assert len(parser.parse(samples.access(100))) == 100
            if n == 0:
                return
            pid = os.fork()
            if pid == 0:
                try:
                    deeper(n - 1)
                    os._exit(7)
                finally:
                    os._exit(8)
            assert os.waitpid(pid, 0)[1] == 7 << 8
        deeper(8)
        """
    )


def test_a_child_does_not_keep_a_file_object_from_failing(run):
    run(
        """
        may = threading.Event()
        class Breaking:
            def __init__(self):
                self.pieces = [samples.access(3)]
            def read(self, size):
                if self.pieces:
                    return self.pieces.pop()
                assert may.wait(20)
                raise ZeroDivisionError
        reader = sawlog.open(Breaking(), "combined")
        assert len(next(reader)) == 3
        pid = os.fork()
        if pid == 0:
            time.sleep(30)
            os._exit(0)
        may.set()
        try:
            next(reader)
            raise SystemExit("an end")
        except ZeroDivisionError:
            pass
        finally:
            os.kill(pid, signal.SIGKILL)
        """,
        timeout=20,
    )


def test_spawn(run, tmp_path):
    program = tmp_path / "spawned.py"
    program.write_text(
        """
import multiprocessing
import sawlog

def work(job):
    parser, line = job
    return parser.parse_line(line)["status"]

if __name__ == "__main__":
    import samples
    parser = sawlog.Parser("combined")
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(work, [(parser, samples.LINE)] * 10) == [200] * 10
"""
    )
    run(
        """
        import subprocess
        subprocess.run([sys.executable, sys.argv[1]], check=True, env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)))
        """,
        str(program),
    )


def test_forking_can_be_refused(run):
    run(
        """
        parser = sawlog.Parser("combined")
        parser.parse_line(samples.LINE)
        pid = os.fork()
        if pid == 0:
            for use in (lambda: parser.parse(samples.access(10)), lambda: parser.parse_line(samples.LINE)):
                try:
                    use()
                except sawlog.ForkError:
                    continue
                os._exit(8)
            os._exit(7)
        assert os.waitpid(pid, 0)[1] == 7 << 8
        """,
        env={"SAWLOG_AFTER_FORK": "error"},
    )
