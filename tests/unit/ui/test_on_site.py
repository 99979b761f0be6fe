"""What somebody does at the computer: typing, judged by who composed it; the room, ticked."""

from __future__ import annotations

import hashlib
import threading

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QImage, QInputMethodEvent

from client.attempt.states import State
from client.base.errors import DeviceError
from client.base.text import Text
from client.preflight.facts.typing import Engine
from client.preflight.reports.model import TICKS
from client.ui.guide import Moment
from client.ui.pages import room, status, typing
from client.ui.widgets import hold

LEFT = Qt.MouseButton.LeftButton
PINYIN, SOGOU = Engine(slug="quanpin", name="微软拼音"), Engine(slug="sogou", name="搜狗拼音")
PHRASE = "电子商务竞赛"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(status, "ARM_MS", 20)
    monkeypatch.setattr(hold, "HOLD_MS", 120)


@pytest.fixture
def system(monkeypatch):
    """What the system says is on; a test changes it. Who asked is kept."""

    class System:
        def __init__(self):
            self.engine: Engine | None = PINYIN
            self.asked: list[str] = []
            self.gate = threading.Event()
            self.gate.set()

        def __call__(self):
            self.asked.append(threading.current_thread().name)
            self.gate.wait(10)
            return self.engine

    system = System()
    monkeypatch.setattr(typing, "engine_now", system)
    monkeypatch.setattr(typing, "ASKED_BY_TYPIST", False)
    yield system
    system.gate.set()


@pytest.fixture
def page(open_window, session_in, qtbot):
    page = open_window(session_in(State.CONSENTED)).page
    qtbot.waitUntil(page.big.isEnabled)
    return page


@pytest.fixture
def dialog(page, qtbot):
    qtbot.mouseClick(page.checks.on_site.type_button, LEFT)
    dialog = page.checks.on_site.typing
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def compose(qapp, field, text, preedit="dian'zi"):
    """Type as an input method does: letters that wait, then what they became."""
    if preedit:
        qapp.sendEvent(field, QInputMethodEvent(preedit, []))
    event = QInputMethodEvent("", [])
    event.setCommitString(text)
    qapp.sendEvent(field, event)


def finding_of(page, name):
    report = page.checks.checkup.report() if page.checks.checkup else None
    found = {o.check.name: o.finding.verdict for o in report.outcomes} if report else {}
    return found.get(name)


def test_the_phrase_composed_by_the_right_one_counts(page, dialog, system, qapp, qtbot):
    assert dialog.phrase.text() == PHRASE
    compose(qapp, dialog.field, PHRASE)
    qtbot.waitUntil(lambda: finding_of(page, "input-quanpin") == "pass")
    assert dialog.verdict.text() == "通过"
    assert "微软拼音" in dialog.found.text()
    assert set(system.asked) == {"window-check"}  # a system that is slow holds no window up


def test_where_the_typist_has_to_ask_the_windows_thread_does(
    page, dialog, system, qapp, qtbot, monkeypatch
):
    monkeypatch.setattr(typing, "ASKED_BY_TYPIST", True)
    compose(qapp, dialog.field, PHRASE)
    qtbot.waitUntil(lambda: finding_of(page, "input-quanpin") == "pass")
    assert set(system.asked) == {"MainThread"}


def test_a_slow_answer_is_waited_for_before_it_is_judged(page, dialog, system, qapp, qtbot):
    system.gate.clear()
    compose(qapp, dialog.field, PHRASE)
    qtbot.wait(50)
    assert not dialog.verdict.isVisible()
    system.gate.set()
    qtbot.waitUntil(lambda: dialog.verdict.text() == "通过")


def test_another_input_method_than_asked_fails(page, dialog, system, qapp, qtbot):
    system.engine = SOGOU
    compose(qapp, dialog.field, PHRASE)
    qtbot.waitUntil(lambda: finding_of(page, "input-quanpin") == "fail")
    assert "搜狗拼音" in dialog.found.text()
    dialog.methods.setCurrentIndex(dialog.methods.findData("sogou"))
    assert dialog.field.text() == ""
    assert not dialog.verdict.isVisible()
    compose(qapp, dialog.field, PHRASE)
    qtbot.waitUntil(lambda: finding_of(page, "input-sogou") == "pass")
    assert finding_of(page, "input-quanpin") == "fail"


def test_a_system_that_does_not_say_is_not_guessed(page, dialog, system, qapp, qtbot):
    system.engine = None
    compose(qapp, dialog.field, PHRASE)
    qtbot.waitUntil(lambda: finding_of(page, "input-quanpin") == "warn")
    assert "系统没有说" in dialog.found.text()


