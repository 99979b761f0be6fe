"""The system's own notices: a device is lost, or back. The network going away is none."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSystemTrayIcon

from client.attempt.view import View
from client.base.assets import asset
from client.base.text import Text
from client.evidence.entries import Source
from client.recorder.protocol import SourceStatus
from client.ui.look import Look
from client.ui.lost import told_of
from client.ui.widgets.lights import NAMES
from client.ui.widgets.recording import FILMING, heard_of

BACK = Text("{name}已恢复", "{name} is back")
BACK_IS = Text("又在正常录制了。", "It is being recorded again.")
RECORDING = Text("赛鉴正在录制", "SaiJian is recording")
KIND = Text("{kind.zh}：{title.zh}", "{kind.en}: {title.en}")
SHOWN_MS = 8000


class Notices(QObject):
    """An icon in the system's tray while devices are open, where the system has a tray."""

    wanted = Signal()
    """The person clicked the icon or a notice."""

    def __init__(self, look: Look, parent: QObject, kind: Text | None = None) -> None:
        """Show nothing yet. `kind` names a session that is no contest."""
        super().__init__(parent)
        self._look = look
        self._kind = kind
        self._alarmed: set[Source] = set()
        self.icon = QSystemTrayIcon(QIcon(str(asset("icons", "saijian.svg"))), self)
        self.icon.setToolTip(look.say(self._called(RECORDING)))
        self.icon.activated.connect(lambda _: self.wanted.emit())
        self.icon.messageClicked.connect(self.wanted)

    def heed(self, view: View) -> None:
        """Tell what changed since the last moment; silence while the recorder is away."""
        self.icon.setVisible(view.state in FILMING)
        for source, status in heard_of(view).items():
            if status.alarm and source not in self._alarmed:
                self._alarmed.add(source)
                self._tell_lost(status)
            elif not status.alarm and status.state == "live" and source in self._alarmed:
                self._alarmed.discard(source)
                name = self._look.say(NAMES[source])
                self._tell(BACK.format(name=name), BACK_IS, QSystemTrayIcon.MessageIcon.Information)

    def end(self) -> None:
        """Take the icon away."""
        self.icon.hide()

    def _called(self, title: Text) -> Text:
        return title if self._kind is None else KIND.format(kind=self._kind, title=title)

    def _tell_lost(self, status: SourceStatus) -> None:
        self._tell(*told_of(status), QSystemTrayIcon.MessageIcon.Warning)

    def _tell(self, title: Text, body: Text, kind: QSystemTrayIcon.MessageIcon) -> None:
        say, title = self._look.say, self._called(title)
        self.icon.showMessage(say(title), say(body).strip(), kind, SHOWN_MS)
