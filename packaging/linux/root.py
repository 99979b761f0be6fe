"""The old Debian roots of the Linux bundle: one to build in, a clean one to try the .deb in.

Both lie in the user's cache folder and are made by steps that leave stamps, as the Windows lab is.
A run over one of them is a machine of packaging/windows/machine.py: namespaces of its own over an
unchanged root, gone with its first process.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "windows"))

from lab import Step, StepError, make, make_root, one_at_a_time
from machine import Machine
from place import Lab
from shared import machine_packages, say

HERE = Path(__file__).resolve().parent
SUITE = "bullseye"
"""Debian 11, glibc 2.31, as Kylin V10; the oldest that Debian's mirrors still carry."""
FLOOR = "2.28"
"""The glibc of UOS 20: no file of the bundle may need a later one (elf.py)."""

__all__ = ["FLOOR", "HERE", "SUITE", "LinuxMachine", "clean_root", "entries", "made", "make_clean"]


class LinuxMachine(Machine):
    """A Debian for a while; what is written in it is thrown away at the end."""

    settings: Mapping[str, str] = {"LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}

    def _settle(self) -> None:
        """Nothing is written late here."""

    def shell(self, script: str, timeout_s: float = 1800) -> int:
        """Run shell commands as root, the first that fails ends them; return the exit code."""
        return self.linux(["sh", "-euc", script], timeout_s)


def root_in_cache(name: str) -> Lab:
    """Return the place of one root."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Lab(Path(cache).absolute() / "saijian" / f"linux-{name}-{SUITE}")


def clean_root() -> Lab:
    """Return the place of the root that has nothing but the smallest Debian."""
    return root_in_cache("root")


def make_clean() -> Lab:
    """Make the clean root, or find it complete."""
    root = clean_root()
    made(root, [Step("root", f"Debian {SUITE}", SUITE, (SUITE.encode(),), debian)])
    return root


debian = partial(make_root, suite=SUITE)


def made(root: Lab, todo: list[Step]) -> None:
    """Do the missing steps of one root; StepError where one fails or this may not be done here."""
    if os.geteuid() != 0:
        say(
            "Linux 安装包要用 root 制作（debootstrap、挂载）。请运行：sudo make linux-bundle",
            "The Linux bundle is made by root (debootstrap, mounts). Run: sudo make linux-bundle",
        )
        raise StepError("root")
    if not machine_packages(entries("debian-packages.txt")):
        raise StepError("系统软件没有装上 / packages are missing")
    root.folder.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(root):
        make(root, todo)


def entries(name: str) -> list[str]:
    """Return the entries of a list beside this file, without the reasons."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [entry for line in lines if (entry := line.partition("#")[0].strip())]


if __name__ == "__main__":
    make_clean()
