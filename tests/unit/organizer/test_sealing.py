from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from client.contest.receipt import StorageReceipt
from client.contest.signed import canonical, is_signed_by, sha256, sign
from client.evidence.findings import Verdict
from client.evidence.verify import verify
from client.organizer import sealing
from client.organizer.desk import Desk
from client.organizer.heartbeats import receipt_for
from client.organizer.overview import sessions_of
from client.organizer.problems import Refusal
from client.organizer.sealing import SealDesk
from client.organizer.tables import ReceiptRow, SessionRow
from client.organizer.uploads import Uploads
from client.remote.messages import BundleMeta
from tests.builders import Script, build_session
from tests.unit.organizer.asking import ADDRESS, beat

PIECE = 100_000


class Sent:
    """A real session, and what an uploader would make of it; the test may spoil it on the way."""

    def __init__(self, office, tmp_path, script=None):
        built = build_session(tmp_path, script or Script(), office.key)
        self.office = office
        self.built = built
        self.path = built.folder.path
        self.seal = built.folder.seal.read_bytes()
        self.names = ["journal.jsonl", *json.loads(self.seal)["files"]]
        self.files = {name: (self.path / name).read_bytes() for name in self.names}
        opening = built.lines[0].entry
        self.session = SessionRow(
            id=opening.session,
            ticket="T-1",
            paper="one",
            role="primary",
            code_digest="0" * 64,
            session_key=opening.session_key,
            plan_sha256=office.plans.current().sha256,
            enrolment=json.dumps(opening.enrolment or {}),
            address=ADDRESS,
            enrolled_us=1,
        )
        with office.records.writing() as records:
            records.add(self.session)
        self.folder = office.folder.session(self.session.id)

    def resign(self, **changes):
        """Change the seal and sign it again with the session's key."""
        self.seal = json.dumps(sign({**json.loads(self.seal), **changes}, self.built.session_key))
        self.seal = self.seal.encode()

    def rewrite_journal(self, edit):
        """Let `edit` change the parsed lines, then chain and sign them anew, and seal them."""
        lines = [json.loads(raw) for raw in self.files["journal.jsonl"].splitlines()]
        previous, raws = "0" * 64, []
        for seq, line in enumerate(edit(lines)):
            raw = canonical(sign({**line, "seq": seq, "prev": previous}, self.built.session_key))
            previous = sha256(raw)
            raws.append(raw + b"\n")
        journal = b"".join(raws)
        self.files["journal.jsonl"] = journal
        head = {"seq": len(raws) - 1, "sha256": previous}
        self.resign(head=head, journal_bytes=len(journal))

    def upload(self, skip=()):
        uploads = Uploads(self.office)
        for name, data in self.files.items():
            for start in range(0, len(data), PIECE):
                piece = data[start : start + PIECE]
                if (name, start) in skip:
                    continue
                digest = hashlib.sha256(piece)
                meta = BundleMeta(
                    name=name, offset=start, length=len(piece), sha256=digest.hexdigest()
                )
                row = uploads.announce(self.session, meta)
                if not row.complete:
                    uploads.write(self.session, row.id, 0, piece, digest.digest())
        return self

    def countersign(self):
        desk = Desk()
        try:
            return SealDesk(self.office, desk).submit(self.session, self.seal, ADDRESS).result(60)
        finally:
            desk.close()

    def refused(self, code):
        with pytest.raises(Refusal) as refusal:
            self.countersign()
        assert refusal.value.code == code
        assert sessions_of(self.office.folder)[0].sealed_us is None
        assert not (self.folder / "seal.json").exists()
        return refusal.value.text.en


@pytest.fixture
def sent(office, tmp_path):
    return Sent(office, tmp_path / "built")


def test_a_whole_session_is_countersigned_with_the_digests_of_its_files(sent):
    receipt = StorageReceipt.model_validate(document := sent.upload().countersign())
    assert is_signed_by(document, sent.office.public_key)
    assert receipt.seal_sha256 == sha256(sent.seal)
    assert {n: (f.bytes, f.sha256) for n, f in receipt.files.items()} == {
        n: (len(d), sha256(d)) for n, d in sent.files.items()
    }
    for name, data in {**sent.files, "seal.json": sent.seal}.items():
        assert (sent.folder / name).read_bytes() == data


def test_a_session_with_a_crash_a_torn_line_and_a_tail_is_countersigned(office, tmp_path):
    script = Script(crash=(6.5, 8.5), torn_line=True)
    sent = Sent(office, tmp_path / "built", script).upload()
    assert b'"kind":"tail"' in sent.files["journal.jsonl"]
    sent.countersign()


def test_receipts_that_found_no_room_are_written_when_it_is_asked_for_again(sent, monkeypatch):
    sent.upload()
    write = sealing.write_atomically

    def full(path, data):
        if path.name == "receipts.jsonl":
            raise OSError(28, "No space left on device")
        write(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "write_atomically", full)
        with pytest.raises(OSError, match="No space"):
            sent.countersign()
    document = sent.countersign()
    lines = (sent.folder / "receipts.jsonl").read_bytes().splitlines()
    assert json.loads(lines[-1]) == document


