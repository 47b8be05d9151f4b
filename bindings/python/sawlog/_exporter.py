"""How a class written in Python offers a buffer to ``memoryview()``.

Python 3.12 and later (and PyPy) call the method ``__buffer__`` (PEP 688). Before, only types written in C can do it, and the buffer slots of
ctypes' arrays give the format "<q", which memoryview cannot index. But the slot of one C type does what is needed: that of
``pickle.PickleBuffer`` hands the request on to the object that stands in its second word::

    object header | Py_buffer.buf | Py_buffer.obj | ...        PickleBuffer
    object header | slot _0       | slot _1       | ...        Exporter, a class with __slots__

So a class derived from Exporter gets PickleBuffer's function into its own buffer slot and keeps a memoryview in ``_1``; an empty slot gives
PickleBuffer's ValueError. Owner and lifetime are then as for any memoryview of a memoryview. The layouts are those of Python 3.8 to 3.11,
which will not change any more; everything is checked before it is used, and where a check fails ``memoryview()`` is refused with a
TypeError, as for any object without a buffer.
"""

import ctypes
import sys
from typing import Any, Optional, Type, TypeVar

T = TypeVar("T", bound="Exporter")

_HEADER: int = object.__basicsize__
_WORD = ctypes.sizeof(ctypes.c_void_p)
#: tp_as_buffer is the 18th word behind PyVarObject's header in PyTypeObject.
_BUFFER_PROCS = _HEADER + _WORD * 18


class Exporter:
    """Has the memoryview that it offers in ``_1``."""

    __slots__ = ("_0", "_1")

    _1: Any


def _procs(kind: type) -> int:
    """Address of the type's two buffer functions, 0 for none."""
    return ctypes.c_void_p.from_address(id(kind) + _BUFFER_PROCS).value or 0


def _second_word_is(instance: Exporter, value: object) -> bool:
    return ctypes.c_void_p.from_address(id(instance) + _HEADER + _WORD).value == id(value)


def _forwarder(kind: type) -> Optional[int]:
    """PickleBuffer's function, when kind is laid out as expected."""
    if sys.implementation.name != "cpython" or not (3, 8) <= sys.version_info[:2] <= (3, 11):
        return None
    if _WORD != 8 or _HEADER != 16:
        return None  # a debug build that traces references
    probe = Exporter()
    probe._1 = _procs
    size: Any = type(kind).__basicsize__
    inside = id(kind) < _procs(kind) < id(kind) + size
    if not inside or not _second_word_is(probe, _procs):
        return None
    from _pickle import PickleBuffer  # the module around it takes longer to import than all of this one

    theirs = _procs(PickleBuffer)
    return ctypes.c_void_p.from_address(theirs).value if theirs else None


def exporting(kind: Type[T]) -> Type[T]:
    """Class decorator: ``memoryview(instance)`` works."""
    function = _forwarder(kind)
    if function is not None:
        ctypes.c_void_p.from_address(_procs(kind)).value = function
    return kind
