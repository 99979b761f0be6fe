"""Names and places of a session: the evidence folder, and the private folder beside it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NewType

import platformdirs

from client.base.files import private_folder
from client.base.localdisk import require_local
from client.base.paths import extended
from client.evidence.spare import POINTER, files_in, is_there, pointed_to

if TYPE_CHECKING:
    from client.evidence.entries import Source  # a starting recorder has no time for pydantic

TrackFile = NewType("TrackFile", str)
"""File name of one part of a track: `screen-01.mp4`."""

Track = Literal["screen", "identity", "contest", "second"]
"""A file kind. Camera and sound share a file: `identity` first, `contest` from then on."""

PICTURES: dict[Track, Source] = {
    "screen": "screen",
    "identity": "camera",
    "contest": "camera",
    "second": "second",
}
"""Whose pictures each kind holds, in the order in which files are listed."""

TRACK_FILE = re.compile(r"(screen|identity|contest|second)-([0-9]{2}|[1-9][0-9]{2,3})\.mp4\Z")
JOURNAL = "journal.jsonl"


def sessions_root() -> Path:
    """Return where this user's sessions lie: local, never synchronised, application data.

    `SAIJIAN_HOME` names another place. Windows itself is asked for the usual one, whatever the
    environment says. StorageError where that is on the network or below a synchronised folder.
    """
    home = os.environ.get("SAIJIAN_HOME")
    data = Path(home) if home else platformdirs.user_data_path("SaiJian", appauthor=False)
    require_local(data)
    return extended(data / "sessions")


def track_file(track: Track, part: int) -> TrackFile:
    """Return the name of part `part` (1 to 9999) of a track; two digits, more when it must."""
    return TrackFile(f"{track}-{part:02d}.mp4")


def is_track_file(name: str) -> bool:
    """Tell whether `name` is one that a recorder gives to a track file."""
    return TRACK_FILE.match(name) is not None


def part_of(name: str) -> int:
    """Return the number of the part that the file `name` is; ValueError for any other name."""
    match = TRACK_FILE.match(name)
    if match is None:
        raise ValueError(name)
    return int(match[2])


def track_of(name: str) -> Track:
    """Return the track that the file `name` is a part of; ValueError for any other name."""
    match = TRACK_FILE.match(name)
    if match is None:
        raise ValueError(name)
    return match[1]  # type: ignore[return-value]


def picture_of(name: str) -> Source:
    """Return the source whose pictures the file `name` holds; ValueError for any other name."""
    return PICTURES[track_of(name)]


@dataclass(frozen=True)
class SessionFolder:
    """Paths of one session. The evidence lies in `path`, secrets and settings in `private`."""

    path: Path

    @property
    def plan(self) -> Path:
        """Exactly the bytes that the organizer published; absent in a plain recording."""
        return self.path / "plan.json"

    @property
    def journal(self) -> Path:
        """Append-only, chained and signed: the single source of truth."""
        return self.path / JOURNAL

    @property
    def receipts(self) -> Path:
        """What the organizer signed, in order of arrival; written by the uploader alone."""
        return self.path / "receipts.jsonl"

    @property
    def seal(self) -> Path:
        """Written once by the recorder, at the end."""
        return self.path / "seal.json"

    def tracks(self) -> list[Path]:
        """Return the track files that exist, in order of track and part.

        Parts on another drive are among them while it is connected. What lies here goes first, so
        that a part which is copied back counts as the part.
        """
        order = list(PICTURES)
        spare = self.spare
        found = {p.name: p for p in files_in(spare)} if spare else {}
        found |= {p.name: p for p in self.path.iterdir()}
        tracks = [path for name, path in found.items() if is_track_file(name)]
        return sorted(tracks, key=lambda p: (order.index(track_of(p.name)), part_of(p.name)))

    def file(self, name: str) -> Path:
        """Return where a file of the evidence lies, on whichever drive; here if it is nowhere.

        `name` is trusted: a track's or the journal's.
        """
        here = self.path / name
        spare = self.spare
        if spare is None or here.exists() or not is_track_file(name):
            return here
        return next((path for path in files_in(spare) if path.name == name), here)

    @property
    def spare(self) -> Path | None:
        """Return the session's place on another drive, there or not; None where it has none."""
        return pointed_to(self.pointer)

    @property
    def has_spare_now(self) -> bool:
        """Tell whether there is a place on another drive, and that is connected."""
        spare = self.spare
        return spare is not None and is_there(spare)

    @property
    def attachments(self) -> Path:
        """What foreign recordings (外部录像) were taken in afterwards, one line each."""
        return self.path / "attachments.jsonl"

    @property
    def attachment_receipts(self) -> Path:
        """The organizer's receipts for them; written by the uploader alone."""
        return self.path / "attachment-receipts.jsonl"

    @property
    def attachment_refusals(self) -> Path:
        """What the organizer will never take of them, and why; written by the uploader alone."""
        return self.path / "attachment-refusals.jsonl"

    def foreign(self, name: str) -> Path:
        """Return where the foreign recording `name` lies, beside the tracks."""
        return self.path / name

    @property
    def private(self) -> Path:
        """Folder beside the evidence: signing key, lock, control address, token, logs."""
        return self.path.with_name(self.path.name + ".private")

    @property
    def key(self) -> Path:
        """The session's signing key, locked (`keys.py`); destroyed at the close."""
        return self.private / "session.key"

    @property
    def setup(self) -> Path:
        """What the recorder was told at its first start (`recorder/setup.py`)."""
        return self.private / "setup.json"

    @property
    def reserve(self) -> Path:
        """Room kept back for the end on a full disk (`recorder/child/reserve.py`)."""
        return self.private / "reserve"

    @property
    def pointer(self) -> Path:
        """Where parts on another drive lie (`spare.py`)."""
        return self.private / POINTER

    @property
    def control(self) -> Path:
        """Address and random key of the running recorder's control connection."""
        return self.private / "control.json"

    @property
    def recorder_lock(self) -> Path:
        """Held by the recorder process while it lives."""
        return self.private / "recorder.lock"

    @property
    def uploader_lock(self) -> Path:
        """Held by the uploader process while it lives."""
        return self.private / "uploader.lock"

    @property
    def token(self) -> Path:
        """The organizer's token for this session, or the code to enrol with later."""
        return self.private / "token.json"

    def log(self, process: str) -> Path:
        """Return where `process` ("recorder", "uploader", "app") writes its log."""
        return self.private / f"{process}.log"

    def create(self) -> SessionFolder:
        """Make both folders, readable by this user alone."""
        private_folder(self.path)
        private_folder(self.private)
        return self
