"""Everything that can be done to a session folder: `verify` says what and where."""

from __future__ import annotations

import hashlib
import json
import shutil
import string
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from client.contest.receipt import StorageReceipt, StoredFile
from client.contest.signed import canonical, public_key, sha256, sign
from client.evidence.anchors import check_storage
from client.evidence.findings import Verdict
from client.evidence.journal import GENESIS
from client.evidence.layout import JOURNAL
from client.evidence.verify import read_stored, verify
from tests.builders import Script, build_session
from tests.documents import OTHER_SESSION, plan_document, storage_document

TRACKS = ["screen-01.mp4", "identity-01.mp4", "contest-01.mp4"]


def report_of(built, **more):
    return verify(built.folder.path, built.organizer_key, **more)


def finding(report, code):
    found = [f for f in report.findings if f.code == code]
    assert found, [f.code for f in report.findings]
    return found[0]


def flip(path, at, bit=0x10):
    data = bytearray(path.read_bytes())
    data[at] ^= bit
    path.write_bytes(data)


def journal_lines(built):
    return built.folder.journal.read_bytes().splitlines(keepends=True)


def write_lines(built, lines):
    built.folder.journal.write_bytes(b"".join(lines))


def codes(report):
    return {f.code for f in report.findings}


def test_an_untouched_session_is_authentic_and_has_nothing_to_say(pristine):
    report = report_of(pristine, decode=True)
    assert (report.verdict, report.findings) == (Verdict.AUTHENTIC, ())
    assert report.trust == "organizer key given"
    assert [t.name for t in report.tracks] == TRACKS
    for track in report.tracks:
        data = (pristine.folder.path / track.name).read_bytes()
        assert (track.bytes, track.sha256) == (len(data), sha256(data))
    assert [t.seconds for t in report.tracks] == pytest.approx([12, 4, 8], abs=0.2)
    assert report.receipts == 6
    assert report.client_address == "203.0.113.7"


def test_without_the_judges_key_the_trust_is_named(pristine):
    report = verify(pristine.folder.path)
    assert (report.verdict, report.trust) == (Verdict.AUTHENTIC, "self-consistent only")


@pytest.mark.parametrize("name", TRACKS)
@pytest.mark.parametrize("where", [0.0, 0.001, 0.3, 0.5, 0.77, 0.9999])
def test_one_bit_of_a_track_is_named_with_its_range_and_seconds(built, name, where):
    path = built.folder.path / name
    at = int(where * path.stat().st_size)
    flip(path, at)
    report = report_of(built)
    assert report.verdict is Verdict.TAMPERED
    found = finding(report, "range_changed")
    assert found.file == name
    assert found.bytes[0] <= at < found.bytes[1]
    assert found.bytes[1] - found.bytes[0] < path.stat().st_size
    assert found.seconds[1] - found.seconds[0] == pytest.approx(2, abs=0.3)
    assert [f.code for f in report.findings].count("range_changed") == 1


@pytest.mark.parametrize("name", TRACKS)
def test_a_cut_tail_is_named_by_its_bytes(built, name):
    path = built.folder.path / name
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[: size - 5000])
    found = finding(report_of(built), "file_short")
    assert (found.file, found.bytes, found.verdict) == (name, (size - 5000, size), Verdict.TAMPERED)


@pytest.mark.parametrize("name", TRACKS)
def test_appended_bytes_are_named(built, name):
    path = built.folder.path / name
    size = path.stat().st_size
    path.write_bytes(path.read_bytes() + b"more")
    found = finding(report_of(built), "file_long")
    assert (found.file, found.bytes, found.verdict) == (name, (size, size + 4), Verdict.TAMPERED)


@pytest.mark.parametrize("name", TRACKS)
def test_a_deleted_track_is_named(built, name):
    (built.folder.path / name).unlink()
    found = finding(report_of(built), "file_missing")
    assert (found.file, found.verdict) == (name, Verdict.TAMPERED)


