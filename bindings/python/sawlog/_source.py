"""What ``open`` and ``read`` accept, sorted into the two things that the library reads: paths and descriptors."""

import io
import json
import os
import sys
from typing import TYPE_CHECKING, Any, Iterable, List, NamedTuple, Optional, Sequence, Union

from .errors import is_data, read_error

if TYPE_CHECKING:
    from ._pump import Pump


class Source(NamedTuple):
    """Exactly one of path and fd is set. fd is ours: closed by the reader."""

    name: str
    path: Optional[bytes] = None
    fd: int = -1
    pump: "Optional[Pump]" = None
    names: Sequence[str] = ()

    def file_of(self, message: bytes) -> Optional[str]:
        """The file that an error is about: of several the one whose name its message begins with."""
        if len(self.names) < 2:
            return self.name
        return next((name for name in self.names if message.startswith(os.fsencode(name) + b": ")), None)


def resolve(source: Any) -> Source:
    if isinstance(source, (str, bytes, os.PathLike)):
        return _one_path(source)
    if isinstance(source, int) and not isinstance(source, bool):
        return Source("fd %d" % source, fd=os.dup(source))
    if _is_socket(source):
        return Source("<socket>", fd=os.dup(source.fileno()))
    if hasattr(source, "read") or hasattr(source, "recv"):
        return _file(source)
    if isinstance(source, Iterable) and not isinstance(source, (bytearray, memoryview)):
        return _paths(source)
    raise TypeError(
        "a path, a list of paths, a file object, a socket or a file descriptor is needed, not %s"
        "; bytes that are in memory already go to Parser.parse" % type(source).__name__
    )


def _is_socket(source: Any) -> bool:
    # Who has one has imported it; another thread may be about to.
    return type(source) is getattr(sys.modules.get("socket"), "socket", None)


def _one_path(source: Union[str, bytes, "os.PathLike[Any]"]) -> Source:
    path = os.fsencode(source)
    name = os.fsdecode(path)
    # A name that begins with a bracket would be taken for a list.
    return Source(name, _list([name]) if path[:1] == b"[" else path)


def _paths(source: "Iterable[Any]") -> Source:
    names: List[str] = []
    for item in source:
        if not isinstance(item, (str, bytes, os.PathLike)):
            raise TypeError("a list for sawlog.open holds paths, not %s" % type(item).__name__)
        names.append(os.fsdecode(item))
        if is_data(names[-1]):  # the first piece of a log: the others may be gigabytes
            raise read_error("", filename=names[-1])
    return Source(names[0] if len(names) == 1 else "%d files" % len(names), _list(names), names=names)


def _list(names: List[str]) -> bytes:
    return json.dumps(names, ensure_ascii=False).encode("utf-8", "surrogateescape")


def _file(file: Any) -> Source:
    name = getattr(file, "name", None)
    name = name if isinstance(name, str) else "<%s>" % type(file).__name__
    fd = _descriptor(file)
    if fd is not None:
        return Source(name, fd=os.dup(fd))
    from ._pump import Pump  # it needs sockets, which most programs do not

    pump = Pump(file)
    return Source(name, fd=pump.start(), pump=pump)


def _descriptor(file: Any) -> Optional[int]:
    """The descriptor of file, placed where the file object stands, or None where the two could disagree.

    ``fileno()`` alone is not enough: that of a GzipFile gives the compressed bytes, and a pipe's buffer may hold what was read ahead.
    """
    if isinstance(file, io.TextIOWrapper):
        return _below_text(file)
    if type(file) is io.FileIO:
        return file.fileno()
    if type(file) in (io.BufferedReader, io.BufferedRandom) and type(file.raw) is io.FileIO and file.seekable():
        if file.writable():
            file.flush()
        os.lseek(file.fileno(), file.tell(), os.SEEK_SET)
        return int(file.fileno())
    return None


def _below_text(file: io.TextIOWrapper) -> Optional[int]:
    try:
        if file.seekable() and file.encoding.lower().replace("-", "") in ("utf8", "ascii", "usascii"):
            file.seek(file.tell())  # the bytes' position becomes the text's
            return _descriptor(file.buffer)
    except (OSError, ValueError):
        pass  # next() was used: the text's position is not known, so its own read() is asked
    return None
