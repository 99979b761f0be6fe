"""Drives and mount points: which one a folder lies on, and which others there are."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import psutil

from client.base.files import existing_folder
from client.base.text import without_prefix

_OF_THE_SYSTEM = ("/boot", "/dev", "/efi", "/proc", "/run", "/snap", "/sys", "/var")


def place_of(path: Path) -> str:
    r"""Return the drive, `C:`, or the mount point, that `path` lies on; it need not exist."""
    existing = Path(os.path.realpath(without_prefix(str(existing_folder(path)))))
    if existing.drive:
        return existing.drive.upper()
    while not os.path.ismount(existing):
        existing = existing.parent
    return str(existing)


def file_system_of(place: str) -> str | None:
    """Return the name of the file system there; None where the system does not tell."""
    parts = psutil.disk_partitions(all=True)
    found = [part.fstype for part in parts if _name(part.mountpoint) == place]
    return found[-1] or None if found else None


def other_places(place: str) -> list[str]:
    """Return the other fixed drives that may be written, each once, as the system lists them."""
    found: dict[object, str] = {_identity(place): place}
    for part in psutil.disk_partitions(all=False):
        name = _name(part.mountpoint)
        if _is_fixed(name, part.opts) and os.access(part.mountpoint, os.W_OK):
            found.setdefault(_identity(name), name)
    return [name for name in found.values() if name != place]


def root_of(place: str) -> Path:
    r"""Return the root folder: `D:\`, `/data`."""
    return Path(place + "\\") if place.endswith(":") else Path(place)


def _name(mountpoint: str) -> str:
    drive = Path(mountpoint).drive
    return drive.upper() if drive else mountpoint


def _identity(place: str) -> object:
    """Return what two mount points of one file system share."""
    with suppress(OSError):
        return root_of(place).stat().st_dev
    return place


def _is_fixed(place: str, options: str) -> bool:
    words = options.split(",")
    if os.name == "posix":
        return "rw" in words and not place.startswith(_OF_THE_SYSTEM)
    return "rw" in words and "fixed" in words
