"""What the bundle's programs and libraries ask of the system: read with readelf, judged here.

A program starts where the system's glibc has every version of every symbol that any of its files
needs (`GLIBC_2.28` and the like), and where every library is in the bundle or on the system.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

LIMITS = {"GLIBC": "2.28", "GLIBCXX": "3.4.25", "CXXABI": "1.3.11", "GCC": "8.0.0"}
"""What UOS 20 (Debian 10) has: glibc 2.28 and the libstdc++ and libgcc of GCC 8."""
MAGIC = b"\x7fELF"
_NEEDED = re.compile(r"\(NEEDED\).*\[(.+)\]")
_NAME = re.compile(r"Name: (\S+)  Flags")
_SYMBOL = re.compile(r"UND (\S+?)@+(\S+)")


@dataclass(frozen=True)
class Binary:
    """One program or library (ELF)."""

    path: Path
    needed: tuple[str, ...]
    """Names of the libraries that it is linked with, as `libc.so.6`."""
    versions: tuple[str, ...]
    """Versions that it needs of their symbols, as `GLIBC_2.28`."""


def binaries(folder: Path) -> list[Binary]:
    """Return all programs and libraries below `folder`, links left out, in order."""
    return [read(file) for file in sorted(folder.rglob("*")) if is_elf(file)]


def is_elf(file: Path) -> bool:
    """Tell whether `file` is a program or library of Linux; a link is not."""
    if file.is_symlink() or not file.is_file():
        return False
    with file.open("rb") as handle:
        return handle.read(len(MAGIC)) == MAGIC


def read(file: Path) -> Binary:
    """Ask readelf."""
    said = readelf("--dynamic", "--version-info", file=file)
    needs = said.partition("Version needs section")[2]
    return Binary(file, tuple(_NEEDED.findall(said)), tuple(sorted(set(_NAME.findall(needs)))))


def too_new(found: Iterable[Binary], limits: dict[str, str] = LIMITS) -> list[str]:
    """Return `file: symbol@version` for all that the oldest system does not have."""
    return [
        f"{binary.path.name}: {symbol}@{version}"
        for binary in found
        for version in binary.versions
        if beyond(version, limits)
        for symbol in symbols(binary.path, version)
    ]


def beyond(version: str, limits: dict[str, str] = LIMITS) -> bool:
    """Tell whether `version` is later than its limit; those of no limited library are not."""
    name, _, number = version.partition("_")
    if name not in limits:
        return False
    numbers = number.split(".")
    if not all(part.isdecimal() for part in numbers):
        return True  # GLIBC_PRIVATE, GLIBC_ABI_DT_RELR: of one glibc only, or of a later one
    return [*map(int, numbers)] > [*map(int, limits[name].split("."))]


def symbols(file: Path, version: str) -> list[str]:
    """Return the symbols that `file` needs in this version; "?" where none bears it."""
    found = _SYMBOL.findall(readelf("--dyn-syms", file=file))
    return sorted({name for name, its in found if its.split()[0] == version}) or ["?"]


def highest(found: Iterable[Binary], name: str = "GLIBC") -> str:
    """Return the latest version of `name` that any file needs, as `2.28`."""
    numbers = [
        tuple(map(int, version.removeprefix(f"{name}_").split(".")))
        for binary in found
        for version in binary.versions
        if re.fullmatch(rf"{name}_[0-9.]+", version)
    ]
    return ".".join(map(str, max(numbers)))


def missing(found: Collection[Binary], system: Collection[str]) -> list[str]:
    """Return `file: library` for what is neither in the bundle nor expected on the system."""
    have = {binary.path.name for binary in found} | set(system)
    return [f"{b.path.name}: {name}" for b in found for name in b.needed if name not in have]


def expected(found: Collection[Binary]) -> set[str]:
    """Return the libraries that some file is linked with and the bundle does not carry."""
    have = {binary.path.name for binary in found}
    return {name for binary in found for name in binary.needed} - have


def readelf(*options: str, file: Path) -> str:
    """Return what readelf says of `file`."""
    command = ["readelf", "--wide", *options, str(file)]
    environment = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
    answer = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return answer.stdout
