"""Detection: which format a log has, with the evidence."""

import ctypes
import os
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

from . import _abi, _call, _memory
from ._abi import lib
from .errors import PATH_MAX
from .parser import definition_as_dict

__all__ = ["Candidate", "Detection", "detect"]

SEEN = 2 * 1024 * 1024


class Candidate(NamedTuple):
    """A format that was considered."""

    format: str
    confidence: float
    #: How many of the sampled lines fitted.
    matched: int
    lines: int
    why: str


class Detection(NamedTuple):
    """What ``detect`` found, best first."""

    #: Name of the format; where no format fits, that of plain lines ("generic"), and then the detection is false.
    format: Optional[str]
    #: From 0 to 1.
    confidence: float
    candidates: Tuple[Candidate, ...]
    #: For ``Parser(detection.definition)``.
    definition: Dict[str, Any]

    def __bool__(self) -> bool:
        return self.confidence > 0

    def explain(self, all: bool = False) -> str:
        """The evidence in words: a line for each candidate that fits some line of the sample, or for all."""
        lines = ["no format fits" if not self else "%s, confidence %.2f" % (self.format, self.confidence)]
        shown = [candidate for candidate in self.candidates if all or candidate.matched]
        for candidate in shown:
            why = ": " + candidate.why if candidate.why else ""
            numbers = "%d of %d lines, confidence %.2f" % (candidate.matched, candidate.lines, candidate.confidence)
            lines.append("  %s: %s%s" % (candidate.format, numbers, why))
        if len(shown) < len(self.candidates):
            lines.append("  %d more formats: no line fits" % (len(self.candidates) - len(shown)))
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.explain()


def detect(data_or_path: Any, **options: Any) -> Detection:
    """Which format the data, or the beginning of the file, has.

    bytes and other buffers are data, a ``pathlib.Path`` is a path. A str is a path (or a pattern of paths: ``logs/*.log``) when such a
    file exists or when it looks like one; else it is data. options are reading options and what refines a definition (``zone``,
    ``year`` ...).
    """
    text = _call.encode_options(options) if options else b""
    out, failure = _call.Text(), _abi.Failure()
    path = _as_path(data_or_path)
    if path is not None:
        name = os.fsencode(path)
        status = lib.detect_path(name, len(name), text, len(text), ctypes.byref(out), ctypes.byref(failure))
        _call.check(status, failure, filename=os.fsdecode(path), definition=text.decode())
    else:
        call = _abi.Call()
        address, size, alive = _memory.lend(_beginning(data_or_path), call, copy=True)
        status = lib.detect(address, size, text, len(text), ctypes.byref(out), ctypes.byref(failure))
        del alive
        _call.check(status, failure, definition=text.decode())
    return detection_of(out.json())


def _as_path(given: Any) -> Optional[Union[str, bytes]]:
    if isinstance(given, os.PathLike):
        path: Union[str, bytes] = os.fspath(given)
        return path
    if not isinstance(given, str) or not given or len(given) > PATH_MAX or "\n" in given or "\0" in given:
        return None
    if os.path.exists(given):
        return given
    if any(character in given for character in ' \t"={|,;'):
        return None  # a single line of a log
    return given  # a pattern of paths, or the library says what is wrong with it


def _beginning(data: Any) -> Any:
    """As much as detection ever looks at, and to spare."""
    try:
        seen = _memory.contiguous(_memory.encode(data) if isinstance(data, str) else data)
    except TypeError as error:
        if not hasattr(data, "read"):
            raise
        raise TypeError("%s; sawlog.open(file).detection says it of a file object" % error) from None
    return seen[:SEEN] if seen.nbytes > SEEN else seen


def detection_of(found: Dict[str, Any]) -> Detection:
    candidates: List[Candidate] = [
        Candidate(
            candidate["format"],
            float(candidate.get("confidence") or 0),
            int(candidate.get("matched") or 0),
            int(candidate.get("lines") or 0),
            candidate.get("why") or "",
        )
        for candidate in found.get("candidates") or ()
    ]
    return Detection(found.get("format") or None, float(found.get("confidence") or 0), tuple(candidates), definition_as_dict(found.get("definition")))
