"""This computer as a place: an unpacked folder of the program, on Windows or Linux.

For GitHub's machines and a technician's. Nothing is installed. A screen is used where there is one;
sound is not, since what a microphone hears here is nobody's known tone.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import psutil
from tryout.target import NotTried, Program, Target

NAMES: dict[Program, str] = {"saijian": "saijian", "window": "SaiJianApp"}


class HereTarget(Target):
    """The folder is left as it is; sessions go below `share` (SAIJIAN_HOME)."""

    name = "here-windows" if sys.platform == "win32" else "here-linux"

    def __init__(self, share: Path, bundle: Path) -> None:
        """Remember where the program lies."""
        super().__init__(share)
        self._bundle = bundle.absolute()
        self._data = share / "data"
        self.environment["SAIJIAN_HOME"] = str(self._data)
        if sys.platform == "linux":
            self.display = os.environ.get("DISPLAY", "")

    def __enter__(self) -> Self:
        """Nothing is to be started."""
        return self

    def __exit__(self, *_: object) -> None:
        """End what is left of ours: processes of this folder's programs that we started."""
        left = [process for process in psutil.process_iter() if self._is_ours(process)]
        for process in left:
            process.kill()
        psutil.wait_procs(left, timeout=10)

    def install(self) -> str:
        """Nothing is installed."""
        raise NotTried("run in its unpacked folder")

    @property
    def folder(self) -> Path | None:
        """The unpacked folder."""
        return self._bundle

    @property
    def data(self) -> Path:
        """Where SAIJIAN_HOME points."""
        return self._data

    def own(self) -> Mapping[str, str]:
        """Return this computer's environment with what the stage has set."""
        return {**os.environ, **self.environment}

    def words(self, program: Program, arguments: Sequence[str]) -> list[str]:
        """Return the program's own command."""
        suffix = ".exe" if sys.platform == "win32" else ""
        return [str(self._bundle / (NAMES[program] + suffix)), *arguments]

    def python(self, script: Path, arguments: Sequence[str]) -> list[str]:
        """Return a command of the Python that runs this trial."""
        return [sys.executable, str(script), *arguments]

    def path(self, shared: Path) -> str:
        """Return it as it is."""
        return str(shared)

    def holds(self, process: psutil.Process) -> bool:
        """Tell whether it is one of this folder's programs, with our data or share."""
        return self._is_ours(process)

    def move_pointer(self, x: int, y: int) -> None:
        """Move it by Windows itself, or as everywhere."""
        if sys.platform == "win32":
            import ctypes

            ctypes.windll.user32.SetCursorPos(x, y)
        else:
            super().move_pointer(x, y)

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            program = Path(process.exe())
            home = process.environ().get("SAIJIAN_HOME")
        except (psutil.Error, OSError):
            return False
        return program.is_relative_to(self._bundle) and home == str(self._data)


def temporary() -> tempfile.TemporaryDirectory[str]:
    """Return a share for any place; removed with the block, as far as Windows lets go of files."""
    return tempfile.TemporaryDirectory(prefix="saijian-smoke-", ignore_cleanup_errors=True)
