"""What who holds the session's key and the whole folder can sign: `verify` believes no more of it.

The organizer is honest: it answers every heartbeat, and stores what was sealed.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys

import pytest

from client.contest.receipt import JournalHead
from client.contest.signed import canonical, sha256, sign
from client.evidence.facts import DamagedError, read_facts
from client.evidence.findings import Verdict
from client.evidence.journal import GENESIS
from client.evidence.seal import Seal, write_seal
from client.evidence.verify import verify
from tests.builders import MONO_BASE, WALL_BASE
from tests.documents import receipt_document, storage_document
from tests.films import SECOND

TWO_HOURS = (4, 7204)


@pytest.fixture
def forged(session):
    """Build a session and sign it again after `change` was done to its journal's documents."""

    def make(change, **fields):
        built = session(**fields)
        raw = built.folder.journal.read_bytes().splitlines()
        sign_again(built, change([json.loads(line) for line in raw]))
        return verify(built.folder.path, built.organizer_key)

    return make


def sign_again(built, documents, *, is_sealed=True):
    """Chain, sign, seal; a receipt is for the line before it, or for the one at its `of`."""
    heads, lines, receipts = [GENESIS], [], []
    for seq, document in enumerate(documents):
        if document["kind"] == "receipt":
            of = document.pop("of", seq - 1)
            head = JournalHead(seq=of, sha256=heads[of + 1])
            receipt = receipt_document(built.organizer, head, document["receipt"]["time_us"])
            document["receipt"] = receipt
            receipts.append(receipt)
        line = canonical(sign({**document, "seq": seq, "prev": heads[-1]}, built.session_key))
        heads.append(sha256(line))
        lines.append(line)
    built.folder.journal.write_bytes(b"".join(line + b"\n" for line in lines))
    if not is_sealed:
        return
    opening, close = documents[0], documents[-1]
    seal = Seal(
        session=opening["session"],
        session_key=opening["session_key"],
        head=JournalHead(seq=len(lines) - 1, sha256=heads[-1]),
        journal_bytes=built.folder.journal.stat().st_size,
        files=close["files"],
        utc_us=close["utc_us"],
        signature="AAAA",
    )
    built.folder.seal.unlink()
    write_seal(built.folder.seal, seal, built.session_key)
    receipts.append(storage_document(built.organizer, built.folder.path, close["utc_us"]))
    built.folder.receipts.write_bytes(b"".join(canonical(r) + b"\n" for r in receipts))


def at(second):
    return MONO_BASE + round(second * SECOND)


def second_of(document):
    return (document["mono_us"] - MONO_BASE) / SECOND


def moved(document, second):
    return {**document, "mono_us": at(second), "utc_us": WALL_BASE + round(second * SECOND)}


def codes(report):
    return {finding.code for finding in report.findings}


def test_signing_again_changes_nothing(forged):
    report = forged(lambda documents: documents)
    assert (report.verdict, report.findings) == (Verdict.AUTHENTIC, ())


def test_a_hand_in_that_is_marked_after_the_recording_ended_is_none(forged):
    def end_early(documents):
        (ended,) = (d for d in documents if d.get("name") == "ended")
        (begins,) = (i for i, d in enumerate(documents) if d.get("name") == "contest")
        rest = [d for d in documents if d is not ended]
        rest.insert(begins + 1, moved(ended, second_of(rest[begins]) + 0.1))
        rest.insert(-1, {**moved(ended, 12), "name": "handed_in", "by": "contestant"})
        return rest

    report = forged(end_early, hours=(4, 7204))
    assert (report.verdict, codes(report)) == (Verdict.INCOMPLETE, {"ended_early"})


def test_a_clock_that_runs_slowly_all_the_time_is_found(forged):
    """Each heartbeat alone is within what clocks may differ; two thirds of the time are missing."""

    def slow(documents):
        receipts = [d["receipt"] for d in documents if d["kind"] == "receipt"]
        for number, receipt in enumerate(receipts):
            receipt["time_us"] += number * 4 * SECOND
        return documents

    report = forged(slow)
    assert (report.verdict, codes(report)) == (Verdict.UNANCHORED, {"clock_disagrees"})


def test_receipts_that_stand_in_lines_of_much_later_prove_no_time(forged):
    """Nothing was recorded from 10 to 35; its lines were made then, with receipts kept so long."""

    def backdate(documents):
        head = max(i for i, d in enumerate(documents) if second_of(d) <= 10 and "name" not in d)
        for document in documents:
            if document["kind"] == "receipt" and 10.5 < second_of(document) < 36:
                document["of"] = head
        return documents

    report = forged(backdate, seconds=46)
    assert (report.verdict, codes(report)) == (Verdict.UNANCHORED, {"unanchored"})
    (stretch,) = report.unanchored
    assert stretch.seconds == pytest.approx((10, 34.1), abs=0.3)


