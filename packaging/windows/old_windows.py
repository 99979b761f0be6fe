"""Shows that installer and launcher speak on old Windows: in machines set to those versions.

    .venv/bin/python packaging/windows/old_windows.py dist/SaiJian-0.1.0-lab-windows-x64-setup.exe

Each message is looked at as a person would: a picture of the screen is kept in build/screenshots
and its characters are read from there.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

import mss
import mss.tools
import numpy as np
from installed import INCOMPLETE, TOO_OLD, silently
from machine import PREFIX, Machine
from place import PROJECT, Lab
from portable import LAUNCHER, make_launcher
from rows import Row, timed, verdict_of
from run import find_lab
from traces import left_behind, snapshot

from client import __version__
from client.identity.reader import Reader

SCREENSHOTS = PROJECT / "build" / "screenshots"
MUST_SAY = ("太旧", "64位的Windows10", "1809", "换一台", "电话", "tooold")
"""What a person must be able to read, spaces aside."""
APPEARS_S, CLOSES_S = 30.0, 20.0
VERSION_KEY = r"HKLM\Software\Microsoft\Windows NT\CurrentVersion"
PREFIX_32 = "/lab/prefix32"


@dataclass(frozen=True)
class Windows:
    """One version, and the commands that set a machine to it."""

    name: str
    title: str
    commands: tuple[tuple[str, ...], ...]
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """Where its disk and registry lie."""
        return self.settings.get("WINEPREFIX", PREFIX)


def build_number(number: int) -> tuple[tuple[str, ...], ...]:
    """Return the commands that set the build number of Windows 10."""
    names = ("CurrentBuild", "CurrentBuildNumber")
    return tuple(
        ("wine", "reg", "add", VERSION_KEY, "/v", name, "/d", str(number), "/f") for name in names
    )


TOO_OLD_ONES = (
    Windows("win7", "Windows 7", (("winecfg", "/v", "win7"),)),
    Windows("win81", "Windows 8.1", (("winecfg", "/v", "win81"),)),
    Windows("win10-1803", "Windows 10 1803", build_number(17134)),
    Windows(
        "win10-32bit",
        "Windows 10, 32-bit",
        (("wineboot", "--init"), ("winecfg", "/v", "win10")),
        {"WINEPREFIX": PREFIX_32, "WINEARCH": "win32"},
    ),
)
OLD_ENOUGH = Windows("win10-1809", "Windows 10 1809", build_number(17763))


def try_old_windows(lab: Lab, setup: Path) -> list[Row]:
    """Try installer and launcher on each version; one row for each, and one for Windows 10 1809."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        launcher = make_launcher(Path(folder), version=__version__)
        shares = {"/share": folder, "/dist": str(setup.absolute().parent)}
        programs = {"installer": rf"Z:\dist\{setup.name}", "launcher": rf"Z:\share\{LAUNCHER}"}
        for windows in TOO_OLD_ONES:
            with machine_as(lab, shares, windows) as (machine, display):
                for what, program in programs.items():
                    look = partial(refused, machine, display, windows, program, what)
                    rows.append(timed(f"{windows.title}: {what}", look))
        with machine_as(lab, shares, OLD_ENOUGH) as (machine, _):
            look = partial(accepted, machine, rf"Z:\share\{launcher.name}")
            rows.append(timed(f"{OLD_ENOUGH.title}: launcher", look))
    return rows


@contextmanager
def machine_as(
    lab: Lab, shares: Mapping[str, str], windows: Windows
) -> Iterator[tuple[Machine, str]]:
    """Give a machine of that version, with a screen."""
    with Machine(lab, shares) as machine, machine.display() as display:
        machine.environment |= windows.settings
        for command in windows.commands:
            if machine.start(command, output=subprocess.DEVNULL).wait(180):
                raise RuntimeError(f"{windows.name}: {command}")
        yield machine, display


def refused(
    machine: Machine, display: str, windows: Windows, program: str, what: str
) -> tuple[str, bool]:
    """Run it silently, then as a person: the right code, the right words, and nothing changed."""
    before = snapshot(machine, windows.prefix)
    code = silently(machine, program, "/S")
    picture = SCREENSHOTS / f"{windows.name}-{what}.png"
    shown, clicked = show(machine, display, program, picture)
    changed = left_behind(before, snapshot(machine, windows.prefix))
    missing = [words for words in MUST_SAY if words not in shown]
    ok = code == clicked == TOO_OLD and not missing and not changed
    words = "all words read" if not missing else f"not read: {missing} in {shown!r}"
    traces = f"changed: {changed[:3]}" if changed else "nothing changed"
    return f"exit code {code}, after a click {clicked}; {words}; {traces}; {picture.name}", ok


def accepted(machine: Machine, program: str) -> tuple[str, bool]:
    """Run the launcher alone: past the system, it misses the program beside it."""
    code = silently(machine, program, "/S")
    return f"exit code {code}: the system is accepted", code == INCOMPLETE


def show(machine: Machine, display: str, program: str, picture: Path) -> tuple[str, int]:
    """Start it, keep a picture of what it says, press Enter; return the words and the exit code."""
    process = machine.start(["wine", program], output=subprocess.DEVNULL)
    try:
        window = window_of(display)
        words = read_screen(display, picture)
        subprocess.run(
            ["xdotool", "windowfocus", "--sync", window, "key", "Return"],
            env={"DISPLAY": display, "PATH": "/usr/bin"},
            check=False,
        )
        return words, process.wait(CLOSES_S)
    finally:
        process.kill()


def window_of(display: str) -> str:
    """Return the first window of the display that has a name of ours; waits for it."""
    command = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "赛鉴|SaiJian"]
    done = subprocess.run(
        command,
        env={"DISPLAY": display, "PATH": "/usr/bin", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=APPEARS_S,
        check=True,
    )
    return done.stdout.split()[0]


def read_screen(display: str, picture: Path) -> str:
    """Keep a picture of the display once it holds still; return its characters without spaces."""
    picture.parent.mkdir(parents=True, exist_ok=True)
    with mss.MSS(display=display) as camera:
        last = None
        while last != (now := bytes(camera.grab(camera.monitors[0]).rgb)):
            last = now
            time.sleep(0.5)
        shot = camera.grab(camera.monitors[0])
        mss.tools.to_png(shot.rgb, shot.size, output=str(picture))
    shown = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)[..., :3]
    return "".join("".join(line.text for line in reader().read(shown)).split())


@cache
def reader() -> Reader:
    """Return what reads characters; loading it takes seconds."""
    return Reader()


def main() -> int:
    """Return 0 when every version got its words."""
    lab = find_lab()
    if lab is None:
        return 2
    return verdict_of(try_old_windows(lab, Path(sys.argv[1])))


if __name__ == "__main__":
    sys.exit(main())
