"""The Windows lab with the installer: installed, updated and removed silently."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

import installed
from place import Lab
from traces import ALLOWED, Snapshot, left_behind, snapshot
from tryout.target import Failed, Program
from tryout.windows_lab import PROGRAMS, LabTarget

SETUP = "/setup"
EVEN_IF_HELD = "/EVENIFHELD"
LIMIT_MB, UNPACKED_MB = 120, 400
SYSTEM = r"^(system|user)\.reg:Software\\"
KEPT = {
    r"^C:/users/[^/]+/AppData/Local/SaiJian(/|$)": "sessions: an uninstaller leaves them",
    SYSTEM + r"Microsoft\\Windows\\CurrentVersion\\MMDevices\\Audio\\": "Windows: sound devices",
    SYSTEM + r"Microsoft\\ActiveMovie\\devenum(\\|$)": "the same, by DirectShow",
    SYSTEM + r"Wine\\Drivers\\": "the same, by Wine",
    SYSTEM
    + r"Wow6432Node\\Microsoft\\Windows\\CurrentVersion\\Fonts": "Wine: bitmap fonts, 32-bit",
    SYSTEM
    + r"Microsoft\\Windows\\CurrentVersion\\Explorer\\Accent": "Wine: made with the first window",
    r"^user\.reg:Console(\||$)": "Wine: a console's defaults, which every Windows has",
}
"""What may differ beside traces.ALLOWED: a microphone came, windows were shown."""
MOST_NAMED = 12
MARKER = "sessions/.saijian-restart.json"
"""What preflight leaves to see whether a restart takes it back: no evidence."""


class InstalledLabTarget(LabTarget):
    """A machine in which the program is installed by its installer."""

    def __init__(self, share: Path, lab: Lab, setup: Path) -> None:
        """Prepare; `setup` is the installer."""
        super().__init__(share, lab, more={SETUP: str(setup.absolute().parent)})
        self._setup = setup
        self._before: Snapshot | None = None

    @property
    def folder(self) -> Path | None:
        """Where it is installed, seen from this computer."""
        return installed.at(self.machine, installed.FOLDER)

    def install(self) -> str:
        """Install; the list of files must hold."""
        self._before = snapshot(self.machine)
        seconds = self._install()
        return f"{self._setup.name}, exit code 0, {seconds:.0f} s, sha256sum finds every file right"

    def size(self) -> str:
        """Weigh installer and folder."""
        place = installed.at(self.machine, installed.FOLDER)
        packed = self._setup.stat().st_size / 1e6
        size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file()) / 1e6
        seen = f"installer {packed:.1f} of {LIMIT_MB} MB, folder {size:.1f} of {UNPACKED_MB} MB"
        if packed > LIMIT_MB or size > UNPACKED_MB:
            raise Failed(seen)
        return seen

    def update(self) -> str:
        """Install over it; sessions stay byte for byte, and the program answers."""
        before = digests(self.data)
        if not before:
            raise Failed("there is no session to install over")
        seconds = self._install()
        if digests(self.data) != before:
            raise Failed("the sessions changed")
        said = self.run("--version", timeout_s=90)
        if said.code:
            raise Failed(f"after the update: {said.tail()}")
        unchanged = f"{len(before)} files of sessions unchanged"
        return f"exit code 0, {seconds:.0f} s; {unchanged}; {said.out.strip()}"

    def refused(self) -> str:
        """Ask the uninstaller while evidence is held: it must refuse, and the program works on."""
        code = installed.uninstall(self.machine)
        damaged = installed.damaged(self.machine)
        if code != installed.EVIDENCE_HELD or damaged:
            raise Failed(f"exit code {code}, not {installed.EVIDENCE_HELD}; damaged: {damaged[:3]}")
        return f"exit code {code}, every file still there"

    def uninstall(self, *, told: bool) -> str:
        """Remove it, `told` even while evidence is held; the program's folder is gone then."""
        before = digests(self.data)
        code = installed.uninstall(self.machine, *([EVEN_IF_HELD] if told else []))
        if code != installed.DONE or installed.at(self.machine, installed.FOLDER).exists():
            raise Failed(f"exit code {code}, still there: {installed.is_installed(self.machine)}")
        if digests(self.data) != before:
            raise Failed("the sessions changed")
        if (self.data / MARKER).exists():
            raise Failed("preflight's marker is still there")
        return f"exit code 0; {len(before)} files of sessions unchanged"

    def traces(self) -> str:
        """Compare registry and disk with those before the installation."""
        if self._before is None:
            raise Failed("nothing was installed")
        left = left_behind(self._before, snapshot(self.machine), {**ALLOWED, **KEPT})
        if left:
            named = " ; ".join(f"{one.where} {one.what[:80]}" for one in left[:MOST_NAMED])
            raise Failed(f"{len(left)} traces: {named}")
        keys, files = len(self._before.registry), len(self._before.disk)
        return f"as before: {keys:,} registry values, {files:,} files; sessions apart"

    def old_windows(self) -> list[tuple[str, bool, str, float]]:
        """Try installer and launcher in machines set to old versions."""
        from old_windows import try_old_windows

        rows = try_old_windows(self.lab, self._setup)
        return [(row.what, row.ok, row.seen, row.seconds) for row in rows]

    def words(self, program: Program, arguments: Sequence[str]) -> list[str]:
        """Return the installed program's command."""
        return self._in_wine([installed.program(PROGRAMS[program]), *arguments])

    def _install(self) -> float:
        started = time.monotonic()
        code = installed.install(self.machine, rf"Z:\setup\{self._setup.name}")
        seconds = time.monotonic() - started
        if code != installed.DONE:
            raise Failed(f"the installer's exit code is {code}")
        if damaged := installed.damaged(self.machine):
            raise Failed(f"files.sha256: {damaged[:5]}")
        return seconds


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below `folder` but preflight's marker."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file != folder / MARKER
    }
