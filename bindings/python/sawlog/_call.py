"""What every call into the library shares: handles that free themselves, statuses that become exceptions, and work that Ctrl-C can stop."""

import _thread
import ctypes
import json
import operator
import sys
import threading
from typing import Any, Callable, Generic, List, NoReturn, Optional, TypeVar

from . import _abi
from ._abi import lib
from .errors import Cancelled, Error, ForkError, FormatError, ReadError, read_error

T = TypeVar("T")


class Fixed:
    """What never changes is its own copy."""

    __slots__ = ()

    def __copy__(self: T) -> T:
        return self

    def __deepcopy__(self: T, _: Any) -> T:
        return self


class Handle(ctypes.c_void_p):
    """A pointer that the library gave to us and that is given back when nobody holds it any more.

    It is the out-parameter of the call itself, so there is no moment in which an interrupt could lose the pointer.
    """

    _free: Callable[[Optional[int]], None]

    def close(self) -> None:
        value, self.value = self.value, None
        if value:
            self._free(value)

    def forget(self) -> None:
        """Somebody else owns it now."""
        self.value = None

    __del__ = close

    def __reduce__(self) -> NoReturn:
        # ctypes would copy the number: two owners here, and none in another process.
        raise TypeError("what holds memory of the library cannot be copied or pickled")


class ParserHandle(Handle):
    _free = lib.parser_free


class StreamHandle(Handle):
    _free = lib.stream_free


class ReaderHandle(Handle):
    _free = lib.reader_free


class BatchHandle(Handle):
    """rows and rejects are what the objects of lib.py_next_function have too."""

    _free = lib.batch_free

    @property
    def rows(self) -> int:
        return int(lib.batch_rows(self))

    @property
    def rejects(self) -> int:
        return int(lib.batch_reject_count(self))


class TemplatesHandle(Handle):
    _free = lib.templates_free


def _decoder() -> Callable[[int, int], str]:
    """What makes a str of UTF-8 at an address."""
    if sys.implementation.name == "cpython":
        return ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.c_ssize_t)(("PyUnicode_FromStringAndSize", ctypes.pythonapi))
    # ctypes makes a class for each size
    return lambda address, size: str((ctypes.c_char * size).from_address(address), "utf-8")


_decode = _decoder()


class Text(_abi.Bytes):
    """Bytes made by the library, read once and given back."""

    def text(self) -> str:
        try:
            if not self.len:
                return ""
            text: str = _decode(self.data, self.len)
            return text
        finally:
            lib.bytes_release(ctypes.byref(self))

    def json(self) -> Any:
        return json.loads(self.text())

    def __del__(self) -> None:
        lib.bytes_release(ctypes.byref(self))


def position(index: Any, length: int, message: str) -> int:
    """Where a sequence of so many things has the one at index, which may count from the end."""
    at = operator.index(index)
    if not -length <= at < length:
        raise IndexError(message % length)
    return at if at >= 0 else at + length


def check(status: int, failure: _abi.Failure, filename: Optional[str] = None, definition: Optional[str] = None) -> None:
    """Raises what a negative status means."""
    if status < 0:
        raise_for(status, failure, filename, definition)


def raise_for(status: int, failure: _abi.Failure, filename: Optional[str] = None, definition: Optional[str] = None) -> NoReturn:
    error = _error(status, failure, filename, definition)
    if isinstance(error, Error):
        error.code = lib.status_name(status).decode()
    raise error


def _error(status: int, failure: _abi.Failure, filename: Optional[str], definition: Optional[str]) -> Exception:
    message = failure.message.decode("utf-8", "replace") or lib.status_name(status).decode()
    hint = failure.hint.decode("utf-8", "replace")
    if status in (_abi.E_OPTION, _abi.E_DEFINITION, _abi.E_FORMAT):
        offset, line, column = failure.offset, failure.line, failure.column
        return FormatError(
            message,
            hint=hint,
            offset=offset if offset >= 0 else None,
            line=line or None,
            column=column or None,
            definition=definition,
        )
    if status == _abi.E_IO:
        return read_error(message, failure.detail, filename)
    if hint:
        message += " (%s)" % hint
    if status in (_abi.E_CODEC, _abi.E_LIMIT):
        error: ReadError = read_error(message, 0, filename)
        return error
    if status == _abi.E_CANCELLED:
        return Cancelled(message)
    if status == _abi.E_FORKED:
        return ForkError(message)
    if status == _abi.E_MEMORY:
        return MemoryError(message)
    return Error(message)


