"""Parser: what a definition compiles to. Immutable, shared freely between threads, and made again by itself in a forked child."""

import ctypes
import json
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, NamedTuple, Optional, Tuple, Type, Union

from . import _abi, _call, _host, _memory
from ._abi import lib
from .batch import Batch
from .errors import FormatError
from .row import Row
from .schema import Schema
from .stream import Stream

if TYPE_CHECKING:
    from .reader import Reader
    from .table import Table

__all__ = ["Explanation", "Parser"]

Definition = Union[str, Mapping[str, Any]]

#: Larger inputs are parsed on a helper thread, so that Ctrl-C is answered at once.
LONG = 1024 * 1024
LINE_FUNCTIONS = ("parse_line", "parse_row")


class Explanation(NamedTuple):
    """Why one line fits or not. It is true when the line fits."""

    ok: bool
    #: Why not: ``no_match``, ``bad_value`` ...; empty when it fits.
    fault: str
    #: Byte of the line where it stopped fitting.
    offset: int
    #: The piece of the definition that did not fit.
    element: str
    #: The column it would have filled.
    column: str
    #: What would have fitted, and what stood there.
    expected: str
    seen: str
    #: What would make the line fit, where that is known.
    hint: str = ""

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        if self.ok:
            return "the line fits"
        where = " for the column %s" % self.column if self.column else ""
        element = " at %s" % self.element if self.element else ""
        text = "%s%s%s, byte %d" % (self.fault, element, where, self.offset)
        if self.expected or self.seen:
            text += ": expected %s, seen %r" % (self.expected or "something else", self.seen)
        return "%s (%s)" % (text, self.hint) if self.hint else text


class Parser:
    """Turns bytes into batches.

    ::

        Parser("combined")                                  # a built-in format by name
        Parser(nginx='$remote_addr [$time_local] "$request" $status')
        Parser({"json": {}, "fields": {"ts": "timestamp rfc3339"}})
        Parser("combined", columns=["status", "bytes"])     # a definition and what refines it
    """

    __slots__ = ("__dict__", "__weakref__", "_handle", "_info", "_text")

    def __init__(self, definition: Optional[Definition] = None, **options: Any) -> None:
        self._text = _call.encode_options(definition_of(definition, options))
        self._handle = _call.ParserHandle()
        self._info: Optional[Dict[str, Any]] = None
        failure = _abi.Failure()
        status = lib.parser_new(self._text, len(self._text), ctypes.byref(self._handle), ctypes.byref(failure))
        _call.check(status, failure, definition=self._text.decode("utf-8", "replace"))
        if _host.available:
            self._add_line_functions()

    def _add_line_functions(self) -> None:
        """Builtin functions in the place of the methods that take a line: a call of one costs a tenth of what a method and ctypes add."""
        owner = (self._handle, self._handle.value)
        for name in LINE_FUNCTIONS:
            if getattr(type(self), name) is getattr(Parser, name):  # a subclass may have its own
                self.__dict__[name] = lib.py_line_function(owner, name == "parse_row")

    def parse(self, data: Any, *, copy: Optional[bool] = None) -> Batch:
        """One batch of a whole text: bytes, bytearray, memoryview, mmap or str.

        Texts of the batch point into data and keep it alive. Memory that can change (bytearray, a writable mmap) is copied first, unless
        copy is False: then it must not be changed while the batch or anything made of it is in use.
        """
        call, out, failure = _abi.Call(), _call.BatchHandle(), _abi.Failure()
        address, size, alive = _memory.lend(data, call, copy)
        if size < LONG:
            status = lib.parse(self._handle, address, size, ctypes.byref(call), ctypes.byref(out), ctypes.byref(failure))
        else:
            status = self._parse_long(address, size, call, out, failure, alive)
        _call.check(status, failure)
        return Batch(out)

    def _parse_long(self, address: Any, size: int, call: _abi.Call, out: _call.BatchHandle, failure: _abi.Failure, alive: Any) -> int:
        cancel = ctypes.c_int32()
        call.cancel = ctypes.pointer(cancel)

        def work() -> int:
            # alive is named here so that it outlives a call that an interrupt has left behind.
            _ = alive
            return int(lib.parse(self._handle, address, size, ctypes.byref(call), ctypes.byref(out), ctypes.byref(failure)))

        return _call.interruptible(work, cancel)

    def parse_line(self, line: Union[str, bytes]) -> Optional[Dict[str, Any]]:
        """The row of exactly one record, or None when it does not fit. Inner line feeds are content; one trailing LF or CRLF goes."""
        batch = self.parse_record(line)
        return batch.row(0) if len(batch) else None

    def parse_row(self, line: Union[str, bytes]) -> Optional[Row]:
        """Like parse_line, but the values become objects only when they are asked for: for programs that look at a few of them."""
        batch = self.parse_record(line)
        return Row(batch) if len(batch) else None  # type: ignore[call-arg]

    def parse_record(self, line: Union[str, bytes]) -> Batch:
        """Like parse_line, as a batch: one row, or one reject."""
        data = _line(line)
        out, failure = _call.BatchHandle(), _abi.Failure()
        _call.check(lib.parse_record(self._handle, data, len(data), ctypes.byref(out), ctypes.byref(failure)), failure)
        return Batch(out)

    def explain(self, line: Union[str, bytes]) -> Explanation:
        """Why a line fits or not: the element of the definition, the column, what was expected and what was seen."""
        data = _line(line)
        out, failure = _call.Text(), _abi.Failure()
        status = lib.parser_explain(self._handle, data, len(data), ctypes.byref(out), ctypes.byref(failure))
        _call.check(status, failure)
        return _explanation(out.json())

    def describe(self) -> List[Dict[str, str]]:
        """How each element of the definition is read: ``element``, ``column`` (the first that it fills, when there is one) and ``how``."""
        return list(self.info.get("elements") or [])

    @property
    def warnings(self) -> List[Dict[str, Any]]:
        """What the definition leaves open: fields side by side of which nothing tells where one ends, in languages that take them.

        Each has ``key``, ``column``, ``message``, ``hint`` and where in the pattern it stands: ``offset``, ``line``, ``char``."""
        return list(self.info.get("warnings") or [])

    def stream(self, **options: Any) -> Stream:
        """For bytes that are pushed in, in any pieces, decompressed. options are reading options, of which ``limits`` has an effect."""
        return Stream(self, **options)

    def open(self, source: Any, **options: Any) -> "Reader":
        """``sawlog.open(source, parser, **options)``"""
        from .reader import open as open_source

        return open_source(source, self, **options)

    def read(self, source: Any, **options: Any) -> "Table":
        """``sawlog.read(source, parser, **options)``"""
        from .table import read as read_source

        return read_source(source, self, **options)

    @property
    def info(self) -> Dict[str, Any]:
        """What the parser is: definition, format, engine, schema."""
        if self._info is None:
            out, failure = _call.Text(), _abi.Failure()
            _call.check(lib.parser_info_json(self._handle, ctypes.byref(out), ctypes.byref(failure)), failure)
            self._info = out.json()
        return self._info

    @property
    def definition(self) -> Dict[str, Any]:
        """The complete definition: ``Parser(parser.definition)`` is the same parser."""
        return definition_as_dict(self.info.get("definition"))

    @property
    def format(self) -> Optional[str]:
        """The name of the built-in format, if it is one."""
        return self.info.get("format") or None

    @property
    def schema(self) -> Optional[Schema]:
        """The names and types of the columns; None where they depend on the input (json, logfmt, auto)."""
        fields = self.info.get("schema")
        return None if fields is None else Schema(fields)

    def __reduce__(self) -> Tuple[Any, ...]:
        own = {name: value for name, value in self.__dict__.items() if name not in LINE_FUNCTIONS}
        return _again, (type(self), self._text.decode("utf-8", "surrogateescape")), own or None

    def __repr__(self) -> str:
        return "sawlog.Parser(%s)" % self._text.decode("utf-8", "replace")


