"""A session that this app looks after: recorder and uploader kept alive, steps passed on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from client.attempt.coached import Coached
from client.attempt.standing import StandingReader
from client.attempt.states import RECORDED, State
from client.attempt.view import Sent, View
from client.base.clock import utc_us
from client.base.text import Text
from client.contest.plan import read_plan
from client.contest.schedule import schedule_of
from client.evidence.entries import CheckResult, StepName
from client.evidence.layout import SessionFolder
from client.identity.coach import Coaching
from client.identity.outcome import Document, Enrolled
from client.preflight.checkup import Checkup, News
from client.preflight.turns import STANDARD
from client.recorder.protocol import AddNote, Advance, GiveConsent, Preview, ReportPreflight
from client.recorder.setup import load_setup
from client.recorder.supervisor import ANSWER_S, RecorderSupervisor
from client.remote.sample import fetch_sample
from client.upload.comeback import come_back, stay_away
from client.upload.progress import load_progress
from client.upload.supervisor import ensure_running

CARE_EVERY_S = 1.0

log = logging.getLogger(__name__)

CheckupOf = Callable[[SessionFolder], Checkup]
"""Returns the checks for one session; `wiring` gives the real ones."""


def _unheard(_: News) -> None:
    """Let news of a check pass."""


class LiveSession:
    """The `Session` of `view.py` on the real processes. Close it to let go without ending."""

    def __init__(
        self,
        folder: SessionFolder,
        checkup_of: CheckupOf,
        *,
        preview: bool = False,
        enrolled: Enrolled | None = None,
    ) -> None:
        """Take the session in `folder` up where it stands; starts or finds its processes.

        `preview` is a window's: camera pictures, and the identity coach, which compares with
        `enrolled` what this process was told of the contestant.
        """
        if not folder.path.is_dir():
            stay_away(folder)
        setup = load_setup(folder.setup)
        self.folder = folder
        self.plan = read_plan(folder.plan).plan
        self.paper = self.plan.paper(setup.paper or "")
        self._ahead_us = setup.clock_offset_us
        """Organizer's clock minus this computer's, until the recorder has heard it by receipts."""
        self._checkup_of = checkup_of
        self._reader = StandingReader(folder)
        self._reading = threading.Lock()
        self._supervisor = RecorderSupervisor(folder, preview=preview)
        self._coached = Coached(self.plan.identity, self._supervisor, enrolled or Enrolled())
        self._is_windowed = preview
        self._closing = threading.Event()
        self._carer = threading.Thread(target=self._care, name="uploader-care", daemon=True)
        state = self._standing()
        if state != State.STORED:
            come_back(folder, self.plan)
        if state not in RECORDED:
            self._supervisor.start()
        self._carer.start()

    def view(self) -> View:
        """Return the present moment."""
        with self._reading:
            standing = self._reader.read()
        progress, status = load_progress(self.folder), self._supervisor.status
        if status is not None:
            self._ahead_us = status.organizer_ahead_us
        sent = Sent(
            recorded_bytes=progress.recorded_bytes,
            sent_bytes=progress.sent_bytes,
            last_receipt_us=progress.last_receipt_us or None,
            address=progress.address,
            problem=progress.last_problem.text if progress.last_problem else None,
        )
        return View(
            state=standing.state,
            schedule=schedule_of(self.plan, self.paper),
            organizer_now_us=utc_us() + self._ahead_us,
            status=status,
            recorder_alive=self._supervisor.is_alive(),
            sent=sent,
            checks=standing.checks,
            logged_in=standing.logged_in,
            coaching=self._coaching(standing.state),
        )

    def _coaching(self, state: State) -> Coaching | None:
        """Return how far the identity check is: the coach begins and ends with it."""
        if state is State.IDENTITY:
            return self._coached.view() if self._is_windowed else None
        self._coached.end()
        return None

    def preview(self) -> Preview | None:
        """Return the newest small camera picture, once."""
        picture, self._supervisor.picture = self._supervisor.picture, None
        return picture

    def sample(self) -> bytes | None:
        """Fetch the organizer's sample picture."""
        return fetch_sample(self.plan)

    def skip_step(self) -> None:
        """Leave the present step, once that is offered."""
        self._coached.skip()

    def coach_again(self, document: Document | None = None) -> None:
        """Begin with the first step again."""
        self._coached.again(document)

    def consent(self, items: tuple[str, ...]) -> None:
        """Journal the consent."""
        self._supervisor.ask(GiveConsent(id=0, items=items))

    def preflight(self) -> tuple[CheckResult, ...]:
        """Run the few checks that need nobody, and journal their verdicts."""
        results = self.checkup().run(_unheard, STANDARD).results
        self.report_preflight(results)
        return results

    def checkup(self) -> Checkup:
        """Return all checks of this computer for this session."""
        return self._checkup_of(self.folder)

    def report_preflight(self, results: tuple[CheckResult, ...]) -> None:
        """Journal verdicts."""
        self._supervisor.ask(ReportPreflight(id=0, results=results))

    def begin(self) -> None:
        """Open the devices and begin the identity step."""
        self._advance("identity")

    def begin_contest(self) -> None:
        """Go on in the contest file."""
        self._advance("contest")
        self._coached.end()

    def login_done(self) -> None:
        """Mark the login."""
        self._advance("login_done")

    def hand_in(self) -> None:
        """Note the contestant's statement."""
        self._advance("handed_in")

    def note(self, remark: Text, within_s: float = ANSWER_S) -> None:
        """Enter a remark."""
        self._supervisor.ask(AddNote(id=0, text=remark.zh, text_en=remark.en), within_s)

    def end(self) -> None:
        """End the recording."""
        self._advance("ended")

    def close(self) -> None:
        """Let go; recorder and uploader live on."""
        self._closing.set()
        self._coached.close()
        self._supervisor.close()
        self._carer.join()

    def _advance(self, step: StepName) -> None:
        self._supervisor.ask(Advance(id=0, step=step))

    def _standing(self) -> State:
        with self._reading:
            return self._reader.read().state

    def _care(self) -> None:
        is_stored = False
        while not is_stored:
            try:
                is_stored = self._look_after_uploader()
            except OSError:  # the drive of the session is gone, and may come back
                log.exception("the uploader cannot be looked after")
            if self._closing.wait(CARE_EVERY_S):
                return

    def _look_after_uploader(self) -> bool:
        """Keep the uploader alive; tell whether there is nothing more to do."""
        state = self._standing()
        if state == State.STORED:
            stay_away(self.folder)
        elif state != State.NEW:
            ensure_running(self.folder)
        return state == State.STORED
