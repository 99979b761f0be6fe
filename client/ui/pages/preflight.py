"""The checks of this computer on a page: run in the background, shown row by row as they end."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Collection, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from client.base.text import Text
from client.evidence.entries import CheckResult
from client.preflight.check import Outcome, Report
from client.preflight.checkup import Begun, Checkup, Far, News
from client.preflight.fixes import Awake, FixName, open_page
from client.preflight.reports.model import TickName
from client.ui.background import Background, Lane
from client.ui.checks import PREPARING, RUNNING, passed, summary, worst_first
from client.ui.look import Look
from client.ui.pages.on_site import OnSite
from client.ui.trouble import trouble_of
from client.ui.widgets.banner import Banner
from client.ui.widgets.check_rows import CheckRow, LiveGrid, PassedList
from client.ui.widgets.focus import Parking, tab_through
from client.ui.widgets.parts import Flowing, button, label

log = logging.getLogger(__name__)
STOP = Text("停止检测", "Stop the check")
STOPPING = Text("正在停止……", "Stopping…")
TAKES = Text(
    "约需 20 秒，测网速时可能多等一会儿；可以随时停止，不影响继续。",
    "Takes about 20 s, longer while the network is measured. You may stop it and go on.",
)
OPENS = Text(
    "每个摄像头和麦克风会打开三秒，再试录十秒屏幕、画面和声音，不保存任何内容。",
    "Each camera and microphone is opened for three seconds, then screen, picture and sound "
    "are recorded for ten seconds on trial. Nothing is kept.",
)
THEN_MEND = Text(
    "没有通过的项目会说明怎么处理，处理后可以单独再试。",
    "What does not pass is told with what to do, and can be tried again alone.",
)
OPENED = Text("已打开设置页。", "The settings are open.")
THEN = Text("改好后请点“再试一次”。", "Change it there, then click “Try again”.")
UNTIL = Text("赛鉴关闭后自动撤销。", "This is taken back once SaiJian is closed.")


def _forget(_: object) -> None:
    """Take a result that nobody waits for."""


def _log_it(error: Exception) -> None:
    log.error("taking back", exc_info=error)


class PreflightDetail(Flowing):
    """Runs a `Checkup`. Whoever owns the page allows a run by calling `run`, else nothing runs."""

    wanted = Signal(object)
    """The person wants these checks run again: a tuple of names."""
    finished = Signal(object)
    """A run ended: the `CheckResult`s of all checks so far."""
    noted = Signal(object)
    """Somebody typed or ticked: the `CheckResult`s of all so far."""
    failed = Signal(object)
    """A run could not begin: the exception."""
    _news = Signal(object)

    def __init__(
        self,
        look: Look,
        background: Background,
        checkup_of: Callable[[], Checkup],
        methods: Sequence[str],
        opens: Text = OPENS,
    ) -> None:
        """Show what a run will do; nothing is run or opened yet.

        `methods`: the input methods that can be tried, by the names that plans give them.
        `opens` says beforehand which devices a run will open.
        """
        super().__init__()
        self._look = look
        self._background = background
        self._checkup_of = checkup_of
        self._opens = opens
        self.on_site = OnSite(look, background, methods, self._ticks)
        self.on_site.typed.connect(self._judged)
        self.on_site.ticked.connect(self._confirmed)
        self.checkup: Checkup | None = None
        self.is_running = False
        self._asked_to_stop = False
        self._only: tuple[str, ...] = ()
        self._running: dict[str, Text] = {}
        self._done = self._all = 0
        self._restored: tuple[CheckResult, ...] = ()
        self._awake = Awake()
        self._parking = Parking(self)
        self._build()
        self._news.connect(self._heard)

    # ---- building ------------------------------------------------------------------------------
    def _build(self) -> None:
        look = self._look
        self.summary = label("strong")
        self.stop_button = button(look.say(STOP))
        self.stop_button.clicked.connect(self.stop)
        self.progress = label("small")
        self.changes = label("text")
        self.banner = Banner(look)
        self.grid, self.passed = LiveGrid(look), PassedList(look)
        self.rows: dict[str, CheckRow] = {}
        self._concerns = QVBoxLayout()
        self._concerns.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(self.summary, 1)
        head.addWidget(self.stop_button)
        self.notice = QWidget()
        words = QVBoxLayout(self.notice)
        words.setContentsMargins(0, 0, 0, 0)
        for text in (TAKES, self._opens, THEN_MEND):
            words.addWidget(label("body", look.say(text)))
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(6)
        column.addWidget(self.notice)
        column.addLayout(head)
        shown: tuple[QWidget, ...] = (self.progress, self.changes, self.banner, self.grid)
        for widget in shown:
            column.addWidget(widget)
        column.addLayout(self._concerns)
        column.addWidget(self.passed)
        column.addWidget(self.on_site)
        column.addStretch(1)
        self._live: tuple[QWidget, ...] = (self.progress, self.grid, self.stop_button)
        for widget in (*self._live, self.summary, self.changes, self.passed):
            widget.hide()

    # ---- running -------------------------------------------------------------------------------
    def run(self, only: Collection[str] = ()) -> None:
        """Run the checks named in `only`, else all, unless a run is under way."""
        if self.is_running:
            return
        self.is_running, self._asked_to_stop, self._only = True, False, tuple(only)
        self.banner.hide()
        self.notice.hide()
        self._show_running()
        work = partial(self._work, self._only)
        self._background.run(Lane.CHECK, work, self._ended, self._not_run)

    def renew(self) -> None:
        """Let the next run begin with a checkup of its own."""
        self.checkup = None

    def stop(self) -> None:
        """End a run now; what has not ended is not known."""
        self._asked_to_stop = True
        if self.checkup is not None:
            self.checkup.stop()
        if self.is_running:
            self._parking.park()
            self.stop_button.setText(self._look.say(STOPPING))
            self.stop_button.setEnabled(False)

    def close_all(self) -> None:
        """End what runs, and take back what was asked of the system."""
        self.stop()
        self._background.run(Lane.CHECK, self._awake.close, _forget, _log_it)

    def restore(self, results: Sequence[CheckResult]) -> None:
        """Show the verdicts of an earlier run, where this window has run nothing itself."""
        if self.is_running or self.checkup is not None or tuple(results) == self._restored:
            return
        self._restored = tuple(results)
        work = partial(self._restore, self._restored)
        self._background.run(Lane.CHECK, work, self._show_outcomes, self._not_run)

    def _restore(self, results: Sequence[CheckResult]) -> Sequence[Outcome]:
        return self._the_checkup().restore(results)

    def _work(self, only: tuple[str, ...]) -> Report:
        checkup = self._the_checkup()
        return checkup.run(self._tell, only)

    def _the_checkup(self) -> Checkup:
        """Return the checkup; it reads the disk to begin, so never from the window's thread."""
        if self.checkup is None:
            self.checkup = self._checkup_of()
        return self.checkup

    def _tell(self, news: News) -> None:
        """Bring news to the window's thread; a stop that came before the checkup was there too."""
        if self._asked_to_stop and self.checkup is not None:
            self.checkup.stop()
        with contextlib.suppress(RuntimeError):  # the page is gone
            self._news.emit(news)

    def _heard(self, news: News) -> None:
        if not self.is_running:
            return
        match news:
            case Begun():
                self._done, self._all = 0, len(news.checks)
                self._running = {check.name: check.title for check in news.checks}
                self.grid.show_checks(news.checks if not self._only else ())
                for check in news.checks:
                    self._begin(check.name)
            case Far():
                title = self._running.get(news.check)
                if title is not None:
                    self.progress.setText(f"{self._look.say(title)}: {self._look.say(news.words)}")
            case Outcome():
                self._done += 1
                self.grid.show_outcome(news)
                if news.finding.verdict != "pass" and not self._only:
                    self._add(news)
        self._count()

    def _ended(self, report: Report) -> None:
        self.is_running = False
        self._show_outcomes(report.outcomes)
        self.finished.emit(report.results)

    def _not_run(self, error: Exception) -> None:
        log.error("checks", exc_info=error)
        self.is_running = False
        self._show_outcomes(())
        self.failed.emit(error)

    # ---- showing -------------------------------------------------------------------------------
    def _show_running(self) -> None:
        for widget in (*self._live, self.summary):
            widget.show()
        for widget in (self.passed, self.changes, self.on_site):
            widget.hide()
        self.progress.setText("")
        self.stop_button.setText(self._look.say(STOP))
        self.stop_button.setEnabled(True)
        self._enable(enabled=False)
        self._done = self._all = 0
        self._count()

    def _count(self) -> None:
        words = RUNNING.format(done=self._done, all=self._all) if self._all else PREPARING
        self.summary.setText(self._look.say(words))

    def _show_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """Show what did not pass, worst first, and the rest folded."""
        for widget in self._live:
            widget.hide()
        self.on_site.show()
        has_run = any(not outcome.check.on_site for outcome in outcomes)
        self.notice.setVisible(not has_run)
        self.summary.setVisible(has_run)
        self.summary.setText(self._look.say(summary(outcomes)))
        concerns = worst_first(outcomes)
        for name in self.rows.keys() - {outcome.check.name for outcome in concerns}:
            self._drop(name)
        for outcome in concerns:
            self._add(outcome)
        tab_through(self._column)
        self._enable(enabled=True)
        self.passed.show_outcomes(passed(outcomes))
        changed = self.checkup.changes() if self.checkup is not None and outcomes else None
        self.changes.setVisible(changed is not None)
        self.changes.setText(self._look.say(changed) if changed is not None else "")

    def _add(self, outcome: Outcome) -> None:
        """Put the row of `outcome` last; one that shows it already is moved there."""
        row = self.rows.pop(outcome.check.name, None)
        if row is None or row.outcome is not outcome or row.is_running:
            if row is not None:
                row.hide()
                row.deleteLater()
            row = CheckRow(self._look, outcome, can_run=not outcome.check.on_site)
            row.again.connect(lambda name: self.wanted.emit((name,)))
            row.fix.connect(self._fix)
        self._concerns.removeWidget(row)
        self.rows[row.name] = row
        self._concerns.addWidget(row)
        for each in row.buttons:
            each.setEnabled(not self.is_running)

    def _begin(self, name: str) -> None:
        """Let a row that is tried again say so where it stands; of a whole run all are new."""
        if not self._only:
            self._drop(name)
        elif (row := self.rows.get(name)) is not None:
            row.show_running(self._look)

    def _drop(self, name: str) -> None:
        if (row := self.rows.pop(name, None)) is not None:
            row.hide()
            self._concerns.removeWidget(row)
            row.deleteLater()

    def _enable(self, *, enabled: bool) -> None:
        for row in self.rows.values():
            for each in row.buttons:
                each.setEnabled(enabled)

    # ---- on site -------------------------------------------------------------------------------
    def _ticks(self) -> tuple[TickName, ...]:
        return self.checkup.ticks if self.checkup is not None else ()

    def _judged(self, outcome: Outcome) -> None:
        self._note(lambda: self._the_checkup().add(outcome))

    def _confirmed(self, ticks: tuple[TickName, ...], picture: bytes) -> None:
        self._note(lambda: self._the_checkup().add_room(ticks, picture))

    def _note(self, work: Callable[[], Report]) -> None:
        self._background.run(Lane.CHECK, work, self._take_note, self._not_fixed)

    def _take_note(self, report: Report) -> None:
        self._show_outcomes(report.outcomes)
        self.noted.emit(report.results)

    # ---- fixing --------------------------------------------------------------------------------
    def _fix(self, name: FixName) -> None:
        if name == "stay-awake":
            self._background.run(Lane.CHECK, self._awake.ask, self._is_awake, self._not_fixed)
        else:
            work = partial(open_page, name)
            self._background.run(Lane.CHECK, work, self._is_open, self._not_fixed)

    def _is_open(self, _: None) -> None:
        self.banner.say(OPENED, THEN, "good")

    def _is_awake(self, words: Text) -> None:
        self.banner.say(words, UNTIL, "good")

    def _not_fixed(self, error: Exception) -> None:
        self.banner.show_trouble(trouble_of(error))