def test_what_is_pasted_or_dropped_does_not_arrive(dialog, qtbot, system):
    QGuiApplication.clipboard().setText(PHRASE)
    qtbot.keyClick(dialog.field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(dialog.field, Qt.Key.Key_Insert, Qt.KeyboardModifier.ShiftModifier)
    qtbot.mouseClick(dialog.field, Qt.MouseButton.MiddleButton)
    assert dialog.field.text() == ""
    assert not dialog.field.acceptDrops()
    assert QMimeData() is not None


def test_text_that_no_input_method_composed_fails(page, dialog, qtbot, system):
    system.engine = None
    dialog.field.setText(PHRASE)
    qtbot.waitUntil(lambda: finding_of(page, "input-quanpin") == "fail")
    assert "没有看到输入法组字" in dialog.found.text()


def test_what_does_not_type_is_said_by_a_click(page, dialog, qtbot, system):
    qtbot.keyClicks(dialog.field, "dianzi")
    qtbot.mouseClick(dialog.cannot, LEFT)
    qtbot.waitUntil(lambda: finding_of(page, "input-quanpin") == "fail")


def test_english_is_typed_by_keys(page, dialog, qtbot, system):
    dialog.methods.setCurrentIndex(dialog.methods.findData("english"))
    qtbot.keyClicks(dialog.field, "Online contest 2026")
    qtbot.waitUntil(lambda: finding_of(page, "input-english") == "pass")


def test_what_is_shown_on_site_goes_along_with_the_run_and_into_the_journal(
    page, dialog, system, qapp, qtbot
):
    session = page.session
    compose(qapp, dialog.field, PHRASE)
    qtbot.waitUntil(lambda: finding_of(page, "input-quanpin") == "pass")
    qtbot.mouseClick(dialog.close_button, LEFT)
    assert session.calls == []
    qtbot.waitUntil(page.big.isEnabled)
    qtbot.mouseClick(page.big, LEFT)
    qtbot.waitUntil(lambda: page.moment is Moment.BEGIN)
    assert [one.check for one in session.checks] == ["clock", "disk-space", "input-quanpin"]
    qtbot.waitUntil(page.checks.on_site.type_button.isVisible)
    qtbot.mouseClick(page.checks.on_site.type_button, LEFT)
    again = page.checks.on_site.typing
    again.methods.setCurrentIndex(again.methods.findData("english"))
    qtbot.keyClicks(again.field, "Online contest 2026")
    qtbot.waitUntil(lambda: session.calls == ["preflight", "preflight"])
    assert session.checks[-1].check == "input-english"


# ---- the room -----------------------------------------------------------------------------------
@pytest.fixture
def checklist(page, qtbot):
    qtbot.mouseClick(page.checks.on_site.room_button, LEFT)
    dialog = page.checks.on_site.room
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def test_nothing_is_ticked_beforehand_and_what_is_ticked_stays(page, checklist, qtbot):
    assert list(checklist.boxes) == list(TICKS)
    assert not any(box.isChecked() for box in checklist.boxes.values())
    for tick in ("quiet", "light"):
        checklist.boxes[tick].click()
    qtbot.mouseClick(checklist.confirm, LEFT)
    qtbot.waitUntil(lambda: "room" in page.checks.rows)
    assert page.checks.notice.isVisible()  # nothing has run yet
    assert not page.checks.summary.isVisible()
    assert "两台电脑就位" in page.checks.rows["room"].accessibleName()
    qtbot.mouseClick(page.checks.on_site.room_button, LEFT)
    again = page.checks.on_site.room
    assert [tick for tick, box in again.boxes.items() if box.isChecked()] == ["quiet", "light"]
    for tick in ("power", "computers", "desk"):
        again.boxes[tick].click()
    qtbot.mouseClick(again.confirm, LEFT)
    qtbot.waitUntil(lambda: finding_of(page, "room") == "pass")


def test_a_photograph_from_a_file_is_kept_here_with_its_digest(page, checklist, qtbot, tmp_path):
    assert "不会自动上传" in room.PHOTO.zh
    picture = QImage(64, 36, QImage.Format.Format_RGB888)
    picture.fill(Qt.GlobalColor.darkGreen)
    assert picture.save(str(tmp_path / "r.png"))
    checklist.use_file(str(tmp_path / "r.png"))
    qtbot.waitUntil(lambda: checklist.thumbnail.accessibleName() == "已附照片")
    qtbot.mouseClick(checklist.confirm, LEFT)
    qtbot.waitUntil(lambda: finding_of(page, "room") == "warn")
    photo = page.checks.checkup.photo
    data = (tmp_path / "r.png").read_bytes()
    assert photo.sha256 == hashlib.sha256(data).hexdigest()
    assert (tmp_path / "checks" / photo.file).read_bytes() == data


def test_what_is_no_picture_is_refused_in_words(checklist, qtbot, tmp_path):
    (tmp_path / "r.png").write_bytes(b"not a picture")
    checklist.use_file(str(tmp_path / "r.png"))
    qtbot.waitUntil(checklist.banner.isVisible)
    assert "JPEG 或 PNG" in checklist.banner.accessibleName()
    assert checklist.confirm.isEnabled()


def test_the_camera_is_opened_on_a_click_only(checklist, qtbot, monkeypatch):
    asked = []

    def busy():
        asked.append(threading.current_thread().name)
        raise DeviceError(Text("摄像头被占用。", "Busy."), Text("请关闭。", "Close it."))

    monkeypatch.setattr(room, "take_photo", busy)
    assert asked == []
    qtbot.mouseClick(checklist.take, LEFT)
    qtbot.waitUntil(checklist.banner.isVisible)
    assert asked == ["window-check"]
    assert "摄像头被占用" in checklist.banner.accessibleName()
    assert checklist.take.text() == "用摄像头拍一张"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_dialogs_fit_a_small_screen(open_window, session_in, qtbot, language):
    page = open_window(session_in(State.CONSENTED), language=language).page
    qtbot.waitUntil(page.big.isEnabled)
    for button, name in (
        (page.checks.on_site.type_button, "typing"),
        (page.checks.on_site.room_button, "room"),
    ):
        qtbot.mouseClick(button, LEFT)
        dialog = getattr(page.checks.on_site, name)
        qtbot.waitUntil(dialog.isVisible)
        assert dialog.sizeHint().height() <= 640
        assert dialog.sizeHint().width() <= 1200
        dialog.reject()
