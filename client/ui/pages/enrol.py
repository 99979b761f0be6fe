"""The start page: go on with an unfinished session, or enrol with plan, ticket and code."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from client.attempt.view import Session
from client.base.errors import SaiJianError
from client.base.text import Text
from client.contest.contestant import Role
from client.ui.background import Background, Lane
from client.ui.look import Look
from client.ui.start import StartPoint, UnfinishedSession, Wish
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
from client.ui.widgets.trial_offer import TrialOffer

log = logging.getLogger(__name__)

TITLE = Text("填写报名信息", "Enter your enrolment")
BODY = Text(
    "准考证号和验证码由组委会发给您。这一步不会打开任何设备。",
    "The organizer gave you the ticket number and the code. No device is opened in this step.",
)
UNFINISHED = Text("这台电脑上有没完成的场次", "There is an unfinished session on this computer")
GO_ON = Text("继续这一场", "Continue this session")
NEW_ONE = Text("不是我的场次，填写新的报名信息", "Not mine: enter a new enrolment")
PLAN_HINT = Text("组委会公布的网址，或方案文件", "Address that the organizer published, or a file")
BROWSE = Text("选择文件……", "Choose a file…")
CHOOSE = Text("选择竞赛方案文件", "Choose the contest plan")
PLAN_FILES = Text(
    "竞赛方案 (*.saijian *.json);;所有文件 (*)", "Contest plan (*.saijian *.json);;All files (*)"
)
TICKET = Text("准考证号", "Ticket number")
CODE = Text("一次性验证码", "One-time code")
ROLES = {
    Role.PRIMARY: Text("主机", "the main computer"),
    Role.BACKUP: Text("备用机", "the spare computer"),
}
ENROL = Text("确认，进入本场次", "Confirm and enter the session")
TECHNICIAN = Text("技术员：只检测这台电脑……", "Technician: only check this computer…")
WORKING = Text("正在联系组委会……", "Asking the organizer…")
OPENING = Text("正在打开本场次……", "Opening the session…")
INCOMPLETE = Trouble(
    Text("还有没填的内容。", "Something is still missing."),
    Text("请填写{field}。", "Please fill in: {field}."),
    "E100",
)


class EnrolPage(QWidget):
    """Emits `opened` with a `Session`."""

    opened = Signal(object)
    technician = Signal()
    """Somebody wants to check this computer without a session."""

    def __init__(self, start: StartPoint, look: Look, background: Background) -> None:
        """Build the form and look for unfinished sessions."""
        super().__init__()
        self._start = start
        self._look = look
        self._background = background
        self._parking = Parking(self)
        self.banner = Banner(look)
        self._offers = QVBoxLayout()
        self.offer_buttons: list[HoldButton] = []
        self.new_one = QPushButton(self)
        self.new_one.hide()
        self.plan, self.ticket, self.code = QLineEdit(start.wish.plan), QLineEdit(), QLineEdit()
        self.browse = button(look.say(BROWSE))
        self.browse.clicked.connect(self._browse)
        self.roles = {role: QRadioButton(look.say(text)) for role, text in ROLES.items()}
        self.roles[Role.PRIMARY].setChecked(True)
        self.check_only = button(look.say(TECHNICIAN))
        self.check_only.clicked.connect(self.technician)
        if start.technician is None:
            self.check_only.hide()
        self.trial = TrialOffer(look)
        self.enrol = HoldButton(look)
        self.enrol.offer(look.say(ENROL))
        self.enrol.chosen.connect(self._enrol)
        self._arrange()
        if start.wish.folder is not None:
            self._begin(partial(start.open, start.wish.folder), OPENING, self._not_opened)
        else:
            self._look_around()

    def take_over(self, before: EnrolPage) -> None:
        """Fill in what was typed and chosen on the page whose place this one takes."""
        copy_entries(before.entries(), self.entries())

    def entries(self) -> Entries:
        """Return what is filled in here."""
        return (self.plan, self.ticket, self.code, *self.roles.values())

    # ---- building ------------------------------------------------------------------------------
    def _arrange(self) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(28, 24, 28, 20)
        column.setSpacing(12)
        column.addWidget(self.banner)
        column.addLayout(self._offers)
        self._entry = (
            label("title", self._look.say(TITLE)),
            label("body", self._look.say(BODY)),
            box("card", self._form(), margin=22, spacing=14),
            self.enrol,
        )
        for widget in self._entry[:3]:
            column.addWidget(widget)
        column.addStretch(1)
        content = QWidget()
        content.setLayout(column)
        self.area = scroller(content)
        foot = QVBoxLayout()
        foot.setContentsMargins(28, 0, 28, 16)
        foot.setSpacing(10)
        foot.addWidget(self.enrol)
        quiet = QHBoxLayout()
        quiet.addWidget(self.trial, 100)
        quiet.addStretch(1)
        quiet.addWidget(self.check_only)
        foot.addLayout(quiet)
        right = QVBoxLayout()
        right.addWidget(self.area, 1)
        right.addLayout(foot)
        self.rail = Rail(self._look)  # the last one that the Tab key comes to
        self.rail.stand_beside(right, self)

    def _form(self) -> QFormLayout:
        say = self._look.say
        for field, name, hint, longest in (
            (self.plan, PLAN, PLAN_HINT, 1000),
            (self.ticket, TICKET, None, 40),
            (self.code, CODE, None, 40),
        ):
            named(self._look, field, name, hint)
            field.setMaxLength(longest)
            field.returnPressed.connect(self._enrol)
        form = QFormLayout()
        form.setHorizontalSpacing(20)
        form.addRow(say(PLAN), with_button(self.plan, self.browse))
        form.addRow(say(TICKET), self.ticket)
        form.addRow(say(CODE), self.code)
        which = QHBoxLayout()
        add_roles(self._look, which, self.roles.values())
        which.addStretch(1)
        form.addRow(say(ROLE), which)
        return form

    # ---- unfinished sessions -------------------------------------------------------------------
    def _look_around(self) -> None:
        self._background.run(Lane.STEP, self._start.unfinished, self._offer, self._failed)
        if (trials := self._start.trials) is not None:
            self._background.run(Lane.STEP, trials.hindrance, self._offer_trial, self._no_trial)

    def _not_opened(self, error: Exception) -> None:
        self._failed(error)
        self._look_around()

    def _offer_trial(self, hindrance: SaiJianError | None) -> None:
        self.trial.offer(None if hindrance is None else hindrance.title)

    def _no_trial(self, error: Exception) -> None:
        log.error("no trial", exc_info=error)

    def _offer(self, unfinished: Sequence[UnfinishedSession]) -> None:
        if not unfinished:
            self._focus_form()
            return
        self._offers.addWidget(label("title", self._look.say(UNFINISHED)))
        for session in unfinished:
            card = self._card(session)
            self._offers.addWidget(card)
            card.show()  # now, not with the next event: it is to get the focus
        self.new_one = button(self._look.say(NEW_ONE))
        self.new_one.clicked.connect(self._show_form)
        row = QHBoxLayout()
        row.addWidget(self.new_one)
        row.addStretch(1)
        self._offers.addLayout(row)
        for widget in self._entry:
            widget.hide()
        self.offer_buttons[0].setFocus()

    def _show_form(self) -> None:
        self.new_one.hide()
        for widget in self._entry:
            widget.show()
        self._focus_form()

    def _focus_form(self) -> None:
        (self.ticket if self.plan.text() else self.plan).setFocus()

    def _card(self, session: UnfinishedSession) -> QFrame:
        name = self._look.say(session.label)
        go_on = HoldButton(self._look)
        go_on.offer(self._look.say(GO_ON), name)
        go_on.chosen.connect(partial(self._open, session))
        self.offer_buttons.append(go_on)
        row = QHBoxLayout()
        row.addWidget(label("body", name), 1)
        row.addWidget(go_on, 1)
        return box("card", row, margin=14, spacing=16)

    def _open(self, session: UnfinishedSession) -> None:
        self._begin(session.open, OPENING)

    def grant(self, wish: Wish) -> None:
        """Do what a later start asks for, unless the page is at work already."""
        if not self.enrol.isEnabled():
            return
        if wish.folder is not None:
            self._begin(partial(self._start.open, wish.folder), OPENING)
        elif wish.plan:
            self.plan.setText(wish.plan)
            self._show_form()

    # ---- enrolling -----------------------------------------------------------------------------
    def _browse(self) -> None:
        say = self._look.say
        choose_into(self.plan, self, say(CHOOSE), files=say(PLAN_FILES))

    def _enrol(self) -> None:
        if not self.enrol.isEnabled():
            return
        for field, name in ((self.plan, PLAN), (self.ticket, TICKET), (self.code, CODE)):
            if not field.text().strip():
                advice = Text(
                    INCOMPLETE.advice.zh.format(field=name.zh),
                    INCOMPLETE.advice.en.format(field=name.en),
                )
                self.banner.show_trouble(Trouble(INCOMPLETE.title, advice, INCOMPLETE.code))
                field.setFocus()
                return
        role = next(role for role, choice in self.roles.items() if choice.isChecked())
        words = (self.plan.text().strip(), self.ticket.text().strip(), self.code.text().strip())
        self._begin(partial(self._start.enrol, *words, role), WORKING)

    def _begin(
        self,
        work: Callable[[], Session],
        words: Text,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        self.banner.hide()
        self.enrol.offer(self._look.say(words))
        self._parking.park()
        self._set_enabled(enabled=False)
        self._background.run(Lane.STEP, work, self._opened, failed or self._failed)

    def _opened(self, session: Session) -> None:
        self.code.clear()
        self.opened.emit(session)

    def _failed(self, error: Exception) -> None:
        log.error("enrolment failed", exc_info=error)
        self.show_problem(trouble_of(error))
        self.enrol.offer(self._look.say(ENROL))
        self._set_enabled(enabled=True)
        self._parking.give_back()

    def show_problem(self, trouble: Trouble) -> None:
        """Show an error above the form."""
        self.banner.show_trouble(trouble)
        self.area.verticalScrollBar().setValue(0)

    def _set_enabled(self, *, enabled: bool) -> None:
        inputs: tuple[QLineEdit | QPushButton | QRadioButton, ...] = (
            self.plan, self.ticket, self.code, self.browse, self.enrol, self.check_only,
            self.trial.button,
            *self.roles.values(), *self.offer_buttons,
        )  # fmt: skip
        for widget in inputs:
            widget.setEnabled(enabled)
