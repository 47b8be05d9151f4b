"""The command line: ``python -m sawlog detect|parse|formats|templates|report``.

Exit status: 0; 1 when there were more rejects than ``--max-rejects`` allows; 2 for wrong use and for inputs that cannot be read; 130 after
Ctrl-C.
"""

import argparse
import os
import sys
from typing import List, Optional

from .. import __version__
from ..errors import FormatError
from . import inspecting, parsing, reporting, templating

__all__ = ["main"]

DESCRIPTION = """Log text to typed columns: access logs, JSON lines, logfmt, syslog and many more, plain or compressed (gzip, zstd, bzip2). The
format is detected unless it is named. FILE may be -, the standard input."""

EPILOG = """COMMAND --help has the options of a command. Exit status: 0; 1 when there are more rejects than --max-rejects allows; 2 when the command
is wrong or an input cannot be read; 130 after Ctrl-C."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sawlog", description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument("--version", action="version", version="sawlog " + __version__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in (inspecting, parsing, templating, reporting):
        module.add(commands)
    return parser


def main(argv: Optional[List[str]] = None) -> int:
    _streams()
    arguments = _parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has seen enough. What is still buffered must not raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (FormatError, OSError, ImportError) as error:
        print("sawlog: %s" % error, file=sys.stderr)
        return 2


def _streams() -> None:
    """All output is UTF-8, whatever the locale; names of files come out as they went in. A stream that the caller has closed is None."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")
