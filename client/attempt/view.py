"""What a window or a command line sees of a session, and what it may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from client.attempt.states import State
from client.base.text import Text
from client.contest.plan import Paper, Plan
from client.contest.schedule import Schedule
from client.evidence.entries import CheckResult
from client.evidence.layout import SessionFolder
from client.identity.coach import Coaching
from client.identity.outcome import Document
from client.preflight.checkup import Checkup
from client.recorder.protocol import Preview, Status
from client.recorder.supervisor import ANSWER_S


@dataclass(frozen=True)
class Sent:
    """How far the upload is, as the uploader last said. All in bytes, times in UTC microseconds."""

    recorded_bytes: int = 0
    sent_bytes: int = 0
    last_receipt_us: int | None = None
    address: str = ""
    problem: Text | None = None


@dataclass(frozen=True)
class View:
    """A session at one moment; everything that a page needs to draw itself."""

    state: State
    schedule: Schedule
    organizer_now_us: int
    """The organizer's clock: this computer's UTC plus the measured offset."""
    status: Status | None
    """The recorder's last word; None while there is no recorder to hear."""
    recorder_alive: bool
    sent: Sent
    checks: tuple[CheckResult, ...] = ()
    logged_in: bool = False
    """Whether the login to the contest site was marked: a window that comes back must know."""
    coaching: Coaching | None = None
    """How far the identity check is; None where nobody coaches."""


class Session(Protocol):
    """One contestant's session as the window drives it. All calls may block: not for the UI thread.

    Each step raises StateError out of turn, RecorderError when the recorder does not answer.
    """

    plan: Plan
    paper: Paper
    folder: SessionFolder

    def view(self) -> View:
        """Return the present moment (reads the journal's new lines, never the network)."""
        ...

    def preview(self) -> Preview | None:
        """Return the newest small camera picture, once."""
        ...

    def consent(self, items: tuple[str, ...]) -> None:
        """Journal the contestant's consent; before it no device is opened."""
        ...

    def preflight(self) -> tuple[CheckResult, ...]:
        """Run the few checks that need nobody, and journal their verdicts."""
        ...

    def checkup(self) -> Checkup:
        """Return all checks of this computer for this session, to be run by whoever shows them."""
        ...

    def report_preflight(self, results: tuple[CheckResult, ...]) -> None:
        """Journal the verdicts of a checkup."""
        ...

    def begin(self) -> None:
        """Open the devices and begin the identity step."""
        ...

    def sample(self) -> bytes | None:
        """Return the organizer's sample picture, fetched; None where there is none."""
        ...

    def skip_step(self) -> None:
        """先继续: leave the present step of the identity check, once that is offered."""
        ...

    def coach_again(self, document: Document | None = None) -> None:
        """Begin the identity check again, with another kind of document where one is given."""
        ...

    def begin_contest(self) -> None:
        """End the identity step; the camera goes on in the contest file."""
        ...

    def login_done(self) -> None:
        """Mark that the contestant has logged in to the contest site."""
        ...

    def hand_in(self) -> None:
        """Note the statement 我已在竞赛网站提交答卷."""
        ...

    def note(self, remark: Text, within_s: float = ANSWER_S) -> None:
        """Enter a remark into the journal, as an information; wait for that at most `within_s`."""
        ...

    def end(self) -> None:
        """End the recording; sealing and upload follow by themselves."""
        ...

    def close(self) -> None:
        """Let go of the session without ending it: recorder and uploader live on."""
        ...
