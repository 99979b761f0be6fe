"""The whole uploader against the real organizer: what arrives, what is kept, what it survives."""

from __future__ import annotations

import json
import time

import pytest

from client.contest.signed import canonical
from client.evidence.entries import Step
from client.evidence.spare import place_of, point_to
from client.upload.credentials import Token, load_credentials
from client.upload.receipts import ReceiptBook
from client.upload.spool import Spool
from client.upload.watch import Ending, Habits
from tests.contract.upload.scene import Scene, eventually
from tests.growing import SESSION
from tests.private import only_mine
from tests.simulators.organizer import FOREVER, Fault

TRACKS = ("screen-01.mp4", "contest-01.mp4")


@pytest.fixture
def scene(tmp_path):
    scene = Scene(tmp_path)
    yield scene
    scene.organizer.leave()


@pytest.fixture
def offline(tmp_path):
    scene = Scene(tmp_path, enrolled=False)
    yield scene
    scene.organizer.leave()


def receipts(scene, kind):
    book = ReceiptBook(scene.folder)
    try:
        return [d for d in book.newest_first() if d["kind"] == f"saijian.{kind}/1"]
    finally:
        book.close()


def is_stored(scene):
    book = ReceiptBook(scene.folder)
    try:
        return book.storage(scene.trust, scene.folder.seal.read_bytes()) is not None
    finally:
        book.close()


def test_a_finished_session_arrives_byte_by_byte(scene):
    scene.growing.record(24, "screen-01.mp4", "identity-01.mp4")
    scene.growing.record(14, *TRACKS).crash().record(10, "screen-02.mp4", "contest-02.mp4")
    scene.growing.seal()
    assert scene.run() is Ending.STORED
    assert scene.stored() == scene.sent()
    assert is_stored(scene)
    last = scene.snapshots[-1]
    assert (last.state, last.pending_bytes, last.percent) == ("stored", 0, 100.0)
    assert last.sent_bytes == sum(map(len, scene.sent().values()))
    assert last.address == "127.0.0.1"
    assert last.last_problem is None


def test_handing_in_is_told_at_once(tmp_path):
    """Where the next heartbeat would be a minute away; and once only."""
    scene = Scene(tmp_path, upload={"heartbeat_seconds": 60})
    try:
        scene.growing.record(4, *TRACKS)
        with scene.running():
            eventually(lambda: bool(receipts(scene, "receipt")))
            scene.growing.say(Step(name="handed_in", by="contestant"))
            said = scene.growing.journal.head.seq
            scene.growing.record(4)
            eventually(lambda: receipts(scene, "receipt")[0]["head"]["seq"] >= said)
            before = len(receipts(scene, "receipt"))
            scene.growing.record(4)
            time.sleep(1.5)  # three looks at the journal
            assert len(receipts(scene, "receipt")) == before
            scene.growing.seal()
    finally:
        scene.organizer.leave()
    assert scene.ending is Ending.STORED


def test_the_last_head_is_receipted_before_the_seal(tmp_path):
    """Also where the next heartbeat would be a minute away."""
    scene = Scene(tmp_path, upload={"heartbeat_seconds": 60})
    try:
        scene.growing.record(4, *TRACKS)
        with scene.running():
            eventually(lambda: bool(receipts(scene, "receipt")))
            scene.growing.record(4).seal()
    finally:
        scene.organizer.leave()
    assert scene.ending is Ending.STORED
    assert receipts(scene, "receipt")[0]["head"]["seq"] == scene.growing.journal.head.seq
    lines = scene.folder.receipts.read_bytes().splitlines()
    assert all(canonical(json.loads(line)) == line for line in lines)


def test_everything_is_sent_while_it_is_recorded(scene):
    with scene.running():
        for _ in range(5):
            scene.growing.record(10, *TRACKS)
            covered = scene.growing.sizes["screen-01.mp4"]
        eventually(lambda: scene.snapshots and scene.snapshots[-1].sent_bytes > covered)
        eventually(lambda: scene.snapshots[-1].state == "waiting")
        assert not scene.folder.seal.exists()
        scene.growing.torn().seal()
    assert scene.ending is Ending.STORED
    assert scene.stored() == scene.sent()