def test_a_track_that_nobody_journalled_is_named(built):
    shutil.copy(built.folder.path / TRACKS[0], built.folder.path / "screen-07.mp4")
    found = finding(report_of(built), "file_unknown")
    assert (found.file, found.verdict) == ("screen-07.mp4", Verdict.TAMPERED)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_that_leads_nowhere_ends_no_verification(built):
    (built.folder.path / "screen-02.mp4").symlink_to("nowhere")
    report = verify(built.folder.path, built.organizer_key, progress=lambda *_: None)
    assert finding(report, "file_unknown").verdict is Verdict.TAMPERED


def test_an_empty_track_that_a_kill_left_says_nothing(built):
    before = report_of(built)
    (built.folder.path / "screen-07.mp4").touch()
    assert report_of(built) == before


def test_an_empty_journalled_track_need_not_be_stored(built):
    stored = read_stored(built.folder.path, lambda _: None)
    files = dict(stored.hashed.files)
    document = json.loads(receipts(built)[-1])
    receipt = StorageReceipt.model_validate(document)
    empty = StoredFile(bytes=0, sha256=hashlib.sha256().hexdigest())
    with_empty = files | {"contest-02.mp4": empty}
    assert not list(check_storage([receipt], stored.seal, stored.seal_sha256, with_empty))
    with_more = files | {"contest-02.mp4": empty.model_copy(update={"bytes": 1})}
    (wrong,) = check_storage([receipt], stored.seal, stored.seal_sha256, with_more)
    assert "contest-02.mp4" in wrong.text.en


def test_two_tracks_changed_round_are_both_named(built):
    first, second = (built.folder.path / name for name in TRACKS[1:])
    first_bytes = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(first_bytes)
    files = {f.file for f in report_of(built).findings if f.verdict is Verdict.TAMPERED}
    assert set(TRACKS[1:]) <= files


LINES = [1, 9, 14, -2]


@pytest.mark.parametrize("index", LINES)
def test_a_dropped_line_is_named(built, index):
    lines = journal_lines(built)
    number = index % len(lines) + 1
    del lines[index]
    write_lines(built, lines)
    found = finding(report_of(built), "line_missing")
    assert (found.file, found.line, found.verdict) == (JOURNAL, number, Verdict.TAMPERED)


def test_a_dropped_first_line_leaves_no_opening(built):
    write_lines(built, journal_lines(built)[1:])
    report = report_of(built)
    assert report.verdict is Verdict.TAMPERED
    assert finding(report, "opening_missing").line == 1


def test_a_dropped_close_contradicts_the_seal(built):
    write_lines(built, journal_lines(built)[:-1])
    report = report_of(built)
    assert report.verdict is Verdict.TAMPERED
    assert "head" in finding(report, "seal_wrong").text.en


@pytest.mark.parametrize("index", [3, 9, -3])
def test_swapped_lines_are_named(built, index):
    lines = journal_lines(built)
    lines[index], lines[index + 1] = lines[index + 1], lines[index]
    write_lines(built, lines)
    report = report_of(built)
    number = index % len(lines) + 1
    assert finding(report, "line_missing").line == number
    assert finding(report, "line_order").line == number + 1
    assert report.verdict is Verdict.TAMPERED


@pytest.mark.parametrize("index", LINES)
def test_a_duplicated_line_is_named(built, index):
    lines = journal_lines(built)
    number = index % len(lines) + 1
    lines.insert(number, lines[index])
    write_lines(built, lines)
    found = finding(report_of(built), "line_order")
    assert (found.line, found.verdict) == (number + 1, Verdict.TAMPERED)


def edited(raw, key=None, **changes):
    document = {**json.loads(raw), **changes}
    return canonical(sign(document, key) if key else document) + b"\n"


@pytest.mark.parametrize("index", [0, 1, 4, 12, -1])
def test_an_edited_line_is_named_by_its_signature(built, index):
    lines = journal_lines(built)
    number = index % len(lines) + 1
    lines[index] = edited(lines[index], utc_us=1)
    write_lines(built, lines)
    report = report_of(built)
    assert finding(report, "line_signature").line == number
    assert report.verdict is Verdict.TAMPERED


