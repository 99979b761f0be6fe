"""What the verbs get from `wiring`: sessions built from the real parts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from client.attempt.admission import Applicant
from client.attempt.view import Session
from client.contest.plan import PublishedPlan
from client.evidence.layout import SessionFolder
from client.recorder.setup import Devices


@dataclass(frozen=True)
class Wished:
    """Devices that were named; None: whatever is found here."""

    camera: str | None = None
    microphone: str | None = None
    second_camera: str | None = None
    needs_second: bool = False
    """The plan asks for a second camera, so that one is looked for."""


class Host(Protocol):
    """Builds what a verb works with. `wiring` implements it."""

    def sessions_root(self) -> Path:
        """Return where this computer keeps its sessions."""
        ...

    def admit(
        self,
        published: PublishedPlan,
        applicant: Applicant,
        devices: Devices,
        root: Path,
        spare: Path | None = None,
    ) -> SessionFolder:
        """Enrol, or begin offline; `spare` is a folder on another drive, for a full one."""
        ...

    def open(self, folder: SessionFolder) -> Session:
        """Look after a session; close it to let go."""
        ...

    def choose_devices(self, wished: Wished, *, simulate: bool = False) -> Devices:
        """Return what was named, else the first device here, else a simulation or DeviceError."""
        ...
