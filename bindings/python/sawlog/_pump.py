"""Bytes of a Python file object for the reader: a thread reads the object and writes into a socket that the reader reads.

So decompression, detection, statistics and threads are the same for a ``BytesIO`` as for a file on disk. A file object whose bytes come
straight from a descriptor is not pumped; see ``_source.py``.
"""

import errno
import io
import os
import socket
import threading
from typing import Any, Callable, Optional, Union

CHUNK = 256 * 1024
#: A reader that was closed early must not kill the process by SIGPIPE, which some programs set to its default.
NO_SIGNAL = getattr(socket, "MSG_NOSIGNAL", 0)


class Pump:
    def __init__(self, file: Any) -> None:
        self._read = _chunks_of(file)
        self._inlet, self._outlet = socket.socketpair()
        self.error: Optional[BaseException] = None
        self._thread = threading.Thread(target=self._run, name="sawlog pump", daemon=True)

    def start(self) -> int:
        """Starts the thread; the descriptor to read from, which the caller owns."""
        self._thread.start()
        return self._outlet.detach()

    def _run(self) -> None:
        with self._inlet:
            try:
                self._copy()
            except BaseException as error:  # shown to whoever reads, after all that could be read
                self.error = error
            finally:
                # A process forked meanwhile holds the socket too: closing alone would not be the end for the reader.
                try:
                    self._inlet.shutdown(socket.SHUT_WR)
                except OSError:
                    pass  # the reader was closed

    def _copy(self) -> None:
        while True:
            chunk = self._read(CHUNK)
            if chunk is None:
                raise _impatient()
            if not chunk:
                return
            data = chunk.encode("utf-8", "surrogateescape") if isinstance(chunk, str) else chunk
            try:
                self._inlet.sendall(data, NO_SIGNAL)
            except OSError:
                return  # the reader was closed


def _chunks_of(file: Any) -> Callable[[int], Optional[Union[bytes, str]]]:
    """The method that gives what is there without waiting for a full chunk, where the object has one."""
    raw = getattr(file.buffer if isinstance(file, io.TextIOWrapper) else file, "raw", None)
    if type(raw) is io.FileIO and not os.get_blocking(raw.fileno()):
        raise _impatient()  # its buffer says b"" for a pause as for the end
    if isinstance(file, io.TextIOBase) and not file.seekable():
        return lambda size: file.readline()  # read(size) of a text on a pipe would wait for size characters
    for name in ("read1", "recv", "read"):
        method = getattr(file, name, None)
        if callable(method):
            return method  # type: ignore[no-any-return]
    raise TypeError("%s is no file object: it has no read()" % type(file).__name__)


def _impatient() -> BlockingIOError:
    text = "a file object that does not wait for its data (it is non-blocking) pauses as if it ended; give its descriptor, file.fileno()"
    return BlockingIOError(errno.EAGAIN, text)
