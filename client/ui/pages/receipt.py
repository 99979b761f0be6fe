"""The organizer's receipt on the last page: to read, to scan, to keep as a file."""

from __future__ import annotations

import logging
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
from client.ui.receipt import ReceiptSummary
from client.ui.trouble import trouble_of
from client.ui.widgets.parts import button, facts, label, megabytes, set_property
from client.ui.widgets.qr import Modules, QrPicture, modules_of

NUMBER = Text("回执编号", "Receipt number")
STORED_AT = Text("组委会收妥时间（北京）", "Stored by the organizer (Beijing)")
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
        self.dialog: QFileDialog | None = None
        self.code = QrPicture(look.say(CODE))
        self.save = button(look.say(SAVE))
        self.save.clicked.connect(self._choose)
        self.outcome = label("text")
        self._arrange()
        made = partial(modules_of, receipt.code())
        background.run(Lane.STEP, made, self._coded, self._not_coded)

    def _arrange(self) -> None:
        left = QVBoxLayout()
        left.addLayout(facts(self._look, self._rows()))
        foot = QHBoxLayout()
        foot.addWidget(self.save)
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

    # ---- keeping it ----------------------------------------------------------------------------
    def _choose(self) -> None:
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        folder = QStandardPaths.writableLocation(documents)
        self.dialog = QFileDialog(self, self._look.say(SAVE_AS), folder)
        self.dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.dialog.setNameFilter(self._look.say(PDF))
        self.dialog.setDefaultSuffix("pdf")
        self.dialog.selectFile(f"saijian-receipt-{self._receipt.number}.pdf")
        self.dialog.fileSelected.connect(self.save_to)
        self.dialog.open()

    def save_to(self, place: str) -> None:
        """Write the receipt to `place`; say how that went."""
        self.save.setEnabled(False)
        self._say(SAVING, "muted")
        work = partial(_write, self._look, self._all_rows(), self._code, Path(place))
        self._background.run(Lane.STEP, work, self._saved, self._failed)

    def _saved(self, place: Path) -> None:
        self._say(SAVED.format(place=place), "good")
        self.save.setEnabled(True)

    def _failed(self, error: Exception) -> None:
        log.error("the receipt was not saved", exc_info=error)
        trouble = trouble_of(error)
        zh = NOT_SAVED.zh.format(title=trouble.title.zh, advice=trouble.advice.zh)
        en = NOT_SAVED.en.format(title=trouble.title.en, advice=trouble.advice.en)
        self._say(Text(zh, en), "bad")
        self.save.setEnabled(True)

    def _say(self, words: Text, tone: str) -> None:
        set_property(self.outcome, "tone", tone)
        self.outcome.setText(self._look.say(words))


def _write(look: Look, rows: list[tuple[Text, str]], code: Modules, place: Path) -> Path:
    write_atomically(place, receipt_pdf(look, rows, code))
    return place
