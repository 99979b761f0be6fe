"""The identity coach of a session that a window shows: pictures from the recorder, words back."""

from __future__ import annotations

import threading

from client.contest.plan import IdentityCheck
from client.evidence.entries import DocumentRead
from client.identity.coach import Coach, Coaching, Report, Surroundings
from client.identity.outcome import Document, Enrolled, Outcome
from client.identity.steps import steps_of
from client.recorder.protocol import ReportCoached
from client.recorder.supervisor import RecorderSupervisor

_READ: dict[Outcome, DocumentRead] = {
    Outcome.MATCH: "match",
    Outcome.LEGIBLE: "legible",
    Outcome.SOMEBODY: "somebody",
}
"""What else reading came to is `unread`."""


class Coached:
    """Holds the coach while the identity check lasts. Safe from any thread."""

    def __init__(
        self, asked: IdentityCheck, recorder: RecorderSupervisor, enrolled: Enrolled
    ) -> None:
        """Start nothing; the first `view` does."""
        self._steps = steps_of(back=asked.back, sentence=asked.sentence is not None)
        self._recorder = recorder
        self._enrolled = enrolled
        self._lock = threading.Lock()
        self._coach: Coach | None = None
        self._is_over = False

    def view(self) -> Coaching | None:
        """Return the present moment; None once the check is over."""
        with self._lock:
            if self._is_over:
                return None
            if self._coach is None:
                around = Surroundings(self._picture, self._level, self._report)
                self._coach = Coach(self._steps, self._enrolled, around)
            return self._coach.view()

    def skip(self) -> None:
        """See `Coach.skip`."""
        if (coach := self._coach) is not None:
            coach.skip()

    def again(self, document: Document | None) -> None:
        """See `Coach.again`."""
        if (coach := self._coach) is not None:
            coach.again(document)

    def end(self) -> None:
        """The check is over: what was not reached is reported, the process ends."""
        with self._lock:
            if self._coach is not None and not self._is_over:
                self._is_over, self._enrolled = True, Enrolled()
                self._coach.leave()

    def close(self) -> None:
        """End the process, whatever is left to report; a window that comes back goes on."""
        with self._lock:
            self._is_over, coach = True, self._coach
        if coach is not None:
            coach.close()

    def _picture(self) -> bytes | None:
        whole, self._recorder.whole = self._recorder.whole, None
        return None if whole is None else whole.jpeg

    def _level(self) -> float:
        status = self._recorder.status
        sources = status.sources if status is not None else ()
        return max((source.level for source in sources if source.source == "sound"), default=0.0)

    def _report(self, report: Report) -> None:
        read = None if report.read is None else _READ.get(report.read, "unread")
        self._recorder.ask(
            ReportCoached(
                id=0,
                step=report.step.value,
                reached=report.accepted,
                document=read,
                lacking=report.lacking,
            )
        )
