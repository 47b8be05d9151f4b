"""Bytes of a Python file object for the reader: a thread reads the object and writes into a socket that the reader reads.

So decompression, detection, statistics and threads are the same for a ``BytesIO`` as for a file on disk. A file object whose bytes come
straight from a descriptor is not pumped; see ``_source.py``.

A file object that fails must not look like one that ends, also not to a reader that went to an Arrow library, which asks nobody here: a socket
that is closed while something in it was never read gives its peer, behind all data, an error. So one byte waits in the inlet until all went well.

Under gevent a thread of ``threading`` is none: it would wait for its turn while the reader, in the library, waits for its bytes. So thread, sockets
and poll are Python's own there.
"""

import _socket
import _thread
import errno
import io
import os
import select
import socket
import sys
import threading
from types import ModuleType
from typing import Any, Callable, Optional, Set, Union

CHUNK = 256 * 1024
#: A reader that was closed early must not kill the process by SIGPIPE, which some programs set to its default.
NO_SIGNAL = getattr(socket, "MSG_NOSIGNAL", 0)


#: Those under way. A process that is forked has their sockets too, and would keep them from being closed.
_running: "Set[Pump]" = set()


def _after_fork() -> None:
    for pump in _running:
        pump._inlet.close()
    _running.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _genuine(module: ModuleType, name: str) -> Any:
    """What Python itself has by that name, which gevent may have replaced."""
    monkey = sys.modules.get("gevent.monkey")
    return getattr(module, name) if monkey is None else monkey.get_original(module.__name__, name)


def _is_green() -> bool:
    monkey = sys.modules.get("gevent.monkey")
    return monkey is not None and bool(monkey.is_module_patched("threading"))


class Pump:
    def __init__(self, file: Any) -> None:
        self._file = file
        self._read = _chunks_of(file)
        pair: Any = getattr(_socket, "socketpair", socket.socketpair)()
        self._inlet, self._outlet = pair
        self._inlet.settimeout(None)  # whatever socket.setdefaulttimeout says: a program may take its time
        self._outlet.send(b"!")
        self.error: Optional[BaseException] = None
        #: Nobody here will see the error: the thread dies of it, so that threading.excepthook shows it.
        self.alone = False
        self._thread = threading.Thread(target=self._run, name="sawlog pump", daemon=True)

    def start(self) -> int:
        """Starts the thread; the descriptor to read from, which the caller owns."""
        if _is_green():
            _genuine(_thread, "start_new_thread")(self._run, ())
        else:
            self._thread.start()
        return int(self._outlet.detach())

    def _run(self) -> None:
        _running.add(self)
        unseen = False
        try:
            if self._copy():
                self._finish()
        except BaseException as error:  # shown to whoever reads, after all that could be read
            self.error = error
            unseen = self.alone and not self._left()
        finally:
            _running.discard(self)
            self._inlet.close()
        if unseen and self.error is not None:
            raise self.error

    def _copy(self) -> bool:
        """Whether the file object has ended; else the reader was closed."""
        while True:
            chunk = self._read(CHUNK)
            if chunk is None:
                raise _impatient()
            if not chunk:
                return True
            data = chunk.encode("utf-8", "surrogateescape") if isinstance(chunk, str) else chunk
            try:
                self._inlet.sendall(data, NO_SIGNAL)
            except OSError:
                return False

    def _finish(self) -> None:
        """The end, as one that is meant."""
        _complete(self._file)
        try:
            self._inlet.recv(1)
            # A process forked in C holds the socket too: closing alone would not be the end for the reader.
            self._inlet.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the reader was closed

    def _left(self) -> bool:
        """Has the reader been closed? Then nobody misses anything."""
        poll = _genuine(select, "poll")()
        poll.register(self._inlet, 0)
        return bool(poll.poll(0))


def _chunks_of(file: Any) -> Callable[[int], Optional[Union[bytes, str]]]:
    """The method that gives what is there without waiting for a full chunk, where the object has one."""
    raw = getattr(file.buffer if isinstance(file, io.TextIOWrapper) else file, "raw", None)
    if type(raw) is io.FileIO and not os.get_blocking(raw.fileno()):
        raise _impatient()  # its buffer says b"" for a pause as for the end
    if isinstance(file, io.TextIOBase) and not file.seekable():
        return lambda size: file.readline()  # read(size) of a text on a pipe would wait for size characters
    # Until Python 3.13 not every read1() counts what an answer of HTTP still owes.
    for name in ("read",) if _owed(file) else ("read1", "recv", "read"):
        method = getattr(file, name, None)
        if callable(method):
            return method  # type: ignore[no-any-return]
    raise TypeError("%s is no file object: it has no read()" % type(file).__name__)


def _owed(file: Any) -> int:
    """What an answer of http.client has still to give by its Content-Length; 0 for everything else."""
    kind = getattr(sys.modules.get("http.client"), "HTTPResponse", None)
    return int(file.length or 0) if kind is not None and isinstance(file, kind) else 0


def _complete(file: Any) -> None:
    """An answer of http.client ends quietly where its connection was lost."""
    if _owed(file):
        from http.client import IncompleteRead

        raise IncompleteRead(b"", _owed(file))


def _impatient() -> BlockingIOError:
    text = "a file object that does not wait for its data (it is non-blocking) pauses as if it ended; give its descriptor, file.fileno()"
    return BlockingIOError(errno.EAGAIN, text)
