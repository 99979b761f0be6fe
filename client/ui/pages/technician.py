"""A technician's page: the same checks without a session, and a report of the seat."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from client.base.text import Text
from client.contest.contestant import ROLE_WORDS
from client.contest.plan import Environment
from client.evidence.entries import CheckResult
from client.preflight.checks.typing import to_type
from client.preflight.checkup import Checkup
from client.preflight.reports.deliver import Delivery
from client.preflight.reports.model import RoleName
from client.ui.background import Background, Lane
from client.ui.look import Look
from client.ui.pages.preflight import PreflightDetail
from client.ui.start import Technician
from client.ui.trouble import Trouble, trouble_of
from client.ui.widgets.banner import Banner
from client.ui.widgets.focus import Parking
from client.ui.widgets.forms import (
    PLAN,
    ROLE,
    Entries,
    add_roles,
    choose_into,
    copy_entries,
    named,
    with_button,
)
from client.ui.widgets.hold import HoldButton
from client.ui.widgets.parts import box, button, label, scroller
from client.ui.widgets.rail import Rail
from client.ui.widgets.work_page import BACK

log = logging.getLogger(__name__)
TITLE = Text("技术员：检测这台电脑", "Technician: check this computer")
SEAT = Text("座位", "Seat")
SEAT_HINT = Text("如 A12", "such as A12")
FOLDER = Text("报告文件夹", "Reports folder")
FOLDER_HINT = Text("共享文件夹或 U 盘，检测后保存报告", "A share or USB stick, for the report")
PLAN_HINT = Text("网址或文件；不填则按常规要求", "Address or file; empty: usual settings")
BROWSE = Text("选择……", "Choose…")
DEVICES = Text(
    "可以打开摄像头和麦克风试用几秒，不保存任何内容",
    "Cameras and microphones may be tried; nothing is kept",
)
OPENS = Text(
    "勾选上面一项，才会打开摄像头和麦克风各三秒并用它们试录；不勾选时试录用模拟画面。",
    "Only with that tick are cameras and microphones opened, three seconds each, and used for the "
    "trial recording; else it uses simulated ones.",
)
CHECK = Text("开始检测", "Start the check")
CHECKING = Text("正在检测……", "Checking…")
AGAIN = Text("重新检测", "Check again")
CHANGE = Text("更改方案或设备", "Change plan or devices")
SAVE = Text("保存报告", "Save the report")
SAVING = Text("正在保存……", "Saving…")
SAVED = Text("报告已保存：{file}", "The report is saved: {file}")
NEXT = Text("可以去下一台电脑了。", "On to the next computer.")
NOT_SAVED = Text("报告没能写进文件夹：{why}", "The report is not in the folder: {why}")
KEPT = Text(
    "已留在本机：{copy}。请检查文件夹后再保存一次。",
    "It is kept here: {copy}. See to the folder and save it again.",
)
ROWS_OF_A_REPORT = 2
"""Seat and folder, the first of the form; the others are for a check."""
INCOMPLETE = Trouble(
    Text("还有没填的内容。", "Something is still missing."),
    Text("请填写座位和报告文件夹。", "Fill in the seat and the reports folder."),
    "E100",
)


class TechnicianPage(QWidget):
    """Emits `left` when the start page is wanted again."""

    left = Signal()

    def __init__(self, technician: Technician, look: Look, background: Background) -> None:
        """Ask for seat, role, folder and plan; nothing runs and no device is opened yet."""
        super().__init__()
        self._technician = technician
        self._look = look
        self._background = background
        self._asked: tuple[str, bool] | None = None
        self._has_run = False
        self._parking = Parking(self)
        say = look.say
        self.banner = Banner(look)
        self.seat, self.folder, self.plan = QLineEdit(), QLineEdit(), QLineEdit()
        self.roles: dict[RoleName, QRadioButton] = {
            role: QRadioButton(say(words)) for role, words in ROLE_WORDS.items()
        }
        self.roles["primary"].setChecked(True)
        self.devices = QCheckBox(say(DEVICES))
        self.devices.setAccessibleName(self.devices.text())
        methods = to_type(Environment().input_methods)
        self.checks = PreflightDetail(look, background, self._checkup, methods, OPENS)
        self.checks.wanted.connect(self._run)
        self.checks.finished.connect(self._checked)
        self.checks.failed.connect(self._failed)
        self.big = HoldButton(look)
        self.big.chosen.connect(self._big_chosen)
        self.again, self.change, self.back = map(button, map(say, (AGAIN, CHANGE, BACK)))
        self.again.clicked.connect(lambda: self._run(()))
        self.change.clicked.connect(lambda: self._ask(everything=True))
        self.back.clicked.connect(self.left)
        self._arrange()
        self._ask(everything=True)
        self._offer()

    # ---- building ------------------------------------------------------------------------------
    def _arrange(self) -> None:
        say = self._look.say
        self.rail = Rail(self._look)
        for row in self.rail.rows.values():
            row.hide()  # there is no session here, so no step of one
        self.area = scroller(self.checks)
        foot = QHBoxLayout()
        for each in (self.again, self.change, self.back):
            foot.addWidget(each)
        foot.addStretch(1)
        right = QVBoxLayout()
        right.setContentsMargins(28, 20, 28, 20)
        right.setSpacing(10)
        right.addWidget(label("title", say(TITLE)))
        self._form = self._fields()
        right.addWidget(box("card", self._form, margin=14, spacing=8))
        right.addWidget(self.banner)
        right.addWidget(self.area, 1)
        right.addWidget(self.big)
        right.addLayout(foot)
        self.rail.stand_beside(right, self)

    def _fields(self) -> QFormLayout:
        say = self._look.say
        for field, name, hint in (
            (self.seat, SEAT, SEAT_HINT),
            (self.folder, FOLDER, FOLDER_HINT),
            (self.plan, PLAN, PLAN_HINT),
        ):
            named(self._look, field, name, hint)
        where = QHBoxLayout()
        where.addWidget(self.seat, 1)
        where.addWidget(label("text", say(ROLE), wrap=False))
        add_roles(self._look, where, self.roles.values())
        form = QFormLayout()
        form.setHorizontalSpacing(20)
        form.addRow(say(SEAT), where)
        form.addRow(say(FOLDER), self._browsing(self.folder, folders=True))
        form.addRow(say(PLAN), self._browsing(self.plan, folders=False))
        form.addRow("", self.devices)
        return form

    def _ask(self, *, everything: bool) -> None:
        """Show the whole form, or what a report needs alone: the checks have more room then."""
        for row in range(ROWS_OF_A_REPORT, self._form.rowCount()):
            self._form.setRowVisible(row, everything)
        self.change.setVisible(not everything)

    def _browsing(self, field: QLineEdit, *, folders: bool) -> QHBoxLayout:
        browse = QPushButton(self._look.say(BROWSE))
        browse.setAccessibleName(f"{field.accessibleName()}: {browse.text()}")
        title = field.accessibleName()
        browse.clicked.connect(lambda: choose_into(field, self, title, folders=folders))
        return with_button(field, browse)

    def take_over(self, before: TechnicianPage) -> None:
        """Fill in what was typed and chosen on the page whose place this one takes."""
        copy_entries(before.entries(), self.entries())

    def entries(self) -> Entries:
        """Return what is filled in here."""
        return (self.seat, *self.roles.values(), self.folder, self.plan, self.devices)

    # ---- checking ------------------------------------------------------------------------------
    def _checkup(self) -> Checkup:
        plan, devices = self._asked or ("", False)
        return self._technician.checkup(plan, devices=devices)

    def _run(self, only: tuple[str, ...]) -> None:
        asked = (self.plan.text().strip(), self.devices.isChecked())
        if asked != self._asked:
            self._asked, only = asked, ()
            self.checks.renew()
        self.banner.hide()
        self._wait(CHECKING)
        self.checks.run(only)

    def _checked(self, _: tuple[CheckResult, ...]) -> None:
        self._has_run = True
        self._ask(everything=False)
        self._offer()

    def _failed(self, error: Exception) -> None:
        self._asked = None
        self._ask(everything=True)
        self.show_problem(trouble_of(error))
        self._offer()

    # ---- saving --------------------------------------------------------------------------------
    def _big_chosen(self) -> None:
        if not self._has_run:
            self._run(())
        elif self.checks.checkup is not None:
            self._save(self.checks.checkup)

    def _save(self, checkup: Checkup) -> None:
        seat, folder = self.seat.text().strip(), self.folder.text().strip()
        if not seat or not folder:
            self.show_problem(INCOMPLETE)
            (self.folder if seat else self.seat).setFocus()
            return
        role = next(role for role, choice in self.roles.items() if choice.isChecked())
        self._wait(SAVING)
        work = partial(self._technician.save, checkup, seat, role, Path(folder))
        self._background.run(Lane.STEP, work, self._saved, self._not_saved)

    def _saved(self, delivery: Delivery) -> None:
        self._offer()
        if delivery.trouble is None:
            self.banner.say(SAVED.format(file=str(delivery.file)), NEXT, "good")
            return
        copy = str(delivery.copy or "-")
        self.banner.say(NOT_SAVED.format(why=delivery.trouble), KEPT.format(copy=copy), "bad")

    def _not_saved(self, error: Exception) -> None:
        log.error("report", exc_info=error)
        self._offer()
        self.show_problem(trouble_of(error))

    # ---- showing -------------------------------------------------------------------------------
    def show_problem(self, trouble: Trouble) -> None:
        """Show an error above the checks."""
        self.banner.show_trouble(trouble)

    def stop(self) -> None:
        """End what runs."""
        self.checks.close_all()

    def _offer(self) -> None:
        self.big.offer(self._look.say(SAVE if self._has_run else CHECK))
        self.again.setVisible(self._has_run)
        self._enable(yes=True)
        self._parking.give_back()

    def _wait(self, words: Text) -> None:
        self.big.offer(self._look.say(words))
        self._parking.park()
        self._enable(yes=False)

    def _enable(self, *, yes: bool) -> None:
        for each in (self.big, self.again, self.change, self.back):
            each.setEnabled(yes)
