"""The organizer's receipt on the last page: to read, to scan, to print, to keep as a file."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from client.attempt.view import Session
from client.base.files import write_atomically
from client.base.text import Text
from client.ui import times
from client.ui.background import Background, Lane
from client.ui.look import Look
from client.ui.printed import receipt_pdf
from client.ui.printing import lay_out, open_to_print
from client.ui.receipt import ReceiptSummary
from client.ui.trouble import trouble_of
from client.ui.widgets.focus import Parking
from client.ui.widgets.parts import button, facts, label, megabytes, set_property
from client.ui.widgets.qr import Modules, QrPicture, modules_of

NUMBER = Text("回执编号", "Receipt number")
STORED_AT = Text("收妥时间（北京）", "Stored at (Beijing)")
AMOUNT = Text("收妥内容", "Stored")
FILES = Text("{n} 个文件，{size}", "{n} files, {size}")
CONTEST = Text("竞赛", "Contest")
PAPER = Text("场次", "Paper")
ORGANIZER = Text("组委会", "Organizer")
SESSION = Text("场次编号", "Session")
SEAL = Text("封条（SHA-256）", "Seal (SHA-256)")
CODE = Text(
    "二维码：回执编号、场次编号、封条、收妥时间",
    "QR code: receipt number, session, seal, time of storing",
)
SAVE = Text("保存回执……", "Save the receipt…")
SAVE_AS = Text("保存回执", "Save the receipt")
PDF = Text("PDF 文件 (*.pdf)", "PDF file (*.pdf)")
SAVING = Text("正在保存……", "Saving…")
SAVED = Text("回执已保存：{place}", "Receipt saved: {place}")
PRINT = Text("打印", "Print")
NAME = "saijian-receipt-{number}.pdf"
OPENING = Text("正在打开……", "Opening…")
OPENED = Text(
    "回执已在看 PDF 的程序里打开，请在那里打印。没有看到的话，请保存回执，拷到能打印的电脑上。",
    "The receipt is open in your PDF viewer: print it there. If you do not see it, save the "
    "receipt and take it to a computer that prints.",
)
NO_VIEWER = Text(
    "这台电脑没有能打开 PDF 的程序。请点“保存回执……”，拷到能打印的电脑上。",
    "This computer has no program that opens PDF files. Save the receipt and take it to a "
    "computer that prints.",
)
NOT_PRINTED = Text("回执没有打开。{title}{advice}", "The receipt was not opened. {title} {advice}")
NOT_SAVED = Text("回执没有保存。{title}{advice}", "The receipt was not saved. {title} {advice}")
log = logging.getLogger(__name__)


class ReceiptCard(QWidget):
    """Shows one receipt; the code comes a moment later, and its page is there without it."""

    def __init__(
        self, look: Look, background: Background, session: Session, receipt: ReceiptSummary
    ) -> None:
        """Begin to make the code."""
        super().__init__()
        self._look, self._background = look, background
        self._session, self._receipt = session, receipt
        self._code: Modules = ()
        self._parking = Parking(self)
        self.dialog: QFileDialog | None = None
        self.code = QrPicture(look.say(CODE))
        self.save = button(look.say(SAVE))
        self.save.clicked.connect(self._choose)
        self.print = button(look.say(PRINT))
        self.print.clicked.connect(self._print)
        self.outcome = label("text")
        self._arrange()
        made = partial(modules_of, receipt.code())
        background.run(Lane.STEP, made, self._coded, self._not_coded)

    def _arrange(self) -> None:
        left = QVBoxLayout()
        left.addLayout(facts(self._look, self._rows()))
        foot = QHBoxLayout()
        foot.addWidget(self.save)
        foot.addWidget(self.print)
        foot.addStretch(1)
        left.addLayout(foot)
        left.addWidget(self.outcome)
        left.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(20)
        row.addLayout(left, 1)
        row.addWidget(self.code)

    def _rows(self) -> list[tuple[Text, str]]:
        receipt = self._receipt
        amount = FILES.format(n=receipt.files, size=megabytes(receipt.bytes))
        return [
            (NUMBER, receipt.number),
            (STORED_AT, times.day_and_hour(receipt.time_us)),
            (AMOUNT, self._look.say(amount)),
        ]

    def _all_rows(self) -> list[tuple[Text, str]]:
        name, plan = self._look.name, self._session.plan
        return [
            (CONTEST, name(plan.name)),
            (PAPER, name(self._session.paper.name)),
            (ORGANIZER, name(plan.organizer.name)),
            *self._rows(),
            (SESSION, self._receipt.session),
            (SEAL, self._receipt.seal_sha256),
        ]

    def _coded(self, code: Modules) -> None:
        self._code = code
        self.code.show_modules(code)

    def _not_coded(self, error: Exception) -> None:
        log.error("no QR code", exc_info=error)
        self.code.hide()

    # ---- keeping and printing it ---------------------------------------------------------------
    def _choose(self) -> None:
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        folder = QStandardPaths.writableLocation(documents)
        self.dialog = QFileDialog(self, self._look.say(SAVE_AS), folder)
        self.dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.dialog.setNameFilter(self._look.say(PDF))
        self.dialog.setDefaultSuffix("pdf")
        self.dialog.selectFile(NAME.format(number=self._receipt.number))
        self.dialog.fileSelected.connect(self.save_to)
        self.dialog.open()

    def save_to(self, place: str) -> None:
        """Write the receipt to `place`; say how that went."""

        def keep(page: bytes) -> Path:
            write_atomically(Path(place), page)
            return Path(place)

        self._make(keep, SAVING, self._saved, NOT_SAVED)

    def _saved(self, place: Path) -> None:
        self._say(SAVED.format(place=place), "good")

    def _print(self) -> None:
        name = NAME.format(number=self._receipt.number)
        self._make(partial(lay_out, name), OPENING, self._laid_out, NOT_PRINTED)

    def _laid_out(self, place: Path) -> None:
        if open_to_print(place):
            self._say(OPENED, "good")
        else:
            self._say(NO_VIEWER, "warn")

    def _make(
        self,
        keep: Callable[[bytes], Path],
        words: Text,
        done: Callable[[Path], None],
        not_done: Text,
    ) -> None:
        """Make the page in the background and let `keep` put it somewhere; `done` hears where."""
        self._set_idle(idle=False)
        self._say(words, "muted")

        def work() -> Path:
            return keep(receipt_pdf(self._look, self._all_rows(), self._code))

        def ended(place: Path) -> None:
            self._set_idle(idle=True)
            done(place)

        self._background.run(Lane.STEP, work, ended, partial(self._failed, not_done))

    def _failed(self, words: Text, error: Exception) -> None:
        log.error("the receipt's page", exc_info=error)
        trouble = trouble_of(error)
        zh = words.zh.format(title=trouble.title.zh, advice=trouble.advice.zh)
        en = words.en.format(title=trouble.title.en, advice=trouble.advice.en)
        self._set_idle(idle=True)
        self._say(Text(zh, en), "bad")

    def _set_idle(self, *, idle: bool) -> None:
        if not idle:
            self._parking.park()
        for each in (self.save, self.print):
            each.setEnabled(idle)
        if idle:
            self._parking.give_back()

    def _say(self, words: Text, tone: str) -> None:
        set_property(self.outcome, "tone", tone)
        self.outcome.setText(self._look.say(words))
