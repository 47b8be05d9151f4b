"""The command templates: what messages were made from."""

import argparse
import json
from typing import Any, Optional

from ..errors import FormatError
from ..schema import Schema
from ..templates import Templates
from .options import Progress, add_reading, open_input

#: Where messages stand, the first that a log has.
MESSAGES = ("message", "body", "msg", "target", "request")


def add(commands: Any) -> None:
    parser = commands.add_parser("templates", help="the templates that messages were made from, with their counts")
    parser.add_argument("file", nargs="+", metavar="FILE")
    parser.add_argument("--column", metavar="NAME", help="where the messages stand (message)")
    parser.add_argument("--top", type=_count, metavar="N", help="only so many")
    parser.add_argument("--json", action="store_true", help="an object a line: id, text, count")
    add_reading(parser)
    parser.set_defaults(run=_templates)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("it is a number from 1 on, not %s" % text)
    return int(text)


def column_of(schema: Schema, wanted: Optional[str]) -> str:
    """The column of the messages: the one that was asked for, or the first that is likely."""
    texts = [field.name for field in schema if field.type == "string"]
    if wanted is not None:
        if wanted in texts:
            return wanted
        raise FormatError("there is no column of texts %r; there are %s" % (wanted, ", ".join(texts) or "none"))
    for name in MESSAGES:
        if name in texts:
            return name
    raise FormatError("no column of messages is known for this log: name one by --column", hint=", ".join(texts))


def _templates(arguments: argparse.Namespace) -> int:
    templates = Templates()
    with open_input(arguments) as reader:
        column = column_of(reader.schema, arguments.column)
        for batch in Progress(reader, arguments).batches():
            templates.add_column(batch[column])
    found = templates.list()
    for template in found[: arguments.top]:
        if arguments.json:
            print(json.dumps({"id": template.id, "text": template.text, "count": template.count}, ensure_ascii=False))
        else:
            print("%8d  %s" % (template.count, template.text))
    return 0
