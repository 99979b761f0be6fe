"""Emergency, kept recordings, help: there at any time, long work cancelled, nothing lost."""

from __future__ import annotations

import os
import shutil
import threading
import time
import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from client.attempt.attaching import Delivery
from client.attempt.states import State
from client.base.errors import EvidenceError
from client.base.text import Text
from client.evidence.attachments import attachments_of
from client.evidence.findings import Verdict
from client.evidence.layout import SessionFolder
from client.ui.pages import emergency, retention
from client.ui.pages.emergency import EmergencyPage
from client.ui.pages.enrol import EnrolPage
from client.ui.pages.help import HelpPage
from client.ui.pages.retention import RetentionPage
from client.ui.pages.status import StatusPage
from client.ui.widgets.rail import ASIDES
from tests.builders import Script, build_session

LEFT = Qt.MouseButton.LeftButton
PAGES = {"emergency": EmergencyPage, "retention": RetentionPage, "help": HelpPage}
SCRIPTS = {
    "kept": Script(seconds=6),
    "unsent": Script(seconds=6, store=False),
    "rehearsal": Script(seconds=6, rehearsal_plan=True),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Three sessions in different states; never change them, take `root`."""
    place = tmp_path_factory.mktemp("made")
    for name, script in SCRIPTS.items():
        built = build_session(place / "build" / name, script)
        shutil.copytree(built.folder.path, place / "sessions" / name)
    return place / "sessions"


@pytest.fixture
def root(made, tmp_path, monkeypatch):
    monkeypatch.setenv("SAIJIAN_HOME", str(tmp_path / "data"))
    shutil.copytree(made, tmp_path / "data" / "sessions")
    for path in (tmp_path / "data" / "sessions").iterdir():
        SessionFolder(path).create()
    return tmp_path / "data" / "sessions"


@pytest.fixture
def aside(open_window, qtbot):
    """Return a function that opens a page by its button and waits until it has looked around."""

    def show(name, session=None, **changes):
        window = open_window(session, **changes)
        qtbot.mouseClick(window.page.rail.asides[name], LEFT)
        page = window.aside.page
        if name != "help":
            qtbot.waitUntil(lambda: not page.work.is_busy)
        return page

    return show


def idle(qtbot, page):
    qtbot.waitUntil(lambda: not page.work.is_busy, timeout=20_000)


# ---- coming and going ----------------------------------------------------------------------------
@pytest.mark.parametrize("name", ASIDES)
@pytest.mark.parametrize("state", [None, State.CONTEST, State.STORED])
def test_it_comes_by_a_button_and_goes_back_to_the_same_page(
    open_window, session_in, qtbot, root, name, state
):
    window = open_window(session_in(state) if state else None)
    before = window.page
    assert isinstance(before, StatusPage if state else EnrolPage)
    qtbot.mouseClick(before.rail.asides[name], LEFT)
    page = window.aside.page
    assert isinstance(page, PAGES[name])
    assert page.isVisible()
    assert not before.isVisible()
    assert window.page is before, "what it stands before goes on"
    assert window.focusWidget() is (page.search if name == "help" else page.back)
    qtbot.mouseClick(page.back, LEFT)
    assert window.centralWidget() is before
    assert before.isVisible()
    assert state is None or before.isAncestorOf(before.header)
    assert window.aside.page is None


def test_the_end_of_a_session_leads_to_the_kept_recordings(open_window, session_in, qtbot, root):
    window = open_window(session_in(State.STORED))
    qtbot.waitUntil(lambda: bool(window.page.quiet.buttons))
    (quiet,) = window.page.quiet.buttons.values()
    qtbot.waitUntil(quiet.isEnabled)
    qtbot.mouseClick(quiet, LEFT)
    assert isinstance(window.aside.page, RetentionPage)


def test_closing_the_window_cancels_what_is_under_way(aside, root, qtbot, monkeypatch):
    page = aside("retention")
    begun, stopped = threading.Event(), threading.Event()

    def endless(_, tally):
        begun.set()
        try:
            while True:
                tally.look()
                time.sleep(0.01)
        finally:
            stopped.set()

    monkeypatch.setattr(retention, "verify_again", endless)
    page._verify(root / "kept")
    assert begun.wait(5)
    page.window().close()
    assert stopped.wait(5)


# ---- kept recordings -----------------------------------------------------------------------------
def texts(page):
    return "\n".join(
        made.text() for made in page.findChildren(retention.QFrame) if hasattr(made, "text")
    )


def test_every_session_says_until_when_and_only_a_free_one_may_go(aside, root):
    page = aside("retention")
    assert {folder.name for folder in page.cards} == set(SCRIPTS)
    assert {f.name for f, c in page.cards.items() if c["delete"].isEnabled()} == {"rehearsal"}
    said = texts(page)
    assert "保存到 2026-12-11" in said
    assert "尚未上传完" in said
    assert "联网后打开赛鉴" in said


def test_a_day_beyond_the_published_calendar_is_called_provisional(aside, root, monkeypatch):
    real = retention.retention_of

    def later(path, now_us):
        from dataclasses import replace

        return replace(real(path, now_us), provisional=True)

    monkeypatch.setattr(retention, "retention_of", later)
    said = texts(aside("retention"))
    assert "保存到 2026-12-11（暂定）" in said
    assert "以组委会通知为准" in said


def test_it_verifies_in_a_process_of_its_own(aside, root, qtbot):
    page = aside("retention")
    qtbot.mouseClick(page.cards[root / "kept"]["verify"], LEFT)
    assert page.work.isVisible()
    idle(qtbot, page)
    assert page.banner.property("tone") == "good"
    assert "AUTHENTIC" in page.banner._advice.text()
    (root / "unsent" / "screen-01.mp4").write_bytes(b"cut")
    qtbot.mouseClick(page.cards[root / "unsent"]["verify"], LEFT)
    idle(qtbot, page)
    assert page.banner.property("tone") == "warn"
    assert Verdict.TAMPERED.name in page.banner._advice.text()


def test_it_exports_and_a_cancelled_export_leaves_nothing(
    aside, root, qtbot, tmp_path, monkeypatch
):
    page, usb = aside("retention"), tmp_path / "usb"
    usb.mkdir()
    page.export(root / "kept", str(usb))
    idle(qtbot, page)
    assert (usb / "kept" / "manifest-sha256.txt").exists()
    assert str(usb / "kept") in page.banner._title.text()
    real = retention.export_bag

    def slow(folder, place, tally, now_us):
        add = tally.add
        tally.add = lambda count: (time.sleep(0.1), add(count))
        return real(folder, place, tally, now_us)

    monkeypatch.setattr(retention, "export_bag", slow)
    page.export(root / "unsent", str(usb))
    qtbot.waitUntil((usb / "unsent.part").exists)
    assert page.work.cancel.isVisible()
    qtbot.mouseClick(page.back, LEFT)
    assert page.isVisible(), "leaving would cancel it unseen"
    assert page.banner.isVisible()
    page.banner.hide()
    qtbot.mouseClick(page.work.cancel, LEFT)
    idle(qtbot, page)
    assert [p.name for p in usb.iterdir()] == ["kept"]
    assert not page.banner.isVisible()


def test_a_drive_that_is_pulled_is_told_in_words(aside, root, qtbot, tmp_path):
    page = aside("retention")
    page.export(root / "kept", str(tmp_path / "gone" / "usb"))
    idle(qtbot, page)
    (tmp_path / "file").write_text("x")
    page.export(root / "kept", str(tmp_path / "file"))
    idle(qtbot, page)
    assert page.banner.property("tone") == "bad"
    assert "E300" in page.banner._advice.text()


def test_deleting_asks_first_and_goes_only_by_the_second_button(aside, root, qtbot):
    page = aside("retention")
    gone = root / "rehearsal"
    qtbot.mouseClick(page.cards[gone]["delete"], LEFT)
    qtbot.keyClick(page.question, Qt.Key.Key_Return)
    assert gone.exists()
    qtbot.mouseClick(page.cards[gone]["delete"], LEFT)
    qtbot.mouseClick(page.question.leave, LEFT)
    qtbot.waitUntil(lambda: not gone.exists())
    qtbot.waitUntil(lambda: gone not in page.cards)
    assert (root / "kept").exists()


# ---- emergency -----------------------------------------------------------------------------------
def test_without_any_session_it_says_what_to_do(aside, monkeypatch, tmp_path):
    monkeypatch.setenv("SAIJIAN_HOME", str(tmp_path / "none"))
    page = aside("emergency")
    assert page._no_session.isVisible()
    assert not page.attach.isVisible()
    assert page.print.isVisible()
    assert page.diagnose.isVisible()


def test_the_card_opens_in_the_browser_with_the_telephone(aside, root, qtbot, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or True)
    page = aside("emergency")
    qtbot.mouseClick(page.print, LEFT)
    written = Path(opened[0].toLocalFile()).read_text("utf-8")
    assert "000-0000" in written
    assert "000-0000" in page._phone.text()
    assert "应急" not in page.banner._advice.text()


def test_without_a_browser_the_card_is_told_where_it_lies(aside, root, qtbot, monkeypatch):
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _: False)
    page = aside("emergency")
    qtbot.mouseClick(page.print, LEFT)
    assert page.banner.isVisible()
    place = root.parent / "emergency-card.html"
    assert page.banner._advice.text() == page._look.say(emergency.CARD_LIES.format(place=place))
    assert place.exists()


def test_a_foreign_recording_is_taken_in_and_followed_to_its_receipt(
    aside, root, qtbot, tmp_path, monkeypatch
):
    film = tmp_path / "a.mp4"
    film.write_bytes(os.urandom(100_000))
    answers = [Delivery(0, 100, None, None), Delivery(50, 100, None, None)]
    answers += [Delivery(100, 100, None, 1_795_400_000_000_000)]
    monkeypatch.setattr("client.attempt.attaching.ensure_running", lambda *_, **__: None)
    monkeypatch.setattr(emergency, "delivery_of", lambda *_: answers.pop(0))
    monkeypatch.setattr(emergency, "POLL_MS", 20)
    page = aside("emergency")
    page._timer.setInterval(20)
    chosen = page._chosen().folder
    page.note.setText("手机")
    page.take_in(str(film))
    qtbot.waitUntil(lambda: "签收" in page.banner._advice.text(), timeout=10_000)
    (attachment,) = attachments_of(chosen)
    assert (attachment.name, attachment.note) == ("foreign-01.mp4", "手机")
    assert not page._timer.isActive()
    assert film.exists()


def test_a_refusal_and_an_error_are_told(aside, root, qtbot, tmp_path, monkeypatch):
    film = tmp_path / "a.mp4"
    film.write_bytes(b"x")
    no = Text("磁盘已满。", "Full.")
    monkeypatch.setattr("client.attempt.attaching.ensure_running", lambda *_, **__: None)
    monkeypatch.setattr(emergency, "delivery_of", lambda *_: Delivery(0, 1, no, None))
    page = aside("emergency")
    page._timer.setInterval(20)
    page.take_in(str(film))
    qtbot.waitUntil(lambda: page.banner.property("tone") == "bad")
    assert "磁盘已满" in page.banner._advice.text()
    page.take_in(str(tmp_path / "none.mp4"))
    qtbot.waitUntil(lambda: "E100" in page.banner._advice.text())


def test_diagnostics_are_saved(aside, root, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr("client.attempt.diagnosis.collect.LISTS_S", 0.01)
    page = aside("emergency")
    page.save_diagnostics(str(tmp_path / "d.zip"))
    idle(qtbot, page)
    assert "summary.txt" in zipfile.ZipFile(tmp_path / "d.zip").namelist()
    assert page.banner.property("tone") == "good"


def test_in_a_session_only_that_one_is_offered(aside, root, session_in):
    session = session_in(State.CONTEST)
    session.folder.path.mkdir(exist_ok=True)
    shutil.copy(root / "kept" / "plan.json", session.folder.path)
    page = aside("emergency", session)
    assert page.which.count() == 1
    assert page._chosen().folder.path == session.folder.path


@pytest.mark.parametrize("name", ASIDES)
def test_no_chinese_is_left_in_english_but_the_plans_own_names(aside, root, name):
    page = aside(name, language="en")
    shown = [made.text() for made in page.findChildren(QAbstractButton)]
    shown += [made.accessibleName() for made in page.findChildren(QWidget)]
    shown += texts(page).splitlines()
    assert all(made.text() for made in page.findChildren(QAbstractButton))
    own = ("测试竞赛", "场次")
    for name_ in own:
        shown = [text.replace(name_, "") for text in shown]
    assert [text for text in shown if any("\u4e00" <= letter <= "\u9fff" for letter in text)] == []


def test_an_error_of_verification_is_told(aside, root, qtbot, monkeypatch):
    def fails(*_):
        raise EvidenceError(Text("核验没有完成。", "No."), Text("请再试。", "Again."))

    monkeypatch.setattr(retention, "verify_again", fails)
    page = aside("retention")
    page._verify(root / "kept")
    qtbot.waitUntil(page.banner.isVisible)
    assert "核验没有完成" in page.banner._title.text()


@pytest.mark.parametrize("name", ASIDES)
def test_the_organizer_can_be_called_from_every_page(open_window, session_in, qtbot, root, name):
    window = open_window(session_in(State.CONTEST))
    qtbot.waitUntil(lambda: window.page.rail.phone() != "")
    qtbot.mouseClick(window.page.rail.asides[name], LEFT)
    page = window.aside.page
    if name == "emergency":
        qtbot.waitUntil(lambda: not page.work.is_busy)
    phones = [label for label in page.findChildren(QLabel) if label.property("role") == "phone"]
    assert any("0731-5550 0100" in label.text() and label.isVisible() for label in phones), name
