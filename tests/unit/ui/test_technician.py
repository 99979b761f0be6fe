"""A technician's page: checks without a session, and a real report of the seat."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from client.base.errors import PlanError
from client.base.text import Text
from client.preflight.alone import save_report
from client.preflight.checkup import Checkup
from client.preflight.reports.model import read_report
from client.preflight.reports.own import OwnRuns
from client.ui.pages.enrol import EnrolPage
from client.ui.pages.technician import TechnicianPage
from client.ui.start import Wish
from tests.simulators.session import made_check

LEFT = Qt.MouseButton.LeftButton


class Room:
    """Made-up checks, and the real code that leaves a report."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[tuple[str, bool]] = []
        self.checks = (made_check("disk", "fail"), made_check("clock"))
        self.raises: Exception | None = None

    def checkup(self, plan: str, *, devices: bool) -> Checkup:
        self.asked.append((plan, devices))
        if self.raises is not None:
            raise self.raises
        return Checkup(lambda: self.checks, OwnRuns(self.folder / "checks"))

    def save(self, checkup, seat, role, folder):
        return save_report(checkup, seat, role, folder)


@pytest.fixture
def room(tmp_path, monkeypatch):
    monkeypatch.setenv("SAIJIAN_HOME", str(tmp_path / "home"))
    (tmp_path / "share").mkdir()
    return Room(tmp_path)


@pytest.fixture
def page(open_window, room, qtbot):
    page = open_window(wish=Wish(technician=True), technician=room).page
    assert isinstance(page, TechnicianPage)
    return page


def press(page, qtbot, text):
    qtbot.waitUntil(lambda: page.big.text() == text and page.big.isEnabled())
    qtbot.mouseClick(page.big, LEFT)


def reports(tmp_path):
    return sorted((tmp_path / "share").glob("*.json"), key=lambda path: path.stat().st_mtime_ns)


def test_it_is_reached_from_the_start_page_and_left_again(open_window, room, qtbot):
    window = open_window(technician=room)
    assert isinstance(window.page, EnrolPage)
    qtbot.mouseClick(window.page.check_only, LEFT)
    assert isinstance(window.page, TechnicianPage)
    qtbot.mouseClick(window.page.back, LEFT)
    assert isinstance(window.page, EnrolPage)
    window.grant(Wish(technician=True))
    assert isinstance(window.page, TechnicianPage)
    assert room.asked == []


def test_a_later_start_asks_for_it_while_the_help_is_read(open_window, room, qtbot):
    window = open_window(technician=room)
    window.page.rail.asides["help"].click()
    window.grant(Wish(technician=True))
    assert isinstance(window.page, TechnicianPage)
    qtbot.waitUntil(window.page.isVisible)
    window.page.rail.asides["help"].click()
    window.aside.page.back.click()
    assert isinstance(window.page, TechnicianPage)


def test_enter_pressed_twice_checks_once_and_opens_nothing_else(page, room, qtbot):
    window = page.window()
    assert window.focusWidget() is page.seat
    page.big.setFocus()
    for _ in range(2):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.big.text() == "保存报告" and page.big.isEnabled())
    assert window.aside.page is None
    assert len(room.asked) == 1
    assert window.focusWidget() is page.big


def test_a_row_that_goes_while_it_has_the_focus_takes_nothing_along(page, room, qtbot):
    press(page, qtbot, "开始检测")
    qtbot.waitUntil(lambda: "disk" in page.checks.rows and page.big.isEnabled())
    room.checks = (made_check("disk"), made_check("clock"))
    again = page.checks.rows["disk"].buttons[-1]
    again.setFocus()
    qtbot.keyClick(again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "disk" not in page.checks.rows and page.big.isEnabled())


def test_what_was_filled_in_stays_in_another_language(page):
    window = page.window()
    page.seat.setText("a-07")
    page.roles["backup"].setChecked(True)
    page.devices.setChecked(True)
    window.page.rail.display.click()
    window.display.large.click()
    assert window.page is not page
    assert window.page.seat.text() == "a-07"
    assert window.page.roles["backup"].isChecked()
    assert window.page.devices.isChecked()