def test_a_second_run_has_nothing_to_do(scene):
    scene.growing.record(12, *TRACKS).seal()
    assert scene.run() is Ending.STORED
    patches = len(scene.organizer.seen("PATCH"))
    kept = scene.folder.receipts.read_bytes()
    assert scene.run() is Ending.STORED
    assert len(scene.organizer.seen("PATCH")) == patches
    assert scene.folder.receipts.read_bytes() == kept


@pytest.mark.parametrize("lose", ["the note of finished bundles", "the storage receipt", "both"])
def test_what_a_kill_can_lose_is_found_again(scene, lose):
    """Killed between the organizer's answer and our line, with or without our own notes."""
    scene.growing.record(24, *TRACKS).seal()
    assert scene.run() is Ending.STORED
    before = scene.stored()
    if lose != "the storage receipt":
        (scene.folder.private / "uploaded.jsonl").unlink()
    if lose != "the note of finished bundles":
        lines = scene.folder.receipts.read_bytes().splitlines(keepends=True)
        torn = b"".join(lines[:-1]) + lines[-1][:30]
        scene.folder.receipts.write_bytes(torn)
    patches = len(scene.organizer.seen("PATCH"))
    assert scene.run() is Ending.STORED
    assert is_stored(scene)
    assert len(scene.organizer.seen("PATCH")) == patches, "nothing is sent twice"
    assert scene.stored() == before


FAULTS = {
    "error": [Fault("error", status=500, times=6)],
    "busy": [Fault("error", status=503, retry_after="1", times=2)],
    "rubbish": [Fault("rubbish", times=6)],
    "redirect": [Fault("redirect", times=6)],
    "hangs": [Fault("hang", path="/files", times=2), Fault("hang", path="/seal")],
    "endless": [Fault("endless", path="/files", times=2)],
    "cut": [Fault("cut", times=5), Fault("cut", "PATCH", after=2, times=2)],
    "half a body": [Fault("cut_body", "PATCH", after=1, times=3)],
    "lost answers": [Fault("lost", "POST", times=3), Fault("lost", "PATCH", after=1, times=2)],
    "checksum": [Fault("checksum", "PATCH", after=1, times=2)],
    "corrupt": [Fault("corrupt", "PATCH", after=1, times=2)],
    "forgets bytes": [Fault("forget", "PATCH", after=2, times=2)],
    "forgets uploads": [Fault("vanish", "PATCH", after=2, times=2)],
    "misreports": [Fault("misreport", "PATCH", times=2), Fault("misreport", "HEAD", times=1)],
    "seal fails": [Fault("error", path="/seal", times=2), Fault("lost", path="/seal")],
    "seal comes too slowly": [Fault("error", path="/seal", status=408)],
}


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_that_passes_is_survived(scene, name):
    scene.growing.record(24, *TRACKS).seal()
    scene.organizer.play(*FAULTS[name])
    assert scene.run(read_seconds=0.7) is Ending.STORED
    assert scene.stored() == scene.sent()
    assert is_stored(scene)


def test_an_organizer_that_is_away_is_waited_for(scene):
    with scene.running():
        scene.growing.record(20, *TRACKS)
        eventually(lambda: scene.snapshots and scene.snapshots[-1].sent_bytes > 0)
        with scene.organizer.away():
            scene.growing.record(20).seal()
            eventually(lambda: scene.snapshots[-1].state == "away")
            problem = scene.snapshots[-1].last_problem
            assert problem is not None
            assert "联系不上" in problem.zh
    assert scene.ending is Ending.STORED
    assert scene.stored() == scene.sent()
    assert scene.snapshots[-1].last_problem is None


