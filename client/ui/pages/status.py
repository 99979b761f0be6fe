"""The page of one session: one thing to do at a time, and everything that gives certainty."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from client.attempt.states import State
from client.attempt.view import Session, View
from client.base.errors import SaiJianError
from client.base.text import Text
from client.contest.schedule import is_too_near
from client.evidence.entries import CheckResult
from client.identity.outcome import Document
from client.identity.steps import Step
from client.preflight.checks.typing import to_type
from client.ui.alarm import Alarm
from client.ui.background import Background, Lane
from client.ui.early import open_steps, question
from client.ui.guide import (
    AGAIN,
    GUIDE,
    NOTHING_YET,
    STEPS,
    TRIABLE,
    Action,
    Call,
    Guide,
    Memory,
    Moment,
    moment_of,
    places,
    quiet_actions,
)
from client.ui.look import Look
from client.ui.lost import alert_of
from client.ui.pages.details import (
    COPY_SITE,
    ConsentDetail,
    DeclinedDetail,
    FinishDetail,
    RulesDetail,
    SiteDetail,
)
from client.ui.pages.identity import IdentityDetail
from client.ui.pages.preflight import PreflightDetail
from client.ui.pages.receipt import ReceiptCard
from client.ui.receipt import ReceiptSummary, load_receipt
from client.ui.trouble import NO_BROWSER, Trouble, trouble_of
from client.ui.unsubmitted import is_before_the_end, unsubmitted
from client.ui.watch import Watcher
from client.ui.widgets.banner import Banner
from client.ui.widgets.focus import tab_through
from client.ui.widgets.header import Header
from client.ui.widgets.hold import HoldButton
from client.ui.widgets.parts import label, scroller, set_property
from client.ui.widgets.question import Question
from client.ui.widgets.quiet import QuietRow
from client.ui.widgets.rail import Rail
from client.ui.widgets.recording import BEFORE, FILMING, RecordingPanel
from client.ui.widgets.ribbon import Ribbon, kind_of
from client.ui.widgets.trial_offer import TOO_LATE, TrialOffer

log = logging.getLogger(__name__)
TICK_MS = 250
ARM_MS = 700
"""A new big button waits this long, so that a double click does not press the next one too."""

REMEMBERED = {
    Call.READ_RULES: {"rules_read": True},
    Call.DECLINE: {"declined": True},
    Call.RECONSIDER: {"declined": False},
}
"""What such a choice changes: in this window alone."""
AT_THE_END = (Moment.SEALING, Moment.UPLOADING, Moment.STORED, Moment.TRIED, Moment.WATCHED)
NO_VIEW = Text("暂时读不到录制状态，正在重试。", "The state cannot be read now; trying again.")


class StatusPage(QWidget):
    """Draws a `Session` and carries out what the contestant chooses."""

    finished = Signal()
    """The contestant is done and wants the window closed."""
    state_shown = Signal()
    """A new view was drawn."""
    watch_wanted = Signal()
    """The contestant wants to see what the trial recorded."""

    def __init__(
        self,
        session: Session,
        look: Look,
        background: Background,
        memory: Memory = NOTHING_YET,
    ) -> None:
        """Build the page and begin to watch the session."""
        super().__init__()
        self.session = session
        self.view: View | None = None
        self.moment = Moment.PREPARING
        self._look = look
        self._background = background
        self._memory = memory
        self._trouble: Trouble | None = None
        self._working: Action | None = None
        self.question: Question | None = None
        self._alarm = Alarm()
        self._settled = True
        self._receipt_asked = self._sample_asked = False
        self.offers_trial = False
        self._refocus = True
        self._watcher = Watcher(session, background, self)
        self._build()
        self._watcher.viewed.connect(self._viewed)
        self._watcher.failed.connect(self._view_failed)
        for preview in (self.panel.preview, self.identity.live):
            self._watcher.pictured.connect(preview.show_jpeg)
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._tick)
        self._arm = QTimer(self)
        self._arm.setSingleShot(True)
        self._arm.setInterval(ARM_MS)
        self._arm.timeout.connect(self._enable)
        self._show_guide(GUIDE[Moment.PREPARING])
        self._watcher.start()
        self._clock.start()

    # ---- building ------------------------------------------------------------------------------
    def _build(self) -> None:
        look, plan = self._look, self.session.plan
        is_trial = self._memory.is_trial
        self.kind = kind_of(is_trial=is_trial, is_rehearsal=plan.rehearsal)
        self.ribbon = Ribbon(look, self.kind)
        self.ribbon.left.connect(self.finished)
        self.trial = TrialOffer(look)
        self.header = Header(look, plan, self.session.paper, self.ribbon)
        self.panel = RecordingPanel(look)
        self.banner = Banner(look)
        self.alert = Banner(look, dismissable=False)
        self.title, self.body = label("title"), label("body")
        self.big = HoldButton(look)
        self.big.chosen.connect(self._big_chosen)
        self.hint = label("muted")
        self.quiet = QuietRow(look)
        self.quiet.chosen.connect(self._choose)
        self.consent = ConsentDetail(look, plan, is_trial=is_trial)
        self.consent.changed.connect(self._enable)
        self.identity = IdentityDetail(look, plan)
        self.identity.skipped.connect(partial(self._coach, self.session.skip_step))
        self.identity.again.connect(self._coach_again)
        self.finish = FinishDetail(look)
        methods = to_type(plan.environment.input_methods)
        self.checks = PreflightDetail(look, self._background, self.session.checkup, methods)
        self.checks.noted.connect(self._noted)
        self.checks.wanted.connect(self._check)
        self.checks.finished.connect(self._checked)
        self.checks.failed.connect(self._step_failed)
        self._details: dict[Moment, QWidget] = {
            Moment.RULES: RulesDetail(look, plan),
            Moment.CONSENT: self.consent,
            Moment.DECLINED: DeclinedDetail(look, plan),
            **dict.fromkeys(
                (Moment.CHECK, Moment.EARLY, Moment.BEGIN, Moment.BEGIN_LATE), self.checks
            ),
            Moment.IDENTITY: self.identity,
            **dict.fromkeys(
                (Moment.OPEN_SITE, Moment.LOGIN, Moment.WAIT_FOR_START, Moment.WORK),
                SiteDetail(look, plan),
            ),
            **dict.fromkeys(AT_THE_END, self.finish),
        }
        self.rail = Rail(look)  # the last one that the Tab key comes to
        self._arrange()

    def _arrange(self) -> None:
        holder = QWidget()
        pages = QVBoxLayout(holder)
        pages.setContentsMargins(0, 0, 0, 0)
        for detail in dict.fromkeys(self._details.values()):
            pages.addWidget(detail)
            detail.hide()  # what is hidden is not measured
        self.area = scroller(holder)
        self._middle = middle = QVBoxLayout()
        middle.setSpacing(10)
        for widget in (self.alert, self.banner, self.title, self.body):
            middle.addWidget(widget)
        middle.addWidget(self.area, 1)
        middle.addWidget(self.big)
        middle.addWidget(self.hint)
        below = QHBoxLayout()
        below.addLayout(self.quiet)
        below.addWidget(self.trial, 1)
        middle.addLayout(below)
        work = QHBoxLayout()
        work.setContentsMargins(20, 16, 20, 16)
        work.setSpacing(20)
        work.addLayout(middle, 1)
        work.addWidget(self.panel)
        self._right = QVBoxLayout()
        self._right.setSpacing(0)
        self._right.addWidget(self.header)
        self._right.addLayout(work, 1)
        self.rail.stand_beside(self._right, self)

    def take_header_back(self) -> None:
        """Show the clocks here again, after another page had them."""
        self._right.insertWidget(0, self.header)

    @property
    def memory(self) -> Memory:
        """Return what only this window knows, for a page that takes this one's place."""
        return self._memory

    # ---- watching ------------------------------------------------------------------------------
    def is_filming(self) -> bool:
        """Tell whether devices are open, as far as this window knows."""
        return self.view is not None and self.view.state in FILMING

    def is_stored(self) -> bool:
        """Tell whether the organizer has everything."""
        return self.view is not None and self.view.state is State.STORED

    def has_begun(self) -> bool:
        """Tell whether anything was recorded, as far as this window knows."""
        return self.view is None or self.view.state not in BEFORE

    def must_stay_on(self) -> bool:
        """Tell whether the computer has work to finish: recording, sealing, sending."""
        after = (State.ENDED, State.SEALING, State.UPLOADING)
        return self.is_filming() or (self.view is not None and self.view.state in after)

    def stop(self) -> None:
        """Ask the session nothing more."""
        self._watcher.stop()
        self._close_question()
        self.checks.close_all()
        for timer in (self._clock, self._arm):
            timer.stop()

    def show_problem(self, trouble: Trouble) -> None:
        """Show an error until it is dismissed or a step succeeds."""
        self._trouble = trouble
        self.banner.show_trouble(trouble)

    def _viewed(self, view: View) -> None:
        first = self.view is None
        self.view = view
        if self._settled:
            self._working = None
        self.header.set_time(view.schedule, view.organizer_now_us)
        if first:
            self.rail.show_plan(self.session.plan, view.schedule)
        self._watcher.wants_pictures = self.is_filming()
        self.panel.show_view(view, self._trouble)
        self._alarm.heed(view.status if view.recorder_alive else None)
        self.identity.show_coaching(view.coaching)
        self.identity.live.set_open(is_open=self.panel.preview.is_open)
        if view.state is State.PREFLIGHTED:
            self.checks.restore(view.checks)
        self.finish.show_view(view)
        if (alert := alert_of(view)) is not None:
            self.alert.say(*alert, "warn")
        else:
            self.alert.hide()
        self._ask_receipt(view)
        if self._working is None:
            self._show_moment()
        self.state_shown.emit()

    def _view_failed(self, error: Exception) -> None:
        if self._settled:
            self._working = None
        words = error.advice if isinstance(error, SaiJianError) else Text("", "")
        self.alert.say(NO_VIEW, words, "warn")
        self._enable()

    def _ask_receipt(self, view: View) -> None:
        if view.state is not State.STORED or self._receipt_asked:
            return
        self._receipt_asked = True
        path, keys = self.session.folder.receipts, self.session.plan.organizer.keys
        self._background.run(
            Lane.STEP, partial(load_receipt, path, keys), self._show_receipt, self._step_failed
        )

    def _show_receipt(self, receipt: ReceiptSummary | None) -> None:
        if receipt is not None:
            card = ReceiptCard(self._look, self._background, self.session, receipt)
            for way in (card.save, card.print):  # on paper it would look like a contest's
                way.setVisible(not self._memory.is_trial)
            self.finish.show_receipt(card)
            tab_through(self._middle)

    def _tick(self) -> None:
        self.header.tick()
        self.panel.tick.tick()
        if self.view is not None and self._working is None:
            self._show_moment()

    # ---- the moment ----------------------------------------------------------------------------
    def _show_moment(self) -> None:
        view, now = self.view, self.header.now_us()
        if view is None or now is None:
            return
        moment = moment_of(view, self.session.plan, self._memory, now)
        if moment is not self.moment:
            before, self.moment = GUIDE[self.moment].action, moment
            self._close_question()
            self.panel.offer_preview(wanted=moment is not Moment.IDENTITY)
            self._ask_sample()
            self._show_guide(GUIDE[moment], before)
        elif not self._arm.isActive():
            self._enable()
        self._offer_trial(view, now)

    def _offer_trial(self, view: View, now_us: int) -> None:
        """Offer a trial of this session while it has not begun, and say when it is too late."""
        if self.offers_trial and self.moment in TRIABLE:
            self.trial.offer(TOO_LATE if is_too_near(view.schedule, now_us) else None)
        else:
            self.trial.hide()

    def _show_guide(self, guide: Guide, before: Action | None = None) -> None:
        """Show it; a button that goes on doing the same goes on being pressed."""
        filled = places(self.view, self.session.plan) if self.view else {}

        def say(text: Text) -> str:
            return self._look.say(text.format(**filled))

        self.rail.show_stage(guide.stage)
        self.title.setText(say(guide.title))
        self.body.setText(say(guide.body))
        action = guide.action
        hint = say(action.hint) if action and action.hint else ""
        self._refocus = self._refocus or self.big.hasFocus()
        self.big.setVisible(action is not None)
        self.big.setEnabled(self.big.isEnabled() and action is before)
        if action is not None and action is not before:
            self.big.offer(say(action.label), hint, hold=action.hold)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.quiet.offer(quiet_actions(guide, self.session.plan))
        tab_through(self._middle)
        for detail in self._details.values():
            detail.setVisible(detail is self._details.get(self.moment))
        self._park_focus()
        if action is not before or action is None:
            self._arm.start()

    def _enable(self) -> None:
        """Make the buttons fit: waiting while a step runs, complete where consent is asked."""
        action = GUIDE[self.moment].action
        idle = self._working is None and self.view is not None and not self._arm.isActive()
        complete = self.moment is not Moment.CONSENT or self.consent.is_complete()
        if action is not None:
            shown = self._working.working if self._working else action.label
            if self.big.text() != (text := self._look.say(shown)):
                self.big.offer(text, self.hint.text(), hold=action.hold)
        self.big.setEnabled(idle and complete)
        set_property(self.big, "weight", "light" if self._open_steps() else "")
        self.quiet.enable(idle=idle)
        if self._refocus and self.big.isEnabled():
            self._refocus = False
            self.big.setFocus()

    # ---- the identity check --------------------------------------------------------------------
    def _coach(self, ask: Callable[[], None]) -> None:
        self._background.run(Lane.STEP, ask, lambda _: self._watcher.refresh(), self._step_failed)

    def _coach_again(self, document: Document | None) -> None:
        self._coach(partial(self.session.coach_again, document))

    def _open_steps(self) -> tuple[Step, ...]:
        """Return what the big button would leave behind."""
        view = self.view if self.moment is Moment.IDENTITY else None
        return open_steps(view.coaching) if view is not None else ()

    def _ends_early(self) -> bool:
        plan, now_us = self.session.plan, self.header.now_us()
        return self.moment is Moment.WORK and is_before_the_end(self.view, plan, now_us)

    def _ask_first(self, action: Action, asked: Question) -> None:
        self._close_question()
        self.question = asked
        self.question.accepted.connect(partial(self._take_step, action))
        self.question.open()

    def _close_question(self) -> None:
        if self.question is not None:
            self.question.reject()
            self.question = None

    def _ask_sample(self) -> None:
        """Fetch the organizer's sample picture once; ours stays until then."""
        if self.moment is not Moment.IDENTITY or self._sample_asked:
            return
        self._sample_asked = True
        self._background.run(Lane.SAMPLE, self.session.sample, self._show_sample, lambda _: None)

    def _show_sample(self, picture: bytes | None) -> None:
        if picture is not None:
            self.identity.show_sample(picture)

    # ---- doing ---------------------------------------------------------------------------------
    def _big_chosen(self) -> None:
        if (action := GUIDE[self.moment].action) is not None:
            self._choose(action)

    def _choose(self, action: Action) -> None:
        if self._working is not None:
            return
        match action.call:
            case call if call in REMEMBERED:
                self._remember(replace(self._memory, **REMEMBERED[call]))
            case Call.OPEN_SITE:
                self._open_site()
            case Call.RETENTION:
                self.rail.wanted.emit("retention")
            case Call.WATCH:
                self.watch_wanted.emit()
            case Call.CLOSE_WINDOW:
                self.finished.emit()
            case Call.PREFLIGHT:
                self._check()
            case Call.BEGIN_CONTEST if steps := self._open_steps():
                self._ask_first(action, question(self._look, self, steps))
            case Call.END if self._ends_early():
                self._ask_first(action, unsubmitted(self._look, self, self.view))
            case _:
                self._take_step(action)

    def _take_step(self, action: Action) -> None:
        self._begin(action)
        step = partial(STEPS[action.call], self.session)
        done = partial(self._step_done, action.call)
        self._background.run(Lane.STEP, step, done, self._step_failed)

    def _begin(self, action: Action) -> None:
        self._working = action
        self._settled = False
        self._refocus = True
        self._enable()
        self._park_focus()

    def _park_focus(self) -> None:
        """Keep the Enter key off the rail's buttons while no big button can be pressed."""
        if self._refocus:
            asks = self.moment is Moment.CONSENT and self._working is None
            (next(iter(self.consent.boxes.values())) if asks else self).setFocus()

    def _check(self, only: tuple[str, ...] = ()) -> None:
        """Run checks; the devices that they open are no step's while they do."""
        if self._working is None:
            self._begin(AGAIN)
            self.checks.run(only)

    def _checked(self, results: tuple[CheckResult, ...]) -> None:
        step = partial(self.session.report_preflight, results)
        done = partial(self._step_done, Call.PREFLIGHT)
        self._background.run(Lane.STEP, step, done, self._step_failed)

    def _noted(self, results: tuple[CheckResult, ...]) -> None:
        """Journal what was typed or ticked; before the first run it goes along with that."""
        if self.view is not None and self.view.state is State.PREFLIGHTED:
            self._checked(results)

    def show_watched(self) -> None:
        """The recording is being played: the next thing to do is to end the trial."""
        self._remember(replace(self._memory, watched=True))

    def _remember(self, memory: Memory) -> None:
        self._memory = memory
        self._show_moment()

    def _open_site(self) -> None:
        if QDesktopServices.openUrl(QUrl(self.session.plan.contest_url)):
            self._remember(replace(self._memory, site_opened=True))
        else:
            self.banner.say(NO_BROWSER, COPY_SITE, "warn")

    def _step_done(self, call: Call, _result: object) -> None:
        if call is Call.LOGIN_DONE:
            self._memory = replace(self._memory, logged_in=True)
        self._trouble = None
        self._settled = True
        self.banner.hide()
        self._watcher.refresh()

    def _step_failed(self, error: Exception) -> None:
        log.error("step failed", exc_info=error)
        self._settled = True
        self.show_problem(trouble_of(error))
        self._watcher.refresh()
