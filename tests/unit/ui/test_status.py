"""The page of a session: right words and button in every state, steps carried out, errors shown."""

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel

from client.attempt.states import Event, State
from client.attempt.view import Sent
from client.base.clock import SECOND_US
from client.base.errors import RecorderError
from client.base.text import Text
from client.ui.background import Lane
from client.ui.guide import Call, Moment, Stage
from client.ui.pages import status
from client.ui.widgets import hold
from client.ui.widgets.recording import ADDRESS, ELAPSED, FILMING, GAPS, LAST, ON_DISK, SENT
from tests.simulators.session import make_plan

BIG_BUTTONS = {
    State.NEW: None,
    State.ENROLLED: "我已读完，会遵守",
    State.OFFLINE: "我已读完，会遵守",
    State.CONSENTED: "开始检测",
    State.PREFLIGHTED: "打开设备，开始身份核验",
    State.IDENTITY: "已录清楚，下一步",
    State.CONTEST: "打开竞赛网站",
    State.HANDED_IN: "结束录制",
    State.ENDED: None,
    State.SEALING: None,
    State.UPLOADING: None,
    State.STORED: "完成，关闭窗口",
}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(status, "ARM_MS", 20)
    monkeypatch.setattr(hold, "HOLD_MS", 120)


@pytest.fixture
def opened_sites(monkeypatch):
    sites = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: sites.append(url.url()) or True)
    return sites


@pytest.fixture
def page_of(open_window, qtbot):
    def show(session, **changes):
        page = open_window(session, **changes).page
        qtbot.waitUntil(lambda: page.view is not None)
        return page

    return show


def ready(page, qtbot, text):
    qtbot.waitUntil(lambda: page.big.text() == text and page.big.isEnabled())


def press(page, qtbot, text):
    ready(page, qtbot, text)
    qtbot.mouseClick(page.big, Qt.MouseButton.LeftButton)


