"""Looks at the disk below the sessions folder, and writes a little to see how fast it is."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from client.base.files import existing_folder, scratch_folder, sync_data
from client.preflight.facts.drive import DriveFacts

if sys.platform == "win32":
    from client.preflight.probes.windows.drive import read_disk
else:
    from client.preflight.probes.linux.drive import read_disk

WRITES_S = 1.5
_PIECE = 1 << 18
"""A quarter of a megabyte a flush: about what the recorder writes in that time."""
_AT_MOST = 64 << 20


def look_at_drive(sessions: Path) -> DriveFacts:
    """Return what is known of the disk that `sessions` will lie on."""
    known = read_disk(existing_folder(sessions))
    written, speed = None, None
    with suppress(OSError):
        written, speed = measure_writing(sessions)
    return DriveFacts.model_validate({**known, "written_mb": written, "mb_per_second": speed})


def measure_writing(folder: Path, lasts_s: float = WRITES_S) -> tuple[float, float]:
    """Write and flush piece by piece, at most 64 MiB; return MB and MB/s. The file is removed.

    The bytes are random, so that no disk makes less of them.
    """
    piece = os.urandom(_PIECE)
    with scratch_folder(folder) as scratch, (scratch / "speed").open("wb", buffering=0) as file:
        begun = time.monotonic()
        written = 0
        while written < _AT_MOST and (written == 0 or time.monotonic() - begun < lasts_s):
            written += file.write(piece)
            sync_data(file.fileno())
        seconds = time.monotonic() - begun
    return written / 1e6, round(written / 1e6 / max(seconds, 1e-3), 2)
