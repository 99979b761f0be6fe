"""Beginning a session: enrolment with the organizer, or without it when it is out of reach.

The session key is on the disk before the code is used, so a lost answer does not burn the code: the
same key asking again gets the same enrolment. A refusal leaves nothing behind.
"""

from __future__ import annotations

import logging
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from client import __version__
from client.attempt.standing import standing_of
from client.attempt.states import State
from client.base.clock import utc_us
from client.base.errors import (
    BadInputError,
    EnrolmentError,
    OrganizerError,
    RecorderError,
    RefusedError,
)
from client.base.files import FileLock, require_space, write_atomically
from client.base.text import Text
from client.contest.contestant import OneTimeCode, Role, Ticket, ticket_digest
from client.contest.plan import Paper, Plan, PublishedPlan
from client.contest.receipt import Enrolment
from client.contest.schedule import schedule_of
from client.contest.signed import public_key
from client.evidence.keys import create_session_key, load_session_key
from client.evidence.layout import SessionFolder
from client.recorder.setup import Devices, RecorderSetup, load_setup, save_setup
from client.remote.messages import EnrolmentReply, EnrolmentRequest
from client.upload.credentials import PendingEnrolment, Token, load_credentials, save_credentials

log = logging.getLogger(__name__)


class Registrar(Protocol):
    """The organizer as enrolment needs it."""

    def enrol(self, request: EnrolmentRequest) -> EnrolmentReply:
        """Return a reply that the plan's organizer signed for this request.

        Raises EnrolmentError or RefusedError, or OrganizerError when it is out of reach.
        """
        ...


@dataclass(frozen=True)
class Applicant:
    """Who wants to begin, on which of the two computers, for which paper (None: the next one)."""

    ticket: Ticket
    code: OneTimeCode
    role: Role
    paper: str | None = None


def admit(
    published: PublishedPlan,
    applicant: Applicant,
    devices: Devices,
    registrar: Registrar,
    root: Path,
    spare: Path | None = None,
) -> SessionFolder:
    """Return the folder of this applicant's session below `root`, begun before or new.

    `spare` is a folder on another drive, where a new one goes on when its own drive fills.
    """
    request = _checked(published, applicant)
    folder = find_session(root, published, applicant)
    if folder is None:
        require_space(root)
        folder = _prepare(published, applicant, devices, root, spare)
    if not isinstance(load_credentials(folder.token), PendingEnrolment) or folder.journal.exists():
        return folder
    setup = load_setup(folder.setup)
    request = request.model_copy(
        update={"session": setup.session, "session_key": public_key(load_session_key(folder.key))}
    )
    try:
        reply = registrar.enrol(request)
        enrolment = Enrolment.model_validate(reply.enrolment)
        published.plan.paper(enrolment.paper)
    except (EnrolmentError, RefusedError):
        _forget(folder)
        raise
    except OrganizerError as error:
        log.warning("begins offline: %s", error)
        return folder
    here_us = utc_us()
    save_setup(
        folder.setup,
        setup.model_copy(
            update={
                "paper": enrolment.paper,
                "enrolment": reply.enrolment,
                "addresses": reply.addresses,
                "clock_offset_us": reply.time_us - here_us,
            }
        ),
    )
    save_credentials(folder.token, Token(token=reply.token))
    return folder


def sessions_in(root: Path) -> Iterator[tuple[SessionFolder, RecorderSetup]]:
    """Yield the sessions below `root` whose setup can be read, newest first."""
    if not root.is_dir():
        return
    found = [path for path in root.iterdir() if path.is_dir() and path.suffix != ".private"]
    for path in sorted(found, key=lambda p: p.stat().st_mtime, reverse=True):
        folder = SessionFolder(path)
        try:
            yield folder, load_setup(folder.setup)
        except RecorderError:
            continue


def find_session(
    root: Path, published: PublishedPlan, applicant: Applicant
) -> SessionFolder | None:
    """Return this applicant's unfinished session on this computer, where there is one."""
    digest = ticket_digest(published.plan.id, applicant.ticket)
    for folder, setup in sessions_in(root):
        same = setup.ticket_digest == digest and setup.role == applicant.role
        if not same or applicant.paper not in (None, setup.paper):
            continue
        if standing_of(folder).state != State.STORED:
            return folder
    return None


def next_paper(plan: Plan, now_us: int) -> Paper:
    """Return the paper that is on or comes next; the last one when all are over."""
    papers = sorted(plan.papers(), key=lambda paper: paper.starts_at)
    coming = [paper for paper in papers if schedule_of(plan, paper).stops_us > now_us]
    return (coming or papers[-1:])[0]


def _checked(published: PublishedPlan, applicant: Applicant) -> EnrolmentRequest:
    """Refuse what the organizer could not read either, before anything is made."""
    if applicant.paper is not None:
        published.plan.paper(applicant.paper)
    try:
        return EnrolmentRequest(
            ticket=applicant.ticket,
            code=applicant.code,
            paper=applicant.paper,
            role=applicant.role,
            session=str(uuid.uuid4()),
            session_key="0" * 64,
            plan_sha256=published.sha256,
            software=f"SaiJian {__version__}",
        )
    except ValidationError as error:
        field = error.errors()[0]["loc"][0]
        raise BadInputError(
            Text(f"输入的 {field} 格式不对。", f"The {field} given has a wrong form."),
            Text(
                "请按准考证上的内容输入字母、数字和连字符。",
                "Type letters, digits and hyphens as on the admission ticket.",
            ),
        ) from error


def _prepare(
    published: PublishedPlan,
    applicant: Applicant,
    devices: Devices,
    root: Path,
    spare: Path | None,
) -> SessionFolder:
    session = str(uuid.uuid4())
    plan = published.plan
    folder = SessionFolder(root / f"{plan.id}-{session[:8]}").create()
    paper = applicant.paper or next_paper(plan, utc_us()).id
    write_atomically(folder.plan, published.raw)
    create_session_key(folder.key)
    save_setup(
        folder.setup,
        RecorderSetup(
            session=session,
            purpose="rehearsal" if plan.rehearsal else "contest",
            devices=devices,
            recording=plan.recording,
            paper=paper,
            role=applicant.role,
            ticket_digest=ticket_digest(plan.id, applicant.ticket),
            spare_folder=str(spare.absolute()) if spare else "",
        ),
    )
    save_credentials(
        folder.token,
        PendingEnrolment(ticket=applicant.ticket, code=applicant.code, paper=paper),
    )
    return folder


def _forget(folder: SessionFolder) -> None:
    """Remove a session that was refused while its plan is all that lies in it.

    A recorder may be at work by now, or a foreign recording (外部录像) taken in.
    """
    is_bare = all(path == folder.plan for path in folder.path.iterdir())
    if is_bare and not FileLock(folder.recorder_lock).is_held():
        shutil.rmtree(folder.path)
        shutil.rmtree(folder.private)
