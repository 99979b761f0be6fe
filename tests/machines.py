"""Recorded machines of tests/assets/machines, and a Windows that answers from one."""

from __future__ import annotations

import json
from pathlib import Path

FOLDER = Path(__file__).parent / "assets" / "machines"


def recorded(folder: str) -> dict[str, dict]:
    """Return the documents of one folder by their names."""
    files = sorted((FOLDER / folder).glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in files}


class RecordedWindows:
    """Answers as `probes.windows.machine.Machine` from a recorded registry and list of files.

    Names are compared without regard to case, as Windows does.
    """

    def __init__(self, document: dict) -> None:
        self._keys: dict[tuple[str, ...], dict] = {}
        for path, values in document["registry"].items():
            parts = path.split("\\")
            for end in range(1, len(parts) + 1):
                self._keys.setdefault(tuple(p.casefold() for p in parts[:end]), {})
            self._keys[tuple(p.casefold() for p in parts)].update(values)
        self._names = {path.casefold(): path for path in document["registry"]}
        self._files = {path.casefold(): version for path, version in document["files"].items()}

    def subkeys(self, root, path):
        """See `Machine`."""
        above = tuple(f"{root}\\{path}".casefold().split("\\"))
        below = {}
        for full in self._names.values():
            parts = full.split("\\")
            if tuple(p.casefold() for p in parts[: len(above)]) == above and len(parts) > len(
                above
            ):
                below.setdefault(parts[len(above)].casefold(), parts[len(above)])
        return tuple(below.values())

    def values(self, root, path):
        """See `Machine`."""
        found = self._keys.get(tuple(f"{root}\\{path}".casefold().split("\\")), {})
        return {name.lower(): value for name, value in found.items()}

    def is_file(self, path):
        """See `Machine`."""
        return path.casefold() in self._files

    def file_version(self, path):
        """See `Machine`."""
        return self._files.get(path.casefold())
