"""The commands detect and formats."""

import argparse
import difflib
import json
from typing import Any

from ..detect import detect
from ..errors import FormatError
from ..formats import formats
from .options import stdin


def add(commands: Any) -> None:
    one = commands.add_parser("detect", help="which format a file has, with the evidence")
    one.add_argument("file", nargs="+", metavar="FILE")
    one.add_argument("--all", action="store_true", help="every format, also those that fit no line")
    one.add_argument("--json", action="store_true", help="an object a file, with the definition that freezes the choice")
    one.set_defaults(run=_detect)
    two = commands.add_parser("formats", help="the built-in formats, or all about one of them")
    two.add_argument("name", nargs="?", metavar="NAME")
    two.add_argument("--json", action="store_true")
    two.set_defaults(run=_formats)


def _detect(arguments: argparse.Namespace) -> int:
    for path in arguments.file:
        found = detect(stdin().read(2 << 20)) if path == "-" else detect(_existing(path))
        if arguments.json:
            candidates = [candidate._asdict() for candidate in found.candidates]
            print(
                json.dumps(
                    {"file": path, "format": found.format, "confidence": found.confidence, "definition": found.definition, "candidates": candidates}
                )
            )
        else:
            print("%s: %s" % (path, found.explain(all=arguments.all)))
    return 0


def _existing(path: str) -> Any:
    from pathlib import Path

    return Path(path)


def _formats(arguments: argparse.Namespace) -> int:
    known = formats()
    if arguments.name is None:
        if arguments.json:
            print(json.dumps([one._asdict() for one in known], ensure_ascii=False))
            return 0
        width = max(len(one.name) for one in known)
        for one in known:
            print("%-*s  %s" % (width, one.name, one.title))
        return 0
    found = [one for one in known if one.name == arguments.name]
    if not found:
        near = difflib.get_close_matches(arguments.name, [one.name for one in known], 3)
        raise FormatError("there is no format %r" % arguments.name, hint="did you mean %s?" % " or ".join(near) if near else "formats lists them")
    one = found[0]
    if arguments.json:
        print(json.dumps(dict(one._asdict(), definition=one.definition), ensure_ascii=False))
        return 0
    print(
        "%s: %s\n%s\n\ndefinition  %s\nsample      %s\n" % (one.name, one.title, one.url, json.dumps(one.definition, ensure_ascii=False), one.sample)
    )
    width = max([len(name) for name in one.fields] or [0])
    for name, kind in one.fields.items():
        print("  %-*s  %s" % (width, name, kind))
    return 0
