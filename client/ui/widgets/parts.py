"""Small building bricks: labels that never interpret markup, quiet buttons, cards."""

from __future__ import annotations

from PySide6.QtCore import Qt
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


def scroller(content: QWidget) -> QScrollArea:
    """Return a frame that scrolls `content` and takes the focus only where it does not fit."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)

    def reach(_least: int, most: int) -> None:
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus if most else Qt.FocusPolicy.NoFocus)

    area.verticalScrollBar().rangeChanged.connect(reach)
    return area


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
