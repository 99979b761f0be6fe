"""One problem, shown where the eyes are: what happened, what to do, a code to tell on the phone."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from client.base.text import Text
from client.ui.look import Look, Tone
from client.ui.trouble import Trouble
from client.ui.widgets.parts import button, copyable, label, set_property

DISMISS = Text("知道了", "Dismiss")
CODE = Text("代码 {code}", "code {code}")
_ICON = 28


class Banner(QFrame):
    """Hidden until there is something to say."""

    def __init__(self, look: Look, *, dismissable: bool = True) -> None:
        """Build the banner; `dismissable` gives it a button."""
        super().__init__()
        self._look = look
        self.setProperty("role", "banner")
        self._icon = QLabel()
        self._title = label("strong")
        self._advice = copyable(label("text"))
        self.dismiss = button(look.say(DISMISS))
        self.dismiss.clicked.connect(self.hide)
        self.dismiss.setVisible(dismissable)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._advice)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 14, 10)
        row.setSpacing(12)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        row.addWidget(self.dismiss)
        self.hide()

    def show_trouble(self, trouble: Trouble) -> None:
        """Show an error with its advice and code."""
        code = self._look.say(CODE.format(code=trouble.code))
        self.say(trouble.title, trouble.advice, "bad", extra=code)

    def say(
        self,
        title: Text,
        advice: Text,
        tone: Literal["good", "warn", "bad", "quiet"],
        extra: str = "",
    ) -> None:
        """Show two sentences in a tone."""
        icon: dict[str, Tone] = {"bad": "bad", "warn": "warn", "good": "good", "quiet": "quiet"}
        shape = {"bad": "slate", "warn": "silence", "good": "done", "quiet": "waiting"}[tone]
        self._icon.setPixmap(self._look.picture(shape, icon[tone], _ICON))
        self._title.setText(self._look.say(title))
        advice_text = self._look.say(advice)
        self._advice.setText(f"{advice_text} [{extra}]" if extra else advice_text)
        self._advice.setVisible(bool(self._advice.text()))
        self.setAccessibleName(f"{self._title.text()} {self._advice.text()}")
        set_property(self, "tone", tone)
        self.show()
