"""Files of a session that somebody made huge: verify names them, and retention holds them."""

from __future__ import annotations

import pytest

from client.base import bounded
from client.base.clock import SECOND_US
from client.contest.plan import MAX_PLAN_BYTES
from client.evidence.attachments import attachments_of
from client.evidence.chain import MAX_FINDINGS
from client.evidence.findings import Verdict
from client.evidence.retention import Hold, retention_of
from client.evidence.seal import MAX_SEAL_BYTES
from client.evidence.verify import verify
from tests.builders import WALL_BASE

LATER = WALL_BASE + 365 * 24 * 3600 * SECOND_US


def swell(path, size):
    """Make a file longer by a hole, which costs no room."""
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(size)


def judged(built):
    report = verify(built.folder.path, built.organizer_key)
    return report, {f.code: f for f in report.findings}


def test_a_huge_seal_is_no_seal(built):
    swell(built.folder.seal, MAX_SEAL_BYTES + 1)
    report, found = judged(built)
    assert report.verdict is Verdict.TAMPERED
    assert "size" in found["seal_wrong"].text.en
    assert retention_of(built.folder.path, LATER).hold is Hold.DAMAGED


def test_a_huge_plan_is_no_plan(built):
    swell(built.folder.plan, MAX_PLAN_BYTES + 1)
    report, found = judged(built)
    assert report.verdict is Verdict.TAMPERED
    assert "too large" in found["plan_invalid"].text.en
    assert retention_of(built.folder.path, LATER).hold is Hold.DAMAGED


def test_behind_receipts_that_are_right_a_huge_line_is_told_and_takes_none_of_them_away(built):
    path = built.folder.receipts
    before, _ = judged(built)
    swell(path, path.stat().st_size + bounded.MAX_LIST_BYTES)
    report, found = judged(built)
    assert (report.verdict, set(found)) == (Verdict.UNANCHORED, {"receipts_damaged"})
    assert report.receipts == before.receipts
    assert found["receipts_damaged"].line == len(path.read_bytes().split(b"\n"))


def test_rubbish_without_end_does_not_become_findings_without_end(built):
    with built.folder.receipts.open("ab") as file:
        file.write(b"?\n" * 500)
    report, _ = judged(built)
    assert len([f for f in report.findings if f.code == "receipts_damaged"]) == MAX_FINDINGS


@pytest.mark.parametrize("name", ["attachments", "attachment_receipts", "attachment_refusals"])
def test_a_list_too_long_to_be_read_holds_the_session_and_not_the_verdict(built, name):
    assert retention_of(built.folder.path, LATER).hold is Hold.FREE
    swell(getattr(built.folder, name), bounded.MAX_LIST_BYTES + 1)
    found = retention_of(built.folder.path, LATER)
    assert (found.hold, found.damage) == (Hold.DAMAGED, getattr(built.folder, name).name)
    report, _ = judged(built)
    assert report.verdict is Verdict.AUTHENTIC
    assert attachments_of(built.folder) == []
