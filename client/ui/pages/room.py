"""The room checklist: ticked by whoever stands in the room, with a photograph if wanted."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from client.base.text import Text
from client.preflight.probes.photo import take_photo
from client.preflight.reports.model import TICKS, TickName
from client.preflight.reports.photo import read_photo
from client.ui.background import Background, Lane
from client.ui.look import Look
from client.ui.trouble import trouble_of
from client.ui.widgets.banner import Banner
from client.ui.widgets.parts import button, label

TITLE = Text("考场清单", "Room checklist")
BODY = Text("请看一看考场，确认一项勾一项。", "Look at the room and tick what you have seen.")
PHOTO = Text(
    "可以附一张考场照片（可选）。照片和检测结果一起留在这台电脑上，不会自动上传。",
    "You may add a photograph. It stays on this computer with the results and is not sent.",
)
TAKE = Text("用摄像头拍一张", "Take it with the camera")
TAKING = Text("正在打开摄像头……", "Opening the camera…")
CHOOSE = Text("选择照片文件……", "Choose a file…")
PICTURES = Text("照片 (*.jpg *.jpeg *.png)", "Pictures (*.jpg *.jpeg *.png)")
NO_PHOTO = Text("还没有照片", "no photograph")
HAS_PHOTO = Text("已附照片", "photograph added")
CONFIRM = Text("确认", "Done")
CANCEL = Text("取消", "Cancel")
THUMBNAIL = (192, 108)


class RoomDialog(QDialog):
    """Emits `confirmed` with the ticks and the picture's bytes (empty: none)."""

    confirmed = Signal(object, bytes)

    def __init__(self, look: Look, background: Background, parent: QWidget) -> None:
        """Tick nothing; no camera is opened before a click."""
        super().__init__(parent)
        self._look = look
        self._background = background
        self._photo = b""
        self.setWindowTitle(look.say(TITLE))
        self.setMinimumWidth(560)
        self.boxes: dict[TickName, QCheckBox] = {}
        for tick, words in TICKS.items():
            box = QCheckBox(look.say(words))
            box.setAccessibleName(box.text())
            self.boxes[tick] = box
        self.take, self.choose = button(look.say(TAKE)), button(look.say(CHOOSE))
        self.cancel, self.confirm = button(look.say(CANCEL)), button(look.say(CONFIRM))
        self.banner = Banner(look)
        self.thumbnail = QLabel(look.say(NO_PHOTO))
        self.take.clicked.connect(self._take)
        self.choose.clicked.connect(self._choose)
        self.cancel.clicked.connect(self.reject)
        self.confirm.clicked.connect(self._confirm)
        self._arrange()

    def open_anew(self, ticks: Collection[TickName]) -> None:
        """Show it with what was ticked before."""
        for tick, box in self.boxes.items():
            box.setChecked(tick in ticks)
        self.banner.hide()
        self.open()

    def _arrange(self) -> None:
        look = self._look
        pictures = QHBoxLayout()
        for widget in (self.take, self.choose, self.thumbnail):
            pictures.addWidget(widget)
        pictures.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.confirm)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(10)
        column.addWidget(label("text", look.say(BODY)))
        for box in self.boxes.values():
            column.addWidget(box)
        column.addWidget(label("text", look.say(PHOTO)))
        column.addWidget(self.banner)
        column.addLayout(pictures)
        column.addLayout(row)
        self.confirm.setDefault(True)

    def _take(self) -> None:
        self.take.setText(self._look.say(TAKING))
        self._wait(waiting=True)
        self._background.run(Lane.CHECK, take_photo, self._taken, self._not_taken)

    def _choose(self) -> None:
        dialog = QFileDialog(self, self._look.say(CHOOSE))
        dialog.setNameFilter(self._look.say(PICTURES))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.use_file)
        dialog.open()

    def use_file(self, path: str) -> None:
        """Take a picture from a file."""
        self._wait(waiting=True)
        work = partial(read_photo, Path(path))
        self._background.run(Lane.CHECK, work, self._taken, self._not_taken)

    def _taken(self, data: bytes) -> None:
        self._wait(waiting=False)
        self.banner.hide()
        self._photo = data
        picture = QPixmap()
        self.thumbnail.setText(self._look.say(HAS_PHOTO))
        if picture.loadFromData(data):
            self.thumbnail.setPixmap(picture.scaledToHeight(THUMBNAIL[1]))
        self.thumbnail.setAccessibleName(self._look.say(HAS_PHOTO))

    def _not_taken(self, error: Exception) -> None:
        self._wait(waiting=False)
        self.banner.show_trouble(trouble_of(error))

    def _wait(self, *, waiting: bool) -> None:
        if not waiting:
            self.take.setText(self._look.say(TAKE))
        for each in (self.take, self.choose, self.confirm):
            each.setEnabled(not waiting)

    def _confirm(self) -> None:
        ticks = tuple(tick for tick, box in self.boxes.items() if box.isChecked())
        self.confirmed.emit(ticks, self._photo)
        self.accept()