def _again(kind: Type[Parser], text: str) -> Parser:
    """What pickle calls. A subclass may want other arguments."""
    parser = kind.__new__(kind)
    Parser.__init__(parser, text)
    return parser


def _explanation(found: Dict[str, Any]) -> Explanation:
    texts = {name: found.get(name) or "" for name in ("fault", "element", "column", "expected", "seen", "hint")}
    return Explanation(ok=bool(found["ok"]), offset=int(found.get("offset") or 0), **texts)


def definition_of(definition: Any, options: Dict[str, Any]) -> Any:
    """A name, an object and keywords as one definition: a text as it was given, or a dict."""
    if definition is None:
        return options if options else "auto"
    if isinstance(definition, (str, bytes)):
        text = definition if isinstance(definition, str) else definition.decode("utf-8", "surrogateescape")
        if not text.strip():
            raise FormatError("the definition is empty", hint='give the name of a format, or "auto"')
        if not options:
            return text
        definition = _loaded(text) if text.lstrip()[:1] == "{" else {"format": text.strip()}
    if isinstance(definition, Parser):
        definition = definition.definition
    if not hasattr(definition, "keys"):
        raise TypeError("a definition is a name or a dict, not %s" % type(definition).__name__)
    return dict(definition, **options)


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        offset = len(_memory.encode(text[: error.pos]))
        raise FormatError(error.msg, offset=offset, line=error.lineno, column=error.colno, definition=text) from None


def definition_as_dict(found: Any) -> Dict[str, Any]:
    if isinstance(found, str):
        found = json.loads(found) if found.lstrip()[:1] == "{" else {"format": found}
    return dict(found or {})


def _line(line: Union[str, bytes]) -> bytes:
    if isinstance(line, str):
        return _memory.encode(line)
    return line if isinstance(line, bytes) else bytes(_memory.contiguous(line))
