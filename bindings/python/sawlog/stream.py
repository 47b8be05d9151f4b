"""Stream: bytes are pushed in, batches come out."""

import ctypes
from typing import TYPE_CHECKING, Any, Optional

from . import _abi, _call, _memory
from ._abi import lib
from .batch import Batch

if TYPE_CHECKING:
    from .parser import Parser

__all__ = ["Stream"]


class Stream:
    """Takes the bytes of one source in any pieces; the results are those of the whole.

    ::

        with parser.stream() as stream:
            for piece in pieces:
                batch = stream.feed(piece)      # None: no record is complete yet
            batch = stream.flush()              # what is left, the last line without its line feed included

    One thread at a time; closing it while another one feeds it is fine.
    """

    __slots__ = ("__weakref__", "_handle")

    def __init__(self, parser: "Parser", **options: Any) -> None:
        text = _call.encode_options(options) if options else b""
        self._handle = _call.StreamHandle()
        failure = _abi.Failure()
        status = lib.stream_new(parser._handle, text, len(text), ctypes.byref(self._handle), ctypes.byref(failure))
        _call.check(status, failure, definition=text.decode())

    def feed(self, data: Any) -> Optional[Batch]:
        """More bytes, copied. A batch of the records that are complete now, or None."""
        data = _memory.encode(data) if isinstance(data, str) else data
        call, out, failure = _abi.Call(), _call.BatchHandle(), _abi.Failure()
        address, size, alive = _memory.lend(data, call, copy=True)
        call.flags = 0  # a stream copies always
        status = lib.stream_feed(self._open(), address, size, ctypes.byref(call), ctypes.byref(out), ctypes.byref(failure))
        del alive
        self._check(status, failure)
        return Batch(out) if out.value else None

    def flush(self) -> Optional[Batch]:
        """What was fed and has not come out yet, an unfinished last line included. The stream can be fed again."""
        out, failure = _call.BatchHandle(), _abi.Failure()
        self._check(lib.stream_flush(self._open(), ctypes.byref(out), ctypes.byref(failure)), failure)
        return Batch(out) if out.value else None

    def _check(self, status: int, failure: _abi.Failure) -> None:
        if status < 0:
            self._open()  # another thread may have closed it meanwhile
        _call.check(status, failure)

    def _open(self) -> _call.StreamHandle:
        if not self._handle.value:
            raise ValueError("the stream is closed")
        return self._handle

    def close(self) -> None:
        """Gives the memory back. What was not flushed is dropped."""
        self._handle.close()

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return "<sawlog.Stream%s>" % ("" if self._handle.value else ", closed")

    def __reduce__(self) -> Any:
        raise TypeError("a sawlog.Stream cannot be copied or pickled; send the parser")
