"""How far the upload has come: one small file that the window and the command line read."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from client.base.text import Text
from client.contest.values import Count, Micros, Value
from client.evidence.layout import SessionFolder

UploadState = Literal[
    "starting",  # nothing to send yet, or not enrolled yet
    "sending",
    "waiting",  # everything recorded so far is sent
    "away",  # the organizer does not answer; tried again by itself
    "sealing",  # all sent; waiting for the storage receipt
    "stored",
    "refused",  # trying again does not help
]


class Problem(Value):
    """What went wrong last, in both languages."""

    zh: Annotated[str, Field(max_length=1000)]
    en: Annotated[str, Field(max_length=1000)]

    @property
    def text(self) -> Text:
        """Return the pair that a page or a line of output shows."""
        return Text(self.zh, self.en)


class UploadProgress(Value):
    """A snapshot. Bytes count every file of the session, the journal included."""

    state: UploadState = "starting"
    recorded_bytes: Count = 0
    """Bytes that the journal covers: what there is to send so far."""
    sent_bytes: Count = 0
    pending_bytes: Count = 0
    last_receipt_us: Micros = 0
    """Organizer's time of its last receipt; 0 before the first."""
    address: str = ""
    """This computer's address as the organizer saw it last."""
    last_problem: Problem | None = None
    """None while all goes well."""
    attached_bytes: Count = 0
    """Of foreign recordings (外部录像), which count in none of the above."""
    attached_sent_bytes: Count = 0
    attached_problem: Problem | None = None
    """Why the organizer refuses one of them; the next uploader asks once more, if that may pass."""

    @property
    def percent(self) -> float:
        """Return 0 to 100; 100 only when nothing recorded is pending."""
        if not self.recorded_bytes:
            return 0.0
        return min(100.0, 100.0 * self.sent_bytes / self.recorded_bytes)


def progress_path(folder: SessionFolder) -> Path:
    """Return where the snapshot of this session lies."""
    return folder.private / "upload.json"


def load_progress(folder: SessionFolder) -> UploadProgress:
    """Read the last snapshot; where none can be read, the one of an upload that has not begun."""
    try:
        return UploadProgress.model_validate_json(progress_path(folder).read_bytes())
    except (OSError, ValidationError):
        return UploadProgress()


def save_progress(folder: SessionFolder, progress: UploadProgress) -> None:
    """Put the snapshot in place whole or not at all.

    Not synced: after a power loss it is made anew. One that cannot be written is left out (a full
    disk; on Windows a reader that holds the old one open); the next one replaces it.
    """
    path = progress_path(folder)
    with contextlib.suppress(OSError):
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".upload.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(progress.model_dump_json().encode())
            Path(name).replace(path)
        except OSError:
            Path(name).unlink()
