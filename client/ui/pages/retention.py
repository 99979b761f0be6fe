"""Kept recordings (留存): until which day; verified again, exported, deleted when free."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from client.attempt.keeping import ADVICE, PROVISIONAL, REFUSED, standing
from client.attempt.reverify import verify_again
from client.base.clock import utc_us
from client.base.text import Text
from client.contest.plan import Label
from client.evidence.bag import export_bag
from client.evidence.copying import Tally
from client.evidence.findings import Verdict
from client.evidence.layout import SessionFolder, sessions_root
from client.evidence.removal import delete_session
from client.evidence.retention import Hold, Retention, retention_of, sessions_below
from client.ui.background import Background
from client.ui.look import Look
from client.ui.trouble import trouble_of
from client.ui.widgets.parts import box, button, clear, label, megabytes, phone_line, scroller
from client.ui.widgets.question import Question
from client.ui.widgets.work_page import WorkPage

TITLE = Text("本机保存的录像", "Recordings kept on this computer")
BODY = Text(
    "保存期内请不要删除、移动或剪辑。到期后可以在这里删除。",
    "Do not delete, move or cut them while they are being kept. Later they may be deleted here.",
)
LOOKING = Text("正在查看……", "Looking…")
NOTHING = Text("这台电脑上没有录像。", "There are no recordings on this computer.")
UNTIL = Text("保存到 {day}", "kept until {day}")
UNTIL_ABOUT = Text("保存到 {day}（暂定）", "kept until {day} (provisional)")
KINDS = {
    "contest": Text("竞赛", "contest"),
    "rehearsal": Text("彩排", "rehearsal"),
    "recording": Text("普通录像", "plain recording"),
    "unknown": Text("无法识别", "unknown"),
}
VERIFY = Text("再次核验", "Verify again")
EXPORT = Text("导出……", "Export…")
DELETE = Text("删除……", "Delete…")
VERIFYING = Text("正在核验，请稍候……", "Verifying…")
EXPORTING = Text("正在导出，请不要拔盘……", "Exporting; do not unplug the drive…")
DELETING = Text("正在删除……", "Deleting…")
CHOOSE = Text("选择 U 盘或文件夹", "Choose a USB drive or a folder")
EXPORTED = Text("已导出到 {place}。", "Exported to {place}.")
UNPLUG = Text(
    "拔盘前请先在系统里安全弹出。",
    "Eject the drive safely before you unplug it.",
)
DELETED = Text("已删除。", "Deleted.")
SURE = Text("删除这一场的全部文件？", "Delete all files of this session?")
SURE_IS = Text(
    "删除后无法恢复。组委会那里的录像不受影响。",
    "They cannot be brought back. What the organizer has stays as it is.",
)
KEEP_IT = Text("先不删除", "Keep them")
DO_DELETE = Text("删除", "Delete")


class RetentionPage(WorkPage):
    """One card a session; one piece of work at a time."""

    def __init__(
        self, look: Look, background: Background, phone: str = "", root: Path | None = None
    ) -> None:
        """Begin to look what lies below `root`, by default this user's sessions."""
        super().__init__(look, background)
        self.phone = phone_line(look, phone)
        self._root = root
        self.cards: dict[Path, dict[str, QPushButton]] = {}
        self.question: Question | None = None
        self._list = QVBoxLayout()
        self._list.setSpacing(10)
        self._note = label("muted")
        self._arrange()
        self.refresh()

    def stop(self) -> None:
        """Cancel what is under way; the page is not shown any more."""
        super().stop()
        if self.question is not None:
            self.question.close()

    def refresh(self) -> None:
        """Look again what lies here."""
        self.work.run(LOOKING, partial(_look, self._root), self._show, self._failed, stays=False)

    def _arrange(self) -> None:
        content = QWidget()
        self.work.idle.connect(content.setEnabled)
        holder = QVBoxLayout(content)
        holder.setContentsMargins(0, 0, 0, 0)
        holder.addLayout(self._list)
        holder.addWidget(self._note)
        holder.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(self.back)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 22, 28, 20)
        column.setSpacing(12)
        column.addWidget(self.banner)
        head = QHBoxLayout()
        head.addWidget(label("title", self._look.say(TITLE)), 1)
        head.addWidget(self.phone)
        column.addLayout(head)
        column.addWidget(label("body", self._look.say(BODY)))
        column.addWidget(self.work)
        column.addWidget(scroller(content), 1)
        column.addLayout(foot)

    # ---- the list ------------------------------------------------------------------------------
    def _show(self, found: list[Retention]) -> None:
        clear(self._list)
        self.cards = {}
        for session in found:
            self._list.addWidget(self._card(session))
        holds = {session.hold for session in found}
        notes = [ADVICE[hold] for hold in ADVICE if hold in holds and hold is not Hold.KEPT]
        if any(session.refused for session in found):
            notes.append(REFUSED)
        if any(session.provisional for session in found):
            notes.append(PROVISIONAL)
        self._note.setText("\n".join(map(self._look.say, notes or ([] if found else [NOTHING]))))

    def _card(self, session: Retention) -> QFrame:
        say = self._look.say
        name = self._named(session.contest) or say(KINDS[session.kind])
        facts = [self._named(session.paper), str(session.day or ""), megabytes(session.bytes)]
        if session.kind == "rehearsal":
            facts.insert(0, say(KINDS["rehearsal"]))
        state = say(standing(session))
        if session.kept_until is not None:
            until = UNTIL_ABOUT if session.provisional else UNTIL
            state += " · " + say(until.format(day=session.kept_until))
        if session.damage:
            state += f" [{session.damage}]"
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label("strong", name))
        words.addWidget(label("muted", " · ".join(filter(None, facts))))
        told = label("text", state)
        told.setProperty("tone", "bad" if session.hold is Hold.DAMAGED else "")
        words.addWidget(told)
        row = QHBoxLayout()
        row.addLayout(words, 1)
        self.cards[session.folder] = {}
        for what, text, act in (
            ("verify", VERIFY, self._verify),
            ("export", EXPORT, self._choose_place),
            ("delete", DELETE, self._ask),
        ):
            made = button(say(text))
            made.setAccessibleName(f"{made.text()} {name} {facts[-1]}")
            made.clicked.connect(partial(act, session.folder))
            row.addWidget(made)
            self.cards[session.folder][what] = made
        self.cards[session.folder]["export"].setEnabled(session.hold is not Hold.RUNNING)
        self.cards[session.folder]["delete"].setEnabled(not session.is_held)
        return box("card", row, margin=14, spacing=10)

    def _named(self, named: Label | None) -> str:
        return self._look.name(named) if named else ""

    # ---- what is done with one -----------------------------------------------------------------
    def _verify(self, folder: Path) -> None:
        self.banner.hide()
        self.work.run(VERIFYING, partial(verify_again, folder), self._verified, self._failed)

    def _verified(self, verdict: Verdict) -> None:
        is_fine = verdict.exit_code == 0
        self.banner.say(
            verdict.sentence, Text("", ""), "good" if is_fine else "warn", extra=verdict.name
        )

    def _choose_place(self, folder: Path) -> None:
        self.dialog = QFileDialog(self, self._look.say(CHOOSE))
        self.dialog.setFileMode(QFileDialog.FileMode.Directory)
        self.dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self.dialog.fileSelected.connect(partial(self.export, folder))
        self.dialog.open()

    def export(self, folder: Path, place: str) -> None:
        """Export the session in `folder` to `place`."""

        def work(tally: Tally) -> Path:
            return export_bag(SessionFolder(folder), Path(place), tally, utc_us())

        self.banner.hide()
        self.work.run(EXPORTING, work, self._exported, self._failed)

    def _exported(self, bag: Path) -> None:
        self.banner.say(EXPORTED.format(place=bag), UNPLUG, "good")

    def _ask(self, folder: Path) -> None:
        self.question = Question(self._look, self, SURE, SURE_IS, (KEEP_IT, DO_DELETE))
        self.question.accepted.connect(partial(self._delete, folder))
        self.question.open()

    def _delete(self, folder: Path) -> None:
        self.banner.hide()
        work = partial(_delete, folder)
        self.work.run(DELETING, work, self._deleted, self._failed)

    def _deleted(self, _: None) -> None:
        self.banner.say(DELETED, Text("", ""), "good")
        self.refresh()

    def _failed(self, error: Exception) -> None:
        self.show_problem(trouble_of(error))


def _look(root: Path | None, _: Tally) -> list[Retention]:
    """Return what lies there, the newest first."""
    now_us = utc_us()
    paths = sessions_below(sessions_root() if root is None else root)
    newest = sorted(paths, key=lambda path: path.stat().st_mtime, reverse=True)
    return [retention_of(path, now_us) for path in newest]


def _delete(folder: Path, _: Tally) -> None:
    delete_session(folder, utc_us())
