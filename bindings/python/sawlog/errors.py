"""What sawlog raises. A line that does not fit is never an error: it is a reject of its batch."""

import os
from errno import ENOENT
from functools import partial
from typing import Any, Dict, Optional, Tuple, Type

__all__ = ["Cancelled", "Error", "ForkError", "FormatError", "ReadError"]


#: No path is longer, and no name has a line feed in practice: such a str is data.
PATH_MAX = 4096


class Error(Exception):
    """The base of all errors of sawlog."""

    #: The name of the status in the C interface, such as ``"SAWLOG_E_FORMAT"``; empty when the error was found in Python.
    code: str = ""


class FormatError(Error, ValueError):
    """A definition, a pattern or an option that is refused."""

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        offset: Optional[int] = None,
        line: Optional[int] = None,
        column: Optional[int] = None,
        definition: Optional[str] = None,
    ) -> None:
        super().__init__(message + (" (%s)" % hint if hint and hint not in message else ""))
        #: The bare message, without position and hint.
        self.message = message
        #: The nearest valid names, or what to do.
        self.hint = hint
        #: Byte of the definition, from 0.
        self.offset = offset
        #: Line and column of the definition, from 1.
        self.line = line
        self.column = column
        #: The text that the position points into.
        self.definition = definition

    @property
    def position(self) -> Optional[Tuple[int, int]]:
        """``(line, column)``, both from 1, or None where no single place is wrong."""
        return None if self.line is None or self.column is None else (self.line, self.column)

    def __reduce__(self) -> Tuple[Any, ...]:
        details = {name: getattr(self, name) for name in ("hint", "offset", "line", "column", "definition")}
        return partial(_format_error, code=self.code, **details), (self.message,)


def _format_error(message: str, code: str, **details: Any) -> FormatError:
    """What pickle calls."""
    error = FormatError(message, **details)
    error.code = code
    return error


class ReadError(Error, OSError):
    """The input cannot be opened or read: missing, forbidden, damaged, cut short, or larger than a limit allows.

    It has the ``errno`` and ``filename`` of every OSError, and is a FileNotFoundError, PermissionError or IsADirectoryError as well
    where that is the reason.
    """

    def __str__(self) -> str:
        # That of OSError shows the message only where there is an errno beside the filename.
        return super().__str__() if self.errno else str(self.args[0] if self.args else "")

    def __reduce__(self) -> Tuple[Any, ...]:
        # The kinds below are made here and have no names that pickle could find.
        message = self.strerror if self.errno else str(self)
        return _read_error, (message, self.errno or 0, self.filename, self.code)


class Cancelled(Error):
    """The work was stopped from another thread: the reader was closed while it was being read."""


class ForkError(Error, RuntimeError):
    """A reader or stream that was opened before ``os.fork()`` is used in the child. Parsers and batches work there."""


def _also(kind: Type[OSError]) -> Type[ReadError]:
    """ReadError that ``except kind`` catches too."""
    return type("ReadError", (ReadError, kind), {"__doc__": ReadError.__doc__, "__module__": "sawlog.errors"})


_KINDS: Dict[Type[OSError], Type[ReadError]] = {kind: _also(kind) for kind in (FileNotFoundError, PermissionError, IsADirectoryError)}


def is_data(path: str) -> bool:
    """Is it a log, or a piece of one, rather than the name of a file?"""
    return ("\n" in path or len(path) > PATH_MAX) and not os.path.lexists(path)


def read_error(message: str, errno: int = 0, filename: Optional[str] = None) -> ReadError:
    """A ReadError, as the kind of OSError that Python itself would raise for errno."""
    if filename is not None and is_data(filename):
        errno, filename = errno or ENOENT, filename[:60] + "\u2026"  # data: how it fails as a path, or as a pattern, says nothing
        message = os.strerror(errno) + "; a log that is in memory already goes to Parser.parse, one in pieces to Parser.stream"
    if not errno:
        error = ReadError(message)
        error.filename = filename
        return error
    kind = _KINDS.get(type(OSError(errno, "")), ReadError)
    if filename is None:
        return kind(errno, message or os.strerror(errno))
    prefix = filename + ": "  # an OSError names its file itself
    return kind(errno, (message[len(prefix) :] if message.startswith(prefix) else message) or os.strerror(errno), filename)


def _read_error(message: str, errno: int, filename: Optional[str], code: str) -> ReadError:
    """What pickle calls."""
    error = read_error(message, errno, filename)
    error.code = code
    return error