@pytest.mark.parametrize(
    "change", [{"offset_us": 0}, {"camera_told_by": "device"}, {"microphone": "another"}]
)
def test_a_made_up_offset_of_picture_and_sound_is_named(built, change):
    lines = journal_lines(built)
    index = next(i for i, raw in enumerate(lines) if json.loads(raw)["kind"] == "pair")
    lines[index] = edited(lines[index], **change)
    write_lines(built, lines)
    report = report_of(built)
    assert finding(report, "line_signature").line == index + 1
    assert report.verdict is Verdict.TAMPERED


def test_a_line_edited_and_signed_again_breaks_the_chain_behind_it(built):
    lines = journal_lines(built)
    lines[9] = edited(lines[9], built.session_key, utc_us=1)
    write_lines(built, lines)
    report = report_of(built)
    assert finding(report, "line_unchained").line == 11
    assert report.verdict is Verdict.TAMPERED


def test_a_damaged_line_is_named(built):
    lines = journal_lines(built)
    lines[9] = lines[9][:40] + b"#" + lines[9][41:]
    write_lines(built, lines)
    found = finding(report_of(built), "line_broken")
    assert (found.line, found.verdict) == (10, Verdict.TAMPERED)


@pytest.mark.parametrize(
    "rubbish",
    [b"\n", b"x\n", b"{}\n", b'{"a":\n', pytest.param(b"{" * 3_000_000 + b"\n", id="huge")],
)
def test_an_inserted_line_is_named_by_line_or_seal(built, rubbish):
    lines = journal_lines(built)
    lines.insert(9, rubbish)
    write_lines(built, lines)
    report = report_of(built)
    assert report.verdict is Verdict.TAMPERED
    assert {"line_broken", "seal_wrong"} & codes(report)


def resign(built, session_key, enrol_with=None):
    """Sign the whole journal and the seal anew with `session_key`, as a forger would."""
    prev = GENESIS
    lines = []
    for raw in journal_lines(built):
        document = json.loads(raw)
        if document["kind"] == "opening":
            document["session_key"] = public_key(session_key)
            if enrol_with:
                enrolment = {**document["enrolment"], "session_key": public_key(session_key)}
                document["enrolment"] = sign(enrolment, enrol_with)
        if document["kind"] == "receipt":
            continue
        document |= {"seq": len(lines), "prev": prev}
        line = canonical(sign(document, session_key))
        prev = sha256(line)
        lines.append(line + b"\n")
    write_lines(built, lines)
    seal = json.loads(built.folder.seal.read_bytes())
    seal["session_key"] = public_key(session_key)
    seal["head"] = {"seq": len(lines) - 1, "sha256": prev}
    seal["journal_bytes"] = built.folder.journal.stat().st_size
    built.folder.seal.write_text(json.dumps(sign(seal, session_key), indent=1))


def test_everything_signed_again_with_another_key_is_not_what_was_enrolled(built):
    resign(built, Ed25519PrivateKey.generate())
    report = report_of(built)
    assert report.verdict is Verdict.TAMPERED
    assert "session_key" in finding(report, "enrolment_wrong").text.en
    assert not {"line_signature", "line_unchained", "seal_wrong"} & codes(report)


def test_a_forged_enrolment_is_not_the_organizers(built):
    resign(built, Ed25519PrivateKey.generate(), enrol_with=Ed25519PrivateKey.generate())
    report = report_of(built)
    assert report.verdict is Verdict.TAMPERED
    assert "signature" in finding(report, "enrolment_wrong").text.en


def test_the_true_key_signing_a_shorter_story_contradicts_receipts_and_storage(built):
    resign(built, built.session_key)
    report = report_of(built)
    assert report.verdict is Verdict.TAMPERED
    assert finding(report, "receipt_wrong").file == "receipts.jsonl"
    assert "head" in finding(report, "storage_wrong").text.en


