"""Writes in the sessions folder what the recorder would, in a private folder that is gone after.

The steps are those of `base/files`, which the recorder itself uses.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from client.base.files import (
    AppendFile,
    private_folder,
    read_file,
    remove_file,
    scratch_folder,
    write_atomically,
)
from client.base.trouble import is_full
from client.preflight.facts.writing import Step, WritingFacts

if sys.platform == "win32":
    from client.preflight.probes.windows.writing import are_folders_protected, read_guards
else:
    from client.preflight.probes.linux.writing import are_folders_protected, read_guards

_PIECE = 300_000


def try_writing(sessions: Path) -> WritingFacts:
    """Return what worked; whatever happens, nothing of it stays."""
    begun = time.monotonic()
    failed: Step | None = "folder"
    reason, found_full = None, False
    try:
        with scratch_folder(sessions) as scratch:
            for step, act in _steps(scratch / "try-1a2b3c4d"):
                failed = step
                act()
            failed = None
    except OSError as error:
        reason, found_full = f"{error}"[:300], is_full(error)
    return WritingFacts(
        failed=failed,
        reason=reason,
        is_full=found_full,
        seconds=round(time.monotonic() - begun, 2),
        guards=read_guards(),
        protects_folders=are_folders_protected(),
    )


def _steps(folder: Path) -> list[tuple[Step, Callable[[], object]]]:
    media = os.urandom(_PIECE)
    track, journal, seal = folder / "screen-01.mp4", folder / "journal.jsonl", folder / "seal.json"

    def append(path: Path, data: bytes) -> None:
        file = AppendFile(path)
        try:
            file.append(data)
            file.sync()
        finally:
            file.close()

    def compare() -> None:
        if read_file(track) != media + media or read_file(journal) != b"{}\n":
            raise OSError(f"{track}: what was read is not what was written")

    def remove() -> None:
        for path in (track, journal, seal):
            remove_file(path)

    return [
        ("folder", lambda: private_folder(folder)),
        ("track", lambda: append(track, media)),
        ("journal", lambda: append(journal, b"{}\n")),
        ("rename", lambda: write_atomically(seal, b"{}", private=True)),
        ("reopen", lambda: append(track, media)),
        ("replace", lambda: write_atomically(seal, b"{}\n", private=True)),
        ("read", compare),
        ("remove", remove),
    ]
