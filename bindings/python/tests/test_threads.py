"""Threads: a parser is shared freely, and other threads run while one parses."""

import threading
import time

import samples
import sawlog


def in_threads(count, work):
    errors = []

    def guarded(i):
        try:
            work(i)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors[0]


def test_one_parser_for_all():
    parser = sawlog.Parser("combined")
    data = samples.access(2000, bad=100)
    rows, line = parser.parse(data).to_pylist(), parser.parse_line(samples.LINE)

    def work(i):
        for _ in range(10):
            assert parser.parse(data).to_pylist() == rows
            assert parser.parse_line(samples.LINE) == line
            assert not parser.explain("x")

    in_threads(8, work)


def test_one_batch_for_all():
    batch = sawlog.Parser("combined").parse(samples.access(2000))
    rows, status = batch.to_pylist(), batch["status"].to_pylist()

    def work(i):
        for _ in range(10):
            assert batch.to_pylist() == rows
            assert memoryview(batch["status"]).tolist() == status

    in_threads(8, work)


def test_parsers_come_and_go():
    def work(i):
        for _k in range(30):
            assert sawlog.Parser("combined", columns=["status"]).parse_line(samples.LINE) == {"status": 200}

    in_threads(8, work)


def test_others_run_meanwhile():
    data = samples.access(300000)
    parser = sawlog.Parser("combined")
    ticks, stop = [0], threading.Event()

    def tick():
        while not stop.wait(0.001):
            ticks[0] += 1

    thread = threading.Thread(target=tick)
    thread.start()
    start = time.monotonic()
    while time.monotonic() - start < 0.5:
        parser.parse(data)
    stop.set()
    thread.join()
    assert ticks[0] > 25


def test_short_threads(run):
    run(
        """
        parser = sawlog.Parser("combined")
        def work():
            assert parser.parse_line(samples.LINE)["status"] == 200
        for _ in range(500):
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        assert len(os.listdir("/proc/self/task")) < 40
        """
    )


def test_small_stacks(run):
    run(
        """
        threading.stack_size(64 * 1024)
        parser = sawlog.Parser("combined")
        data = samples.access(20000)
        got = []
        thread = threading.Thread(target=lambda: got.append(len(parser.parse(data))))
        thread.start()
        thread.join()
        assert got == [20000]
        """
    )


def test_a_stream_may_be_closed_while_another_thread_feeds_it():
    data = samples.access(20000)

    def work(i):
        stream = sawlog.Parser("combined").stream()
        seen = []

        def feed():
            try:
                seen.append(len(stream.feed(data)))
            except ValueError as error:
                seen.append(str(error))

        thread = threading.Thread(target=feed)
        thread.start()
        time.sleep(0.0005 * i)
        stream.close()
        thread.join()
        assert seen[0] in (20000, "the stream is closed")

    for i in range(30):
        work(i % 10)