def test_a_seat_is_checked_repaired_and_reported(page, room, qtbot, tmp_path):
    press(page, qtbot, "开始检测")
    qtbot.waitUntil(lambda: "disk" in page.checks.rows)
    assert room.asked == [("", False)]  # no device without the tick
    press(page, qtbot, "保存报告")
    assert "座位和报告文件夹" in page.banner.accessibleName()
    page.seat.setText("a-07")
    page.roles["backup"].setChecked(True)
    page.folder.setText(str(tmp_path / "share"))
    press(page, qtbot, "保存报告")
    qtbot.waitUntil(lambda: "报告已保存" in page.banner.accessibleName())
    (file,) = reports(tmp_path)
    first = read_report(file.read_bytes())
    assert (first.seat, first.role, first.failed, first.complete) == ("A7", "backup", True, True)
    room.checks = (made_check("disk"), made_check("clock"))
    again = page.checks.rows["disk"].buttons[-1]
    qtbot.mouseClick(again, LEFT)
    qtbot.waitUntil(lambda: page.checks.summary.text() == "全部通过。")
    picture = b"\xff\xd8\xff" + b"room" * 9
    page.checks._confirmed(("quiet", "desk"), picture)
    qtbot.waitUntil(lambda: "room" in page.checks.rows)
    press(page, qtbot, "保存报告")
    qtbot.waitUntil(lambda: len(reports(tmp_path)) == 2 and page.big.isEnabled())
    second = read_report(reports(tmp_path)[-1].read_bytes())
    assert not second.failed
    assert second.ticks == ("desk", "quiet")
    assert second.photo is not None
    assert second.photo.file.startswith("A7-backup-")
    assert (tmp_path / "share" / second.photo.file).read_bytes() == picture
    assert second.photo.sha256 == hashlib.sha256(picture).hexdigest()
    assert second.compared is not None
    changed = {one.check: (one.before, one.now) for one in second.compared.changes}
    assert changed["disk"] == ("fail", "pass")


def test_devices_and_plan_are_those_of_the_form(page, room, qtbot):
    page.plan.setText(" https://example.org/plan ")
    page.devices.click()
    press(page, qtbot, "开始检测")
    qtbot.waitUntil(lambda: page.big.text() == "保存报告" and page.big.isEnabled())
    assert page.folder.isVisible()
    assert not page.plan.isVisible()  # the checks have more room
    qtbot.mouseClick(page.change, LEFT)
    assert page.plan.isVisible()
    assert not page.change.isVisible()
    page.devices.click()
    qtbot.mouseClick(page.again, LEFT)
    qtbot.waitUntil(lambda: len(room.asked) == 2)
    qtbot.waitUntil(page.big.isEnabled)
    assert not page.devices.isVisible()
    assert room.asked == [("https://example.org/plan", True), ("https://example.org/plan", False)]


def test_a_plan_that_cannot_be_read_is_said_and_tried_again(page, room, qtbot):
    room.raises = PlanError(Text("方案读不出。", "Unreadable."), Text("请检查网址。", "Check."))
    press(page, qtbot, "开始检测")
    qtbot.waitUntil(page.banner.isVisible)
    assert page.plan.isVisible()
    assert "方案读不出" in page.banner.accessibleName()
    room.raises = None
    press(page, qtbot, "开始检测")
    qtbot.waitUntil(lambda: page.big.text() == "保存报告")


@pytest.mark.parametrize(("seat", "said"), [("A12", "没能写进文件夹"), ("第一排", "不对")])
def test_a_report_that_cannot_be_saved_is_said(page, qtbot, tmp_path, seat, said):
    press(page, qtbot, "开始检测")
    page.seat.setText(seat)
    page.folder.setText(str(tmp_path / "no such share"))
    press(page, qtbot, "保存报告")
    qtbot.waitUntil(lambda: said in page.banner.accessibleName())
    kept = list((tmp_path / "home" / "reports").glob("*.json"))
    assert len(kept) == (1 if seat == "A12" else 0)
    qtbot.waitUntil(page.big.isEnabled)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_fits_a_small_screen(open_window, room, qtbot, language):
    window = open_window(wish=Wish(technician=True), technician=room, language=language)
    window.resize(1366, 700)
    qtbot.waitUntil(lambda: window.height() == 700)
    assert window.page.minimumSizeHint().height() <= 700
    assert window.page.minimumSizeHint().width() <= 1366
