"""The built-in formats."""

import ctypes
from typing import Any, Dict, List, NamedTuple

from . import _abi, _call
from ._abi import lib
from .parser import definition_as_dict

__all__ = ["Format", "formats"]


class Format(NamedTuple):
    """A built-in format."""

    name: str
    title: str
    #: Where it is described.
    url: str
    #: The type of each field by its name.
    fields: Dict[str, str]
    #: A line of it.
    sample: str

    @property
    def definition(self) -> Dict[str, Any]:
        """How it is read: a definition to begin one's own with."""
        name = self.name.encode()
        out, failure = _call.Text(), _abi.Failure()
        _call.check(lib.format_describe(name, len(name), ctypes.byref(out), ctypes.byref(failure)), failure)
        return definition_as_dict(out.json().get("definition"))


def formats() -> List[Format]:
    """Every built-in format."""
    out, failure = _call.Text(), _abi.Failure()
    _call.check(lib.formats_json(ctypes.byref(out), ctypes.byref(failure)), failure)
    return [_format(raw) for raw in out.json()]


def _format(raw: Dict[str, Any]) -> Format:
    fields = raw.get("fields") or {}
    if isinstance(fields, list):
        fields = {field["name"]: field["type"] for field in fields}
    return Format(raw["name"], raw.get("title") or "", raw.get("url") or "", dict(fields), raw.get("sample") or "")