def encode_options(options: Any) -> bytes:
    """Options or a definition as the text that the library reads: JSON, or what was given as text. Its errors name the key that is wrong."""
    if isinstance(options, str):
        return options.encode("utf-8", "surrogateescape")
    try:
        return json.dumps(options, default=_plain, ensure_ascii=False).encode("utf-8", "surrogateescape")
    except TypeError as error:
        raise FormatError("an option has a value that JSON cannot hold: %s" % error) from None
    except ValueError as error:
        raise FormatError("the options cannot be written as JSON: %s" % error) from None


def _plain(value: Any) -> Any:
    """Values that Python users naturally write: paths, times, zones, sets, and definitions of other parsers."""
    if hasattr(value, "__fspath__"):
        path = value.__fspath__()
        return path.decode("utf-8", "surrogateescape") if isinstance(path, bytes) else path
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "utcoffset"):
        return _zone(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if hasattr(value, "keys") and hasattr(value, "__getitem__"):
        return {key: value[key] for key in list(value)}
    raise TypeError("%r" % (value,))


def _zone(zone: Any) -> str:
    """A tzinfo by its name in the IANA database, as zoneinfo and pytz have it, or by its offset where that is always the same."""
    name = getattr(zone, "key", None) or getattr(zone, "zone", None)
    if name:
        return str(name)
    offset = zone.utcoffset(None)
    if offset is None:
        raise TypeError("%r, a zone without a name" % (zone,))
    minutes = round(offset.total_seconds() / 60)
    return "%s%02d:%02d" % ("-" if minutes < 0 else "+", *divmod(abs(minutes), 60))


class Job(Generic[T]):
    """One long call on a thread of its own, so that signals are handled on the main thread meanwhile.

    Python runs signal handlers between its own instructions only: a call of seconds into C would hold back Ctrl-C for seconds.
    """

    __slots__ = ("_began", "_cancel", "_done", "_dropped", "_failed", "_result", "_work")

    def __init__(self, work: Callable[[], T], cancel: ctypes.c_int32) -> None:
        self._work = work
        self._cancel = cancel
        self._done = threading.Event()
        self._began = self._dropped = False
        self._result: List[T] = []
        self._failed: Optional[BaseException] = None

    def _run(self) -> None:
        self._began = True
        try:
            if not self._dropped:
                self._result.append(self._work())
        except BaseException as error:  # handed over to the thread that waits
            self._failed = error
        finally:
            self._done.set()

    def run(self) -> T:
        try:
            _thread.start_new_thread(self._run, ())
            self._done.wait()
        except RuntimeError:
            # No more threads: the process is at its limit or about to exit.
            return self._work()
        except BaseException:
            self._stop()
            raise
        if self._failed is not None:
            raise self._failed
        return self._result[0]

    def _stop(self) -> None:
        """Sets the cancel flag, which is looked at in every block, and waits for the call to come back, whatever else is signalled."""
        self._cancel.value = 1
        self._dropped = True
        while not self._done.is_set():
            try:
                if not self._done.wait(0.2) and not self._began:
                    return
            except BaseException:  # a second Ctrl-C: the first one is on its way up already
                continue


def interruptible(work: Callable[[], T], cancel: ctypes.c_int32) -> T:
    """work(), which is one long call that looks at cancel. Only the main thread gets signals, so only it needs a helper."""
    if threading.current_thread() is not threading.main_thread():
        return work()
    return Job(work, cancel).run()
