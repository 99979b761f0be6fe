"""What the two forms have in common: named fields, a button that chooses a file, main or spare."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from PySide6.QtWidgets import (
    QAbstractButton,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)

from client.base.text import Text
from client.ui.look import Look

PLAN = Text("竞赛方案", "Contest plan")
ROLE = Text("这台电脑是", "This computer is")
Entries: TypeAlias = tuple[QLineEdit | QAbstractButton, ...]


def named(look: Look, field: QLineEdit, name: Text, hint: Text | None = None) -> None:
    """Tell a screen reader what the field is for, and everybody what may stand in it."""
    field.setAccessibleName(look.say(name))
    if hint is not None:
        field.setPlaceholderText(look.say(hint))


def with_button(field: QLineEdit, chooses: QPushButton) -> QHBoxLayout:
    """Return the field with the button that fills it in behind it."""
    row = QHBoxLayout()
    row.addWidget(field, 1)
    row.addWidget(chooses)
    return row


def choose_into(
    field: QLineEdit, page: QWidget, title: str, *, folders: bool = False, files: str = ""
) -> None:
    """Let the person choose a folder, or one of `files`, and put it into `field`."""
    dialog = QFileDialog(page, title)
    if files:
        dialog.setNameFilter(files)
    mode = QFileDialog.FileMode.Directory if folders else QFileDialog.FileMode.ExistingFile
    dialog.setFileMode(mode)
    dialog.fileSelected.connect(field.setText)
    dialog.open()


def copy_entries(before: Entries, after: Entries) -> None:
    """Fill a form in like the same form before it."""
    for old, new in zip(before, after, strict=True):
        if isinstance(old, QLineEdit) and isinstance(new, QLineEdit):
            new.setText(old.text())
        elif isinstance(old, QAbstractButton) and isinstance(new, QAbstractButton):
            new.setChecked(old.isChecked())


def add_roles(look: Look, row: QHBoxLayout, roles: Iterable[QRadioButton]) -> None:
    """Put the choice of the seat's two computers into `row`."""
    for role in roles:
        role.setAccessibleName(f"{look.say(ROLE)} {role.text()}")
        row.addWidget(role)