def test_an_organizer_that_stays_away_ends_only_the_patience_that_was_asked_for(scene):
    scene.growing.record(4, *TRACKS).seal()
    with scene.organizer.away():
        habits = Habits(lingers=lambda: False, patience_us=300_000)
        assert scene.run(habits=habits) is Ending.AWAY
    assert not receipts(scene, "storage")


def test_who_was_offline_from_the_start_enrols_before_the_upload(offline):
    offline.growing.record(12, *TRACKS).seal()
    offline.organizer.play(Fault("error", path="/enrolments", times=2))
    offline.organizer.play(Fault("lost", path="/enrolments"))
    offline.organizer.play(Fault("error", path="/enrolments", status=429))  # others guess
    assert offline.run() is Ending.STORED
    assert isinstance(load_credentials(offline.folder.token), Token)
    assert [d["session"] for d in receipts(offline, "enrolment")] == [SESSION]
    assert b"code-T-1" not in offline.folder.token.read_bytes()
    assert only_mine(offline.folder.token)


def test_an_enrolment_that_was_kept_before_a_kill_is_not_kept_twice(offline):
    reply = offline.client().enrol(offline.request())
    book = ReceiptBook(offline.folder)
    book.append(reply.enrolment)
    book.close()
    offline.growing.record(4, *TRACKS).seal()
    assert offline.run() is Ending.STORED
    assert len(receipts(offline, "enrolment")) == 1


def test_the_journal_of_an_offline_session_can_still_grow_after_the_enrolment(offline):
    offline.organizer.leave()
    with offline.running():
        offline.growing.record(12, *TRACKS)
        eventually(lambda: bool(offline.snapshots) and offline.snapshots[-1].state == "away")
        offline.organizer.arrive()
        eventually(lambda: bool(receipts(offline, "receipt")))
        offline.growing.record(12).seal()
    assert offline.ending is Ending.STORED


def test_a_wrong_code_is_refused_in_words(offline):
    token = offline.folder.token
    token.write_bytes(token.read_bytes().replace(b"code-T-1", b"code-T-9"))
    offline.growing.record(4, *TRACKS).seal()
    assert offline.run() is Ending.REFUSED
    problem = offline.snapshots[-1].last_problem
    assert problem is not None
    assert "一次性码" in problem.zh
    assert offline.snapshots[-1].state == "refused"


def test_an_unknown_token_is_refused(scene):
    scene.folder.token.write_text('{"token":"0123456789abcdef"}')
    scene.growing.record(4, *TRACKS)
    assert scene.run() is Ending.REFUSED
    assert scene.snapshots[-1].state == "refused"


def test_a_seal_that_is_damaged_here_is_refused_in_words(scene):
    scene.growing.record(4, *TRACKS).seal()
    scene.folder.seal.write_bytes(b"\xff" + scene.folder.seal.read_bytes()[1:])
    assert scene.run() is Ending.REFUSED
    assert scene.snapshots[-1].state == "refused"


def test_a_forked_journal_is_refused(scene):
    """The organizer countersigned a later head of another journal of this session."""
    scene.growing.record(12, *TRACKS)
    with scene.running():
        eventually(lambda: bool(receipts(scene, "receipt")))
        raw = scene.folder.journal.read_bytes()
        scene.folder.journal.write_bytes(b"".join(raw.splitlines(keepends=True)[:3]))
    assert scene.ending is Ending.REFUSED
    problem = scene.snapshots[-1].last_problem
    assert problem is not None
    assert "不一致" in problem.zh


def test_notes_that_lie_do_not_keep_anything_back(scene):
    scene.growing.record(24, *TRACKS).seal()
    bundles = Spool(scene.folder).poll()
    lies = "\n".join(json.dumps([b.name, b.offset, b.end]) for b in bundles)
    (scene.folder.private / "uploaded.jsonl").write_text(lies + "\n")
    assert scene.run() is Ending.STORED
    assert 409 in scene.organizer.seen("POST", "/seal")
    assert scene.stored() == scene.sent()


