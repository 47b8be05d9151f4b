"""What the commands share: how records are read, which input, and a progress bar."""

import argparse
import glob
import json
import os
import sys
import time
from typing import Any, Dict, Iterator, Optional

from ..batch import Batch
from ..errors import FormatError
from ..reader import Reader
from ..reader import open as open_reader

#: Pattern languages that have an option of their own.
LANGUAGES = (
    "nginx apache grok regex dissect loki logback haproxy envoy tomcat undertow gunicorn uwsgi squid postgres "
    "python_logging rsyslog logsql goaccess vpc_flow"
).split()
#: Those of which the help has a line.
HELP = {"nginx": "the log_format of nginx", "grok": "a grok pattern", "regex": "a regular expression with named groups"}


def add_reading(parser: argparse.ArgumentParser) -> None:
    others = " ".join("--" + name.replace("_", "-") for name in LANGUAGES if name not in HELP)
    group = parser.add_argument_group("how records are read (left out: detected)", "the other pattern languages are options too: %s" % others)
    how = group.add_mutually_exclusive_group()
    how.add_argument("--format", metavar="NAME", help="a built-in format; the command formats lists them")
    how.add_argument("--definition", metavar="JSON", help="a whole definition, or @FILE to read it from there")
    for language in LANGUAGES:
        how.add_argument("--" + language.replace("_", "-"), metavar="PATTERN", help=HELP.get(language, argparse.SUPPRESS))
    more = parser.add_argument_group("what refines it")
    more.add_argument("--columns", metavar="A,B", help="only these columns")
    more.add_argument("--field", action="append", default=[], metavar="NAME=TYPE", help="the type of a field: status=int, at='timestamp %%d/%%b/%%Y'")
    more.add_argument("--zone", help="of times without one: Europe/Berlin, +01:00")
    more.add_argument("--year", type=int, help="of times without one")
    more.add_argument("--names", choices=("ecs", "otel", "native"), help="the vocabulary of the fields' names")
    more.add_argument("--option", action="append", default=[], metavar="KEY=JSON", help="any other key of a definition")
    more.add_argument("--threads", type=int, metavar="N", help="workers (all cores)")
    parser.add_argument("--no-progress", action="store_true", help="no progress bar, which is shown on a terminal only")


def definition(arguments: argparse.Namespace) -> Any:
    """The definition that the options make, with the reading options."""
    given: Dict[str, Any] = {}
    if arguments.definition is not None:
        text = arguments.definition
        if text.startswith("@"):
            with open(text[1:], encoding="utf-8") as file:
                text = file.read()
        given.update(_object(text) if text.lstrip()[:1] == "{" else {"format": text.strip()})
    for key in ["format", *LANGUAGES, "zone", "year", "names", "threads"]:
        value = getattr(arguments, key)
        if value is not None:
            given[key] = value
    if arguments.columns:
        given["columns"] = [name for name in arguments.columns.split(",") if name]
    for text in arguments.field:
        name, _, kind = text.partition("=")
        if not kind:
            raise FormatError("--field takes NAME=TYPE, not %r" % text)
        given.setdefault("fields", {})[name] = kind
    for text in arguments.option:
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise FormatError("--option takes KEY=JSON, not %r" % text)
        given[key] = _value(value)
    return given


def _object(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise FormatError("--definition is no JSON: %s" % error) from None


def _value(text: str) -> Any:
    """JSON where it is some, else the text itself."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


#: The name of the standard input, for lists of files.
STDIN = "/dev/stdin"


def open_input(arguments: argparse.Namespace, **more: Any) -> Reader:
    """A reader of all the files that were named; - is the standard input."""
    options = dict(definition(arguments), **more)
    files = [arguments.file] if isinstance(arguments.file, str) else arguments.file
    paths = [STDIN if file == "-" else file for file in files]
    output = getattr(arguments, "output", None)
    if output and any(_same(output, name) for path in paths for name in (glob.glob(path) or [path])):
        raise FormatError("%s is one of the inputs: writing to it would lose it" % output)
    if files == ["-"]:
        return open_reader(stdin().fileno(), **dict({"source_name": "-"}, **options))
    return open_reader(paths if len(paths) > 1 else paths[0], **options)


def _same(output: str, file: str) -> bool:
    try:
        return os.path.isfile(output) and os.path.samefile(output, file)
    except OSError:
        return False


def stdin() -> Any:
    if sys.stdin is None:
        raise FormatError("the standard input is closed")
    return sys.stdin.buffer


ROOMY = 100


class Progress:
    """A line on a terminal that tells how far a reader is; nothing elsewhere."""

    def __init__(self, reader: Reader, arguments: argparse.Namespace) -> None:
        self._reader = reader
        self._shown = 0.0
        self._wide = 0
        self._on = sys.stderr.isatty() and not arguments.no_progress

    def batches(self) -> Iterator[Batch]:
        try:
            for batch in self._reader:
                yield batch
                self._show()
        finally:
            self._clear()

    def _show(self) -> None:
        now = time.monotonic()
        if not self._on or now - self._shown < 0.1:
            return
        self._shown = now
        columns = _columns()
        text = line_of(self._reader.stats, 24 if columns >= ROOMY else 8)[: columns - 1]  # a line that is broken cannot be overwritten
        sys.stderr.write("\r" + text.ljust(self._wide))
        sys.stderr.flush()
        self._wide = len(text)

    def _clear(self) -> None:
        if self._wide:
            sys.stderr.write("\r" + " " * self._wide + "\r")
            sys.stderr.flush()


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except OSError:
        return 80


def line_of(stats: Any, width: int = 24) -> str:
    """[#####     ] 41 %  1.2 GB/s  5,000,000 records  12 rejects  3 s left"""
    parts = []
    share: Optional[float] = stats.progress
    if share is not None:
        done = int(share * width)
        parts.append("[%s%s] %3d %%" % ("#" * done, " " * (width - done), share * 100))
    speed = stats.bytes / stats.seconds if stats.seconds else 0.0
    parts += ["%s/s" % size(speed), "{:,} records".format(stats.records), "{:,} rejects".format(stats.rejected)]
    if share:
        parts.append("%d s left" % round(stats.seconds * (1 - share) / share))
    return "  ".join(parts)


def size(count: float) -> str:
    """1.2 GB"""
    units = ["B", "kB", "MB", "GB", "TB"]
    while count >= 1000 and len(units) > 1:
        count /= 1000
        units.pop(0)
    unit = units[0]
    return "%.*f %s" % (0 if unit == "B" else 1, count, unit)