def test_another_organizers_key_vouches_for_nothing(built):
    report = verify(built.folder.path, public_key(Ed25519PrivateKey.generate()))
    assert report.verdict is Verdict.TAMPERED
    assert finding(report, "other_organizer").file == "plan.json"
    assert "organizer key" in finding(report, "enrolment_wrong").text.en
    assert "organizer key" in finding(report, "storage_wrong").text.en


def test_a_whole_session_forged_with_a_self_made_organizer_fails_the_judges_key(tmp_path, pristine):
    forged = build_session(tmp_path)
    assert verify(forged.folder.path).trust == "self-consistent only"
    report = verify(forged.folder.path, pristine.organizer_key)
    assert report.verdict is Verdict.TAMPERED
    assert {"other_organizer", "enrolment_wrong"} <= codes(report)


def test_without_storage_receipt_it_is_unanchored(session):
    report = report_of(session(store=False))
    assert (report.verdict, codes(report)) == (Verdict.UNANCHORED, {"no_storage_receipt"})


def receipts(built):
    return built.folder.receipts.read_bytes().splitlines(keepends=True)


def test_without_receipts_file_it_is_unanchored(built):
    built.folder.receipts.unlink()
    report = report_of(built)
    assert report.verdict is Verdict.UNANCHORED
    assert finding(report, "no_storage_receipt").file == "receipts.jsonl"


@pytest.mark.parametrize(
    ("script", "wrong"),
    [(Script(session=OTHER_SESSION), "session"), (Script(seconds=10), "seal")],
    ids=["another session", "another take of the same session"],
)
def test_the_storage_receipt_of_another_session_is_refused(built, tmp_path, script, wrong):
    other = build_session(tmp_path / "other", script, built.organizer)
    built.folder.receipts.write_bytes(b"".join(receipts(built)[:-1] + receipts(other)[-1:]))
    report = report_of(built)
    assert report.verdict is Verdict.TAMPERED
    assert wrong in finding(report, "storage_wrong").text.en


def test_a_storage_receipt_with_another_digest_names_the_file(built):
    path = built.folder.path / TRACKS[0]
    whole = path.read_bytes()
    flip(path, 1000)
    at = 1_795_311_000_000_000
    document = storage_document(built.organizer, built.folder.path, at)
    path.write_bytes(whole)
    built.folder.receipts.write_bytes(b"".join(receipts(built)[:-1]) + canonical(document) + b"\n")
    report = report_of(built)
    assert report.verdict is Verdict.TAMPERED
    assert TRACKS[0] in finding(report, "storage_wrong").text.en


def test_another_sessions_enrolment_in_the_opening_is_refused(built, tmp_path):
    other = build_session(tmp_path / "other", Script(session=OTHER_SESSION), built.organizer)
    lines = journal_lines(built)
    theirs = json.loads(journal_lines(other)[0])["enrolment"]
    lines[0] = edited(lines[0], built.session_key, enrolment=theirs)
    write_lines(built, lines)
    report = report_of(built)
    assert report.verdict is Verdict.TAMPERED
    assert "session" in finding(report, "enrolment_wrong").text.en


def test_a_forged_receipt_is_refused(built):
    forged = sign(json.loads(receipts(built)[0]), Ed25519PrivateKey.generate())
    built.folder.receipts.write_bytes(canonical(forged) + b"\n" + b"".join(receipts(built)))
    found = finding(report_of(built), "receipt_wrong")
    assert (found.file, found.line, found.verdict) == ("receipts.jsonl", 1, Verdict.TAMPERED)


def test_a_replaced_plan_is_not_the_enrolled_one(built):
    other = canonical(plan_document(built.organizer, revision=2))
    built.folder.plan.write_bytes(other)
    found = finding(report_of(built), "plan_changed")
    assert (found.file, found.verdict) == ("plan.json", Verdict.TAMPERED)


