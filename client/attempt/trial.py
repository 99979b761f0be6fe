"""A trial, 试一遍: every step of the day with the real devices, played back, and nothing kept.

A person goes through it by hand, in the window; an organizer on this very computer takes the place
of the contest's. All of it lies in one folder apart from the sessions, and goes with it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from client.attempt.admission import Applicant, sessions_in
from client.attempt.leaving import end_processes
from client.attempt.rehearsal import (
    BEIJING,
    CODE,
    NOT_YET,
    PAPER,
    TICKET,
    TrialWish,
    trial_plan,
)
from client.attempt.standing import standing_of
from client.attempt.states import RECORDED, State
from client.attempt.view import Session
from client.base.bounded import read_start
from client.base.clock import SECOND_US, utc_us
from client.base.errors import OrganizerError, SaiJianError, StateError
from client.base.files import FileLock, require_space
from client.base.job import helper
from client.base.process import own_command
from client.base.text import Text
from client.capture.camera import TEST
from client.contest.contestant import OneTimeCode, Role, Ticket
from client.contest.plan import MAX_PLAN_BYTES, Plan, PublishedPlan, read_plan
from client.contest.schedule import Schedule, is_too_near, schedule_of
from client.evidence.copying import Tally
from client.evidence.layout import SessionFolder
from client.evidence.trials import abandoned_trials, delete_trial, require_trial, trial_folder
from client.recorder.setup import Devices, load_setup

if TYPE_CHECKING:
    from client.attempt.local_organizer import LocalOrganizer

NEEDS_BYTES = 512 << 20
"""What is recorded in the longest trial, and the organizer's copy of it."""
_BEGUN = frozenset({State.IDENTITY, State.CONTEST, State.HANDED_IN, State.ENDED, State.SEALING})

log = logging.getLogger(__name__)


class Parts(Protocol):
    """What a trial is made from; `wiring` gives it."""

    def devices(self, wish: TrialWish, plan: Plan, known: Devices | None) -> Devices:
        """Return real devices, and no simulated one that was not named; `known` as in the day."""
        ...

    def enrol(
        self, published: PublishedPlan, applicant: Applicant, devices: Devices, root: Path
    ) -> SessionFolder:
        """Enrol at the local organizer."""
        ...

    def open(self, folder: SessionFolder, like: Path | None) -> Session:
        """Take it up, for the contestant of `like` where there is one."""
        ...


class Trial:
    """One that is under way. `end` it, whatever happens."""

    def __init__(self, session: Session, things: ExitStack) -> None:
        """`things` ends its processes and deletes its folder."""
        self.session = session
        self._things = things
        self._page = ""

    def watch(self) -> str:
        """Return the address of a page of this computer that plays the recording."""
        if not self._page:
            self._page = self._things.enter_context(_playing(self.session.folder.path))
        return self._page

    def end(self) -> None:
        """End its processes and delete everything; the errors of `delete_trial`."""
        self._things.close()


