"""Names and places of a session: the evidence folder, and the private folder beside it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NewType

import platformdirs

from client.base.files import private_folder
from client.base.localdisk import require_local
from client.base.paths import extended

TrackFile = NewType("TrackFile", str)
"""File name of one part of a track: `screen-01.mp4`."""

Track = Literal["screen", "identity", "contest"]
"""A file kind. Camera and sound share a file: `identity` first, `contest` from then on."""

TRACK_FILE = re.compile(r"(screen|identity|contest)-([0-9]{2})\.mp4\Z")
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
    """Return the name of part `part` (from 1) of a track."""
    return TrackFile(f"{track}-{part:02d}.mp4")


def is_track_file(name: str) -> bool:
    """Tell whether `name` is one that a recorder gives to a track file."""
    return TRACK_FILE.match(name) is not None


def track_of(name: str) -> Track:
    """Return the track that the file `name` is a part of; ValueError for any other name."""
    match = TRACK_FILE.match(name)
    if match is None:
        raise ValueError(name)
    return match[1]  # type: ignore[return-value]


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
        """Return the track files that exist, in order of track and part."""
        order = {"screen": 0, "identity": 1, "contest": 2}
        found = [p for p in self.path.iterdir() if is_track_file(p.name)]
        return sorted(found, key=lambda p: (order[track_of(p.name)], p.name))

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
