"""Templates: what messages were made from."""

import ctypes
import json
from array import array
from typing import TYPE_CHECKING, Any, Iterable, Iterator, List, NamedTuple, Optional, Tuple, Union, overload

from . import _abi, _call, _memory
from ._abi import lib
from .column import Chunked, Column
from .errors import Error

__all__ = ["Template", "TemplateMatch", "Templates"]

Message = Union[str, bytes]


class Template:
    """What many messages have in common. It does not change."""

    # By hand: to import dataclasses takes a third as long as all of sawlog, and a tuple's count is something else.
    __slots__ = ("count", "id", "text")

    def __init__(self, id: int, text: str, count: int) -> None:
        keep = object.__setattr__
        keep(self, "id", id)
        #: The message with ``<*>`` in place of its values.
        keep(self, "text", text)
        #: How many messages there were.
        keep(self, "count", count)

    if TYPE_CHECKING:
        id: int
        text: str
        count: int

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Template does not change: %s cannot be set" % name)

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a Template does not change: %s cannot be deleted" % name)

    def _values(self) -> Tuple[int, str, int]:
        return self.id, self.text, self.count

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if isinstance(other, Template) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        return "Template(id=%r, text=%r, count=%r)" % self._values()

    def __reduce__(self) -> Tuple[Any, ...]:
        return Template, self._values()


class TemplateMatch(NamedTuple):
    """The template of one message."""

    id: int
    #: The case that fits: of several that were joined to one template it may be another one than the list shows.
    text: str
    #: What stands at each ``<*>``.
    values: List[str]


class Templates:
    """Finds the templates that messages were made from, in one pass and in bounded memory::

        templates = sawlog.Templates()
        for batch in sawlog.open("app.log"):
            ids = templates.add_column(batch["message"])    # array of int64, 0 for null
        for template in templates:                          # those with the most messages first
            print(template.count, template.text)            # 1042 session opened for user <*>

    max is how many templates are kept (16,384); when there are more, the rarest go. An id stays that of its template; a template that
    turns out to be a case of another one gets that one's id: ``resolve`` follows. Threads may share it; they take turns.
    """

    __slots__ = ("__weakref__", "_handle")

    def __init__(self, *, max: Optional[int] = None) -> None:
        options = b"" if max is None else json.dumps({"max": max}).encode()
        self._make(lib.templates_new, options)

    @classmethod
    def load(cls, saved: bytes) -> "Templates":
        """What ``save`` gave. Anything else is a ``FormatError``."""
        self = cls.__new__(cls)
        self._make(lib.templates_load, _encoded(saved))
        return self

    def _make(self, function: Any, text: bytes) -> None:
        self._handle = _call.TemplatesHandle()
        failure = _abi.Failure()
        _call.check(function(text, len(text), ctypes.byref(self._handle), ctypes.byref(failure)), failure)

    def add(self, message: Message) -> int:
        """Learns from a message; the id of its template."""
        data, found, failure = _encoded(message), ctypes.c_int64(), _abi.Failure()
        _call.check(lib.templates_add(self._open(), data, len(data), ctypes.byref(found), ctypes.byref(failure)), failure)
        return found.value

    def add_lines(self, data: Any) -> "array[int]":
        """Each line of a text (bytes, bytearray, memoryview, mmap, str); their ids."""
        text = _encoded(data)
        ids = _room(text.count(b"\n") + 1)
        lines, failure = ctypes.c_size_t(), _abi.Failure()
        status = lib.templates_add_lines(self._open(), text, len(text), _address(ids), len(ids), ctypes.byref(lines), ctypes.byref(failure))
        _call.check(status, failure)
        return ids[: lines.value]

    def add_column(self, column: Union[Column, Chunked]) -> "array[int]":
        """Each text of a column of a batch or table; their ids, 0 where the column is null."""
        if isinstance(column, Chunked):
            return array("q", [id for chunk in column.chunks for id in self.add_column(chunk)])
        if not isinstance(column, Column):
            raise TypeError("a column of a batch or table is needed, not %s" % type(column).__name__)
        ids, failure = _room(len(column)), _abi.Failure()
        status = lib.templates_add_column(self._open(), column._handle, column._at, _address(ids), ctypes.byref(failure))
        _call.check(status, failure)
        return ids

    def list(self) -> List[Template]:
        """The templates, those with the most messages first."""
        out, failure = _call.Text(), _abi.Failure()
        _call.check(lib.templates_list_json(self._open(), ctypes.byref(out), ctypes.byref(failure)), failure)
        return [Template(**found) for found in out.json()]

    def __iter__(self) -> Iterator[Template]:
        return iter(self.list())

    def __len__(self) -> int:
        return len(self.list())

    def match(self, message: Message) -> Optional[TemplateMatch]:
        """The template of a message, without learning from it; None where none fits."""
        data, out, failure = _encoded(message), _call.Text(), _abi.Failure()
        _call.check(lib.templates_match_json(self._open(), data, len(data), ctypes.byref(out), ctypes.byref(failure)), failure)
        found = out.json()
        return None if found is None else TemplateMatch(**found)

    @overload
    def resolve(self, ids: int) -> int: ...
    @overload
    def resolve(self, ids: Iterable[int]) -> "array[int]": ...
    def resolve(self, ids: Union[int, Iterable[int]]) -> "Union[int, array[int]]":
        """The ids that these have now; 0 for those whose template is gone."""
        found, failure = array("q", [ids] if isinstance(ids, int) else ids), _abi.Failure()
        _call.check(lib.templates_resolve(self._open(), _address(found), len(found), ctypes.byref(failure)), failure)
        return found[0] if isinstance(ids, int) else found

    def merge(self, other: "Templates") -> None:
        """Takes over what other has learnt, which stays as it is."""
        if not isinstance(other, Templates):
            raise TypeError("Templates are needed, not %s" % type(other).__name__)
        failure = _abi.Failure()
        _call.check(lib.templates_merge(self._open(), other._open(), ctypes.byref(failure)), failure)

    def save(self) -> bytes:
        """All that is known, for ``Templates.load``."""
        out, failure = _call.Text(), _abi.Failure()
        _call.check(lib.templates_save(self._open(), ctypes.byref(out), ctypes.byref(failure)), failure)
        return out.text().encode()

    def _open(self) -> _call.TemplatesHandle:
        if not self._handle.value:
            raise Error("the templates are closed")
        return self._handle

    def close(self) -> None:
        """Gives the memory back now."""
        self._handle.close()

    def __reduce__(self) -> Any:
        return Templates.load, (self.save(),)

    def __repr__(self) -> str:
        return "<sawlog.Templates, %d>" % len(self) if self._handle.value else "<sawlog.Templates, closed>"


def _encoded(message: Message) -> bytes:
    if isinstance(message, str):
        return _memory.encode(message)
    return message if isinstance(message, bytes) else bytes(_memory.contiguous(message))


def _room(size: int) -> "array[int]":
    return array("q", bytes(8 * size))


def _address(ids: "array[int]") -> int:
    return ids.buffer_info()[0]
