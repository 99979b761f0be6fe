"""Foreign recordings reach a real organizer: behind our own, after the seal, without a session."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.evidence.attachments import attachments_of, owed, receipts_of, refusals_of, refused
from client.evidence.copying import Tally
from client.evidence.findings import Verdict
from client.evidence.intake import take_in
from client.evidence.verify import verify
from client.organizer.folder import open_folder
from client.organizer.overview import sessions_of
from client.upload import errands, parcels
from client.upload.credentials import Token, save_credentials
from client.upload.parcels import PIECE_BYTES
from client.upload.watch import Ending, Habits
from tests.contract.upload.scene import Scene, eventually
from tests.growing import SESSION
from tests.simulators.organizer import FOREVER, Fault

TRACKS = ("screen-01.mp4", "contest-01.mp4")
FILM = os.urandom(2 * PIECE_BYTES + 12_345)
SPOILT = FILM[:-1] + bytes([FILM[-1] ^ 1])
ONCE = Habits(lingers=lambda: False)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    scene.growing.record(24, *TRACKS)
    yield scene
    scene.organizer.leave()


def film(tmp_path: Path, data: bytes = FILM) -> Path:
    path = tmp_path / f"phone-{len(data)}.mp4"
    path.write_bytes(data)
    return path


def attached(scene: Scene, path: Path):
    return take_in(scene.folder, path, SESSION, "手机", Tally())


def nothing_recorded(scene: Scene) -> None:
    """Leave what an enrolment without a recorder leaves: plan and token."""
    for file in (scene.growing.journal, *scene.growing.files.values()):
        file.close()
    for path in (scene.folder.journal, *scene.folder.tracks()):
        path.unlink()


def keys(scene: Scene):
    return scene.plan.plan.organizer.keys


def assert_delivered(scene: Scene, attachment) -> None:
    assert owed(scene.folder, keys(scene)) == []
    receipt = receipts_of(scene.folder, keys(scene))[attachment.digest]
    assert receipt.is_of(attachment)
    assert scene.organizer.stored(SESSION, attachment.name) == FILM


def test_it_goes_with_the_session_and_the_seal_does_not_mind(scene: Scene, tmp_path: Path) -> None:
    attachment = attached(scene, film(tmp_path))
    scene.growing.seal()
    assert scene.run() is Ending.STORED
    assert scene.stored() == scene.sent()
    assert_delivered(scene, attachment)
    last = scene.snapshots[-1]
    assert (last.state, last.percent) == ("stored", 100.0)
    assert last.attached_bytes == last.attached_sent_bytes == len(FILM)
    paths = [seen.path for seen in scene.organizer.playbook.requests if seen.method == "POST"]
    assert paths.index("/seal") < paths.index("/attachments"), "our own comes first"


def test_it_is_taken_after_the_storage_receipt(scene: Scene, tmp_path: Path) -> None:
    scene.growing.seal()
    assert scene.run() is Ending.STORED
    seals = scene.organizer.seen("POST").count(200)
    attachment = attached(scene, film(tmp_path))
    assert scene.run() is Ending.STORED
    assert_delivered(scene, attachment)
    assert scene.organizer.seen("POST").count(200) == seals + 1, "nothing was sealed twice"
    asked = len(scene.organizer.playbook.requests)
    assert scene.run() is Ending.STORED
    assert len(scene.organizer.playbook.requests) == asked, "done is done"


def test_it_goes_while_the_session_is_not_sealed(scene: Scene, tmp_path: Path) -> None:
    attachment = attached(scene, film(tmp_path))
    assert scene.run(habits=ONCE) is Ending.UNSEALED
    assert_delivered(scene, attachment)


def test_a_restart_goes_on_where_it_was(scene: Scene, tmp_path: Path) -> None:
    scene.growing.seal()
    assert scene.run() is Ending.STORED
    attachment = attached(scene, film(tmp_path))
    scene.organizer.play(Fault("error", "POST", "/files", after=1, status=503, times=-1))
    assert scene.run(habits=Habits(patience_us=1_500_000)) is Ending.AWAY
    scene.organizer.playbook.faults.clear()
    patches = len(scene.organizer.seen("PATCH"))
    assert scene.run() is Ending.STORED
    assert_delivered(scene, attachment)
    sent_again = len(scene.organizer.seen("PATCH")) - patches
    assert sent_again <= -(-(len(FILM) - PIECE_BYTES) // (1 << 20)) + 1, "one piece was there"


def test_what_was_changed_here_is_refused_and_our_own_is_stored(
    scene: Scene, tmp_path: Path
) -> None:
    attachment = attached(scene, film(tmp_path))
    scene.folder.foreign(attachment.name).write_bytes(SPOILT)
    scene.growing.seal()
    assert scene.run() is Ending.STORED
    assert refused(scene.folder, keys(scene)) == [attachment]
    assert scene.snapshots[-1].attached_problem is not None
    assert scene.stored() == scene.sent()


@pytest.mark.parametrize("lose", [Path.unlink, lambda path: path.write_bytes(FILM[:-1])])
def test_what_the_organizer_lost_is_sent_again(scene: Scene, tmp_path: Path, lose) -> None:
    scene.growing.seal()
    assert scene.run() is Ending.STORED
    attachment = attached(scene, film(tmp_path))
    scene.organizer.play(Fault("error", path="/attachments", times=FOREVER))
    assert scene.run(habits=Habits(patience_us=1_500_000)) is Ending.AWAY
    lose(scene.organizer.contest.folder.session(SESSION) / attachment.name)
    scene.organizer.forget_faults()
    assert scene.run() is Ending.STORED
    assert_delivered(scene, attachment)


def test_a_final_refusal_is_noted_once_and_asked_for_no_more(scene: Scene, tmp_path: Path) -> None:
    attachment = attached(scene, film(tmp_path))
    scene.folder.foreign(attachment.name).write_bytes(SPOILT)
    scene.growing.seal()
    assert scene.run() is Ending.STORED
    (noted,) = refusals_of(scene.folder).values()
    assert (noted.attachment_sha256, noted.code) == (attachment.digest, "mismatch")
    assert "不符" in noted.zh
    asked, held = (
        len(scene.organizer.playbook.requests),
        scene.folder.attachment_refusals.read_bytes(),
    )
    assert scene.run() is Ending.STORED
    assert len(scene.organizer.playbook.requests) == asked
    assert scene.folder.attachment_refusals.read_bytes() == held
    assert scene.folder.foreign(attachment.name).read_bytes() == SPOILT, "the file stays as it is"
    again = attached(scene, film(tmp_path))
    assert again.name == "foreign-02.mp4"
    assert scene.run() is Ending.STORED
    assert scene.organizer.stored(SESSION, again.name) == FILM
    assert owed(scene.folder, keys(scene)) == []


@pytest.mark.parametrize("status", [401, 404, 409, 413])
def test_an_answer_that_may_pass_is_no_final_refusal(scene, tmp_path, status) -> None:
    scene.growing.seal()
    assert scene.run() is Ending.STORED
    attachment = attached(scene, film(tmp_path))
    scene.organizer.play(Fault("error", "POST", "/attachments", status=status, times=-1))
    assert scene.run() is Ending.STORED
    assert scene.snapshots[-1].attached_problem is not None
    assert not refusals_of(scene.folder)[attachment.digest].is_final
    assert owed(scene.folder, keys(scene)) == [attachment], "it is asked for again"
    noted = scene.folder.attachment_refusals.read_bytes()
    assert scene.run() is Ending.STORED
    assert scene.folder.attachment_refusals.read_bytes() == noted, "the first day counts"
    scene.organizer.playbook.faults.clear()
    assert scene.run() is Ending.STORED
    assert_delivered(scene, attachment)


def test_one_that_is_gone_here_holds_its_session_not_for_ever(scene, tmp_path) -> None:
    attachment = attached(scene, film(tmp_path))
    scene.folder.foreign(attachment.name).unlink()
    scene.growing.seal()
    assert scene.run() is Ending.STORED
    assert refused(scene.folder, keys(scene)) == [attachment]


def test_a_session_in_which_nothing_was_recorded(scene: Scene, tmp_path: Path) -> None:
    nothing_recorded(scene)
    attachment = attached(scene, film(tmp_path))
    assert scene.run() is Ending.ATTACHED
    assert_delivered(scene, attachment)
    assert scene.snapshots[-1].state == "stored"


def test_where_nothing_was_recorded_an_uploader_that_finds_all_settled_ends(
    scene: Scene, tmp_path: Path
) -> None:
    nothing_recorded(scene)
    attachment = attached(scene, film(tmp_path))
    assert scene.run() is Ending.ATTACHED
    asked = len(scene.organizer.playbook.requests)
    assert scene.run() is Ending.ATTACHED, "it lingers, and yet it ends"
    assert len(scene.organizer.playbook.requests) == asked
    (tmp_path / "b.mp4").write_bytes(b"other")
    second = take_in(scene.folder, tmp_path / "b.mp4", SESSION, "", Tally())
    scene.folder.foreign(second.name).write_bytes(b"OTHER")
    for _ in range(2):
        assert scene.run() is Ending.REFUSED
        assert scene.snapshots[-1].state == "refused"
    assert refused(scene.folder, keys(scene)) == [second]
    assert_delivered(scene, attachment)


def test_without_a_token_it_waits_here(scene: Scene, tmp_path: Path) -> None:
    nothing_recorded(scene)
    scene.folder.token.unlink()
    attachment = attached(scene, film(tmp_path))
    assert scene.run() is Ending.NOT_ENROLLED
    assert attachments_of(scene.folder) == [attachment]
    save_credentials(scene.folder.token, Token(token="0123456789abcdef"))
    assert scene.run() is Ending.REFUSED
    assert scene.folder.foreign(attachment.name).read_bytes() == FILM


@pytest.mark.parametrize(
    "fault",
    [
        Fault("lost", "POST", "/attachments"),
        Fault("rubbish", "POST", "/attachments"),
        Fault("corrupt", "PATCH"),
        Fault("cut_body", "PATCH", after=1),
        Fault("vanish", "PATCH", after=2),
        Fault("hang", "POST", "/attachments"),
    ],
    ids=lambda fault: f"{fault.action}-{fault.method}",
)
def test_a_misbehaving_organizer_gets_it_whole_and_once(scene, tmp_path, fault) -> None:
    scene.growing.seal()
    assert scene.run() is Ending.STORED
    attachment = attached(scene, film(tmp_path))
    scene.organizer.play(fault)
    assert scene.run() is Ending.STORED
    assert_delivered(scene, attachment)
    lines = scene.folder.attachment_receipts.read_bytes().splitlines()
    assert len(lines) == 1


def test_the_organizer_lists_it_and_its_copy_verifies_as_foreign(scene, tmp_path) -> None:
    attachment = attached(scene, film(tmp_path))
    scene.growing.seal()
    assert scene.run() is Ending.STORED
    folder = open_folder(scene.organizer.contest.folder.path)
    (overview,) = sessions_of(folder)
    (listed,) = overview.foreign
    assert (listed["name"], listed["bytes"]) == ("foreign-01.mp4", len(FILM))
    assert listed["note"] == "手机"
    report = verify(folder.session(SESSION), scene.organizer.contest.key)
    (known,) = report.foreign
    assert (known.attachment, known.is_intact) == (attachment, True)
    assert known.received_us == listed["received_us"]
    assert report.verdict is not Verdict.AUTHENTIC
    assert json.loads(json.dumps(report.to_json()))["foreign"][0]["authentic"] is False


def test_our_own_goes_on_while_a_foreign_one_is_hashed(scene, tmp_path) -> None:
    scene.organizer.play(Fault("error", "POST", "/attachments", status=503, times=-1))
    attachment = attached(scene, film(tmp_path))
    recorder_lives = [True]
    with scene.running(habits=Habits(lingers=lambda: recorder_lives[0])):
        eventually(lambda: 503 in scene.organizer.seen("POST"))
        scene.growing.record(24)
        covered = sum(scene.growing.sizes.values())
        eventually(lambda: scene.snapshots[-1].sent_bytes > covered * 0.6, 10)
        assert owed(scene.folder, keys(scene)) == [attachment]
        scene.growing.seal()
        eventually(lambda: scene.folder.receipts.read_bytes().count(b"saijian.storage/1") == 1, 20)
        scene.organizer.playbook.faults.clear()
    assert scene.ending is Ending.STORED
    assert_delivered(scene, attachment)


def test_a_disk_that_takes_no_receipt_stops_nothing_of_our_own(scene, tmp_path, monkeypatch):
    first = attached(scene, film(tmp_path))
    fails = [True]
    real_receipt, real_refusal = errands.append_receipt, parcels.append_refusal

    def full(real):
        def write(*words):
            if fails[0]:
                raise OSError(28, "No space left on device")
            real(*words)

        return write

    monkeypatch.setattr(errands, "append_receipt", full(real_receipt))
    monkeypatch.setattr(parcels, "append_refusal", full(real_refusal))
    (tmp_path / "b.mp4").write_bytes(b"other")
    second = take_in(scene.folder, tmp_path / "b.mp4", SESSION, "", Tally())
    scene.folder.foreign(second.name).write_bytes(b"OTHER")
    recorder_lives = [True]
    with scene.running(habits=Habits(lingers=lambda: recorder_lives[0])):
        eventually(lambda: 200 in scene.organizer.seen("POST"))
        scene.growing.record(24)
        scene.growing.seal()
        eventually(lambda: scene.folder.receipts.read_bytes().count(b"saijian.storage/1") == 1, 20)
        assert owed(scene.folder, keys(scene)) == [first, second]
        fails[0] = False
    assert scene.ending is Ending.STORED
    assert_delivered(scene, first)
    assert refused(scene.folder, keys(scene)) == [second]
