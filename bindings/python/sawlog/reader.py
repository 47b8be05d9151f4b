"""Reader: batches from files and descriptors, made by the library's own threads."""

import ctypes
import json
import os
import threading
from os import getpid
from typing import TYPE_CHECKING, Any, Dict, Iterator, Mapping, Optional, Tuple, Union

from . import _abi, _call, _host, _source, arrow
from ._abi import lib
from .batch import Batch
from .detect import Detection, detection_of
from .errors import Cancelled, ForkError, FormatError
from .parser import Parser, definition_as_dict, definition_of
from .schema import Schema
from .stats import Stats, read_stats

if TYPE_CHECKING:
    from .table import Table

__all__ = ["Reader", "open"]

#: How long a call waits before it comes back to let Python handle signals.
WAIT_MS = 20
#: The options that may accompany a Parser.
READING = ("threads", "block_size", "codec", "limits", "source_name")


def open(source: Any, parser: Union[Parser, str, Mapping[str, Any], None] = None, **options: Any) -> "Reader":
    """Opens a log: an iterator of batches.

    source: a path, a glob, a list of paths, a file object, a socket or a file descriptor. Compressed input (gzip, zstd, bzip2) is
    recognised; other compressions go through Python: ``lzma.open(path)``. A descriptor stays open: it is yours.
    parser: a Parser, a definition, or nothing.
    options: with a Parser the reading options (``threads``, ``block_size``, ``codec``, ``limits``, and ``source_name``, the
    name of what is no path); else the keys of a definition as well
    (``format="combined"``, ``nginx="..."``, ``fields={...}``, ``columns=[...]``). With no definition the format is detected.
    """
    if isinstance(parser, Parser):
        given: Any = _reading_only(options)
    elif parser is None:
        given = options
    else:
        given = definition_of(parser, options)
    text = _call.encode_options(given) if given else b""
    resolved = _source.resolve(source)
    if resolved.path is None:
        name = options.get("source_name")
        if isinstance(name, str) and name:
            resolved = resolved._replace(name=name)
        else:
            text = _named(text, resolved.name)
    made = parser._handle if isinstance(parser, Parser) else None
    return _open(resolved, made, text)


def _named(text: bytes, name: str) -> bytes:
    """The options with the name of the source behind all others, so that what an error says of their places stays true."""
    more = b'"source_name": ' + json.dumps(name).encode()
    text = text.strip()
    if not text.startswith(b"{"):
        return b"{" + (b'"format": %s, ' % json.dumps(text.decode("utf-8", "replace"), ensure_ascii=False).encode() if text else b"") + more + b"}"
    if not text.endswith(b"}") or b'"source_name"' in text:
        return text
    body = text[:-1].rstrip()
    return body + (b"" if body == b"{" else b", ") + more + b"}"


def _reading_only(options: Dict[str, Any]) -> Dict[str, Any]:
    """A parser is finished: what would refine it comes too late and must not be passed over in silence."""
    for key in options:
        if key not in READING:
            import difflib

            near = difflib.get_close_matches(key, READING, 1)
            hint = "did you mean %s?" % near[0] if near else "reading options are %s; the others go to the Parser" % ", ".join(READING)
            raise FormatError("%r is no reading option" % key, hint=hint)
    return options


def _open(source: _source.Source, parser: Optional[_call.ParserHandle], text: bytes) -> "Reader":
    handle, failure = _call.ReaderHandle(), _abi.Failure()
    out, err = ctypes.byref(handle), ctypes.byref(failure)
    if source.path is not None:
        status = lib.open_path(parser, source.path, len(source.path), text, len(text), out, err)
    else:
        status = lib.open_fd(parser, source.fd, 1, text, len(text), out, err)
        if status < 0:
            os.close(source.fd)
    _call.check(status, failure, filename=source.file_of(failure.message), definition=text.decode("utf-8", "replace"))
    return Reader(handle, source)


