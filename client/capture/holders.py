"""Which other program most likely holds a camera that cannot be opened.

Linux: the processes that have its device open, of this user (others' are not shown to us). A
program that films through PipeWire is seen as `pipewire`. Windows: the programs that the system's
own privacy page calls "in use" at this moment; it does not tell which of several cameras.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from client.base.text import Text

if sys.platform == "win32":
    import winreg

MOST = 3
"""So many are named."""
_STORE = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\webcam"
_DESKTOP = "NonPackaged"
"""Below it are programs that are no store apps, by their path with # for each backslash."""
_IN_USE = 0
"""`LastUsedTimeStop` while a program films; else the moment when it stopped."""


def holders_of(index: int) -> tuple[str, ...]:
    """Return the names of the programs that seem to hold the camera `index`; this one never."""
    if sys.platform == "win32":
        return _distinct(program_of(key, _own_program()) for key in _keys_in_use())
    return holders_of_file(Path(f"/dev/video{index}"))


def held_by(names: Iterable[str]) -> Text:
    """Return the half sentence that names them."""
    joined = ", ".join(names)
    return Text(f"可能正被 {joined} 占用", f"{joined} may be using it")


def holders_of_file(path: Path) -> tuple[str, ...]:
    """Return the names of other processes that have `path` open, as far as this user may see."""
    return _distinct(_openers(str(path)))


def _openers(path: str) -> Iterator[str]:
    for process in psutil.process_iter(["name"]):
        if process.pid != os.getpid() and _has_open(process.pid, path):
            yield process.info["name"] or ""


def _has_open(pid: int, path: str) -> bool:
    """Look it up; `psutil.Process.open_files` leaves devices out."""
    with suppress(OSError):
        for file in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                if str(file.readlink()) == path:
                    return True
    return False


def program_of(key: str, own: str) -> str:
    r"""Return the name in a key of Windows' list; empty for that of `own` (a path).

    `C:#Program Files#Zoom#Zoom.exe` is Zoom, `Microsoft.WindowsCamera_8wekyb3d8bbwe` a store app.
    """
    path = key.replace("#", "\\")
    if path.casefold() == own.casefold():
        return ""
    if path == key:
        return key.partition("_")[0]
    name = path.rpartition("\\")[2]
    return name[:-4] if name.casefold().endswith(".exe") else name


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))[:MOST]


def _own_program() -> str:
    with suppress(psutil.Error):
        return psutil.Process().exe()
    return sys.executable


if sys.platform == "win32":

    def _keys_in_use() -> Iterator[str]:
        for place in (_STORE, rf"{_STORE}\{_DESKTOP}"):
            for name in _below(place):
                if name != _DESKTOP and _stopped(rf"{place}\{name}") == _IN_USE:
                    yield name

    def _below(place: str) -> list[str]:
        """Return the names of the keys below; none where there is no such place."""
        with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, place) as key:
            return [winreg.EnumKey(key, at) for at in range(winreg.QueryInfoKey(key)[0])]
        return []

    def _stopped(place: str) -> int | None:
        """Return when a program stopped filming; None where it never did film."""
        with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, place) as key:
            value: object = winreg.QueryValueEx(key, "LastUsedTimeStop")[0]
            return value if isinstance(value, int) else None
        return None