def test_asking_again_gives_the_same_receipt(sent, clock):
    first = sent.upload().countersign()
    clock.forward(3600)
    assert sent.countersign() == first


def test_another_seal_after_the_first_is_refused(sent):
    sent.upload().countersign()
    sent.resign(utc_us=7)
    with pytest.raises(Refusal) as refusal:
        sent.countersign()
    assert refusal.value.code == "sealed"


def test_after_the_seal_nothing_more_is_taken(sent):
    sent.upload().countersign()
    meta = BundleMeta(name="screen-02.mp4", offset=0, length=1, sha256="0" * 64)
    with pytest.raises(Refusal) as refusal:
        Uploads(sent.office).announce(sent.session, meta)
    assert refusal.value.code == "sealed"


def test_what_is_missing_is_listed_with_file_and_range(sent):
    sent.upload(skip={("screen-01.mp4", PIECE), ("journal.jsonl", 0)})
    said = sent.refused("incomplete")
    journal = len(sent.files["journal.jsonl"])
    assert f"journal.jsonl [0, {journal})" in said
    assert f"screen-01.mp4 [{PIECE}, {2 * PIECE})" in said
    assert "contest-01.mp4" not in said
    sent.upload()
    sent.countersign()


def test_of_many_missing_ranges_a_few_are_named(office, tmp_path):
    sent = Sent(office, tmp_path / "built")
    sent.resign(files={f"screen-{n:02d}.mp4": 5 for n in range(1, 40)})
    said = sent.refused("incomplete")
    assert said.count("[0, ") == 12
    assert "+28" in said


