"""What wiring hands to the window: how to enrol, what was left unfinished, what to show at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from client.attempt.view import Session
from client.base.text import Language, Text, current_language
from client.contest.contestant import Role

Enrol = Callable[[str, str, str, Role], Session]
"""Plan address or file, ticket, one-time code, role. May block; raises SaiJianError."""


@dataclass(frozen=True)
class UnfinishedSession:
    """A session on this computer that has not reached its storage receipt."""

    label: Text
    """Contest, paper and day, as the contestant knows them."""
    open: Callable[[], Session]
    """Finds the running recorder or starts it again. May block; raises SaiJianError."""


@dataclass(frozen=True)
class StartPoint:
    """Everything that the window needs from outside; built by `client.wiring`."""

    enrol: Enrol
    unfinished: Callable[[], Sequence[UnfinishedSession]]
    """May block (reads the disk)."""
    session: Session | None = None
    """Show this session at once, without the start page."""
    language: Language = field(default_factory=current_language)
    plan: str = ""
    """Plan address or file to begin the form with."""
    theme: Literal["system", "light", "dark"] = "system"
