"""What somebody has to do at the computer, 需到场: the typing test and the room's checklist."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from client.base.text import Text
from client.preflight.reports.model import TickName
from client.ui.background import Background
from client.ui.look import Look
from client.ui.pages.room import RoomDialog
from client.ui.pages.typing import TypingDialog
from client.ui.widgets.parts import button, label

ON_SITE = Text("需要您动手的：", "For you to do:")
TYPE = Text("输入法试打……", "Typing test…")
ROOM = Text("考场清单……", "Room checklist…")


class OnSite(QWidget):
    """One row; each dialog is made when it is first wanted."""

    typed = Signal(object)
    """The `Outcome` of one input method."""
    ticked = Signal(object, bytes)
    """The ticks, and the picture's bytes (empty: none)."""

    def __init__(
        self,
        look: Look,
        background: Background,
        methods: Sequence[str],
        ticks: Callable[[], Collection[TickName]],
    ) -> None:
        """Offer `methods` for typing; `ticks` says what was ticked before."""
        super().__init__()
        self._look = look
        self._background = background
        self._methods = tuple(methods)
        self._ticks = ticks
        self.typing: TypingDialog | None = None
        self.room: RoomDialog | None = None
        self.type_button, self.room_button = button(look.say(TYPE)), button(look.say(ROOM))
        self.type_button.clicked.connect(self._open_typing)
        self.room_button.clicked.connect(self._open_room)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 0)
        row.addWidget(label("text", look.say(ON_SITE), wrap=False))
        row.addWidget(self.type_button)
        row.addWidget(self.room_button)
        row.addStretch(1)

    def _open_typing(self) -> None:
        if self.typing is None:
            self.typing = TypingDialog(self._look, self._background, self._methods, self)
            self.typing.judged.connect(self.typed)
        self.typing.open_anew()

    def _open_room(self) -> None:
        if self.room is None:
            self.room = RoomDialog(self._look, self._background, self)
            self.room.confirmed.connect(self.ticked)
        self.room.open_anew(self._ticks())
