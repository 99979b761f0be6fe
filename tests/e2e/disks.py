"""Drives of our own: small ones that fill, and one that can be pulled out. All need root."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_SHUT_DOWN, _WITHOUT_FLUSH = 0x8004587D, 2
"""EXT4_IOC_SHUTDOWN: from then on every access fails with EIO, as to a stick that was pulled."""


@contextlib.contextmanager
def small_disk(path: Path, size: str) -> Iterator[Path]:
    """Mount a tmpfs of `size`."""
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path], check=True)
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", path], check=False)


def leave(disk: Path, kilobytes: int) -> None:
    """Fill the disk with somebody else's file."""
    with (disk / "ballast").open("wb") as file:
        while not _took(file, shutil.disk_usage(disk).free - kilobytes * 1024 - 64 * 1024):
            pass
        with contextlib.suppress(OSError):
            while shutil.disk_usage(disk).free > kilobytes * 1024:
                file.seek(0, os.SEEK_END)
                file.write(bytes(4096))
                file.flush()


def _took(file: BinaryIO, size: int) -> bool:
    """Take so much at once; False where a recording took some of it meanwhile."""
    try:
        os.posix_fallocate(file.fileno(), 0, size)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return False
    return True


@dataclass(frozen=True)
class Stick:
    """A drive with a file system of its own."""

    image: Path
    mount_point: Path

    def plug(self) -> None:
        """Mount it; what was synced is there."""
        subprocess.run(["mount", "-o", "loop", self.image, self.mount_point], check=True)

    def pull(self) -> None:
        """Pull it while it is written to: open files fail, and nothing is there."""
        folder = os.open(self.mount_point, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, _SHUT_DOWN, struct.pack("I", _WITHOUT_FLUSH))
        finally:
            os.close(folder)
        self.unmount()

    def unmount(self) -> None:
        """Take it off."""
        subprocess.run(["umount", "--lazy", self.mount_point], check=False)


@contextlib.contextmanager
def stick(place: Path, megabytes: int = 120) -> Iterator[Stick]:
    """Make and plug one in below `place`."""
    made = Stick(place / "stick.img", place / "stick")
    made.mount_point.mkdir()
    with made.image.open("wb") as image:
        image.truncate(megabytes << 20)
    subprocess.run(["mkfs.ext4", "-q", "-O", "^has_journal", made.image], check=True)
    made.plug()
    try:
        yield made
    finally:
        made.unmount()
