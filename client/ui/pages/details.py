"""What stands between the words and the big button: rules, consent, checks, progress, receipt."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from client.attempt.states import State
from client.attempt.view import View
from client.base.text import Text
from client.contest.plan import Plan
from client.evidence.entries import CheckResult
from client.ui import times
from client.ui.look import Look, Tone
from client.ui.receipt import ReceiptSummary
from client.ui.widgets.parts import box, clear, copyable, label
from client.ui.widgets.recording import sent_percent

MEGABYTE = 1_000_000


class RulesDetail(QWidget):
    """The rules of the plan, numbered."""

    def __init__(self, look: Look, plan: Plan) -> None:
        """List them."""
        super().__init__()
        column = QVBoxLayout()
        for number, rule in enumerate(plan.rules, start=1):
            row = QHBoxLayout()
            row.addWidget(label("strong", f"{number}.", wrap=False), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(label("body", look.name(rule)), 1)
            column.addLayout(row)
        _page(self, box("card", column, margin=20, spacing=12))


WHAT = Text(
    "录制：整个屏幕、摄像头画面、声音和网络地址，从身份核验开始，到您结束录制为止。",
    "Recorded: the whole screen, the camera, sound and your network address, from the identity "
    "check until you end the recording.",
)
WHO = Text(
    "由谁收集、谁能看到：{organizer}；只有负责竞赛的工作人员和裁判可以查看。",
    "Collected by, and seen by: {organizer}; only staff and judges of the contest may look.",
)
HOW_LONG = Text(
    "保存多久：竞赛结束后 {days} 个工作日。",
    "Kept for: {days} working days after the contest.",
)
NEVER = Text(
    "不会做的事：不读取您的其他文件，不把证件号码写进任何文件，也不锁定这台电脑。",
    "Never: your other files are not read, your document number is written nowhere, the computer "
    "is not locked.",
)
ITEMS: Mapping[str, Text] = {
    "recording": Text(
        "我同意录制屏幕、摄像头画面和声音", "I agree to screen, camera and sound being recorded"
    ),
    "face": Text(
        "我同意为核验身份录下我的面部（敏感个人信息）",
        "I agree to my face being recorded to verify my identity (sensitive personal data)",
    ),
    "document": Text(
        "我同意为核验身份录下我的身份证件（敏感个人信息）",
        "I agree to my identity document being recorded for this (sensitive personal data)",
    ),
}


class ConsentDetail(QWidget):
    """What is recorded, by whom, how long, who sees it; one tick an item."""

    changed = Signal()

    def __init__(self, look: Look, plan: Plan) -> None:
        """Nothing is ticked beforehand."""
        super().__init__()
        organizer = look.name(plan.organizer.name)
        column = QVBoxLayout()
        for text in (
            WHAT,
            WHO.format(organizer=organizer),
            HOW_LONG.format(days=plan.retention_working_days),
            NEVER,
        ):
            column.addWidget(label("text", look.say(text)))
        column.addSpacing(6)
        self.boxes: dict[str, QCheckBox] = {}
        for item, text in ITEMS.items():
            tick = QCheckBox(look.say(text))
            tick.setAccessibleName(tick.text())
            tick.toggled.connect(self.changed)
            self.boxes[item] = tick
            column.addWidget(tick)
        _page(self, box("card", column, margin=18, spacing=7))

    def is_complete(self) -> bool:
        """Tell whether every item is ticked."""
        return all(tick.isChecked() for tick in self.boxes.values())


HANDLER = Text("个人信息处理者", "Handles your data")
PHONE = Text("电话", "Telephone")
CONTACT = Text("联系方式", "Contact")
RIGHTS = Text("您的权利", "Your rights")
RIGHTS_ARE = Text(
    "可以查阅、复制、更正、要求删除，也可以撤回同意。",
    "To see, copy and correct your data, to ask for its deletion, and to withdraw consent.",
)


class DeclinedDetail(QWidget):
    """Whom to speak to for somebody who does not agree."""

    def __init__(self, look: Look, plan: Plan) -> None:
        """List handler, telephone, contact and rights."""
        super().__init__()
        organizer = plan.organizer
        rows = [(HANDLER, look.name(organizer.name)), (PHONE, organizer.phone)]
        if organizer.contact:
            rows.append((CONTACT, organizer.contact))
        rows.append((RIGHTS, look.say(RIGHTS_ARE)))
        _page(self, box("card", _facts(look, rows), margin=20))


VERDICTS: dict[str, tuple[Text, str, Tone]] = {
    "pass": (Text("通过", "passed"), "done", "good"),
    "warn": (Text("请注意", "take note"), "silence", "warn"),
    "fail": (Text("未通过", "failed"), "slate", "bad"),
    "unknown": (Text("没有测出", "not known"), "unknown", "quiet"),
}
CHECKS: dict[str, tuple[Text, Text]] = {
    "disk-space": (
        Text("磁盘可用空间", "Free disk space"),
        Text(
            "请删除或移走不用的文件，清空回收站。",
            "Delete or move files that are not needed, and empty the recycle bin.",
        ),
    ),
    "clock": (
        Text("电脑时间", "This computer's clock"),
        Text(
            "请检查网络，并在系统设置里打开“自动设置时间”。",
            "Check the network, and switch on “Set time automatically” in the system settings.",
        ),
    ),
    "recording": (
        Text("录制能力", "Recording on this computer"),
        Text(
            "请关闭其他程序后重新检测；仍然这样请换一台电脑，或致电组委会。",
            "Close other programs and check again; else use another computer or call the "
            "organizer.",
        ),
    ),
}
"""What each check is called, and what to do where it did not pass."""
OTHER_CHECK = Text("检测项 {name}", "Check {name}")
ASK = Text("请致电组委会。", "Please call the organizer.")
ALL_GOOD = Text("全部通过。", "Everything passed.")
NOT_ALL = Text(
    "有 {n} 项需要注意。可以处理后重新检测，也可以继续，结果会如实记录。",
    "{n} need attention. You may put them right and check again, or go on: the results are noted "
    "as they are.",
)


class ChecksDetail(QWidget):
    """The verdicts of preflight, worst first."""

    _ORDER = ("fail", "warn", "unknown", "pass")

    def __init__(self, look: Look) -> None:
        """Begin empty."""
        super().__init__()
        self._look = look
        self._shown: tuple[CheckResult, ...] | None = None
        self._column = QVBoxLayout()
        _page(self, box("card", self._column, margin=18, spacing=4))

    def show_checks(self, checks: tuple[CheckResult, ...]) -> None:
        """List `checks` anew where they changed."""
        if checks == self._shown:
            return
        self._shown = checks
        clear(self._column)
        concerns = sum(check.verdict != "pass" for check in checks)
        summary = NOT_ALL.format(n=concerns) if concerns else ALL_GOOD
        self._column.addWidget(label("strong", self._look.say(summary)))
        for check in sorted(checks, key=lambda c: self._ORDER.index(c.verdict)):
            self._column.addWidget(self._row(check))

    def _row(self, check: CheckResult) -> QWidget:
        verdict, shape, tone = VERDICTS[check.verdict]
        other = (OTHER_CHECK.format(name=check.check), ASK)
        name, advice = (self._look.say(text) for text in CHECKS.get(check.check, other))
        passed = check.verdict == "pass"
        holder = QWidget()
        icon = QLabel()
        icon.setPixmap(self._look.picture(shape, tone, 20))
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 3, 0, 3)
        row.setSpacing(10)
        row.addWidget(icon)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label("text", name))
        if not passed:
            words.addWidget(label("small", advice))
        row.addLayout(words, 1)
        told = label("text", self._look.say(verdict), wrap=False)
        told.setProperty("tone", tone)
        row.addWidget(told)
        holder.setAccessibleName(f"{name}: {told.text()}" + ("" if passed else f" {advice}"))
        return holder


POSE = (
    Text("面对摄像头坐好，光从前面来", "Sit facing the camera, with light from the front"),
    Text("把证件举到脸旁，有字的一面朝镜头", "Hold the document beside your face, print side on"),
    Text("拿稳，停留约 10 秒", "Hold still for about 10 seconds"),
)


class PoseDetail(QWidget):
    """How to sit and hold the document, with a drawing."""

    def __init__(self, look: Look) -> None:
        """Draw it."""
        super().__init__()
        row = QHBoxLayout()
        drawing = QLabel()
        drawing.setPixmap(look.picture("identity", "text", 216, 122))
        drawing.setAccessibleName(look.say(POSE[1]))
        row.addWidget(drawing)
        words = QVBoxLayout()
        words.setSpacing(10)
        words.addStretch(1)
        for number, text in enumerate(POSE, start=1):
            words.addWidget(label("body", f"{number}. {look.say(text)}"))
        words.addStretch(1)
        row.addLayout(words, 1)
        _page(self, box("card", row, margin=18, spacing=20))


SITE = Text("竞赛网址", "Contest address")
NO_SITE = Text(
    "方案里还没有网址，请看组委会的通知。",
    "The plan has no address yet; see what the organizer announces.",
)
RULE = Text("请记得", "Remember")
KEEP_ON = Text(
    "不要关机、不要合上电脑、不要挡住摄像头。",
    "Do not switch off, do not close the lid, do not cover the camera.",
)


class SiteDetail(QWidget):
    """The contest address, to read and copy."""

    def __init__(self, look: Look, plan: Plan) -> None:
        """Show it where the plan has it."""
        super().__init__()
        rows = [(SITE, plan.contest_url or look.say(NO_SITE)), (RULE, look.say(KEEP_ON))]
        _page(self, box("card", _facts(look, rows), margin=20))


PROGRESS = Text("上传进度", "Upload")
SIZE = Text("已上传 {percent}%（{sent}，共 {total}）", "{percent}% sent ({sent} of {total})")
SAFE = Text(
    "{problem} 录像完好地保存在这台电脑上。",
    "{problem} The recordings are safe on this computer.",
)
RECEIPT = Text("回执编号", "Receipt number")
STORED_AT = Text("组委会收妥时间（北京）", "Stored by the organizer (Beijing)")
AMOUNT = Text("收妥内容", "Stored")
FILES = Text("{n} 个文件，{size}", "{n} files, {size}")


class FinishDetail(QWidget):
    """Honest progress, and at the end the receipt."""

    def __init__(self, look: Look) -> None:
        """Begin at nothing."""
        super().__init__()
        self._look = look
        self._bar = QProgressBar()
        self._bar.setRange(0, 100)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(look.say(PROGRESS))
        self._size = label("muted")
        self._problem = label("text")
        self._problem.setProperty("tone", "warn")
        self._receipt: ReceiptSummary | None = None
        column = QVBoxLayout()
        column.addWidget(label("strong", look.say(PROGRESS)))
        column.addWidget(self._bar)
        column.addWidget(self._size)
        column.addWidget(self._problem)
        self._receipt_box = QVBoxLayout()
        column.addLayout(self._receipt_box)
        _page(self, box("card", column, margin=20, spacing=10))

    def show_view(self, view: View) -> None:
        """Draw the progress of one moment."""
        stored = view.state is State.STORED
        # The last byte sent is not yet the receipt: 100 only when the organizer has said so.
        percent = 100 if stored else min(99, sent_percent(view) or 0)
        self._bar.setValue(percent)
        sent, total = (megabytes(n) for n in (view.sent.sent_bytes, view.sent.recorded_bytes))
        self._size.setText(self._look.say(SIZE.format(percent=percent, sent=sent, total=total)))
        self._size.setVisible(not stored)
        problem = None if stored else view.sent.problem
        self._problem.setVisible(problem is not None)
        if problem is not None:
            told = Text(SAFE.zh.format(problem=problem.zh), SAFE.en.format(problem=problem.en))
            self._problem.setText(self._look.say(told))

    def show_receipt(self, receipt: ReceiptSummary) -> None:
        """Show the organizer's receipt."""
        if receipt == self._receipt:
            return
        self._receipt = receipt
        files = FILES.format(n=receipt.files, size=megabytes(receipt.bytes))
        rows = [
            (RECEIPT, receipt.number),
            (STORED_AT, times.day_and_hour(receipt.time_us)),
            (AMOUNT, self._look.say(files)),
        ]
        self._receipt_box.addLayout(_facts(self._look, rows))


def megabytes(count: int) -> str:
    """Return bytes as `12.3 MB`."""
    return f"{count / MEGABYTE:.1f} MB"


def _facts(look: Look, rows: list[tuple[Text, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(20)
    grid.setVerticalSpacing(10)
    grid.setColumnStretch(1, 1)
    top = Qt.AlignmentFlag.AlignTop
    for number, (caption, value) in enumerate(rows):
        told = copyable(label("body", value))
        told.setAccessibleName(f"{look.say(caption)}: {value}")
        grid.addWidget(label("muted", look.say(caption), wrap=False), number, 0, top)
        grid.addWidget(told, number, 1, top)
    return grid


def _page(page: QWidget, content: QWidget) -> None:
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(content)
    column.addStretch(1)
