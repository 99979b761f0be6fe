"""Attaching to sessions in every state; the recorder is told where one listens."""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.attempt import attaching
from client.attempt.attaching import attach, delivery_of, send_what_is_owed
from client.attempt.emergency import NOTES, STEPS, card
from client.base.errors import BadInputError, PlanError
from client.base.files import FileLock
from client.base.text import Text
from client.contest.attachment import AttachmentRefusal
from client.contest.plan import load_plan
from client.contest.signed import canonical
from client.evidence.attachments import append_refusal
from client.evidence.copying import Tally
from client.evidence.layout import SessionFolder
from client.recorder import remark as remark_module
from client.recorder.child.control import ControlServer
from client.recorder.protocol import Ack, AddNote, Refused
from client.recorder.remark import remark
from client.recorder.setup import Devices, RecorderSetup, save_setup
from client.upload.progress import Problem, UploadProgress, save_progress
from tests.builders import Script, build_session
from tests.documents import SESSION, plan_document


@pytest.fixture
def kept_alive(monkeypatch):
    """The folders whose uploader was asked for."""
    asked: list[str] = []
    monkeypatch.setattr(
        attaching, "ensure_running", lambda folder, **_: asked.append(folder.path.name)
    )
    return asked


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "phone.mp4"
    path.write_bytes(b"film" * 1000)
    return path


@pytest.fixture
def built(tmp_path):
    made = build_session(tmp_path / "root", Script(seconds=6))
    made.folder.create()
    return made


def test_it_belongs_to_the_session_of_the_journal(built, film, kept_alive):
    attachment = attach(built.folder, film, "", Tally())
    assert attachment.session == SESSION
    assert kept_alive == [built.folder.path.name]


def test_without_a_journal_to_the_session_that_was_enrolled(tmp_path, built, film, kept_alive):
    folder = SessionFolder(tmp_path / "nothing").create()
    folder.plan.write_bytes(canonical(plan_document(built.organizer)))
    other = SESSION.replace("5", "6")
    setup = RecorderSetup(session=other, purpose="contest", devices=Devices())
    save_setup(folder.setup, setup)
    assert attach(folder, film, "", Tally()).session == other


def test_a_damaged_session_and_a_plain_recording_are_refused(tmp_path, built, film, kept_alive):
    built.folder.journal.write_bytes(b"rubbish\n")
    with pytest.raises(BadInputError):
        attach(built.folder, film, "", Tally())
    plain = build_session(tmp_path / "plain", Script(seconds=6, purpose="recording")).folder
    plain.create()
    plain.plan.unlink(missing_ok=True)
    with pytest.raises(PlanError):
        attach(plain, film, "", Tally())
    assert kept_alive == []
    assert film.exists()


def test_at_the_start_only_what_is_owed_is_sent(tmp_path, built, film, kept_alive):
    root = built.folder.path.parent
    other = SessionFolder(root / "other")
    shutil.copytree(built.folder.path, other.path)
    other.create()
    attach(other, film, "", Tally())
    kept_alive.clear()
    send_what_is_owed(root)
    assert kept_alive == ["other"]
    send_what_is_owed(tmp_path / "none")


def test_how_far_it_is(built, film, kept_alive):
    attachment = attach(built.folder, film, "", Tally())
    plan = load_plan(built.folder.plan.read_bytes()).plan
    save_progress(built.folder, UploadProgress(attached_bytes=8000, attached_sent_bytes=4000))
    delivery = delivery_of(built.folder, plan, attachment)
    assert (delivery.sent, delivery.total, delivery.received_us) == (4000, 8000, None)
    assert len(kept_alive) == 2, "its uploader is looked after while one waits"


def test_each_is_told_its_own_refusal(built, film, kept_alive, tmp_path):
    first = attach(built.folder, film, "", Tally())
    (tmp_path / "b.mp4").write_bytes(b"other")
    second = attach(built.folder, tmp_path / "b.mp4", "", Tally())
    plan = load_plan(built.folder.plan.read_bytes()).plan
    why = Text("内容不符", "other bytes")
    problem = Problem(zh=why.zh, en=why.en)
    save_progress(built.folder, UploadProgress(attached_problem=problem))
    for attachment in (first, second):
        assert delivery_of(built.folder, plan, attachment).problem == why
    refusal = AttachmentRefusal(
        session=SESSION, attachment_sha256=first.digest, code="mismatch", zh=why.zh, en=why.en,
        time_us=1,
    )  # fmt: skip
    append_refusal(built.folder, refusal)
    assert delivery_of(built.folder, plan, first).problem == why
    assert delivery_of(built.folder, plan, second).problem is None


# ---- the recorder's note -------------------------------------------------------------------------
@contextlib.contextmanager
def recorder(folder: SessionFolder, answer) -> Iterator[list[str]]:
    """A control server of the real kind in this process, and the lock of a living recorder."""
    told: list[str] = []

    def handle(request, reply):
        assert isinstance(request, AddNote)
        told.append(request.text)
        if answer is not None:
            reply(answer(request.id))

    lock = FileLock(folder.recorder_lock)
    assert lock.acquire()
    server = ControlServer(folder.control, handle)
    try:
        yield told
    finally:
        server.close()
        lock.release()


def test_a_running_recorder_is_told_file_size_and_digest(built, film, kept_alive):
    with recorder(built.folder, lambda number: Ack(id=number, seq=7)) as told:
        attachment = attach(built.folder, film, "", Tally())
    (said,) = told
    for word in (attachment.name, str(attachment.bytes), attachment.sha256, "外部录像"):
        assert word in said


def test_a_recorder_that_says_nothing_or_is_gone_holds_nothing_up(built, monkeypatch):
    monkeypatch.setattr(remark_module, "ANSWERS_S", 0.2)
    assert not remark(built.folder, "x"), "none runs"
    with recorder(built.folder, None) as told:
        assert not remark(built.folder, "x")
        assert told == ["x"]
    with recorder(built.folder, lambda number: Refused(id=number, zh="不", en="no")):
        assert not remark(built.folder, "x")
    lock = FileLock(built.folder.recorder_lock)
    assert lock.acquire()
    assert not remark(built.folder, "x"), "a file that a dead one left"
    lock.release()
    assert threading.active_count() < 50


# ---- the card ------------------------------------------------------------------------------------
def test_the_card_says_everything_in_both_languages_and_escapes_the_plans_names(built):
    document = plan_document(built.organizer)
    plan = load_plan(canonical(document)).plan
    page = card(plan)
    assert plan.organizer.phone in page
    for text in (*STEPS, *NOTES):
        assert text.zh in page
        assert text.en[:20].replace("'", "&#x27;") in page
    name = plan.name.model_copy(update={"zh": "<b>&赛"})
    assert "&lt;b&gt;&amp;赛" in card(plan.model_copy(update={"name": name}))
    assert "<script" not in page
    assert plan.organizer.phone not in card(None)
