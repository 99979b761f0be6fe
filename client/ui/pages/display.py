"""How the window looks and speaks: chosen here, shown at once, kept for the next start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from client.base.text import Text
from client.ui.look import Look
from client.ui.settings import Settings
from client.ui.widgets.parts import button, label

TITLE = Text("显示设置", "Display settings")
LANGUAGE = Text("语言", "Language")
LANGUAGES = {
    "system": Text("跟随系统", "As the system"),
    "zh": Text("中文", "Chinese"),
    "en": Text("English", "English"),
}
COLOURS = Text("颜色", "Colours")
THEMES = {
    "system": Text("跟随系统", "As the system"),
    "light": Text("浅色", "Light"),
    "dark": Text("深色", "Dark"),
    "contrast": Text("高对比度", "High contrast"),
}
LARGE = Text("大字", "Large type")
DONE = Text("完成", "Done")


class DisplayDialog(QDialog):
    """Emits every change at once; there is nothing to confirm."""

    changed = Signal(object)
    """The new `Settings`."""

    def __init__(self, look: Look, settings: Settings, parent: QWidget) -> None:
        """Show what is chosen now."""
        super().__init__(parent)
        self._look = look
        self.settings = settings
        self.setWindowTitle(look.say(TITLE))
        self.buttons: dict[tuple[str, Any], QRadioButton] = {}
        self.large = QCheckBox(look.say(LARGE))
        self.large.setAccessibleName(self.large.text())
        self.large.setChecked(settings.large)
        self.large.toggled.connect(lambda chosen: self._choose("large", chosen))
        self.done_button = button(look.say(DONE))
        self.done_button.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(14)
        column.addLayout(self._row("language", LANGUAGE, LANGUAGES))
        column.addLayout(self._row("theme", COLOURS, THEMES))
        column.addWidget(self.large)
        column.addWidget(self.done_button)

    def _row(self, name: str, caption: Text, choices: Mapping[str, Text]) -> QHBoxLayout:
        row, group = QHBoxLayout(), QButtonGroup(self)
        row.setSpacing(16)
        title = label("strong", self._look.say(caption), wrap=False)
        title.setMinimumWidth(90)
        row.addWidget(title)
        for value, text in choices.items():
            choice = QRadioButton(self._look.say(text))
            choice.setChecked(getattr(self.settings, name) == value)
            if not choice.isChecked():  # Qt's Tab would stop at the first, chosen or not
                choice.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            choice.setAccessibleName(f"{title.text()}: {choice.text()}")
            choice.clicked.connect(lambda _=False, value=value: self._choose(name, value))
            group.addButton(choice)
            self.buttons[name, value] = choice
            row.addWidget(choice)
        row.addStretch(1)
        return row

    def _choose(self, name: str, value: object) -> None:
        self.settings = self.settings.model_copy(update={name: value})
        self.changed.emit(self.settings)
