"""CPython's own functions, by address: the library makes Python objects with them, without having been compiled against any Python.

On an interpreter that has none (PyPy) ``available`` is False, and the slower ways in pure Python are taken. What the library calls on its own
when memory is given back (destructors of capsules, the release of input) is C all the way: a Python callback there would crash an interpreter
that is about to exit.
"""

import ctypes
import json
import sys
from typing import Any, Dict, Optional, Tuple

from . import _abi, _call
from ._abi import lib

# The names are those that sawlog.h lists under sawlog_py_bind.
_FUNCTIONS = """
PyBuffer_Release PyBytes_AsStringAndSize PyBytes_FromStringAndSize PyCFunction_NewEx PyCapsule_GetPointer PyCapsule_IsValid PyDict_Copy
PyDict_GetItemWithError PyDict_New PyDict_Next PyDict_SetItem PyDict_Size PyErr_CheckSignals PyErr_Clear PyErr_NoMemory PyErr_Occurred
PyErr_SetObject PyErr_SetString PyEval_RestoreThread PyEval_SaveThread PyFloat_FromDouble PyGILState_Ensure PyGILState_Release
PyList_New PyList_SetItem PyLong_AsVoidPtr PyLong_FromLongLong PyLong_FromUnsignedLongLong PyObject_CallFunctionObjArgs PyObject_Free
PyObject_GetBuffer PyObject_GetIter PyObject_IsInstance PyObject_Type PyTuple_GetItem PyTuple_Size PyType_FromSpec PyType_GenericAlloc
PyUnicode_AsUTF8AndSize PyUnicode_FromStringAndSize PyUnicode_InternInPlace Py_DecRef Py_IncRef
Py_IsFinalizing Py_IsInitialized _Py_IsFinalizing
""".split()


def _raise(code: int, message: str) -> None:
    """What the library calls to raise an exception of ours while it makes rows."""
    failure = _abi.Failure()
    failure.message = message.encode("utf-8", "replace")[: _abi.MESSAGE]
    _call.raise_for(code, failure)


def _encode(text: str) -> bytes:
    """The bytes of a str that has no UTF-8."""
    from ._memory import encode

    return encode(text)


#: The library keeps the addresses of these, so they must live as long as the process.
_OBJECTS: Dict[str, Any] = {
    "None": None,
    "True": True,
    "False": False,
    "PyUnicode_Type": str,
    "PyBytes_Type": bytes,
    "PyDict_Type": dict,
    "PyExc_RuntimeError": RuntimeError,
    "PyExc_KeyError": KeyError,
    "json.loads": json.loads,
    "encode": _encode,
    "raise_error": _raise,
}


def _python_api() -> Any:
    if sys.implementation.name != "cpython":
        return None
    return getattr(ctypes, "pythonapi", None)


def _bind(api: Any) -> bool:
    """Hands the addresses over; whether the library found all that it needs."""
    found: Dict[str, Optional[int]] = {name: id(thing) for name, thing in _OBJECTS.items()}
    for name in _FUNCTIONS:
        function = getattr(api, name, None)
        found[name] = None if function is None else ctypes.cast(function, ctypes.c_void_p).value
    found["object.__basicsize__"] = object.__basicsize__
    found["datetime_CAPI"] = _import_capsule(api)(b"datetime.datetime_CAPI", 0)
    names = (ctypes.c_char_p * len(found))(*[name.encode() for name in found])
    addresses = (ctypes.c_void_p * len(found))(*found.values())
    return bool(lib.py_bind(names, addresses, len(found)) == _abi.OK)


def _pointer_of(api: Any) -> Any:
    """PyCapsule_GetPointer. The prototypes here are ours alone: pythonapi's own functions are shared with other packages."""
    return ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(("PyCapsule_GetPointer", api))


def _import_capsule(api: Any) -> Any:
    return ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)(("PyCapsule_Import", api))


_api = _python_api()
available: bool = _api is not None and _bind(_api)

#: sawlog_call.release for memory pinned by get_buffer.
buffer_release: Optional[int] = ctypes.cast(lib.py_buffer_release, ctypes.c_void_p).value
_destructor: Optional[int] = ctypes.cast(lib.py_capsule_free, ctypes.c_void_p).value

if available:
    get_buffer = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object, ctypes.c_void_p, ctypes.c_int)(("PyObject_GetBuffer", _api))
    _capsule_new = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)(("PyCapsule_New", _api))
    capsule_pointer = _pointer_of(_api)


def capsule(name: bytes, size: int) -> Tuple[Any, int]:
    """A capsule over zeroed memory for an Arrow struct, and the address of the struct. name must live as long as the process."""
    if not available:
        raise NotImplementedError("Arrow capsules need CPython")
    address = lib.py_alloc(size)
    if not address:
        raise MemoryError("no memory for an Arrow struct")
    return _capsule_new(address, name, _destructor), address
