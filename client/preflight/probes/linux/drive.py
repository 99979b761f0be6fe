"""The disk below a folder, by the kernel's tree of block devices."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Literal

Kind = Literal["ssd", "hdd"]
_SECTOR = 512
_HIDES_ITS_KIND = ("vd", "xvd", "zram", "loop")
"""Disks of virtual machines call themselves rotating whatever they are."""


if sys.platform != "win32":

    def read_disk(folder: Path, blocks: Path = Path("/sys/dev/block")) -> dict[str, object]:
        """Return place, model, disk_bytes and kind of what `folder` lies on."""
        number = folder.stat().st_dev
        node = blocks / f"{os.major(number)}:{os.minor(number)}"
        if not node.exists():  # overlay, tmpfs, btrfs, network: no block device of its own
            return {"place": "", "model": None, "disk_bytes": None, "kind": None}
        disks = disks_below(node.resolve())
        sizes = [_number(disk / "size") for disk in disks]
        kinds = {_kind(disk) for disk in disks}
        return {
            "place": node.resolve().name,
            "model": ", ".join(filter(None, (_line(disk / "device/model") for disk in disks)))
            or None,
            "disk_bytes": None if None in sizes else _SECTOR * sum(filter(None, sizes)),
            "kind": kinds.pop() if len(kinds) == 1 else None,
        }


def disks_below(node: Path) -> list[Path]:
    """Return the whole disks below a partition, a mapping or an array."""
    slaves = [link.resolve() for link in sorted(node.glob("slaves/*"))]
    if slaves:
        found = [disk for slave in slaves for disk in disks_below(slave)]
        return list(dict.fromkeys(found))
    return [node.parent if (node / "partition").exists() else node]


def _kind(disk: Path) -> Kind | None:
    rotates = _number(disk / "queue/rotational")
    if rotates is None or disk.name.startswith(_HIDES_ITS_KIND):
        return None
    return "hdd" if rotates else "ssd"


def _number(path: Path) -> int | None:
    with suppress(ValueError):
        return int(_line(path))
    return None


def _line(path: Path) -> str:
    with suppress(OSError):
        return path.read_text(encoding="utf-8", errors="replace").strip()
    return ""
