from __future__ import annotations

import signal
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LONG = {"test_stories": 0.0, "test_window": 0.3, "test_trial": 0.55}
"""These take minutes: when they begin, as a share of the run. Not one beside the other."""
LAST = 0.8
"""The last file here begins when so much of the others has: no long one is left over at the end."""


@pytest.fixture(scope="session", autouse=True)
def hang_ups_count() -> None:
    """Under `nohup` our programs would rightly ignore SIGHUP; the tests send it."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread these files among the others: they mostly wait while the others mostly compute."""
    files = dict.fromkeys(item.path for item in items)
    mine = [file for file in files if file.parent == HERE]
    others = [file for file in files if file.parent != HERE]
    place = {file: at / len(others) for at, file in enumerate(others)}
    for at, file in enumerate(mine, 1):
        place[file] = LONG.get(file.stem, at / len(mine) * LAST)
    items.sort(key=lambda item: place[item.path])