def test_what_the_organizer_lost_is_sent_again(scene):
    """It put back a backup of its files that is older than its records."""
    scene.growing.record(24, *TRACKS).seal()
    scene.organizer.play(Fault("error", path="/seal", times=FOREVER))
    assert scene.run(habits=Habits(patience_us=1_500_000)) is Ending.AWAY
    stored = scene.organizer.contest.folder.session(SESSION) / TRACKS[0]
    stored.write_bytes(stored.read_bytes()[:1000])
    scene.organizer.forget_faults()
    assert scene.run() is Ending.STORED
    assert scene.stored() == scene.sent()


def test_an_unsealed_session_is_sent_as_far_as_it_goes(scene):
    scene.growing.record(24, *TRACKS)
    assert scene.run(habits=Habits(lingers=lambda: False)) is Ending.UNSEALED
    last = scene.snapshots[-1]
    assert 0 < last.sent_bytes < last.recorded_bytes
    assert scene.growing.seal()
    assert scene.run() is Ending.STORED
    assert scene.stored() == scene.sent()


def test_damage_on_this_computer_keeps_nothing_else_back(scene):
    scene.growing.record(24, *TRACKS).seal()
    film = scene.folder.path / "contest-01.mp4"
    film.write_bytes(film.read_bytes()[:-1])
    assert scene.run() is Ending.REFUSED
    problem = scene.snapshots[-1].last_problem
    assert problem is not None
    assert "本机文件 contest-01.mp4" in problem.zh
    assert scene.organizer.seen("POST", "/seal") == []
    assert scene.organizer.stored(SESSION, "screen-01.mp4") == scene.sent()["screen-01.mp4"]


def test_what_lies_on_an_unplugged_drive_is_waited_for_and_keeps_nothing_else_back(scene, tmp_path):
    scene.growing.on_spare = {"contest-01.mp4"}
    scene.growing.record(24, *TRACKS).seal()
    sent = scene.sent()
    place = place_of(tmp_path, "session", SESSION)
    point_to(scene.folder.pointer, place, SESSION)
    away = tmp_path / "in a drawer"
    away.mkdir()
    (scene.folder.path / "contest-01.mp4").rename(away / "contest-01.mp4")
    assert scene.run(habits=Habits(lingers=lambda: False)) is Ending.UNPLUGGED
    assert "请接上那块硬盘" in scene.snapshots[-1].last_problem.zh
    assert scene.organizer.stored(SESSION, "screen-01.mp4") == sent["screen-01.mp4"]
    assert scene.organizer.seen("POST", "/seal") == []
    with scene.running():
        eventually(lambda: any(snapshot.last_problem for snapshot in scene.snapshots[-1:]))
        away.rename(place)
    assert scene.ending is Ending.STORED
    assert scene.stored() == sent
    assert scene.snapshots[-1].last_problem is None


def test_a_slow_patch_holds_no_heartbeat_back(scene):
    scene.growing.record(24, *TRACKS)
    scene.organizer.play(Fault("hang", "PATCH", times=FOREVER))
    with scene.running(read_seconds=30):
        eventually(lambda: bool(scene.organizer.seen("PATCH")))
        for _ in range(2):
            before = len(receipts(scene, "receipt"))
            scene.growing.record(4)
            eventually(lambda had=before: len(receipts(scene, "receipt")) > had)
        scene.growing.seal()
        scene.organizer.forget_faults()
    assert scene.ending is Ending.STORED


def test_files_are_never_written(scene):
    scene.growing.record(24, *TRACKS).seal()
    before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in scene.folder.path.iterdir()}
    assert scene.run() is Ending.STORED
    after = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in scene.folder.path.iterdir()}
    after.pop("receipts.jsonl")
    assert after == before


def test_a_folder_that_is_removed_ends_the_uploader(scene):
    scene.growing.record(4, *TRACKS)
    with scene.running():
        eventually(lambda: bool(receipts(scene, "receipt")))
        scene.growing.journal.close()
        scene.folder.path.rename(scene.folder.path.with_name("moved"))
    assert scene.ending is Ending.GONE
