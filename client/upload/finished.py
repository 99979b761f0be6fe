"""A note of bundles that the organizer has, so that a restart need not ask for each again.

Only an optimisation: without the file, or with lines missing, every bundle is announced again and
the organizer answers that it has it.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from client.evidence.layout import SessionFolder
from client.upload.cutting import Bundle


class Finished:
    """The set of bundles that arrived, kept in the session's private folder."""

    def __init__(self, folder: SessionFolder) -> None:
        self._path: Path = folder.private / "uploaded.jsonl"
        self._bundles = set(_load(self._path))

    def __contains__(self, bundle: Bundle) -> bool:
        return bundle in self._bundles

    def add(self, bundle: Bundle) -> None:
        """Note that the organizer has all of `bundle`; a full disk does not matter."""
        self._bundles.add(bundle)
        line = json.dumps([bundle.name, bundle.offset, bundle.end])
        with contextlib.suppress(OSError), self._path.open("a", encoding="ascii") as file:
            file.write(f"\n{line}\n")

    def forget(self) -> None:
        """Forget everything: the organizer says that something is missing."""
        self._bundles.clear()
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


def _load(path: Path) -> list[Bundle]:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return []
    found = []
    for line in lines:
        with contextlib.suppress(ValueError, TypeError, RecursionError):
            name, offset, end = json.loads(line)
            found.append(Bundle(str(name), int(offset), int(end)))
    return found
