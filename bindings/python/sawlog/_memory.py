"""Views of the library's memory, and the caller's memory for the library."""

import ctypes
from typing import Any, Optional, Tuple

from . import _abi, _host
from ._abi import lib

#: Smaller inputs are copied by the library anyway: pinning them would cost more than it saves.
SMALL = 32 * 1024


def view(address: Optional[int], size: int, owner: Any, code: Any = "B") -> memoryview:
    """Read-only memory of size bytes at address, as items of the struct code. It keeps owner alive as long as it lives itself.

    ctypes' own formats ("<q") are refused by memoryview's indexing, hence the casts.
    """
    if not size or not address:
        nothing: memoryview = memoryview(b"").cast(code)
        return nothing
    array = (ctypes.c_char * size).from_address(address)
    array.owner = owner  # type: ignore[attr-defined]
    seen: memoryview = memoryview(array).cast("B").toreadonly().cast(code)
    return seen


def column(handle: Any, at: int) -> _abi.ColumnMemory:
    """Where the column number at of a batch lies; those inside lists and maps have numbers too."""
    memory = _abi.ColumnMemory()
    if lib.batch_column(handle, at, ctypes.byref(memory)) != _abi.OK:
        raise IndexError("no column %d" % at)
    return memory


class PyBuffer(ctypes.Structure):
    """The beginning of Py_buffer, the same in all versions of Python."""

    _fields_ = [("buf", ctypes.c_void_p), ("obj", ctypes.c_void_p), ("len", ctypes.c_ssize_t)]


def contiguous(data: Any) -> memoryview:
    """data as plain bytes, without copying where they lie in one piece."""
    try:
        seen = memoryview(data)
    except TypeError:
        raise TypeError("bytes, bytearray, memoryview, mmap or str is needed, not %s" % type(data).__name__) from None
    if not seen.c_contiguous:
        return memoryview(seen.tobytes())
    return seen if seen.format == "B" and seen.ndim == 1 else seen.cast("B")


def encode(text: str) -> bytes:
    """The UTF-8 of a str; lone surrogates (a text read with errors="surrogateescape") become the bytes they stand for."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        pass
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def lend(data: Any, call: _abi.Call, copy: Optional[bool]) -> Tuple[Any, int, Any]:
    """Sets call up for data and gives its address, its size, and what must stay alive during the call.

    Memory that cannot change is lent to the batch, whose texts point into it. Memory that can change (bytearray) is copied unless
    copy is False: a buffer that is filled again would change the texts of the batch.
    """
    if isinstance(data, str):
        data = encode(data)
    seen = contiguous(data)
    if copy is None:
        copy = not seen.readonly or seen.nbytes <= SMALL
    if copy or not _host.available:
        call.flags |= _abi.COPY
        return _address_for_the_call(seen)
    pinned = lib.py_alloc(256)
    if not pinned:
        raise MemoryError("no memory for a Py_buffer")
    try:
        _host.get_buffer(seen, pinned, 0)
    except BaseException:
        lib.py_buffer_release(pinned)  # an empty Py_buffer: only the memory goes back
        raise
    buffer = PyBuffer.from_address(pinned)
    # The library gives it back itself, also when the call fails.
    call.release, call.release_ctx = _host.buffer_release, pinned
    return buffer.buf, buffer.len, None


def _address_for_the_call(seen: memoryview) -> Tuple[Any, int, Any]:
    size = seen.nbytes
    if isinstance(seen.obj, bytes) and len(seen.obj) == size:
        return seen.obj, size, seen  # ctypes passes the address of a bytes object
    if seen.readonly:
        copied = bytes(seen)
        return copied, size, copied
    array = (ctypes.c_char * size).from_buffer(seen)
    return ctypes.addressof(array), size, array
