"""A contest's session that the organizer has not stored comes back when the computer starts again.

One entry for this user (`base/autostart.py`) opens the window at it. Whoever takes a session up
asks for the entry; who sees the storage receipt takes it back. That is the uploader where no window
is open. A rehearsal and a plain recording ask for nothing.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

from client.base import autostart
from client.base.errors import SaiJianError
from client.base.process import own_command
from client.contest.plan import Plan, read_plan
from client.evidence.layout import SessionFolder
from client.upload.progress import load_progress

log = logging.getLogger(__name__)


def come_back(folder: SessionFolder, plan: Plan) -> None:
    """Open the window at this session after the next log-in; a system that refuses is logged."""
    if plan.rehearsal:
        return
    try:
        if not autostart.ask_for(*_commands(folder)):
            log.warning("too long a path to come back after a reboot")
    except OSError:
        log.warning("cannot come back after a reboot", exc_info=True)


def stay_away(folder: SessionFolder) -> None:
    """Take the entry back if it is this session's; another unfinished session beside it gets it."""
    if _is_rehearsal(folder):
        return  # the shorter command of a contest's session would look like its own
    try:
        if autostart.entry() not in [autostart.line_of(words) for words in _commands(folder)]:
            return
        autostart.take_back()
    except OSError:
        log.warning("cannot take the entry back", exc_info=True)
        return
    for other, plan in _others(folder):
        come_back(other, plan)
        break


def _is_rehearsal(folder: SessionFolder) -> bool:
    with contextlib.suppress(SaiJianError, OSError):  # one that is gone
        return read_plan(folder.plan).plan.rehearsal
    return False


def _commands(folder: SessionFolder) -> tuple[list[str], list[str]]:
    """Return the command, and a shorter one: then the start page offers what is unfinished."""
    named = own_command("window", "--session", str(folder.path.absolute()))
    return named, own_command("window")


def _others(folder: SessionFolder) -> Iterator[tuple[SessionFolder, Plan]]:
    """Yield the contests' sessions beside this one that are not stored, newest first."""
    ours = folder.path.absolute()
    found = [path for path in ours.parent.iterdir() if path.is_dir() and path != ours]
    for path in sorted(found, key=lambda p: p.stat().st_mtime, reverse=True):
        other = SessionFolder(path)
        with contextlib.suppress(SaiJianError, OSError):  # no session, or a damaged one
            plan = read_plan(other.plan).plan
            if not plan.rehearsal and load_progress(other).state != "stored":
                yield other, plan
