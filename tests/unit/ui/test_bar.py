"""The bar of the contest and the system's notices, beside a real window over a fake session."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest

from client.attempt.states import Event, State
from client.attempt.view import Sent
from client.base.errors import RecorderError
from client.base.text import Text
from client.recorder.protocol import SourceStatus
from client.ui.beside import BAR_IN
from client.ui.guide import MARKED
from client.ui.notices import Notices
from client.ui.widgets.bar import ADDRESS, FACTS, LEFT, ON_DISK, SENT, ContestBar
from client.ui.widgets.recording import NO_VALUE
from client.ui.widgets.ribbon import REHEARSAL, TRIAL
from client.ui.widgets.tick import Tick
from tests.unit.ui.conftest import dressed, start_point


@pytest.fixture
def contest(session_in):
    session = session_in(State.CONTEST)
    session.now_us = session.schedule.starts_us + 754_000_000
    session.sent = Sent(recorded_bytes=200, sent_bytes=195, address="203.0.113.45")
    return session


class Screen1366:
    """The screen of a cheap notebook."""

    def availableGeometry(self) -> QRect:  # noqa: N802 - Qt's name
        return QRect(0, 0, 1366, 728)


@pytest.fixture
def bar(qtbot, look, contest, monkeypatch):
    made = ContestBar(look)
    monkeypatch.setattr(made, "screen", Screen1366)
    qtbot.addWidget(made)
    made.show_view(contest.view())
    made.place(made.screen().availableGeometry())
    made.show()
    return made


@pytest.fixture
def away(open_window, qtbot, monkeypatch):
    """Return a function: a window that is not what the person looks at, and its bar."""

    def show(session, **changes):
        window = open_window(session, **changes)
        monkeypatch.setattr(window, "isActiveWindow", lambda: False)
        qtbot.waitUntil(lambda: window.page.view is not None)
        return window, window.beside.bar

    return show


def test_it_says_what_is_recorded_safe_and_sent(bar) -> None:
    assert [bar.facts[caption].value.text() for caption in FACTS] == [
        "1:47:26",
        "752 秒",
        "97%",
        "203.0.113.45",
    ]
    assert [lamp.accessibleName() for lamp in bar.lamps.values() if lamp.isVisible()] == [
        "屏幕: 正在录制",
        "摄像头: 正在录制",
        "麦克风: 正在录制",
    ]
    assert bar.findChild(Tick) is not None
    assert not bar.kind.isVisible()
    assert bar.windowFlags() & Qt.WindowType.WindowStaysOnTopHint


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_fits_a_small_screen_at_its_worst(qtbot, qapp, contest, monkeypatch, language) -> None:
    contest.recorded = ("screen", "camera", "second", "sound")
    contest.sources = {
        "screen": ("slate", ""),
        "camera": ("slate", ""),
        "second": ("frozen", ""),
        "sound": ("silence", ""),
    }
    contest.sent = replace(contest.sent, address="255.255.255.255")
    contest.disk = Text("磁盘空间可能不够", "the disk may not last")
    bar = ContestBar(dressed(qapp, start_point(language=language)), REHEARSAL)
    qtbot.addWidget(bar)
    monkeypatch.setattr(bar, "screen", Screen1366)
    bar.show_view(contest.view())
    bar.show()
    assert bar.width() <= 1366
    assert bar.mark.isVisible()


@pytest.mark.parametrize("kind", [TRIAL, REHEARSAL])
def test_folded_or_not_it_says_that_it_is_no_contest(qtbot, look, contest, kind) -> None:
    bar = ContestBar(look, kind)
    qtbot.addWidget(bar)
    bar.show_view(contest.view())
    bar.show()
    for folded in (False, True):
        bar.set_folded(folded=folded)
        assert bar.kind.isVisible()
        assert bar.kind.text() == kind.zh
        assert bar.kind.width() >= bar.kind.sizeHint().width()


def test_what_nobody_knows_is_not_made_up(qtbot, look, contest) -> None:
    contest.recorder_alive, contest.sent = False, Sent()
    bar = ContestBar(look)
    qtbot.addWidget(bar)
    bar.show_view(contest.view())
    for caption in (ON_DISK, SENT, ADDRESS):
        assert bar.facts[caption].value.text() == NO_VALUE.zh
    assert all("等待" in lamp.accessibleName() for lamp in bar.lamps.values() if lamp.isVisible())


def test_trouble_with_the_disk_is_said_where_the_contestant_looks(bar, contest) -> None:
    assert bar.headline.text() == "录制中"
    contest.disk = Text("磁盘空间可能不够", "the disk may not last")
    bar.show_view(contest.view())
    assert bar.headline.text() == "录制中，磁盘有问题"


def test_after_the_end_by_the_plan_nothing_is_left(bar, contest) -> None:
    contest.now_us = contest.schedule.ends_us + 1
    bar.show_view(contest.view())
    assert bar.facts[LEFT].value.text() == "已到时间"


def test_folded_it_keeps_state_lights_and_code(bar) -> None:
    wide = bar.width()
    bar.fold.click()
    assert bar.width() < wide * 0.7
    assert not bar.mark.isVisible()
    assert bar.lamps["camera"].isVisible()
    assert bar.tick.isVisible()
    bar.fold.click()
    assert bar.width() == pytest.approx(wide, abs=4)


def test_it_is_dragged_and_stays_on_the_screen(bar) -> None:
    bar.set_folded(folded=True)
    before = bar.pos()
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    QTest.mouseMove(bar, QPoint(42, 32))
    assert bar.pos() == before + QPoint(40, 30)
    QTest.mouseMove(bar, QPoint(9000, 9000))
    assert bar.screen().availableGeometry().contains(bar.frameGeometry())
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton)
    at = bar.pos()
    QTest.mouseMove(bar, QPoint(0, 0))
    assert bar.pos() == at
    QTest.keyClick(bar, Qt.Key.Key_Left)
    assert bar.pos() == at - QPoint(20, 0)


@pytest.mark.parametrize("state", list(State))
def test_it_is_there_in_the_contest_only(away, session_in, qtbot, state) -> None:
    window, bar = away(session_in(state))
    qtbot.waitUntil(lambda: window.page.view is not None)
    window.beside.show_view(window.page.view)
    assert bar.isVisible() is (state in BAR_IN)


def test_it_makes_room_for_the_window_itself(away, contest, qtbot, monkeypatch) -> None:
    window, bar = away(contest)
    qtbot.waitUntil(bar.isVisible)
    monkeypatch.setattr(window, "isActiveWindow", lambda: True)
    contest.happen(Event.LOGIN)
    qtbot.waitUntil(lambda: not bar.isVisible())


def test_an_incident_is_noted_before_anything_is_asked(away, contest, qtbot) -> None:
    _, bar = away(contest)
    qtbot.waitUntil(bar.isVisible)
    bar.mark.click()
    qtbot.waitUntil(bar.note.isVisible)
    assert contest.notes == [MARKED]
    QTest.keyClicks(bar.note.words, "  power cut ")
    QTest.keyClick(bar.note.words, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(contest.notes) == 2)
    assert contest.notes[1].zh == "选手说明 09:42:34 的意外：power cut"
    assert not bar.note.isVisible()


def test_words_are_entered_also_by_marking_once_more(away, contest, qtbot) -> None:
    _, bar = away(contest)
    qtbot.waitUntil(bar.isVisible)
    bar.mark.click()
    qtbot.waitUntil(bar.note.isVisible)
    QTest.keyClicks(bar.note.words, "power cut")
    bar.mark.click()
    qtbot.waitUntil(lambda: len(contest.notes) == 3 and bar.note.isVisible())
    assert contest.notes[1].zh == "选手说明 09:42:34 的意外：power cut"
    assert bar.note.words.text() == ""


def test_words_are_optional(away, contest, qtbot) -> None:
    _, bar = away(contest)
    qtbot.waitUntil(bar.isVisible)
    bar.mark.click()
    qtbot.waitUntil(bar.note.isVisible)
    QTest.keyClick(bar.note.words, Qt.Key.Key_Escape)
    assert not bar.note.isVisible()
    assert contest.notes == [MARKED]


def test_a_mark_that_could_not_be_entered_is_told(away, contest, qtbot) -> None:
    window, bar = away(contest)
    qtbot.waitUntil(bar.isVisible)
    contest.raises["note"] = RecorderError(Text("录制进程没有回应。", "No answer."), Text("", ""))
    bar.mark.click()
    qtbot.waitUntil(window.page.banner.isVisible)
    assert not bar.note.isVisible()


def test_handing_in_leads_to_the_window(away, contest, qtbot) -> None:
    window, bar = away(contest)
    qtbot.waitUntil(bar.isVisible)
    window.showMaximized()
    window.setWindowState(window.windowState() | Qt.WindowState.WindowMinimized)
    bar.hand_in.click()
    qtbot.waitUntil(lambda: not window.isMinimized())
    assert window.isMaximized()
    assert "hand_in" not in contest.calls


def test_the_bar_goes_with_its_window(away, contest, qtbot) -> None:
    window, bar = away(contest)
    qtbot.waitUntil(bar.isVisible)
    window._may_close = True
    window.close()
    assert not bar.isVisible()


class TestNotices:
    """One notice when a device is lost, one when it is back, none for anything else."""

    @pytest.fixture
    def told(self, look, qapp, monkeypatch):
        notices = Notices(look, qapp)
        said: list[str] = []
        monkeypatch.setattr(notices.icon, "showMessage", lambda title, *_: said.append(title))
        yield notices, said
        notices.end()

    @staticmethod
    def view(contest, state, *, alarm):
        seen = contest.view()
        camera = SourceStatus(source="camera", state=state, device="C", alarm=alarm)
        return replace(seen, status=seen.status.model_copy(update={"sources": (camera,)}))

    def test_lost_and_back(self, told, contest) -> None:
        notices, said = told
        for state, alarm in [("live", False), ("slate", True), ("slate", True), ("live", False)]:
            notices.heed(self.view(contest, state, alarm=alarm))
        assert said == ["摄像头：画面中断，正在重连", "摄像头已恢复"]

    def test_neither_the_network_nor_a_black_picture_makes_one(self, told, contest) -> None:
        notices, said = told
        contest.sent = Sent(problem=Text("网络断开", "offline"))
        notices.heed(self.view(contest, "live", alarm=False))
        notices.heed(self.view(contest, "black", alarm=False))
        assert said == []
        assert notices.icon.isVisible()

    def test_no_icon_while_nothing_is_recorded(self, told, session_in) -> None:
        notices, _ = told
        notices.heed(session_in(State.CONSENTED).view())
        assert not notices.icon.isVisible()
