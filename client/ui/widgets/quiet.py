"""The quiet buttons below the big one: what else can be done at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from client.ui.guide import Action, Call
from client.ui.look import Look
from client.ui.widgets.hold import HoldButton
from client.ui.widgets.parts import clear


class QuietRow(QHBoxLayout):
    """`chosen`: the person pressed the button of an `Action`."""

    chosen = Signal(object)

    def __init__(self, look: Look) -> None:
        """Offer nothing yet."""
        super().__init__()
        self.setSpacing(10)
        self._look = look
        self.buttons: dict[Call, HoldButton] = {}

    def offer(self, actions: Sequence[Action]) -> None:
        """Show these in place of the ones before; none can be pressed until `enable`."""
        clear(self)
        self.buttons = {}
        for action in actions:
            button = HoldButton(self._look, role="quiet")
            hint = self._look.say(action.hint) if action.hint else ""
            button.offer(self._look.say(action.label), hint, hold=action.hold)
            button.setToolTip(hint)
            button.setEnabled(False)
            button.chosen.connect(partial(self.chosen.emit, action))
            self.addWidget(button)
            self.buttons[action.call] = button
        self.addStretch(1)

    def enable(self, *, idle: bool) -> None:
        """Let them be pressed, or not while a step runs."""
        for button in self.buttons.values():
            button.setEnabled(idle)
