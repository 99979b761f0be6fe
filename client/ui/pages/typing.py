"""The typing test: one input method after the other types the phrase shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from client.base.text import Text
from client.preflight.check import Outcome
from client.preflight.checks.choice import called
from client.preflight.checks.input_methods import NAMES
from client.preflight.checks.typing import phrase_for, typing_check
from client.preflight.facts.typing import Engine, TypingFacts
from client.preflight.probes.typing import ASKED_BY_TYPIST, engine_now
from client.preflight.runner import examine
from client.ui.background import Background, Lane
from client.ui.checks import VERDICTS
from client.ui.look import Look
from client.ui.widgets.parts import button, label, set_property
from client.ui.widgets.typing_field import TypingField

TITLE = Text("输入法试打", "Typing test")
CHOOSE = Text("您要用的输入法", "The input method you will use")
TYPE = Text("请切换到它，在下面打出：", "Switch to it and type below:")
FIELD = Text("在这里打字", "Type here")
CANNOT = Text("打不出来", "It does not type")
NEXT = Text("打完后会自动判断；可以换一种输入法再试。", "Judged once typed; then try another one.")
CLOSE = Text("完成", "Done")
_ICON = 22
MOST_ENGINES = 20


class TypingDialog(QDialog):
    """Emits `judged` with an `Outcome` for each input method that was tried."""

    judged = Signal(object)

    def __init__(
        self, look: Look, background: Background, methods: Sequence[str], parent: QWidget
    ) -> None:
        """Offer `methods` by the names that plans give them; nothing is typed yet."""
        super().__init__(parent)
        self._look = look
        self._background = background
        self._engines: list[Engine] = []
        self._asking = False
        self._waits_to_judge = False
        self.setWindowTitle(look.say(TITLE))
        self.setMinimumWidth(620)
        self.methods = QComboBox()
        name = called(NAMES)
        for slug in methods:
            self.methods.addItem(look.say(name(slug)), slug)
        self.phrase, self.verdict, self.found = label("title"), label("strong"), label("text")
        self.icon = QLabel()
        self.field = TypingField()
        self.field.setAccessibleName(look.say(FIELD))
        self.cannot, self.close_button = button(look.say(CANNOT)), button(look.say(CLOSE))
        self._arrange()
        self.methods.currentIndexChanged.connect(self._begin)
        self.field.composing.connect(self._ask)
        self.field.textChanged.connect(self._typed)
        self.cannot.clicked.connect(self._judge)
        self.close_button.clicked.connect(self.accept)

    def open_anew(self) -> None:
        """Show it with nothing typed."""
        self._begin()
        self.open()

    def _arrange(self) -> None:
        look = self._look
        choose = QHBoxLayout()
        choose.addWidget(label("text", look.say(CHOOSE), wrap=False))
        choose.addWidget(self.methods, 1)
        self.methods.setAccessibleName(look.say(CHOOSE))
        told = QHBoxLayout()
        told.addWidget(self.icon)
        told.addWidget(self.verdict, 1)
        row = QHBoxLayout()
        row.addWidget(self.cannot)
        row.addStretch(1)
        row.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addLayout(choose)
        column.addWidget(label("text", look.say(TYPE)))
        column.addWidget(self.phrase)
        column.addWidget(self.field)
        column.addWidget(label("small", look.say(NEXT)))
        column.addLayout(told)
        column.addWidget(self.found)
        column.addLayout(row)
        for each in (self.cannot, self.close_button):
            each.setAutoDefault(False)  # Enter belongs to the input method

    def _slug(self) -> str:
        return str(self.methods.currentData())

    def _begin(self) -> None:
        self._engines, self._waits_to_judge = [], False
        self.phrase.setText(phrase_for(self._slug()))
        self.field.begin()
        self._show(None)
        self.field.setFocus()

    # ---- which one is on -----------------------------------------------------------------------
    def _ask(self) -> None:
        """Ask the system which input method is on, at most once at a time."""
        if ASKED_BY_TYPIST:
            self._heard(engine_now())
        elif not self._asking:
            self._asking = True
            self._background.run(Lane.CHECK, engine_now, self._heard, self._not_heard)

    def _heard(self, engine: Engine | None) -> None:
        self._asking = False
        if engine is not None and engine not in self._engines:
            self._engines = [*self._engines, engine][-MOST_ENGINES:]
        if self._waits_to_judge:
            self._judge()

    def _not_heard(self, _: Exception) -> None:
        self._heard(None)

    # ---- judging -------------------------------------------------------------------------------
    def _typed(self, text: str) -> None:
        if not text:
            return
        self._ask()
        if text == phrase_for(self._slug()):
            self._judge()

    def _judge(self) -> None:
        """Judge once the system has answered."""
        if self._asking:
            self._waits_to_judge = True
            return
        self._waits_to_judge = False
        facts = TypingFacts(
            asked=self._slug(),
            phrase=phrase_for(self._slug()),
            typed=self.field.text(),
            composed=self.field.composed[:200],
            saw_preedit=self.field.saw_preedit,
            engines=tuple(self._engines),
        )
        check = typing_check(facts)
        outcome = Outcome(check, examine(check))
        self._show(outcome)
        self.judged.emit(outcome)

    def _show(self, outcome: Outcome | None) -> None:
        for widget in (self.icon, self.verdict, self.found):
            widget.setVisible(outcome is not None)
        if outcome is None:
            return
        word, shape, tone = VERDICTS[outcome.finding.verdict]
        self.icon.setPixmap(self._look.picture(shape, tone, _ICON))
        self.verdict.setText(self._look.say(word))
        set_property(self.verdict, "tone", tone)
        advice = outcome.finding.advice
        said = [self._look.say(outcome.finding.evidence)]
        self.found.setText(" ".join([*said, *([self._look.say(advice)] if advice else [])]))