def flip(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize("name", ["screen-01.mp4", "identity-01.mp4", "contest-01.mp4"])
@pytest.mark.parametrize("where", [0.0, 0.5, 0.999999])
def test_one_changed_bit_in_a_track_is_named(sent, name, where):
    data = sent.files[name]
    at = int(len(data) * where)
    sent.files[name] = flip(data, at)
    said = sent.upload().refused("mismatch")
    found, start, end = re.search(r"(\S+): bytes (\d+) to (\d+)", said).groups()
    start, end = int(start), int(end)
    assert found == name
    assert start <= at < end


def test_one_changed_bit_in_the_journal_is_named(sent):
    data = sent.files["journal.jsonl"]
    at = data.index(b'"kind":"media"') + 60
    line = data[:at].count(b"\n")
    sent.files["journal.jsonl"] = flip(data, at)
    said = sent.upload().refused("mismatch")
    assert re.search(rf"[Jj]ournal line {line + 1}\b", said)


def drop(lines):
    return [line for number, line in enumerate(lines) if number != 7]


def swap(lines):
    return [*lines[:7], lines[8], lines[7], *lines[9:]]


@pytest.mark.parametrize(
    ("edit", "reason"), [(drop, "before journal line 8"), (swap, "before journal line 8")]
)
def test_lines_dropped_or_swapped_without_the_key_break_the_chain(sent, edit, reason):
    lines = edit(sent.files["journal.jsonl"].splitlines(keepends=True))
    sent.files["journal.jsonl"] = b"".join(lines)
    sent.resign(journal_bytes=len(sent.files["journal.jsonl"]))
    assert "missing before journal line 8" in sent.upload().refused("mismatch")


def without_receipts(lines):
    return [line for line in lines if line["kind"] != "receipt"]


def test_a_journal_rewritten_with_the_key_contradicts_the_receipts_given(sent):
    head = sent.built.lines[-3].head
    request = beat(head.seq).model_copy(update={"head": head})
    receipt_for(sent.office, sent.session, request, ADDRESS)
    sent.rewrite_journal(without_receipts)
    assert "receipted" in sent.upload().refused("mismatch")


def test_a_line_changed_with_the_key_contradicts_its_receipt(sent):
    head = sent.built.lines[9].head
    request = beat(head.seq).model_copy(update={"head": head})
    receipt_for(sent.office, sent.session, request, ADDRESS)

    def earlier(lines):
        lines[9]["utc_us"] -= 3_600_000_000
        return lines

    sent.rewrite_journal(earlier)
    assert "line 10 is not the one that was receipted" in sent.upload().refused("mismatch")


def test_the_same_rewriting_passes_where_no_receipt_was_given(sent):
    sent.rewrite_journal(without_receipts)
    sent.upload().countersign()
    assert sessions_of(sent.office.folder)[0].sealed_us
    assert (sent.folder / "seal.json").exists()


def test_lines_cut_off_behind_a_receipted_one_are_missed(sent):
    later = sent.built.lines[-1].head
    request = beat(later.seq + 3).model_copy()
    receipt_for(sent.office, sent.session, request, ADDRESS)
    said = sent.upload().refused("mismatch")
    assert f"line {later.seq + 4} was receipted" in said


@pytest.mark.parametrize(
    ("kind", "change", "reason"),
    [
        ("opening", {"enrolment": {"kind": "saijian.enrolment/1"}}, "another enrolment"),
        ("opening", {"session": "3f2b8c1e-5a77-4d0e-9a3b-00000000000f"}, "session"),
        ("receipt", {"receipt": {"session": "x"}}, "not ours"),
        ("media", {"ranges": {}}, "do not join"),
        ("close", {"files": {}}, "disagree"),
    ],
)
def test_a_journal_that_says_something_else_is_refused(sent, kind, change, reason):
    def edit(lines):
        first = next(line for line in lines if line["kind"] == kind)
        first.update(change)
        return lines

    sent.rewrite_journal(edit)
    assert reason in sent.upload().refused("mismatch")


def test_media_that_the_seal_names_and_no_line_covers_is_refused(sent):
    name = "screen-01.mp4"
    sent.files[name] += b"appended"
    files = {n: len(d) for n, d in sent.files.items() if n != "journal.jsonl"}

    def edit(lines):
        lines[-1]["files"] = files
        return lines

    sent.rewrite_journal(edit)
    sent.resign(files=files)
    assert "screen-01.mp4" in sent.upload().refused("mismatch")


def test_a_file_that_the_seal_does_not_name_is_refused(sent):
    sent.files["screen-02.mp4"] = b"what is this"
    assert "screen-02.mp4" in sent.upload().refused("mismatch")


def test_a_seal_of_another_key_session_or_form_is_refused(sent, office):
    sent.upload()
    good = json.loads(sent.seal)
    forged = sign(good, office.key)
    wrong_session = sign({**good, "session": "0" * 8 + good["session"][8:]}, sent.built.session_key)
    unsigned = {**good, "files": {**good["files"], "screen-07.mp4": 0}}
    for seal, code in (
        (forged, "mismatch"),
        (wrong_session, "mismatch"),
        (unsigned, "mismatch"),
        ({}, "bad_request"),
    ):
        sent.seal = json.dumps(seal).encode()
        sent.refused(code)
    assert not (sent.folder / "screen-07.mp4").exists()


def change_a_bit(path):
    path.write_bytes(flip(path.read_bytes(), 1000))


def lose_the_end(path):
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("lose", [change_a_bit, lose_the_end, Path.unlink])
@pytest.mark.parametrize("name", ["contest-01.mp4", "journal.jsonl"])
def test_what_is_not_on_the_disk_as_it_came_is_asked_for_again(sent, caplog, name, lose):
    """A disk that failed, or a backup that is older than the records."""
    sent.upload()
    lose(sent.folder / name)
    said = sent.refused("incomplete")
    assert re.findall(r"([a-z0-9.-]+) \[", said)[0] == name
    assert name in caplog.text
    sent.upload().countersign()
    assert (sent.folder / name).read_bytes() == sent.files[name]


def test_the_organizer_s_copy_holds_all_it_signed(sent):
    receipt_for(
        sent.office,
        sent.session,
        beat(0).model_copy(update={"head": sent.built.lines[0].head}),
        ADDRESS,
    )
    document = sent.upload().countersign()
    lines = (sent.folder / "receipts.jsonl").read_text(encoding="utf-8").splitlines()
    signed = [json.loads(line) for line in lines]
    assert [d["kind"] for d in signed] == [
        "saijian.enrolment/1",
        "saijian.receipt/1",
        "saijian.storage/1",
    ]
    assert all(is_signed_by(d, sent.office.public_key) for d in signed)
    assert signed[-1] == document
    with sent.office.records.reading() as records:
        assert json.loads(records.get(ReceiptRow, 1).document) == signed[1]


def test_the_organizer_s_copy_is_a_session_that_verifies_by_itself(sent):
    sent.upload().countersign()
    (sent.folder / "plan.json").write_bytes(sent.built.folder.plan.read_bytes())
    report = verify(sent.folder, sent.office.public_key)
    assert [f.code for f in report.findings if f.verdict > Verdict.AUTHENTIC] == []
    assert report.verdict is Verdict.AUTHENTIC


def test_a_file_of_no_bytes_needs_no_upload(sent):
    def edit(lines):
        part = next(line for line in lines if line["kind"] == "part")
        lines[-1]["files"]["screen-02.mp4"] = 0
        return [*lines[:-1], {**part, "file": "screen-02.mp4"}, lines[-1]]

    sent.rewrite_journal(edit)
    sent.resign(files={**json.loads(sent.seal)["files"], "screen-02.mp4": 0})
    receipt = StorageReceipt.model_validate(sent.upload().countersign())
    assert receipt.files["screen-02.mp4"].bytes == 0
    assert (sent.folder / "screen-02.mp4").read_bytes() == b""
