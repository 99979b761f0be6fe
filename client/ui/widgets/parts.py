"""Small building bricks: labels that never interpret markup, quiet buttons, cards."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from client.base.text import Text
from client.ui.look import Look

MEGABYTE = 1_000_000
PHONE = Text("组委会电话", "Organizer's telephone")


def label(role: str, text: str = "", *, wrap: bool = True) -> QLabel:
    """Return a label in a role of the style sheet. Text from a plan stays plain text."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return made


def copyable(made: QLabel) -> QLabel:
    """Let the person mark and copy the text, with the keyboard too."""
    made.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return made


def phone_line(look: Look, phone: str) -> QLabel:
    """Return the organizer's telephone number, for a page's head; hidden where there is none."""
    made = copyable(label("phone", f"{look.say(PHONE)} {phone}", wrap=False))
    if not phone:
        made.hide()
    return made


def button(text: str) -> QPushButton:
    """Return a quiet button that the Enter key presses too."""
    made = QPushButton(text)
    made.setAutoDefault(True)
    made.setAccessibleName(text)
    return made


def box(role: str, layout: QLayout, margin: int = 16, spacing: int = 8) -> QFrame:
    """Return a frame in a role of the style sheet around `layout`."""
    frame = QFrame()
    frame.setProperty("role", role)
    frame.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    layout.setContentsMargins(margin, margin, margin, margin)
    if not isinstance(layout, QGridLayout):  # a grid has two spacings of its own
        layout.setSpacing(spacing)
    frame.setLayout(layout)
    return frame


class Flowing(QWidget):
    """Asks for as much height as its words need at its width: a scroller leaves no more."""

    def minimumSizeHint(self) -> QSize:
        hint, layout = super().minimumSizeHint(), self.layout()
        if layout is None or not layout.hasHeightForWidth() or self.width() <= 0:
            return hint
        return QSize(hint.width(), layout.heightForWidth(self.width()))

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()


def scroller(content: QWidget) -> QScrollArea:
    """Return a frame that scrolls `content` and takes the focus only where it does not fit."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    content.resize(area.size())  # Qt would ask for all of its hints now
    area.setWidget(content)

    def reach(_least: int, most: int) -> None:
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus if most else Qt.FocusPolicy.NoFocus)

    area.verticalScrollBar().rangeChanged.connect(reach)
    return area


def facts(look: Look, rows: list[tuple[Text, str]]) -> QGridLayout:
    """Return captions with what may be marked and copied beside them."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(20)
    grid.setVerticalSpacing(10)
    grid.setColumnStretch(1, 1)
    top = Qt.AlignmentFlag.AlignTop
    for number, (caption, value) in enumerate(rows):
        told = copyable(label("body", value))
        told.setAccessibleName(f"{look.say(caption)}: {value}")
        grid.addWidget(label("muted", look.say(caption), wrap=False), number, 0, top)
        grid.addWidget(told, number, 1, top)
    return grid


def megabytes(count: int) -> str:
    """Return bytes as `12.3 MB`."""
    return f"{count / MEGABYTE:.1f} MB"


def set_property(widget: QWidget, name: str, value: str) -> None:
    """Change a property that the style sheet looks at."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def clear(layout: QLayout) -> None:
    """Take all widgets out of `layout` and drop them."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
