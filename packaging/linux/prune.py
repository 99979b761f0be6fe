"""Leaves in the frozen folder what is used: of system libraries the named, nothing for Wayland.

PyInstaller takes every library that the building system happens to give. On another desktop those
would replace the desktop's own within our process, fonts and graphics drivers included.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from elf import Binary, binaries, expected
from root import entries

UNUSED = (
    # the recorder films X11 (docs/linux.md); GTK's dialogs and OpenGL are not used either
    r"PySide6/Qt/plugins/wayland-.*",
    r"PySide6/Qt/plugins/platforms/libqwayland-.*",
    r"PySide6/Qt/plugins/platformthemes/libqgtk3\.so",
    r"PySide6/Qt/plugins/xcbglintegrations/.*",
)


@dataclass(frozen=True)
class Library:
    """A line of system-libraries.txt."""

    name: str
    package: str
    """Debian package, alternatives parted by `|`; `bundled` where the bundle carries it."""
    by_name: bool
    """Loaded while running: no file is linked with it."""

    @property
    def bundled(self) -> bool:
        """Tell whether the bundle carries it."""
        return self.package == "bundled"


def libraries() -> list[Library]:
    """Return the lines of system-libraries.txt."""
    rows = [line.split() for line in entries("system-libraries.txt")]
    return [Library(row[0], row[1], "by-name" in row[2:]) for row in rows]


def prune(folder: Path) -> list[str]:
    """Remove from the frozen `folder` what is not used; return what went, sorted."""
    inner = folder / "_internal"
    carried = {library.name for library in libraries() if library.bundled}
    gone = [file for file in inner.rglob("*") if is_unused(str(file.relative_to(inner)))]
    gone += [file for file in inner.glob("lib*.so*") if is_of_the_system(file, carried)]
    for file in gone:
        if not file.is_dir():
            file.unlink()
    gone += orphans(folder)
    gone += dangling(inner)
    return sorted(str(file.relative_to(folder)) for file in gone)


def forget(sources: Path, inner: Path) -> None:
    """Take out of sources.json, for the notices, libraries that were removed and links."""
    told = json.loads(sources.read_text(encoding="utf-8"))
    told["rows"] = [
        row
        for row in told["rows"]
        if not is_library(row[0]) or (row[1].startswith("/") and (inner / row[0]).exists())
    ]
    sources.write_text(json.dumps(told, indent=0), encoding="utf-8")


def is_library(place: str) -> bool:
    """Tell a library's place from a module's name."""
    return ".so" in Path(place).name


def is_unused(place: str) -> bool:
    """Tell whether the file at `place` below _internal is one of UNUSED."""
    return any(re.fullmatch(pattern, place) for pattern in UNUSED)


def is_of_the_system(file: Path, carried: Collection[str]) -> bool:
    """Tell whether a library at the top of _internal is the building system's and not carried.

    Libraries of wheels lie in folders of their own; what is at the top for them is a link.
    """
    return not file.is_symlink() and file.name not in carried


def orphans(folder: Path) -> list[Path]:
    """Remove Qt's libraries that nothing is linked with any more; return them."""
    gone: list[Path] = []
    while lonely := [binary.path for binary in unneeded(binaries(folder))]:
        for file in lonely:
            file.unlink()
        gone += lonely
    return gone


def unneeded(found: list[Binary]) -> list[Binary]:
    """Return the libraries of Qt that no other file is linked with."""
    needed = {name for binary in found for name in binary.needed}
    return [b for b in found if "PySide6/Qt/lib" in str(b.path) and b.path.name not in needed]


def dangling(inner: Path) -> list[Path]:
    """Remove links to what is gone; return them."""
    gone = [file for file in inner.rglob("*") if file.is_symlink() and not file.exists()]
    for file in gone:
        file.unlink()
    return gone


def disagreements(found: list[Binary]) -> list[str]:
    """Return where system-libraries.txt and the bundle differ; none in a good build."""
    asked, have = expected(found), {binary.path.name for binary in found}
    rows = libraries()
    needed = {name for binary in found for name in binary.needed}
    unnamed = asked - {row.name for row in rows if not row.bundled}
    unused = {row.name for row in rows if not row.by_name} - needed
    absent = {row.name for row in rows if row.bundled} - have
    return [
        *(f"{name}: needed, not in the list" for name in sorted(unnamed)),
        *(f"{name}: in the list, needed by nothing" for name in sorted(unused)),
        *(f"{name}: to be bundled, not there" for name in sorted(absent)),
    ]


def packages() -> list[str]:
    """Return the Debian packages that the bundle needs, as in `Depends:`."""
    wanted = {row.package for row in libraries() if not row.bundled}
    return sorted(name.replace("|", " | ") for name in wanted)