def test_an_edited_plan_is_invalid(built):
    built.folder.plan.write_bytes(
        built.folder.plan.read_bytes().replace(b'"revision":1', b'"revision":2')
    )
    assert finding(report_of(built), "plan_invalid").verdict is Verdict.TAMPERED


def test_a_missing_plan_is_never_authentic(built):
    built.folder.plan.unlink()
    assert finding(report_of(built), "plan_missing").verdict is Verdict.INCOMPLETE


def test_a_missing_seal_is_incomplete_and_a_damaged_one_tampered(built):
    seal = built.folder.seal.read_bytes()
    built.folder.seal.unlink()
    assert finding(report_of(built), "no_seal").verdict is Verdict.INCOMPLETE
    for spoiled in (b"", b"{}", b"[]", seal[:-40], seal.replace(b'"seq": ', b'"seq": 1')):
        built.folder.seal.write_bytes(spoiled)
        assert finding(report_of(built), "seal_wrong").verdict is Verdict.TAMPERED


def test_nothing_to_check_is_unreadable(tmp_path, built):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert codes(verify(empty)) == {"no_journal"}
    assert codes(verify(tmp_path / "none")) == {"no_folder"}
    for rubbish, code in (
        (b"", "no_journal"),
        (b"\x00" * 999, "journal_rubbish"),
        (b"x\n" * 9, "journal_rubbish"),
    ):
        built.folder.journal.write_bytes(rubbish)
        report = report_of(built)
        assert (report.verdict, codes(report)) == (Verdict.UNREADABLE, {code})
        assert report.exit_code == 2


@pytest.fixture(scope="module")
def scratch(pristine, tmp_path_factory):
    from tests.unit.evidence.conftest import copy_of

    return copy_of(pristine, tmp_path_factory.mktemp("scratch") / "copy")


FILES = ["plan.json", JOURNAL, "receipts.jsonl", "seal.json", *TRACKS]


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(FILES), where=st.floats(0, 1, exclude_max=True), mask=st.integers(1, 255)
)
def test_no_changed_byte_anywhere_is_authentic(scratch, name, where, mask):
    path = scratch.folder.path / name
    whole = path.read_bytes()
    flip(path, int(where * len(whole)), mask)
    try:
        assert report_of(scratch).verdict is not Verdict.AUTHENTIC
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize("name", FILES)
def test_neither_the_first_nor_the_last_byte_is_free(scratch, name):
    path = scratch.folder.path / name
    whole = path.read_bytes()
    ends = [0, 1, -1, -2, -3, -4, -5, -6]
    for at in ends:
        for mask in (0x01, 0x02, 0x04, 0x20):
            flip(path, at, mask)
            assert report_of(scratch).verdict is not Verdict.AUTHENTIC, (at, mask)
            path.write_bytes(whole)


def test_what_is_stored_is_checked_without_plan_and_receipts(built):
    seal = built.folder.seal.read_bytes()
    for path in (built.folder.plan, built.folder.receipts, built.folder.seal):
        path.unlink()
    key = public_key(built.session_key)

    def stored(key):
        return read_stored(built.folder.path, lambda _: None, key, seal)

    assert stored(key).findings == []
    assert set(stored(key).hashed.files) == {JOURNAL, *TRACKS}
    flip(built.folder.path / TRACKS[0], 77)
    assert [f.code for f in stored(key).findings] == ["range_changed"]
    other = public_key(Ed25519PrivateKey.generate())
    assert {f.code for f in stored(other).findings} >= {"line_signature"}


def test_unused_bits_of_a_signature_are_not_free_either(built):
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    *heartbeats, storage = receipts(built)
    document = json.loads(storage)
    signature = document["signature"]
    assert signature.endswith("==")
    twin = alphabet[alphabet.index(signature[-3]) ^ 1]
    document["signature"] = signature[:-3] + twin + "=="
    built.folder.receipts.write_bytes(b"".join(heartbeats) + canonical(document) + b"\n")
    assert "signature" in finding(report_of(built), "storage_wrong").text.en
