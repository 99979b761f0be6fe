"""Shows that an update that is interrupted leaves a whole program: in the lab, with kill -9.

    .venv/bin/python packaging/windows/interrupted.py dist/SaiJian-0.1.0-lab-windows-x64-setup.exe

The old program is told from the new one by a mark that was put into its folder.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath

import psutil
from installed import DONE, FAILED, FOLDER, at, damaged, install
from machine import PREFIX, Machine
from place import Lab
from rows import Row, timed, verdict_of
from run import find_lab

MOMENTS = (0.05, 0.5, 0.95)
"""Shares of the program's bytes written at which the installer is killed."""
COMES_S = 120.0
LOOK_S = 0.002
NEW, OLD = FOLDER.with_name("SaiJian.saijian-new"), FOLDER.with_name("SaiJian.saijian-old")
MARK = "old.txt"


def try_interrupted(lab: Lab, setup: Path) -> list[Row]:
    """Install, then interrupt updates at several moments; one row for each."""
    rows = []
    name = rf"Z:\dist\{setup.name}"
    with Machine(lab, {"/dist": str(setup.absolute().parent)}) as machine, machine.display():
        rows.append(timed("installed", partial(installed, machine, name)))
        for share in MOMENTS:
            look = partial(killed_while_writing, machine, name, share)
            rows.append(timed(f"killed when {share:.0%} was written", look))
        rows.append(timed("killed between the renames", partial(killed_between, machine, name)))
        rows.append(timed("the second rename refused", partial(refused_rename, machine, name)))
        rows.append(timed("updated at last", partial(updated, machine, name)))
    return rows


def installed(machine: Machine, setup: str) -> tuple[str, bool]:
    """Install and mark the program as the old one."""
    code = install(machine, setup)
    at(machine, FOLDER / MARK).write_text("old", encoding="ascii")
    return describe(machine, f"exit code {code}"), code == DONE and is_old_and_whole(machine)


def killed_while_writing(machine: Machine, setup: str, share: float) -> tuple[str, bool]:
    """Kill the installer at `share` of the bytes; the old program must be whole."""
    wanted = share * written(at(machine, FOLDER))
    with updating(machine, setup) as kill:
        eventually(lambda: written(at(machine, NEW)) >= wanted)
        kill()
    there = written(at(machine, NEW)) >> 10
    return describe(machine, f"{there} kB beside it"), is_old_and_whole(machine) and there > 0


def killed_between(machine: Machine, setup: str) -> tuple[str, bool]:
    """Kill it with the old program put away and the new one not in place; then log on again."""
    with updating(machine, setup) as kill, cannot_be_renamed(machine):
        eventually(lambda: not at(machine, FOLDER).exists())
        kill()
    in_between = not at(machine, FOLDER).exists() and at(machine, OLD).exists()
    log_on(machine)
    ok = in_between and is_old_and_whole(machine)
    return describe(machine, f"in between: {in_between}; after log-on"), ok


def refused_rename(machine: Machine, setup: str) -> tuple[str, bool]:
    """Let the second rename fail until the installer gives up; it must put the old one back."""
    with updating(machine, setup) as kill, cannot_be_renamed(machine):
        code = kill(wait=True)
    ok = code == FAILED and is_old_and_whole(machine)
    return describe(machine, f"exit code {code}"), ok


def updated(machine: Machine, setup: str) -> tuple[str, bool]:
    """Update without a hindrance: the new program, and nothing beside it."""
    code = install(machine, setup)
    left = [path.name for path in (NEW, OLD) if at(machine, path).exists()]
    is_new = not at(machine, FOLDER / MARK).exists() and not damaged(machine)
    seen = describe(machine, f"exit code {code}, left beside it: {left or 'nothing'}")
    return seen, code == DONE and is_new and not left


# ---- means ---------------------------------------------------------------------------------------


def log_on(machine: Machine) -> None:
    """Run what RunOnce holds, as Windows does when the user logs on, and wait for its end."""
    if machine.run(["python", r"Z:\project\packaging\windows\logon.py"], timeout_s=120):
        raise RuntimeError("RunOnce")
    machine.linux(["wineserver", "-w"], 120)


class Update:
    """A running installer."""

    def __init__(self, machine: Machine, setup: str) -> None:
        """Start it."""
        self._machine = machine
        self._name = setup.rpartition("\\")[2]
        self._process = machine.start(["wine", setup, "/S"], output=subprocess.DEVNULL)

    def __call__(self, *, wait: bool = False) -> int:
        """Kill it at once, or `wait` for its end; return its exit code."""
        if not wait:
            for process in psutil.process_iter(["cmdline"]):
                words = " ".join(process.info["cmdline"] or ())
                if self._name in words and self._machine.holds(process.pid):
                    process.kill()
        return self._process.wait(COMES_S)


@contextmanager
def updating(machine: Machine, setup: str) -> Iterator[Update]:
    """Have the installer run; at the end it is gone."""
    update = Update(machine, setup)
    try:
        yield update
    finally:
        update()


@contextmanager
def cannot_be_renamed(machine: Machine) -> Iterator[None]:
    """Make the new program's folder a mount point as soon as it appears: no rename moves it."""
    eventually(at(machine, NEW).exists)
    there = str(PurePosixPath(PREFIX, "drive_c", *NEW.parts[1:]))
    machine.linux(["mount", "--bind", there, there])
    try:
        yield
    finally:
        machine.linux(["umount", "--lazy", there])


def eventually(holds: Callable[[], bool]) -> None:
    """Return once `holds` says so; TimeoutError after COMES_S."""
    deadline = time.monotonic() + COMES_S
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(LOOK_S)


def written(folder: Path) -> int:
    """Return the bytes of all files below `folder`; 0 where there is none."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def is_old_and_whole(machine: Machine) -> bool:
    """Tell whether the old program is in its place with every file as it was."""
    return at(machine, FOLDER / MARK).exists() and not damaged(machine)


def describe(machine: Machine, what: str) -> str:
    """Return `what`, and which program lies in place."""
    if not at(machine, FOLDER).exists():
        return f"{what}; no program"
    which = "old" if at(machine, FOLDER / MARK).exists() else "new"
    return f"{what}; {which} program, damaged files: {len(damaged(machine))}"


def main() -> int:
    """Return 0 when every update left a whole program."""
    lab = find_lab()
    if lab is None:
        return 2
    return verdict_of(try_interrupted(lab, Path(sys.argv[1])))


if __name__ == "__main__":
    sys.exit(main())
