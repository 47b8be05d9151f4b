"""Finds and loads libsawlog. It happens at import, so that a broken installation shows at once and with its real reason."""

import ctypes
import os
import sys
from typing import List, Tuple

#: The ABI this binding was written for: a library with a lower number lacks functions.
ABI = 1

NAME = {"win32": "sawlog.dll", "darwin": "libsawlog.1.dylib"}.get(sys.platform, "libsawlog.so.1")

MUSL = (
    "sawlog cannot be loaded into a process of musl libc (Alpine Linux): shared libraries of Go need room in the static TLS block that musl "
    "does not keep for libraries loaded late (golang/go#54805). Use an image with glibc, such as python:3-slim, or start Python with "
    "LD_PRELOAD set to a musl build of libsawlog.so.1."
)

TLS = (
    "%s (the room for thread-local data of late libraries is used up: import sawlog before the other large libraries, or set "
    "GLIBC_TUNABLES=glibc.rtld.optional_static_tls=2048 in the environment of the process)"
)

#: What Go reserves of the address space when it is loaded, and needs to start its threads. Where it is refused, Go ends the process.
ROOM = 1900 << 20
CRAMPED = (
    "sawlog cannot be loaded: the address space of this process is limited to %d MB (ulimit -v, RLIMIT_AS), and its library needs 1.9 GB of it. "
    "A limit on memory that is used (cgroups) does no harm."
)


def candidates() -> List[str]:
    """Where the library may be, best first. Never the system's search path: that would find a foreign version."""
    named = os.environ.get("SAWLOG_LIBRARY")
    if named:
        return [os.path.abspath(named)]
    here = os.path.dirname(os.path.abspath(__file__))
    checkout = os.path.join(here, "..", "..", "..", "build", "lib", NAME)
    return [os.path.join(here, NAME), os.path.normpath(checkout)]


def on_musl(maps: str = "/proc/self/maps") -> bool:
    """Whether this process runs on musl and has no sawlog yet (LD_PRELOAD puts it there)."""
    try:
        with open(maps, encoding="utf-8", errors="replace") as file:
            mapped = file.read()
    except OSError:
        return False
    return "ld-musl-" in mapped and "libsawlog.so" not in mapped


def cramped() -> int:
    """The limit of the address space in MB when it is too small, else 0."""
    try:
        from resource import RLIMIT_AS, getrlimit
    except ImportError:
        return 0
    limit = getrlimit(RLIMIT_AS)[0]
    return limit >> 20 if 0 <= limit < ROOM else 0


def find() -> str:
    places = candidates()
    for path in places:
        if os.path.exists(path):
            return path
    raise ImportError(
        "sawlog's library is missing; looked for %s. There is no wheel for this platform, or a checkout was not built: "
        "./build.sh lib builds it, and SAWLOG_LIBRARY names another place." % " and ".join(places)
    )


def load() -> Tuple[str, ctypes.CDLL, ctypes.PyDLL]:
    """The path of the library, and the library twice: CDLL lets other threads run during a call, PyDLL keeps the GIL."""
    path = find()
    if on_musl():
        raise ImportError(MUSL)
    if cramped():
        raise ImportError(CRAMPED % cramped())
    try:
        library, held = ctypes.CDLL(path), ctypes.PyDLL(path)
    except OSError as error:
        text = "sawlog cannot load %s: %s" % (path, error)
        raise ImportError(TLS % text if "static TLS" in text else text) from None
    check_abi(path, library)
    return path, library, held


def check_abi(path: str, library: ctypes.CDLL) -> None:
    try:
        version = library.sawlog_abi_version
    except AttributeError:
        raise ImportError("%s is not sawlog's library: it has no sawlog_abi_version" % path) from None
    version.restype, version.argtypes = ctypes.c_uint32, []
    found = version()
    if found < ABI:
        raise ImportError("sawlog needs a library of ABI %d or later; %s has ABI %d" % (ABI, path, found))
