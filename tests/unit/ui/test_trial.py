"""试一遍 in the window: one quiet button, a page while it is made ready, back to what was there."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from client.attempt.rehearsal import NO_PHONE, TrialWish
from client.attempt.states import State
from client.base.errors import DeviceError, StateError, StorageError
from client.base.text import Text
from client.contest.schedule import MINUTE_US
from client.ui import trying
from client.ui.guide import Call, Moment
from client.ui.pages.enrol import EnrolPage
from client.ui.pages.status import StatusPage
from client.ui.pages.trial import TrialPage
from client.ui.start import Wish
from client.ui.widgets.rail import ASIDES
from tests.simulators.session import FakeSession, make_plan

PAGE = "http://127.0.0.1:5/token/"
NEAR = StateError(Text("09:15 就要开始正式录制。", "Soon."), Text("请直接继续。", "Go on."))
BROKEN = DeviceError(Text("没有找到摄像头。", "No camera."), Text("请接上摄像头。", "Plug it in."))
STAYS = StorageError(Text("没有全部删除。", "Not all."), Text("下次会继续。", "Next time."))


class FakeTrial:
    def __init__(self, session: FakeSession) -> None:
        self.session = session
        self.ends = self.watches = 0
        self.fails: Exception | None = None

    def watch(self) -> str:
        self.watches += 1
        if self.fails is not None:
            raise self.fails
        return PAGE

    def end(self) -> None:
        self.ends += 1
        if self.fails is not None:
            raise self.fails


class FakeTrials:
    def __init__(self, tmp_path: Path, state: State = State.ENROLLED) -> None:
        plan = make_plan(rehearsal=True)
        (tmp_path / "trial").mkdir()
        self.trial = FakeTrial(FakeSession(tmp_path / "trial", state, plan))
        self.wishes: list[TrialWish] = []
        self.why_not: StateError | None = None
        self.fails: Exception | None = None
        self.left = 0
        self.gate = threading.Event()
        self.gate.set()

    def clear(self) -> int:
        return self.left

    def hindrance(self) -> StateError | None:
        return self.why_not

    def begin(self, wish, tally):
        self.wishes.append(wish)
        while not self.gate.wait(0.02):
            tally.look()
        if self.fails is not None:
            raise self.fails
        return self.trial


@pytest.fixture
def trials(tmp_path):
    return FakeTrials(tmp_path)


@pytest.fixture
def opened(monkeypatch):
    """Addresses that the browser was sent to; `opened.works` says whether there is one."""

    class Opened(list):
        works = True

    addresses = Opened()

    def open_url(url):
        addresses.append(url.toString())
        return addresses.works

    monkeypatch.setattr(trying.QDesktopServices, "openUrl", open_url)
    return addresses


@pytest.fixture
def start_page(open_window, qtbot, trials):
    def show(**changes):
        window = open_window(trials=trials, **changes)
        page = window.page
        assert isinstance(page, EnrolPage)
        qtbot.waitUntil(page.trial.isVisible)
        return window

    return show


@pytest.fixture
def in_trial(start_page, qtbot, trials):
    """Return a function that goes into a trial in a state."""

    def go(state: State = State.ENROLLED):
        trials.trial.session = FakeSession(
            trials.trial.session.folder.path.parent, state, trials.trial.session.plan
        )
        window = start_page()
        window.page.trial.button.click()
        qtbot.waitUntil(lambda: isinstance(window.page, StatusPage))
        qtbot.waitUntil(lambda: window.page.view is not None)
        return window

    return go


def ready(qtbot, button):
    qtbot.waitUntil(button.isEnabled)
    return button


# ---- the offer -----------------------------------------------------------------------------------
def test_the_start_page_offers_it_quietly_and_by_keyboard(start_page, qtbot, trials):
    window = start_page()
    button = window.page.trial.button
    assert button.property("role") != "big"
    assert button.accessibleName() == "试一遍"
    assert "三分钟" in button.accessibleDescription()
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: isinstance(window.page, StatusPage))
    assert trials.wishes == [TrialWish()]


def test_near_a_contest_the_start_page_says_why_there_is_none(start_page, trials):
    trials.why_not = NEAR
    page = start_page().page
    assert not page.trial.button.isVisible()
    assert page.trial.words.text() == NEAR.title.zh


def test_without_trials_nothing_is_offered(open_window, qtbot, session_in):
    page = open_window().page
    qtbot.waitUntil(lambda: not page._background.is_busy("step"))
    assert not page.trial.isVisible()
    page = open_window(session_in(State.ENROLLED)).page
    qtbot.waitUntil(lambda: page.view is not None)
    assert not page.trial.isVisible()


def session_at(session_in, state, minutes_to_filming):
    session = session_in(state)
    session.now_us = session.schedule.filming_us - minutes_to_filming * MINUTE_US
    return session


@pytest.mark.parametrize("state", [State.ENROLLED, State.CONSENTED, State.PREFLIGHTED])
def test_a_session_that_has_not_begun_offers_it(open_window, qtbot, session_in, trials, state):
    page = open_window(session_at(session_in, state, 61), trials=trials).page
    qtbot.waitUntil(page.trial.isVisible)
    assert page.trial.button.isVisible()


@pytest.mark.parametrize("state", [State.ENROLLED, State.CONSENTED, State.PREFLIGHTED])
def test_within_an_hour_it_says_why_there_is_none(open_window, qtbot, session_in, trials, state):
    page = open_window(session_at(session_in, state, 59), trials=trials).page
    qtbot.waitUntil(page.trial.isVisible)
    assert not page.trial.button.isVisible()
    assert "不到一小时" in page.trial.words.text()


@pytest.mark.parametrize("state", [State.IDENTITY, State.CONTEST, State.UPLOADING, State.STORED])
def test_a_session_that_has_begun_offers_none(open_window, qtbot, session_in, trials, state):
    window = open_window(session_in(state), trials=trials)
    qtbot.waitUntil(lambda: window.page.view is not None)
    assert not window.page.trial.isVisible()
    window.try_out(TrialWish())
    assert isinstance(window.page, StatusPage)
    assert trials.wishes == []


# ---- made ready ----------------------------------------------------------------------------------
def test_while_it_is_made_ready_it_can_be_cancelled(start_page, qtbot, trials):
    window = start_page()
    trials.gate.clear()
    window.page.trial.button.click()
    assert isinstance(window.page, TrialPage)
    assert window.page.work.isVisible()
    assert window.focusWidget() is window.page.work.cancel
    assert "结束时全部删除" in window.page.promise.text()
    qtbot.mouseClick(window.page.work.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: isinstance(window.page, EnrolPage))
    assert window.trying is None
    qtbot.waitUntil(window.page.trial.button.isVisible)


def test_closing_meanwhile_cancels_it_and_closes(start_page, qtbot, trials):
    window = start_page()
    trials.gate.clear()
    window.page.trial.button.click()
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert trials.trial.ends == 0


def test_one_that_is_ready_after_all_is_ended_before_the_window_closes(start_page, qtbot, trials):
    window = start_page()
    trials.gate.clear()
    trials.begin = lambda wish, _: (trials.gate.wait(5), trials.trial)[1]
    window.page.trial.button.click()
    window.close()
    trials.gate.set()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert trials.trial.ends == 1


def test_what_stands_in_the_way_is_told_with_a_way_back(start_page, qtbot, trials):
    trials.fails = BROKEN
    window = start_page()
    window.page.trial.button.click()
    qtbot.waitUntil(window.page.banner.isVisible)
    assert window.page.banner.accessibleName() == "没有找到摄像头。 请接上摄像头。 [代码 E200]"
    qtbot.mouseClick(window.page.back, Qt.MouseButton.LeftButton)
    assert isinstance(window.page, EnrolPage)
    assert window.trying is None


# ---- in it ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", sorted(set(State)))
def test_every_page_says_that_it_is_a_trial(in_trial, state):
    page = in_trial(state).page
    assert page.ribbon.isVisible()
    assert page.ribbon.accessibleName() == "试一遍: 录像不发给任何人，结束时全部删除"
    assert page.ribbon.leave.isVisible()
    assert not page.trial.isVisible()


@pytest.mark.parametrize("aside", ASIDES)
def test_a_page_in_front_says_it_too_and_shows_the_clocks(in_trial, aside, tmp_path, monkeypatch):
    monkeypatch.setenv("SAIJIAN_HOME", str(tmp_path / "home"))
    window = in_trial(State.CONTEST)
    window.page.rail.asides[aside].click()
    assert window.aside.page.isVisible()
    assert window.page.ribbon.isVisible()
    assert window.page.header.isVisible()


def test_the_bar_the_title_and_the_tray_say_that_it_is_a_trial(in_trial, qtbot):
    window = in_trial(State.CONTEST)
    qtbot.waitUntil(lambda: window.beside is not None)
    assert window.windowTitle() == "试一遍 - ● 录制中 - 赛鉴"
    assert window.beside.bar.kind.text() == "试一遍"
    assert window.beside.notices.icon.toolTip() == "试一遍：赛鉴正在录制"


def test_another_rehearsal_says_what_it_is_and_a_contest_nothing(open_window, session_in, qtbot):
    page = open_window(session_in(State.CONTEST, plan=make_plan(rehearsal=True))).page
    assert page.ribbon.accessibleName().startswith("彩排")
    assert not page.ribbon.leave.isVisible()
    assert not open_window(session_in(State.CONTEST)).page.ribbon.isVisible()


def test_consent_says_that_this_trial_is_not_kept(in_trial, session_in):
    def words(page):
        return " ".join(label.text() for label in page.consent.findChildren(QLabel))

    page = in_trial().page
    assert "15 个工作日；这次试录不交给任何人，结束就删除" in words(page)


def test_its_made_up_organizer_has_no_telephone(in_trial, trials, qtbot):
    organizer = {**make_plan().organizer.model_dump(), "phone": NO_PHONE}
    trials.trial.session.plan = make_plan(rehearsal=True, organizer=organizer)
    assert not in_trial().page.rail._phone.isVisible()


def test_at_the_end_it_is_watched_then_deleted(in_trial, qtbot, trials, opened):
    window = in_trial(State.STORED)
    page = window.page
    qtbot.waitUntil(lambda: page.moment is Moment.TRIED)
    assert "这次试录的画面不会保留" in page.body.text()
    assert page.big.text() == "看一遍录像"
    qtbot.mouseClick(ready(qtbot, page.big), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.moment is Moment.WATCHED)
    assert opened == [PAGE]
    assert f"请自己打开：{PAGE}" in page.banner.accessibleName()
    assert trials.trial.ends == 0
    assert page.big.text() == "完成，删除这次试录"
    qtbot.mouseClick(ready(qtbot, page.quiet.buttons[Call.WATCH]), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(opened) == 2)
    qtbot.mouseClick(ready(qtbot, page.big), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: isinstance(window.page, EnrolPage))
    assert trials.trial.ends == 1
    assert "都已删除" in window.page.banner.accessibleName()
    assert window.trying is None


def test_without_a_browser_the_address_is_told(in_trial, qtbot, trials, opened):
    opened.works = False
    page = in_trial(State.STORED).page
    qtbot.mouseClick(ready(qtbot, page.big), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.banner.isVisible)
    assert page.banner.accessibleName() == f"没能打开浏览器。 请在浏览器里打开：{PAGE}"


def test_a_recording_that_does_not_play_is_told_and_can_be_deleted(in_trial, qtbot, trials, opened):
    window = in_trial(State.STORED)
    page = window.page
    trials.trial.fails = BROKEN
    qtbot.mouseClick(ready(qtbot, page.big), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.banner.isVisible)
    trials.trial.fails = None
    quiet = ready(qtbot, page.quiet.buttons[Call.CLOSE_WINDOW])
    qtbot.mouseClick(quiet, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: isinstance(window.page, EnrolPage))
    assert (trials.trial.ends, opened) == (1, [])


def test_its_end_is_told_to_somebody_who_reads_the_help_meanwhile(in_trial, qtbot, trials):
    window = in_trial(State.STORED)
    deleted = threading.Event()
    trials.trial.end = lambda: deleted.wait(5)
    quiet = ready(qtbot, window.page.quiet.buttons[Call.CLOSE_WINDOW])
    qtbot.mouseClick(quiet, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: isinstance(window.page, TrialPage))
    window.page.rail.asides["help"].click()
    assert window.aside.page is not None
    deleted.set()
    qtbot.waitUntil(lambda: window.trying is None)
    assert isinstance(window.page, EnrolPage)
    qtbot.waitUntil(window.page.isVisible)
    assert "都已删除" in window.page.banner.accessibleName()
    window.page.rail.asides["help"].click()
    window.aside.page.back.click()
    qtbot.waitUntil(window.page.isVisible)


def test_what_could_not_be_deleted_is_told(in_trial, qtbot, trials):
    window = in_trial(State.STORED)
    trials.trial.fails = STAYS
    quiet = ready(qtbot, window.page.quiet.buttons[Call.CLOSE_WINDOW])
    qtbot.mouseClick(quiet, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: isinstance(window.page, TrialPage))
    qtbot.waitUntil(window.page.banner.isVisible)
    assert "没有全部删除" in window.page.banner.accessibleName()
    window.page.back.click()
    assert isinstance(window.page, EnrolPage)


# ---- leaving it ----------------------------------------------------------------------------------
def test_leaving_before_anything_is_recorded_asks_nothing(in_trial, qtbot, trials):
    window = in_trial()
    qtbot.mouseClick(window.page.ribbon.leave, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: isinstance(window.page, EnrolPage))
    assert trials.trial.ends == 1
    assert window.isVisible()


@pytest.mark.parametrize("state", [State.IDENTITY, State.CONTEST, State.UPLOADING])
def test_leaving_while_it_records_is_asked_once_more(in_trial, qtbot, trials, state):
    window = in_trial(state)
    window.page.ribbon.leave.click()
    question = window.trying.question
    assert question.isVisible()
    question.stay.click()
    assert (trials.trial.ends, isinstance(window.page, StatusPage)) == (0, True)
    window.page.ribbon.leave.click()
    window.trying.question.leave.chosen.emit()
    qtbot.waitUntil(lambda: isinstance(window.page, EnrolPage))
    assert trials.trial.ends == 1


def test_closing_the_window_ends_it_first(in_trial, qtbot, trials):
    window = in_trial(State.STORED)
    window.close()
    assert window.isVisible()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert trials.trial.ends == 1


def test_closing_while_it_records_is_asked_and_staying_stays_open(in_trial, qtbot, trials):
    window = in_trial(State.CONTEST)
    window.close()
    window.trying.question.stay.click()
    window.page.ribbon.leave.click()
    window.trying.question.leave.chosen.emit()
    qtbot.waitUntil(lambda: isinstance(window.page, EnrolPage))
    assert window.isVisible()
    assert trials.trial.ends == 1


def test_the_session_that_was_there_comes_back(open_window, qtbot, session_in, trials):
    session = session_at(session_in, State.ENROLLED, 700)
    window = open_window(session, trials=trials)
    page = window.page
    qtbot.waitUntil(page.trial.isVisible)
    qtbot.mouseClick(ready(qtbot, page.big), Qt.MouseButton.LeftButton)
    assert page.memory.rules_read
    page.trial.button.click()
    qtbot.waitUntil(lambda: getattr(window.page, "session", None) is trials.trial.session)
    assert trials.wishes == [TrialWish(session.folder.path)]
    window.page.ribbon.leave.click()
    qtbot.waitUntil(lambda: getattr(window.page, "session", None) is session)
    assert window.page.memory.rules_read
    assert "close" not in session.calls


# ---- asked from outside, and what was left -------------------------------------------------------
def test_the_verb_opens_the_window_with_it(open_window, qtbot, trials):
    wish = TrialWish(camera="http://h/v", minutes=1)
    window = open_window(trials=trials, wish=Wish(trial=wish))
    qtbot.waitUntil(lambda: isinstance(window.page, StatusPage))
    assert trials.wishes == [wish]


def test_a_later_start_asks_an_open_window_for_it_once(start_page, qtbot, trials):
    window = start_page()
    wish = Wish.read(Wish(trial=TrialWish(Path("/一 场"), minutes=5)).message())
    window.grant(wish)
    window.grant(wish)
    qtbot.waitUntil(lambda: isinstance(window.page, StatusPage))
    window.grant(wish)
    window.grant(Wish(plan="https://example.org/plan"))
    assert trials.wishes == [TrialWish(Path("/一 场"), minutes=5)]
    assert isinstance(window.page, StatusPage)


def test_what_a_killed_one_left_is_said_to_be_gone(open_window, qtbot, trials):
    trials.left = 1
    page = open_window(trials=trials).page
    qtbot.waitUntil(page.banner.isVisible)
    assert "都已删除" in page.banner.accessibleName()


def test_another_language_in_the_middle_leaves_it_a_trial(in_trial, qtbot):
    window = in_trial(State.CONTEST)
    window._redress(window._settings.model_copy(update={"language": "en"}))
    qtbot.waitUntil(lambda: window.page.view is not None)
    assert window.page.ribbon.leave.isVisible()
    assert window.page.memory.is_trial
