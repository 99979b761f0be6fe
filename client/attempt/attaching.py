"""Taking in what another program recorded (外部录像), naming it, having it sent.

Works for a session that is running, sealed or stored, and for one in which nothing was recorded.
"""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from pathlib import Path

from client.base.errors import BadInputError, SaiJianError
from client.base.text import Text
from client.contest.attachment import Attachment
from client.contest.plan import Plan
from client.evidence.attachments import owed, receipts_of, refusals_of
from client.evidence.copying import Tally
from client.evidence.facts import DamagedError, read_facts
from client.evidence.intake import take_in
from client.evidence.layout import SessionFolder
from client.evidence.retention import sessions_below
from client.recorder.remark import remark
from client.recorder.setup import load_setup
from client.upload.process import load_session_plan
from client.upload.progress import UploadProgress, load_progress
from client.upload.supervisor import ensure_running

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Delivery:
    """How far the foreign recordings of one session are on their way, all together."""

    sent: int
    total: int
    problem: Text | None
    """Why the organizer refuses one."""
    received_us: int | None
    """Since when it has the one that was asked for, by its own clock."""


def attach(folder: SessionFolder, source: Path, note: str, tally: Tally) -> Attachment:
    """Return the attachment that the file `source` became, named in the journal where one grows.

    Raises what `take_in` raises; BadInputError for a folder that is no contest's session.
    """
    attachment = take_in(folder, source, _session_of(folder), note, tally)
    words = f"外部录像 foreign recording {attachment.name} {attachment.bytes} B"
    remark(folder, f"{words} SHA-256 {attachment.sha256}")
    ensure_running(folder, afresh=True)
    return attachment


def delivery_of(folder: SessionFolder, plan: Plan, attachment: Attachment) -> Delivery:
    """Return how far it is; keeps the uploader alive, so call it every second while waiting."""
    ensure_running(folder)
    progress = load_progress(folder)
    receipt = receipts_of(folder, plan.organizer.keys).get(attachment.digest)
    is_ours = receipt is not None and receipt.is_of(attachment)
    return Delivery(
        progress.attached_sent_bytes,
        max(progress.attached_bytes, attachment.bytes),
        _problem(folder, progress, attachment),
        receipt.time_us if receipt is not None and is_ours else None,
    )


def _problem(
    folder: SessionFolder, progress: UploadProgress, attachment: Attachment
) -> Text | None:
    """Return why this one is not taken: for good, or by the uploader that tries it now."""
    refusals = refusals_of(folder)
    mine = refusals.pop(attachment.digest, None)
    told = progress.attached_problem.text if progress.attached_problem else None
    if mine is not None and (mine.is_final or told == Text(mine.zh, mine.en)):
        return Text(mine.zh, mine.en)
    return None if told in [Text(r.zh, r.en) for r in refusals.values()] else told


def send_what_is_owed(root: Path) -> None:
    """Start the uploader of every session below `root` that has a foreign recording to send."""
    for path in sessions_below(root):
        folder = SessionFolder(path)
        with contextlib.suppress(OSError):
            if owed(folder, None):
                log.info("still to be sent: foreign recordings of %s", path.name)
                ensure_running(folder)


def _session_of(folder: SessionFolder) -> str:
    """Return the session's UUID, by its journal or, before there is one, by its setup."""
    load_session_plan(folder)
    try:
        opening = read_facts(folder).opening
        return opening.session if opening is not None else load_setup(folder.setup).session
    except (DamagedError, SaiJianError) as error:
        raise BadInputError(
            Text("这一场的文件有损坏，不能加入录像。", "This session is damaged."),
            Text(
                "请保持原样，把录像另外保存好，并致电组委会。",
                "Leave it as it is, keep the recording elsewhere, and call the organizer.",
            ),
        ) from error
