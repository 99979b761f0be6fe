"""A build that is not for contests says so on every page: the rail is on all of them."""

import pytest
from PySide6.QtWidgets import QLabel

from client.base.build import NOTES
from client.ui.widgets import rail


@pytest.mark.parametrize("note", [None, NOTES["lab"]])
def test_only_a_lab_build_is_marked(look, qtbot, monkeypatch, note):
    monkeypatch.setattr(rail, "build_note", lambda: note)
    made = rail.Rail(look)
    qtbot.addWidget(made)
    made.show()
    shown = [label for label in made.findChildren(QLabel) if "实验室" in label.text()]
    assert [label.text() for label in shown] == ([note.zh] if note else [])
    assert all(label.property("tone") == "warn" and label.isVisible() for label in shown)