class Reader:
    """Gives the batches of its input in order, once. Made by ``sawlog.open``.

    Several threads may iterate over one reader: each batch goes to one of them. ``stats`` and ``close`` may be used from any thread at any time.
    Arrow libraries read from it directly: ``duckdb.sql("from reader")``, ``pyarrow.RecordBatchReader.from_stream(reader)``.
    """

    def __init__(self, handle: _call.ReaderHandle, source: _source.Source) -> None:
        self._handle = handle
        self._name = source.name
        self._source = source
        self._pump = source.pump
        self._pid = os.getpid()
        self._cancel = ctypes.c_int32()
        self._call = _abi.Call()
        self._call.cancel = ctypes.pointer(self._cancel)
        self._call.wait_ms = WAIT_MS
        self._failure = _abi.Failure()
        if _host.available:
            parts = (handle, self._call, self._failure)
            self.__dict__["_next"] = lib.py_next_function((parts, *map(ctypes.addressof, parts)))
        self._ended = self._given = False
        self._info: Optional[Dict[str, Any]] = None
        self._last_stats: Optional[Stats] = None
        # One thread reads at a time; a signal handler may close the reader while the same thread waits inside it.
        self._reading = threading.RLock()
        # Held for the moments in which the handle is looked at or taken away.
        self._guard = threading.RLock()

    def __iter__(self) -> Iterator[Batch]:
        return self

    def __next__(self) -> Batch:
        # What is executed for a batch is cold: few names, few frames.
        if self._pid != getpid():
            self._check_process()
        with self._reading:
            if not self._ended:
                found = self._next()
                if found.__class__ is not int and found is not None:
                    return Batch(found)
                self._end(found)
        raise StopIteration

    def _next(self) -> Any:
        """The next batch's handle, None at the end, or the status of a failure. On CPython a builtin function stands in the place of this."""
        out = _call.BatchHandle()
        arguments = (ctypes.byref(self._call), ctypes.byref(out), ctypes.byref(self._failure))
        status = _abi.AGAIN
        while status == _abi.AGAIN:  # signal handlers run here
            status = lib.reader_next(self._handle, *arguments)
        return status or (out if out.value else None)

    def _end(self, status: Optional[int]) -> None:
        self._ended = status != _abi.E_BUSY
        if status is None or status == _abi.E_IO:
            self._raise_pump_error()
        if status is not None:
            self._live()
            _call.raise_for(status, self._failure, filename=self._source.file_of(self._failure.message))

    def _live(self) -> _call.ReaderHandle:
        if not self._handle.value:
            raise Cancelled("the reader went to an Arrow stream: open the log again" if self._given else "the reader is closed")
        return self._handle

    def _check_process(self) -> None:
        # Before any lock: a thread of the parent may have held it at the moment of the fork.
        if self._pid != os.getpid():
            raise ForkError("this reader was opened before os.fork(); open it in the child")

    def _raise_pump_error(self) -> None:
        if self._pump is not None and self._pump.error is not None:
            error, self._pump.error = self._pump.error, None
            raise error

    @property
    def stats(self) -> Stats:
        """What has been done so far, also while another thread reads: for a progress bar."""
        if self._pid != os.getpid():
            return self._last_stats or Stats()
        with self._guard:
            if self._handle.value:
                self._last_stats = read_stats(self._handle)
            return self._last_stats or Stats()

    @property
    def info(self) -> Dict[str, Any]:
        """format, definition, detection, sources, schema. Reads the beginning of the input when that has not happened yet."""
        if self._info is None:
            self._check_process()
            with self._reading:
                self._info = self._read_info()
        return self._info

    def _read_info(self) -> Dict[str, Any]:
        handle, out, failure = self._live(), _call.Text(), _abi.Failure()
        call = _abi.Call()
        call.cancel = ctypes.pointer(self._cancel)

        def work() -> int:
            return int(lib.reader_info_json(handle, ctypes.byref(call), ctypes.byref(out), ctypes.byref(failure)))

        try:
            status = _call.interruptible(work, self._cancel)
        except BaseException:
            self._cancel.value = 0  # an interrupt stops this question, not the reader
            raise
        _call.check(status, failure, filename=self._source.file_of(failure.message))
        info: Dict[str, Any] = out.json()
        return info

    @property
    def schema(self) -> Schema:
        """The names and types of the columns: the same for all batches."""
        return Schema(self.info.get("schema") or [])

    @property
    def format(self) -> Optional[str]:
        """The name of the format, if it has one."""
        return self.info.get("format") or None

    @property
    def definition(self) -> Dict[str, Any]:
        """How the input is read: for ``Parser(reader.definition)``."""
        return definition_as_dict(self.info.get("definition"))

    @property
    def detection(self) -> Optional[Detection]:
        """How the format was found, with the evidence; None when it was given."""
        found = self.info.get("detection")
        return detection_of(found) if found else None

    @property
    def sources(self) -> Tuple[str, ...]:
        """The names of the inputs; ``Reject.source`` is a number of this list."""
        if self._source.path is None:
            return (self._name,)  # what the library was told
        found = []
        for source in self.info.get("sources") or ():
            found.append(source if isinstance(source, str) else str(source.get("path") or source.get("name") or ""))
        return tuple(found) if any(found) else (self._name,)

    def read(self) -> "Table":
        """All batches that are left, as a Table."""
        from .table import Table

        batches = list(self)
        return Table(batches, self.schema, self.stats, self)

    def rows(self) -> Iterator[Dict[str, Any]]:
        """The rows of all batches as dicts."""
        for batch in self:
            yield from batch.rows()

    def __arrow_c_schema__(self) -> Any:
        return self.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """The batches that are left, as an Arrow stream. The reader belongs to the stream from then on, and its stats stay what they were."""
        self._check_process()
        with self._reading:
            flags = arrow.flags_for(requested_schema, len(self.schema))  # the schema stays known afterwards
            handle = self._live()
            if self._pump is not None:
                self._pump.alone = True
                self._raise_pump_error()
            with self._guard:
                self._last_stats = self.stats
                capsule = arrow.reader_capsule(handle, flags)
            self._ended = self._given = True
            return capsule

    def close(self) -> None:
        """Stops the threads and gives the memory back. A thread that waits for a batch meanwhile gets ``Cancelled``."""
        if self._pid != os.getpid():
            self._handle.close()
            return
        self._cancel.value = 1
        with self._reading, self._guard:
            if self._handle.value:
                self._last_stats = read_stats(self._handle)
            self._handle.close()

    @property
    def closed(self) -> bool:
        return not self._handle.value

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return "<sawlog.Reader %s%s>" % (self._name, ", closed" if self.closed else "")

    def __reduce__(self) -> Any:
        raise TypeError("a sawlog.Reader cannot be pickled; open the log where it is needed")
