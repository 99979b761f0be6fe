"""The uploader process, `saijian uploader --session DIR`: one a session, started by the app."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from client.base.clock import SECOND_US
from client.base.errors import PlanError, SaiJianError
from client.base.files import FileLock
from client.base.log import log_to_file
from client.base.text import Text
from client.contest.addresses import is_loopback
from client.contest.plan import Plan, read_plan
from client.evidence.layout import SessionFolder
from client.remote.client import OrganizerClient
from client.remote.transport import Timeouts
from client.upload.board import Publish
from client.upload.calls import Organizer
from client.upload.comeback import stay_away
from client.upload.progress import (
    Problem,
    load_progress,
    save_progress,
)
from client.upload.watch import Ending, Habits
from client.upload.worker import Worker

_log = logging.getLogger(__name__)
EXIT_STORED = 0
EXIT_NOT_STORED = 1
EXIT_HELD = 3
"""Another uploader works on this session."""
HOME_PATIENCE_US = 600 * SECOND_US
"""An organizer on this very computer that was away so long was a rehearsal's that is over."""


def main(argv: Sequence[str]) -> int:
    """Upload one session until it is stored (0) or refused (1)."""
    parser = argparse.ArgumentParser(prog="saijian uploader")
    parser.add_argument("--session", type=Path, required=True)
    folder = SessionFolder(parser.parse_args(argv).session)
    log_to_file(folder.log("uploader"))
    lock = FileLock(folder.uploader_lock)
    if not lock.acquire():
        return EXIT_HELD
    try:
        ending = upload(
            folder, habits_for(folder), lambda progress: save_progress(folder, progress)
        )
    except SaiJianError as error:
        _log.exception("cannot upload")
        _save_refusal(folder, error)
        return error.exit_code
    finally:
        lock.release()
    _log.info("ended: %s", ending.name)
    return EXIT_STORED if ending is Ending.STORED else EXIT_NOT_STORED


def upload(folder: SessionFolder, habits: Habits, publish: Publish) -> Ending:
    """Upload the session of `folder`, whose uploader lock the caller holds.

    Raises PlanError where the session has no usable plan, and so no organizer; OSError where the
    private folder cannot be written.
    """
    plan = load_session_plan(folder)

    def connect(read_seconds: float) -> Organizer:
        return connect_to(plan, read_seconds)

    ending = Worker(folder, plan, connect, publish, habits).run()
    if ending is Ending.STORED:
        stay_away(folder)
    return ending


def habits_for(folder: SessionFolder) -> Habits:
    """Return how long the background process goes on: for ever, but for a rehearsal at home."""
    plan = load_session_plan(folder)
    at_home = is_loopback(urlsplit(plan.organizer.address).hostname or "")
    return Habits(patience_us=HOME_PATIENCE_US) if plan.rehearsal and at_home else Habits()


def load_session_plan(folder: SessionFolder) -> Plan:
    """Return the plan that the session was recorded under."""
    try:
        return read_plan(folder.plan).plan
    except OSError as error:
        raise _no_plan(folder) from error


def connect_to(plan: Plan, read_seconds: float) -> Organizer:
    """Return a new connection to the plan's organizer."""
    whole = max(Timeouts().whole, read_seconds)
    return OrganizerClient(
        plan.organizer.address,
        certificate_pem=plan.organizer.certificate_pem,
        timeouts=Timeouts(read=read_seconds, whole=whole),
    )


def _save_refusal(folder: SessionFolder, error: SaiJianError) -> None:
    problem = Problem(zh=error.sentence("zh"), en=error.sentence("en"))
    update = {"state": "refused", "last_problem": problem}
    save_progress(folder, load_progress(folder).model_copy(update=update))


def _no_plan(folder: SessionFolder) -> PlanError:
    return PlanError(
        Text(
            f"这个文件夹里没有竞赛方案，不知道该上传到哪里：{folder.path}。",
            f"There is no contest plan in {folder.path}, so no organizer to send it to.",
        ),
        Text(
            "请指定竞赛场次的文件夹；单独的录制不需要上传。",
            "Name the folder of a contest session; a plain recording is not uploaded.",
        ),
    )