def late(documents):
    """Let the media of 10 to 35 be signed at 36; heartbeats go on with nothing new to tell."""
    media = [d for d in documents if d["kind"] == "media"]
    held = [d for d in media if 10 < second_of(d) < 36]
    rest = [d for d in documents if d not in held]
    after = next(i for i, d in enumerate(rest) if second_of(d) >= 36)
    return [*rest[:after], *(moved(d, 35.9) for d in held), *rest[after:]]


def test_media_signed_long_after_it_was_recorded_is_not_vouched_for(forged):
    report = forged(late, seconds=46)
    assert (report.verdict, codes(report)) == (Verdict.UNANCHORED, {"unanchored"})
    (stretch,) = report.unanchored
    assert stretch.seconds == pytest.approx((10, 26), abs=0.3)


def test_backdating_the_line_that_signs_it_helps_nobody(forged):
    def backdate(documents):
        lines = late(documents)
        for document in lines:
            if document["kind"] == "media" and second_of(document) == pytest.approx(35.9):
                moment = min(r["us"][1] for r in document["ranges"].values())
                document["mono_us"] = moment
        return lines

    report = forged(backdate, seconds=46)
    assert codes(report) == {"unanchored"}


def test_media_of_a_time_to_come_is_not_vouched_for(forged):
    def ahead(documents):
        media = [d for d in documents if d["kind"] == "media"]
        early = [d for d in media if 10 < second_of(d) < 36]
        rest = [d for d in documents if d not in early]
        after = next(i for i, d in enumerate(rest) if second_of(d) > 10)
        return [*rest[:after], *(moved(d, 10) for d in early), *rest[after:]]

    report = forged(ahead, seconds=46)
    assert codes(report) == {"unanchored"}


def test_a_recorder_that_was_dead_for_long_is_not_said_to_have_signed_late(forged):
    """The last receipt before it died, and what it recorded then, stand in lines of later."""

    def come_back(documents):
        back = next(i for i, d in enumerate(documents) if d["kind"] == "restart")
        last = next(i for i in reversed(range(back)) if documents[i]["kind"] == "receipt")
        dying = [d for d in documents[last:back] if d["kind"] in ("receipt", "media")]
        dying[0]["of"] = last - 1
        alive = [d for d in documents if d not in dying]
        back = alive.index(documents[back])
        return [*alive[: back + 1], *(moved(d, 44) for d in dying), *alive[back + 1 :]]

    report = forged(come_back, seconds=60, crash=(12, 44))
    assert (report.verdict, codes(report)) == (Verdict.INCOMPLETE, {"uncovered"})


def test_samples_that_lie_in_bytes_signed_for_another_moment_are_found(session):
    """The lines claim each second as it passes, of no bytes; the bytes come at the end."""
    built = session(seconds=46)
    documents = [json.loads(raw) for raw in built.folder.journal.read_bytes().splitlines()]
    held = {}
    for document in documents:
        for name, ranged in document.get("ranges", {}).items():
            if 10 < second_of(document) < 36:
                held.setdefault(name, ranged["bytes"][0])
                ranged["bytes"] = [held[name]] * 2
            else:
                ranged["bytes"][0] = held.pop(name, ranged["bytes"][0])
            start, end = ranged["bytes"]
            data = (built.folder.path / name).read_bytes()[start:end]
            ranged |= {"sha256": sha256(data), "keys": []}
    sign_again(built, documents)
    report = verify(built.folder.path, built.organizer_key)
    assert (report.verdict, codes(report)) == (Verdict.TAMPERED, {"media_time"})
    screen = next(f for f in report.findings if f.file == "screen-01.mp4")
    assert screen.seconds == pytest.approx((10, 33), abs=1.1)


def test_a_file_whose_number_is_not_written_in_ascii_ends_no_verification(session):
    """Rust's `\\d`, by which the journal is read, takes the digits of every script."""
    built = session()
    raw = built.folder.journal.read_bytes().replace(
        b"screen-01.mp4", "screen-\u0660\u0661.mp4".encode()
    )
    sign_again(built, [json.loads(line) for line in raw.splitlines()], is_sealed=False)
    report = verify(built.folder.path, built.organizer_key)
    assert report.verdict is Verdict.TAMPERED
    assert "line_broken" in codes(report)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
@pytest.mark.parametrize("name", ["receipts.jsonl", "attachments.jsonl", "seal.json"])
def test_a_named_pipe_keeps_nobody_waiting(built, name):
    (built.folder.path / name).unlink(missing_ok=True)
    os.mkfifo(built.folder.path / name)
    assert verify(built.folder.path, built.organizer_key).verdict < Verdict.TAMPERED
    with contextlib.suppress(DamagedError):
        read_facts(built.folder)
