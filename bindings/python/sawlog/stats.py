"""Stats: what a reader has done so far."""

import ctypes
from typing import Any, Dict, NamedTuple, Optional

from . import _abi
from ._abi import lib
from .rejects import fault_name

__all__ = ["Stats"]


class Stats(NamedTuple):
    """A snapshot; records + continuations + rejected + filtered = lines."""

    #: Parsed so far, after decompression.
    bytes: int = 0
    #: Read so far, as stored (compressed), and how many there are in all; 0 where a size is not known, as that of a pipe.
    bytes_stored: int = 0
    bytes_total: int = 0
    lines: int = 0
    records: int = 0
    #: Lines that belong to the record before them.
    continuations: int = 0
    #: Lines that are no records: how many of each fault.
    rejects: Dict[str, int] = {}
    #: Since the reader was opened, until the end of the input.
    seconds: float = 0.0
    #: How many of the inputs are done.
    sources_done: int = 0
    #: Records that ``where`` has left out.
    filtered: int = 0

    @property
    def rejected(self) -> int:
        """All rejects."""
        return sum(self.rejects.values())

    @property
    def progress(self) -> Optional[float]:
        """From 0 to 1, for a progress bar; None where the size of the input is not known."""
        return min(self.bytes_stored / self.bytes_total, 1.0) if self.bytes_total else None


def read_stats(handle: Any) -> Stats:
    raw = _abi.ReadStats()
    if lib.reader_stats(handle, ctypes.byref(raw)) != _abi.OK:
        return Stats()
    rejects = {fault_name(fault): count for fault, count in enumerate(raw.rejects_by_fault) if count}
    return Stats(
        raw.bytes_out,
        raw.bytes_in,
        raw.bytes_total,
        raw.lines,
        raw.records,
        raw.continuations,
        rejects,
        raw.nanoseconds / 1e9,
        raw.sources_done,
        raw.filtered,
    )
