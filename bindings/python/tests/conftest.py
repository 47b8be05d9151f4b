"""What the tests share: sample lines, and Python programs of their own for everything that could take the process down."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Callable

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))


def program(code: str, *arguments: str, timeout: float = 60, **more) -> "subprocess.CompletedProcess[str]":
    """Runs code in an interpreter of its own, with sawlog, samples and the usual modules imported."""
    head = "import os, signal, sys, threading, time\nsys.path[:0] = %r\nimport samples, sawlog\n" % [str(HERE.parent), str(HERE)]
    env = dict(os.environ, PYTHONFAULTHANDLER="", **more.pop("env", {}))
    return subprocess.run(
        [sys.executable, "-c", head + textwrap.dedent(code), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        timeout=timeout,
        env=env,
        **more,
    )


@pytest.fixture
def run() -> Callable[..., str]:
    """program(), which must end well; its output."""

    def check(code: str, *arguments: str, timeout: float = 60, **more) -> str:
        done = program(code, *arguments, timeout=timeout, **more)
        assert done.returncode == 0, "status %s\n%s\n%s" % (done.returncode, done.stdout, done.stderr[-4000:])
        return done.stdout

    return check
