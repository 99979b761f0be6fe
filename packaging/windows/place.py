"""Where the Windows lab lies, and which of its steps are done."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
SUITE = "trixie"


def lab_folder() -> Path:
    """Return SAIJIAN_LAB, or the lab in the user's cache folder."""
    named = os.environ.get("SAIJIAN_LAB")
    if named:
        return Path(named).absolute()
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache).absolute() / "saijian" / "windows-lab"


@dataclass(frozen=True)
class Lab:
    """The folders of one lab."""

    folder: Path

    @property
    def root(self) -> Path:
        """A Debian with Wine; the prefix lies in it."""
        return self.folder / "root"

    @property
    def prefix(self) -> Path:
        """The Windows disk and registry, seen from outside."""
        return self.root / "lab" / "prefix"

    @property
    def drive(self) -> Path:
        """Drive C."""
        return self.prefix / "drive_c"

    @property
    def python(self) -> Path:
        """The folder of Windows CPython."""
        return self.drive / "Python312"

    @property
    def downloads(self) -> Path:
        """What was fetched and checked; kept for the next lab."""
        return self.folder / "downloads"

    @property
    def runs(self) -> Path:
        """One folder for each running machine, removed with it."""
        return self.folder / "runs"

    def stamp(self, step: str) -> Path:
        """Return the file that says for which inputs `step` was done."""
        return self.folder / "stamps" / step


def digest(*parts: bytes) -> str:
    """Return one digest of all parts, in order."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()


def listed(name: str) -> list[str]:
    """Return the entries of a list beside this file, without the reasons."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [entry for line in lines if (entry := line.partition("#")[0].strip())]
