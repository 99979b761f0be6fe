"""What is compared and what comes of it: plain values, known to the window and to the coach."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from client.contest.registered import RegisteredNumber
from client.identity.faults import Fault


class Document(StrEnum):
    """What is shown: an identity card of GB 11643, or any other."""

    CARD = "card"
    OTHER = "other"


class Outcome(StrEnum):
    """What reading a document came to."""

    NOTHING = "nothing"
    """No number was found."""
    WRONG = "wrong"
    """A number was found, and its check digit is wrong: it was misread."""
    NAMELESS = "nameless"
    """The number was read and no name."""
    SOMEBODY = "somebody"
    """All was read, and it is not the enrolled person."""
    LEGIBLE = "legible"
    """All was read; nobody told whose it must be."""
    MATCH = "match"
    """All was read, and equals what the organizer enrolled."""

    @property
    def is_good(self) -> bool:
        """Tell whether the document was legible and nobody else's."""
        return self in (Outcome.LEGIBLE, Outcome.MATCH)


@dataclass(frozen=True)
class Enrolled:
    """The enrolled person as this process knows it; what is not there is not compared.

    Neither field is in its `repr`, so that no log can show one.
    """

    name: str = field(default="", repr=False)
    document: RegisteredNumber | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Verdict:
    """What one picture lacks for a step (None: nothing), where the document is, what was read.

    `card` are four corners as parts of width and height, for hiding it in the preview.
    """

    fault: Fault | None
    card: tuple[tuple[float, float], ...] = ()
    read: Outcome | None = None