def press_quiet(page, qtbot, call):
    qtbot.waitUntil(lambda: call in page.quiet.buttons and page.quiet.buttons[call].isEnabled())
    qtbot.mouseClick(page.quiet.buttons[call], Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("state", list(State))
def test_a_window_opened_in_any_state_is_at_the_right_place(page_of, session_in, qtbot, state):
    page = page_of(session_in(state))
    expected = BIG_BUTTONS[state]
    assert page.big.isVisible() == (expected is not None)
    if expected is not None:
        ready(page, qtbot, expected)
    assert page.title.text()
    assert page.body.text()


FULL_SOON = Text("磁盘空间可能不够", "the disk may not last")
AWAY = Text("组委会连不上。", "No organizer.")


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("trouble", ["disk", "organizer", "recorder"])
def test_in_any_state_trouble_is_said_and_takes_nothing_away(
    page_of, session_in, qtbot, state, trouble
):
    session = session_in(state)
    session.sent = Sent(1000, 400, problem=AWAY if trouble == "organizer" else None)
    session.disk = FULL_SOON if trouble == "disk" else session.disk
    session.recorder_alive = trouble != "recorder"
    page = page_of(session)
    expected = BIG_BUTTONS[state]
    assert page.big.isVisible() == (expected is not None)
    if expected is not None:
        ready(page, qtbot, expected)
    said = {
        "disk": ("磁盘空间可能不够。" if state in FILMING else "", "磁盘空间可能不够"),
        "organizer": ("", "组委会连不上。"),  # nothing is lost by it: no alert
        "recorder": ("录制程序正在恢复。" if state in FILMING else "", "无"),
    }[trouble]
    alert = page.alert.accessibleName().partition("\n")[0] if page.alert.isVisible() else ""
    assert alert.startswith(said[0])
    assert bool(alert) == bool(said[0])
    if page.panel.isVisible() and (trouble != "disk" or state in FILMING):
        assert page.panel.facts[LAST].text() == said[1]


def test_a_whole_contest_by_clicks(page_of, session_in, qtbot, opened_sites):
    session = session_in(State.ENROLLED)
    page = page_of(session)
    press(page, qtbot, "我已读完，会遵守")
    qtbot.waitUntil(lambda: page.moment is Moment.CONSENT)
    for tick in page.consent.boxes.values():
        tick.click()
    press(page, qtbot, "同意并继续")
    press(page, qtbot, "开始检测")
    press(page, qtbot, "打开设备，开始身份核验")
    press(page, qtbot, "已录清楚，下一步")
    press(page, qtbot, "打开竞赛网站")
    press(page, qtbot, "我已登录竞赛账号")
    qtbot.waitUntil(lambda: page.moment is Moment.WAIT_FOR_START)
    session.now_us = session.schedule.starts_us
    press(page, qtbot, "我已在竞赛网站提交答卷")
    ready(page, qtbot, "结束录制")
    qtbot.mousePress(page.big, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.moment is Moment.ENDING)
    assert opened_sites == ["https://contest.example/login"]
    assert session.calls == [
        "consent:recording,face,document",
        "preflight",
        "begin",
        "begin_contest",
        "login_done",
        "hand_in",
        "end",
    ]
    for event, title in (
        (Event.CLOSE, "正在封存"),
        (Event.SEAL, "可以离开，请勿关机"),
        (Event.STORE, "现在可以关机"),
    ):
        assert page.title.text() != title
        session.happen(event)
        qtbot.waitUntil(lambda t=title: page.title.text() == t)


def test_a_click_does_not_end_the_recording(page_of, session_in, qtbot):
    session = session_in(State.HANDED_IN)
    page = page_of(session)
    press(page, qtbot, "结束录制")
    qtbot.waitUntil(lambda: session.view() is not None)
    assert session.calls == []


def test_consent_needs_every_item(page_of, session_in, qtbot):
    session = session_in(State.ENROLLED)
    page = page_of(session)
    press(page, qtbot, "我已读完，会遵守")
    qtbot.waitUntil(lambda: page.moment is Moment.CONSENT and not page._arm.isActive())
    boxes = list(page.consent.boxes.values())
    assert [box.isChecked() for box in boxes] == [False] * 3
    for box in boxes:
        assert not page.big.isEnabled()
        box.click()
    assert page.big.isEnabled()
    boxes[1].click()
    assert not page.big.isEnabled()


def test_declining_opens_nothing_and_names_whom_to_call(page_of, session_in, qtbot):
    session = session_in(State.ENROLLED)
    page = page_of(session)
    press(page, qtbot, "我已读完，会遵守")
    press_quiet(page, qtbot, Call.DECLINE)
    assert page.moment is Moment.DECLINED
    shown = {w.text() for w in page.findChildren(QLabel) if w.isVisible()}
    assert {"privacy@example.org", session.plan.organizer.phone} <= shown
    assert session.calls == []
    press(page, qtbot, "返回，重新选择")
    assert page.moment is Moment.CONSENT


def test_a_step_that_raises_is_shown_with_its_advice_and_can_be_tried_again(
    page_of, session_in, qtbot
):
    session = session_in(State.PREFLIGHTED)
    session.raises["begin"] = RecorderError(
        Text("录制程序没有应答。", "No answer."), Text("请再试一次。", "Try again.")
    )
    page = page_of(session)
    press(page, qtbot, "打开设备，开始身份核验")
    qtbot.waitUntil(page.banner.isVisible)
    assert page.banner.accessibleName() == "录制程序没有应答。 请再试一次。 [代码 E500]"
    qtbot.waitUntil(lambda: page.panel.facts[LAST].text() == "录制程序没有应答。")
    session.raises.clear()
    press(page, qtbot, "打开设备，开始身份核验")
    qtbot.waitUntil(lambda: page.moment is Moment.IDENTITY)
    assert not page.banner.isVisible()


def test_a_step_out_of_turn_is_said_and_the_page_catches_up(page_of, session_in, qtbot):
    session = session_in(State.IDENTITY)
    page = page_of(session)
    ready(page, qtbot, "已录清楚，下一步")
    session.gate.clear()
    session.happen(Event.BEGIN_CONTEST)
    qtbot.mouseClick(page.big, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.banner.isVisible)
    session.gate.set()
    qtbot.waitUntil(lambda: page.moment is Moment.OPEN_SITE)
    assert "E600" in page.banner.accessibleName()


def test_while_a_step_runs_nothing_else_can_be_pressed(page_of, session_in, qtbot):
    session = session_in(State.PREFLIGHTED)
    page = page_of(session)
    session.step_gate.clear()
    press(page, qtbot, "打开设备，开始身份核验")
    seen = []
    page.state_shown.connect(lambda: seen.append(page.big.isEnabled()))
    qtbot.waitUntil(lambda: len(seen) >= 2)
    assert page.big.text() == "正在打开设备……"
    assert seen == [False] * len(seen)
    assert not any(b.isEnabled() for b in page.quiet.buttons.values())
    session.step_gate.set()
    ready(page, qtbot, "已录清楚，下一步")
    assert session.calls == ["begin"]


def test_a_view_from_before_a_step_is_not_shown_after_it(page_of, session_in, qtbot):
    session = session_in(State.PREFLIGHTED)
    page = page_of(session)
    ready(page, qtbot, "打开设备，开始身份核验")
    session.gate.clear()
    qtbot.waitUntil(lambda: session.views_at_once == 1)
    seen = []
    page.state_shown.connect(lambda: seen.append(page.view.state))
    qtbot.mouseClick(page.big, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page._settled)
    session.gate.set()
    qtbot.waitUntil(lambda: page.moment is Moment.IDENTITY)
    assert seen == [State.IDENTITY]


def test_a_double_click_does_not_press_the_next_button(page_of, session_in, qtbot, opened_sites):
    session = session_in(State.CONTEST)
    page = page_of(session)
    ready(page, qtbot, "打开竞赛网站")
    page._arm.setInterval(60_000)
    for _ in range(3):
        qtbot.mouseClick(page.big, Qt.MouseButton.LeftButton)
    assert page.moment is Moment.LOGIN
    assert (len(opened_sites), session.calls) == (1, [])
    page._arm.start(0)
    press(page, qtbot, "我已登录竞赛账号")
    qtbot.waitUntil(lambda: session.calls == ["login_done"])


def test_a_press_counts_while_it_becomes_late(page_of, session_in, qtbot):
    session = session_in(State.PREFLIGHTED)
    page = page_of(session)
    ready(page, qtbot, "打开设备，开始身份核验")
    qtbot.mousePress(page.big, Qt.MouseButton.LeftButton)
    place = page.big.geometry()
    session.now_us = session.schedule.starts_us + SECOND_US
    qtbot.waitUntil(lambda: page.moment is Moment.BEGIN_LATE)
    page.layout().activate()
    qtbot.wait(50)
    assert page.big.geometry() == place
    qtbot.mouseRelease(page.big, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.calls == ["begin"])


def test_a_hanging_view_does_not_freeze_the_window(page_of, session_in, qtbot):
    session = session_in(State.CONTEST)
    page = page_of(session)
    session.gate.clear()
    qtbot.waitUntil(lambda: session.views_at_once == 1)
    before, ticks = page.header._clock.text(), []
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start(50)
    qtbot.waitUntil(lambda: len(ticks) >= 40)  # two seconds
    assert page.header._clock.text() != before
    assert session.most_views_at_once == 1
    assert page._background._waiting[Lane.VIEW] == 1  # nothing piles up behind it
    session.gate.set()
    session.happen(Event.HAND_IN)
    qtbot.waitUntil(lambda: page.moment is Moment.HANDED_IN)


def test_a_view_that_fails_is_said_and_tried_again(page_of, session_in, qtbot):
    session = session_in(State.CONTEST)
    page = page_of(session)
    session.raises["view"] = OSError("disk")
    qtbot.waitUntil(page.alert.isVisible)
    assert "正在重试" in page.alert.accessibleName()
    session.raises.clear()
    qtbot.waitUntil(lambda: not page.alert.isVisible())


def test_a_recorder_that_died_is_said(page_of, session_in, qtbot):
    session = session_in(State.CONTEST)
    session.recorder_alive = False
    page = page_of(session)
    assert page.alert.isVisible()
    assert "录制程序正在恢复" in page.alert.accessibleName()
    assert "正在等待消息" in page.panel.lights["camera"].accessibleName()
    session.recorder_alive = True
    qtbot.waitUntil(lambda: not page.alert.isVisible())
    assert "正在录制" in page.panel.lights["camera"].accessibleName()


def test_before_and_after_the_recording_no_light_claims_to_record(page_of, session_in):
    for state in (State.ENROLLED, State.PREFLIGHTED, State.UPLOADING, State.STORED):
        page = page_of(session_in(state))
        assert not any("正在录制" in light.accessibleName() for light in page.panel.lights.values())


def test_what_is_recorded_stored_and_sent_is_shown(page_of, session_in, qtbot):
    session = session_in(State.CONTEST)
    session.sent = Sent(1000, 999, 1, "203.0.113.7", Text("网络断开。", "Offline."))
    session.gaps = 2
    session.sources = {"camera": ("slate", "拔出")}
    page = page_of(session)
    shown = {caption.zh: fact.text() for caption, fact in page.panel.facts.items()}
    assert shown == {
        ELAPSED.zh: "0:12:34",
        ON_DISK.zh: "752 秒",
        SENT.zh: "99%",
        ADDRESS.zh: "203.0.113.7",
        GAPS.zh: "2 次，原因已记录",
        LAST.zh: "摄像头：画面中断，正在重连",
    }
    assert "画面中断" in page.panel.lights["camera"].accessibleName()
    session.sources = {}
    qtbot.waitUntil(lambda: page.panel.facts[LAST].text() == "网络断开。")
    session.sent = replace(session.sent, sent_bytes=1000, problem=None)
    qtbot.waitUntil(lambda: page.panel.facts[LAST].text() == "无")
    assert page.panel.facts[SENT].text() == "100%"


def test_what_was_recorded_stays_told_after_the_end(page_of, session_in, qtbot):
    session = session_in(State.HANDED_IN)
    session.gaps = 2
    page = page_of(session)
    session.happen(Event.END)
    qtbot.waitUntil(lambda: not page.is_filming())
    assert page.panel.facts[ELAPSED].text() == "0:12:34"
    assert page.panel.facts[GAPS].text() == "2 次，原因已记录"
    nobody_knows = page_of(session).panel.facts
    assert {nobody_knows[fact].text() for fact in (ELAPSED, ON_DISK, GAPS)} == {"—"}


def test_the_camera_picture_is_asked_for_only_while_filming(page_of, session_in, qtbot):
    session = session_in(State.PREFLIGHTED)
    asked = threading.Event()
    session.preview = asked.set
    page = page_of(session)
    seen = []
    page.state_shown.connect(lambda: seen.append(1))
    qtbot.waitUntil(lambda: len(seen) >= 2)
    assert not asked.is_set()
    session.happen(Event.BEGIN)
    qtbot.waitUntil(asked.is_set)


def test_a_preview_that_fails_disturbs_nothing(page_of, session_in, qtbot):
    session = session_in(State.CONTEST)
    session.raises["preview"] = OSError("gone")
    page = page_of(session)
    seen = []
    page.state_shown.connect(lambda: seen.append(1))
    qtbot.waitUntil(lambda: len(seen) >= 2)
    assert not page.banner.isVisible()
    assert page.panel.preview.words() == "暂时没有画面"


def test_the_rail_marks_the_stage_and_shows_times_and_telephone(page_of, session_in):
    page = page_of(session_in(State.IDENTITY))
    names = [row.accessibleName() for row in page.rail.rows.values()]
    assert names[:4] == [
        "报名信息: 已完成", "环境检测: 已完成", "身份核验: 进行中", "登录与竞赛录制: 未开始",
    ]  # fmt: skip
    assert page.rail.rows[Stage.CONTEST].time.text() == "09:30–11:30"
    assert page.rail.rows[Stage.IDENTITY].time.text() == "最晚 09:15 开始"
    assert page.rail._phone.text() == "0731-5550 0100"
    assert page.rail._phone.isVisible()


def test_the_clock_is_the_organizers(page_of, session_in):
    page = page_of(session_in(State.PREFLIGHTED))
    assert page.header._clock.text().startswith("09:05:0")
    assert page.header._caption.text() == "距开赛"
    assert page.header._value.text() in ("0:25:00", "0:24:59")


def test_a_browser_that_does_not_open_is_said(page_of, session_in, qtbot, monkeypatch):
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    page = page_of(session_in(State.CONTEST))
    press(page, qtbot, "打开竞赛网站")
    assert "没能打开浏览器" in page.banner.accessibleName()
    assert page.moment is Moment.OPEN_SITE


def test_hundred_per_cent_only_with_the_organizers_receipt(page_of, session_in, qtbot):
    session = session_in(State.UPLOADING)
    session.sent = Sent(1000, 1000)
    page = page_of(session)
    assert page.finish._bar.value() == 99
    session.happen(Event.STORE)
    qtbot.waitUntil(lambda: page.finish._bar.value() == 100)


def test_it_all_fits_on_a_small_screen(page_of, session_in, qtbot):
    for state in State:
        page = page_of(session_in(state))
        page.window().resize(1366, 700)
        qtbot.waitUntil(lambda p=page: p.window().height() == 700)
        assert page.area.verticalScrollBar().maximum() == 0, state
        assert page.minimumSizeHint().height() <= 700
        assert page.minimumSizeHint().width() <= 1366
        page.window()._may_close = True
        page.window().close()


def test_a_second_camera_has_a_light_where_it_is_recorded(page_of, session_in, qtbot):
    session = session_in(State.CONTEST)
    page = page_of(session)
    light = page.panel.lights["second"]
    assert light.isHidden()
    session.recorded = ("screen", "camera", "second", "sound")
    session.sources["second"] = ("slate", "摄像头没有新画面")
    qtbot.waitUntil(lambda: not light.isHidden())
    assert light.accessibleName() == "第二摄像头: 画面中断，正在重连 摄像头没有新画面"
    page.window().resize(1366, 700)
    assert page.area.verticalScrollBar().maximum() == 0
    assert page.minimumSizeHint().height() <= 700
    session.recorder_alive = False
    qtbot.waitUntil(lambda: "正在等待消息" in light.accessibleName())


def test_consent_says_that_two_cameras_are_recorded(page_of, session_in):
    said = {}
    for wants in (True, False):
        plan = make_plan(recording={"second_camera": wants})
        page = page_of(session_in(State.ENROLLED, plan=plan))
        said[wants] = page.consent.boxes["recording"].text()
    assert said == {
        True: "我同意录制屏幕、两个摄像头的画面和声音",
        False: "我同意录制屏幕、摄像头画面和声音",
    }


@pytest.mark.parametrize(
    ("source", "state", "to_do"),
    [
        ("camera", "slate", "请检查连接"),
        ("sound", "muted", "静音开关"),
        ("screen", "slate", "请解锁屏幕"),
    ],
)
def test_a_lost_device_says_what_to_do(open_window, session_in, qtbot, source, state, to_do):
    session = session_in(State.CONTEST)
    session.sources, session.alarms = {source: (state, "")}, {source}
    page = open_window(session).page
    qtbot.waitUntil(page.alert.isVisible)
    assert "录制没有停" in page.alert.accessibleName()
    assert to_do in page.alert.accessibleName()
    session.alarms.clear()
    qtbot.waitUntil(lambda: not page.alert.isVisible())


def test_figures_come_with_the_recording_and_its_picture_goes_with_it(
    open_window, session_in, qtbot
):
    for state, figures, picture in [
        (State.CONSENTED, False, True),
        (State.CONTEST, True, True),
        (State.UPLOADING, True, False),
    ]:
        page = open_window(session_in(state)).page
        qtbot.waitUntil(lambda page=page: page.view is not None)
        assert page.panel.figures.isVisible() is figures
        assert page.panel.preview.isVisible() is picture
