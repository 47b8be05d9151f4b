"""What the Python programs under measurement have in common: see package report in examples/bench."""

import json
import sys
import time
from typing import NamedTuple

#: Seconds for which a program works on the small input.
WARM_UP = 0.25


class Term(NamedTuple):
    op: str
    column: str
    value: str


class Sums:
    """What is added up over the typed values. Times are milliseconds."""

    def __init__(self, check):
        self.terms = [Term(*[*term.split(":"), "", ""][:3]) for term in check.split()]
        self.rows = self.rejects = 0
        self.totals = [0] * len(self.terms)
        self.first, self.last = 1 << 62, -(1 << 62)

    def span(self, ms):
        if ms < self.first:
            self.first = ms
        if ms > self.last:
            self.last = ms

    def text(self):
        parts = ["rows=%d rejects=%d" % (self.rows, self.rejects)]
        for term, total in zip(self.terms, self.totals):
            if term.op != "span":
                parts.append("%.0f" % total)
            elif self.first <= self.last:
                parts.append("span=%d-%d" % (self.first, self.last))
        return " ".join(parts)


class Run:
    """What a contender is given, and where it puts what came out. `with run:` is around the work."""

    def __init__(self, case, file, threads, definition, check):
        self.case, self.file, self.threads, self.definition, self.sums = case, file, int(threads), json.loads(definition), Sums(check)
        self.seconds = self.cpu = self.base = self.peak = 0

    def __enter__(self):
        self.base = memory("VmRSS")
        self.begin, self.begin_cpu = time.perf_counter(), time.process_time()

    def __exit__(self, *_):
        self.seconds, self.cpu, self.peak = time.perf_counter() - self.begin, time.process_time() - self.begin_cpu, memory("VmHWM")


def memory(key):
    """A line of /proc/self/status in KiB; 0 where there is none."""
    try:
        with open("/proc/self/status") as status:
            return int(next(line for line in status if line.startswith(key)).split()[1])
    except OSError:
        return 0


def main(contenders):
    """contenders: (name, program, cases, function of a Run, {twice, missing})"""
    _, command, *arguments = sys.argv
    if command == "list":
        for name, program, cases, _, more in contenders:
            print(json.dumps({"name": name, "program": program, "cases": cases, **more}))
        return
    wanted, case, file, threads, definition, check, small = arguments
    work = next(work for _, program, _, work, _ in contenders if program == wanted)
    base, begun = None, time.perf_counter()
    while base is None or time.perf_counter() - begun < WARM_UP:
        first = Run(case, small, threads, definition, check)
        work(first)
        base = base or first.base
    run = Run(case, file, threads, definition, check)
    work(run)
    run.base, sums = base, run.sums
    result = {"rows": sums.rows, "rejects": sums.rejects, "check": sums.text(), "seconds": run.seconds, "cpu": run.cpu}
    print(json.dumps({**result, "base_kb": run.base, "peak_kb": run.peak}))
