"""The installed program in a machine: installing, where it lies, removing. For trials."""

from __future__ import annotations

import subprocess
from pathlib import Path, PurePosixPath, PureWindowsPath

from machine import PREFIX, Machine

FOLDER = PureWindowsPath(r"C:\users\root\AppData\Local\Programs\SaiJian")
"""Where it lies when nothing else was said; %LOCALAPPDATA%\\Programs\\SaiJian of Wine's user."""
WINDOW, COMMAND, UNINSTALLER = "SaiJianApp.exe", "saijian.exe", "uninstall.exe"
DONE, FAILED, TOO_OLD, IN_USE, STILL_OPEN = 0, 2, 10, 11, 12
WRONG_FOLDER, NO_SPACE, INCOMPLETE, EVIDENCE_HELD = 13, 14, 15, 20
"""Exit codes of installer, uninstaller and launcher (installer/system.nsh)."""
CRASHED = 5
"""Access violation (0xC0000005): what is left of it in an exit code here."""
AT_MOST_S = 600


def install(machine: Machine, setup: str, *words: str, folder: str = "") -> int:
    r"""Install silently and return the exit code; `setup` is a Windows path (`Z:\share\x.exe`)."""
    place = last_word(f"/D={folder}") if folder else []
    return silently(machine, setup, "/S", *words, *place)


def uninstall(machine: Machine, *words: str, folder: PureWindowsPath = FOLDER) -> int:
    """Remove silently, wait for the end and return the exit code, as a technician would.

    The uninstaller runs from a copy elsewhere: a program cannot remove its own file.
    """
    copy = PureWindowsPath(r"C:\saijian-uninstall.exe")
    kept = at(machine, copy)
    kept.write_bytes(at(machine, folder / UNINSTALLER).read_bytes())
    try:
        return silently(machine, str(copy), "/S", *words, *last_word(f"_?={folder}"))
    finally:
        kept.unlink()


def last_word(word: str) -> list[str]:
    """Return what NSIS takes to the end of the line, spaces included, and never in quotes."""
    return word.split(" ")


def silently(machine: Machine, *words: str) -> int:
    """Run a program that prints nothing and return its exit code; a crash of Wine, once more."""
    code = machine.start(["wine", *words]).wait(AT_MOST_S)
    if code == CRASHED:
        machine.repeats += 1
        code = machine.start(["wine", *words]).wait(AT_MOST_S)
    return code


def program(name: str = COMMAND, folder: PureWindowsPath = FOLDER) -> str:
    """Return the Windows path of an installed program."""
    return str(folder / name)


def at(machine: Machine, path: PureWindowsPath) -> Path:
    """Return where a file on drive C of the machine is seen from this computer."""
    return drive(machine).joinpath(*path.parts[1:])


def drive(machine: Machine) -> Path:
    """Return drive C of the machine, seen from this computer."""
    return machine.root.joinpath(*PurePosixPath(PREFIX).parts[1:], "drive_c")


def is_installed(machine: Machine, folder: PureWindowsPath = FOLDER) -> bool:
    """Tell whether the window's program lies there."""
    return at(machine, folder / WINDOW).is_file()


def damaged(machine: Machine, folder: PureWindowsPath = FOLDER) -> list[str]:
    """Return what `files.sha256` names and is missing or different; sha256sum's own judgement."""
    place = at(machine, folder)
    words = ["sha256sum", "--check", "--quiet", "--strict", "files.sha256"]
    done = subprocess.run(words, cwd=place, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    if done.returncode != 0 and not lines:
        lines = done.stderr.splitlines() or ["sha256sum"]
    return lines
