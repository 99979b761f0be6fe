"""What is signed about one session, read without its recordings: for lists, not for judges.

`verify` reads everything and finds every fault. This takes milliseconds, stops at the first fault
and believes only signatures: of the opening, the plan that it names, the seal, the organizer's
receipts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.base.bounded import MAX_LINE_BYTES, lines_of
from client.base.clock import SECOND_US
from client.base.errors import EvidenceError, PlanError
from client.base.files import open_file
from client.contest.plan import Paper, Plan, read_plan
from client.contest.receipt import Receipt, StorageReceipt
from client.contest.signed import PublicKey, is_signed_by, sha256
from client.evidence.entries import Close, Opening
from client.evidence.journal import BrokenLine, last_line, parse_line
from client.evidence.layout import SessionFolder
from client.evidence.seal import Seal, load_seal, read_seal

_RECEIPTS: dict[Any, type[Receipt | StorageReceipt]] = {
    "saijian.receipt/1": Receipt,
    "saijian.storage/1": StorageReceipt,
}


class DamagedError(Exception):
    """Something that must be there is missing, unreadable or not as signed; the text names it."""


@dataclass(frozen=True)
class Facts:
    """What is signed; None for what is not there yet."""

    opening: Opening | None
    """None only where nothing was recorded yet."""
    plan: Plan | None
    """None in a plain recording."""
    is_sealed: bool = False
    closed_us: int | None = None
    """When the session ended, UTC; None without the organizer's storage receipt of this seal."""

    @property
    def paper(self) -> Paper | None:
        """Return the paper that was sat, if something was recorded."""
        return _paper(self.plan, self.opening) if self.plan and self.opening else None


def read_facts(folder: SessionFolder) -> Facts:
    """Read what is signed in `folder`; DamagedError or OSError where that is not possible."""
    opening = read_opening(folder)
    if opening is not None and opening.is_plain:
        return Facts(opening, plan=None)
    plan = _plan(folder.plan, opening)
    if opening is None or not _is_closed(folder):
        return Facts(opening, plan)
    seal = _seal(folder.seal, opening)
    return Facts(opening, plan, is_sealed=True, closed_us=_closed_us(folder, plan, opening, seal))


def read_opening(folder: SessionFolder) -> Opening | None:
    """Return the journal's first line, signed by the key that it names; None before it exists.

    DamagedError or OSError where it is not that.
    """
    if not folder.journal.exists() or folder.journal.stat().st_size == 0:
        if folder.tracks() or folder.seal.exists():
            raise DamagedError(folder.journal.name)
        return None
    with open_file(folder.journal) as file:
        raw = file.readline(MAX_LINE_BYTES).removesuffix(b"\n")
    line = parse_line(raw)
    if isinstance(line, BrokenLine) or not isinstance(line.entry, Opening):
        raise DamagedError(folder.journal.name)
    if not is_signed_by(json.loads(raw), PublicKey(line.entry.session_key)):
        raise DamagedError(folder.journal.name)
    return line.entry


def _plan(path: Path, opening: Opening | None) -> Plan:
    """Return the plan that the opening names."""
    if not path.is_file():
        raise DamagedError(path.name)
    try:
        published = read_plan(path)
    except PlanError as error:
        raise DamagedError(path.name) from error
    if opening is None:
        return published.plan
    paper = _paper(published.plan, opening)
    if published.sha256 != opening.plan_sha256 or (opening.paper and paper is None):
        raise DamagedError(path.name)
    return published.plan


def _paper(plan: Plan, opening: Opening) -> Paper | None:
    return next((paper for paper in plan.papers() if paper.id == opening.paper), None)


def _is_closed(folder: SessionFolder) -> bool:
    """Tell whether journal and seal are complete; one that lost its end is not as it was."""
    newest = last_line(folder.journal)
    is_closed = newest is not None and isinstance(newest.entry, Close)
    if folder.seal.exists() and not is_closed:
        raise DamagedError(folder.journal.name)
    return folder.seal.exists()


def _seal(path: Path, opening: Opening) -> Seal:
    try:
        seal = load_seal(path)
        document = json.loads(read_seal(path))
    except (EvidenceError, ValueError) as error:
        raise DamagedError(path.name) from error
    whose = (seal.session, seal.session_key)
    if whose != (opening.session, opening.session_key) or not is_signed_by(
        document, PublicKey(seal.session_key)
    ):
        raise DamagedError(path.name)
    return seal


def _closed_us(folder: SessionFolder, plan: Plan, opening: Opening, seal: Seal) -> int | None:
    """Return when the session ended, by the clocks that can be believed.

    The seal is dated by this computer's clock, which may be wrong. It counts between what came
    before it (start of the paper, last receipt) and the storage receipt after it: these are the
    organizer's word.
    """
    digest = sha256(read_seal(folder.seal))
    receipts = list(_receipts(folder.receipts, plan, opening.session))
    stored = [
        receipt
        for receipt in receipts
        if isinstance(receipt, StorageReceipt)
        and receipt.seal_sha256 == digest
        and seal.is_stored_by(receipt)
    ]
    if not stored:
        return None
    seen = max((r.time_us for r in receipts if isinstance(r, Receipt)), default=0)
    paper = _paper(plan, opening)
    begins = round(paper.starts_at.timestamp() * SECOND_US) if paper else 0
    return sorted((max(seen, begins), seal.utc_us, stored[0].time_us))[1]


def _receipts(path: Path, plan: Plan, session: str) -> Iterator[Receipt | StorageReceipt]:
    """Yield what the plan's organizer signed for this session; anything else is passed over."""
    if not path.exists():
        return
    for raw in lines_of(path):
        receipt = _receipt(raw, plan)
        if receipt is not None and receipt.session == session:
            yield receipt


def _receipt(raw: bytes, plan: Plan) -> Receipt | StorageReceipt | None:
    try:
        document = json.loads(raw)
        receipt = _RECEIPTS[document["kind"]].model_validate(document)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    is_known = receipt.key in plan.organizer.keys
    return receipt if is_known and is_signed_by(document, PublicKey(receipt.key)) else None
