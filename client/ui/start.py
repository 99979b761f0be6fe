"""What wiring hands to the window: how to enrol, what was left unfinished, what to show at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from client.attempt.rehearsal import TrialWish
from client.attempt.view import Session
from client.base.errors import SaiJianError
from client.base.text import Text
from client.contest.contestant import Role
from client.evidence.copying import Tally
from client.preflight.checkup import Checkup
from client.preflight.reports.deliver import Delivery
from client.preflight.reports.model import RoleName
from client.ui.settings import Settings

Enrol = Callable[[str, str, str, Role], Session]
"""Plan address or file, ticket, one-time code, role. May block; raises SaiJianError."""


@dataclass(frozen=True)
class UnfinishedSession:
    """A session on this computer that has not reached its storage receipt."""

    label: Text
    """Contest, paper and day, as the contestant knows them."""
    open: Callable[[], Session]
    """Finds the running recorder or starts it again. May block; raises SaiJianError."""


class Technician(Protocol):
    """Checks a computer without a session. All calls may block; they raise SaiJianError."""

    def checkup(self, plan: str, *, devices: bool) -> Checkup:
        """Return all checks by a plan (address or file, or empty); may devices be opened?"""
        ...

    def save(self, checkup: Checkup, seat: str, role: RoleName, folder: Path) -> Delivery:
        """Leave a report of the seat in `folder`."""
        ...


class Trial(Protocol):
    """A trial, 试一遍, that is under way. All calls may block; they raise SaiJianError."""

    session: Session

    def watch(self) -> str:
        """Return the address of a page that plays what was recorded."""
        ...

    def end(self) -> None:
        """End its processes and delete everything."""
        ...


class Trials(Protocol):
    """Trials on this computer. All calls may block; they raise SaiJianError."""

    def clear(self) -> int:
        """Delete what trials left that were not ended; return how many these were."""
        ...

    def hindrance(self) -> SaiJianError | None:
        """Return why there must be no trial now."""
        ...

    def begin(self, wish: TrialWish, tally: Tally) -> Trial:
        """Return one whose session waits for its first step; StoppedError where `tally` was."""
        ...


@dataclass(frozen=True)
class Wish:
    """What the window is started for; a later start passes it on to the window that is there."""

    folder: Path | None = None
    """The session to open, without the start page."""
    plan: str = ""
    """Plan address or file to fill into the form."""
    technician: bool = False
    """A technician's page, without a session."""
    trial: TrialWish | None = None
    """A trial, 试一遍."""

    def message(self) -> str:
        """Return it as text."""
        said = {"folder": str(self.folder or ""), "plan": self.plan, "technician": self.technician}
        return json.dumps(said | {"trial": self.trial and self.trial.words()})

    @classmethod
    def read(cls, message: str) -> Wish:
        """Return what `message` says; of a message that says nothing known, no wish."""
        try:
            said = json.loads(message)
        except (ValueError, RecursionError):
            return cls()
        match said:
            case {"folder": str(folder), "plan": str(plan)}:
                wants_technician = said.get("technician") is True
                trial = TrialWish.of_words(said.get("trial"))
                return cls(Path(folder) if folder else None, plan, wants_technician, trial)
            case _:
                return cls()


@dataclass(frozen=True)
class StartPoint:
    """Everything that the window needs from outside; built by `client.wiring`."""

    enrol: Enrol
    unfinished: Callable[[], Sequence[UnfinishedSession]]
    """May block (reads the disk)."""
    open: Callable[[Path], Session]
    """Takes the session in a folder up. May block; raises SaiJianError."""
    wish: Wish = field(default_factory=Wish)
    problem: SaiJianError | None = None
    """What was refused before the window opened; told above the form."""
    settings: Settings = field(default_factory=Settings)
    settings_file: Path | None = None
    """Where a change of them is kept; None: it is not."""
    technician: Technician | None = None
    """None: a computer is not checked without a session here."""
    trials: Trials | None = None
    """None: no trial is offered here."""
