"""The command report: a page about a log."""

import argparse
import sys
from typing import Any

from .options import Progress, add_reading, open_input
from .page import page
from .summary import Summary


def add(commands: Any) -> None:
    parser = commands.add_parser("report", help="a page about a log: when, how much, which values, what was rejected")
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("-o", "--output", metavar="FILE", help="the HTML file to write (the standard output)")
    add_reading(parser)
    parser.set_defaults(run=_report)


def _report(arguments: argparse.Namespace) -> int:
    with open_input(arguments) as reader:
        summary = Summary(reader.schema)
        for batch in Progress(reader, arguments).batches():
            summary.add(batch)
        text = page(arguments.file, reader, summary)
    if arguments.output and arguments.output != "-":
        with open(arguments.output, "w", encoding="utf-8") as file:
            file.write(text)
        print("%s: %d records, %d rejects" % (arguments.output, summary.rows, reader.stats.rejected))
    else:
        sys.stdout.write(text)
    return 0
