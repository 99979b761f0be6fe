r"""Prove that a bundle has every DLL that it loads: from itself, or from Windows 10 1809.

Each program and library is read with pefile: what it imports, now or delayed, must lie where
Windows will look: beside it, at the top of `_internal` (the programs put that on the search path),
in the folders that its package names at its start (NAMED_BY), or on windows-dlls.txt. Files of
Wine, and the lab's own python3.dll in a release, are refused.

    .venv/bin/python packaging/windows/imports.py build/windows/SaiJian [--release]
"""

from __future__ import annotations

import fnmatch
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pefile
from place import listed

PE_ENDINGS = (".exe", ".dll", ".pyd")
WINE_MARKS = (b"Wine builtin DLL", b"Wine placeholder DLL")
MARK_AT = 0x40
"""Where Wine's linker signs its files: in the DOS stub's place."""
TABLES = ("IMAGE_DIRECTORY_ENTRY_IMPORT", "IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT")
NAMED_BY = {"pyside6": ("pyside6", "shiboken6")}
"""What a package puts on the search path when it is imported; `<package>.libs` for others."""


class ImportsError(Exception):
    """The bundle would not start somewhere; each line names a file and what is wrong with it."""


@dataclass(frozen=True)
class Library:
    """One PE file of the bundle."""

    place: Path
    """Below the bundle."""
    imports: frozenset[str]
    """Names of DLLs in lower case."""
    is_wine: bool
    has_version: bool


def check_imports(bundle: Path, *, release: bool) -> int:
    """Return how many files were read; ImportsError names every violation."""
    libraries = list(read_all(bundle))
    if not libraries:
        raise ImportsError(f"no programs in {bundle}")
    windows = listed("windows-dlls.txt")
    present = {library.place.as_posix().lower() for library in libraries}
    wrong = []
    for library in libraries:
        wrong += [
            f"{library.place.as_posix()}: {name} is neither in the bundle nor in Windows 10 1809"
            for name in sorted(library.imports)
            if not is_found(name, library.place, present, windows)
        ]
        if library.is_wine:
            wrong.append(f"{library.place.as_posix()}: a file of Wine")
        if release and is_home_made(library):
            wrong.append(f"{library.place.as_posix()}: the lab's own, not Python's")
    if wrong:
        raise ImportsError("\n".join(wrong))
    return len(libraries)


def is_found(name: str, place: Path, present: set[str], windows: list[str]) -> bool:
    """Tell whether Windows finds the DLL `name` when it loads the file at `place`."""
    if any(fnmatch.fnmatchcase(name, known) for known in windows):
        return True
    package = place.parts[1].lower() if len(place.parts) > 1 else ""
    named = NAMED_BY.get(package, (f"{package}.libs",))
    folders = [place.parent.as_posix().lower(), "_internal", *(f"_internal/{x}" for x in named)]
    return any(f"{folder}/{name}" in present for folder in folders)


def is_home_made(library: Library) -> bool:
    """Tell the lab's python3.dll, made of names only, from the real one: that has a version."""
    return library.place.name.lower() == "python3.dll" and not library.has_version


def read_all(bundle: Path) -> Iterator[Library]:
    """Yield every PE file below `bundle`."""
    for path in sorted(bundle.rglob("*")):
        if path.is_file() and path.suffix.lower() in PE_ENDINGS:
            yield read(path, path.relative_to(bundle))


def read(path: Path, place: Path) -> Library:
    """Read one PE file; ImportsError where it is none."""
    try:
        # from bytes there is nothing to close, and closing searches the whole memory for garbage
        image = pefile.PE(data=path.read_bytes(), fast_load=True)
    except pefile.PEFormatError as error:
        raise ImportsError(f"{place.as_posix()}: {error}") from error
    tables = [pefile.DIRECTORY_ENTRY[name] for name in TABLES]
    image.parse_data_directories(directories=tables)
    entries = [
        *getattr(image, "DIRECTORY_ENTRY_IMPORT", []),
        *getattr(image, "DIRECTORY_ENTRY_DELAY_IMPORT", []),
    ]
    names = frozenset(entry.dll.decode("ascii").lower() for entry in entries)
    resources = pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_RESOURCE"]
    has_version = image.OPTIONAL_HEADER.DATA_DIRECTORY[resources].Size > 0
    mark = bytes(image.get_data(0, MARK_AT + 32)[MARK_AT:])
    return Library(place, names, mark.startswith(WINE_MARKS), has_version)


def main() -> int:
    """Check the bundle on the command line."""
    try:
        count = check_imports(Path(sys.argv[1]), release="--release" in sys.argv)
    except ImportsError as error:
        print(error)
        return 1
    print(f"{count} PE files: every import is in the bundle or in Windows 10 1809")
    return 0


if __name__ == "__main__":
    sys.exit(main())
