"""The Windows lab as a place: a fresh Wine machine with the installer, a bundle or the sources."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import psutil
from tryout.target import PROJECT, NotTried, Program, Said, Target

sys.path.append(str(PROJECT / "packaging" / "windows"))

from machine import PYTHON, Machine, crashed_silently
from place import Lab

SHARE, BUNDLE = "/share", "/bundle"
LOCAL = Path("lab/prefix/drive_c/users/root/AppData/Local")
PROGRAMS = {"saijian": "saijian.exe", "window": "SaiJianApp.exe"}
NOTHING_INSTALLED = "run in its unpacked folder"


class LabTarget(Target):
    """A machine of the lab; `bundle` or the source tree run in it without being installed."""

    name = "windows-lab"
    sound = True

    def __init__(
        self,
        share: Path,
        lab: Lab,
        bundle: Path | None = None,
        more: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare; `more` are further shares of the machine."""
        super().__init__(share)
        self.lab = lab
        self._bundle = bundle
        shares = {SHARE: str(share), **(more or {})}
        if bundle is not None:
            shares[BUNDLE] = str(bundle.absolute())
        self.machine = Machine(lab, shares)
        self._things = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Start machine and screen."""
        with contextlib.ExitStack() as things:
            things.enter_context(self.machine)
            self.display = things.enter_context(self.machine.display())
            self._things = things.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """End the machine, Wine's server included."""
        self._things.close()

    def install(self) -> str:
        """Say what is tried instead of an installed program."""
        raise NotTried(NOTHING_INSTALLED)

    @property
    def folder(self) -> Path | None:
        """The bundle."""
        return self._bundle

    @property
    def data(self) -> Path:
        """SaiJian in %LOCALAPPDATA%."""
        return self.machine.root / LOCAL / "SaiJian"

    def words(self, program: Program, arguments: Sequence[str]) -> list[str]:
        """Return the Windows program's command."""
        if self._bundle is None:
            return self._in_wine([PYTHON, "-m", "client", *(arguments or ["window"])])
        return self._in_wine([rf"Z:\bundle\{PROGRAMS[program]}", *arguments])

    def python(self, script: Path, arguments: Sequence[str]) -> list[str]:
        """Return the command of the lab's Windows Python."""
        there = "Z:\\project\\" + str(script.relative_to(PROJECT)).replace("/", "\\")
        return self._in_wine([PYTHON, there, *arguments])

    def path(self, shared: Path) -> str:
        """Return a path on drive Z."""
        return "Z:\\share\\" + str(shared.relative_to(self.share)).replace("/", "\\")

    def socket(self, shared: Path) -> str:
        """Return what Linux calls it in the machine."""
        return f"{SHARE}/{shared.relative_to(self.share)}"

    def holds(self, process: psutil.Process) -> bool:
        """Tell by the machine's own process namespace."""
        return self.machine.holds(process.pid)

    def crashed_while_loading(self, said: Said) -> bool:
        """Tell whether Wine crashed before the program said anything."""
        return crashed_silently(f"{said.out}{said.err}".encode())

    def _in_wine(self, words: Sequence[str]) -> list[str]:
        folder = "/project" if self.folder is None else "/"
        return self.machine.words(["wine", *words], folder=folder, environment=self.environment)