class Trials:
    """Trials in `root` on the computer whose sessions lie in `sessions`."""

    def __init__(self, parts: Parts, root: Path, sessions: Path) -> None:
        """Begin nothing yet."""
        self._parts = parts
        self._root = root
        self._sessions = sessions

    def hindrance(self) -> StateError | None:
        """Return why there must be no trial now; None where there may be one."""
        found = (_hindrance(one) for one in _contests(self._sessions))
        return next((error for error in found if error is not None), None)

    def clear(self) -> int:
        """Delete what trials left whose process was killed; return how many. Nothing else goes."""
        cleared = 0
        for path in abandoned_trials(self._root):
            try:
                require_trial(path, self._root)  # before any process is ended
                for session in path.glob("sessions/*"):
                    end_processes(SessionFolder(session))
                delete_trial(path, self._root)
                cleared += 1
            except (SaiJianError, OSError):
                log.warning("this stays: %s", path.name, exc_info=True)
        return cleared

    def begin(self, wish: TrialWish, tally: Tally) -> Trial:
        """Return a trial whose session waits for its first step.

        StateError while a contest is near, StorageError, DeviceError or OrganizerError where it
        cannot be done, StoppedError where `tally` was stopped; then nothing is left.
        """
        if (hindrance := self.hindrance()) is not None:
            raise hindrance
        require_space(self._root, NEEDS_BYTES)
        like = wish.like or self._next()
        known = None if like is None else load_setup(SessionFolder(like).setup)
        raw = None if like is None else read_start(SessionFolder(like).plan, MAX_PLAN_BYTES)
        contest = None if raw is None else json.loads(raw)
        paper = (known.paper or "") if known is not None else ""
        plan = partial(trial_plan, minutes=wish.minutes, contest=contest, paper_id=paper)
        with ExitStack() as things:
            place = things.enter_context(trial_folder(self._root))
            organizer = things.enter_context(_organizer(place, plan(NOT_YET, utc_us()), tally))
            draft = read_plan(organizer.folder.plan).plan
            devices = self._parts.devices(wish, draft, known.devices if known else None)
            tally.look()
            published = organizer.publish(
                plan(organizer.address, utc_us(), revision=2, simulated=_are_simulated(devices))
            )
            applicant = Applicant(Ticket(TICKET), OneTimeCode(CODE), Role.PRIMARY, PAPER)
            folder = self._parts.enrol(published, applicant, devices, place / "sessions")
            things.callback(end_processes, folder)
            session = self._parts.open(folder, like)
            things.callback(session.close)
            tally.look()
            return Trial(session, things.pop_all())

    def _next(self) -> Path | None:
        """Return the session whose turn is next on this computer."""
        coming = [
            (one.schedule.starts_us, one.folder.path)
            for one in _contests(self._sessions)
            if one.state not in _BEGUN and one.schedule.stops_us > one.now_us
        ]
        return min(coming)[1] if coming else None


class _Contest(NamedTuple):
    """A contest's session on this computer whose recording is not done."""

    folder: SessionFolder
    state: State
    schedule: Schedule
    now_us: int
    """By its organizer's clock."""


def _contests(root: Path) -> Iterator[_Contest]:
    for folder, setup in sessions_in(root):
        with contextlib.suppress(SaiJianError, OSError):  # a damaged one begins nothing either
            plan = read_plan(folder.plan).plan
            state = standing_of(folder).state
            if not plan.rehearsal and state not in RECORDED:
                schedule = schedule_of(plan, plan.paper(setup.paper or ""))
                yield _Contest(folder, state, schedule, utc_us() + setup.clock_offset_us)


def _hindrance(contest: _Contest) -> StateError | None:
    lives = FileLock(contest.folder.recorder_lock).is_held()
    if contest.state in _BEGUN and (lives or contest.now_us < contest.schedule.stops_us):
        title = Text("正式竞赛正在录制，现在不能试一遍。", "A contest is being recorded now.")
    elif contest.state not in _BEGUN and is_too_near(contest.schedule, contest.now_us):
        hour = f"{datetime.fromtimestamp(contest.schedule.filming_us / SECOND_US, BEIJING):%H:%M}"
        title = Text(
            f"{hour} 就要开始正式录制，现在不再试一遍。",
            f"The recording of the contest begins at {hour}: no trial any more.",
        )
    else:
        return None
    return StateError(
        title,
        Text(
            "请直接继续正式的场次，步骤完全一样。",
            "Go on with the session; its steps are the same.",
        ),
    )


def _are_simulated(devices: Devices) -> bool:
    return TEST in (devices.camera, devices.microphone, devices.second_camera)


@contextlib.contextmanager
def _organizer(place: Path, draft: bytes, tally: Tally) -> Iterator[LocalOrganizer]:
    from client.attempt.local_organizer import local_organizer  # a server's modules

    with local_organizer(place / "organizer", draft, tally.look) as organizer:
        yield organizer


@contextlib.contextmanager
def _playing(folder: Path) -> Iterator[str]:
    """Give the address at which the session is shown, by a process that ends with the block."""
    command = own_command("play", str(folder), "--no-browser", "--json")
    with helper(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        yield _address(server)


def _address(server: subprocess.Popen[bytes]) -> str:
    said = b""
    while server.stdout is not None and (line := server.stdout.readline()):
        said += line
        with contextlib.suppress(ValueError, KeyError, TypeError):
            return str(json.loads(said)["url"])
    raise OrganizerError(
        Text("播放页面没有打开。", "The page that plays it did not open."),
        Text("请再点一次“看一遍录像”。", "Press the button once more."),
    )
