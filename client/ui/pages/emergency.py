"""When all else fails (应急办法): what to do, the card, foreign recordings, diagnostics."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from client.attempt.attaching import Delivery, attach, delivery_of
from client.attempt.diagnosis.collect import diagnose
from client.attempt.diagnosis.health import write_archive
from client.attempt.emergency import HONEST, PHONE, STEPS, TITLE, card
from client.base.clock import utc_us
from client.base.errors import SaiJianError
from client.base.text import Text
from client.contest.attachment import LONGEST_NOTE, Attachment
from client.contest.plan import Plan
from client.evidence.copying import Tally
from client.evidence.layout import SessionFolder, sessions_root
from client.evidence.retention import sessions_below
from client.ui import times
from client.ui.background import Background, Lane
from client.ui.look import Look
from client.ui.printing import open_to_print
from client.ui.trouble import NO_BROWSER, trouble_of
from client.ui.widgets.parts import Flowing, box, button, label, phone_line, scroller
from client.ui.widgets.work_page import WorkPage
from client.upload.process import load_session_plan

POLL_MS = 1000
PRINT = Text("打印应急卡", "Print the card")
DIAGNOSE = Text("保存诊断信息……", "Save diagnostics…")
ATTACH = Text("加入外部录像……", "Add a recording…")
AFTERWARDS = Text("事后：把另外录的文件加进来", "Afterwards: add what you recorded otherwise")
SESSION = Text("加入到", "Add to")
NO_SESSION = Text(
    "这台电脑上还没有场次。请先返回首页填写报名信息，进入场次后再来这里加入。",
    "There is no session on this computer yet. Go back, enter your enrolment, then add it here.",
)
NOTE = Text("说明（可不填，不要写姓名和号码）", "Note (may be empty; no names, no numbers)")
CHOOSE = Text("选择录像、录音或照片", "Choose a recording or a photograph")
LOOKING = Text("正在查看……", "Looking…")
COPYING = Text("正在复制……", "Copying…")
COLLECTING = Text("正在收集诊断信息……", "Collecting diagnostics…")
SAVE_AS = Text("保存诊断信息", "Save diagnostics")
ZIP = Text("压缩包 (*.zip)", "Zip archive (*.zip)")
SAVED = Text("诊断信息已保存：{place}", "Diagnostics saved: {place}")
NOTHING_PERSONAL = Text(
    "里面没有姓名、号码、密钥和录像内容，可以发给技术人员。",
    "No name, number, key or recording is in it: you may send it to whoever helps you.",
)
TAKEN_IN = Text("已加入：{name}，{size} MB。", "Taken in: {name}, {size} MB.")
ON_ITS_WAY = Text(
    "正在送交组委会（{percent}%）。可以离开这一页，会自动送完。",
    "On its way to the organizer ({percent}%). You may leave this page; it goes on by itself.",
)
RECEIVED = Text(
    "组委会已于 {time} 签收，标为“外部录像”。",
    "The organizer signed for it at {time}, as a foreign recording.",
)
REFUSED = Text("组委会没有接收：{name}", "The organizer did not take it: {name}")
CARD_OPENED = Text(
    "应急卡已在浏览器里打开，请在那里打印。",
    "The card is open in your browser: print it there.",
)
CARD_LIES = Text(
    "应急卡已存在 {place}，请拷到能打印的电脑上，用浏览器打开。",
    "The card lies at {place}: take it to a computer that prints, and open it in a browser.",
)


class Known(NamedTuple):
    """A session that a recording may be added to."""

    folder: SessionFolder
    plan: Plan
    begun_us: int
    """When its folder got its plan."""


class EmergencyPage(WorkPage):
    """Works without any session, too; then it tells what to do and how to go on."""

    def __init__(
        self, look: Look, background: Background, folder: Path | None, phone: str = ""
    ) -> None:
        """Begin with the session in `folder`, and `phone`, where the window shows one."""
        super().__init__(look, background)
        self._background = background
        self._folder = folder
        self._known: list[Known] = []
        self._sent: tuple[Known, Attachment] | None = None
        self.print = button(look.say(PRINT))
        self.attach, self.diagnose = button(look.say(ATTACH)), button(look.say(DIAGNOSE))
        self.which, self.note = QComboBox(), QLineEdit()
        self._phone = phone_line(look, phone)
        self._no_session = label("muted", look.say(NO_SESSION))
        for made, act in (
            (self.print, self._open_card),
            (self.attach, self._choose_file),
            (self.diagnose, self._choose_archive),
        ):
            made.clicked.connect(act)
        for made in (self.print, self.attach, self.diagnose):
            self.work.idle.connect(made.setEnabled)
        self._arrange()
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        self.work.run(LOOKING, partial(_known, folder), self._show_known, self._failed, stays=False)

    def stop(self) -> None:
        """Cancel what is under way here; what is on its way to the organizer goes on."""
        self._timer.stop()
        super().stop()

    # ---- building ------------------------------------------------------------------------------
    def _arrange(self) -> None:
        say = self._look.say
        content = Flowing()
        middle = QVBoxLayout(content)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(10)
        middle.addWidget(self._steps())
        middle.addWidget(self._afterwards())
        middle.addStretch(1)
        foot = QHBoxLayout()
        for made in (self.back, self.print, self.diagnose):
            foot.addWidget(made)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 16, 28, 16)
        column.setSpacing(8)
        column.addWidget(self.banner)
        head = QHBoxLayout()
        head.addWidget(label("title", say(TITLE)), 1)
        head.addWidget(self._phone)
        column.addLayout(head)
        column.addWidget(self.work)
        column.addWidget(scroller(content), 1)
        column.addLayout(foot)

    def _steps(self) -> QWidget:
        column = QVBoxLayout()
        for number, step in enumerate(STEPS, start=1):
            column.addWidget(label("body", f"{number}. {self._look.say(step)}"))
        column.addWidget(label("muted", self._look.say(HONEST)))
        return box("card", column, margin=14, spacing=6)

    def _afterwards(self) -> QWidget:
        say = self._look.say
        self.which.setAccessibleName(say(SESSION))
        self.note.setAccessibleName(say(NOTE))
        self.note.setPlaceholderText(say(NOTE))
        self.note.setMaxLength(LONGEST_NOTE)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.which, 2)
        row.addWidget(self.note, 2)
        row.addWidget(self.attach)
        column = QVBoxLayout()
        column.addWidget(label("strong", say(AFTERWARDS)))
        column.addWidget(self._no_session)
        column.addLayout(row)
        self._allow_attaching(allowed=False)
        return box("card", column, margin=14, spacing=8)

    def _allow_attaching(self, *, allowed: bool) -> None:
        for widget in (self.which, self.note, self.attach):
            widget.setVisible(allowed)
        self._no_session.setVisible(not allowed)

    def _show_known(self, known: list[Known]) -> None:
        self._known = known
        for one in known:
            begun = times.day_and_hour(one.begun_us)[:-3]
            self.which.addItem(f"{self._look.name(one.plan.name)} · {begun}")
        self._allow_attaching(allowed=bool(known))
        if known:
            self._phone.setText(f"{self._look.say(PHONE)} {known[0].plan.organizer.phone}")
            self._phone.show()

    def _chosen(self) -> Known | None:
        number = self.which.currentIndex()
        return self._known[number] if 0 <= number < len(self._known) else None

    # ---- the card ------------------------------------------------------------------------------
    def _open_card(self) -> None:
        chosen = self._chosen()
        page = card(chosen.plan if chosen else None)
        place = sessions_root().parent / "emergency-card.html"
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(page, encoding="utf-8")
        except OSError as error:
            self._failed(error)
            return
        if open_to_print(place):
            self.banner.say(CARD_OPENED, Text("", ""), "good")
        else:
            self.banner.say(NO_BROWSER, CARD_LIES.format(place=place), "warn")

    # ---- a foreign recording -------------------------------------------------------------------
    def _choose_file(self) -> None:
        self.dialog = QFileDialog(self, self._look.say(CHOOSE))
        self.dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self.dialog.fileSelected.connect(self.take_in)
        self.dialog.open()

    def take_in(self, path: str) -> None:
        """Add the file at `path` to the session that is chosen."""
        chosen = self._chosen()
        if chosen is None:
            return
        note = self.note.text()

        def work(tally: Tally) -> Attachment:
            return attach(chosen.folder, Path(path), note, tally)

        self.banner.hide()
        self.work.run(COPYING, work, partial(self._taken, chosen), self._failed)

    def _taken(self, known: Known, attachment: Attachment) -> None:
        self.note.clear()
        self._sent = (known, attachment)
        self._say(0)
        self._timer.start()

    def _say(self, percent: int) -> None:
        if self._sent is not None:
            _, attachment = self._sent
            size = f"{attachment.bytes / 1e6:.1f}"
            told = TAKEN_IN.format(name=attachment.name, size=size)
            self.banner.say(told, ON_ITS_WAY.format(percent=percent), "quiet")

    def _poll(self) -> None:
        if self._sent is None or self._background.is_busy(Lane.LONG):
            return
        known, attachment = self._sent
        look = partial(delivery_of, known.folder, known.plan, attachment)
        self._background.run(Lane.LONG, look, self._on_its_way, self._failed)

    def _on_its_way(self, delivery: Delivery) -> None:
        if self._sent is None or not self._timer.isActive():
            return
        _, attachment = self._sent
        if delivery.received_us is not None:
            time = times.day_and_hour(delivery.received_us)
            size = f"{attachment.bytes / 1e6:.1f}"
            told = TAKEN_IN.format(name=attachment.name, size=size)
            self.banner.say(told, RECEIVED.format(time=time), "good")
        elif delivery.problem is not None:
            self.banner.say(REFUSED.format(name=attachment.name), delivery.problem, "bad")
        else:
            self._say(100 * delivery.sent // max(1, delivery.total))
            return
        self._sent = None
        self._timer.stop()

    # ---- diagnostics ---------------------------------------------------------------------------
    def _choose_archive(self) -> None:
        self.dialog = QFileDialog(self, self._look.say(SAVE_AS))
        self.dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.dialog.setNameFilter(self._look.say(ZIP))
        self.dialog.setDefaultSuffix("zip")
        self.dialog.selectFile("saijian-doctor.zip")
        self.dialog.fileSelected.connect(self.save_diagnostics)
        self.dialog.open()

    def save_diagnostics(self, path: str) -> None:
        """Write the archive to `path`."""
        work = _archiver(Path(path))
        self.work.run(COLLECTING, work, self._saved, self._failed)

    def _saved(self, place: Path) -> None:
        self.banner.say(SAVED.format(place=place), NOTHING_PERSONAL, "good")

    def _failed(self, error: Exception) -> None:
        self.show_problem(trouble_of(error))


def _known(folder: Path | None, _: Tally) -> list[Known]:
    """Return the sessions with a plan: the one in `folder` alone, or all here, the newest first."""
    if folder is not None:
        paths = [folder]
    else:
        found = sessions_below(sessions_root())
        paths = sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)
    known = []
    for folder_ in map(SessionFolder, paths):
        with contextlib.suppress(SaiJianError):  # a plain recording, or a damaged session
            plan = load_session_plan(folder_)
            known.append(Known(folder_, plan, folder_.plan.stat().st_mtime_ns // 1000))
    return known


def _archiver(path: Path) -> Callable[[Tally], Path]:
    def work(_: Tally) -> Path:
        write_archive(diagnose(sessions_root(), utc_us()), path)
        return path

    return work
