"""What stands between the words and the big button: rules, consent, checks, progress, receipt."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from client.attempt.states import State
from client.attempt.view import View
from client.base.text import Text
from client.contest.plan import Plan
from client.ui.look import Look
from client.ui.widgets.parts import Flowing, box, facts, label, megabytes
from client.ui.widgets.recording import sent_percent


class RulesDetail(Flowing):
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
    "录制：整个屏幕、{cameras.zh}、声音和网络地址，从身份核验到您结束录制。",
    "Recorded: the whole screen, {cameras.en}, sound and network address, from the identity check "
    "until you end it.",
)
ONE_CAMERA = Text("摄像头画面", "the camera")
TWO_CAMERAS = Text("两个摄像头的画面", "two cameras")
WHO = Text(
    "由谁收集、谁能看到：{organizer}；只有负责竞赛的工作人员和裁判可以查看。",
    "Collected by, and seen by: {organizer}; only staff and judges of the contest may look.",
)
HOW_LONG = Text(
    "保存多久：竞赛结束后 {days} 个工作日。",
    "Kept for: {days} working days after the contest.",
)
TRIAL_GOES = Text(
    "保存多久：竞赛当天的录像 {days} 个工作日；这次试录不交给任何人，结束就删除。",
    "Kept for: {days} working days on the day; this trial is deleted at once.",
)
NEVER = Text(
    "不会读取您的其他文件，不会把证件号码写进任何文件，也不会锁定这台电脑。",
    "Your other files are not read, your document number is not stored, nothing is locked.",
)
ITEMS: Mapping[str, Text] = {
    "recording": Text(
        "我同意录制屏幕、{cameras.zh}和声音",
        "I agree: screen, {cameras.en} and sound are recorded",
    ),
    "face": Text(
        "我同意为核验身份录下我的面部（敏感个人信息）",
        "I agree: my face is recorded as proof (sensitive data)",
    ),
    "document": Text(
        "我同意为核验身份录下我的身份证件（敏感个人信息）",
        "I agree: my document is recorded as proof (sensitive data)",
    ),
}


class ConsentDetail(Flowing):
    """What is recorded, by whom, how long, who sees it; one tick an item."""

    changed = Signal()

    def __init__(self, look: Look, plan: Plan, *, is_trial: bool = False) -> None:
        """Nothing is ticked beforehand."""
        super().__init__()
        organizer = look.name(plan.organizer.name)
        cameras = TWO_CAMERAS if plan.recording.second_camera else ONE_CAMERA
        column = QVBoxLayout()
        for text in (
            WHAT.format(cameras=cameras),
            WHO.format(organizer=organizer),
            (TRIAL_GOES if is_trial else HOW_LONG).format(days=plan.retention_working_days),
            NEVER,
        ):
            column.addWidget(label("text", look.say(text)))
        column.addSpacing(6)
        self.boxes: dict[str, QCheckBox] = {}
        for item, text in ITEMS.items():
            tick = QCheckBox(look.say(text.format(cameras=cameras)))
            tick.setAccessibleName(tick.text())
            tick.toggled.connect(self.changed)
            self.boxes[item] = tick
            column.addWidget(tick)
        _page(self, box("card", column, margin=14, spacing=5))

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


class DeclinedDetail(Flowing):
    """Whom to speak to for somebody who does not agree."""

    def __init__(self, look: Look, plan: Plan) -> None:
        """List handler, telephone, contact and rights."""
        super().__init__()
        organizer = plan.organizer
        rows = [(HANDLER, look.name(organizer.name)), (PHONE, organizer.phone)]
        if organizer.contact:
            rows.append((CONTACT, organizer.contact))
        rows.append((RIGHTS, look.say(RIGHTS_ARE)))
        _page(self, box("card", facts(look, rows), margin=20))


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
COPY_SITE = Text(
    "请复制上面的竞赛网址，在自己的浏览器里打开。",
    "Copy the contest address above and open it in your own browser.",
)


class SiteDetail(Flowing):
    """The contest address, to read and copy."""

    def __init__(self, look: Look, plan: Plan) -> None:
        """Show it where the plan has it."""
        super().__init__()
        rows = [(SITE, plan.contest_url or look.say(NO_SITE)), (RULE, look.say(KEEP_ON))]
        _page(self, box("card", facts(look, rows), margin=20))


PROGRESS = Text("上传进度", "Upload")
SIZE = Text("已上传 {percent}%（{sent}，共 {total}）", "{percent}% sent ({sent} of {total})")
SAFE = Text(
    "{problem}录像完好地保存在这台电脑上。",
    "{problem} The recordings are safe on this computer.",
)


class FinishDetail(Flowing):
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
        self._caption = label("strong", look.say(PROGRESS))
        self._column = column = QVBoxLayout()
        column.addWidget(self._caption)
        column.addWidget(self._bar)
        column.addWidget(self._size)
        column.addWidget(self._problem)
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

    def show_receipt(self, receipt: QWidget) -> None:
        """Show the organizer's receipt; how far it was does not matter any more."""
        self._caption.hide()
        self._bar.hide()
        self._column.addWidget(receipt)


def _page(page: QWidget, content: QWidget) -> None:
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(content)
    column.addStretch(1)
