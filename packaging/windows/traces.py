"""What a program leaves behind: registry and disk of a machine before, after, the difference.

before = snapshot(machine)
...                                   install, use, remove
assert not left_behind(before, snapshot(machine))
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from machine import PREFIX, Machine

HIVES = ("system.reg", "user.reg", "userdef.reg")
ALLOWED = {
    r"^C:/users/[^/]+/AppData/Local/Temp/": "temporary files of Windows and of NSIS",
    r"^user\.reg:Software\\Classes$": "an empty key that every Windows has",
    r"^user\.reg:Software\\Microsoft\\Windows\\CurrentVersion\\(RunOnce|Uninstall)$": "the same",
    r"^system\.reg:System\\ControlSet001\\(Control\\Class|Enum\\DISPLAY)\\": "Wine's own screen",
    r"^system\.reg:.*\\CurrentVersion\\NetworkCards": "Wine's own network",
}
"""Patterns of what may differ, each with its reason. Nothing of it belongs to the program."""


@dataclass(frozen=True)
class Snapshot:
    """Every value of the registry and every file on drive C, each with what it was."""

    registry: Mapping[str, str]
    disk: Mapping[str, str]


@dataclass(frozen=True, order=True)
class Trace:
    """One difference: `what` was added, changed or removed."""

    where: str
    what: str


def snapshot(machine: Machine, prefix_there: str = PREFIX) -> Snapshot:
    """Take one after every program of the machine ended: only then is the registry on the disk."""
    machine.linux(["wineserver", "-w"], 120)
    prefix = machine.root.joinpath(*PurePosixPath(prefix_there).parts[1:])
    registry: dict[str, str] = {}
    for hive in HIVES:
        text = (prefix / hive).read_text(encoding="utf-8", errors="surrogateescape")
        registry |= {f"{hive}:{name}": value for name, value in read_hive(text).items()}
    return Snapshot(registry, read_disk(prefix / "drive_c"))


def read_hive(text: str) -> dict[str, str]:
    r"""Return `key` -> "" and `key|"name"` -> data of one of Wine's registry files.

    Times of change (`#time=`, the number behind a key) are left out: opening a key sets them.
    """
    values: dict[str, str] = {}
    key = ""
    for line in _whole_lines(text):
        if line.startswith("["):
            key = line[1 : line.rindex("]")].replace("\\\\", "\\")
            values[key] = ""
        elif line.startswith(("@", '"')):
            name, _, data = _split_value(line)
            values[f"{key}|{name}"] = data
    return values


def _whole_lines(text: str) -> Iterable[str]:
    """Join what hex data continues behind a backslash."""
    return re.sub(r"\\\n\s*", "", text).splitlines()


def _split_value(line: str) -> tuple[str, str, str]:
    if line.startswith("@"):
        return line.partition("=")
    end = re.match(r'"(?:[^"\\]|\\.)*"', line)
    if end is None:
        return line, "", ""
    return end[0], "=", line[end.end() + 1 :]


def read_disk(drive: Path) -> dict[str, str]:
    """Return `C:/...` -> size and time of change; "folder", or a link's target. Follows no link."""
    found: dict[str, str] = {}
    for place, folders, files in os.walk(drive):
        for name in [*folders, *files]:
            path = Path(place, name)
            found[f"C:/{path.relative_to(drive).as_posix()}"] = _mark(path)
    return found


def _mark(path: Path) -> str:
    if path.is_symlink():
        return f"-> {path.readlink()}"
    state = path.stat()
    return "folder" if path.is_dir() else f"{state.st_size} bytes, {state.st_mtime_ns}"


def left_behind(
    before: Snapshot, after: Snapshot, allowed: Mapping[str, str] = ALLOWED
) -> list[Trace]:
    """Return every difference that is not `allowed`, in order."""
    found = [
        *_differences(before.registry, after.registry),
        *_differences(before.disk, after.disk),
    ]
    return sorted(
        trace for trace in found if not any(re.search(rule, trace.where) for rule in allowed)
    )


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Trace]:
    for where in before.keys() | after.keys():
        if where not in after:
            yield Trace(where, "removed")
        elif where not in before:
            yield Trace(where, f"added: {after[where]}")
        elif before[where] != after[where]:
            yield Trace(where, f"changed: {before[where]} -> {after[where]}")
