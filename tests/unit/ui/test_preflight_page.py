"""The check page: live, stopped, one again, fixed on a click; nothing holds the contestant up."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel

from client.attempt.states import State
from client.base.errors import BadInputError, RecorderError
from client.base.text import Text
from client.ui.guide import Call, Moment
from client.ui.pages import preflight, status
from client.ui.widgets import hold
from tests.simulators.session import made_check

LEFT = Qt.MouseButton.LeftButton
START, GO_ON = "开始检测", "打开设备，开始身份核验"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(status, "ARM_MS", 20)
    monkeypatch.setattr(hold, "HOLD_MS", 120)


@pytest.fixture
def page_of(open_window, qtbot):
    def show(session, **changes):
        page = open_window(session, **changes).page
        qtbot.waitUntil(lambda: page.view is not None)
        return page

    return show


@pytest.fixture
def gate():
    gate = threading.Event()
    yield gate
    gate.set()


def held(gate, name, **more):
    """Return a check that passes once `gate` is open."""
    done = made_check(name)

    def probe():
        threads.append(threading.current_thread().name)
        gate.wait(30)
        return done.probe()

    return replace(done, probe=probe, limit_seconds=100, **more)


threads: list[str] = []


def press(page, qtbot, text):
    qtbot.waitUntil(lambda: page.big.text() == text and page.big.isEnabled())
    qtbot.mouseClick(page.big, LEFT)


def click(button, qtbot):
    qtbot.waitUntil(lambda: button.isVisible() and button.isEnabled())
    qtbot.mouseClick(button, LEFT)


def button_of(row, text):
    return next(each for each in row.buttons if each.text() == text)


def ended(page, qtbot):
    qtbot.waitUntil(lambda: not page.checks.is_running and page.moment is Moment.BEGIN)
    qtbot.waitUntil(page.big.isEnabled)


def shown(page):
    return " ".join(w.text() for w in page.checks.findChildren(QLabel) if w.isVisible())


def test_before_the_first_click_it_says_what_will_be_opened_and_opens_nothing(
    page_of, session_in, qtbot
):
    session = session_in(State.CONSENTED)
    probed = []
    session.checks_here = (made_check("cameras", probe=lambda: probed.append(1)),)
    page = page_of(session)
    qtbot.waitUntil(page.big.isEnabled)
    assert "每个摄像头和麦克风会打开三秒" in shown(page)
    assert "不保存任何内容" in shown(page)
    assert not page.checks.stop_button.isVisible()
    assert (probed, session.calls) == ([], [])


def test_rows_end_one_by_one_while_the_window_goes_on(page_of, session_in, qtbot, gate):
    session = session_in(State.CONSENTED)
    far = []
    slow = replace(held(gate, "recording"), follow=far.append)
    session.checks_here = (made_check("disk", "fail"), made_check("clock"), slow)
    page = page_of(session)
    press(page, qtbot, START)
    checks = page.checks
    qtbot.waitUntil(lambda: checks.summary.text() == "正在检测：已完成 2 / 3 项")
    rows = {name: row.accessibleName() for name, row in checks.grid.rows.items()}
    assert rows == {
        "disk": "检查 disk: 未通过",
        "clock": "检查 clock: 通过",
        "recording": "检查 recording: 等待中",
    }
    assert threads[-1] == "check-recording"
    far[0](Text("已录 3 秒", "3 s recorded"))
    qtbot.waitUntil(lambda: checks.progress.text() == "检查 recording: 已录 3 秒")
    assert list(checks.rows) == ["disk"]
    assert "请修 disk" in checks.rows["disk"].accessibleName()
    assert page.big.text() == "正在检测，约需半分钟……"
    assert not page.big.isEnabled()
    ticks = []
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start(10)
    qtbot.waitUntil(lambda: len(ticks) >= 20)
    gate.set()
    ended(page, qtbot)
    assert session.calls == ["preflight"]
    assert [(one.check, one.verdict) for one in session.checks] == [
        ("disk", "fail"), ("clock", "pass"), ("recording", "pass"),
    ]  # fmt: skip


def test_what_failed_stands_first_and_what_passed_is_folded(page_of, session_in, qtbot):
    session = session_in(State.CONSENTED)
    verdicts = {"a": "pass", "b": "warn", "c": "unknown", "d": "fail", "e": "pass"}
    session.checks_here = tuple(made_check(name, verdict) for name, verdict in verdicts.items())
    page = page_of(session)
    press(page, qtbot, START)
    ended(page, qtbot)
    checks = page.checks
    assert list(checks.rows) == ["d", "c", "b"]
    assert checks.summary.text().startswith("2 项需要处理，1 项请注意。")
    told = checks.rows["d"].accessibleName()
    assert told == "检查 d: 未通过 测得: 看到 d。 要求: 要求 怎么办: 请修 d。"
    assert checks.passed.toggle.text() == "显示通过的 2 项"
    assert not checks.passed.grid.isVisible()
    checks.passed.toggle.click()
    assert list(checks.passed.grid.rows) == ["a", "e"]
    assert checks.passed.grid.isVisible()
    assert checks.passed.toggle.text() == "收起通过的 2 项"


def test_when_all_passed_it_is_one_sentence(page_of, session_in, qtbot):
    page = page_of(session_in(State.CONSENTED))
    press(page, qtbot, START)
    ended(page, qtbot)
    assert page.checks.summary.text() == "全部通过。"
    assert page.checks.rows == {}


def test_whatever_fails_the_contestant_goes_on(page_of, session_in, qtbot):
    session = session_in(State.CONSENTED)
    session.checks_here = tuple(made_check(name, "fail") for name in ("a", "b", "c"))
    page = page_of(session)
    press(page, qtbot, START)
    ended(page, qtbot)
    assert "也可以直接继续" in page.checks.summary.text()
    press(page, qtbot, GO_ON)
    qtbot.waitUntil(lambda: page.moment is Moment.IDENTITY)
    assert session.calls == ["preflight", "begin"]


def test_a_check_that_hangs_is_stopped_and_the_contestant_goes_on(page_of, session_in, qtbot, gate):
    session = session_in(State.CONSENTED)
    stopped = threading.Event()
    hanging = held(gate, "bandwidth", stop=stopped.set)
    session.checks_here = (hanging, made_check("clock"))
    page = page_of(session)
    press(page, qtbot, START)
    qtbot.waitUntil(lambda: page.checks.summary.text() == "正在检测：已完成 1 / 2 项")
    click(page.checks.stop_button, qtbot)
    ended(page, qtbot)
    assert stopped.is_set()
    assert {one.check: one.verdict for one in session.checks} == {
        "bandwidth": "unknown", "clock": "pass",
    }  # fmt: skip
    assert "提前停止" in page.checks.rows["bandwidth"].accessibleName()
    press(page, qtbot, GO_ON)
    qtbot.waitUntil(lambda: "begin" in session.calls)


def test_one_is_tried_again_alone(page_of, session_in, qtbot, gate):
    session = session_in(State.CONSENTED)
    session.checks_here = (made_check("disk", "fail"), made_check("clock", "fail"))
    page = page_of(session)
    press(page, qtbot, START)
    ended(page, qtbot)
    probed = []
    again = replace(held(gate, "disk"), follow=lambda _: probed.append("disk"))
    never = made_check("clock", probe=lambda: probed.append("clock"))
    session.checks_here = (again, never)
    click(button_of(page.checks.rows["disk"], "再试一次"), qtbot)
    qtbot.waitUntil(lambda: "正在再试" in page.checks.rows["disk"].accessibleName())
    assert not page.big.isEnabled()  # the camera may be open: the recorder must not want it now
    assert not any(each.isEnabled() for row in page.checks.rows.values() for each in row.buttons)
    gate.set()
    qtbot.waitUntil(lambda: list(page.checks.rows) == ["clock"])
    ended(page, qtbot)
    assert probed == ["disk"]
    assert session.calls == ["preflight", "preflight"]
    assert {one.check: one.verdict for one in session.checks} == {"disk": "pass", "clock": "fail"}


def test_all_is_checked_again_on_a_click(page_of, session_in, qtbot):
    session = session_in(State.CONSENTED)
    session.checks_here = (made_check("disk", "fail"),)
    page = page_of(session)
    press(page, qtbot, START)
    ended(page, qtbot)
    session.checks_here = (made_check("disk"),)
    click(page.quiet.buttons[Call.PREFLIGHT], qtbot)
    qtbot.waitUntil(lambda: page.checks.summary.text() == "全部通过。")
    assert not page.checks.rows


def test_a_run_that_cannot_begin_is_said_and_can_be_tried_again(page_of, session_in, qtbot):
    session = session_in(State.CONSENTED)
    session.raises["checkup"] = RecorderError(Text("坏了。", "Broken."), Text("再来。", "Again."))
    page = page_of(session)
    press(page, qtbot, START)
    qtbot.waitUntil(page.banner.isVisible)
    assert "坏了。" in page.banner.accessibleName()
    session.raises.clear()
    press(page, qtbot, START)
    ended(page, qtbot)


def test_closing_the_window_ends_what_runs(page_of, session_in, qtbot, gate):
    session = session_in(State.CONSENTED)
    stopped = threading.Event()
    session.checks_here = (held(gate, "recording", stop=stopped.set),)
    page = page_of(session)
    press(page, qtbot, START)
    qtbot.waitUntil(lambda: "0 / 1" in page.checks.summary.text())
    page.window().close()
    assert stopped.is_set()


def test_a_settings_page_is_opened_off_the_windows_thread(page_of, session_in, qtbot, monkeypatch):
    opened = []
    monkeypatch.setattr(
        preflight, "open_page", lambda name: opened.append((name, threading.current_thread().name))
    )
    session = session_in(State.CONSENTED)
    session.checks_here = (made_check("cameras", "fail", fix="camera-privacy"),)
    page = page_of(session)
    press(page, qtbot, START)
    ended(page, qtbot)
    click(button_of(page.checks.rows["cameras"], "打开摄像头权限设置"), qtbot)
    qtbot.waitUntil(page.checks.banner.isVisible)
    assert opened == [("camera-privacy", "window-check")]
    assert "再试一次" in page.checks.banner.accessibleName()


def test_a_page_that_does_not_open_is_told_in_words(page_of, session_in, qtbot, monkeypatch):
    def refuse(_):
        raise BadInputError(Text("没有找到。", "None."), Text("请自己查找。", "Look yourself."))

    monkeypatch.setattr(preflight, "open_page", refuse)
    session = session_in(State.CONSENTED)
    session.checks_here = (made_check("time-zone", "warn", fix="clock"),)
    page = page_of(session)
    press(page, qtbot, START)
    ended(page, qtbot)
    click(button_of(page.checks.rows["time-zone"], "打开日期和时间设置"), qtbot)
    qtbot.waitUntil(page.checks.banner.isVisible)
    assert "请自己查找。" in page.checks.banner.accessibleName()


def test_the_system_is_asked_to_stay_awake_and_it_is_said_until_when(
    page_of, session_in, qtbot, monkeypatch
):
    asked = []
    words = Text("不睡眠。", "No sleep.")
    monkeypatch.setattr(preflight.Awake, "ask", lambda _: asked.append(1) or words)
    monkeypatch.setattr(preflight.Awake, "close", lambda _: asked.append("taken back"))
    session = session_in(State.CONSENTED)
    session.checks_here = (made_check("power", "warn", fix="stay-awake"),)
    page = page_of(session)
    press(page, qtbot, START)
    ended(page, qtbot)
    click(button_of(page.checks.rows["power"], "请系统保持唤醒"), qtbot)
    qtbot.waitUntil(page.checks.banner.isVisible)
    assert "自动撤销" in page.checks.banner.accessibleName()
    page.stop()
    qtbot.waitUntil(lambda: asked == [1, "taken back"])


def test_a_window_that_comes_back_shows_the_words_again(page_of, session_in, qtbot):
    session = session_in(State.CONSENTED)
    session.checks_here = (made_check("disk", "fail"), made_check("clock"))
    first = page_of(session)
    press(first, qtbot, START)
    ended(first, qtbot)
    page = page_of(session)
    qtbot.waitUntil(lambda: "disk" in page.checks.rows)
    assert "请修 disk。" in page.checks.rows["disk"].accessibleName()
    assert page.checks.summary.text().startswith("1 项需要处理")
    assert session.calls == ["preflight"]
    click(button_of(page.checks.rows["disk"], "再试一次"), qtbot)
    qtbot.waitUntil(lambda: session.calls == ["preflight", "preflight"])
    assert {one.check for one in session.checks} == {"disk", "clock"}


def test_what_changed_since_the_last_good_run_is_said(page_of, session_in, qtbot):
    for name in ("HD 720p", "C920"):
        session = session_in(State.CONSENTED)
        session.checks_here = (made_check("cameras", things=lambda _, name=name: (name,)),)
        page = page_of(session)
        press(page, qtbot, START)
        ended(page, qtbot)
    assert page.checks.changes.isVisible()
    assert "检查 cameras换成了 C920（原来是 HD 720p）" in page.checks.changes.text()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_fits_and_leaves_no_empty_space_below(page_of, session_in, qtbot, language):
    session = session_in(State.CONSENTED)
    session.checks_here = tuple(
        made_check(f"check-{n}", ("fail", "warn", "unknown", "pass")[n % 4], fix="camera-privacy")
        for n in range(25)
    )
    page = page_of(session, language=language)
    qtbot.waitUntil(page.big.isEnabled)
    qtbot.mouseClick(page.big, LEFT)
    ended(page, qtbot)
    page.window().resize(1366, 700)
    qtbot.waitUntil(lambda: page.window().height() == 700)
    assert page.area.horizontalScrollBar().maximum() == 0
    assert page.minimumSizeHint().width() <= 1366
    checks = page.checks
    qtbot.waitUntil(lambda: checks.height() <= checks.layout().heightForWidth(checks.width()) + 1)
    for row in checks.rows.values():
        for words in row.findChildren(QLabel):
            needed = words.heightForWidth(words.width()) if words.wordWrap() else 0
            assert words.height() >= needed, words.text()
